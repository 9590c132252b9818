from collections import defaultdict
from datetime import timedelta

from odoo import fields, models
from odoo.tools import SQL

from ..access.account_move import ACCOUNT_GROUPS
from .res_partner_page import ROWS

# Prices of a product that are shown at most, the newest first.
PRICES = 4
# Prices are looked for in so many orders, the newest ones.
PRICED_ORDERS = 200
INVOICE_TYPES = ('out_invoice', 'out_refund')
UNPAID_STATES = ('not_paid', 'partial')
# Payment behaviour is judged by what was due in the last year.
DAYS_OF_BEHAVIOUR = 365


class ResPartner(models.Model):
    """Sections of the 360° page about sales and money."""

    _inherit = 'res.partner'

    def _get_page_sections(self):
        return [
            *super()._get_page_sections(),
            {'key': 'opportunities', 'title': self.env._("Opportunities"), 'model': 'crm.lead',
             'icon': 'fa-star-o', 'sequence': 40, 'content': self._page_opportunities},
            {'key': 'prices', 'title': self.env._("Quotations and Prices"),
             'model': 'sale.order.line', 'icon': 'fa-tags', 'sequence': 50,
             'content': self._page_prices},
            {'key': 'orders', 'title': self.env._("Orders"), 'model': 'sale.order',
             'icon': 'fa-shopping-cart', 'sequence': 60, 'content': self._page_orders},
            # Not for salespersons who see some invoices alone: part of a balance is a wrong one
            {'key': 'money', 'title': self.env._("Invoices and Balance"), 'model': 'account.move',
             'groups': ','.join(ACCOUNT_GROUPS), 'icon': 'fa-cny', 'sequence': 70,
             'content': self._page_money},
        ]

    # === OPPORTUNITIES === #

    def _page_opportunities(self):
        leads = self.env['crm.lead']
        domain = self._get_page_domain(type='opportunity')
        open_domain = [*domain, ('won_status', '=', 'pending')]
        won_domain = [
            *domain, ('won_status', '=', 'won'), ('date_closed', '>=', self._page_months()[0])]
        label = self.env._("Opportunities")

        def action(rows):
            return self._page_list(
                'crm.crm_lead_opportunities', label, rows, default_partner_id=self.id,
                default_type='opportunity')

        money = self.env['pharma.access']._sees_figures()
        revenue = ['expected_revenue'] if money else []
        return {
            'figures': self._get_opportunity_figures(open_domain, won_domain, action, money),
            'rows': [self._page_row(
                lead.name, self._page_record(lead), badge=lead.stage_id.name,
                subtitle=" · ".join(filter(None, (
                    self._get_about(lead.partner_id), lead.user_id.name))),
                value=self._page_text(lead.expected_revenue, 'money', lead.company_currency)
                if money else "")
                for lead in leads.search_fetch(
                    open_domain, ['name', 'stage_id', 'partner_id', 'user_id', 'company_id',
                                  *revenue],
                    order='expected_revenue DESC, id' if money else 'id DESC', limit=ROWS)],
            'empty': self.env._("No open opportunity."),
            'action': action(domain),
        }

    def _get_opportunity_figures(self, open_domain, won_domain, action, money):
        """How many opportunities there are, and what is expected of them.

        :param action: function of a domain that returns what opens its rows
        :param bool money: whether the user sees figures of sales
        """
        leads = self.env['crm.lead']
        if not money:
            return [
                self._page_figure(
                    self.env._("Open"), leads.search_count(open_domain),
                    action=action(open_domain)),
                self._page_figure(
                    self.env._("Won in 12 Months"), leads.search_count(won_domain),
                    action=action(won_domain)),
            ]
        revenue, count = self._page_sum('crm.lead', open_domain, 'expected_revenue')
        won, won_count = self._page_sum('crm.lead', won_domain, 'expected_revenue')
        return [
            self._page_figure(self.env._("Open"), count, action=action(open_domain)),
            self._page_figure(
                self.env._("Expected Revenue"), revenue, 'money', action=action(open_domain),
                top=True, note=self.env._("%s open opportunities", count)),
            self._page_figure(
                self.env._("Won in 12 Months"), won, 'money', action=action(won_domain),
                note=self.env._("%s opportunities", won_count)),
        ]

    # === QUOTATIONS AND PRICES === #

    def _page_prices(self):
        domain = [*self._get_page_domain(), ('state', 'in', ('draft', 'sent'))]
        amount, count = self._page_sum('sale.order', domain, 'amount_total', by='currency_id')
        action = self._page_list('sale.action_quotations', self.env._("Quotations"), domain)
        return {
            'figures': [
                self._page_figure(self.env._("Open Quotations"), count, action=action),
                self._page_figure(self.env._("Amount"), amount, 'money', action=action),
            ],
            'rows': self._get_price_rows(),
            'empty': self.env._("Nothing was quoted or sold yet."),
            'action': self._get_prices_action(self._get_priced_domain()),
        }

    def _get_priced_domain(self):
        """Order lines that say a price to this customer."""
        return [*self._get_page_domain(), ('state', '!=', 'cancel'), ('display_type', '=', False),
                ('is_downpayment', '=', False)]

    def _get_prices_action(self, domain):
        return self._page_list(
            'pharma_crm.sale_order_line_action_prices', self.env._("Price History"), domain)

    def _get_price_rows(self):
        """The products quoted or sold last, with their newest prices, as far as the last orders
        tell them.
        """
        lines = self.env['sale.order.line']
        # With the rules of the user; whoever orders every day has no more to read than others
        orders = self.env['sale.order']._search(
            [*self._get_page_domain(), ('state', '!=', 'cancel')],
            order='date_order DESC, id DESC', limit=PRICED_ORDERS)
        query = lines._search([*self._get_priced_domain(), ('order_id', 'in', list(orders))])
        lines.flush_model(['product_id', 'order_id'])
        self.env['sale.order'].flush_model(['date_order'])
        rows = self.env.execute_query(SQL(
            """ SELECT id, product_id, date_order FROM (
                    SELECT line.id, line.product_id, sale.date_order,
                           row_number() OVER by_product AS place,
                           max(sale.date_order) OVER (PARTITION BY line.product_id) AS newest
                      FROM sale_order_line line
                      JOIN sale_order sale ON sale.id = line.order_id
                     WHERE line.id IN %s
                    WINDOW by_product AS (
                           PARTITION BY line.product_id ORDER BY sale.date_order DESC, line.id DESC)
                ) priced
                 WHERE place <= %s
              ORDER BY newest DESC, product_id, place
                 LIMIT %s """, query.subselect(), PRICES, PRICES * ROWS))
        found = lines.browse(row[0] for row in rows)
        found.fetch(['product_id', 'product_uom_id', 'price_unit', 'discount', 'currency_id',
                     'state'])
        by_product = defaultdict(list)
        for line, (_id, product_id, date) in zip(found, rows, strict=True):
            by_product[product_id].append((line, date))
        return [self._get_price_row(*prices) for prices in list(by_product.values())[:ROWS]]

    def _get_price_row(self, newest, *before):
        """A product with its last price, where it came from, and those before.

        :param tuple newest: order line and its date; ``before`` likewise
        """
        last, date = newest
        price, unit = self._get_net_price(last), last.product_uom_id.name
        old = self._get_net_price(before[0][0]) if before else price
        history = ", ".join(
            f"{self._page_price(self._get_net_price(line), line.currency_id)}"
            f" ({self._page_day(day)})" for line, day in before)
        sold = last.state == 'sale'
        return self._page_row(
            last.product_id.display_name,
            self._get_prices_action(
                [*self._get_priced_domain(), ('product_id', '=', last.product_id.id)]),
            value=f"{self._page_price(price, last.currency_id)} / {unit}",
            trend='up' if price > old else 'down' if price < old else None,
            badge=self.env._("Sold") if sold else self.env._("Quoted"),
            badge_tone='success' if sold else 'info',
            subtitle=self._page_day(date),
            note=self.env._("Before: %s", history) if history else "")

    def _get_net_price(self, line):
        return line.price_unit * (1 - (line.discount or 0.0) / 100)

    # === ORDERS === #

    def _page_orders(self):
        orders, months = self.env['sale.order'], self._page_months()
        domain, label = self._get_page_domain(state='sale'), self.env._("Orders")

        def action(*conditions):
            return self._page_list('sale.action_orders', label, [*domain, *conditions])

        in_year = ('date_order', '>=', months[0])
        amounts, count = defaultdict(float), 0
        for month, currency, amount, number in orders._read_group(
                [*domain, in_year], ['date_order:month', 'currency_id'],
                ['amount_total:sum', '__count']):
            amounts[month.date()] += self._page_convert(amount, currency)
            count += number
        found = orders.search_fetch(
            domain, ['name', 'invoice_status', 'date_order', 'partner_id', 'user_id',
                     'amount_total', 'currency_id'], order='date_order DESC, id DESC', limit=ROWS)
        return {
            'figures': [
                self._page_figure(
                    self.env._("Ordered in 12 Months"), sum(amounts.values()), 'money',
                    action=action(in_year), top=True, note=self.env._("%s orders", count),
                    hint=self.env._("Confirmed orders, with tax")),
                self._page_figure(
                    self.env._("Last Order"), found[:1].date_order or None, 'date',
                    action=self._page_record(found[:1]) if found else None),
            ],
            'chart': self._page_chart(
                self.env._("Ordered per month"), amounts, lambda first, following: action(
                    ('date_order', '>=', first), ('date_order', '<', following)))
            if amounts else None,
            'rows': [self._get_order_row(order) for order in found],
            'empty': self.env._("No confirmed order yet."),
            'action': action(),
        }

    def _get_order_row(self, order):
        statuses = dict(order._fields['invoice_status']._description_selection(self.env))
        return self._page_row(
            order.name, self._page_record(order),
            badge=statuses[order.invoice_status] if order.invoice_status != 'no' else None,
            badge_tone='success' if order.invoice_status == 'invoiced' else None,
            subtitle=" · ".join(filter(None, (
                self._page_day(order.date_order), self._get_about(order.partner_id),
                order.user_id.name))),
            value=self._page_text(order.amount_total, 'money', order.currency_id))

    # === MONEY === #

    def _page_money(self):
        moves, today = self.env['account.move'], fields.Date.context_today(self)
        invoices = [*self._get_page_domain(state='posted'), ('move_type', 'in', INVOICE_TYPES)]
        unpaid = [*invoices, ('payment_state', 'in', UNPAID_STATES)]
        found = moves.search(unpaid, order='invoice_date_due, id', limit=ROWS) or moves.search(
            invoices, order='invoice_date DESC, id DESC', limit=ROWS)
        return {
            'figures': [
                *self._get_balance_figures(unpaid, today),
                *self._get_payment_figures(invoices, today),
            ],
            'rows': [self._get_invoice_row(invoice, today) for invoice in found],
            'empty': self.env._("No invoice yet."),
            'action': self._get_invoices_action(invoices),
        }

    def _get_invoices_action(self, domain):
        return self._page_list(
            'account.action_move_out_invoice_type', self.env._("Invoices"), domain)

    def _get_balance_figures(self, unpaid, today):
        """What the customer owes, and what of it is overdue.

        :param list unpaid: domain of the invoices that are not paid
        """
        receivable = self._get_receivable_domain()
        overdue = [
            *unpaid, ('invoice_date_due', '<', today), ('move_type', '=', 'out_invoice')]
        balance, _count = self._page_sum('account.move.line', receivable, 'amount_residual')
        late, count = self._page_sum('account.move', overdue, 'amount_residual_signed')
        return [
            self._page_figure(
                self.env._("Balance"), balance, 'money', top=True,
                action=self._page_rows(
                    'account.move.line', self.env._("Open Items"), domain=receivable),
                hint=self.env._("What is not paid, less payments not yet matched")),
            self._page_figure(
                self.env._("Overdue"), late, 'money', top=True,
                action=self._get_invoices_action(overdue), tone='danger' if count else None,
                note=self.env._("%s invoices", count) if count else ""),
        ]

    def _get_payment_figures(self, invoices, today):
        """How the customer pays, and what he was invoiced.

        :param list invoices: domain of his invoices
        """
        in_year = [*invoices, ('invoice_date', '>=', self._page_months()[0])]
        invoiced, _count = self._page_sum('account.move', in_year, 'amount_total_signed')
        days, behaviour = self._get_days_late(invoices, today)
        return [
            self._page_figure(
                self.env._("Pays Late By"), days, 'days',
                action=self._get_invoices_action(behaviour),
                tone='danger' if (days or 0) > 30 else 'warning' if days else None,
                note=self.env._("on average, last year"),
                hint=self.env._(
                    "Average of the invoices due in the last year: days from the due date to the "
                    "last payment, or to today while something is open; in time counts as 0")),
            self._page_figure(
                self.env._("Invoiced in 12 Months"), invoiced, 'money',
                action=self._get_invoices_action(in_year),
                hint=self.env._("With tax, less credit notes")),
        ]

    def _get_receivable_domain(self):
        """Open receivables: those of the company as a whole, or of invoices to a department."""
        domain = [('parent_state', '=', 'posted'), ('reconciled', '=', False),
                  ('account_type', '=', 'asset_receivable')]
        if self == self.commercial_partner_id:
            return [('partner_id', '=', self.id), *domain]
        return [('move_id.pharma_customer_id', '=', self.id), *domain]

    def _get_days_late(self, invoices, today):
        """How late the customer pays on average, and the invoices that this is about.

        :param list invoices: domain of invoices that the user may see
        :param datetime.date today: open invoices are late up to this day
        :return: days or None if nothing was due, domain
        :rtype: tuple
        """
        moves = self.env['account.move']
        domain = [*invoices, ('move_type', '=', 'out_invoice'), ('invoice_date_due', '<', today),
                  ('invoice_date_due', '>=', today - timedelta(days=DAYS_OF_BEHAVIOUR))]
        query = moves._search(domain)
        for model, names in (
                ('account.move', ['payment_state', 'invoice_date_due']),
                ('account.move.line', ['move_id', 'account_id']),
                ('account.partial.reconcile', ['debit_move_id', 'max_date'])):
            self.env[model].flush_model(names)
        # When something was paid stands on the matching of its entries
        rows = self.env.execute_query(SQL(
            """ SELECT avg(GREATEST(0, paid - invoice_date_due))
                  FROM (
                    SELECT move.id, move.invoice_date_due,
                           CASE WHEN move.payment_state IN %s THEN %s
                                ELSE COALESCE(max(partial.max_date), move.invoice_date_due)
                           END AS paid
                      FROM account_move move
                 LEFT JOIN account_move_line line ON line.move_id = move.id
                 LEFT JOIN account_partial_reconcile partial ON partial.debit_move_id = line.id
                     WHERE move.id IN %s
                  GROUP BY move.id) paid """, UNPAID_STATES, today, query.subselect()))
        days = rows[0][0]
        return (None if days is None else round(days)), domain

    def _get_invoice_row(self, invoice, today):
        open_since = invoice.payment_state in UNPAID_STATES and invoice.invoice_date_due
        late = (today - open_since).days if open_since and open_since < today else 0
        labels = dict(invoice._fields['payment_state']._description_selection(self.env))
        return self._page_row(
            invoice.name, self._page_record(invoice),
            subtitle=self._page_day(invoice.invoice_date),
            badge=self.env._("%s days late", late) if late else labels.get(invoice.payment_state),
            badge_tone='danger' if late else None,
            value=self._page_text(
                invoice.amount_residual_signed if open_since else invoice.amount_total_signed,
                'money', invoice.company_currency_id))
