from odoo import fields, models

GIFT_KINDS = [
    ('material', "Academic Material"),
    ('gift', "Gift"),
]


class PharmaGiftItem(models.Model):
    """What may be handed over in a call: academic material or small gifts, within limits."""

    _name = 'pharma.gift.item'
    _description = "Material or Gift"
    _order = 'sequence, name, id'

    _value_check = models.Constraint(
        'CHECK(unit_value >= 0 AND call_limit >= 0 AND year_limit >= 0)',
        "Values and limits cannot be negative.")

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10)
    company_id = fields.Many2one(
        'res.company', required=True, index=True, default=lambda self: self.env.company)
    currency_id = fields.Many2one(related='company_id.currency_id')
    kind = fields.Selection(GIFT_KINDS, required=True, default='material')
    unit_value = fields.Monetary(help="What one of it is worth")
    call_limit = fields.Integer(
        string="Maximum per Call", help="Pieces in one call; 0: no limit")
    year_limit = fields.Monetary(
        string="Maximum Value per Person and Year",
        help="What a person may get of it in a calendar year, from all representatives together; "
             "0: no limit")
