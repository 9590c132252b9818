from odoo import fields, models
from odoo.tools import SQL

from odoo.addons.pharma_crm.report.pharma_agent_opening import MONTHS

from ..posting.pharma_flow_summary import exact


class PharmaAgentOpening(models.Model):
    _inherit = 'pharma.agent.opening'
    _depends = {
        'pharma.flow.summary': [
            'company_id', 'kind', 'month', 'partner_id', 'product_id', 'quantity'],
    }

    def _present_sql(self):
        """Also where distributors sold our products, by the results of posted flow files."""
        since = fields.Date.subtract(
            self.env['pharma.access']._get_today().replace(day=1), months=MONTHS)
        return SQL(
            """ %s
             UNION ALL
                SELECT p.commercial_partner_id, s.product_id, s.company_id
                  FROM pharma_flow_summary s
                  JOIN res_partner p ON p.id = s.partner_id
                 WHERE s.kind = 'sale' AND s.month >= %s AND s.product_id IS NOT NULL
                 GROUP BY p.commercial_partner_id, s.product_id, s.company_id
                HAVING %s > 0 """,
            super()._present_sql(), since, exact(SQL("SUM(s.quantity)")))
