from odoo import models

from odoo.addons.pharma_crm.models.access.account_move import ACCOUNT_GROUPS

# Who ships and bills what departments ordered, without seeing the departments otherwise
ORDER_GROUPS = (*ACCOUNT_GROUPS, 'stock.group_stock_user')


class SaleOrder(models.Model):
    _inherit = 'sale.order'
    _pharma_access_groups = ORDER_GROUPS


class SaleOrderLine(models.Model):
    _inherit = 'sale.order.line'
    _pharma_access_groups = ORDER_GROUPS


class SaleReport(models.Model):
    _inherit = 'sale.report'
    _pharma_access_groups = ORDER_GROUPS


class AccountMove(models.Model):
    _inherit = 'account.move'
    _pharma_access_groups = (
        *ACCOUNT_GROUPS, 'pharma_distribution.group_pharma_distribution_commercial')


class AccountMoveLine(models.Model):
    _inherit = 'account.move.line'
    _pharma_access_groups = AccountMove._pharma_access_groups
