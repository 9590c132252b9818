from odoo import api, models
from odoo.tools import SQL


class PharmaAccess(models.AbstractModel):
    """Who is above a person, and decides about what he asks for."""

    _inherit = 'pharma.access'

    @api.model
    def _get_managers(self, user):
        """Who manages a person today, the nearest only; of the person at the top the directors.

        :param user: one ``res.users``
        :return: users of the current company, never the person himself
        :rtype: res.users
        """
        self._flush()
        rows = self.env.execute_query(SQL(
            """ SELECT boss.user_id, length(above.parent_path)
                  FROM pharma_territory_assignment mine
                  JOIN pharma_territory own ON own.id = mine.territory_id
                  JOIN pharma_territory above ON starts_with(own.parent_path, above.parent_path)
                  JOIN pharma_territory_assignment boss ON boss.territory_id = above.id
                       AND (boss.product_line_id IS NULL OR mine.product_line_id IS NULL
                            OR boss.product_line_id = mine.product_line_id)
                 WHERE mine.user_id = %(user)s AND mine.role != 'product_manager'
                   AND boss.role = 'manager' AND boss.user_id != %(user)s
                   AND own.company_id = %(company)s AND %(mine)s AND %(boss)s
                 ORDER BY 2 DESC """,
            user=user.id, company=self.env.company.id, mine=self._valid_sql('mine'),
            boss=self._valid_sql('boss')))
        if rows:
            return self.env['res.users'].browse(
                {user_id for user_id, depth in rows if depth == rows[0][1]}).filtered('active')
        # sudo: who they are is no secret to whoever asks them for something
        directors = self.env.ref('pharma_crm.group_pharma_crm_director').sudo().all_user_ids
        return directors.filtered(
            lambda one: one.active and one != user and self.env.company in one.company_ids
        ).with_env(self.env)

    @api.model
    def _may_decide(self, user):
        """Whether the current user decides about what a person asks for: he or whom he acts for
        manages him, or he is a director; nobody decides about himself.

        :param user: one ``res.users``
        :rtype: bool
        """
        return user != self.env.user and (
            self._sees_all_people() or user in self._get_managed_users())
