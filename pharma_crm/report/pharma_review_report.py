from dateutil.relativedelta import relativedelta

from odoo import fields, models
from odoo.tools import SQL

MONTHS = 6


class PharmaReviewReport(models.Model):
    """How managers review the calls of their people: one row per manager and month.

    Whose call it is to review: of the manager nearest above the call's territory on the last day of
    the month, today in this one, who works with its product line and did not make it himself.
    """

    _name = 'pharma.review.report'
    _description = "Review Rate"
    _inherit = ['pharma.team.mixin']
    _auto = False
    _rec_name = 'user_id'
    _order = 'month DESC, user_id'
    _depends = {
        'pharma.visit': [
            'company_id', 'date', 'product_line_id', 'recorded_at', 'review_date', 'review_state',
            'state', 'territory_id', 'user_id'],
        'pharma.territory': ['parent_path'],
        'pharma.territory.assignment': [
            'date_from', 'date_to', 'product_line_id', 'role', 'territory_id', 'user_id'],
    }

    user_id = fields.Many2one(string="Manager", required=False, readonly=True, default=None)
    company_id = fields.Many2one(required=False, default=None)
    territory_id = fields.Many2one(compute=None, store=True, readonly=True, help="")
    product_line_id = fields.Many2one(compute=None, store=True, readonly=True, help="")
    month = fields.Date(readonly=True)
    call_count = fields.Integer(string="Calls to Review", readonly=True)
    reviewed_count = fields.Integer(string="Calls Reviewed", readonly=True)
    rate = fields.Float(
        string="Review Rate (%)", digits=(5, 1), readonly=True, aggregator='avg',
        help="Of several rows: calls reviewed out of calls to review")
    median_hours = fields.Float(
        digits=(8, 1), readonly=True, aggregator=None,
        help="From the record of a call to its review; half of them took less")

    def _read_group_select(self, aggregate_spec, query):
        if aggregate_spec == 'rate:avg':
            reviewed, calls = (
                self._field_to_sql(self._table, name, query)
                for name in ('reviewed_count', 'call_count'))
            return SQL("SUM(%s) * 100.0 / NULLIF(SUM(%s), 0)", reviewed, calls)
        return super()._read_group_select(aggregate_spec, query)

    @property
    def _table_query(self):
        """Rows of the months shown. Managers are looked for once per person, place and month."""
        today = self.env['pharma.access']._get_today()
        return SQL(
            """ WITH call AS (
                SELECT v.user_id, v.territory_id, v.product_line_id, v.company_id,
                       date_trunc('month', v.date)::date AS month,
                       v.review_state = 'reviewed' AS is_reviewed,
                       extract(epoch FROM v.review_date - v.recorded_at) / 3600.0 AS hours
                  FROM pharma_visit v
                 WHERE v.state = 'done' AND v.date >= %(since)s AND v.territory_id IS NOT NULL
            ), place AS (
                SELECT p.*, manager.*
                  FROM (SELECT DISTINCT user_id, territory_id, product_line_id, company_id, month
                          FROM call) p
            CROSS JOIN LATERAL (%(manager)s) manager
            )
                SELECT row_number() OVER (
                           ORDER BY place.month, place.manager_id, place.manager_territory_id,
                                    place.manager_line_id, place.company_id) AS id,
                       place.manager_id AS user_id, place.company_id,
                       place.manager_territory_id AS territory_id,
                       place.manager_line_id AS product_line_id, place.month,
                       count(*)::int AS call_count,
                       count(*) FILTER (WHERE call.is_reviewed)::int AS reviewed_count,
                       count(*) FILTER (WHERE call.is_reviewed) * 100.0 / count(*) AS rate,
                       percentile_cont(0.5) WITHIN GROUP (ORDER BY call.hours)
                           FILTER (WHERE call.is_reviewed) AS median_hours
                  FROM place
                  JOIN call ON call.user_id = place.user_id AND call.month = place.month
                       AND call.territory_id = place.territory_id
                       AND call.company_id = place.company_id
                       AND call.product_line_id IS NOT DISTINCT FROM place.product_line_id
              GROUP BY place.manager_id, place.company_id, place.manager_territory_id,
                       place.manager_line_id, place.month """,
            since=today + relativedelta(months=1 - MONTHS, day=1),
            manager=self._manager_sql(today))

    def _manager_sql(self, today):
        """Query of the manager whose the calls of a person in a place and month are to review.

        :param datetime.date today: the company's day
        """
        return SQL(
            """ SELECT g.user_id AS manager_id, g.territory_id AS manager_territory_id,
                       g.product_line_id AS manager_line_id
                  FROM pharma_territory mine
                  JOIN pharma_territory above
                       ON starts_with(mine.parent_path, above.parent_path)
                  JOIN pharma_territory_assignment g ON g.territory_id = above.id
                 WHERE mine.id = p.territory_id AND g.role = 'manager' AND g.user_id != p.user_id
                   AND daterange(g.date_from, g.date_to, '[]') @> LEAST(
                       (p.month + interval '1 month - 1 day')::date, %s)
                   AND (g.product_line_id IS NULL OR p.product_line_id IS NULL
                        OR g.product_line_id = p.product_line_id)
              ORDER BY length(above.parent_path) DESC, g.date_from, g.id
                 LIMIT 1 """, today)
