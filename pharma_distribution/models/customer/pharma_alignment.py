from odoo import api, models
from odoo.tools import SQL

from odoo.addons.pharma_crm.models.customer.res_partner import PERSON_TYPES

# Rows of so many customers are written anew by one job.
CUSTOMERS_PER_JOB = 500


class PharmaAlignment(models.Model):
    _inherit = 'pharma.alignment'

    @api.model
    def _after_change(self, partner_ids):
        result = super()._after_change(partner_ids)
        # Only customers with rows: a re-alignment of thousands mostly has few
        rows = self.env.execute_query(SQL(
            """ SELECT p.commercial_partner_id FROM res_partner p
                 WHERE p.commercial_partner_id = ANY(%s) AND p.pharma_type NOT IN %s
                   AND EXISTS (SELECT FROM pharma_flow_line l WHERE l.partner_id = p.id)
              GROUP BY p.commercial_partner_id ORDER BY p.commercial_partner_id """,
            list(partner_ids), PERSON_TYPES))
        sold = [partner_id for partner_id, in rows]
        lines = self.env['pharma.flow.line']
        for start in range(0, len(sold), CUSTOMERS_PER_JOB):
            lines.with_delay(
                description=self.env._("Territories of flow lines"),
            )._restate_territories(sold[start:start + CUSTOMERS_PER_JOB])
        return result
