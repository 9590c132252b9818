from odoo import api, models
from odoo.fields import Domain

from odoo.addons.pharma_crm.models.handover.pharma_handover_kinds import Kind


class PharmaHandover(models.Model):
    """Tenders move as well, until they have come to an end."""

    _inherit = 'pharma.handover'

    @api.model
    def _get_kinds(self):
        env = self.env
        going_on = Domain('stage_id.fold', '=', False) & Domain('is_official', '=', False)
        following = super()._get_kinds()
        return [
            # What follows others stays the last
            *following[:-1],
            Kind('tender', env._("Tenders"), 'pharma.tender', domain=going_on, noted=True),
            Kind('tender_helper', env._("Helps with Tenders"), 'pharma.tender', 'helper_ids',
                 going_on, blocks=False),
            following[-1],
        ]
