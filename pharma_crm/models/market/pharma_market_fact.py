from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools import SQL

from ..customer.res_partner import TERMINAL_TYPES

SOURCES = [
    ('seen', "Seen by Myself"),
    ('told', "Told by Somebody"),
    ('call', "Heard in a Call"),
    ('document', "Document or File"),
    ('platform', "Public Platform"),
    ('other', "Other"),
]


class PharmaMarketFact(models.Model):
    """What was seen of a competitor's product at a terminal: price, monthly volume, since when, and
    who says so.

    The newest fact of a terminal and product is what holds; the older ones are its history.
    Newest is told by the database when it is asked, so that two people who report at the same time
    disturb nothing.
    """

    _name = 'pharma.market.fact'
    _description = "Market Fact"
    _inherit = ['mail.thread', 'pharma.access.mixin', 'pharma.customer.mixin']
    _order = 'date DESC, id DESC'
    _check_company_auto = True
    _mail_post_access = 'read'
    _pharma_access_columns = ('partner_id', 'informant_id')

    _pair_idx = models.Index('(partner_id, product_id, company_id, date DESC, id DESC)')
    _numbers_check = models.Constraint(
        'CHECK(price >= 0 AND monthly_quantity >= 0)', "Price and volume cannot be negative.")

    partner_id = fields.Many2one(
        'res.partner', string="Terminal", required=True, ondelete='restrict', check_company=True,
        domain=[('pharma_type', 'in', TERMINAL_TYPES)], tracking=True)
    product_id = fields.Many2one(
        'product.template', string="Competitor's Product", required=True, index=True,
        ondelete='restrict', check_company=True, tracking=True,
        domain=[('sale_ok', '=', False), ('drug_generic_name', '!=', False)])
    manufacturer_id = fields.Many2one(
        related='product_id.drug_manufacturer_id', string="Competitor", store=True,
        index='btree_not_null')
    generic_name = fields.Char(related='product_id.drug_generic_name', store=True)
    state_id = fields.Many2one(
        'res.country.state', string="Province", compute='_compute_place', store=True)
    pharma_city_id = fields.Many2one(
        'pharma.division', string="City", compute='_compute_place', store=True)
    company_id = fields.Many2one(
        'res.company', required=True, index=True, default=lambda self: self.env.company)
    currency_id = fields.Many2one(related='company_id.currency_id')

    # what was seen
    price = fields.Monetary(
        string="Price per Pack", aggregator='avg', tracking=True, help="0: not known")
    monthly_quantity = fields.Float(
        string="Packs per Month", digits='Product Unit', tracking=True, help="0: not known")
    monthly_amount = fields.Monetary(
        string="Amount per Month", compute='_compute_monthly_amount', store=True)
    since = fields.Date(string="There Since")
    is_gone = fields.Boolean(
        string="No Longer There", tracking=True, help="The terminal does not carry it any more")
    note = fields.Char()

    # who says so
    date = fields.Date(
        string="Seen On", required=True, default=fields.Date.context_today, tracking=True)
    user_id = fields.Many2one(
        'res.users', string="Reported By", required=True, index=True, ondelete='restrict',
        default=lambda self: self.env.user, domain=[('share', '=', False)])
    source = fields.Selection(SOURCES, required=True, default='seen')
    informant_id = fields.Many2one(
        'res.partner', string="Told By", index='btree_not_null', ondelete='set null',
        check_company=True, domain=[('pharma_type', '=', 'person')],
        groups='pharma_crm.group_pharma_crm_person')
    visit_id = fields.Many2one(
        'pharma.visit', string="Call", index='btree_not_null', ondelete='set null',
        check_company=True, groups='pharma_crm.group_pharma_crm_person')
    intelligence_id = fields.Many2one(
        'pharma.intelligence', string="From the News", index='btree_not_null',
        ondelete='set null', readonly=True, copy=False)

    is_latest = fields.Boolean(
        string="Newest", compute='_compute_is_latest', search='_search_is_latest')
    own_quantity = fields.Float(
        string="Ours per Month", compute='_compute_own_share', digits='Product Unit',
        help="Packs of our products with this generic name that went to this hospital or pharmacy, "
             "mean of the last three full months; empty where it is not known")
    own_share = fields.Float(
        string="Our Share (%)", compute='_compute_own_share', digits=(5, 1), aggregator=None,
        help="Ours among all packs of this generic name that are known here, in smallest units")

    # === COMPUTE === #

    @api.depends('partner_id.commercial_partner_id.state_id',
                 'partner_id.commercial_partner_id.pharma_city_id')
    def _compute_place(self):
        for fact in self:
            hospital = fact.partner_id.commercial_partner_id
            fact.state_id, fact.pharma_city_id = hospital.state_id, hospital.pharma_city_id

    @api.depends('price', 'monthly_quantity')
    def _compute_monthly_amount(self):
        for fact in self:
            fact.monthly_amount = fact.price * fact.monthly_quantity

    @api.depends('partner_id', 'product_id', 'date')
    def _compute_display_name(self):
        for fact in self:
            fact.display_name = " · ".join(filter(None, (
                fact.product_id.name, fact.partner_id.name, fields.Date.to_string(fact.date))))

    @api.depends('partner_id', 'product_id', 'company_id', 'date')
    def _compute_is_latest(self):
        saved = self._origin
        newest = saved.search([('id', 'in', saved.ids), ('is_latest', '=', True)])
        for fact in self:
            fact.is_latest = not fact._origin or fact._origin in newest

    def _search_is_latest(self, operator, value):
        if operator != 'in':
            return NotImplemented
        self.flush_model(['partner_id', 'product_id', 'company_id', 'date'])
        return Domain.custom(to_sql=lambda model, alias, query: SQL(
            """ NOT EXISTS (
                SELECT FROM pharma_market_fact newer
                 WHERE newer.partner_id = %(fact)s.partner_id
                   AND newer.product_id = %(fact)s.product_id
                   AND newer.company_id = %(fact)s.company_id
                   AND (newer.date, newer.id) > (%(fact)s.date, %(fact)s.id)) """,
            fact=SQL.identifier(alias)))

    @api.depends_context('uid', 'allowed_company_ids')
    @api.depends('partner_id', 'product_id')
    def _compute_own_share(self):
        shares = self._get_shares(self.partner_id.commercial_partner_id)
        for fact in self:
            fact.own_quantity, fact.own_share = shares.get(
                (fact.partner_id.commercial_partner_id.id, fact.generic_name), (False, False))

    def _read_group_select(self, aggregate_spec, query):
        if aggregate_spec == 'price:avg':
            # 0 stands for a price that is not known
            return SQL("AVG(NULLIF(%s, 0))", self._field_to_sql(self._table, 'price', query))
        return super()._read_group_select(aggregate_spec, query)

    # === CONSTRAINTS === #

    @api.constrains('product_id', 'partner_id')
    def _check_pair(self):
        for fact in self:
            if fact.product_id.sale_ok:
                raise ValidationError(self.env._(
                    "%s is for sale: market facts are about competitors' products. What we sell "
                    "ourselves is known from orders and flow files.", fact.product_id.name))
            if fact.partner_id.pharma_type not in TERMINAL_TYPES:
                raise ValidationError(self.env._(
                    "%s is no hospital, clinic or pharmacy.", fact.partner_id.display_name))

    @api.constrains('date', 'since')
    def _check_dates(self):
        today = max(fields.Date.context_today(self), self.env['pharma.access']._get_today())
        for fact in self:
            if fact.date > today or (fact.since and fact.since > fact.date):
                raise ValidationError(self.env._(
                    "A fact is seen today or earlier, and not before the product was there."))

    # === SHARE === #

    @api.model
    def _get_own_sales(self, hospitals):
        """Hook: what we sell to hospitals and pharmacies with all below, as far as the current user
        may see these figures; nothing is known in this addon.

        :param hospitals: ``res.partner``, commercial entities
        :return: packs per month, {(id of the hospital, id of the product template): packs}
        :rtype: dict
        """
        return {}

    @api.model
    def _get_shares(self, hospitals):
        """Our share of each generic name at hospitals, where our own sales are known.

        Counted in smallest units where all packs have them, so that packs of 7 and of 14 tablets
        compare.

        :param hospitals: ``res.partner``, commercial entities
        :return: {(id of the hospital, generic name): (our packs per month, share in percent)}
        :rtype: dict
        """
        sales = self._get_own_sales(hospitals)
        if not sales:
            return {}
        products = self.env['product.template'].browse(
            {product for _hospital, product in sales}).filtered('sale_ok')
        ours = {product.id: product for product in products}
        volumes = defaultdict(list)
        for (hospital, product_id), packs in sales.items():
            if product := ours.get(product_id):
                volumes[hospital, product.drug_generic_name].append(
                    (True, packs, product.drug_units_per_pack))
        for fact in self.search(
                Domain('partner_id.commercial_partner_id', 'in', hospitals.ids)
                & Domain('is_latest', '=', True) & Domain('is_gone', '=', False)):
            key = fact.partner_id.commercial_partner_id.id, fact.generic_name
            if key in volumes and fact.monthly_quantity:
                volumes[key].append(
                    (False, fact.monthly_quantity, fact.product_id.drug_units_per_pack))
        # Ours beside nothing known is no share
        return {key: self._add_up_share(rows) for key, rows in volumes.items()
                if key[1] and not all(own for own, _packs, _units in rows)}

    @api.model
    def _add_up_share(self, rows):
        """Our packs and our share of them all.

        :param list rows: (ours or not, packs, smallest units per pack)
        :rtype: tuple(float, float)
        """
        ours = sum(packs for own, packs, _units in rows if own)
        known = all(units for _own, _packs, units in rows)
        total = sum(packs * (units if known else 1) for _own, packs, units in rows)
        own = sum(packs * (units if known else 1) for own, packs, units in rows if own)
        return ours, 100 * own / total if total else 0.0

    # === ACTIONS === #

    def action_still_so(self):
        """Confirm on the spot that a fact still holds: the same once more, seen today by oneself.

        :return: the action that opens the new fact
        """
        self.ensure_one()
        fact = self.copy({
            'date': fields.Date.context_today(self), 'user_id': self.env.uid, 'source': 'seen',
            'informant_id': False, 'visit_id': False})
        return fact._get_records_action()

    def action_view_history(self):
        """Open all facts of this terminal and product."""
        self.ensure_one()
        action = self.env['ir.actions.act_window']._for_xml_id(
            'pharma_crm.pharma_market_fact_action')
        return {
            **action, 'context': {},
            'domain': [('partner_id', '=', self.partner_id.id),
                       ('product_id', '=', self.product_id.id)]}
