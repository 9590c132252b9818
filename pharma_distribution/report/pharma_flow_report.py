from typing import NamedTuple

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL, Query

from odoo.addons.pharma_crm.models.customer.res_partner import (
    HOSPITAL_GRADES,
    HOSPITAL_LEVELS,
    PERSON_TYPES,
    PHARMA_TYPES,
    TERMINAL_TYPES,
)

from ..models.customer.res_partner import DISTRIBUTOR_TIERS
from ..models.posting.pharma_flow_customer import FACTS
from ..models.posting.pharma_flow_line import FLOW_KINDS
from ..models.posting.pharma_flow_summary import DIMENSIONS, MEASURES, names

# Facts of the customer ``p`` of the hospital ``h``; ``terminal_id``: the customer himself, if
# medicine reaches patients there.
CUSTOMER_FACTS = {
    'hospital_id': SQL("p.commercial_partner_id"),
    'group_id': SQL("h.parent_organisation_id"),
    **FACTS,
    'pharma_city_id': SQL("COALESCE(p.pharma_city_id, h.pharma_city_id)"),
    'terminal_id': SQL("CASE WHEN p.pharma_type IN %s THEN p.id END", TERMINAL_TYPES),
}
# Facts of the customer, the distributor and the territory, and the dimension that tells them.
DERIVED = {
    **dict.fromkeys((*CUSTOMER_FACTS, 'pharma_customer_id', 'terminal_count'), 'partner_id'),
    'distributor_tier': 'distributor_id',
    **dict.fromkeys(('region_id', 'province_area_id', 'area_id'), 'territory_id'),
}
# Measures that stand beside those of a month -> how many months before.
EARLIER = {
    'quantity_month_before': 1, 'amount_month_before': 1,
    'quantity_year_before': 12, 'amount_year_before': 12,
}
# Growth in per cent -> the figure, and the one it is compared with.
GROWTH = {
    'growth_month': ('amount', 'amount_month_before'),
    'growth_year': ('amount', 'amount_year_before'),
}
# Tables of results by whole years -> by months, for what a period leaves before and after them.
YEARS = {
    'pharma.flow.summary.terminal.year': 'pharma.flow.summary.terminal',
    'pharma.flow.summary.person.year': 'pharma.flow.summary.person',
    'pharma.flow.summary.year': 'pharma.flow.summary',
}
# Tables that follow customers, by whose facts they tell cells apart.
MARKETS = ('pharma.flow.summary.place', 'pharma.flow.summary.market')
# All tables of results, the smallest first; the last one answers everything.
TABLES = (
    'pharma.flow.summary.territory', 'pharma.flow.summary.trade',
    'pharma.flow.summary.terminal.year', *MARKETS, 'pharma.flow.summary.person.year',
    'pharma.flow.summary.year', 'pharma.flow.summary.terminal', 'pharma.flow.summary.customer',
    'pharma.flow.summary.person', 'pharma.flow.summary')
LARGE_TABLES = TABLES[2:]
PLAN_KEY = 'pharma_flow_plan'
# Territories that a row's territory belongs to, by their level.
UPPER = {'region_id': 'region', 'province_area_id': 'province', 'area_id': 'area'}


class Plan(NamedTuple):
    """Where the figures of one question come from."""

    table: str     # one of TABLES
    shifts: tuple  # months by which earlier figures are brought beside those of a month
    #: columns that figures are added up by before Odoo groups them; None: not at all
    columns: tuple | None
    #: figures that are asked for, among MEASURES and EARLIER
    measures: tuple = (*MEASURES, *EARLIER)
    #: with one of YEARS: first day of the whole years, first day after them; None: no bound
    years: tuple = (None, None)
    #: whether no group meets a terminal twice, so that terminals can be counted as they come
    once: bool = False
    #: which cells are added up: the question's own domain and the reader's rights
    domain: Domain = Domain.TRUE
    #: whether groups tell how many lines of the list they have
    lines: bool = False
    #: whether changes wait for the folding, and have to be added
    pending: bool = True
    #: whether the facts of all customers are put together first, for readers who see them all
    all_customers: bool = False

    @property
    def facts(self):
        """Facts of customers that come with the cells; the others come from the customers."""
        return tuple(FACTS) if self.table in MARKETS else ()


WHOLE = Plan(TABLES[-1], (), None)


