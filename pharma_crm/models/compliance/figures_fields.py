"""Single fields of Odoo that are sales figures or receivables."""

from odoo import models


class CrmLead(models.Model):
    """An opportunity stays, what is expected of it in money is a figure."""

    _name = 'crm.lead'
    _inherit = ['crm.lead', 'pharma.figures.mixin']
    _pharma_figure_buttons = (
        'action_sale_quotations_new', 'action_new_quotation', 'action_view_sale_quotation',
        'action_view_sale_order')
    _pharma_figure_fields = (
        'expected_revenue', 'prorated_revenue', 'recurring_revenue', 'recurring_revenue_monthly',
        'recurring_revenue_monthly_prorated', 'recurring_revenue_prorated', 'sale_amount_total',
        'quotation_count', 'sale_order_count')


class CrmTeam(models.Model):
    """The target of a team is a sales task."""

    _name = 'crm.team'
    _inherit = ['crm.team', 'pharma.figures.mixin']
    _pharma_figure_fields = (
        'dashboard_graph_data', 'invoiced', 'invoiced_target', 'sale_order_count')


class DigestDigest(models.Model):
    """Figures are left out of the mails of whoever sees none."""

    _name = 'digest.digest'
    _inherit = ['digest.digest', 'pharma.figures.mixin']
    _pharma_figure_fields = ('kpi_account_total_revenue_value', 'kpi_all_sale_total_value')


class ProductTemplate(models.Model):
    _name = 'product.template'
    _inherit = ['product.template', 'pharma.figures.mixin']
    _pharma_figure_fields = ('sales_count',)


class ProductProduct(models.Model):
    _name = 'product.product'
    _inherit = ['product.product', 'pharma.figures.mixin']
    _pharma_figure_fields = ('sales_count',)


class AccountAccount(models.Model):
    _name = 'account.account'
    _inherit = ['account.account', 'pharma.figures.mixin']
    _pharma_figure_fields = (
        'current_balance', 'opening_balance', 'opening_credit', 'opening_debit')


class AccountAnalyticAccount(models.Model):
    _name = 'account.analytic.account'
    _inherit = ['account.analytic.account', 'pharma.figures.mixin']
    _pharma_figure_fields = (
        'balance', 'credit', 'debit', 'invoice_count')


class AccountJournal(models.Model):
    _name = 'account.journal'
    _inherit = ['account.journal', 'pharma.figures.mixin']
    _pharma_figure_fields = (
        'current_statement_balance', 'entries_count', 'kanban_dashboard', 'kanban_dashboard_graph')
