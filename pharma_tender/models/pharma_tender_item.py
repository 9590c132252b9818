import re

from odoo import api, fields, models


class PharmaTenderItem(models.Model):
    """What a tender asks for (标的): a drug in a form and strength, with its ceiling price."""

    _name = 'pharma.tender.item'
    _description = "Tender Item"
    _order = 'tender_id, sequence, item_no, id'
    _rec_names_search = ['generic_name', 'item_no']
    _check_company_auto = True

    _item_no_uniq = models.UniqueIndex(
        '(tender_id, item_no) WHERE item_no IS NOT NULL',
        "This item number exists already in the tender.")
    _ceiling_check = models.Constraint(
        'CHECK(ceiling_price >= 0)', "The ceiling price cannot be negative.")
    _volume_check = models.Constraint(
        'CHECK(base_volume >= 0)', "The base volume cannot be negative.")

    tender_id = fields.Many2one(
        'pharma.tender', required=True, index=True, ondelete='cascade',
        check_company=True)
    company_id = fields.Many2one(related='tender_id.company_id', store=True, index='btree_not_null')
    results_public = fields.Boolean(related='tender_id.results_public', store=True)
    kind_id = fields.Many2one(related='tender_id.kind_id', store=True, index=True)

    sequence = fields.Integer(
        compute='_compute_sequence', store=True, precompute=True, readonly=False)
    item_no = fields.Char(string="Item No.")
    generic_name = fields.Char(required=True, index='trigram')
    dosage_form = fields.Char()
    specification = fields.Char()
    unit = fields.Char(help="What prices and volumes are counted in, such as 片 or 盒")
    ceiling_price = fields.Float(
        digits=(16, 4), aggregator=None,
        help="Highest valid bid (最高有效申报价), in yuan per unit")
    base_volume = fields.Float(
        digits='Product Unit', help="Volume reported by the hospitals (基准量), in units")

    bid_ids = fields.One2many('pharma.tender.bid', 'item_id', string="Bids", copy=False)
    bid_count = fields.Integer(compute='_compute_bids')
    lowest_unit_price = fields.Float(
        digits=(16, 4), compute='_compute_bids',
        help="Lowest valid bid in yuan per smallest unit")
    our_result = fields.Char(compute='_compute_bids')

    # === COMPUTE === #

    @api.depends('item_no')
    def _compute_sequence(self):
        for item in self:
            # Numbers are printed as text (2, 10, 10-1): sort them as numbers
            match = re.search(r'[0-9]{1,6}', item.item_no or '')
            item.sequence = int(match[0]) if match else 0

    @api.depends('bid_ids.unit_price', 'bid_ids.result', 'bid_ids.is_ours')
    def _compute_bids(self):
        result = self.env['pharma.tender.bid']._fields['result']
        labels = dict(result._description_selection(self.env))
        for item in self:
            valid = item.bid_ids.filtered(lambda bid: bid.result != 'invalid' and bid.unit_price)
            ours = item.bid_ids.filtered('is_ours')
            item.bid_count = len(item.bid_ids)
            item.lowest_unit_price = min(valid.mapped('unit_price'), default=0.0)
            item.our_result = "、".join(dict.fromkeys(labels[bid.result] for bid in ours))

    @api.depends('item_no', 'generic_name', 'specification')
    def _compute_display_name(self):
        for item in self:
            item.display_name = " ".join(
                filter(None, (item.item_no, item.generic_name, item.specification)))
