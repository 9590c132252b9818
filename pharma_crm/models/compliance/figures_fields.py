"""Single fields of Odoo that are sales figures or receivables."""

from odoo import api, models


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
        'quotation_count', 'sale_order_count', 'order_ids')

    @api.model
    def _merge_get_fields(self):
        """Whoever sees no figures merges opportunities without reading them: those of the first
        one stay.
        """
        names = super()._merge_get_fields()
        if self.env['pharma.access']._sees_figures():
            return names
        return [name for name in names if name not in self._get_figure_fields()]

    def _merge_opportunity(
            self, user_id=False, team_id=False, auto_unlink=True, max_length=5):
        # sudo: quotations follow their opportunity also where whoever merges does not see them
        orders = self.sudo().order_ids
        merged = super()._merge_opportunity(user_id, team_id, auto_unlink, max_length)
        if not self.env['pharma.access']._sees_figures():
            orders.write({'opportunity_id': merged.id})
        return merged

    def _merge_log_summary(self, merged_followers, opportunities_tail):
        """The note on a merge tells what was expected of each opportunity."""
        if self.env['pharma.access']._sees_figures():
            return super()._merge_log_summary(merged_followers, opportunities_tail)
        return self.message_post(body=self.env._(
            "Merged with: %s", ", ".join(opportunities_tail.mapped('name'))))


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
    # Opportunities of a product are found by their quotations
    _pharma_figure_fields = ('sales_count', 'pharma_order_count', 'pharma_lead_count')


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
    _pharma_figure_fields = ('balance', 'credit', 'debit', 'invoice_count', 'line_ids')


class AccountJournal(models.Model):
    _name = 'account.journal'
    _inherit = ['account.journal', 'pharma.figures.mixin']
    _pharma_figure_fields = (
        'current_statement_balance', 'entries_count', 'kanban_dashboard', 'kanban_dashboard_graph')


class ResPartnerBank(models.Model):
    _name = 'res.partner.bank'
    _inherit = ['res.partner.bank', 'pharma.figures.mixin']
    _pharma_figure_fields = ('related_moves',)


class UtmCampaign(models.Model):
    _name = 'utm.campaign'
    _inherit = ['utm.campaign', 'pharma.figures.mixin']
    _pharma_figure_fields = ('invoiced_amount', 'quotation_count')


class PharmaAgent(models.Model):
    _name = 'pharma.agent'
    _inherit = ['pharma.agent', 'pharma.figures.mixin']
    _pharma_figure_fields = ('deposit',)


class PharmaLeadPool(models.Model):
    _name = 'pharma.lead.pool'
    _inherit = ['pharma.lead.pool', 'pharma.figures.mixin']
    _pharma_figure_fields = ('expected_revenue',)
