from odoo import api, fields, models
from odoo.exceptions import UserError

# Names of fields that one row lists at most
MOST_FIELDS = 60


class PharmaExportLog(models.Model):
    """Who took data of people out of the system, one row per export.

    Private profiles are logged person by person beside, see ``pharma.profile.log``.
    """

    _name = 'pharma.export.log'
    _description = "Export of Personal Data"
    _order = 'id DESC'
    _rec_name = 'model_name'
    _log_access = False

    user_id = fields.Many2one(
        'res.users', readonly=True, required=True, index=True, ondelete='restrict')
    company_id = fields.Many2one('res.company', readonly=True, required=True, index=True)
    date = fields.Datetime(readonly=True, required=True, index=True)
    model = fields.Char(readonly=True, required=True, export_string_translation=False)
    model_name = fields.Char(string="What", compute='_compute_model_name')
    record_count = fields.Integer(string="Records", readonly=True, required=True)
    field_names = fields.Text(string="Fields", readonly=True)

    @api.depends('model')
    @api.depends_context('lang')
    def _compute_model_name(self):
        for log in self:
            log.model_name = self.env['ir.model']._get(log.model).name or log.model

    def write(self, vals):  # pylint: disable=method-required-super
        raise UserError(self.env._("The log of exports cannot be changed."))

    @api.ondelete(at_uninstall=False)
    def _unlink_except_all(self):
        raise UserError(self.env._("The log of exports cannot be deleted."))

    @api.model
    def _note(self, records, field_names):
        """Write that the current user took records out of the system.

        :param records: what was exported
        :param field_names: paths over fields
        """
        # sudo: the log is for nobody to write
        self.sudo().create({
            'user_id': self.env.uid, 'company_id': self.env.company.id,
            'date': fields.Datetime.now(), 'model': records._name, 'record_count': len(records),
            'field_names': ", ".join(list(field_names)[:MOST_FIELDS])})
