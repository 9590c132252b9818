from odoo import fields, models


class PharmaVisitPurpose(models.Model):
    """What a call is for (拜访目的)."""

    _name = 'pharma.visit.purpose'
    _description = "Purpose of Calls"
    _order = 'sequence, id'

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    weight = fields.Float(
        string="Coefficient", default=1.0, help="How much a call for this purpose counts")
