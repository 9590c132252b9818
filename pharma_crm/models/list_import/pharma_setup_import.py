from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ...tools.list_table import NEW
from .pharma_import_mixin import DRAFT, PharmaImportMixin

SETUP_KINDS = [
    ('territory', "Territories"),
    ('user', "Users"),
]


class PharmaSetupImport(models.Model):
    """A list of territories or of users on its way into the system, and what became of it.

    What differs between the kinds stands in the two files beside this one; the methods are called
    by the kind: ``_make_territory_plan``, ``_make_user_plan`` and so on.
    """

    _name = 'pharma.setup.import'
    _description = "Import of Territories or Users"
    _inherit = ['pharma.import.mixin']

    _import_sequence = 'pharma_crm.seq_pharma_setup_import'
    _result_fields = PharmaImportMixin._result_fields | {'invited_on'}

    kind = fields.Selection(SETUP_KINDS, required=True, default='territory')
    invite = fields.Boolean(
        string="Send Invitations",
        help="New users get an e-mail with a link by which they choose their password. Needs an "
             "outgoing mail server")
    line_ids = fields.One2many('pharma.setup.import.line', 'import_id', copy=False)
    invited_on = fields.Datetime(readonly=True, copy=False)

    # === ACTIONS === #

    def action_view_lines(self):
        """Open the rows of this list; the context may choose a result by its filter."""
        return self._open_lines('pharma_crm.pharma_setup_import_line_action')

    def action_view_records(self):
        """Open the territories or users of this list."""
        self.ensure_one()
        self.check_access('read')
        records = self.line_ids[f'{self.kind}_id']
        return {
            'type': 'ir.actions.act_window',
            'name': dict(self._fields['kind']._description_selection(self.env))[self.kind],
            'res_model': records._name,
            'views': [(False, 'list'), (False, 'kanban'), (False, 'form')],
            'domain': [('id', 'in', records.ids)],
        }

    def action_invite(self):
        """Send the invitations to the new users of this list who have never logged in."""
        self.ensure_one()
        self._check_state('done')
        self._invite()

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        imports = super().create(vals_list)
        for record in imports:
            record._check_importer()
        return imports

    def write(self, vals):
        if {'kind', 'company_id'} & vals.keys() and any(
                record.state != DRAFT for record in self):
            raise UserError(self.env._(
                "This list is checked already. Start a new import for other records."))
        result = super().write(vals)
        if {'kind', 'company_id'} & vals.keys():
            for record in self:
                record._check_importer()
        return result

    # === RIGHTS === #

    def _check_state(self, *states):
        result = super()._check_state(*states)
        self._check_importer()
        return result

    def _check_importer(self):
        """Refuse whoever could not enter the same by hand.

        Users are entered by sudo, since administrators of the suite are no administrators of Odoo:
        here is decided who may.

        :raise AccessError: for everybody else
        """
        if self.kind == 'territory':
            self.env['pharma.territory'].check_access('create')
        elif not any(self.env.user.has_group(group) for group in (
                'pharma_crm.group_pharma_crm_admin', 'base.group_erp_manager')):
            raise AccessError(self.env._("Only an administrator may import users."))
        if self.company_id not in self.env.user.company_ids:
            raise AccessError(self.env._("You do not work in %s.", self.company_id.name))

    # === IMPORT === #

    def _make_plan(self):
        self._check_importer()
        return getattr(self, f'_make_{self.kind}_plan')()

    def _apply_plan(self, plan):
        return getattr(self, f'_apply_{self.kind}_plan')(plan)

    def _prepare_lines_vals(self, plan, journals):
        return getattr(self, f'_prepare_{self.kind}_lines_vals')(plan, journals)

    def _undo(self):
        self._check_importer()
        self._lock()
        self._report_progress(1)
        getattr(self, f'_undo_{self.kind}')()

    def _get_new_records(self):
        """The territories or users that this list brought and that are still there."""
        lines = self.line_ids.filtered(lambda line: line.result == NEW)
        return lines[f'{self.kind}_id'].exists()
