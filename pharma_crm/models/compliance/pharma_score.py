from odoo import api, models
from odoo.fields import Domain

from ..access.pharma_access import CACHE_KEY


class PharmaScore(models.Model):
    """Scores that were made of sales or money say what these are."""

    _inherit = 'pharma.score'

    @api.model
    def _pharma_figures_domain(self):
        return self.env['pharma.score.model']._get_factual_domain()

    @api.model
    def _get_hidden_models(self):
        """Ids of the score models whose scores are hidden from the current user.

        :rtype: set(int)
        """
        if self.env['pharma.access']._sees_figures():
            return set()
        return self.env['pharma.score.model']._get_figure_ids()


class PharmaScoreHistory(models.Model):
    _inherit = 'pharma.score.history'

    @api.model
    def _pharma_figures_domain(self):
        return self.env['pharma.score.model']._get_factual_domain()


class PharmaScoreModel(models.Model):
    _inherit = 'pharma.score.model'

    @api.model
    def _get_figure_ids(self):
        """The models that count sales, invoices or what is owed, archived ones too.

        :rtype: set(int)
        """
        cache = self.env.cr.cache.setdefault(CACHE_KEY, {})
        if 'figure_models' not in cache:
            # sudo: how customers are graded is no secret, and of all companies
            criteria = self.env['pharma.score.criterion'].sudo().search([
                ('weight', '!=', 0), ('model_id.active', 'in', [True, False])])
            cache['figure_models'] = set(criteria.filtered('counts_figures').model_id.ids)
        return cache['figure_models']

    @api.model
    def _get_factual_domain(self):
        """Scores that nothing hides, for whoever sees no figures."""
        if self.env['pharma.access']._sees_figures():
            return Domain.TRUE
        return Domain('model_id', 'not in', list(self._get_figure_ids()))
