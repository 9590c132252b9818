from odoo import fields, models

PROBLEM_RESULTS = [
    ('solved', "Solved"),
    ('partly', "Partly Solved"),
    ('unsolved', "Not Solved"),
]


class PharmaTripProblem(models.Model):
    """A problem that a trip is to solve, and what came of it."""

    _name = 'pharma.trip.problem'
    _description = "Problem to Solve on a Trip"
    _inherit = ['pharma.access.mixin']
    _order = 'sequence, id'

    trip_id = fields.Many2one('pharma.trip', required=True, index=True, ondelete='cascade')
    sequence = fields.Integer(default=10)
    name = fields.Char(string="Problem", required=True)
    partner_id = fields.Many2one(
        'res.partner', string="Customer", index='btree_not_null', ondelete='restrict',
        domain=[('pharma_type', '!=', False)])
    result = fields.Selection(PROBLEM_RESULTS, copy=False)
    outcome = fields.Text(string="What Came of It", copy=False)
