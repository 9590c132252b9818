from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

THREATS = [
    ('3', "High"),
    ('2', "Medium"),
    ('1', "Low"),
]


class PharmaCompetitor(models.Model):
    """The file of a competitor: a manufacturer whose products take business from ours."""

    _name = 'pharma.competitor'
    _description = "Competitor"
    _inherit = ['mail.thread', 'mail.activity.mixin']
    _order = 'threat DESC, name, id'
    _check_company_auto = True

    _partner_uniq = models.UniqueIndex(
        '(partner_id, company_id)', "This manufacturer has a competitor file already.")

    partner_id = fields.Many2one(
        'res.partner', string="Manufacturer", required=True, ondelete='restrict',
        check_company=True, domain=[('pharma_type', '=', 'manufacturer')])
    name = fields.Char(related='partner_id.name', store=True)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        'res.company', required=True, index=True, default=lambda self: self.env.company)
    user_id = fields.Many2one(
        'res.users', string="Followed By", index='btree_not_null', ondelete='set null',
        domain=[('share', '=', False)], tracking=True)
    threat = fields.Selection(
        THREATS, required=True, default='2', tracking=True, group_expand=True)
    sales_model = fields.Selection(
        [('own', "Own People"), ('agents', "Agents"), ('both', "Own People and Agents")],
        tracking=True)
    staff_count = fields.Integer(string="Sales Staff", aggregator=None)
    strengths = fields.Text()
    weaknesses = fields.Text()
    strategy = fields.Text(string="How They Work the Market")
    answer = fields.Text(string="Our Answer")

    product_ids = fields.Many2many(
        'product.template', string="Their Products", compute='_compute_products')
    own_product_ids = fields.Many2many(
        'product.template', string="Our Products under Attack", compute='_compute_products')
    product_count = fields.Integer(compute='_compute_products')
    fact_ids = fields.Many2many(
        'pharma.market.fact', string="Present At", compute='_compute_facts')
    terminal_count = fields.Integer(string="Terminals", compute='_compute_facts')
    monthly_amount = fields.Monetary(
        string="Seen per Month", compute='_compute_facts',
        help="Price × monthly packs, where somebody told both, at the terminals that you see")
    intelligence_count = fields.Integer(
        string="Market News Count", compute='_compute_intelligence_count')
    currency_id = fields.Many2one(related='company_id.currency_id')

    # === COMPUTE === #

    @api.depends('partner_id')
    def _compute_products(self):
        products = self.env['product.template'].search(
            [('drug_manufacturer_id', 'in', self.partner_id.ids), ('sale_ok', '=', False)],
            order='name, id')
        rivals, by_maker = products._get_rivals(), products.grouped('drug_manufacturer_id')
        for competitor in self:
            theirs = by_maker.get(competitor.partner_id, products.browse())
            competitor.product_ids = theirs
            competitor.product_count = len(theirs)
            competitor.own_product_ids = products.browse().union(
                *(rivals[product] for product in theirs))

    @api.depends_context('uid', 'allowed_company_ids')
    @api.depends('partner_id')
    def _compute_facts(self):
        facts = self.env['pharma.market.fact'].search(self._get_fact_domain())
        found = facts.grouped(lambda fact: (fact.manufacturer_id, fact.company_id))
        for competitor in self:
            seen = found.get((competitor.partner_id, competitor.company_id), facts.browse())
            competitor.fact_ids = seen
            competitor.terminal_count = len(seen.partner_id)
            competitor.monthly_amount = sum(seen.mapped('monthly_amount'))

    def _get_fact_domain(self):
        return (
            Domain('manufacturer_id', 'in', self.partner_id.ids)
            & Domain('company_id', 'in', self.company_id.ids)
            & Domain('is_latest', '=', True) & Domain('is_gone', '=', False))

    @api.depends_context('uid', 'allowed_company_ids')
    @api.depends('partner_id')
    def _compute_intelligence_count(self):
        counts = dict(self.env['pharma.intelligence']._read_group(
            [('manufacturer_id', 'in', self.partner_id.ids)], ['manufacturer_id'], ['__count']))
        for competitor in self:
            competitor.intelligence_count = counts.get(competitor.partner_id, 0)

    # === CONSTRAINTS === #

    @api.constrains('partner_id')
    def _check_partner_id(self):
        for competitor in self:
            if competitor.partner_id.pharma_type != 'manufacturer':
                raise ValidationError(self.env._(
                    "%s is no manufacturer: set the customer type first.",
                    competitor.partner_id.display_name))

    # === ACTIONS === #

    def action_view_facts(self):
        """Open what was seen of this competitor, terminal by terminal."""
        self.ensure_one()
        action = self.env['ir.actions.act_window']._for_xml_id(
            'pharma_crm.pharma_market_fact_action')
        return {**action, 'domain': [('manufacturer_id', '=', self.partner_id.id)],
                'context': {'search_default_latest': 1}}

    def action_view_intelligence(self):
        """Open the market news about this competitor."""
        self.ensure_one()
        action = self.env['ir.actions.act_window']._for_xml_id(
            'pharma_crm.pharma_intelligence_action')
        return {**action, 'domain': [('manufacturer_id', '=', self.partner_id.id)],
                'context': {'default_manufacturer_id': self.partner_id.id}}

    def action_view_products(self):
        """Open the products of this competitor."""
        self.ensure_one()
        action = self.env['ir.actions.act_window']._for_xml_id(
            'pharma_crm.product_template_action_drug')
        return {
            **action,
            'domain': [('drug_manufacturer_id', '=', self.partner_id.id), ('sale_ok', '=', False)],
            'context': {'default_sale_ok': False, 'default_purchase_ok': False,
                        'default_drug_manufacturer_id': self.partner_id.id}}
