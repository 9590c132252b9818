from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = 'res.config.settings'

    pharma_change_new_customer = fields.Selection(
        related='company_id.pharma_change_new_customer', readonly=False)
    pharma_change_new_person = fields.Selection(
        related='company_id.pharma_change_new_person', readonly=False)
    pharma_change_facts = fields.Selection(
        related='company_id.pharma_change_facts', readonly=False)
    pharma_change_post = fields.Selection(
        related='company_id.pharma_change_post', readonly=False)
    pharma_change_close = fields.Selection(
        related='company_id.pharma_change_close', readonly=False)
