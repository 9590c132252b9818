from datetime import date
from functools import lru_cache

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..models.posting.pharma_flow_summary import DIMENSIONS, FLOATS, MEASURES, exact
from .pharma_flow_report import (
    DERIVED,
    EARLIER,
    GROWTH,
    LARGE_TABLES,
    MARKETS,
    PLAN_KEY,
    TABLES,
    YEARS,
    Plan,
)

LIST_KEY = 'pharma_flow_list'
WORK_MEMORY = '128MB'
# What bounds the months of a question from below, and from above.
FROM, UNTIL = ('>', '>='), ('<', '<=')


class PharmaFlowReport(models.Model):
    """The smallest table that answers a question.

    How it works: see ``_plan``. Whole years are read from the tables by years wherever a question
    asks for no months; what its period leaves at both ends comes from the months.
    """

    _inherit = 'pharma.flow.report'

    @api.model
    def _read_group(self, domain, groupby=(), aggregates=(), having=(), offset=0, limit=None,
                    order=None):
        plan = self._plan(domain, groupby, aggregates, order)
        return super(PharmaFlowReport, self._with_plan(plan))._read_group(
            self._get_open_domain(plan, domain), groupby, aggregates, having, offset, limit,
            order)

    @api.model
    def _read_grouping_sets(self, domain, grouping_sets, aggregates=(), order=None):
        plan = self._plan(domain, [spec for groupby in grouping_sets for spec in groupby],
                          aggregates)
        report = self._with_plan(plan._replace(once=False))
        return super(PharmaFlowReport, report)._read_grouping_sets(
            self._get_open_domain(plan, domain), grouping_sets, aggregates, order)

    @api.model
    def _get_open_domain(self, plan, domain):
        """What of a question's domain its plan leaves to Odoo."""
        return domain if plan.columns is None else Domain.TRUE

    @api.model
    @api.readonly
    def web_read_group(self, domain, groupby, aggregates=(), limit=None, offset=0, order=None,
                       **options):
        """Groups of lists, which count and show the lines below them."""
        report = self.with_context(**{LIST_KEY: True})
        return super(PharmaFlowReport, report).web_read_group(
            domain, groupby, aggregates, limit, offset, order, **options)

    @api.model
    def _read_group_select(self, aggregate_spec, query):
        name, _colon, aggregator = aggregate_spec.partition(':')
        plan = self.env.context.get(PLAN_KEY)
        if aggregate_spec == '__count' and isinstance(plan, Plan) and plan.lines:
            return SQL("COALESCE(SUM(%s), 0)::bigint", SQL.identifier(self._table, 'line_count'))
        if aggregator == 'sum' and name.startswith(FLOATS):
            return exact(super()._read_group_select(aggregate_spec, query))
        if name in GROWTH:
            now, before = (
                self._field_to_sql(self._table, measure, query) for measure in GROWTH[name])
            return SQL("SUM(%s - %s) / NULLIF(ABS(SUM(%s)), 0)", now, before, before)
        if name == 'terminal_count' and isinstance(plan, Plan) and plan.once:
            return SQL("COUNT(%s)", self._field_to_sql(self._table, name, query))
        return super()._read_group_select(aggregate_spec, query)

    @api.model
    def _read_group_groupby(self, alias, groupby_spec, query):
        """Months stand for their first day: there is nothing to cut off them."""
        if groupby_spec in ('month:month', 'entry_month:month'):
            return self._field_to_sql(alias, groupby_spec.split(':')[0], query)
        return super()._read_group_groupby(alias, groupby_spec, query)

    @api.model
    def _web_read_group_groupby_formatter(self, groupby_spec, values):
        """Many groups share a month or a product: each is put into words once."""
        return lru_cache(maxsize=None, typed=True)(
            super()._web_read_group_groupby_formatter(groupby_spec, values))

    # === PLAN === #

    @api.model
    def _with_plan(self, plan):
        """This model, to be read by a plan."""
        if plan.table in LARGE_TABLES:
            # Groups by the hundred thousand are added up in memory, not on disk; and by two
            # processes, which the database would not expect of facts without statistics. More of
            # them gain little: each puts the customers together anew, and sends its own groups
            self.env.cr.execute(SQL(
                "SET LOCAL work_mem = %s; SET LOCAL parallel_tuple_cost = 0.02;"
                " SET LOCAL max_parallel_workers_per_gather = 1", WORK_MEMORY))
        return self.with_context(**{PLAN_KEY: plan})

    @api.model
    def _plan(self, domain, groupby, aggregates, order=None):
        """Where the figures of a question come from.

        :param domain: of the question, without the rules
        :param groupby: specifications of groups
        :param aggregates: specifications of aggregates
        :param str order: of the groups
        :rtype: Plan
        """
        specs = (*groupby, *aggregates)
        shown = {spec.split(':')[0].split('.')[0] for spec in specs}
        named = self._get_names(domain)
        asked = shown | named
        measures = asked & {*MEASURES, *EARLIER} | {'row_count'}
        measures.update(*(GROWTH[name] for name in asked & GROWTH.keys()))
        shifts = tuple(sorted({EARLIER[name] for name in measures & EARLIER.keys()}))
        if {'id', 'display_name', 'pharma_access', 'pharma_work'} & asked or {
                'terminal_count', *GROWTH} & named:
            return Plan(TABLES[-1], shifts, None)
        rights = Domain.TRUE if self.env.su else (
            self.env['pharma.flow.line']._pharma_cells_domain())
        columns = self._get_plan_columns(shown)
        years = not shifts and self._get_whole_years(domain, specs)
        facts = (asked | columns) & {*DIMENSIONS, *DERIVED}
        lines = bool(self.env.context.get(LIST_KEY))
        table = TABLES[-1] if lines else self._get_table(facts, rights, years)
        plan = Plan(
            table, shifts, tuple(sorted(columns)), tuple(sorted(measures)), years or (None, None),
            self._meets_once(groupby, columns), Domain(domain) & rights, lines,
            self.env['pharma.flow.summary']._has_pending(),
            rights.is_true() and table not in MARKETS and any(
                DERIVED.get(name) == 'partner_id' for name in facts))
        if rights.is_true() and self._groups_cells(plan, groupby, shown, order):
            return plan._replace(columns=None, once=False)
        return plan

    @api.model
    def _get_table(self, facts, rights, years):
        """The smallest table of results that tells apart what a question asks for.

        :param set facts: names among DIMENSIONS and DERIVED
        :param Domain rights: of the reader
        :param years: whether whole years do
        :return: name of its model
        :rtype: str
        """
        compared = self._get_rights_columns(rights)
        for name in TABLES:
            dimensions = set(self.env[name]._get_dimensions())
            if ((years or name not in YEARS) and compared <= dimensions
                    and all(fact in dimensions or DERIVED.get(fact, fact) in dimensions
                            for fact in facts)
                    and not (name in MARKETS and self.env['pharma.flow.customer']._is_behind())):
                return name
        return TABLES[-1]

    @api.model
    def _groups_cells(self, plan, groupby, shown, order):
        """Whether Odoo groups the cells themselves, which is faster where there are many groups:
        nothing has to be added up first to know which cells have rows, and no names of records are
        joined to them, for they order nothing.

        :param Plan plan: where they come from
        :param groupby: specifications of groups
        :param set shown: names of the fields that are grouped by or shown
        :param str order: of the groups
        """
        # A cell without rows is there until the folding alone
        if plan.shifts or plan.pending or plan.lines:
            return False
        grouped = {spec.split(':')[0].split('.')[0] for spec in groupby}
        if 'terminal_count' in shown:
            return plan.measures == ('row_count',) and not any(
                self._fields[name].relational for name in grouped)
        ordered = {term.split()[0].split(':')[0] for term in (order or '').split(',') if term}
        return bool(ordered) and not ordered & grouped

    @api.model
    def _get_names(self, domain):
        """Fields that a domain names."""
        return {condition.field_expr.split('.')[0]
                for condition in Domain(domain).iter_conditions()}

    @api.model
    def _get_plan_columns(self, shown):
        """Columns by which the figures of a question are added up first.

        :param set shown: names of the fields that it groups by or shows
        """
        # Rules ask for the company
        columns = {'company_id', *(shown & {*DIMENSIONS, *DERIVED})}
        if 'terminal_count' in shown:
            columns.add('terminal_id')
        if 'pharma_customer_id' in shown:
            columns.add('partner_id')
        return columns - {'terminal_count', 'pharma_customer_id'}

    @api.model
    def _get_rights_columns(self, rights):
        """Columns that rights compare.

        :param Domain rights: of the reader
        """
        if rights.is_true():
            return set()
        # The rule compares customers and product lines; others may come from compliance
        return {'partner_id', 'product_line_id'} | self._get_names(
            self.env['pharma.flow.line']._get_figures_domain())

    @api.model
    def _get_terms(self, domain):
        """Domains that all hold where a domain holds."""
        domain = Domain(domain)
        return domain.children if getattr(domain, 'OPERATOR', '') == '&' else (domain,)

    @api.model
    def _get_whole_years(self, domain, specs):
        """The whole years of a question that asks for no months.

        :param domain: of the question
        :param specs: of its groups and aggregates
        :return: first day, and first day after them, None where there is no bound; nothing where
            the question needs months, or its period holds no whole year
        :rtype: tuple or None
        """
        if any(spec.split(':')[0] == 'month' and spec != 'month:year' for spec in specs):
            return None
        first = after = None
        for term in self._get_terms(domain):
            conditions = list(term.iter_conditions())
            if all(condition.field_expr.split('.')[0] != 'month' for condition in conditions):
                continue
            month = conditions[0] is term and self._get_month_bound(term)
            if not month:
                return None
            if term.operator in UNTIL:
                after = min(month, after or month)
            else:
                first = max(month, first or month)
        first = first and date(first.year + (first.month > 1), 1, 1)
        after = after and date(after.year, 1, 1)
        return None if first and after and first >= after else (first, after)

    @api.model
    def _get_month_bound(self, condition):
        """The first month that a condition lets in, or the first one after these.

        :return: first day of the month; None for other conditions
        :rtype: datetime.date or None
        """
        if condition.field_expr != 'month' or condition.operator not in FROM + UNTIL:
            return None
        try:
            day = fields.Date.to_date(condition.value)
        except ValueError:
            return None  # a word such as 'today', which Odoo understands
        if not day:
            return None
        month = day.replace(day=1)
        # Months stand for their first day
        return month + relativedelta(
            months=condition.operator in ('>', '<=') or day != month)

    @api.model
    def _meets_once(self, groupby, columns):
        """Whether what is added up by some columns meets each customer once in each group.

        :param groupby: specifications of its groups
        :param set columns: by which its figures are added up first
        """
        fixed = {'month' if spec == 'month:month' else spec for spec in groupby}
        if not self.env.su and len(self.env.companies) == 1:
            fixed.add('company_id')  # of which the rule leaves one
        return all(name in fixed or DERIVED.get(name, name) == 'partner_id' for name in columns)
