from odoo import api, fields, models
from odoo.fields import Domain


class PharmaPrice(models.Model):
    """A row of the price book (价格库): what a product costs in a province, and from which bid."""

    _name = 'pharma.price'
    _description = "Price"
    _order = 'product_id, state_id, date_from desc, id desc'
    _check_company_auto = True

    # The official lists are loaded again and again: a result must never be there twice.
    _source_uniq = models.UniqueIndex(
        '(source_key, COALESCE(company_id, 0)) WHERE source_key IS NOT NULL',
        "This official result is in the price book already.")
    _bid_uniq = models.UniqueIndex(
        "(bid_id, COALESCE(state_id, 0), COALESCE(date_from, '1900-01-01'))"
        " WHERE bid_id IS NOT NULL",
        "The bid has a price in this province from this day on already.")
    _price_check = models.Constraint(
        'CHECK(price_per_pack > 0)', "A price is more than nothing.")
    _units_check = models.Constraint(
        'CHECK(units_per_pack >= 0)', "The content of a pack cannot be negative.")
    _period_check = models.Constraint(
        'CHECK(date_to >= date_from)', "A price cannot end before it begins.")
    _product_state_idx = models.Index('(product_id, state_id)')

    # what and where
    product_id = fields.Many2one(
        'product.template', required=True, index=True, check_company=True,
        ondelete='restrict', domain="[('drug_generic_name', '!=', False)]")
    drug_generic_name = fields.Char(
        related='product_id.drug_generic_name', string="Generic Name", store=True, index='trigram')
    drug_specification = fields.Char(related='product_id.drug_specification')
    manufacturer_id = fields.Many2one(
        related='product_id.drug_manufacturer_id', string="Manufacturer", store=True,
        index='btree_not_null')
    is_ours = fields.Boolean(related='product_id.sale_ok', string="Ours", store=True)
    state_id = fields.Many2one(
        'res.country.state', string="Province", index='btree_not_null',
        domain="[('country_id.code', '=', 'CN')]", help="Empty: the whole country")
    company_id = fields.Many2one(
        'res.company', compute='_compute_company_id', store=True, readonly=False,
        index='btree_not_null', help="Empty: shared by all companies")

    # source
    bid_id = fields.Many2one(
        'pharma.tender.bid', index='btree_not_null', ondelete='cascade',
        check_company=True)
    tender_id = fields.Many2one(
        # Not precomputed: that would leave unsaved prices in the tender's price_ids
        'pharma.tender', compute='_compute_tender_id', store=True, readonly=False,
        index='btree_not_null', ondelete='cascade', check_company=True)
    batch = fields.Char(related='tender_id.batch', store=True)
    date_result = fields.Date(related='tender_id.date_result', string="Result Date", store=True)
    results_public = fields.Boolean(compute='_compute_results_public', store=True)
    source_key = fields.Char(readonly=True, copy=False, export_string_translation=False)
    source_row = fields.Integer(
        string="Row in the List", readonly=True, copy=False, aggregator=None,
        help="Number of the row in the official list that this price was read from")

    # price
    date_from = fields.Date(string="Valid From", help="Empty: not known")
    date_to = fields.Date(string="Valid To", help="Empty: not known or open")
    price_per_pack = fields.Float(
        string="Price per Pack", digits='Product Price', required=True, aggregator='avg')
    units_per_pack = fields.Float(
        string="Units per Pack", digits='Product Unit', compute='_compute_units_per_pack',
        store=True, readonly=False, precompute=True, aggregator=None)
    unit_price = fields.Float(
        digits=(16, 4), compute='_compute_unit_price', store=True,
        precompute=True, aggregator='avg', help="Price of the smallest unit, in yuan")
    lowest_price_per_pack = fields.Float(
        related='price_per_pack', string="Lowest Price per Pack", aggregator='min')
    lowest_unit_price = fields.Float(
        related='unit_price', string="Lowest Unit Price", aggregator='min')

    in_several_batches = fields.Boolean(
        compute='_compute_in_several_batches',
        search='_search_in_several_batches',
        help="The drug has prices in more than one batch or tender: there is a trend to see")

    # === COMPUTE === #

    @api.depends('drug_generic_name')
    def _compute_in_several_batches(self):
        names = self._generic_names_in_several_batches(
            [('drug_generic_name', 'in', self.mapped('drug_generic_name'))])
        for price in self:
            price.in_several_batches = price.drug_generic_name in names

    @api.model
    def _search_in_several_batches(self, operator, value):
        if operator != 'in':
            return NotImplemented
        return [('drug_generic_name', 'in', self._generic_names_in_several_batches([]))]

    def _generic_names_in_several_batches(self, domain):
        """Generic names within a domain that have prices in two tenders or more."""
        return [name for name, _count in self.env['pharma.price']._read_group(
            Domain(domain) & Domain('drug_generic_name', '!=', False),
            ['drug_generic_name'], ['tender_id:count_distinct'],
            having=[('tender_id:count_distinct', '>', 1)])]

    @api.depends('bid_id')
    def _compute_tender_id(self):
        for price in self:
            price.tender_id = price.bid_id.tender_id or price.tender_id

    @api.depends('tender_id.company_id', 'bid_id.tender_id.company_id')
    def _compute_company_id(self):
        for price in self:
            if price.tender_id or price.bid_id:
                price.company_id = (price.tender_id or price.bid_id.tender_id).company_id
            else:
                price.company_id = price.company_id or self.env.company

    @api.depends('tender_id.results_public')
    def _compute_results_public(self):
        for price in self:
            price.results_public = not price.tender_id or price.tender_id.results_public

    @api.depends('product_id')
    def _compute_units_per_pack(self):
        for price in self:
            price.units_per_pack = price.product_id.drug_units_per_pack or price.units_per_pack

    @api.depends('price_per_pack', 'units_per_pack')
    def _compute_unit_price(self):
        for price in self:
            price.unit_price = (
                price.price_per_pack / price.units_per_pack if price.units_per_pack else 0.0)

    @api.depends('product_id', 'state_id')
    def _compute_display_name(self):
        for price in self:
            price.display_name = " · ".join(
                filter(None, (price.product_id.name, price.state_id.name)))

    @api.model
    def get_empty_list_help(self, help_message):
        return self.env['pharma.tender.results']._without_load_button(
            super().get_empty_list_help(help_message))

    # === ACTIONS === #

    def action_view_tender(self):
        """Open the tender that this price came from."""
        return self._action_open(self.tender_id)

    def action_view_bid(self):
        """Open the bid that this price came from."""
        return self._action_open(self.bid_id)

    def _action_open(self, record):
        return {
            'type': 'ir.actions.act_window',
            'res_model': record._name,
            'res_id': record.id,
            'views': [(False, 'form')],
        }
