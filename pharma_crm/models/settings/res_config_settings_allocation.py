from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = 'res.config.settings'

    pharma_allocation_hours = fields.Float(
        related='company_id.pharma_allocation_hours', readonly=False)
    pharma_allocation_remind_hours = fields.Float(
        related='company_id.pharma_allocation_remind_hours', readonly=False)
    pharma_allocation_rounds = fields.Integer(
        related='company_id.pharma_allocation_rounds', readonly=False)
