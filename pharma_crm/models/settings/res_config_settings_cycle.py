from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    """Settings of call cycles."""

    _inherit = 'res.config.settings'

    pharma_cycle_auto = fields.Boolean(related='company_id.pharma_cycle_auto', readonly=False)
