from odoo import api, models
from odoo.tools import SQL, ormcache

from ..access.pharma_access import CACHE_KEY

# Their work consists of figures, whatever else they do: a company that files one of them as a
# medical representative takes that on itself
FIGURE_GROUPS = (
    'pharma_crm.group_pharma_crm_director',
    'pharma_crm.group_pharma_crm_product_manager',
    'pharma_crm.group_pharma_crm_steward',
    'account.group_account_invoice',
    'account.group_account_readonly',
    'sales_team.group_sale_manager',
)


class PharmaAccess(models.AbstractModel):
    """Who sees sales figures and receivables: the one place that decides it.

    The rules on the filing of medical representatives forbid that these bear sales tasks, collect
    money or handle the papers of purchase and sale. A company may therefore hide what was sold,
    invoiced and owed from whoever is filed; all of the suite asks :meth:`_sees_figures`.

    How it works: a model of figures says ``_pharma_figures = True`` (nobody without figures has a
    record of it), or extends ``_pharma_figures_domain``; single fields stand in
    ``_pharma_figure_fields`` of a model that inherits ``pharma.figures.mixin``. Rules, views and
    menus follow from these.
    """

    _inherit = 'pharma.access'

    @api.model
    def _sees_figures(self):
        """Whether sales figures and receivables may be shown to the current user at all; of which
        customers is another question.

        What counts is the user, never the mode.

        :rtype: bool
        """
        companies = self._get_hiding_companies()
        if not companies:
            return True
        cache = self.env.cr.cache.setdefault(CACHE_KEY, {})
        key = 'figures', self.env.uid
        if key not in cache:
            cache[key] = not self._is_kept_from_figures(companies)
        return cache[key]

    @api.model
    def _is_kept_from_figures(self, companies):
        """Whether a filing keeps the current user from figures.

        A filing that has ended does so, too, until it is archived: the end of a filing is mostly a
        renewal that is late, and that its person suddenly saw more would be the wrong reward.

        :param companies: ids of the companies that hide figures
        """
        user = self.env.user
        if user.share or any(user.has_group(group) for group in self._get_figure_groups()):
            return False
        self.env['pharma.filing'].flush_model(['active', 'company_id', 'date_from', 'user_id'])
        [[filed]] = self.env.execute_query(SQL(
            """ SELECT EXISTS (
                    SELECT FROM pharma_filing
                     WHERE user_id = %s AND company_id = ANY(%s)
                       AND active AND date_from <= %s) """,
            self.env.uid, list(companies), self._get_today()))
        return filed

    @api.model
    def _get_figure_groups(self):
        """Groups of users whose work consists of figures; extended by the other addons.

        :rtype: list(str)
        """
        return list(FIGURE_GROUPS)

    @api.model
    @ormcache()
    def _get_hiding_companies(self):
        """Ids of the companies that hide figures from whom they filed.

        :rtype: tuple(int)
        """
        # sudo: also those that the current user does not work in
        companies = self.env['res.company'].sudo()
        return tuple(companies.search([('pharma_hide_figures', '=', True)]).ids)

    @api.model
    def _shows(self, model):
        """Whether a model has anything to show to the current user: he may read it, and it is not
        one of figures that are hidden from him.

        :param str model: its name
        :rtype: bool
        """
        records = self.env[model]
        return records.has_access('read') and (
            not records._pharma_figures or self._sees_figures())

    @api.model
    def _get_figure_actions(self):
        """XML ids of actions that show figures, as far as their model does not say so; extended by
        the other addons.

        :rtype: list(str)
        """
        return []
