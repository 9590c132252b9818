from odoo import models

from ..customer.res_partner_facts import STEWARD_GROUP


class PharmaHome(models.AbstractModel):
    """How many change requests wait for whom."""

    _inherit = 'pharma.home'

    def _get_sections(self):
        return [*super()._get_sections(), {
            'key': 'changes', 'title': self.env._("Change Requests"), 'icon': 'fa-pencil-square-o',
            'sequence': 3, 'groups': STEWARD_GROUP, 'model': 'pharma.change.request',
            'content': self._get_change_content,
        }]

    def _get_change_content(self):
        """What data stewards have to decide."""
        return {'figures': [self._get_change_figure()]}

    def _get_attention_figures(self):
        figures = super()._get_attention_figures()
        # Data stewards have a section of their own
        if not self.env.user.has_group(STEWARD_GROUP):
            figures.append(self._get_change_figure())
        return figures

    def _get_change_figure(self):
        domain, label = [('can_decide', '=', True)], self.env._("Change Requests to Decide")
        count = self.env['pharma.change.request'].search_count(domain)
        return self._figure(
            label, count, self._list('pharma_crm.pharma_change_request_action', label, domain),
            key='changes', tone='danger' if count else 'muted')
