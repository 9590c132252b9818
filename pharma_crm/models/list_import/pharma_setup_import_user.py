from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from ...tools.list_table import word_key
from ...tools.user_list import find_table, read_rows, secret_title
from ...tools.user_plan import PERSON_FIELDS, Person, Post, Role, UserPlan

# Role of the suite -> what it is in the territories that a list names
ROLE_POSTS = {
    'pharma_crm.group_pharma_crm_representative': 'representative',
    'pharma_crm.group_pharma_crm_area_manager': 'manager',
    'pharma_crm.group_pharma_crm_product_manager': 'product_manager',
    'pharma_crm.group_pharma_crm_director': 'manager',
}
# Usual words for roles beside their names
ROLE_WORDS = {
    'pharma_crm.group_pharma_crm_representative': ('医药代表', '代表', '业务员', 'rep', 'mr'),
    'pharma_crm.group_pharma_crm_area_manager': (
        '地区经理', '区域经理', '大区经理', '省区经理', '主管', 'manager'),
    'pharma_crm.group_pharma_crm_product_manager': ('产品经理', 'pm'),
    'pharma_crm.group_pharma_crm_steward': ('信息专员', '数据专员', '数据管理员', 'steward'),
    'pharma_crm.group_pharma_crm_service': ('服务', '客服', '服务专员'),
    'pharma_crm.group_pharma_crm_director': ('总监', '销售总监'),
    'pharma_crm.group_pharma_crm_admin': ('管理员', 'admin'),
}
# Who has one of these is never touched by a list
SYSTEM_GROUPS = ('base.group_system', 'base.group_erp_manager')


