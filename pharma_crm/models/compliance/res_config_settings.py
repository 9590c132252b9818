from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = 'res.config.settings'

    pharma_hide_figures = fields.Boolean(related='company_id.pharma_hide_figures', readonly=False)
