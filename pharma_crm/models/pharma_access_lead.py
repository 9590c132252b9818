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
        territory = SQL.identifier(alias, 'territory_id')
        return SQL(
            """ (%(user)s != ALL(ARRAY(%(users)s))
                 AND (%(territory)s = ANY(ARRAY(
                        SELECT s.territory_id FROM (%(scope)s) s
                         WHERE s.product_line_id IS NULL))
                      OR %(territory)s = ANY(ARRAY(
                        SELECT s.territory_id FROM (%(scope)s) s
                         WHERE s.product_line_id IS NOT NULL))
                     AND EXISTS (
                        SELECT FROM (%(scope)s) s
                         WHERE s.territory_id = %(territory)s
                           AND (%(line)s IS NULL OR s.product_line_id = %(line)s)))) """,
            user=SQL.identifier(alias, 'user_id'), users=self._users_sql(), territory=territory,
            scope=self._managed_sql(), line=SQL.identifier(alias, 'product_line_id'))
