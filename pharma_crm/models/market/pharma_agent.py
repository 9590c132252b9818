from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

GRADES = [
    ('a', "A"),
    ('b', "B"),
    ('c', "C"),
    ('d', "D"),
]


class PharmaAgent(models.Model):
    """The file of an agent (代理商): what he is able to do, and what holds him with us.

    An agent promotes products; he is no distributor, and has neither licence nor stock.
    """

    _name = 'pharma.agent'
    _description = "Agent"
    _inherit = ['mail.thread', 'mail.activity.mixin', 'pharma.access.mixin',
                'pharma.customer.mixin']
    _order = 'grade, name, id'
    _check_company_auto = True

    _partner_uniq = models.UniqueIndex(
        '(partner_id, company_id)', "This agent has a file already.")
    _numbers_check = models.Constraint(
        'CHECK(staff_count >= 0 AND funds >= 0)', "Staff and funds cannot be negative.")

    partner_id = fields.Many2one(
        'res.partner', string="Agent", required=True, ondelete='restrict', check_company=True,
        domain=[('pharma_type', '=', 'agent')])
    name = fields.Char(related='partner_id.name', store=True)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        'res.company', required=True, index=True, default=lambda self: self.env.company)
    currency_id = fields.Many2one(related='company_id.currency_id')
    user_id = fields.Many2one(
        'res.users', string="Responsible", index='btree_not_null', ondelete='set null',
        default=lambda self: self.env.user, domain=[('share', '=', False)], tracking=True)

    # ability
    grade = fields.Selection(GRADES, string="Ability Grade", tracking=True, group_expand=True)
    coverage = fields.Text(
        string="Reach", help="Regions, hospitals and departments where he gets in")
    staff_count = fields.Integer(string="Staff", aggregator=None)
    funds = fields.Monetary(help="What he can pay in advance")
    specialty_ids = fields.Many2many(
        'pharma.specialty', string="Strong In", help="Departments where he is known")

    # hold
    contract = fields.Selection(
        [('none', "None"), ('talk', "In Talks"), ('exclusive', "Exclusive"),
         ('normal', "Not Exclusive")], required=True, default='none', tracking=True)
    contract_until = fields.Date(tracking=True)
    deposit = fields.Monetary(help="What he has left with us")
    loyalty = fields.Selection(
        [('1', "Loose"), ('2', "Fair"), ('3', "Firm")], tracking=True)
    hold_note = fields.Text(string="What Holds Him")

    line_ids = fields.One2many(
        'pharma.agent.product', 'agent_file_id', string="Terminals and Products")
    terminal_count = fields.Integer(string="Terminals", compute='_compute_counts')
    own_product_count = fields.Integer(string="Products of Ours", compute='_compute_counts')
    other_product_count = fields.Integer(string="Products of Others", compute='_compute_counts')

    # === COMPUTE === #

    @api.depends_context('uid', 'allowed_company_ids')
    @api.depends('line_ids.date_to', 'line_ids.product_id', 'line_ids.partner_id')
    def _compute_counts(self):
        for agent in self:
            lines = agent.line_ids.filtered('is_current')
            products = lines.product_id
            ours = products.filtered('sale_ok')
            agent.terminal_count = len(lines.partner_id)
            agent.own_product_count = len(ours)
            agent.other_product_count = len(products - ours)

    # === CONSTRAINTS === #

    @api.constrains('partner_id')
    def _check_partner_id(self):
        for agent in self:
            if agent.partner_id.pharma_type != 'agent':
                raise ValidationError(self.env._(
                    "%s is no agent: set the customer type first.",
                    agent.partner_id.display_name))

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        agents = super().create(vals_list)
        # sudo: what was entered before there was a file belongs to it, whoever sees which terminal
        self.env['pharma.agent.product'].sudo()._link_files(agents.partner_id)
        return agents

    def write(self, vals):
        before = self.partner_id
        result = super().write(vals)
        if 'partner_id' in vals:
            # sudo: as above
            self.env['pharma.agent.product'].sudo()._link_files(before | self.partner_id)
        return result

    # === ACTIONS === #

    def action_view_products(self):
        """Open what this agent works with, terminal by terminal."""
        self.ensure_one()
        return self.partner_id.action_view_agent_products()

    def action_view_openings(self):
        """Open the blank terminals that this agent could open for us."""
        self.ensure_one()
        action = self.env['ir.actions.act_window']._for_xml_id(
            'pharma_crm.pharma_agent_opening_action')
        return {**action, 'domain': list(Domain('agent_id', '=', self.partner_id.id)),
                'context': {'search_default_blank': 1}}
