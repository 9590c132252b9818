from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

BID_RESULTS = [
    ('pending', "Pending"),
    ('won', "Won"),
    ('lost', "Lost"),
    ('invalid', "Invalid"),
]


class PharmaTenderBid(models.Model):
    """What a company offers for an item (报价), ours or a competitor's, and what came of it."""

    _name = 'pharma.tender.bid'
    _description = "Bid"
    _order = 'tender_id, item_id, rank, id'
    _check_company_auto = True

    _bid_uniq = models.UniqueIndex(
        '(item_id, manufacturer_id, COALESCE(product_id, 0))',
        "This manufacturer has a bid with this product for the item already.")
    _price_check = models.Constraint(
        'CHECK(price_per_pack >= 0 AND units_per_pack >= 0)',
        "Prices and contents of packs cannot be negative.")
    _result_idx = models.Index('(result, is_ours)')

    # identity
    item_id = fields.Many2one(
        'pharma.tender.item', required=True, index=True, ondelete='cascade',
        check_company=True)
    tender_id = fields.Many2one(
        # Not precomputed: that would leave unsaved bids in the tender's bid_ids
        related='item_id.tender_id', store=True, index=True, ondelete='cascade')
    company_id = fields.Many2one(related='item_id.company_id', store=True, index='btree_not_null')
    results_public = fields.Boolean(related='tender_id.results_public', store=True)
    kind_id = fields.Many2one(related='tender_id.kind_id', store=True, index=True)
    stage_id = fields.Many2one(related='tender_id.stage_id')

    # who and what
    manufacturer_id = fields.Many2one(
        'res.partner', compute='_compute_manufacturer_id', store=True,
        readonly=False, precompute=True, required=True, index=True, check_company=True,
        ondelete='restrict', domain="[('pharma_type', '=', 'manufacturer')]",
        context={'default_pharma_type': 'manufacturer', 'default_is_company': True})
    maker_note = fields.Char(
        string="Made or Packed By", help="Contract manufacturer or packer, as printed")
    product_id = fields.Many2one(
        'product.template', index='btree_not_null', check_company=True,
        ondelete='restrict', domain="[('drug_generic_name', '!=', False)]")
    drug_generic_name = fields.Char(
        related='product_id.drug_generic_name', string="Generic Name", store=True)
    is_ours = fields.Boolean(
        string="Ours", compute='_compute_is_ours', store=True,
        help="The product is for sale by us; competitors' products are not for sale")

    # price
    price_per_pack = fields.Float(
        string="Price per Pack", digits='Product Price', aggregator='avg')
    units_per_pack = fields.Float(
        string="Units per Pack", digits='Product Unit', compute='_compute_units_per_pack',
        store=True, readonly=False, precompute=True, aggregator=None)
    unit_price = fields.Float(
        digits=(16, 4), compute='_compute_unit_price', store=True,
        precompute=True, aggregator='avg', help="Price of the smallest unit (单位可比价), in yuan")
    rank = fields.Integer(
        compute='_compute_rank', store=True, aggregator=None,
        help="Place by unit price among the valid bids for the item; 1 is the lowest")

    # result
    result = fields.Selection(BID_RESULTS, required=True, default='pending', index=True)
    our_win = fields.Integer(string="Won by Us", compute='_compute_our_win', store=True)
    state_ids = fields.Many2many(
        'res.country.state', string="Supply Provinces", domain="[('country_id.code', '=', 'CN')]")
    price_ids = fields.One2many('pharma.price', 'bid_id', string="Prices")
    price_count = fields.Integer(compute='_compute_price_count')

    # === COMPUTE === #

    @api.depends('product_id')
    def _compute_manufacturer_id(self):
        for bid in self:
            bid.manufacturer_id = bid.product_id.drug_manufacturer_id or bid.manufacturer_id

    @api.depends('product_id.sale_ok')
    def _compute_is_ours(self):
        for bid in self:
            bid.is_ours = bid.product_id.sale_ok

    @api.depends('product_id')
    def _compute_units_per_pack(self):
        for bid in self:
            bid.units_per_pack = bid.product_id.drug_units_per_pack or bid.units_per_pack

    @api.depends('price_per_pack', 'units_per_pack')
    def _compute_unit_price(self):
        for bid in self:
            bid.unit_price = bid.price_per_pack / bid.units_per_pack if bid.units_per_pack else 0.0

    @api.depends('unit_price', 'result', 'item_id.bid_ids.unit_price', 'item_id.bid_ids.result')
    def _compute_rank(self):
        for item, bids in self.grouped('item_id').items():
            valid = (item.bid_ids | bids).filtered(
                lambda bid: bid.result != 'invalid' and bid.unit_price)
            prices = sorted(valid.mapped('unit_price'))
            for bid in bids:
                # Equal prices share the better place
                bid.rank = prices.index(bid.unit_price) + 1 if bid in valid else 0

    @api.depends('is_ours', 'result')
    def _compute_our_win(self):
        for bid in self:
            bid.our_win = int(bid.is_ours and bid.result == 'won')

    def _compute_price_count(self):
        counts = dict(self.env['pharma.price']._read_group(
            [('bid_id', 'in', self.ids)], ['bid_id'], ['__count']))
        for bid in self:
            bid.price_count = counts.get(bid, 0)

    @api.depends('item_id.generic_name', 'product_id', 'manufacturer_id.name')
    def _compute_display_name(self):
        for bid in self:
            drug = bid.product_id
            what = " ".join(filter(None, (
                drug.drug_generic_name or bid.item_id.generic_name, drug.drug_specification)))
            bid.display_name = " · ".join(filter(None, (what, bid.manufacturer_id.name)))

    # === CONSTRAINTS === #

    @api.constrains('product_id', 'manufacturer_id')
    def _check_manufacturer(self):
        for bid in self:
            maker = bid.product_id.drug_manufacturer_id
            if maker and maker != bid.manufacturer_id:
                raise ValidationError(self.env._(
                    "%(product)s is made by %(maker)s, not by %(other)s.",
                    product=bid.product_id.name, maker=maker.name, other=bid.manufacturer_id.name))

    @api.constrains('result', 'price_per_pack')
    def _check_won_price(self):
        for bid in self:
            if bid.result == 'won' and not bid.price_per_pack:
                raise ValidationError(self.env._(
                    "Enter the price before you mark the bid of %s as won.",
                    bid.manufacturer_id.name))

    # === ACTIONS === #

    def action_set_won(self):
        """The bids are selected."""
        self.write({'result': 'won'})

    def action_set_lost(self):
        """The bids are not selected."""
        self.write({'result': 'lost'})

    def action_view_prices(self):
        """Open the prices by province of this bid."""
        self.ensure_one()
        action = self.env['ir.actions.act_window']._for_xml_id('pharma_tender.pharma_price_action')
        action['domain'] = [('bid_id', '=', self.id)]
        action['context'] = {'default_bid_id': self.id}
        return action

    def action_add_prices(self):
        """Enter won bids into the price book, one row per supply province; repeat without harm.

        A bid without provinces holds in all provinces of its tender, or everywhere: one row
        without province.
        """
        lost = self.filtered(lambda bid: bid.result != 'won')
        if lost:
            raise UserError(self.env._(
                "Only won bids give prices. These are not won: %s",
                ", ".join(lost.mapped('display_name'))))
        self._ensure_product()
        known = {(price.bid_id, price.state_id) for price in self.price_ids}
        nowhere = self.env['res.country.state']
        self.env['pharma.price'].create([
            bid._prepare_price_vals(state)
            for bid in self
            for state in (bid.state_ids or bid.tender_id.state_ids or [nowhere])
            if (bid, state) not in known
        ])

    # === BUSINESS === #

    def _prepare_price_vals(self, state):
        """Values of a price of this bid in one province (an empty record: everywhere)."""
        self.ensure_one()
        return {
            'bid_id': self.id,
            'tender_id': self.tender_id.id,
            'product_id': self.product_id.id,
            'state_id': state.id,
            'price_per_pack': self.price_per_pack,
            'units_per_pack': self.units_per_pack,
            'date_from': self.tender_id.date_from,
            'date_to': self.tender_id.date_to,
        }

    def _ensure_product(self):
        """Give bids without product one: a competitor's drug, which is not for sale."""
        bare = self.filtered(lambda bid: not bid.product_id)
        if not bare:
            return
        bare.check_access('write')
        # Tender staff has no right on products, but may enter competitors' drugs, and only those:
        # they are not for sale and carry the bid's own data.
        products = self.env['product.template'].sudo().create(
            [bid._prepare_product_vals() for bid in bare])
        for bid, product in zip(bare, products, strict=True):
            bid.write({'product_id': product.id})

    def _prepare_product_vals(self):
        """Values of a competitor's product made out of this bid."""
        self.ensure_one()
        item = self.item_id
        return self.env['product.template']._prepare_competitor_vals(
            self.manufacturer_id, item.generic_name, item.specification or '',
            dosage_form=item.dosage_form or '', units_per_pack=self.units_per_pack)
