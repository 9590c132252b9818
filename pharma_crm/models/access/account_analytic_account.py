from odoo import models

from .account_move import ACCOUNT_GROUPS


class AccountAnalyticAccount(models.Model):
    _name = 'account.analytic.account'
    _inherit = ['account.analytic.account', 'pharma.access.mixin']
    _pharma_access_groups = ACCOUNT_GROUPS
    _pharma_access_companies = True
