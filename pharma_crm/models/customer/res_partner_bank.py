from odoo import models

from ..access.account_move import ACCOUNT_GROUPS


class ResPartnerBank(models.Model):
    _name = 'res.partner.bank'
    _inherit = ['res.partner.bank', 'pharma.access.mixin']
    _pharma_access_groups = ACCOUNT_GROUPS
    _pharma_access_companies = True
