from odoo import fields, models


class ResCompany(models.Model):
    _inherit = 'res.company'

    _pharma_reminder_check = models.Constraint(
        'CHECK(pharma_reminder_hour BETWEEN 0 AND 23 AND pharma_reminder_cycle_days >= 0'
        ' AND pharma_quality_limit BETWEEN 0 AND 100)',
        "Hours are between 0 and 23, days not negative, a quality between 0 and 100.")

    pharma_reminder_hour = fields.Integer(
        string="Calls of Tomorrow Are Told At", default=17, groups='base.group_user')
    pharma_reminder_cycle_days = fields.Integer(
        string="Days before the End of a Cycle", default=5, groups='base.group_user',
        help="From then on people are told how many calls are missing")
    pharma_quality_limit = fields.Float(
        string="Limit of Quality", default=60, groups='base.group_user',
        help="People are told of calls under it; 0: never")
