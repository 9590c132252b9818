from odoo import fields, models


class ResCompany(models.Model):
    _inherit = 'res.company'

    pharma_sensitive_facts = fields.Boolean(
        string="Sensitive Facts of Persons", groups='base.group_user',
        help="Private profiles hold family, ethnicity and habits as well.")
