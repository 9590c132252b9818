from datetime import datetime

import pytz

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..customer.res_partner import PERSON_GROUP, PERSON_TYPES
from ..territory.pharma_alignment import OPEN_TYPES

# Who sees and works on all customers of his companies.
ALL_GROUPS = (
    'pharma_crm.group_pharma_crm_director',
    'pharma_crm.group_pharma_crm_steward',
)
# The roles of assignments that go with responsibility; product managers only read.
WORKING_ROLES = ('representative', 'manager')
CACHE_KEY = 'pharma_visible'


class PharmaAccess(models.AbstractModel):
    """Who sees which customers: the one place that decides it.

    What counts is the user, never the mode: record rules are evaluated in superuser mode. Dates
    are compared with today at the time of the question, since the domain of a rule is cached
    without a date. Two modes: 'read', and 'work' for what a user may also change.
    """

    _name = 'pharma.access'
    _description = "Access to Customers"

    # === WHO === #

    @api.model
    def _get_today(self):
        """Today's date in the time zone of the company.

        :rtype: datetime.date
        """
        return datetime.now(pytz.timezone(self._get_zone())).date()

    @api.model
    def _get_zone(self):
        """The name of the time zone of the company: of its working hours; where nobody chose one
        (Odoo leaves UTC), of its address or country.

        :rtype: str
        """
        company = self.env.company.sudo()
        chosen = company.resource_calendar_id.tz
        if chosen and chosen != 'UTC':
            return chosen
        zones = pytz.country_timezones.get(company.country_id.code or '', ())
        return company.partner_id.tz or (zones[0] if zones else 'Asia/Shanghai')

    @api.model
    def _sees_all(self):
        """Whether the current user sees and works on all customers of his companies."""
        return any(self.env.user.has_group(group) for group in ALL_GROUPS)

    @api.model
    def _get_company_groups(self):
        """Groups of users who need every organisation for their work, whoever looks after it;
        extended by the other addons of the suite.

        :rtype: list(str)
        """
        return [
            'pharma_crm.group_pharma_crm_service',
            'account.group_account_invoice', 'account.group_account_readonly',
        ]

    @api.model
    def _sees_companies(self):
        """Whether the current user sees all organisations, but of persons only his own: sales,
        accounting, stock and service.
        """
        user = self.env.user
        return not user.has_group(PERSON_GROUP) or any(
            user.has_group(group) for group in self._get_company_groups())

    @api.model
    def _aligns_all(self):
        """Whether the current user divides all customers of his companies among territories."""
        return self.env.user.has_group('pharma_crm.group_pharma_crm_director')

    @api.model
    def _works_by_himself(self, partners):
        """Whether the current user is responsible for all these customers, not by a share.

        :param partners: customers
        """
        # Not stewards: they put masters right, and give nobody rights
        if self.env.user.has_group('pharma_crm.group_pharma_crm_director'):
            return True
        entities = partners.sudo().commercial_partner_id
        rows = self.env.execute_query(SQL(
            "SELECT count(*) FROM res_partner WHERE id = ANY(%s) AND id = ANY(ARRAY(%s))",
            entities.ids, self._aligned_sql('work')))
        return rows[0][0] == len(entities)

    # === SQL === #

    @api.model
    def _flush(self):
        """What was just written counts in the statements below."""
        for model in ('pharma.territory', 'pharma.territory.assignment', 'pharma.alignment',
                      'pharma.delegation', 'pharma.share', 'pharma.affiliation'):
            self.env[model].flush_model()
        self.env['res.partner'].flush_model(
            ['commercial_partner_id', 'company_id', 'parent_id', 'partner_share', 'pharma_type',
             'territory_id'])

    @api.model
    def _valid_sql(self, alias):
        """Condition that a row with dates holds today."""
        today = self._get_today()
        date_from, date_to = SQL.identifier(alias, 'date_from'), SQL.identifier(alias, 'date_to')
        return SQL("%s <= %s AND (%s IS NULL OR %s >= %s)",
                   date_from, today, date_to, date_to, today)

    @api.model
    def _users_sql(self):
        """Query of the ids of the current user and those he acts for today."""
        return SQL(
            "SELECT %(user)s::int UNION ALL SELECT d.user_id FROM pharma_delegation d"
            " WHERE d.delegate_id = %(user)s AND %(valid)s",
            user=self.env.uid, valid=self._valid_sql('d'))

    @api.model
    def _scope_sql(self, mode):
        """Query of the territories of the current user: those he is assigned to, as manager with
        all below, and those of people he acts for.

        :param str mode: 'read' or 'work'
        :return: query of ``(territory_id, product_line_id)``; no line: all lines
        :rtype: SQL
        """
        return self._territories_sql(
            SQL("TRUE") if mode == 'read' else SQL("g.role = ANY(%s)", list(WORKING_ROLES)))

    @api.model
    def _territories_sql(self, roles):
        """Query of the territories that the current user, or whom he acts for, is assigned to.

        :param SQL roles: condition on the assignment ``g``
        :return: query of ``(territory_id, product_line_id)``; no line: all lines
        :rtype: SQL
        """
        return SQL(
            """ SELECT below.id AS territory_id, g.product_line_id
                  FROM pharma_territory_assignment g
                  JOIN pharma_territory top ON top.id = g.territory_id
            CROSS JOIN LATERAL (
                       SELECT top.id
                        UNION ALL
                       SELECT child.id FROM pharma_territory child
                        WHERE g.role != 'representative' AND child.id != top.id
                          AND starts_with(child.parent_path, top.parent_path)) below
                 WHERE g.user_id = ANY(ARRAY(%(users)s)) AND %(valid)s AND %(roles)s """,
            users=self._users_sql(), valid=self._valid_sql('g'), roles=roles)

    @api.model
    def _managed_sql(self):
        """Query of the territories that the current user manages today, with all below.

        :return: query of ``(territory_id, product_line_id)``; no line: all lines
        :rtype: SQL
        """
        return self._territories_sql(SQL("g.role = 'manager'"))

    @api.model
    def _get_managed(self):
        """What the current user may divide among territories: pairs ``(territory id, line id)``, 0
        for all lines; None: everything in his companies.

        :rtype: set(tuple(int, int)) or None
        """
        if self._aligns_all():
            return None
        self._flush()
        return {(territory, line or 0)
                for territory, line in self.env.execute_query(self._managed_sql())}

    @api.model
    def _aligned_sql(self, mode):
        """Query of the ids of hospitals and other customers in the territories of the current
        user, and of those he entered himself that nobody has aligned yet.
        """
        return SQL(
            "SELECT aligned.partner_id FROM (%s) aligned UNION ALL (%s)",
            self._aligned_lines_sql(mode), self._entered_sql())

    @api.model
    def _entered_sql(self):
        """Query of the ids of customers that the current user entered and nobody has aligned yet:
        he has to see what he has just saved.
        """
        return SQL(
            """ SELECT own.id
                  FROM res_partner own
                 WHERE own.create_uid = %s AND own.territory_id IS NULL
                   AND own.pharma_type IS NOT NULL AND own.commercial_partner_id = own.id
                   AND own.pharma_type NOT IN %s
                   AND NOT EXISTS (
                       SELECT FROM pharma_alignment other WHERE other.partner_id = own.id) """,
            self.env.uid, OPEN_TYPES)

    @api.model
    def _aligned_lines_sql(self, mode):
        """Query of the customers in the territories of the current user, with the product lines
        that are his there.

        :param str mode: 'read' or 'work'
        :return: query of ``(partner_id, product_line_id)``; no line: all lines
        :rtype: SQL
        """
        return SQL(
            """ SELECT a.partner_id, COALESCE(a.product_line_id, scope.product_line_id)
                           AS product_line_id
                  FROM (%s) scope
                  JOIN pharma_alignment a ON a.territory_id = scope.territory_id
                 WHERE %s
                   AND (a.product_line_id = scope.product_line_id
                        OR a.product_line_id IS NULL OR scope.product_line_id IS NULL) """,
            self._scope_sql(mode), self._valid_sql('a'))

    @api.model
    def _shared_sql(self, mode):
        """Query of the ids of the customers shared with the current user."""
        modes = ['work'] if mode == 'work' else ['read', 'work']
        return SQL(
            "SELECT s.partner_id FROM pharma_share s WHERE s.user_id = %s AND s.mode = ANY(%s)"
            " AND s.partner_id IS NOT NULL AND %s",
            self.env.uid, modes, self._valid_sql('s'))

    @api.model
    def _get_visible(self, mode):
        """The customers of the current user, for users with territories.

        :param str mode: 'read' or 'work'
        :return: how many hospitals and other customers he sees with all below, and their ids;
            ids of contacts that he sees one by one, None without any: persons with another post at
            one of these, and departments and persons shared with him
        :rtype: tuple[int, SQL, SQL or None]
        """
        self._flush()
        # A screen asks many times; a transaction sees what it saw at its start, and what it writes
        # itself makes it forget
        cache = self.env.cr.cache.setdefault(CACHE_KEY, {})
        key = self.env.uid, mode, self._get_today()
        if key not in cache:
            cache[key] = self._read_visible(mode)
        return cache[key]

    @api.model
    def _forget(self):
        """What a user sees may have changed in this transaction."""
        self.env.cr.cache.pop(CACHE_KEY, None)
        self.env['res.partner'].invalidate_model(['pharma_access', 'pharma_work'], flush=False)

    @api.model
    def _read_visible(self, mode):
        """Ask the database what ``_get_visible`` returns."""
        # As texts, since a screen of a manager asks dozens of times with the same thousands of ids
        [[count, entities, contacts]] = self.env.execute_query(SQL(
            """ WITH shared AS (%(shared)s), entity AS MATERIALIZED (
                    SELECT partner_id FROM (%(aligned)s) aligned
                     UNION SELECT partner_id FROM shared
                ), contact AS (
                    SELECT f.person_id AS id
                      FROM pharma_affiliation f JOIN entity ON entity.partner_id = f.hospital_id
                     WHERE f.is_primary IS NOT TRUE
                       AND (f.date_from IS NULL OR f.date_from <= %(today)s)
                       AND (f.date_to IS NULL OR f.date_to >= %(today)s)
                     UNION ALL
                    SELECT p.id FROM res_partner p JOIN shared
                        ON p.id = shared.partner_id OR p.parent_id = shared.partner_id)
                SELECT (SELECT count(*) FROM entity),
                       (SELECT array_agg(partner_id)::text FROM entity),
                       (SELECT array_agg(id)::text FROM contact) """,
            aligned=self._aligned_sql(mode), shared=self._shared_sql(mode),
            today=self._get_today()))
        return count, SQL("%s::int[]", entities or '{}'), contacts and SQL("%s::int[]", contacts)

    @api.model
    def _count_visible(self):
        """How many customers the current user sees, hospitals as a whole; None: all, or at least
        all organisations.
        """
        if self._sees_all() or self._sees_companies():
            return None
        return self._get_visible('read')[0]

    @api.model
    def _search_name_sql(self, alias):
        """Condition that a name may be that of a contact whom the current user sees; None where
        most are. It spares the records themselves: their own rule decides on what is left.

        :param str alias: of ``pharma_search_name`` in the query
        :rtype: SQL or None
        """
        if self._count_visible() is None:
            return None
        _count, entities, contacts = self._get_visible('read')
        owner = SQL.identifier(alias, 'owner')
        conditions = [SQL("%s = 0", owner), SQL("%s = ANY(%s)", owner, entities),
                      SQL("%s = ANY(ARRAY(%s))", owner, self._entered_sql())]
        if contacts:
            conditions.append(SQL("%s = ANY(%s)", SQL.identifier(alias, 'res_id'), contacts))
        return SQL("(%s)", SQL(" OR ").join(conditions))

    @api.model
    def _partner_sql(self, alias, mode, trade=True):
        """Condition that the current user sees a contact, for users with territories.

        Each part has an index of its own, so that the database joins bitmaps of them. Ids, since a
        sub-query beside OR would make it scan the table; and it looks ids up by their hash where
        it has rows already.

        :param str alias: of ``res_partner`` in the query
        :param str mode: 'read' or 'work'
        :param bool trade: also groups, distributors, manufacturers, which are nobody's
        :rtype: SQL
        """
        _count, entities, contacts = self._get_visible(mode)
        kind = SQL.identifier(alias, 'pharma_type')
        entity = SQL.identifier(alias, 'commercial_partner_id')
        conditions = [
            SQL("%s IS NULL OR %s IN %s", kind, kind, OPEN_TYPES) if trade
            else SQL("%s IS NULL", kind),
            SQL("%s = ANY(%s)", entity, entities),
            # Not among the ids, which are read once: it may have been entered since
            SQL("%s = ANY(ARRAY(%s))", entity, self._entered_sql()),
        ]
        if contacts:
            conditions.append(SQL("%s = ANY(%s)", SQL.identifier(alias, 'id'), contacts))
        if self._sees_companies():
            conditions.append(self._company_sql(alias))
        return SQL("(%s)", SQL(" OR ").join(conditions))

    @api.model
    def _company_sql(self, alias):
        """Condition that a contact is neither department nor person."""
        kind = SQL.identifier(alias, 'pharma_type')
        return SQL("(%s IS NULL OR %s NOT IN %s)", kind, kind, PERSON_TYPES)

    @api.model
    def _companies_sql(self, alias):
        """Condition that a contact belongs to no company, or to one of those the user works in, as
        Odoo's own rule on contacts has it.
        """
        company = SQL.identifier(alias, 'company_id')
        return SQL("(%s IS NULL OR %s = ANY(%s) OR %s IS NOT TRUE)", company, company,
                   self.env.companies.sudo().parent_ids.ids,
                   SQL.identifier(alias, 'partner_share'))

    # === DOMAINS === #

    @api.model
    def _partner_domain(self, mode):
        """Domain on ``res.partner`` of what the current user sees or works on.

        Whoever sees all gets no condition at all: a sub-query would cost a scan of the table. Who
        works by territories reads groups, distributors and manufacturers, others keep them.

        :param str mode: 'read' or 'work'
        :rtype: Domain
        """
        user = self.env.user
        if self._sees_all():
            return Domain.TRUE
        if not user.has_group(PERSON_GROUP):
            visible = Domain('pharma_type', '=', False) | Domain(
                'pharma_type', 'not in', PERSON_TYPES)
            if not user._is_internal():
                # A portal user is a contact of his company himself
                visible |= Domain('id', '=', user.partner_id.id)
            return visible
        return Domain.custom(
            to_sql=lambda model, alias, query: self._partner_sql(alias, mode, mode == 'read'))

    @api.model
    def _responsible_domain(self):
        """Domain on ``res.partner`` of the customers that the current user is responsible for by
        his territories, with all below: not what is shared with him.

        :rtype: Domain
        """
        self._flush()
        return Domain.custom(to_sql=lambda model, alias, query: SQL(
            "%s = ANY(ARRAY(%s))", SQL.identifier(alias, 'commercial_partner_id'),
            self._aligned_sql('work')))

    @api.model
    def _link_domain(self, columns, lead=None, groups=(), mode='read', companies=False):
        """Domain on a model whose records link customers: none of them is hidden.

        :param columns: stored many2one columns to ``res.partner``
        :param lead: column of the id of an opportunity; one that is shared with the user is
            visible with its hidden customer
        :param groups: XML ids of groups that see all records
        :param str mode: 'read', or 'work': none of them is closed to the user's changes
        :param bool companies: customers of other companies are hidden too, whoever asks
        :rtype: Domain
        """
        visible = self._link_sql('p', groups, mode, companies)
        if not visible:
            return Domain.TRUE

        def to_sql(model, alias, query):
            conditions = [SQL(
                "(%(column)s IS NULL OR EXISTS (SELECT FROM res_partner p"
                " WHERE p.id = %(column)s AND %(visible)s))",
                column=SQL.identifier(alias, column), visible=visible) for column in columns]
            condition = SQL(" AND ").join(conditions)
            if lead:
                condition = SQL(
                    "((%s) OR %s = ANY(ARRAY(%s)))", condition, SQL.identifier(alias, lead),
                    self._shared_leads_sql(mode))
            return condition

        return Domain.custom(to_sql=to_sql)

    @api.model
    def _link_sql(self, alias, groups=(), mode='read', companies=False):
        """Condition that a contact may be named to the current user by a record that links it; None
        for whoever sees all. Parameters as in :meth:`_link_domain`.

        :param str alias: of ``res_partner`` in the query
        """
        conditions = [self._companies_sql(alias)] if companies else []
        if not (self._sees_all() or any(self.env.user.has_group(group) for group in groups)):
            conditions.append(self._visible_sql(alias, mode))
        if not conditions:
            return None
        self._flush()
        return SQL("(%s)", SQL(" AND ").join(conditions))

    @api.model
    def _visible_sql(self, alias, mode):
        """Condition that the current user, who does not see all, sees a contact.

        :param str alias: of ``res_partner`` in the query
        :param str mode: 'read' or 'work'
        :rtype: SQL
        """
        user = self.env.user
        if user.has_group(PERSON_GROUP):
            return self._partner_sql(alias, mode)
        if user._is_internal():
            return self._company_sql(alias)
        # The documents of a hospital's departments are those of its portal users as well; that
        # they see no others is up to Odoo's rules
        return SQL("(%s OR %s = %s)", self._company_sql(alias),
                   SQL.identifier(alias, 'commercial_partner_id'), user.commercial_partner_id.id)

    @api.model
    def _hidden_sql(self, alias, groups=(), companies=False):
        """Condition that a contact is hidden from the current user; None if none is. Parameters
        as in :meth:`_link_domain`.

        :param str alias: of ``res_partner`` in the query
        """
        visible = self._link_sql(alias, groups, companies=companies)
        return visible and SQL("NOT %s", visible)

    @api.model
    def _shared_leads_sql(self, mode):
        """Query of the ids of the opportunities shared with the current user."""
        modes = ['work'] if mode == 'work' else ['read', 'work']
        return SQL(
            "SELECT s.lead_id FROM pharma_share s WHERE s.user_id = %s AND s.mode = ANY(%s)"
            " AND s.lead_id IS NOT NULL AND %s",
            self.env.uid, modes, self._valid_sql('s'))
