from odoo import models


class PharmaTeamMember(models.Model):
    """A manager hands over from the list of his people."""

    _inherit = 'pharma.team.member'

    def action_hand_over(self):
        """Open a new handover of this person's work."""
        self.ensure_one()
        self.check_access('read')
        return self.env['pharma.handover']._get_new_action(self.user_id)
