from odoo import models
from odoo.exceptions import AccessError

# Statements are added up by SQL: no rule of a record stands before them
STATEMENTS = 'partner_statement.'


class IrActionsReport(models.Model):
    _inherit = 'ir.actions.report'

    def _get_rendering_context(self, report, docids, data):
        """What a customer owes is on no paper for whoever sees no figures.

        :raise AccessError: for him
        """
        if ((report.report_name or '').startswith(STATEMENTS)
                and not self.env['pharma.access']._sees_figures()):
            raise AccessError(self.env._("Receivables are not shown to you."))
        return super()._get_rendering_context(report, docids, data)
