from odoo import models


class PharmaTerritory(models.Model):
    """Handing over begins where people are assigned."""

    _inherit = 'pharma.territory'

    def action_hand_over(self):
        """Open a new handover of the territory's representative, or else its manager."""
        self.ensure_one()
        self.check_access('read')
        user = self.representative_ids[:1] or self.manager_id
        return self.env['pharma.handover']._get_new_action(user)
