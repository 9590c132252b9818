from odoo import api, models
from odoo.fields import Domain


class PharmaFlowLine(models.Model):
    _inherit = 'pharma.flow.line'
    _pharma_figures = True

    @api.model
    def _get_figures_domain(self):
        if self.env['pharma.access']._sees_figures():
            return super()._get_figures_domain()
        return Domain.FALSE
