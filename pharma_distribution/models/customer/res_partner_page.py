from collections import defaultdict

from odoo import models

from odoo.addons.pharma_crm.models.customer.res_partner import TERMINAL_TYPES
from odoo.addons.pharma_crm.models.page.res_partner_page import ROWS

COUNTED = [('kind', '=', 'sale'), ('status', '=', 'ok'), ('file_state', '=', 'posted')]


class ResPartner(models.Model):
    """What distributors sold to a terminal, or what a distributor sold, on the 360° page."""

    _inherit = 'res.partner'

    def _get_page_sections(self):
        return [*super()._get_page_sections(), {
            'key': 'flow', 'title': self.env._("Sell-Through"), 'model': 'pharma.flow.line',
            'icon': 'fa-truck', 'sequence': 65, 'content': self._page_flow}]

    def _page_flow(self):
        domain = self._get_flow_domain()
        if domain is None:
            return None
        lines, in_year = self.env['pharma.flow.line'], ('date', '>=', self._page_months()[0])
        label, amounts = self.env._("Sell-Through"), defaultdict(float)

        def action(*conditions):
            return self._page_list(
                'pharma_distribution.pharma_flow_line_action_sell_through', label,
                [*domain, *conditions])

        for month, company, amount in lines._read_group(
                [*domain, in_year], ['date:month', 'company_id'], ['amount:sum']):
            amounts[month] += self._page_convert(amount, company)
        products = lines._read_group(
            [*domain, in_year], ['product_id'], ['quantity:sum', 'amount:sum', 'date:max'],
            order='amount:sum DESC, product_id', limit=ROWS)
        return {
            'figures': [self._page_figure(
                self.env._("Sold in 12 Months"), sum(amounts.values()), 'money', top=True,
                action=action(in_year),
                hint=self.env._("By distributors, from their posted flow files"))],
            'chart': self._page_chart(
                self.env._("Sold per month"), amounts, lambda first, following: action(
                    ('date', '>=', first), ('date', '<', following))) if amounts else None,
            'rows': [self._page_row(
                product.display_name or self.env._("Unknown Product"),
                action(in_year, ('product_id', '=', product.id)),
                subtitle=self.env._("%(quantity)s packs, last on %(date)s",
                                    quantity=self._page_text(quantity, 'count'),
                                    date=self._page_day(last)),
                value=self._page_text(amount, 'money'))
                for product, quantity, amount, last in products],
            'empty': self.env._("No distributor has reported a sale in the last 12 months."),
            'action': action(),
        }

    def _get_flow_domain(self):
        """Counted rows of this customer.

        :return: domain, or None if it neither buys from distributors nor is one
        """
        if self.pharma_type in TERMINAL_TYPES:
            return [*self._get_page_domain(), *COUNTED]
        files = self.env['pharma.flow.file']
        if self.pharma_type != 'distributor' or not files.has_access('read'):
            return None
        # By its files of these months: rows have no index by distributor alone
        found = files.search([
            ('distributor_id', '=', self.id), ('state', '=', 'posted'),
            '|', ('date_to', '=', False), ('date_to', '>=', self._page_months()[0])])
        return [('file_id', 'in', found.ids), *COUNTED]
