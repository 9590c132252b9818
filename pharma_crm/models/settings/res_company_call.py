from odoo import fields, models

from ...tools.map_links import MAPS

FILING_CHECKS = [
    ('off', "Not Checked"),
    ('ended', "Not After the Filing Ended"),
    ('required', "Only With a Valid Filing"),
]


class ResCompany(models.Model):
    _inherit = 'res.company'

    pharma_late_days = fields.Integer(
        string="Days to Enter a Call", default=1, groups='base.group_user',
        help="Calls entered more days after they took place are marked as entered late.")
    pharma_map = fields.Selection(
        MAPS, string="Map Service", default='amap', groups='base.group_user',
        help="Which map shows the way from a planned call to the customer")
    pharma_filing_check = fields.Selection(
        FILING_CHECKS, string="Planning Calls on Hospitals", default='ended',
        groups='base.group_user',
        help="Whether calls are planned outside of the filing of the representative. Without any "
             "filing only the last choice stops him.")
