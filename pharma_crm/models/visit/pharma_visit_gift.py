from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL


class PharmaVisitGift(models.Model):
    """Material or gifts that were handed over in a call, to one person."""

    _name = 'pharma.visit.gift'
    _description = "Gift or Material of a Call"
    _order = 'date DESC, id DESC'

    _quantity_check = models.Constraint('CHECK(quantity > 0)', "Hand over at least one piece.")
    _item_uniq = models.UniqueIndex(
        '(visit_id, item_id, partner_id)', "Each item stands once per person in a call.")
    _person_idx = models.Index('(partner_id, item_id, date)')

    visit_id = fields.Many2one('pharma.visit', required=True, index=True, ondelete='cascade')
    item_id = fields.Many2one(
        'pharma.gift.item', string="Material or Gift", required=True, index=True,
        ondelete='restrict')
    partner_id = fields.Many2one(
        'res.partner', string="Given To", compute='_compute_partner_id', store=True,
        readonly=False, required=True, precompute=True, ondelete='restrict')
    quantity = fields.Integer(required=True, default=1)
    value = fields.Monetary(
        string="Amount", compute='_compute_value', store=True, precompute=True,
        help="By the value of the item when it was entered")
    currency_id = fields.Many2one(related='item_id.currency_id')
    date = fields.Date(related='visit_id.date', store=True, precompute=True)
    state = fields.Selection(related='visit_id.state')

    # === COMPUTES === #

    @api.depends('visit_id')
    def _compute_partner_id(self):
        for gift in self:
            gift.partner_id = gift.partner_id or gift.visit_id.partner_id

    @api.depends('item_id', 'quantity')
    def _compute_value(self):
        for gift in self:
            gift.value = gift.quantity * gift.item_id.unit_value

    @api.depends('item_id', 'quantity')
    def _compute_display_name(self):
        for gift in self:
            gift.display_name = f"{gift.item_id.name or ''} × {gift.quantity}"

    # === CONSTRAINTS === #

    @api.constrains('visit_id', 'item_id', 'partner_id', 'quantity')
    def _check_person(self):
        """Given to whom the call was, or who was met; in the company of the call."""
        for gift in self:
            visit = gift.visit_id
            if gift.partner_id not in visit.partner_id | visit.person_ids:
                raise ValidationError(self.env._(
                    "%s was not met in this call: enter the people met first.",
                    gift.partner_id.name))
            # sudo: which company an item belongs to is no secret where it is used
            if gift.item_id.sudo().company_id != visit.company_id:
                raise ValidationError(self.env._(
                    "%s belongs to another company.", gift.item_id.sudo().name))

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        gifts = super().create(vals_list)
        gifts._check_limits()
        return gifts

    def write(self, vals):
        result = super().write(vals)
        if not {'visit_id', 'item_id', 'partner_id', 'quantity'}.isdisjoint(vals):
            self._check_limits()
        return result

    # === LIMITS === #

    def _check_limits(self):
        """Nobody gets more than the item allows, in a call and in a year, whoever hands it over
        and whoever else does so at the same moment.

        :raise ValidationError: if a limit is passed
        """
        self._wait_for_others()
        # sudo: of all representatives together; only sums are told
        gifts = self.sudo()
        gifts._check_call_limit()
        gifts._check_year_limit()

    def _wait_for_others(self):
        """Make this transaction collide with another that gives to the same person or in the same
        call: whichever comes second starts over, and sees what the first one gave. A mere lock
        would let it go on with what it saw before.
        """
        self.flush_recordset()
        self._collide('res_partner', self.partner_id.ids)
        self._collide('pharma_visit', self.visit_id.ids)

    @api.model
    def _collide(self, table, ids):
        """Write rows as they are: the database refuses it to all but the first who does so, and
        Odoo repeats the request of the others.

        :param str table: name of the table
        :param list ids: of its rows
        """
        table = SQL.identifier(table)
        self.env.cr.execute(SQL(
            "UPDATE %s SET write_date = write_date WHERE id IN"
            " (SELECT id FROM %s WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE)",
            table, table, list(ids)))

    def _check_call_limit(self):
        for visit, item, pieces in self._read_group(
                [('visit_id', 'in', self.visit_id.ids), ('item_id.call_limit', '>', 0)],
                ['visit_id', 'item_id'], ['quantity:sum']):
            if item in self.item_id and pieces > item.call_limit:
                raise ValidationError(self.env._(
                    "%(item)s: %(pieces)s pieces in the call on %(customer)s, at most %(limit)s "
                    "are allowed.", item=item.name, pieces=pieces,
                    customer=visit.partner_id.name, limit=item.call_limit))

    def _check_year_limit(self):
        for year in {gift.date.year for gift in self}:
            given = self._read_group(
                [('partner_id', 'in', self.partner_id.ids), ('item_id', 'in', self.item_id.ids),
                 ('item_id.year_limit', '>', 0), ('date', '>=', f'{year}-01-01'),
                 ('date', '<=', f'{year}-12-31'),
                 ('visit_id.state', 'not in', ('missed', 'cancelled'))],
                ['partner_id', 'item_id'], ['value:sum'])
            for partner, item, value in given:
                limit = item.year_limit
                if item.currency_id.compare_amounts(value, limit) > 0:
                    raise ValidationError(self.env._(
                        "%(item)s: %(person)s would get %(value)s in %(year)s, at most %(limit)s "
                        "are allowed.", item=item.name, person=partner.name,
                        value=item.currency_id.format(value), year=year,
                        limit=item.currency_id.format(limit)))


class PharmaVisit(models.Model):
    _inherit = 'pharma.visit'

    gift_ids = fields.One2many(
        'pharma.visit.gift', 'visit_id', string="Material and Gifts", copy=False)

    def write(self, vals):
        result = super().write(vals)
        # Another year or plan counts against another limit
        if not {'date_start', 'state'}.isdisjoint(vals) and self.gift_ids:
            self.gift_ids._check_limits()
        return result
