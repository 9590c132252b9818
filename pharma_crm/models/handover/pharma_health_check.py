from odoo import api, models

from ..setup.pharma_health_check import GOOD, LOOK, Check


class PharmaHealthCheck(models.Model):
    """Work that was left behind."""

    _inherit = 'pharma.health.check'

    @api.model
    def _get_health_checks(self):
        env = self.env
        return [
            *super()._get_health_checks(),
            Check('orphans', env._("People and Territories"), env._("Work without Owner"), env._(
                "Whoever has left, or has no territory any more, still owns it."), heavy=True),
        ]

    @api.model
    def _check_orphans(self):
        # sudo: figures; the list itself is for directors
        orphans = self.env['pharma.orphan'].sudo()
        mine = [('company_id', 'in', [False, *self.env.companies.ids])]
        count = orphans.search_count(mine)
        if not count:
            return self._result(GOOD, self.env._("All work has an owner who works here."))
        owners = len(orphans._read_group(mine, ['user_id']))
        return self._result(LOOK, self.env._(
            "%(count)s things of %(owners)s people have nobody.", count=count, owners=owners),
            [self._open_button(self.env._("Open the List"), 'pharma.orphan', [])])
