from odoo import fields, models


class ResCompany(models.Model):
    _inherit = 'res.company'

    pharma_flow_lock_day = fields.Integer(
        string="Day for Locking Months", groups='base.group_user',
        help="From this day on, those who may lock are asked to lock the month before; 0: never.")
    pharma_flow_auto_post = fields.Boolean(
        string="Post Clean Flow Files", groups='base.group_user',
        help="Files of which every row is counted are posted as soon as they are read.")
