from odoo import fields, models


class PharmaVisitResult(models.Model):
    """What came of a call (拜访结果)."""

    _name = 'pharma.visit.result'
    _description = "Result of Calls"
    _order = 'sequence, id'

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    is_reached = fields.Boolean(
        string="Objective Reached", help="Counts as a call that brought what it was to bring")
