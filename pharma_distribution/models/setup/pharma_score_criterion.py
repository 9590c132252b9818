from odoo import api, models
from odoo.tools import SQL

from odoo.addons.pharma_crm.models.scoring.pharma_score_criterion import Metric

from ..posting.pharma_flow_summary import exact


class PharmaScoreCriterion(models.Model):
    """Figures of customers from flow files."""

    _inherit = 'pharma.score.criterion'

    @api.model
    def _get_metrics(self):
        return super()._get_metrics() | {
            'flow_quantity': Metric(self.env._("Sell-Through, Packs"), 'pharma.flow.report'),
            'flow_amount': Metric(self.env._("Sell-Through, Amount"), 'pharma.flow.report'),
        }

    def _sql_flow(self, value):
        """What terminals bought since the beginning of the month in which the days began. By
        terminal alone: of doctors there is no such figure.
        """
        self.env['pharma.flow.summary.terminal'].flush_model()
        return SQL(
            "SELECT partner_id, %s AS value FROM pharma_flow_summary_terminal s"
            " WHERE kind = 'sale' AND month >= date_trunc('month', %s::timestamp) AND %s"
            " GROUP BY partner_id",
            value, self._sql_since(), self._sql_company(SQL("s.company_id")))

    def _sql_metric_flow_quantity(self):
        return self._sql_flow(exact(SQL("SUM(quantity)")))

    def _sql_metric_flow_amount(self):
        return self._sql_flow(exact(SQL("SUM(amount)")))
