from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = 'res.config.settings'

    pharma_merge_undo_days = fields.Integer(
        related='company_id.pharma_merge_undo_days', readonly=False)
