from typing import NamedTuple

from odoo import api, models
from odoo.tools import SQL

from .pharma_access import CACHE_KEY


class Post(NamedTuple):
    """What a person is assigned to: territory, product line (none: all), from and to."""

    territory_id: int
    product_line_id: int
    date_from: object
    date_to: object

    def holds_on(self, day):
        """Whether the person held it on a day."""
        return self.date_from <= day and (not self.date_to or day <= self.date_to)


class PharmaAccess(models.AbstractModel):
    """Who sees what people do: calls, plans, reports."""

    _inherit = 'pharma.access'

    @api.model
    def _sees_all_people(self):
        """Whether the current user sees what everybody in his companies does."""
        return self.env.user.has_group('pharma_crm.group_pharma_crm_director')

    @api.model
    def _get_posts(self, users, days):
        """What people are assigned to at some time between days, the longest held first.

        :param users: ``res.users``
        :param days: dates
        :return: lists of :class:`Post` by id of the user
        :rtype: dict(int, list(Post))
        """
        self._flush()
        days = list(days)
        posts = {}
        if not users or not days:
            return posts
        for user_id, *post in self.env.execute_query(SQL(
                """ SELECT user_id, territory_id, product_line_id, date_from, date_to
                      FROM pharma_territory_assignment
                     WHERE user_id = ANY(%s) AND role != 'product_manager'
                       AND date_from <= %s AND (date_to IS NULL OR date_to >= %s)
                     ORDER BY date_from, id """, users.ids, max(days), min(days))):
            posts.setdefault(user_id, []).append(Post(*post))
        return posts

    @api.model
    def _team_sql(self, alias, mode):
        """Condition that a record with ``user_id``, ``territory_id`` and ``product_line_id`` is
        the current user's, or that of somebody he acts for or manages.

        :param str alias: of the model's table in the query
        :param str mode: 'read' or 'work': who manages a product reads what its line does
        :rtype: SQL
        """
        users, _territories = self._get_team(mode)
        return SQL("(%s = ANY(%s) OR %s)", SQL.identifier(alias, 'user_id'), users,
                   self._team_territory_sql(alias, mode))

    @api.model
    def _team_territory_sql(self, alias, mode):
        """Condition that a record belongs to a territory and product line that the current user,
        or whom he acts for, manages.

        :param str alias: of the model's table in the query
        :param str mode: as in :meth:`_team_sql`
        :rtype: SQL
        """
        territory = SQL.identifier(alias, 'territory_id')
        line = SQL.identifier(alias, 'product_line_id')
        conditions = []
        for line_id, territory_ids in self._get_team(mode)[1].items():
            within = SQL("%s = ANY(%s::int[])", territory, territory_ids)
            conditions.append(within if not line_id else SQL(
                "(%s AND (%s IS NULL OR %s = %s))", within, line, line, line_id))
        return SQL("(%s)", SQL(" OR ").join(conditions)) if conditions else SQL("FALSE")

    @api.model
    def _get_team(self, mode):
        """Whose records the current user sees or changes.

        As ids, not as sub-queries: the database knows how many records they are, and reads them by
        the territory or in the order of a list, whichever is less.

        :param str mode: 'read' or 'work'
        :return: ids of himself and those he acts for; ids of territories, as text, by product
            line, 0 for all lines
        :rtype: tuple(SQL, dict)
        """
        # A screen asks many times; a transaction sees what it saw at its start, and what it writes
        # itself makes it forget
        cache = self.env.cr.cache.setdefault(CACHE_KEY, {})
        key = 'team', self.env.uid, mode, self._get_today()
        if key not in cache:
            scope = self._managed_sql() if mode == 'work' else self._territories_sql(
                SQL("g.role != 'representative'"))
            rows = self.env.execute_query(SQL(
                """ SELECT NULL, ARRAY_AGG(DISTINCT u.user_id)::text
                      FROM (%s) AS u(user_id)
                 UNION ALL
                    SELECT COALESCE(s.product_line_id, 0),
                           ARRAY_AGG(DISTINCT s.territory_id)::text
                      FROM (%s) s GROUP BY 1 """, self._users_sql(), scope))
            users = next(ids for line, ids in rows if line is None)
            cache[key] = SQL("%s::int[]", users), {
                line: ids for line, ids in rows if line is not None}
        return cache[key]

    @api.model
    def _get_managed_users(self):
        """People whom the current user, or whom he acts for, manages today, without himself.

        :rtype: res.users
        """
        users = self.env['res.users']
        if self._sees_all_people():
            # sudo: people of his companies, whatever else he may read of users
            assignments = self.env['pharma.territory.assignment'].sudo().search([
                ('company_id', 'in', self.env.companies.ids), ('state', '=', 'current'),
                ('role', '!=', 'product_manager')])
            return (assignments.user_id - self.env.user).with_env(self.env)
        self._flush()
        return users.browse(id_ for id_, in self.env.execute_query(SQL(
            """ SELECT DISTINCT g.user_id
                  FROM (%s) scope
                  JOIN pharma_territory_assignment g ON g.territory_id = scope.territory_id
                       AND (g.product_line_id IS NULL OR scope.product_line_id IS NULL
                            OR g.product_line_id = scope.product_line_id)
                 WHERE g.role != 'product_manager' AND %s AND g.user_id != %s """,
            self._managed_sql(), self._valid_sql('g'), self.env.uid)))
