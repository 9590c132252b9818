from odoo import api, fields, models

from ...tools.alignment_plan import Row

LINE_RESULTS = [
    ('new', "New"),
    ('move', "Moves"),
    ('extend', "Stays for Good"),
    ('stay', "Stays"),
    ('refused', "Refused"),
]
REFUSALS = [
    ('customer_missing', "No customer in this row"),
    ('customer_unknown', "No customer of this code or name that you see"),
    ('customer_ambiguous', "Several customers are called so: add our code"),
    ('code_and_name_differ', "The code belongs to another customer than the name"),
    ('customer_archived', "The customer is archived"),
    ('customer_below', "Goes with its hospital: align that one"),
    ('customer_kind', "Not a customer of a territory"),
    ('customer_company', "The customer belongs to another company"),
    ('territory_missing', "No territory in this row"),
    ('territory_unknown', "No territory of this code or name"),
    ('territory_ambiguous', "Several territories are called so: use the code"),
    ('line_unknown', "No product line of this name"),
    ('day_unknown', "Not a date"),
    ('row_twice', "Stands there twice; the first time counts"),
    ('row_conflict', "Stands there twice, and differently"),
    ('source_not_managed', "Belongs to a territory that you do not manage"),
    ('target_not_managed', "You do not manage the new territory"),
]


class PharmaRealignmentLine(models.Model):
    """What a re-alignment does, or did, to one customer for one product line."""

    _name = 'pharma.realignment.line'
    _description = "Line of a Re-Alignment"
    _inherit = ['pharma.access.mixin']
    _order = 'realignment_id, id'
    _rec_name = 'name'

    realignment_id = fields.Many2one(
        'pharma.realignment', required=True, index=True, ondelete='cascade')
    company_id = fields.Many2one(related='realignment_id.company_id')
    partner_id = fields.Many2one(
        'res.partner', string="Customer", index='btree_not_null', ondelete='set null')
    name = fields.Char(help="As the list calls the customer")
    product_line_id = fields.Many2one('product.category', ondelete='set null')
    from_territory_id = fields.Many2one(
        'pharma.territory', ondelete='set null',
        help="Whose the customer would be on that day; the first one if there are several")
    territory_id = fields.Many2one('pharma.territory', string="To Territory", ondelete='set null')
    date_from = fields.Date(string="From")
    result = fields.Selection(LINE_RESULTS, required=True, index=True)
    reason = fields.Selection(REFUSALS)
    detail = fields.Char()
    sheet_name = fields.Char(string="Sheet")
    row_number = fields.Integer(string="Row", aggregator=None)
    remark = fields.Char(
        compute='_compute_remark',
        help="Why it is refused, or which further alignments of the customer end or are dropped")
    # {'before': all columns of the customer's rows as they were, 'after': [id or 0, territory,
    # first, last] as they are to be}; only where something changes
    journal = fields.Json(readonly=True, groups=fields.NO_ACCESS)

    @api.depends('journal', 'reason', 'detail')
    def _compute_remark(self):
        reasons = dict(self._fields['reason']._description_selection(self.env))
        for line in self:
            texts = [reasons[line.reason]] if line.reason else []
            if line.detail:
                texts.append(line.detail)
            line.remark = ": ".join(texts) or ", ".join(line._get_given_up())

    def _get_given_up(self):
        """The alignments beside that of the former territory which the line ends or drops.

        :rtype: list[str]
        """
        # sudo: the journal is not for reading; what it says of this customer is
        journal = self.sudo().journal or {}
        after = {tuple(row) for row in journal.get('after', ())}
        texts = []
        for values in journal.get('before', ()):
            row = Row.from_values(values)
            shown = row.territory == self.from_territory_id.id and row.holds(self.date_from)
            if not shown and tuple(row.to_json()) not in after:
                territory = self.env['pharma.territory'].browse(row.territory).exists()
                texts.append(self.env._(
                    "also gives up %(territory)s from %(first)s", territory=territory.name or "?",
                    first=row.first))
        return texts
