from datetime import date, timedelta

from odoo.tests import BaseCase, tagged

from ...tools import territory_list, user_list
from ...tools.list_table import parse_date, word_key
from ...tools.places import Place, Places
from ...tools.territory_list import Territory, TerritoryPlan
from ...tools.user_plan import Person, Post, Role, UserPlan

TODAY = date(2026, 6, 15)
DAY = timedelta(days=1)


@tagged('post_install', '-at_install')
class TestTerritoryList(BaseCase):
    """What a list of territories does, without a database."""

    HEADER = ('辖区名称', '辖区编码', '上级辖区', '级别')

    def _plan(self, *rows, header=None, territories=()):
        table = territory_list.find_table([header or self.HEADER, *rows])
        plan = TerritoryPlan(territories)
        for row in territory_list.read_rows(table):
            plan.add(row)
        plan.finish()
        return plan

    def _results(self, plan):
        return [(item.result, [problem.reason for problem in item.problems])
                for item in plan.items]

    def test_superiors_stand_anywhere(self):
        """What is new comes in an order in which superiors are there first."""
        plan = self._plan(
            ('海州地区', 'HZ', '江苏省区', '地区'), ('江苏省区', 'JS', 'HD', '省区'),
            ('华东大区', 'HD', '', '大区'))
        self.assertEqual([t.name for t in plan.created], ['华东大区', '江苏省区', '海州地区'])
        self.assertEqual(plan.created[2].path, '华东大区 / 江苏省区 / 海州地区')
        self.assertEqual([t.level for t in plan.created], ['region', 'province', 'area'])

    def test_same_list_again(self):
        """Known territories are found by code, else by name below their superior."""
        top = Territory(1, '华东大区', '', 'region')
        below = Territory(2, '一部', 'A1', parent=top)
        twin_top = Territory(3, '华南大区', '')
        twin = Territory(4, '一部', '', parent=twin_top)
        plan = self._plan(
            ('华东大区', '', '', ''), ('一部', 'A1', '华东大区', ''), ('一部', '', '华南大区', ''),
            territories=[top, below, twin_top, twin])
        self.assertEqual(self._results(plan), [('unchanged', [])] * 3)
        self.assertEqual([item.territory for item in plan.items], [top, below, twin])

    def test_code_renames_and_moves(self):
        top, other = Territory(1, '华东大区', 'HD'), Territory(2, '华南大区', 'HN')
        area = Territory(3, '海州地区', 'HZ', parent=top)
        plan = self._plan(('海州办事处', 'HZ', 'HN', '地区'), territories=[top, other, area])
        self.assertEqual(self._results(plan), [('update', [])])
        self.assertEqual(
            area.changes, {'name': '海州办事处', 'level': 'area', 'parent': other})

    def test_code_for_one_without(self):
        """A territory that had no code gets the one of the list."""
        area = Territory(3, '海州地区')
        plan = self._plan(('海州地区', 'HZ', '', ''), territories=[area])
        self.assertEqual(plan.items[0].territory, area)
        self.assertEqual(area.changes, {'code': 'HZ'})

    def test_refusals(self):
        """What cannot be told is refused with the reason, and with it what stands below."""
        one, two = Territory(1, '一部', 'A'), Territory(2, '一部', 'B')
        gone = Territory(3, '旧部', 'C', active=False)
        cases = [
            ([('', 'X', '', '')], [['name_missing']]),
            ([('新区', 'X', '火星', '')], [['parent_unknown']]),
            ([('新区', 'X', '一部', '')], [['parent_ambiguous']]),
            ([('新区', 'X', 'C', '')], [['parent_archived']]),
            ([('旧部', 'C', '', '')], [['archived']]),
            ([('一部', '', '', '')], [['ambiguous']]),
            ([('新区', 'X', 'X', '')], [['parent_self']]),
            ([('新区', 'X', '火星', ''), ('下区', 'Y', 'X', ''), ('底区', 'Z', 'Y', '')],
             [['parent_unknown'], ['parent_refused'], ['parent_refused']]),
            ([('甲', 'X', 'Y', ''), ('乙', 'Y', 'X', '')], [['circle'], ['circle']]),
            ([('甲', 'X', '', ''), ('乙', 'X', '', '')], [[], ['differs_from_row']]),
            ([('甲', 'X', '火星', ''), ('甲', 'X', '', '')],
             [['parent_unknown'], ['row_refused']]),
            ([('甲' * 101, '', '', '')], [['too_long']]),
        ]
        for rows, reasons in cases:
            with self.subTest(rows=rows):
                plan = self._plan(*rows, territories=[one, two, gone])
                self.assertEqual([found for _result, found in self._results(plan)], reasons)
                self.assertFalse(any(
                    item in plan.created for item in plan.items if item.result == 'problem'))

    def test_circle_through_the_database(self):
        top = Territory(1, '华东大区', 'HD')
        area = Territory(2, '海州地区', 'HZ', parent=top)
        plan = self._plan(('华东大区', 'HD', 'HZ', ''), territories=[top, area])
        self.assertEqual(self._results(plan), [('problem', ['circle'])])
        self.assertFalse(plan.changed)

    def test_what_is_no_territory(self):
        """Examples, totals and repeated headers are left out; a wrong level is told."""
        plan = self._plan(
            ('示例：江苏省区', 'JS', '华东大区', '省区'), self.HEADER, ('合计', '', '', '3'),
            ('海州地区', 'HZ', '', '行星'), ('海州地区', 'HZ', '', ''))
        self.assertEqual(self._results(plan), [
            ('skipped', []), ('skipped', []), ('skipped', []), ('new', ['level_unknown']),
            ('duplicate', [])])

    def test_other_lists_are_none(self):
        for header in (('日期', '数量'), ('名称', '数量'), ('请填写辖区', '')):
            self.assertIsNone(territory_list.find_table([header, ('a', 'b')]), header)


