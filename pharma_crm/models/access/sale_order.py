from odoo import fields, models

from .account_move import ACCOUNT_GROUPS


class SaleOrder(models.Model):
    _name = 'sale.order'
    _inherit = ['sale.order', 'pharma.access.mixin', 'pharma.customer.mixin']
    _pharma_access_columns = ('partner_id', 'partner_shipping_id')
    _pharma_access_groups = ACCOUNT_GROUPS


class SaleOrderLine(models.Model):
    _name = 'sale.order.line'
    _inherit = ['sale.order.line', 'pharma.access.mixin', 'pharma.customer.mixin']
    _pharma_access_columns = ('order_partner_id',)
    _pharma_customer_column = 'order_partner_id'
    _pharma_access_groups = ACCOUNT_GROUPS

    order_date = fields.Datetime(related='order_id.date_order', groups='base.group_user')
