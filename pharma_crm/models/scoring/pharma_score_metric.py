from odoo import api, models
from odoo.tools import SQL

from .pharma_score_criterion import Metric


class PharmaScoreCriterion(models.Model):
    """Figures of customers from what Odoo knows: orders, invoices, payments, meetings."""

    _inherit = 'pharma.score.criterion'

    @api.model
    def _get_metrics(self):
        """Figures that criteria can use; other addons add theirs.

        Each has a method ``_sql_metric_<key>`` that returns a query with the columns ``partner_id``
        and ``value``, one row per customer; ``self.days`` says how far back, and
        :meth:`_sql_company` whose documents count. Never prescriptions: the filing rules forbid to
        count them per doctor.

        :return: {key: Metric}
        :rtype: dict
        """
        env = self.env
        return {
            'orders': Metric(env._("Confirmed Orders"), 'sale.order'),
            'order_amount': Metric(env._("Amount of Orders, Untaxed"), 'sale.order'),
            'invoiced': Metric(env._("Amount Invoiced, Untaxed"), 'account.move'),
            'overdue': Metric(env._("Amount Overdue"), 'account.move'),
            'payment_delay': Metric(env._("Days Paid Late, on Average"), 'account.move', None),
            'contacts': Metric(env._("Meetings"), 'calendar.event'),
            'days_since_contact': Metric(
                env._("Days since the Last Meeting"), 'calendar.event', None),
        }

    def _metric_to_sql(self, query):
        """Join the figures of all customers.

        :param Query query: of contacts
        :rtype: SQL
        """
        alias = query.make_alias(query.table, f'metric_{self.id:d}')
        rows = getattr(self, f'_sql_metric_{self.metric}')()
        query.add_join('LEFT JOIN', alias, SQL("(%s)", rows), SQL(
            "%s = %s", SQL.identifier(alias, 'partner_id'), SQL.identifier(query.table, 'id')))
        value = SQL("%s::numeric", SQL.identifier(alias, 'value'))
        if self._get_metrics()[self.metric].empty is None:
            return value
        return SQL("COALESCE(%s, %s)", value, self._get_metrics()[self.metric].empty)

    def _sql_since(self):
        return SQL("(CURRENT_DATE - %s)", self.days)

    def _sql_company(self, column):
        """Condition on documents: those of the model's company, of all if it has none."""
        company = self.model_id.company_id
        return SQL("%s = %s", column, company.id) if company else SQL("TRUE")

    # === ORDERS === #

    def _sql_orders(self, value):
        return SQL(
            "SELECT p.commercial_partner_id AS partner_id, %s AS value"
            "  FROM sale_order o JOIN res_partner p ON p.id = o.partner_id"
            " WHERE o.state = 'sale' AND o.date_order >= %s AND %s"
            " GROUP BY p.commercial_partner_id",
            value, self._sql_since(), self._sql_company(SQL("o.company_id")))

    def _sql_metric_orders(self):
        return self._sql_orders(SQL("COUNT(*)"))

    def _sql_metric_order_amount(self):
        return self._sql_orders(SQL(
            "SUM(o.amount_untaxed / COALESCE(NULLIF(o.currency_rate, 0), 1))"))

    # === INVOICES AND PAYMENTS === #

    def _sql_invoices(self, value, more):
        return SQL(
            "SELECT m.commercial_partner_id AS partner_id, %s AS value FROM account_move m"
            " WHERE m.state = 'posted' AND m.move_type IN ('out_invoice', 'out_refund')"
            "   AND %s AND %s GROUP BY m.commercial_partner_id",
            value, more, self._sql_company(SQL("m.company_id")))

    def _sql_metric_invoiced(self):
        return self._sql_invoices(
            SQL("SUM(m.amount_untaxed_signed)"), SQL("m.invoice_date >= %s", self._sql_since()))

    def _sql_metric_overdue(self):
        return self._sql_invoices(
            SQL("SUM(m.amount_residual_signed)"), SQL("m.invoice_date_due < CURRENT_DATE"))

    def _sql_metric_payment_delay(self):
        """Mean of the days from due to paid, until today where not; paid early counts as 0."""
        return self._sql_invoices(
            SQL("""AVG(GREATEST(COALESCE(
                (SELECT MAX(r.max_date) FROM account_move_line l
                   JOIN account_partial_reconcile r ON r.debit_move_id = l.id
                  WHERE l.move_id = m.id AND m.payment_state IN ('paid', 'in_payment')),
                CURRENT_DATE) - m.invoice_date_due, 0))"""),
            SQL("m.move_type = 'out_invoice' AND m.invoice_date >= %s"
                " AND m.invoice_date_due IS NOT NULL", self._sql_since()))

    # === CONTACTS === #

    def _sql_meetings(self, value, more):
        """Meetings of the past with the customer himself, or with one of his people."""
        return SQL("""
            SELECT partner_id, %s AS value FROM (
                SELECT r.res_partner_id AS partner_id, e.id, e.start
                  FROM calendar_event e
                  JOIN calendar_event_res_partner_rel r ON r.calendar_event_id = e.id
                 WHERE e.active AND e.start < now() AT TIME ZONE 'UTC' AND %s
                 UNION
                SELECT p.commercial_partner_id, e.id, e.start
                  FROM calendar_event e
                  JOIN calendar_event_res_partner_rel r ON r.calendar_event_id = e.id
                  JOIN res_partner p ON p.id = r.res_partner_id
                 WHERE e.active AND e.start < now() AT TIME ZONE 'UTC' AND %s) meetings
             GROUP BY partner_id""", value, more, more)

    def _sql_metric_contacts(self):
        return self._sql_meetings(SQL("COUNT(*)"), SQL("e.start >= %s", self._sql_since()))

    def _sql_metric_days_since_contact(self):
        return self._sql_meetings(SQL("CURRENT_DATE - MAX(start)::date"), SQL("TRUE"))
