from odoo import fields, models


class ResCompany(models.Model):
    _inherit = 'res.company'

    pharma_report_hour = fields.Integer(
        string="Reports Are Closed At", default=7, groups='base.group_user',
        help="Hour of the next day, so that what is entered in the evening is in")
    pharma_report_mail = fields.Boolean(
        string="Mail Reports to Managers", groups='base.group_user',
        help="Each closed report is sent to the manager")

    _pharma_report_hour_check = models.Constraint(
        'CHECK(pharma_report_hour BETWEEN 0 AND 23)', "An hour is between 0 and 23.")
