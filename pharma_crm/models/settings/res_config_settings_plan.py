from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = 'res.config.settings'

    pharma_week_approval = fields.Boolean(
        related='company_id.pharma_week_approval', readonly=False)
    pharma_daily_calls = fields.Integer(related='company_id.pharma_daily_calls', readonly=False)
    pharma_trip_advance = fields.Boolean(
        related='company_id.pharma_trip_advance', readonly=False)
