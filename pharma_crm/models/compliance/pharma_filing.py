from odoo import api, models


class PharmaFiling(models.Model):
    """Whoever is filed may lose the sight of figures, at once."""

    _inherit = 'pharma.filing'

    @api.model_create_multi
    def create(self, vals_list):
        filings = super().create(vals_list)
        self.env['pharma.access']._forget()
        return filings

    def write(self, vals):
        result = super().write(vals)
        self.env['pharma.access']._forget()
        return result

    def unlink(self):
        result = super().unlink()
        self.env['pharma.access']._forget()
        return result
