from odoo import models


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    _inherit = 'base.partner.merge.automatic.wizard'

    def _merge(self, partner_ids, dst_partner=None, extra_checks=True):
        """Customers are merged our way, whoever asks: nothing is deleted, and it can be undone."""
        # sudo: the kind of a contact alone is looked at; our merge checks rights and rules itself
        partners = self.env['res.partner'].browse(partner_ids).exists()
        if not any(partners.sudo().mapped('pharma_type')):
            return super()._merge(partner_ids, dst_partner, extra_checks)
        merges = self.env['pharma.merge']
        partners.check_access('read')
        keep = dst_partner or merges._sort_by_fullness(partners.sudo().filtered('pharma_type'))[:1]
        merges._merge(keep.with_env(self.env), partners - keep)
        return None
