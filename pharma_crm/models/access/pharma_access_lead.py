from odoo import api, models
from odoo.tools import SQL

# Who may review: a representative, if he acts for a manager
REVIEW_GROUP = 'pharma_crm.group_pharma_crm_representative'


class PharmaAccess(models.AbstractModel):
    """Who reviews what people do."""

    _inherit = 'pharma.access'

    @api.model
    def _lead_sql(self, alias):
        """Condition that a record with ``user_id``, ``territory_id`` and ``product_line_id`` is of
        somebody whom the current user manages: not his own, nor of whom he acts for.

        :param str alias: of the model's table in the query
        :rtype: SQL
        """
        users, _territories = self._get_team('work')
        return SQL("(%s != ALL(%s) AND %s)", SQL.identifier(alias, 'user_id'), users,
                   self._team_territory_sql(alias, 'work'))
