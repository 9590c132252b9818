from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = 'res.config.settings'

    pharma_official_price_count = fields.Integer(
        string="Official Prices", compute='_compute_pharma_official_price_count')

    # === COMPUTE === #

    def _compute_pharma_official_price_count(self):
        count = self.env['pharma.price'].search_count([('source_key', '!=', False)])
        for settings in self:
            settings.pharma_official_price_count = count

    # === ACTIONS === #

    def action_pharma_load_official_results(self):
        """Load the official results by province; loading twice adds nothing."""
        return self.env['pharma.tender.results'].action_load_official()

    def action_pharma_remove_official_results(self):
        """Remove the loaded results; products that other documents use are archived and told."""
        kept = self.env['pharma.tender.results'].remove_official()
        if not kept:
            return self._pharma_notification(self.env._("The loaded results are removed."))
        return self._pharma_notification(self.env._(
            "The loaded results are removed, except for products that other records use. These "
            "were archived: %(names)s", names=", ".join(kept[:20])))
