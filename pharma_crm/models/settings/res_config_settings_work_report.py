from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = 'res.config.settings'

    pharma_report_hour = fields.Integer(
        related='company_id.pharma_report_hour', readonly=False)
    pharma_report_mail = fields.Boolean(
        related='company_id.pharma_report_mail', readonly=False)

    pharma_reminder_hour = fields.Integer(
        related='company_id.pharma_reminder_hour', readonly=False)
    pharma_reminder_cycle_days = fields.Integer(
        related='company_id.pharma_reminder_cycle_days', readonly=False)
    pharma_quality_limit = fields.Float(
        related='company_id.pharma_quality_limit', readonly=False)
    pharma_support_user_ids = fields.Many2many(
        related='company_id.pharma_support_user_ids', readonly=False)

    def action_pharma_reminders(self):
        """Open the company's defaults of reminders."""
        return self.env['pharma.reminder'].action_open_defaults()
