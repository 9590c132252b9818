from odoo import models

from .account_move import ACCOUNT_GROUPS


class SaleReport(models.Model):
    _name = 'sale.report'
    _inherit = ['sale.report', 'pharma.access.mixin']
    _pharma_access_groups = ACCOUNT_GROUPS


class CrmActivityReport(models.Model):
    _name = 'crm.activity.report'
    _inherit = ['crm.activity.report', 'pharma.access.mixin']


class AccountInvoiceReport(models.Model):
    _name = 'account.invoice.report'
    _inherit = ['account.invoice.report', 'pharma.access.mixin']
    _pharma_access_groups = ACCOUNT_GROUPS
