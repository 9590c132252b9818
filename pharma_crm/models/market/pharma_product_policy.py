from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..customer.res_partner import PHARMA_TYPES

# Who buys: departments and persons do not
DISCOUNT_TYPES = [
    (kind, label) for kind, label in PHARMA_TYPES
    if kind not in ('campus', 'manufacturer', 'department', 'person')]


class PharmaProductPolicy(models.Model):
    """What a product costs us, and how far its price may go down, from a day to a day.

    Closed to representatives: whoever knows the limit sells at the limit.
    """

    _name = 'pharma.product.policy'
    _description = "Cost and Discount Policy"
    _inherit = ['mail.thread', 'pharma.line.mixin']
    _order = 'date_from DESC, id DESC'
    _check_company_auto = True

    _dates_check = models.Constraint(
        'CHECK(date_to IS NULL OR date_to >= date_from)', "A policy cannot end before it begins.")
    # Two people at once: what the check below cannot see of the other's transaction
    _open_uniq = models.UniqueIndex(
        '(product_id, company_id) WHERE date_to IS NULL',
        "This product has a policy without an end already: end that one first.")
    _amounts_check = models.Constraint(
        'CHECK(cost >= 0 AND minimum_price >= 0)', "Cost and lowest price cannot be negative.")

    product_id = fields.Many2one(
        'product.template', required=True, index=True, ondelete='cascade', check_company=True,
        domain=[('sale_ok', '=', True)])
    company_id = fields.Many2one(
        'res.company', required=True, index=True, default=lambda self: self.env.company)
    currency_id = fields.Many2one(related='company_id.currency_id')
    date_from = fields.Date(
        string="From", required=True, default=fields.Date.context_today, tracking=True)
    date_to = fields.Date(string="To", tracking=True)
    cost = fields.Monetary(
        string="Cost per Pack", aggregator='avg', tracking=True, help="What a sales pack costs us")
    minimum_price = fields.Monetary(
        string="Lowest Price", aggregator='avg', tracking=True,
        help="Nobody sells below it; 0: no such limit")
    note = fields.Text()
    discount_ids = fields.One2many(
        'pharma.product.discount', 'policy_id', string="Discount Limits", copy=True)
    list_price = fields.Float(related='product_id.list_price', string="Sales Price")
    margin = fields.Float(
        string="Margin (%)", compute='_compute_margin', digits=(6, 1), aggregator=None,
        help="Of the sales price")
    is_current = fields.Boolean(
        string="Holds Today", compute='_compute_is_current', search='_search_is_current')

    # === COMPUTE === #

    @api.depends('cost', 'list_price')
    def _compute_margin(self):
        for policy in self:
            policy.margin = policy.list_price and policy.cost and (
                100 * (policy.list_price - policy.cost) / policy.list_price)

    @api.depends('date_from', 'date_to')
    def _compute_is_current(self):
        today = self.env['pharma.access']._get_today()
        for policy in self:
            policy.is_current = bool(policy.date_from) and policy.date_from <= today and (
                not policy.date_to or policy.date_to >= today)

    def _search_is_current(self, operator, value):
        if operator != 'in':
            return NotImplemented
        today = self.env['pharma.access']._get_today()
        return [('date_from', '<=', today),
                '|', ('date_to', '=', False), ('date_to', '>=', today)]

    @api.depends('product_id', 'date_from')
    def _compute_display_name(self):
        for policy in self:
            policy.display_name = " · ".join(filter(None, (
                policy.product_id.name, fields.Date.to_string(policy.date_from))))

    # === CONSTRAINTS === #

    @api.constrains('product_id', 'company_id', 'date_from', 'date_to')
    def _check_overlap(self):
        for policy in self:
            others = self.search([
                ('product_id', '=', policy.product_id.id), ('id', '!=', policy.id),
                ('company_id', '=', policy.company_id.id),
                '|', ('date_to', '=', False), ('date_to', '>=', policy.date_from)])
            if any(not policy.date_to or other.date_from <= policy.date_to for other in others):
                raise ValidationError(self.env._(
                    "%s has a policy for a part of these days already: end that one first.",
                    policy.product_id.display_name))

    # === BUSINESS === #

    @api.model
    def _get_limit(self, product, pharma_type, day):
        """How far the price of a product may go down for a kind of customer.

        :param product: ``product.template``
        :param str pharma_type: kind of customer
        :param datetime.date day: when it is sold
        :return: limit in percent of the sales price, None without a policy for this kind
        :rtype: float or None
        """
        policy = self.search([
            ('product_id', '=', product.id), ('company_id', '=', self.env.company.id),
            ('date_from', '<=', day), '|', ('date_to', '=', False), ('date_to', '>=', day)],
            limit=1)
        line = policy.discount_ids.filtered(lambda line: line.pharma_type == pharma_type)
        return line.discount if line else None


class PharmaProductDiscount(models.Model):
    """The highest discount for a kind of customer."""

    _name = 'pharma.product.discount'
    _description = "Discount Limit"
    _order = 'pharma_type, id'

    _type_uniq = models.Constraint(
        'UNIQUE(policy_id, pharma_type)', "A kind of customer has one limit.")
    _discount_check = models.Constraint(
        'CHECK(discount >= 0 AND discount <= 100)', "A discount lies between 0 and 100 %.")

    policy_id = fields.Many2one(
        'pharma.product.policy', required=True, index=True, ondelete='cascade')
    pharma_type = fields.Selection(DISCOUNT_TYPES, string="Customer Type", required=True)
    discount = fields.Float(string="Highest Discount (%)", digits=(5, 2), aggregator=None)
    condition = fields.Char(help="What the customer does for it: quantity, payment, listing …")
