from odoo import api, models


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    _inherit = 'base.partner.merge.automatic.wizard'

    @api.model
    def _update_foreign_keys(self, src_partners, dst_partner):
        """Scores of merged customers go: the one that stays has his own, graded anew."""
        # sudo: scores are written by calculations alone
        self.env['pharma.score'].sudo().search([
            ('partner_id', 'in', src_partners.ids)]).unlink()
        result = super()._update_foreign_keys(src_partners, dst_partner)
        self.env['pharma.score']._score_later(dst_partner.ids)
        return result
