from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tools import format_date

MEASURES = ('amount', 'quantity')
PERIODS = ('month', 'quarter', 'year')
# Months of the picture, and places of a ranking: the rest is one click away.
MONTHS, PLACES = 12, 8
# Months that can be chosen.
CHOICE = 36


class PharmaFlowReport(models.Model):
    """The page of pictures: how sales stand, for whoever looks, within what he sees.

    How to use: ``get_sales_page()`` is called by the browser. Every figure carries the domain of
    its rows; the page opens them by ``action_view_lines``.
    """

    _inherit = 'pharma.flow.report'

    @api.model
    @api.readonly
    def get_sales_page(self, month=None, period='month', measure='amount', product_line_id=None,
                       mine=False):
        """What the page shows.

        :param str month: first day of the last month that counts; without: the last one with sales
        :param str period: one of ``PERIODS``: this month, or from the beginning of its quarter or
            year
        :param str measure: one of ``MEASURES``
        :param int product_line_id: only this product line
        :param bool mine: only what the reader sold himself
        :return: ``choices``, ``figures``, ``chart`` and ``rankings``
        :rtype: dict
        :raise AccessError: for whoever may not read results
        """
        self.check_access('read')
        if measure not in MEASURES or period not in PERIODS:
            raise AccessError(self.env._("There are no such figures."))
        sales = Domain('kind', '=', 'sale')
        if product_line_id:
            sales &= Domain('product_line_id', '=', product_line_id)
        if mine:
            sales &= Domain('user_id', '=', self.env.uid)
        months = [first for first, in self._read_group(
            Domain('kind', '=', 'sale') & Domain('month', '!=', False), ['month:month'],
            order='month:month DESC', limit=CHOICE)]
        last = fields.Date.to_date(month) if month else (
            next((first for first in months if first <= self._get_last_month()), None)
            or self._get_last_month())
        span = self._get_span(last.replace(day=1), period)
        return {
            'choices': self._get_page_choices(months, last.replace(day=1)),
            'period_label': self._get_span_label(span),
            'figures': self._get_page_figures(sales, span, measure),
            'chart': self._get_page_chart(sales, span[1], measure),
            'rankings': self._get_page_rankings(sales, span, measure),
        }

    # === PERIODS === #

    @api.model
    def _get_span(self, last, period):
        """First and last month of the period that ends with a month."""
        first = {
            'month': last.month, 'quarter': (last.month - 1) // 3 * 3 + 1, 'year': 1}[period]
        return last.replace(month=first), last

    @api.model
    def _get_span_domain(self, span, back=0):
        """The months of a period.

        :param tuple span: first and last month
        :param int back: so many months earlier
        """
        first, last = (month - relativedelta(months=back) for month in span)
        return (Domain('month', '>=', fields.Date.to_string(first))
                & Domain('month', '<=', fields.Date.to_string(last)))

    @api.model
    def _get_span_label(self, span):
        names = [format_date(self.env, month, date_format='yyyy-MM') for month in span]
        return names[0] if span[0] == span[1] else f"{names[0]} – {names[1]}"

    @api.model
    def _get_page_choices(self, months, last):
        lines = self._read_group(
            [('kind', '=', 'sale'), ('product_line_id', '!=', False)], ['product_line_id'])
        return {
            'month': fields.Date.to_string(last),
            'months': [{
                'value': fields.Date.to_string(month),
                'label': format_date(self.env, month, date_format='yyyy-MM'),
            } for month in sorted({*months, last}, reverse=True)],
            'lines': [{'id': line.id, 'name': line.display_name} for line, in lines],
            # Who sells himself may look at his own figures alone
            'mine': bool(self._get_sum(Domain('user_id', '=', self.env.uid), 'row_count:sum')),
        }

    # === FIGURES === #

    @api.model
    def _get_sum(self, domain, aggregate):
        """One figure.

        :param str aggregate: as of ``_read_group``
        """
        [[value]] = self._read_group(domain, aggregates=[aggregate])
        return value or 0

    @api.model
    def _get_page_figures(self, sales, span, measure):
        """The figures at the top: of the period, beside the period before and the year before."""
        length = (span[1].year - span[0].year) * 12 + span[1].month - span[0].month + 1
        now, before, year = (
            self._get_sum(sales & self._get_span_domain(span, back), f'{measure}:sum')
            for back in (0, length, 12))
        terminals, past_terminals = (
            self._get_sum(sales & self._get_span_domain(span, back),
                          'terminal_count:count_distinct') for back in (0, 12))
        money = measure == 'amount'
        label = self.env._("Sales") if money else self.env._("Packs Sold")
        return [
            self._get_page_figure(label, now, money, sales & self._get_span_domain(span)),
            self._get_page_figure(
                self.env._("Same Months of the Year Before"), year, money,
                sales & self._get_span_domain(span, 12), growth=(now, year)),
            self._get_page_figure(
                self.env._("Months Before"), before, money,
                sales & self._get_span_domain(span, length), growth=(now, before)),
            self._get_page_figure(
                self.env._("Terminals with Sales"), terminals, False,
                sales & self._get_span_domain(span), growth=(terminals, past_terminals)),
        ]

    @api.model
    def _get_page_figure(self, label, value, money, domain, growth=None):
        figure = {'label': label, 'value': value, 'text': self._get_page_text(value, money),
                  'domain': list(domain) if value else None}
        return {**figure, **self._get_page_growth(*growth)} if growth else figure

    @api.model
    def _get_page_growth(self, now, before):
        """How the growth on an earlier figure is told; nothing where there is none."""
        if not before:
            return {'growth': "", 'tone': ""}
        share = (now - before) / abs(before) * 100
        return {'growth': f"{share:+.1f}%", 'tone': 'up' if share > 0 else 'down' if share else ''}

    @api.model
    def _get_page_text(self, value, money):
        return self.env['res.partner']._page_text(value, 'money' if money else 'count')

    # === PICTURES === #

    @api.model
    def _get_page_chart(self, sales, last, measure):
        """Twelve months, each beside the same month of the year before."""
        span = last - relativedelta(months=MONTHS - 1), last
        both = span[0] - relativedelta(months=12), last
        sums = dict(self._read_group(
            sales & self._get_span_domain(both), ['month:month'], [f'{measure}:sum']))
        money, points = measure == 'amount', []
        for number in range(MONTHS):
            month = span[0] + relativedelta(months=number)
            now, before = (
                sums.get(month - relativedelta(months=back)) or 0 for back in (0, 12))
            points.append({
                'label': format_date(self.env, month, date_format='MMM'),
                'title': format_date(self.env, month, date_format='yyyy-MM'),
                'value': now, 'text': self._get_page_text(now, money),
                'before': before, 'before_text': self._get_page_text(before, money),
                **self._get_page_growth(now, before),
                'domain': list(sales & self._get_span_domain((month, month))) if now else None})
        return points

    @api.model
    def _get_page_dimensions(self):
        """What rankings there are; those in which everything stands in one place are not shown.

        :return: dict field -> title
        """
        env = self.env
        return {
            'partner_id': env._("Customers"),
            'product_id': env._("Products"),
            'user_id': env._("Representatives"),
            'area_id': env._("Areas"),
            'province_area_id': env._("Provincial Areas"),
            'region_id': env._("Regions"),
            'state_id': env._("Provinces"),
            'distributor_id': env._("Distributors"),
            'distributor_tier': env._("Distributor Tiers"),
            'pharma_type': env._("Customer Types"),
            'hospital_level': env._("Levels"),
        }

    @api.model
    def _get_page_rankings(self, sales, span, measure):
        """The first of each dimension, with their share and their growth on the year before."""
        domain = sales & self._get_span_domain(span)
        total = self._get_sum(domain, f'{measure}:sum')
        rankings = []
        for name, title in self._get_page_dimensions().items():
            rows = [(value, now) for value, now in self._read_group(
                domain, [name], [f'{measure}:sum'], order=f'{measure}:sum DESC',
                limit=PLACES) if now]
            if len(rows) > 1:
                keys = [getattr(value, 'id', value) for value, _now in rows]
                # Asked for by themselves: cheaper than bringing all figures forward
                past = dict(self._read_group(
                    sales & self._get_span_domain(span, 12) & Domain(name, 'in', keys), [name],
                    [f'{measure}:sum']))
                rows = [(value, now, past.get(value) or 0) for value, now in rows]
                rankings.append({
                    'key': name, 'title': title, 'domain': list(domain), 'rows': [
                        self._get_page_place(domain, name, row, rows[0][1], total, measure)
                        for row in rows]})
        return rankings

    @api.model
    def _get_page_place(self, domain, name, row, largest, total, measure):
        value, now, before = row
        field = self._fields[name]
        if field.type == 'many2one':
            label = value.with_context(hierarchical_naming=False).display_name
            key = value.id
        else:
            label, key = dict(field._description_selection(self.env)).get(value), value
        return {
            'label': label or self.env._("None"),
            'text': self._get_page_text(now, measure == 'amount'),
            'share': f"{now / total * 100:.1f}%" if total else "",
            'width': max(0, round(now / largest * 100)) if largest > 0 else 0,
            'domain': list(domain & Domain(name, '=', key or False)),
            **self._get_page_growth(now, before)}
