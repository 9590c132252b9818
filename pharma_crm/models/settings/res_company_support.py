from odoo import fields, models


class ResCompany(models.Model):
    _inherit = 'res.company'

    pharma_support_user_ids = fields.Many2many(
        'res.users', 'pharma_support_company_rel', 'company_id', 'user_id',
        string="Copies of Support Requests", domain=[('share', '=', False)],
        groups='base.group_user')