class PharmaFlowReport(models.Model):
    """Sales by every dimension, from the tables of results.

    How it works: groupings look which dimensions they need, rights of the reader included, ask the
    smallest table that has them, and add it up by what is asked before Odoo joins the names of
    records (see ``_plan``). Figures of the month before and of the year
    before are the same figures brought forward by one or twelve months; who does not ask for them
    does not pay for them. Lists read the complete table, and so do their groups, which tell how
    many lines they have.
    """

    _name = 'pharma.flow.report'
    _description = "Sales Results"
    _inherit = ['pharma.access.mixin', 'pharma.customer.mixin']
    _auto = False
    _pharma_figures = True
    _rec_name = 'partner_id'
    _order = 'month DESC, amount DESC, id'
    _depends = {
        'res.partner': [
            'commercial_partner_id', 'distributor_tier', 'hospital_grade', 'hospital_level',
            'parent_organisation_id', 'pharma_city_id', 'pharma_type', 'state_id'],
        'pharma.territory': ['level', 'parent_path'],
    }

    # when
    month = fields.Date(
        string="Month of Sale", readonly=True, help="When the goods were sold")
    entry_month = fields.Date(
        string="Month of Entry", readonly=True,
        help="In whose figures the sale stands: a later month where its own was locked already")

    # what and whose
    kind = fields.Selection(FLOW_KINDS, readonly=True)
    company_id = fields.Many2one('res.company', readonly=True)
    product_id = fields.Many2one('product.template', readonly=True)
    product_line_id = fields.Many2one('product.category', readonly=True)
    distributor_id = fields.Many2one('res.partner', readonly=True)
    distributor_tier = fields.Selection(DISTRIBUTOR_TIERS, readonly=True)

    # to whom
    partner_id = fields.Many2one('res.partner', string="Customer", readonly=True)
    hospital_id = fields.Many2one(
        'res.partner', string="Hospital with Campuses", readonly=True)
    department_id = fields.Many2one('res.partner', readonly=True)
    group_id = fields.Many2one('res.partner', string="Group or Chain", readonly=True)
    pharma_type = fields.Selection(PHARMA_TYPES, string="Customer Type", readonly=True)
    hospital_level = fields.Selection(HOSPITAL_LEVELS, readonly=True)
    hospital_grade = fields.Selection(HOSPITAL_GRADES, readonly=True)
    state_id = fields.Many2one('res.country.state', string="Province", readonly=True)
    pharma_city_id = fields.Many2one('pharma.division', string="City", readonly=True)

    # who worked there
    territory_id = fields.Many2one('pharma.territory', readonly=True)
    region_id = fields.Many2one('pharma.territory', readonly=True)
    province_area_id = fields.Many2one(
        'pharma.territory', string="Provincial Area", readonly=True)
    area_id = fields.Many2one('pharma.territory', readonly=True)
    user_id = fields.Many2one('res.users', string="Representative", readonly=True)

    # figures
    quantity = fields.Float(digits='Product Unit', readonly=True)
    amount = fields.Float(digits='Product Price', readonly=True)
    row_count = fields.Integer(string="Rows of Files", readonly=True)
    terminal_count = fields.Integer(
        string="Terminals", readonly=True, aggregator='count_distinct',
        help="Hospitals, campuses, primary care and pharmacies with rows")
    quantity_month_before = fields.Float(
        string="Quantity, Month Before", digits='Product Unit', readonly=True)
    amount_month_before = fields.Float(
        string="Amount, Month Before", digits='Product Price', readonly=True)
    growth_month = fields.Float(
        string="Growth on Month Before", readonly=True, aggregator='avg')
    quantity_year_before = fields.Float(
        string="Quantity, Year Before", digits='Product Unit', readonly=True)
    amount_year_before = fields.Float(
        string="Amount, Year Before", digits='Product Price', readonly=True)
    growth_year = fields.Float(
        string="Growth on Year Before", readonly=True, aggregator='avg')

    # === TABLE === #

    @property
    def _table_query(self):
        plan = self.env.context.get(PLAN_KEY)
        return self._sql_report(plan if isinstance(plan, Plan) else WHOLE)

    @api.model
    def _sql_report(self, plan):
        """Query of the report.

        :param Plan plan: where its figures come from
        :rtype: SQL
        """
        months = [self._sql_months(plan, 0), *(
            self._sql_months(plan, shift) for shift in plan.shifts)]
        query = SQL(
            """ SELECT s.*, %s,
                       dealer.distributor_tier, up.region_id, up.province_area_id, up.area_id
                  FROM (%s) s
             LEFT JOIN (%s) c ON c.id = s.partner_id
             LEFT JOIN res_partner dealer ON dealer.id = s.distributor_id
             LEFT JOIN (%s) up ON up.id = s.territory_id """,
            names([name for name in CUSTOMER_FACTS if name not in plan.facts], 'c'),
            SQL(" UNION ALL ").join(months), self._sql_customers(plan),
            self._sql_upper_territories())
        if plan.columns is not None:
            return self._sql_added_up(query, plan)
        return SQL(
            "SELECT r.*, CASE WHEN row_count != 0 THEN terminal_id END AS terminal_count,"
            " 0.0 AS growth_month, 0.0 AS growth_year FROM (%s) r", query)

    @api.model
    def _sql_customers(self, plan):
        """Query of the facts of customers, those of their hospitals included.

        :param Plan plan: see there
        :rtype: SQL
        """
        facts = SQL(
            """ SELECT p.id, %s FROM res_partner p
             LEFT JOIN res_partner h ON h.id = p.commercial_partner_id """,
            SQL(", ").join(SQL("%s AS %s", fact, SQL.identifier(name))
                           for name, fact in CUSTOMER_FACTS.items()))
        if not plan.all_customers:
            return facts
        # Grouping by the customer changes nothing: it keeps the database from looking for the
        # hospital of each of a million cells, and lets it use all its cores
        columns = SQL(", ").join(
            SQL("MIN(%s) AS %s", SQL.identifier(name), SQL.identifier(name))
            for name in CUSTOMER_FACTS)
        return SQL(
            "SELECT id, %s FROM (%s WHERE COALESCE(p.pharma_type, '') NOT IN %s) p GROUP BY id",
            columns, facts, PERSON_TYPES)

    @api.model
    def _sql_added_up(self, query, plan):
        """Query of the report added up by some columns; what adds up to no rows is left out.

        Odoo groups by the names of records as well, to order them, and compares rights with each
        group: that is done with the few rows that are left here.
        """
        table = Query(self.env, 'r', SQL("(%s)", query))
        domain = plan.domain.optimize_full(self)._to_sql(self, 'r', table)
        groups = SQL(", ").join(SQL.identifier('r', name) for name in plan.columns)
        sums = SQL(", ").join(
            SQL("SUM(%s) AS %s", SQL.identifier('r', name), SQL.identifier(name))
            for name in plan.measures)
        terminals = SQL("")
        if 'terminal_id' in plan.columns:
            terminals = SQL(
                ", CASE WHEN SUM(r.row_count) != 0 THEN r.terminal_id END AS terminal_count")
        kept = SQL("SUM(r.row_count) != 0")
        if plan.lines:
            kept = SQL("TRUE")
        elif plan.shifts:
            kept = SQL("SUM(r.row_count) != 0 OR SUM(r.earlier_count) != 0")
        return SQL(
            "SELECT NULL::int AS id, COUNT(r.id) AS line_count, %s, %s%s FROM %s WHERE %s"
            " GROUP BY %s HAVING %s",
            groups, sums, terminals, table.from_clause, domain, groups, kept)

    @api.model
    def _sql_months(self, plan, shift):
        """Query of the figures of all months, brought forward into measures of their own.

        :param Plan plan: see there
        :param int shift: by how many months; 0: the figures of the month itself
        """
        month = SQL("month") if not shift else SQL(
            "(month + interval '%s month')::date", shift)
        entry = SQL("entry_month") if not shift else SQL(
            "(entry_month + interval '%s month')::date", shift)
        measures = [SQL("%s AS earlier_count", SQL("row_count") if shift else SQL("0"))]
        for name in plan.measures:
            own = EARLIER.get(name, 0) == shift
            measures.append(SQL(
                "%s AS %s", SQL.identifier(name.split('_')[0] if name in EARLIER else name)
                if own else SQL("0"), SQL.identifier(name)))
        others = names([name for name in (*DIMENSIONS, *plan.facts)
                        if name not in ('month', 'entry_month')])
        # What lies ahead of us has no month that it could be compared with
        until = SQL("TRUE") if not shift else SQL(
            "month + interval '%s month' <= %s", shift, self._get_last_month())
        # What is brought forward is no line of the list
        return SQL(
            "SELECT %s AS id, %s AS month, %s AS entry_month, %s, %s FROM (%s) cell WHERE %s",
            SQL("NULL::int" if shift else "id"), month, entry, others,
            SQL(", ").join(measures), self._sql_cells(plan), until)

    @api.model
    def _get_last_month(self):
        """The month that figures are compared up to: the last one with sales, at most this one.

        :rtype: datetime.date
        """
        this_month = self.env['pharma.access']._get_today().replace(day=1)
        [[last]] = self.env.execute_query(SQL(
            """ SELECT greatest(
                    (SELECT max(month) FROM pharma_flow_summary_territory
                      WHERE month <= %(month)s),
                    (SELECT max(month) FROM pharma_flow_summary
                      WHERE pending AND month <= %(month)s)) """, month=this_month))
        return last or this_month

    @api.model
    def _sql_cells(self, plan):
        """Query of the cells of a table of results, with what is not folded into it yet.

        :param Plan plan: where they come from
        :rtype: SQL
        """
        if plan.table == TABLES[-1]:
            return self._sql_part(plan.table, SQL("TRUE"))
        inside, outside = SQL("TRUE"), None
        first, after = plan.years
        if plan.table in YEARS and (first or after):
            bounds = [SQL("month >= %s", first)] if first else []
            bounds += [SQL("month < %s", after)] if after else []
            inside = SQL(" AND ").join(bounds)
            outside = SQL("NOT (%s)", inside)
        parts = [self._sql_part(plan.table, inside, plan.facts)]
        if outside:
            # What the period leaves before its whole years and after them
            months = YEARS[plan.table]
            parts.append(self._sql_part(months, SQL("pending IS NOT TRUE AND %s", outside)
                                        if months == TABLES[-1] else outside))
        if plan.pending:
            parts.append(self._sql_pending_part(plan))
        return SQL(" UNION ALL ").join(parts)

    @api.model
    def _sql_part(self, name, where, facts=()):
        """Query of some cells of a table of results.

        :param str name: one of TABLES
        :param SQL where: condition on its columns
        :param facts: of customers, which this table holds
        :rtype: SQL
        """
        return SQL("SELECT %s FROM %s WHERE %s", names(('id', *DIMENSIONS, *facts, *MEASURES)),
                   SQL.identifier(self.env[name]._table), where)

    @api.model
    def _sql_pending_part(self, plan):
        """Query of what is not folded yet."""
        cells = self._sql_part(TABLES[-1], SQL("pending"))
        if not plan.facts:
            return cells
        return SQL("SELECT %s, %s, %s FROM (%s) cell LEFT JOIN (%s) fact ON fact.id = partner_id",
                   names(('id', *DIMENSIONS), 'cell'), names(plan.facts, 'fact'),
                   names(MEASURES), cells, self._sql_customers(plan))

    @api.model
    def _sql_upper_territories(self):
        """Query of the territories above each territory, itself included: by level the nearest.

        :return: query of ``id`` and the columns of ``UPPER``
        :rtype: SQL
        """
        columns = SQL(", ").join(
            SQL("(array_agg(above.id ORDER BY part.depth DESC)"
                " FILTER (WHERE above.level = %s))[1] AS %s", level, SQL.identifier(name))
            for name, level in UPPER.items())
        return SQL(
            """ SELECT t.id, %s
                  FROM pharma_territory t
            CROSS JOIN LATERAL unnest(string_to_array(rtrim(t.parent_path, '/'), '/'))
                       WITH ORDINALITY part(id, depth)
                  JOIN pharma_territory above ON above.id = part.id::int
              GROUP BY t.id """, columns)

    # === RIGHTS === #

    @api.model
    def _pharma_link_domain(self, mode):
        """Figures are seen as the rows they stand for, see ``pharma.flow.line``."""
        plan = self.env.context.get(PLAN_KEY)
        if isinstance(plan, Plan) and plan.columns is not None:
            return Domain.TRUE  # the plan's own domain says it, before figures are added up
        return self.env['pharma.flow.line']._pharma_rows_domain(mode)
