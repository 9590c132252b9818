from odoo import fields, models


class ResCompany(models.Model):
    _inherit = 'res.company'

    _pharma_allocation_check = models.Constraint(
        'CHECK(pharma_allocation_hours > pharma_allocation_remind_hours'
        ' AND pharma_allocation_remind_hours >= 0 AND pharma_allocation_rounds BETWEEN 1 AND 20)',
        "Leads are offered 1 to 20 times, and the reminder comes before the deadline.")

    pharma_allocation_hours = fields.Float(
        string="Time to Answer a Lead", default=8, digits=(5, 1), groups='base.group_user',
        help="Working hours; new allocation rules begin with this")
    pharma_allocation_remind_hours = fields.Float(
        string="Reminder of a Lead", default=2, digits=(5, 1), groups='base.group_user',
        help="Working hours before the deadline; new allocation rules begin with this")
    pharma_allocation_rounds = fields.Integer(
        string="Offers of a Lead", default=3, groups='base.group_user',
        help="Then the manager gets it; new allocation rules begin with this")
