"""Models of Odoo that are sales figures, receivables, or papers of sale as a whole."""

from odoo import models


class SaleOrder(models.Model):
    _inherit = 'sale.order'
    _pharma_figures = True


class SaleOrderLine(models.Model):
    _inherit = 'sale.order.line'
    _pharma_figures = True


class SaleReport(models.Model):
    _inherit = 'sale.report'
    _pharma_figures = True


class AccountMove(models.Model):
    _inherit = 'account.move'
    _pharma_figures = True


class AccountMoveLine(models.Model):
    _inherit = 'account.move.line'
    _pharma_figures = True


class AccountPartialReconcile(models.Model):
    _inherit = 'account.partial.reconcile'
    _pharma_figures = True


class AccountPayment(models.Model):
    _inherit = 'account.payment'
    _pharma_figures = True


class AccountBankStatement(models.Model):
    _inherit = 'account.bank.statement'
    _pharma_figures = True


class AccountBankStatementLine(models.Model):
    _inherit = 'account.bank.statement.line'
    _pharma_figures = True


class AccountAnalyticLine(models.Model):
    _inherit = 'account.analytic.line'
    _pharma_figures = True


class AccountInvoiceReport(models.Model):
    _inherit = 'account.invoice.report'
    _pharma_figures = True


class PaymentTransaction(models.Model):
    _inherit = 'payment.transaction'
    _pharma_figures = True
