from odoo import api, models


class PharmaAccess(models.AbstractModel):
    _inherit = 'pharma.access'

    @api.model
    def _get_company_groups(self):
        return [
            *super()._get_company_groups(), 'stock.group_stock_user',
            'pharma_distribution.group_pharma_distribution_commercial',
        ]