class PharmaSetupImport(models.Model):
    """Lists of users with role and territory: reading them and deciding."""

    _inherit = 'pharma.setup.import'

    def _make_user_plan(self):
        """Read the file and decide about all rows.

        :rtype: UserPlan
        """
        tables = self._read_tables(find_table, self._get_user_columns(), self.env._(
            "No list of users was found in %s. One row must name the columns, for example 登录名,"
            " 姓名, 邮箱, 角色, 辖区; the template shows how.", self.name))
        for sheet, table in tables:
            title = secret_title(table)
            if title:
                raise UserError(self.env._(
                    "The sheet %(sheet)s of %(file)s has a column \"%(title)s\": delete it and"
                    " upload the file again. Passwords do not belong in files, people choose their"
                    " own by the invitation.", sheet=sheet, file=self.name, title=title))
        roles, words = self._get_roles()
        rows = [row for sheet, table in tables for row in read_rows(table, words, sheet)]
        plan = UserPlan(
            self._get_people(rows), roles, self._get_places(), self._get_posts(),
            self._get_company_today())
        for row in rows:
            plan.add(row)
        plan.finish()
        return plan

    def _get_user_columns(self):
        """{column of the engine: what people call it}"""
        env = self.env
        return {
            'login': env._("Login"), 'name': env._("Name"), 'email': env._("E-mail"),
            'phone': env._("Phone"), 'role': env._("Role"), 'territory': env._("Territory"),
            'line': env._("Product Line"), 'post': env._("Role in the Territory"),
            'date_from': env._("From"), 'date_to': env._("To"),
        }

    # === WHAT THERE IS === #

    @api.model
    def _get_role_groups(self):
        """The roles of the suite, of all its installed addons; no other group is ever given or
        taken by a list.

        :return: groups in the order of their privileges
        """
        category = self.env.ref('pharma_crm.module_category_pharma')
        # sudo: only administrators of Odoo read all about groups
        return self.env['res.groups'].sudo().search(
            [('privilege_id.category_id', '=', category.id)]).sorted(
            lambda group: (group.privilege_id.sequence, group.sequence, group.id))

    @api.model
    def _get_roles(self):
        """Roles as the engine knows them, and the words for them.

        Nobody gives a role that he does not have, unless he administers the users of Odoo.

        :return: list of Role, {word: key of the role}
        """
        groups = self._get_role_groups()
        xmlids = groups.get_external_id()
        author = self.env.user
        free = author.has_group('base.group_erp_manager')
        roles = [
            Role(group.id, group.name, ROLE_POSTS.get(xmlids[group.id], ''),
                 free or group in author.all_group_ids)
            for group in groups]
        words = {}
        languages = [code for code, _name in self.env['res.lang'].get_installed()]
        for group in groups:
            for language in languages:
                translated = group.with_context(lang=language)
                privilege = translated.privilege_id.name
                for word in (translated.name, f'{privilege}{translated.name}',
                             f'{privilege}/{translated.name}'):
                    words.setdefault(word_key(word), group.id)
            for word in ROLE_WORDS.get(xmlids[group.id], ()):
                words.setdefault(word_key(word), group.id)
        return roles, words

    def _get_people(self, rows):
        """The users whom the rows may mean, archived ones and customers' logins too.

        :param rows: list of user_list.Row
        :rtype: list[Person]
        """
        logins = {row.values[name].casefold() for row in rows if not row.skipped
                  for name in ('login', 'email') if row.values.get(name)}
        self.env['res.users'].flush_model(['login'])
        self.env['res.partner'].flush_model(['email'])
        ids = [row[0] for row in self.env.execute_query(SQL(
            "SELECT u.id FROM res_users u JOIN res_partner p ON p.id = u.partner_id"
            " WHERE lower(u.login) = ANY(%(logins)s) OR lower(p.email) = ANY(%(logins)s)",
            logins=list(logins)))]
        # sudo: a login is taken whoever has it; what lists may change is decided here
        users = self.env['res.users'].sudo().with_context(active_test=False).browse(ids)
        suite = self._get_role_groups()
        author = self.env.user
        free = author.has_group('base.group_erp_manager')
        return [
            Person(
                user.id, user.login, {name: user[name] or '' for name in PERSON_FIELDS},
                frozenset((user.group_ids & suite).ids), self._why_locked(user),
                email_locked=not free and bool(user.all_group_ids - author.all_group_ids),
                own_roles=user == author)
            for user in users]

    def _why_locked(self, user):
        """The reason why lists do not touch a user, '' when they may.

        :param user: any user, as superuser
        """
        if user._is_superuser() or any(user.has_group(group) for group in SYSTEM_GROUPS):
            return 'user_system'
        if self.company_id not in user.company_ids:
            return 'user_other_company'
        if not user.has_group('base.group_user'):
            return 'user_portal'
        return '' if user.active else 'user_archived'

    def _get_assignments(self, domain):
        # sudo: _check_importer has decided who may
        return self.env['pharma.territory.assignment'].sudo().search(
            Domain('company_id', '=', self.company_id.id) & Domain(domain), order='id')

    def _get_posts(self):
        return [
            Post(assignment.id, assignment.user_id.id, assignment.territory_id.id,
                 assignment.role, assignment.product_line_id.id or 0, assignment.date_from,
                 assignment.date_to or None)
            for assignment in self._get_assignments([])]

    # === INVITATIONS === #

    def _import(self):
        result = super()._import()
        if self.invite and self._get_uninvited():
            self._invite()
        return result

    def _get_uninvited(self):
        """New users of this list with an e-mail address who have never logged in."""
        # sudo: logins are the business of administrators; _check_importer has decided who may
        return self._get_new_records().sudo().filtered(
            lambda user: user.active and user.email and not user.login_date)

    def _invite(self):
        """Send invitations in the background, one job each: who has his already gets no second one
        when the mail server fails at the next.
        """
        users = self._get_uninvited()
        if not users:
            raise UserError(self.env._(
                "There is nobody to invite: no new user with an e-mail address is left who has not"
                " logged in yet."))
        for user in users:
            self.with_delay(
                description=self.env._("Invitation of %s", user.name),
                identity_key=f'{self._name}-invite-{user.id}',
            )._job_invite(user.id)
        self._set_result(invited_on=fields.Datetime.now())

    def _job_invite(self, user_id):
        """Job: send one invitation, as Odoo does for users entered by hand.

        :param int user_id: a user whom this list brought
        """
        self._check_importer()
        user = self._get_uninvited().filtered(lambda user: user.id == user_id)
        if user:
            user.with_context(create_user=True)._action_reset_password(signup_type='signup')
