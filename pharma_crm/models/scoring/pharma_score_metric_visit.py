from odoo import api, models
from odoo.tools import SQL

from .pharma_score_criterion import Metric


class PharmaScoreCriterion(models.Model):
    """Figures of customers from recorded calls, by whichever means."""

    _inherit = 'pharma.score.criterion'

    @api.model
    def _get_metrics(self):
        env = self.env
        return super()._get_metrics() | {
            'calls': Metric(env._("Calls"), 'pharma.visit'),
            'days_since_call': Metric(env._("Days since the Last Call"), 'pharma.visit', None),
        }

    def _sql_calls(self, value, more):
        """Recorded calls on the customer himself, at his hospital, or in which he was met."""
        condition = SQL(
            "v.state = 'done' AND %s AND %s", self._sql_company(SQL("v.company_id")), more)
        return SQL("""
            SELECT partner_id, %(value)s AS value FROM (
                SELECT v.partner_id, v.id, v.date FROM pharma_visit v WHERE %(condition)s
                 UNION
                SELECT v.hospital_id, v.id, v.date FROM pharma_visit v WHERE %(condition)s
                 UNION
                SELECT r.partner_id, v.id, v.date
                  FROM pharma_visit v JOIN pharma_visit_person_rel r ON r.visit_id = v.id
                 WHERE %(condition)s) calls
             GROUP BY partner_id""", value=value, condition=condition)

    def _sql_metric_calls(self):
        return self._sql_calls(SQL("COUNT(*)"), SQL("v.date >= %s", self._sql_since()))

    def _sql_metric_days_since_call(self):
        return self._sql_calls(SQL("GREATEST(CURRENT_DATE - MAX(date), 0)"), SQL("TRUE"))
