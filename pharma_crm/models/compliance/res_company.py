from odoo import api, fields, models


class ResCompany(models.Model):
    _inherit = 'res.company'

    # Off: the rules forbid sales tasks and the handling of money, not to know what was sold; and
    # nobody loses screens that he works with by an upgrade
    pharma_hide_figures = fields.Boolean(
        string="Hide Sales Figures and Receivables from Filed Representatives",
        groups='base.group_user',
        help="Medical representatives must not bear sales tasks, collect money or handle the "
             "papers of purchase and sale (rules on the filing of medical representatives)")

    @api.model_create_multi
    def create(self, vals_list):
        companies = super().create(vals_list)
        if any(vals.get('pharma_hide_figures') for vals in vals_list):
            companies._forget_figures()
        return companies

    def write(self, vals):
        result = super().write(vals)
        if 'pharma_hide_figures' in vals:
            self._forget_figures()
        return result

    def _forget_figures(self):
        """Who sees figures is asked anew, in all processes."""
        self.env.registry.clear_cache()
        self.env['pharma.access']._forget()
