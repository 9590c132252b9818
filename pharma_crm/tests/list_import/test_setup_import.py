import base64
from datetime import timedelta
from functools import partial
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from odoo.addons.queue_job.tests.common import trap_jobs

from ..common import PharmaCrmCommon
from .test_hospital_import import make_xlsx

TERRITORY_HEADER = ('辖区名称', '辖区编码', '上级辖区', '级别')
USER_HEADER = (
    '登录名', '姓名', '邮箱', '手机', '角色', '辖区', '产品线', '开始日期', '结束日期')


class SetupImportCase(PharmaCrmCommon):
    """Imports of small lists as the suite's administrator, who is none of Odoo."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.line_x = cls.env['product.category'].create({
            'name': "测试心血管线", 'is_product_line': True})
        cls.today = cls.env['pharma.access']._get_today()
        cls.env['pharma.territory.assignment'].search([]).unlink()

    def _create_import(self, kind, *rows, header=None, user=None, data=None, **vals):
        header = header or (TERRITORY_HEADER if kind == 'territory' else USER_HEADER)
        rows = [(*row, *[''] * (len(header) - len(row))) for row in rows]
        return self.env['pharma.setup.import'].with_user(user or self.user_admin).create({
            'kind': kind, 'name': "名单.xlsx",
            'data': base64.b64encode(make_xlsx(header, *rows) if data is None else data), **vals})

    def _import(self, kind, *rows, **options):
        record = self._create_import(kind, *rows, **options)
        record.action_check()
        record.action_import()
        return record

    def _import_users(self, *rows, **options):
        return self._import('user', *rows, **options)

    def _find_user(self, login):
        return self.env['res.users'].with_context(active_test=False).search(
            [('login', '=', login)])

    def _find_territory(self, code):
        return self.env['pharma.territory'].search([('code', '=', code)])

    def _assignments(self, user):
        return [
            (row.territory_id.code, row.role, row.product_line_id.name or '', row.date_from,
             row.date_to or None)
            for row in self.env['pharma.territory.assignment'].search(
                [('user_id', '=', user.id)], order='date_from, id')]

    def assertCounts(self, record, **counts):
        expected = {
            'new': 0, 'update': 0, 'unchanged': 0, 'duplicate': 0, 'skipped': 0, 'problem': 0,
            **counts}
        self.assertEqual({name: record[f'{name}_count'] for name in expected}, expected,
                         record.line_ids.mapped('remark'))
        self.assertEqual(record.row_count, sum(expected.values()))


@tagged('post_install', '-at_install')
class TestUserImport(SetupImportCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.area_a = cls._create_territory(name="测试海州", code='THZ')
        cls.area_b = cls._create_territory(name="测试临川", code='TLC')
        cls.hospital = cls._create_hospital()
        cls._align(cls.hospital, cls.area_a)

    # === USERS === #

    def test_new_user(self):
        """A new user has his role, company, territory and sees its customers; no mail is sent."""
        with patch.object(
                type(self.env['mail.mail']), 'send', autospec=True) as send, trap_jobs() as trap:
            record = self._import_users(
                ('t_zhangsan', '张三', 'zs@example.com', '13800000000', '代表', 'THZ',
                 '测试心血管线', '2026-01-01'))
            trap.assert_jobs_count(0)
        send.assert_not_called()
        self.assertCounts(record, new=1)
        user = self._find_user('t_zhangsan')
        self.assertRecordValues(user, [{
            'name': "张三", 'email': 'zs@example.com', 'phone': '13800000000', 'share': False,
            'company_id': self.env.company.id, 'company_ids': self.env.company.ids,
            'group_ids': self.env.ref('pharma_crm.group_pharma_crm_representative').ids,
            'lang': self.user_admin.lang, 'tz': 'Asia/Shanghai'}])
        self.assertEqual(self._assignments(user), [
            ('THZ', 'representative', "测试心血管线", fields.Date.to_date('2026-01-01'), None)])
        self.assertTrue(self.env['res.partner'].with_user(user).search_count(
            [('id', '=', self.hospital.id)]))
        self.assertEqual(
            record.action_view_records()['domain'], [('id', 'in', user.ids)])

    def test_roles_by_any_name(self):
        """By the names of the user form in each installed language, and by usual words."""
        roles, words = self.env['pharma.setup.import']._get_roles()
        self.assertEqual({role.key for role in roles}, set(
            self.env['pharma.setup.import']._get_role_groups().ids))
        manager = self.env.ref('pharma_crm.group_pharma_crm_area_manager')
        for text in ("地区经理", "areamanager", "pharmacrm/areamanager"):
            self.assertEqual(words[text], manager.id, text)
        self.assertEqual(words["管理员"], self.env.ref('pharma_crm.group_pharma_crm_admin').id)
        for word in words:
            self.assertNotIn(word, ('settings', 'accessrights', '设置', '访问权限'))

    def test_second_import_writes_nothing(self):
        rows = [('t_zs', '张三', 'zs@example.com', '', '代表', 'THZ', '', '2026-01-01'),
                ('t_zs', '', '', '', '', 'TLC'), ('t_ls', '李四', '', '', '信息专员')]
        self._import_users(*rows)
        before = self._assignments(self._find_user('t_zs'))
        with patch.object(type(self.env['res.users']), 'write') as write, patch.object(
                type(self.env['pharma.territory.assignment']), 'write') as move:
            record = self._import_users(*rows)
        write.assert_not_called()
        move.assert_not_called()
        self.assertCounts(record, unchanged=3)
        self.assertEqual(self._assignments(self._find_user('t_zs')), before)

    def test_change_of_territory(self):
        """The old assignment ends the day before, and with it what he sees."""
        user = self.user_representative
        self._assign(user, self.area_a, date_from='2025-01-01')
        partners = self.env['res.partner'].with_user(user)
        self.assertTrue(partners.search_count([('id', '=', self.hospital.id)]))
        record = self._import_users((user.login, '', '', '', '', '测试临川'))
        self.assertCounts(record, update=1)
        yesterday = self.today - timedelta(days=1)
        self.assertEqual(self._assignments(user), [
            ('THZ', 'representative', '', fields.Date.to_date('2025-01-01'), yesterday),
            ('TLC', 'representative', '', self.today, None)])
        self.assertFalse(partners.search_count([('id', '=', self.hospital.id)]))

    def test_change_of_person(self):
        """Name, phone and roles change; groups outside of the suite are never touched."""
        user = self.user_representative
        other = self.env.ref('account.group_account_invoice')
        user.group_ids += other
        self._import_users((user.login, '新名字', '', '13900000000', '产品经理'))
        self.assertEqual((user.name, user.phone), ("新名字", '13900000000'))
        self.assertEqual(
            user.group_ids & (other + self.env['pharma.setup.import']._get_role_groups()),
            other + self.env.ref('pharma_crm.group_pharma_crm_product_manager'))

    # === RIGHTS === #

    def test_smuggled_rights(self):
        """No list gives rights over Odoo, and nobody gives a role that he does not have."""
        lower = new_test_user(
            self.env, login='pharma_half',
            groups='base.group_user,pharma_crm.group_pharma_crm_admin')
        record = self._create_import(
            'user', ('t_a', '甲', '', '', 'Settings'), ('t_b', '乙', '', '', '代表、Access Rights'),
            ('t_c', '丙', '', '', 'base.group_system'), ('t_d', '丁', '', '', '1'),
            ('t_e', '戊', '', '', '管理员'), user=lower)
        record.action_check()
        self.assertCounts(record, problem=4, new=1)
        with patch.object(
                type(self.env['pharma.setup.import']), '_get_role_groups',
                lambda self: self.env.ref('base.group_system').sudo()):
            # Even if a privilege of the suite held such a group
            record.action_check()
            self.assertEqual(set(record.line_ids.mapped('result')), {'problem'})

    def test_system_administrators_are_not_touched(self):
        """Neither by the suite's administrator nor by one of Odoo."""
        manager = new_test_user(
            self.env, login='pharma_erp', groups='base.group_user,base.group_erp_manager')
        root = self.env.ref('base.user_admin')
        name = root.name
        for user in (self.user_admin, manager, root):
            record = self._create_import(
                'user', (root.login, '改名', 'x@example.com', '', '代表', 'THZ'),
                ('pharma_erp', '改名', '', '', '代表'), ('__system__', '改名', '', '', '代表'),
                user=user)
            record.action_check()
            self.assertCounts(record, problem=3)
            record.sudo().with_user(user)._import()
        self.assertEqual((root.name, manager.name == '改名'), (name, False))
        self.assertFalse(self._assignments(root))

    def test_address_of_a_stronger_user(self):
        """The suite's administrator cannot take over an accountant by his address."""
        user = self.user_representative
        user.email = 'rep@example.com'
        user.group_ids += self.env.ref('account.group_account_manager')
        record = self._import_users((user.login, '新名字', 'thief@example.com', '', ''))
        self.assertEqual((user.email, user.name), ('rep@example.com', "新名字"))
        self.assertEqual(record.remark_count, 1)
        manager = new_test_user(
            self.env, login='pharma_erp', groups='base.group_user,base.group_erp_manager')
        self._import_users((user.login, '', 'new@example.com', '', ''), user=manager)
        self.assertEqual(user.email, 'new@example.com')

    def test_logins_of_others(self):
        """Portal users, archived users and users of another company are not taken over."""
        company = self.env['res.company'].create({'name': "另一家"})
        stranger = new_test_user(
            self.env, login='t_stranger', groups='base.group_user', company_id=company.id,
            company_ids=[Command.set(company.ids)])
        archived = new_test_user(self.env, login='t_archived', groups='base.group_user')
        archived.active = False
        record = self._import_users(*(
            (login, '改名', '', '', '代表') for login in (
                't_stranger', 't_archived', self.user_portal.login)))
        self.assertCounts(record, problem=3)
        self.assertNotIn('改名', (stranger + archived + self.user_portal).mapped('name'))

    def test_own_role(self):
        admin = self.user_admin
        record = self._import_users((admin.login, '', '', '', '代表'))
        self.assertCounts(record, problem=1)
        self.assertTrue(admin.has_group('pharma_crm.group_pharma_crm_admin'))

    def test_territory_of_another_company(self):
        company = self.env['res.company'].create({'name': "另一家"})
        self._create_territory(name="别家", code='TBJ', company_id=company.id)
        record = self._import_users(('t_zs', '张三', '', '', '代表', 'TBJ'))
        self.assertCounts(record, problem=1)
        self.assertFalse(self._find_user('t_zs'))

    @mute_logger('odoo.addons.base.models.ir_model', 'odoo.addons.base.models.ir_rule')
    def test_roles(self):
        """Administrators import; nobody else sees or starts anything, by whatever way."""
        record = self._import_users(('t_zs', '张三', '', '', '代表'))
        templates = self.env['pharma.list.template']
        for role, user in self.users_by_role.items():
            with self.subTest(role=role):
                mine = record.with_user(user)
                if role == 'admin':
                    self.assertTrue(mine.line_ids.mapped('name'))
                    continue
                for call in (
                    partial(self._create_import, 'user', user=user),
                    partial(self._create_import, 'territory', user=user),
                    partial(mine.read, ['name']), partial(mine.sudo().line_ids.with_user(
                        user).sudo(False).read, ['name']),
                    mine.action_check, mine.action_import, mine.action_undo, mine.action_invite,
                    mine.action_view_records, partial(templates.with_user(user)._build, 'user'),
                ):
                    with self.assertRaises(AccessError):
                        call()

    @mute_logger('odoo.addons.base.models.ir_model')
    def test_journal_is_not_for_people(self):
        record = self._import_users(('t_zs', '张三', '', '', '代表'))
        with self.assertRaises(AccessError):
            record.line_ids.with_user(self.user_admin).write({'user_id': self.user_director.id})
        with self.assertRaises(AccessError):
            self.env['pharma.setup.import.line'].with_user(self.user_admin).create({
                'import_id': record.id, 'result': 'new'})

    def test_passwords_are_refused(self):
        """A list with passwords is refused as a whole."""
        record = self._create_import(
            'user', ('t_zs', '张三', '代表', 'geheim'),
            header=('登录名', '姓名', '角色', '初始密码'))
        with self.assertRaisesRegex(UserError, "初始密码"):
            record.action_check()
        self.assertFalse(record.line_ids)

    def test_results_are_written_by_the_buttons_alone(self):
        """Nobody declares a list imported past the buttons, or makes another kind of it."""
        record = self._create_import('user', ('t_zs', '张三', '', '', '代表'))
        record.action_check()
        self.assertResultsClosed(record, self.user_admin, name="x.csv", data='eA==', kind='user')
        for vals in ({'kind': 'territory'}, {'company_id': self.env.company.id}):
            with self.assertRaises(UserError):
                record.write(vals)

    # === INVITATIONS === #

    def test_invitations(self):
        """With the tick each new user with an address gets his own mail, in a job of its own."""
        rows = [('t_zs', '张三', 'zs@example.com', '', '代表'), ('t_ls', '李四', '', '', '代表'),
                (self.user_representative.login, '改名', '', '', '')]
        with trap_jobs() as trap:
            record = self._import_users(*rows, invite=True)
            trap.assert_jobs_count(1, only=record._job_invite)
            with self._mails() as mails:
                trap.perform_enqueued_jobs()
            self.assertEqual(mails, ['zs@example.com'])
        self.assertTrue(record.invited_on)
        with trap_jobs() as trap:
            record.action_invite()
            trap.assert_jobs_count(1, only=record._job_invite)
        self.env['res.users.log'].with_user(self._find_user('t_zs')).sudo().create({})
        with self.assertRaises(UserError):
            record.action_invite()
        with self._mails() as mails:
            record._job_invite(self._find_user('t_zs').id)
            record._job_invite(self.user_director.id)
        self.assertEqual(mails, [])

    def _mails(self):
        """Addresses that Odoo writes to, inside of the block."""
        class Mails(list):
            def __enter__(mails):
                def send(template, res_id, **options):
                    mails.append(options['email_values']['email_to'])
                mails.patch = patch.object(type(self.env['mail.template']), 'send_mail', send)
                mails.patch.start()
                return mails

            def __exit__(mails, *error):
                mails.patch.stop()
        return Mails()

    # === UNDO === #

    def test_undo(self):
        """New users go, changed ones are as before, with their assignments."""
        user = self.user_representative
        self._assign(user, self.area_a, date_from='2025-01-01')
        self._assign(user, self.area_a, date_from='2099-01-01', role='manager')
        before = self._assignments(user)
        values = user.name, user.phone, user.group_ids
        record = self._import_users(
            ('t_zs', '张三', 'zs@example.com', '', '代表', 'THZ'),
            (user.login, '新名字', '', '13900000000', '产品经理', 'TLC'))
        contact = self._find_user('t_zs').partner_id
        self.assertNotEqual(self._assignments(user), before)
        record.action_undo()
        self.assertEqual(record.state, 'undone')
        self.assertFalse(self._find_user('t_zs') or contact.exists())
        self.assertEqual(self._assignments(user), before)
        self.assertEqual((user.name, user.phone, user.group_ids), values)
        again = self._import_users(('t_zs', '张三', '', '', '代表', 'THZ'))
        self.assertCounts(again, new=1)

    def test_undo_archives_who_is_used(self):
        """Who has logged in, has work or is somebody's contact stays, archived."""
        record = self._import_users(*(
            (f't_{n}', f'员工{n}', '', '', '代表', 'THZ') for n in range(4)))
        logged, busy, known, unused = (self._find_user(f't_{n}') for n in range(4))
        self.env['res.users.log'].with_user(logged).sudo().create({})
        self.env['crm.lead'].create({'name': "机会", 'user_id': busy.id})
        self.env['calendar.event'].create({
            'name': "会", 'start': '2026-03-02 02:00:00', 'stop': '2026-03-02 03:00:00',
            'partner_ids': [Command.set(known.partner_id.ids)]})
        record.action_undo()
        self.assertFalse(unused.exists())
        self.assertEqual([user.active for user in (logged, busy, known)], [False] * 3)
        self.assertFalse(self._assignments(logged))

    def test_undo_keeps_what_was_changed_since(self):
        user = self.user_representative
        record = self._import_users((user.login, '新名字', '', '13900000000', '产品经理', 'TLC'))
        user.phone = '13700000000'
        user.group_ids -= self.env.ref('pharma_crm.group_pharma_crm_product_manager')
        user.group_ids += self.env.ref('pharma_crm.group_pharma_crm_service')
        self.env['pharma.territory.assignment'].search(
            [('user_id', '=', user.id)]).date_to = '2099-01-01'
        record.action_undo()
        self.assertEqual(user.phone, '13700000000')
        self.assertEqual(user.name, "Pharma Representative")
        self.assertTrue(user.has_group('pharma_crm.group_pharma_crm_service'))
        self.assertEqual(len(self._assignments(user)), 1)
        self.assertIn('3', record.message)

    def test_undo_leaves_who_administers_the_system_since(self):
        user = self.user_representative
        record = self._import_users((user.login, '新名字', '', '', ''))
        user.group_ids += self.env.ref('base.group_system')
        record.action_undo()
        self.assertEqual(user.name, "新名字")
