from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = 'res.config.settings'

    pharma_call_shortest = fields.Integer(related='company_id.pharma_call_shortest', readonly=False)
    pharma_call_longest = fields.Integer(related='company_id.pharma_call_longest', readonly=False)
    pharma_call_on_time_days = fields.Integer(
        related='company_id.pharma_call_on_time_days', readonly=False)
    pharma_flag_speed = fields.Integer(related='company_id.pharma_flag_speed', readonly=False)
    pharma_flag_rail_speed = fields.Integer(
        related='company_id.pharma_flag_rail_speed', readonly=False)
    pharma_flag_km = fields.Float(related='company_id.pharma_flag_km', readonly=False)
    pharma_flag_share = fields.Integer(related='company_id.pharma_flag_share', readonly=False)
    pharma_flag_letters = fields.Integer(related='company_id.pharma_flag_letters', readonly=False)
    pharma_flag_text_days = fields.Integer(
        related='company_id.pharma_flag_text_days', readonly=False)
    pharma_flag_days = fields.Integer(related='company_id.pharma_flag_days', readonly=False)
    pharma_flag_minutes = fields.Integer(related='company_id.pharma_flag_minutes', readonly=False)
    pharma_flags_own = fields.Boolean(related='company_id.pharma_flags_own', readonly=False)
