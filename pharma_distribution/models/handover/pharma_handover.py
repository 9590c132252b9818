from odoo import api, models
from odoo.fields import Domain

from odoo.addons.pharma_crm.models.handover.pharma_handover_kinds import Kind


class PharmaHandover(models.Model):
    """Files, schedules and claims move as well. Layouts of files belong to the distributor, not to
    a person, and stay with it.
    """

    _inherit = 'pharma.handover'

    @api.model
    def _get_kinds(self):
        env = self.env
        following = super()._get_kinds()
        return [
            # Schedules before their duties; what follows others stays the last
            *following[:-1],
            Kind('flow_schedule', env._("Collection Schedules"), 'pharma.flow.schedule'),
            Kind('flow_duty', env._("Files Owed by Distributors"), 'pharma.flow.duty',
                 domain=Domain('state', 'in', ('open', 'late'))),
            Kind('flow_claim', env._("Flow Claims"), 'pharma.flow.claim',
                 domain=Domain('state', 'in', ('draft', 'submitted', 'confirmed'))),
            following[-1],
        ]

    @api.model
    def _get_kept_fields(self):
        done = "tells who did or decided it"
        return {
            **super()._get_kept_fields(),
            'pharma.flow.claim.approved_by_id': done,
            'pharma.flow.claim.confirmed_by_id': done,
            'pharma.flow.correction.user_id': done,
            'pharma.flow.file.posted_by_id': done,
            'pharma.flow.file.user_id': done,
            'pharma.flow.history.user_id': done,
            'pharma.flow.line.user_id': "whose the sale was on its day",
            'pharma.flow.period.locked_by_id': done,
        }
