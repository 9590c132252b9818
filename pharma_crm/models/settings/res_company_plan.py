from odoo import fields, models


class ResCompany(models.Model):
    _inherit = 'res.company'

    _pharma_daily_calls_check = models.Constraint(
        'CHECK(pharma_daily_calls BETWEEN 1 AND 50)', "A day has 1 to 50 calls.")

    pharma_week_approval = fields.Boolean(
        string="Approval of Week Plans", default=True, groups='base.group_user',
        help="A submitted week plan waits for the manager. Without it, it holds at once.")
    pharma_daily_calls = fields.Integer(
        string="Calls a Day", default=10, groups='base.group_user',
        help="New week plans begin with this number.")
    pharma_trip_advance = fields.Boolean(
        string="Advances", default=True, groups='base.group_user',
        help="Trips and call applications ask for an advance of money.")
