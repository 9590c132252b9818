from odoo import api, models
from odoo.tools import SQL

from ...tools.rights import (
    Alignment,
    Assignment,
    Customer,
    Delegation,
    Facts,
    Post,
    Share,
    User,
    visible_customers,
)
from ..customer.res_partner import PERSON_GROUP
from .pharma_health_check import BAD, GOOD, LOOK

# Users of each role whose rights are worked out a second time
SAMPLE = 3
NAMED = 5
ALL_ROLES = (
    'pharma_crm.group_pharma_crm_director', 'pharma_crm.group_pharma_crm_steward',
    'pharma_crm.group_pharma_crm_admin',
)


class PharmaHealthCheck(models.Model):
    """The self-test of rights."""

    _inherit = 'pharma.health.check'

    @api.model
    def _check_rights(self):
        users = self._get_rights_sample()
        if not users:
            return self._result(LOOK, self.env._("There is nobody to compare yet."))
        facts = self._get_rights_facts()
        wrong = []
        for user in users:
            for work in (False, True):
                surplus, missing = self._compare_rights(user, facts, work)
                if surplus or missing:
                    wrong.append((user, surplus, missing))
                    break
        if not wrong:
            return self._result(GOOD, self.env._(
                "%(users)s users of all roles compared over %(customers)s customers: all see what"
                " they should.", users=len(users), customers=len(facts.customers)))
        return self._result(BAD, self.env._(
            "%(wrong)s of %(users)s users see other customers than they should: %(names)s",
            wrong=len(wrong), users=len(users), names=", ".join(self.env._(
                "%(name)s (%(surplus)s too many, %(missing)s too few)",
                name=user.name, surplus=len(surplus), missing=len(missing))
                for user, surplus, missing in wrong[:NAMED])), [self._open_button(
                    self.env._("Open Users"), 'res.users',
                    [('id', 'in', [user.id for user, *_sets in wrong])])])

    # === SAMPLE === #

    @api.model
    def _get_rights_sample(self):
        """Some users of each role, every day other ones, and some for whom others act or share.

        :return: active internal users, as superuser
        """
        # sudo: only administrators of Odoo read who has which group
        users = self.env['res.users'].sudo()
        day = self.env['pharma.access']._get_today().toordinal()
        sample = users
        for group in self.env['pharma.setup.import']._get_role_groups():
            members = users.search(
                [('group_ids', 'in', group.ids), ('share', '=', False)], order='id')
            sample |= self._pick(members, day)
        for model, name in (('pharma.delegation', 'delegate_id'), ('pharma.share', 'user_id')):
            rows = self.env[model].sudo().search([('state', '=', 'current')])
            sample |= self._pick(rows[name].filtered('active').sorted('id'), day)
        return sample.filtered(lambda user: not user._is_superuser())

    @api.model
    def _pick(self, users, day):
        start = day * SAMPLE % len(users) if users else 0
        return (users[start:] + users[:start])[:SAMPLE]

    # === COMPARISON === #

    @api.model
    def _compare_rights(self, user, facts, work):
        """Compare what the record rule gives a user with what the tables say.

        :param user: a user
        :param Facts facts: the tables
        :param bool work: what he works on, not what he sees
        :return: ids that he sees and should not, ids that he should see and does not
        :rtype: tuple[set, set]
        """
        env = self.env(user=user.id, su=False, context={
            'allowed_company_ids': (user.company_id | user.company_ids).ids,
            'active_test': False})
        env['pharma.access']._forget()  # the database is asked, not what was read before
        domain = [('pharma_type', '!=', False)]
        if work:
            domain.append(('pharma_work', '=', True))
        visible = set(env['res.partner']._search(domain).get_result_ids())
        expected = visible_customers(
            self._get_rights_user(user), facts, env['pharma.access']._get_today(), work)
        return visible - expected, expected - visible

    @api.model
    def _get_rights_user(self, user):
        companies = user.company_ids
        while companies.parent_id - companies:
            companies |= companies.parent_id
        persons = user.has_group(PERSON_GROUP)
        return User(
            user.id,
            sees_all=any(user.has_group(group) for group in ALL_ROLES),
            has_persons=persons,
            sees_companies=not persons or any(
                user.has_group(group)
                for group in self.env['pharma.access']._get_company_groups()),
            company_ids=frozenset(companies.ids))

    # === TABLES === #

    @api.model
    def _get_rights_facts(self):
        """All rows of the tables that decide who sees what, of all times and companies.

        :rtype: Facts
        """
        self.env['pharma.access']._flush()
        self.env['res.partner'].flush_model(['company_id', 'create_uid'])
        return Facts(
            customers=self._read_rows(Customer, SQL(
                "SELECT id, pharma_type, commercial_partner_id, COALESCE(parent_id, 0),"
                " COALESCE(create_uid, 0), COALESCE(company_id, 0) FROM res_partner"
                " WHERE pharma_type IS NOT NULL")),
            superiors=dict(self.env.execute_query(SQL(
                "SELECT id, COALESCE(parent_id, 0) FROM pharma_territory"))),
            assignments=self._read_rows(Assignment, SQL(
                "SELECT user_id, territory_id, role, COALESCE(product_line_id, 0), date_from,"
                " date_to FROM pharma_territory_assignment")),
            alignments=self._read_rows(Alignment, SQL(
                "SELECT partner_id, territory_id, COALESCE(product_line_id, 0), date_from, date_to"
                " FROM pharma_alignment")),
            delegations=self._read_rows(Delegation, SQL(
                "SELECT user_id, delegate_id, date_from, date_to FROM pharma_delegation")),
            shares=self._read_rows(Share, SQL(
                "SELECT partner_id, user_id, mode, date_from, date_to FROM pharma_share"
                " WHERE partner_id IS NOT NULL")),
            posts=self._read_rows(Post, SQL(
                "SELECT person_id, hospital_id, date_from, date_to FROM pharma_affiliation"
                " WHERE is_primary IS NOT TRUE AND hospital_id IS NOT NULL")),
        )

    @api.model
    def _read_rows(self, kind, query):
        return [kind(*row) for row in self.env.execute_query(query)]
