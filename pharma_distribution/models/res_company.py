from odoo import fields, models


class ResCompany(models.Model):
    _inherit = 'res.company'

    pharma_flow_auto_post = fields.Boolean(
        string="Post Clean Flow Files", groups='base.group_user',
        help="Files of which every row is counted are posted as soon as they are read.")
