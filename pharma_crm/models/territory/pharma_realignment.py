from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ...tools.alignment_plan import CHANGED
from ..customer.res_partner import HOSPITAL_LEVELS
from .pharma_alignment import ALIGNMENT_DOMAIN, ALIGNMENT_TYPES

DRAFT, PREVIEWED, DONE, UNDONE = 'draft', 'previewed', 'done', 'undone'
REALIGNMENT_STATES = [
    (DRAFT, "Draft"),
    (PREVIEWED, "Previewed"),
    (DONE, "Done"),
    (UNDONE, "Undone"),
]
REALIGNMENT_METHODS = [
    ('hand', "Chosen Customers"),
    ('rule', "By Rule"),
    ('file', "From an Excel List"),
]
# What the methods of this model alone write.
PROTECTED_FIELDS = frozenset({'state', 'line_ids', 'done_on', 'done_by_id', 'seconds'})
# What a preview does not depend on.
FREE_FIELDS = {*PROTECTED_FIELDS, 'name', 'note'}


class PharmaRealignment(models.Model):
    """Customers get another territory from a day on (调整划分): chosen ones, by a rule, or as an
    Excel list says.

    The preview tells what will happen to each of them; applying does exactly that or nothing. Its
    lines are the journal by which all of it can be taken back.
    """

    _name = 'pharma.realignment'
    _description = "Re-Alignment"
    _inherit = ['pharma.closed.mixin', 'mail.thread', 'pharma.sheet.mixin', 'pharma.preview.mixin']
    _closed_fields = PROTECTED_FIELDS
    _order = 'id desc'
    _check_company_auto = True
    _preview_lines = ('pharma.realignment.line', 'realignment_id')

    name = fields.Char(required=True, default=lambda self: self._default_name())
    company_id = fields.Many2one(
        'res.company', required=True, index=True, default=lambda self: self.env.company)
    state = fields.Selection(
        REALIGNMENT_STATES, string="Status", required=True, readonly=True, default=DRAFT,
        copy=False, tracking=True)
    note = fields.Text(string="Why")

    # what
    method = fields.Selection(REALIGNMENT_METHODS, required=True, default='hand')
    territory_id = fields.Many2one(
        'pharma.territory', string="New Territory", index='btree_not_null', ondelete='restrict',
        check_company=True, domain=[('is_managed', '=', True)])
    product_line_id = fields.Many2one(
        'product.category', index='btree_not_null', ondelete='restrict',
        domain=[('is_product_line', '=', True)],
        help="Empty: the alignments for all lines. Those of single lines stay as they are")
    date_from = fields.Date(
        string="From", required=True, default=lambda self: self.env['pharma.access']._get_today(),
        help="The first day in the new territory. A past day changes whose the customer was since "
             "then; a day to come holds by itself when it comes")

    # chosen customers
    partner_ids = fields.Many2many(
        'res.partner', 'pharma_realignment_partner_rel', string="Customers", copy=False,
        domain=ALIGNMENT_DOMAIN)

    # rule
    rule_state_id = fields.Many2one(
        'res.country.state', string="Province", domain=[('country_id.code', '=', 'CN')])
    rule_city_id = fields.Many2one(
        'pharma.division', string="City",
        domain="[('level', '=', 'city'), ('state_id', '=?', rule_state_id)]")
    rule_county_id = fields.Many2one(
        'pharma.division', string="County",
        domain="[('level', '=', 'county'), ('state_id', '=?', rule_state_id),"
               " ('parent_id', '=?', rule_city_id)]")
    rule_type = fields.Selection(ALIGNMENT_TYPES, string="Customer Type")
    rule_level = fields.Selection(HOSPITAL_LEVELS, string="Level")
    rule_territory_id = fields.Many2one(
        'pharma.territory', string="Current Territory", check_company=True,
        help="With all territories below")
    rule_unaligned = fields.Boolean(
        string="Without Territory", help="Customers without a territory for this product line")
    rule_refs = fields.Text(
        string="Our Codes", help="One or more codes, divided by spaces, commas or lines")

    # list
    data = fields.Binary(string="Excel List", attachment=True, copy=False)
    data_name = fields.Char(copy=False)

    # outcome
    line_ids = fields.One2many('pharma.realignment.line', 'realignment_id', readonly=True)
    new_count = fields.Integer(string="New", compute='_compute_counts')
    move_count = fields.Integer(string="Moves", compute='_compute_counts')
    stay_count = fields.Integer(string="Stays", compute='_compute_counts')
    refused_count = fields.Integer(string="Refused", compute='_compute_counts')
    change_count = fields.Integer(string="Changes", compute='_compute_counts')
    done_on = fields.Datetime(readonly=True, copy=False)
    done_by_id = fields.Many2one('res.users', readonly=True, copy=False)
    seconds = fields.Float(string="Duration (s)", digits=(16, 1), readonly=True, copy=False)

    @api.model
    def _default_name(self):
        today = fields.Date.to_string(self.env['pharma.access']._get_today())
        return self.env._("Re-alignment %s", today)

    # === COMPUTE === #

    @api.depends('line_ids.result')
    def _compute_counts(self):
        counts = {
            (realignment.id, result): count for realignment, result, count
            in self.env['pharma.realignment.line']._read_group(
                [('realignment_id', 'in', self.ids)], ['realignment_id', 'result'], ['__count'])}
        for record in self:
            def count(*results, record_id=record.id):
                return sum(counts.get((record_id, result), 0) for result in results)

            record.new_count = count('new')
            record.move_count = count('move', 'extend')
            record.stay_count = count('stay')
            record.refused_count = count('refused')
            record.change_count = count(*CHANGED)

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su and any(PROTECTED_FIELDS & vals.keys() for vals in vals_list):
            raise AccessError(self.env._("A re-alignment begins as a draft."))
        return super().create(vals_list)

    def write(self, vals):
        if not self.env.su and PROTECTED_FIELDS & vals.keys():
            raise AccessError(self.env._("Only preview, apply and undo change this."))
        if vals.keys() - FREE_FIELDS:
            if not self.env.su and any(record.state in (DONE, UNDONE) for record in self):
                raise UserError(self.env._(
                    "This re-alignment is done. Start a new one for other customers."))
            self.filtered(lambda record: record.state == PREVIEWED)._forget_preview()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_done(self):
        if any(record.state in (DONE, UNDONE) for record in self):
            raise UserError(self.env._(
                "A re-alignment that was done stays: it tells who moved which customer."))

    # === ACTIONS === #

    def action_preview(self):
        """Find out what would happen to each customer; changes no customer."""
        self.ensure_one()
        self._check_state(DRAFT, PREVIEWED)
        self._store_plan(self._make_plan())
        # sudo: the state is written by these methods alone; the right was checked above
        self.sudo().state = PREVIEWED

    def action_apply(self):
        """Do what the preview told, all of it or nothing.

        :raise UserError: when something changed since the preview, or somebody else is at it
        """
        self.ensure_one()
        self._check_state(PREVIEWED)
        self._apply()

    def action_undo(self):
        """Give all customers back the territories that they had before.

        :raise UserError: when their alignments were changed since
        """
        self.ensure_one()
        self._check_state(DONE)
        self._undo()

    def action_draft(self):
        """Drop the preview, to change what is meant."""
        self.ensure_one()
        self._check_state(PREVIEWED)
        self._forget_preview()

    def action_download_template(self):
        """Download the workbook to fill in."""
        self.check_access('read')
        return self.env['pharma.list.template']._get_download_action('realignment')

    def action_view_lines(self):
        """Open the lines; the context may choose a result by its filter."""
        self.ensure_one()
        action = self.env['ir.actions.act_window']._for_xml_id(
            'pharma_crm.pharma_realignment_line_action')
        chosen = {
            key: value for key, value in self.env.context.items()
            if key.startswith('search_default_')}
        return {**action, 'domain': [('realignment_id', '=', self.id)], 'context': chosen}

    def action_view_customers(self):
        """Open the customers whose territory changes."""
        self.ensure_one()
        action = self.env['ir.actions.act_window']._for_xml_id(
            'pharma_crm.res_partner_action_terminal')
        partners = self.line_ids.filtered(lambda line: line.result in CHANGED).partner_id
        return {**action, 'domain': [('id', 'in', partners.ids)], 'context': {}}
