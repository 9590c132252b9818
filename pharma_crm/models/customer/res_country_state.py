from odoo import api, models


class ResCountryState(models.Model):
    _inherit = 'res.country.state'

    @api.depends('country_id')
    def _compute_display_name(self):
        """Chinese provinces are called by their bare name: "(CN)" behind each is noise in lists."""
        result = super()._compute_display_name()
        for state in self:
            if state.country_id.code == 'CN':
                state.display_name = state.name
        return result
