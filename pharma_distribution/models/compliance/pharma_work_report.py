from odoo import api, models


class PharmaWorkReport(models.Model):
    _inherit = 'pharma.work.report'

    @api.model
    def _get_figure_sections(self):
        return super()._get_figure_sections() | {'sell_through'}
