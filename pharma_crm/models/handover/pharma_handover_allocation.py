from odoo import api, models
from odoo.fields import Domain

from .pharma_handover_kinds import Kind


class PharmaHandover(models.Model):
    """Leads that wait for an answer, and the rules that give them, move as well."""

    _inherit = 'pharma.handover'

    @api.model
    def _get_kinds_setup(self):
        env = self.env
        return [
            # The lead itself moves as an opportunity: whoever has it then answers the offer
            Kind('offer', env._("Offers of Leads"), 'pharma.allocation',
                 domain=Domain('result', '=', 'open'), seen=False),
            Kind('allocation_rule', env._("Allocation Rules"), 'pharma.allocation.rule',
                 rights='director', seen=False),
            Kind('allocation_member', env._("Turns for Leads"), 'pharma.allocation.member',
                 rights='director', seen=False, blocks=False),
            *super()._get_kinds_setup(),
        ]

    def _refuse_allocation_member(self, items, _plan):
        """Nobody stands twice in a rule."""
        rows = self._browse_items('allocation_member', items)
        for item, member in rows:
            if item.user in member.rule_id.member_ids.user_id.ids:
                item.refuse('successor_has')
