from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = 'res.config.settings'

    pharma_late_days = fields.Integer(related='company_id.pharma_late_days', readonly=False)
    pharma_map = fields.Selection(
        related='company_id.pharma_map', readonly=False, required=True)
    pharma_filing_check = fields.Selection(
        related='company_id.pharma_filing_check', readonly=False, required=True)
