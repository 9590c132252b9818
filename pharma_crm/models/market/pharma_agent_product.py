from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from ..customer.res_partner import TERMINAL_TYPES
from .pharma_market_fact import SOURCES


class PharmaAgentProduct(models.Model):
    """An agent works with a product at a terminal: ours or another's, how much, since when."""

    _name = 'pharma.agent.product'
    _description = "Agent at a Terminal"
    _inherit = ['mail.thread', 'pharma.access.mixin', 'pharma.customer.mixin']
    _order = 'agent_id, partner_id, product_id, id'
    _check_company_auto = True
    # Hidden with the terminal, and with the agent
    _pharma_access_columns = ('partner_id', 'agent_id')

    _current_uniq = models.UniqueIndex(
        '(agent_id, partner_id, product_id, company_id) WHERE date_to IS NULL',
        "This agent works with this product at this terminal already.")
    _partner_idx = models.Index('(partner_id, product_id)')
    _dates_check = models.Constraint(
        'CHECK(date_from IS NULL OR date_to IS NULL OR date_to >= date_from)',
        "It cannot end before it begins.")
    _quantity_check = models.Constraint(
        'CHECK(monthly_quantity >= 0)', "The volume cannot be negative.")

    agent_id = fields.Many2one(
        'res.partner', required=True, index=True, ondelete='restrict',
        check_company=True, domain=[('pharma_type', '=', 'agent')], tracking=True)
    agent_file_id = fields.Many2one(
        'pharma.agent', index='btree_not_null', readonly=True,
        ondelete='set null', copy=False)
    partner_id = fields.Many2one(
        'res.partner', string="Terminal", required=True, ondelete='restrict', check_company=True,
        domain=[('pharma_type', 'in', TERMINAL_TYPES)], tracking=True)
    specialty_id = fields.Many2one(
        'pharma.specialty', string="Department", help="Where he works in this hospital")
    product_id = fields.Many2one(
        'product.template', required=True, index=True, ondelete='restrict', check_company=True,
        domain=[('drug_generic_name', '!=', False)], tracking=True)
    is_ours = fields.Boolean(string="Ours", related='product_id.sale_ok', store=True)
    manufacturer_id = fields.Many2one(
        related='product_id.drug_manufacturer_id', string="Whose", store=True,
        index='btree_not_null')
    company_id = fields.Many2one(
        'res.company', required=True, index=True, default=lambda self: self.env.company)
    monthly_quantity = fields.Float(
        string="Packs per Month", digits='Product Unit', tracking=True, help="0: not known")
    date_from = fields.Date(string="Since")
    date_to = fields.Date(string="Until", tracking=True)
    is_current = fields.Boolean(
        string="At Present", compute='_compute_is_current', search='_search_is_current')
    source = fields.Selection(SOURCES, required=True, default='told')
    date = fields.Date(
        string="Heard On", required=True, default=fields.Date.context_today)
    user_id = fields.Many2one(
        'res.users', string="Reported By", required=True, index=True, ondelete='restrict',
        default=lambda self: self.env.user, domain=[('share', '=', False)])
    note = fields.Char()

    # === COMPUTE === #

    @api.depends('date_from', 'date_to')
    def _compute_is_current(self):
        today = self.env['pharma.access']._get_today()
        for line in self:
            line.is_current = (not line.date_from or line.date_from <= today) and (
                not line.date_to or line.date_to >= today)

    def _search_is_current(self, operator, value):
        if operator != 'in':
            return NotImplemented
        today = self.env['pharma.access']._get_today()
        return (
            (Domain('date_from', '=', False) | Domain('date_from', '<=', today))
            & (Domain('date_to', '=', False) | Domain('date_to', '>=', today)))

    @api.depends('agent_id', 'partner_id', 'product_id')
    def _compute_display_name(self):
        for line in self:
            line.display_name = " · ".join(filter(None, (
                line.agent_id.name, line.partner_id.name, line.product_id.name)))

    # === CONSTRAINTS === #

    @api.constrains('agent_id', 'partner_id')
    def _check_kinds(self):
        for line in self:
            if line.agent_id.pharma_type != 'agent':
                raise ValidationError(self.env._(
                    "%s is no agent: set the customer type first.", line.agent_id.display_name))
            if line.partner_id.pharma_type not in TERMINAL_TYPES:
                raise ValidationError(self.env._(
                    "%s is no hospital, clinic or pharmacy.", line.partner_id.display_name))

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        # sudo: the agent's file, whoever enters his terminals
        lines.sudo()._link_files(lines.agent_id)
        return lines

    def write(self, vals):
        result = super().write(vals)
        if {'agent_id', 'company_id'} & vals.keys():
            # sudo: as above
            self.sudo()._link_files(self.agent_id)
        return result

    @api.model
    def _link_files(self, agents):
        """Lines belong to the file of their agent, if he has one in their company.

        :param agents: ``res.partner``
        """
        files = self.env['pharma.agent'].with_context(active_test=False).search(
            [('partner_id', 'in', agents.ids)])
        by_key = {(file.partner_id.id, file.company_id.id): file for file in files}
        for (agent, company), lines in self.search([('agent_id', 'in', agents.ids)]).grouped(
                lambda line: (line.agent_id.id, line.company_id.id)).items():
            file = by_key.get((agent, company), files.browse())
            lines.filtered(lambda line, file=file: line.agent_file_id != file).write(
                {'agent_file_id': file.id})
