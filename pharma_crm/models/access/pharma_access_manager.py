from odoo import api, models
from odoo.tools import SQL


class PharmaAccess(models.AbstractModel):
    """Who leads whom: where a report or a request goes."""

    _inherit = 'pharma.access'

    @api.model
    def _get_nearest_managers(self, users):
        """Who manages people today: the manager of the own territory, or else of the nearest above
        that has one, for all product lines or the same.

        :param users: ``res.users``
        :return: the nearest managers by id of the user, of users who have any
        :rtype: dict(int, res.users)
        """
        self._flush()
        managers = {}
        if not users:
            return managers
        today = self._get_today()
        # The longer the path of the managed territory, the nearer it is
        for user_id, manager_id in self.env.execute_query(SQL(
                """ SELECT user_id, manager_id FROM (
                        SELECT g.user_id, m.user_id AS manager_id,
                               rank() OVER (PARTITION BY g.user_id
                                                ORDER BY length(above.parent_path) DESC) AS place
                          FROM pharma_territory_assignment g
                          JOIN pharma_territory t ON t.id = g.territory_id
                          JOIN pharma_territory above
                               ON starts_with(t.parent_path, above.parent_path)
                          JOIN pharma_territory_assignment m ON m.territory_id = above.id
                           AND m.role = 'manager' AND m.user_id != g.user_id
                           AND m.date_from <= %(today)s
                           AND (m.date_to IS NULL OR m.date_to >= %(today)s)
                           AND (m.product_line_id IS NULL OR g.product_line_id IS NULL
                                OR m.product_line_id = g.product_line_id)
                          JOIN res_users u ON u.id = m.user_id AND u.active
                         WHERE g.user_id = ANY(%(users)s) AND g.role != 'product_manager'
                           AND g.date_from <= %(today)s
                           AND (g.date_to IS NULL OR g.date_to >= %(today)s)) ranked
                     WHERE place = 1
                     GROUP BY user_id, manager_id
                     ORDER BY user_id, manager_id """,
                today=today, users=users.ids)):
            managers[user_id] = managers.get(user_id, self.env['res.users']) | (
                self.env['res.users'].browse(manager_id))
        return managers

    @api.model
    def _get_deciders(self, user):
        """Who decides about what a person asks for: his managers; of the person at the top the
        directors.

        :param user: one ``res.users``
        :return: never the person himself
        :rtype: res.users
        """
        managers = self._get_nearest_managers(user).get(user.id)
        if managers:
            return managers
        # sudo: who they are is no secret to whoever asks them for something
        directors = self.env.ref('pharma_crm.group_pharma_crm_director').sudo().all_user_ids
        return directors.filtered(
            lambda one: one.active and one != user and self.env.company in one.company_ids
        ).with_env(self.env)

    @api.model
    def _may_decide(self, user):
        """Whether the current user decides about what a person asks for: he or whom he acts for
        manages him; nobody decides about himself.

        :param user: one ``res.users``
        :rtype: bool
        """
        return user != self.env.user and (
            self._sees_all_people() or user in self._get_managed_users())
