from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = 'res.config.settings'

    pharma_flow_auto_post = fields.Boolean(
        related='company_id.pharma_flow_auto_post', readonly=False)
    pharma_flow_lock_day = fields.Integer(
        related='company_id.pharma_flow_lock_day', readonly=False)
    pharma_match_threshold = fields.Float(
        related='company_id.pharma_match_threshold', readonly=False)
