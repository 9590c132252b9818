from odoo import api, models
from odoo.tools import SQL


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    _inherit = 'base.partner.merge.automatic.wizard'

    @api.model
    def _update_foreign_keys(self, src_partners, dst_partner):
        """Rows of merged customers, departments and distributors go to the one that stays, by SQL:
        the results follow.
        """
        summary = self.env['pharma.flow.summary']

        def rows(partners):
            return SQL("(line.partner_id = ANY(%(ids)s) OR line.distributor_id = ANY(%(ids)s)"
                       " OR line.department_id = ANY(%(ids)s))", ids=partners.ids)

        summary._take(rows(src_partners | dst_partner))
        result = super()._update_foreign_keys(src_partners, dst_partner)
        # Rows repeat the distributor of their file without a foreign key of their own
        self.env.cr.execute(
            "UPDATE pharma_flow_line SET distributor_id = %s WHERE distributor_id = ANY(%s)",
            [dst_partner.id, src_partners.ids])
        summary._give(rows(dst_partner))
        return result
