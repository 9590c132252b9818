from odoo import models


class PharmaCycleTarget(models.Model):
    """Targets are put into the week plan from their list."""

    _inherit = 'pharma.cycle.target'

    def action_plan_calls(self):
        """Open the dialog that plans calls on these targets."""
        users = self.user_id
        return {
            'type': 'ir.actions.act_window', 'name': self.env._("Plan Calls"),
            'res_model': 'pharma.visit.plan', 'view_mode': 'form', 'target': 'new',
            'context': {
                'default_partner_ids': self.partner_id.ids,
                'default_user_id': users.id if len(users) == 1 else self.env.uid},
        }