@tagged('post_install', '-at_install')
class TestUserList(BaseCase):
    """What a list of users does, without a database."""

    HEADER = ('登录名', '姓名', '邮箱', '角色', '辖区', '产品线', '开始日期', '结束日期')
    ROLES = [
        Role(1, '代表', 'representative'), Role(2, '经理', 'manager'), Role(3, '专员'),
        Role(9, '管理员', allowed=False)]
    WORDS = {word_key(role.name): role.key for role in ROLES}
    PLACES = [
        Place(11, '海州地区', 'HZ', '华东 / 海州地区'),
        Place(12, '临川地区', 'LC', '华东 / 临川地区'),
        Place(13, '一部', '', '华东 / 一部'), Place(14, '一部', '', '华南 / 一部')]
    LINES = {'心血管线': {21}, '肿瘤线': {22}, '双线': {21, 22}}

    def _plan(self, *rows, people=(), posts=(), header=None):
        header = header or self.HEADER
        rows = [(*row, *[''] * (len(header) - len(row))) for row in rows]
        table = user_list.find_table([header, *rows])
        places = Places(self.PLACES, self.LINES)
        plan = UserPlan(people, self.ROLES, places, posts, TODAY)
        for row in user_list.read_rows(table, self.WORDS):
            plan.add(row)
        plan.finish()
        return plan

    def _person(self, **values):
        return Person(**{
            'id': 5, 'login': 'zs', 'roles': frozenset([1]),
            'values': {'name': '张三', 'email': 'zs@x.cn', 'phone': ''}, **values})

    def _reasons(self, plan):
        return [[problem.reason for problem in item.problems] for item in plan.items]

    def _results(self, plan):
        return [item.result for item in plan.items]

    def _after(self, person):
        """The assignments of a person after the plan: (place, role, line, from, to)."""
        moved = {post: days for post, *days in person.moved}
        return sorted(
            (post.place_id, post.role, post.line_id,
             *moved.get(post, (post.date_from, post.date_to)))
            for post in (*person.posts, *person.created) if post not in person.deleted)

    # === PERSONS === #

    def test_new_user(self):
        plan = self._plan(('zs', '张三', 'zs@x.cn', '代表', 'HZ', '心血管线', '2026/7/1'))
        self.assertEqual(self._results(plan), ['new'])
        person = plan.people[0]
        self.assertEqual(person.changes, {
            'name': '张三', 'email': 'zs@x.cn', 'roles': frozenset([1])})
        self.assertEqual(
            self._after(person), [(11, 'representative', 21, date(2026, 7, 1), None)])

    def test_address_as_login(self):
        """A login that is an address is one; an address alone is the login of a new user."""
        plan = self._plan(('a@x.cn', '甲', '', '代表'), ('', '乙', 'b@x.cn', '代表'))
        self.assertEqual(
            [(person.login, person.changes['email']) for person in plan.people],
            [('a@x.cn', 'a@x.cn'), ('b@x.cn', 'b@x.cn')])

    def test_known_by_address(self):
        """Without a login the address tells who it is, unless several have it."""
        zs = self._person()
        plan = self._plan(('', '张叁', 'ZS@x.cn'), people=[zs])
        self.assertEqual((plan.items[0].person, self._results(plan)), (zs, ['update']))
        plan = self._plan(
            ('', '张叁', 'zs@x.cn'), people=[self._person(), self._person(id=6, login='z2')])
        self.assertEqual(self._reasons(plan), [['email_ambiguous']])

    def test_login_in_other_letters(self):
        """Somebody who writes his login in capitals is no second user."""
        zs = self._person()
        self.assertEqual(self._plan(('ZS', '张三'), people=[zs]).items[0].person, zs)

    def test_refusals_of_users(self):
        cases = [
            (('', '张三', '', '代表'), ['login_missing']),
            (('z s', '张三', '', '代表'), ['login_wrong']),
            (('new', '张三', 'not an address', '代表'), ['email_wrong']),
            (('new', '', '', '代表'), ['name_missing']),
            (('new', '新人', '', ''), ['roles_missing']),
            (('new', '新人', '', 'base.group_system'), ['role_unknown']),
            (('new', '新人', '', '代表、设置'), ['role_unknown']),
            (('new', '新人', '', '代表、管理员'), ['role_refused']),
            (('root', '张三', '', '代表'), ['user_system']),
            (('self', '我', '', '经理'), ['own_roles']),
            (('x' * 101, '张三', '', '代表'), ['too_long']),
        ]
        for row, reasons in cases:
            with self.subTest(row=row):
                plan = self._plan(row, people=[
                    self._person(id=1, login='root', locked='user_system'),
                    self._person(id=2, login='self', own_roles=True)])
                self.assertEqual(self._reasons(plan), [reasons])
                self.assertEqual(self._results(plan), ['problem'])
                self.assertFalse(plan.people)

    def test_refusals_of_posts(self):
        cases = [
            (('zs', '', '', '', '火星'), ['territory_unknown']),
            (('zs', '', '', '', '一部'), ['territory_ambiguous']),
            (('zs', '', '', '', '', '心血管线'), ['territory_missing']),
            (('zs', '', '', '', 'HZ', '火星线'), ['line_unknown']),
            (('zs', '', '', '', 'HZ', '双线'), ['line_ambiguous']),
            (('zs', '', '', '', 'HZ', '', '明天'), ['date_wrong']),
            (('zs', '', '', '', 'HZ', '', '2026-13-01'), ['date_wrong']),
            (('zs', '', '', '', 'HZ', '', '2026-02-01', '2026-01-01'), ['dates_reversed']),
            (('zs', '', '', '专员', 'HZ'), ['role_without_territory']),
        ]
        for row, reasons in cases:
            with self.subTest(row=row):
                plan = self._plan(row, people=[self._person()])
                self.assertEqual(self._reasons(plan), [reasons])
                self.assertFalse(plan.people)

    def test_rows_of_one_person_stand_or_fall_together(self):
        """A bad row must not end what the good rows do not name."""
        zs = self._person()
        posts = [Post(1, 5, 12, 'representative', 0, date(2026, 1, 1))]
        plan = self._plan(
            ('zs', '', '', '', 'HZ'), ('zs', '', '', '', 'LC', '', '坏'), people=[zs], posts=posts)
        self.assertEqual(self._reasons(plan), [['other_row_refused'], ['date_wrong']])
        self.assertFalse(plan.people)

    def test_double_login(self):
        """Rows of one login add territories; where they contradict each other all are refused."""
        plan = self._plan(
            ('new', '新人', '', '代表', 'HZ'), ('new', '', '', '', 'LC'),
            ('new', '新人', '', '代表', 'HZ'))
        self.assertEqual(self._results(plan), ['new', 'update', 'duplicate'])
        self.assertEqual(len(plan.people[0].created), 2)
        plan = self._plan(('new', '新人', '', '代表'), ('NEW', '别人', '', '代表'))
        self.assertEqual(self._reasons(plan), [['other_row_refused'], ['differs_from_row']])

    def test_address_of_a_stronger_user(self):
        """Whoever has more rights keeps his address: it is the way to his password."""
        zs = self._person(email_locked=True)
        plan = self._plan(('zs', '张叁', 'thief@x.cn'), people=[zs])
        self.assertEqual(zs.changes, {'name': '张叁'})
        self.assertEqual(self._reasons(plan), [['email_locked']])
        same = self._person(email_locked=True)
        self.assertEqual(self._reasons(self._plan(('zs', '', 'zs@x.cn'), people=[same])), [[]])

    def test_roles_are_complete(self):
        zs = self._person(roles=frozenset([1, 3]))
        self._plan(('zs', '', '', '经理+专员'), people=[zs])
        self.assertEqual(zs.changes, {'roles': frozenset([2, 3])})

    # === ASSIGNMENTS === #

    def test_change_of_territory(self):
        """The old assignment ends the day before the new one begins; again it changes nothing."""
        old = Post(1, 5, 11, 'representative', 0, date(2025, 1, 1))
        zs = self._person()
        plan = self._plan(('zs', '', '', '', 'LC', '', '2026-07-01'), people=[zs], posts=[old])
        self.assertEqual(self._results(plan), ['update'])
        after = [
            (11, 'representative', 0, date(2025, 1, 1), date(2026, 6, 30)),
            (12, 'representative', 0, date(2026, 7, 1), None)]
        self.assertEqual(self._after(zs), after)
        again = self._person()
        posts = [Post(n, 5, *row) for n, row in enumerate(after, 1)]
        plan = self._plan(('zs', '', '', '', 'LC', '', '2026-07-01'), people=[again], posts=posts)
        self.assertEqual(self._results(plan), ['unchanged'])
        self.assertEqual(self._after(again), after)

    def test_without_date_from_today(self):
        zs = self._person()
        old = Post(1, 5, 11, 'representative', 0, date(2025, 1, 1))
        self._plan(('zs', '', '', '', 'LC'), people=[zs], posts=[old])
        self.assertEqual(self._after(zs), [
            (11, 'representative', 0, date(2025, 1, 1), TODAY - DAY),
            (12, 'representative', 0, TODAY, None)])

    def test_history_is_not_rewritten(self):
        """What was so until yesterday stays so, whatever dates the list has."""
        zs = self._person()
        begun = Post(1, 5, 11, 'representative', 0, date(2026, 3, 1))
        future = Post(2, 5, 13, 'representative', 0, date(2026, 9, 1))
        past = Post(3, 5, 14, 'representative', 0, date(2024, 1, 1), date(2024, 12, 31))
        self._plan(('zs', '', '', '', 'LC', '', '2026-01-01'), people=[zs],
                   posts=[begun, future, past])
        self.assertEqual(self._after(zs), [
            (11, 'representative', 0, date(2026, 3, 1), TODAY - DAY),
            (12, 'representative', 0, date(2026, 1, 1), None),
            (14, 'representative', 0, date(2024, 1, 1), date(2024, 12, 31))])
        self.assertEqual(zs.deleted, [future])

    def test_only_what_is_listed_stays(self):
        """A list that names one of two territories ends the other one yesterday."""
        zs = self._person()
        posts = [Post(1, 5, 11, 'representative', 0, date(2026, 3, 1)),
                 Post(2, 5, 12, 'representative', 0, date(2025, 1, 1))]
        self._plan(('zs', '', '', '', 'HZ'), people=[zs], posts=posts)
        self.assertEqual(self._after(zs), [
            (11, 'representative', 0, date(2026, 3, 1), None),
            (12, 'representative', 0, date(2025, 1, 1), TODAY - DAY)])

    def test_without_territory_nothing_ends(self):
        zs = self._person()
        posts = [Post(1, 5, 11, 'representative', 0, date(2026, 3, 1))]
        plan = self._plan(('zs', '张叁'), people=[zs], posts=posts)
        self.assertEqual(self._results(plan), ['update'])
        self.assertFalse(zs.moved + zs.deleted + zs.created)

    def test_end_of_an_assignment(self):
        """A last day ends the assignment; the same row again finds it ended."""
        row = ('zs', '', '', '', 'HZ', '', '', '2026-05-31')
        zs = self._person()
        self._plan(row, people=[zs], posts=[
            Post(1, 5, 11, 'representative', 0, date(2026, 3, 1))])
        after = [(11, 'representative', 0, date(2026, 3, 1), date(2026, 5, 31))]
        self.assertEqual(self._after(zs), after)
        again = self._person()
        plan = self._plan(row, people=[again], posts=[Post(1, 5, *after[0])])
        self.assertEqual(self._results(plan), ['unchanged'])

    def test_other_role_in_the_same_territory(self):
        """Who is promoted ends as representative and begins as manager."""
        zs = self._person()
        self._plan(('zs', '', '', '经理', 'HZ'), people=[zs], posts=[
            Post(1, 5, 11, 'representative', 0, date(2026, 3, 1))])
        self.assertEqual(self._after(zs), [
            (11, 'manager', 0, TODAY, None),
            (11, 'representative', 0, date(2026, 3, 1), TODAY - DAY)])

    def test_role_in_the_territory_of_its_own(self):
        """The column 任命 says what does not follow from the role."""
        header = ('登录名', '角色', '辖区', '任命')
        zs = self._person(roles=frozenset([2]))
        plan = self._plan(('zs', '', 'HZ', '代表'), people=[zs], header=header)
        self.assertEqual(zs.created[0].role, 'representative')
        plan = self._plan(('zs', '', 'HZ', '国王'), people=[self._person()], header=header)
        self.assertEqual(self._reasons(plan), [['post_unknown']])

    def test_overlaps(self):
        """The same assignment twice on one day is refused; one after the other is history."""
        zs = self._person()
        plan = self._plan(
            ('zs', '', '', '', 'HZ', '', '2026-01-01'), ('zs', '', '', '', 'HZ', '', '2026-08-01'),
            people=[zs])
        self.assertIn(['posts_overlap'], self._reasons(plan))
        self.assertFalse(plan.people)
        zs = self._person()
        plan = self._plan(
            ('zs', '', '', '', 'HZ', '', '2026-01-01', '2026-07-31'),
            ('zs', '', '', '', 'HZ', '', '2026-08-01'), people=[zs])
        self.assertEqual(self._results(plan), ['update', 'update'])
        self.assertEqual(self._after(zs), [
            (11, 'representative', 0, date(2026, 1, 1), date(2026, 7, 31)),
            (11, 'representative', 0, date(2026, 8, 1), None)])

    # === READING === #

    def test_secrets(self):
        """A column with passwords is found whatever it is called."""
        for title in ('密码', '初始密码', 'Password', 'pwd'):
            table = user_list.find_table([('登录名', '姓名', title), ('a', 'b', 'c')])
            self.assertEqual(user_list.secret_title(table), title)
        self.assertFalse(user_list.secret_title(user_list.find_table([self.HEADER])))

    def test_dates(self):
        for text in ('2026-01-31', '2026/1/31', '2026.1.31', '2026年1月31日', '20260131',
                     '2026-01-31 00:00:00', '２０２６-01-31'):
            self.assertEqual(parse_date(text), date(2026, 1, 31), text)
        for text in ('31.1.2026', '2026-02-30', '46000', 'heute'):
            with self.assertRaises(ValueError):
                parse_date(text)
