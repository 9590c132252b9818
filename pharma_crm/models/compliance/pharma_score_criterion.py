from odoo import api, fields, models

from ..access.pharma_access import CACHE_KEY


class PharmaScoreCriterion(models.Model):
    _inherit = 'pharma.score.criterion'

    counts_figures = fields.Boolean(
        compute='_compute_counts_figures',
        help="The points come from sales, invoices or what is owed: hidden from people filed as "
             "medical representatives where the company wants it")

    @api.depends('source', 'metric', 'field_path')
    def _compute_counts_figures(self):
        metrics = self._get_metrics()
        for criterion in self:
            if criterion.source == 'metric':
                metric = metrics.get(criterion.metric)
                criterion.counts_figures = bool(metric) and self.env[metric.model]._pharma_figures
            else:
                criterion.counts_figures = criterion._is_path_to_figure()

    def _is_path_to_figure(self):
        """Whether the path over fields leads to a figure or through a model of figures."""
        model = self.env['res.partner']
        for name in (self.field_path or '').split('.'):
            field = model._fields.get(name)
            if field is None:
                return False
            if name in model._get_figure_fields():
                return True
            if not field.relational:
                return False
            model = self.env[field.comodel_name]
            if model._pharma_figures:
                return True
        return False

    @api.model_create_multi
    def create(self, vals_list):
        criteria = super().create(vals_list)
        self.env.cr.cache.pop(CACHE_KEY, None)
        return criteria

    def write(self, vals):
        result = super().write(vals)
        self.env.cr.cache.pop(CACHE_KEY, None)
        return result
