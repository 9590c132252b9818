from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

LOG_KINDS = [
    ('opened', "Opened"),
    ('exported', "Exported"),
    ('searched', "Found by Number"),
    ('shown', "Number Shown"),
]
# Reading, reloading and saving within so many minutes are one opening.
OPENING_MINUTES = 5


class PharmaProfileLog(models.Model):
    """Who looked at whose private profile: one row per opening, one per number shown.

    Rows are written by the profiles alone and are never changed. When the person is erased, of him
    only the number of his record stays.
    """

    _name = 'pharma.profile.log'
    _description = "Log of Private Profiles"
    _order = 'id desc'
    _rec_name = 'partner_number'
    _log_access = False

    _opening_idx = models.Index('(partner_number, user_id, date)')

    partner_id = fields.Many2one(
        'res.partner', string="Person", readonly=True, index='btree_not_null', ondelete='set null')
    partner_number = fields.Integer(
        string="Record Number", readonly=True, required=True, aggregator=None,
        help="Stays when the person is erased")
    user_id = fields.Many2one(
        'res.users', readonly=True, required=True, index=True, ondelete='restrict')
    company_id = fields.Many2one(
        related='partner_id.company_id', string="Company of the Person", readonly=True)
    date = fields.Datetime(readonly=True, required=True, index=True)
    kind = fields.Selection(LOG_KINDS, string="What", readonly=True, required=True)
    field_name = fields.Selection([
        ('private_phone', "Private Phone"),
        ('identity_number', "Identity Number"),
        ('bank_account', "Bank Account"),
    ], string="Number", readonly=True)

    # === CRUD === #

    def write(self, vals):  # pylint: disable=method-required-super
        raise UserError(self.env._("The log of private profiles cannot be changed."))

    @api.ondelete(at_uninstall=False)
    def _unlink_except_all(self):
        raise UserError(self.env._("The log of private profiles cannot be deleted."))

    # === BUSINESS === #

    @api.model
    def _record(self, partners, kind, field_name=False):
        """Write one row per person for the current user, all in one statement.

        Openings, exports and searches that follow one of their own kind within a few minutes belong
        to it; a number shown is a row each time.

        :param partners: ``res.partner``, the persons
        :param str kind: one of LOG_KINDS
        :param field_name: the number, or False
        """
        # The log is for nobody to write: the profiles do it for their reader, whatever his rights.
        log_sudo = self.sudo()
        now = fields.Datetime.now()
        if kind != 'shown':
            known = log_sudo._read_group([
                ('partner_number', 'in', partners.ids), ('user_id', '=', self.env.uid),
                ('kind', '=', kind), ('field_name', '=', field_name),
                ('date', '>', now - timedelta(minutes=OPENING_MINUTES)),
            ], ['partner_number'])
            partners -= partners.browse(number for [number] in known)
        log_sudo.create([{
            'partner_id': partner.id,
            'partner_number': partner.id,
            'user_id': self.env.uid,
            'date': now,
            'kind': kind,
            'field_name': field_name,
        } for partner in partners])
