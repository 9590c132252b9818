from odoo import models

ACCOUNT_GROUPS = ('account.group_account_invoice', 'account.group_account_readonly')


class AccountMove(models.Model):
    _name = 'account.move'
    _inherit = ['account.move', 'pharma.access.mixin', 'pharma.customer.mixin']
    _pharma_access_groups = ACCOUNT_GROUPS


class AccountMoveLine(models.Model):
    _name = 'account.move.line'
    _inherit = ['account.move.line', 'pharma.access.mixin']
    _pharma_access_groups = ACCOUNT_GROUPS
