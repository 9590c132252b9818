from odoo import api, models

from ..posting.pharma_flow_line import COMMERCIAL_GROUP


class PharmaAccess(models.AbstractModel):
    _inherit = 'pharma.access'

    @api.model
    def _get_figure_groups(self):
        return [*super()._get_figure_groups(), COMMERCIAL_GROUP]

    @api.model
    def _get_figure_actions(self):
        return [*super()._get_figure_actions(),
                'pharma_distribution.pharma_flow_report_action_page']
