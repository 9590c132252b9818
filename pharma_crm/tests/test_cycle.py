from datetime import date, datetime, timedelta

import psycopg2
from hypothesis import given, settings
from hypothesis import strategies as st

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import TransactionCase, tagged
from odoo.tools import mute_logger

from odoo.addons.queue_job.tests.common import trap_jobs

from ..tools import cycle as engine
from .common_territory import TerritoryCase

QUIET = ('odoo.addons.base.models.ir_rule', 'odoo.addons.base.models.ir_model', 'odoo.sql_db')
MEASURES = ['actual', 'planned', 'last_date', 'interaction_goal', 'earned', 'attainment']
TARGETS = st.lists(st.tuples(
    st.integers(0, 9), st.integers(0, 4), st.integers(0, 300).map(lambda number: number / 100),
    st.integers(0, 20)), max_size=12)
DAYS = st.dates(date(2020, 1, 1), date(2030, 12, 31))


@tagged('post_install', '-at_install')
class TestCycleEngine(TransactionCase):
    """Laws of tools/cycle.py."""

    @settings(max_examples=200, deadline=None)
    @given(TARGETS)
    def test_earned_never_exceeds_the_cap(self, targets):
        """Nor the calls made; and the attainment of the whole follows from the sums of its
        parts, however these are grouped.
        """
        parts = [engine.measure(goal, goal + more, weight, actual)
                 for goal, more, weight, actual in targets]
        for (goal, more, weight, actual), (_wanted, earned, _percent) in zip(
                targets, parts, strict=True):
            self.assertLessEqual(earned, (goal + more) * weight)
            self.assertLessEqual(earned, actual * weight)
            more_calls = engine.measure(goal, goal + more, weight, actual + 1)
            self.assertGreaterEqual(more_calls[1], earned)
        whole = engine.attainment(
            sum(part[1] for part in parts), sum(part[0] for part in parts))
        percents = [part[2] for part in parts if part[2] is not None]
        if whole is None:
            self.assertFalse(percents)
        elif all(part[2] is not None or not part[1] for part in parts):
            self.assertGreaterEqual(whole + 1e-6, min(percents))
            self.assertLessEqual(whole - 1e-6, max(percents))

    def test_goal_zero_has_no_attainment(self):
        self.assertEqual(engine.measure(0, 0, 1, 5), (0, 0, None))
        self.assertEqual(engine.measure(4, 4, 0.5, 6), (2, 2, 100))

    @settings(max_examples=200, deadline=None)
    @given(DAYS, st.integers(0, 100))
    def test_next_dates_follow_without_a_gap(self, first, length):
        last = first + timedelta(days=length)
        begin, end = engine.next_dates(first, last)
        self.assertEqual(begin, last + timedelta(days=1))
        if engine.is_month(first, last):
            self.assertTrue(engine.is_month(begin, end))
        else:
            self.assertEqual(end - begin, last - first)

    @settings(max_examples=200, deadline=None)
    @given(DAYS, st.integers(-3, 60))
    def test_weekdays(self, first, length):
        last = first + timedelta(days=length)
        self.assertEqual(engine.count_weekdays(first, last), sum(
            (first + timedelta(days=day)).weekday() < 5 for day in range(length + 1)))


class CycleCase(TerritoryCase):
    """This month's cycle of the market of ``TerritoryCase``.

    The representative works in ``area_a``, ``colleague`` in ``area_b``, the area manager above
    both. ``doctors``: in hospital 甲 one of each grade A to D, in 丙 one A; ``cycle`` has the
    goals 4, 2, 1, 0 and is open, without targets yet.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context=dict(cls.env.context, tracking_disable=True))
        cls._assign(cls.user_representative, cls.area_a, date_from=cls.begin)
        cls._assign(cls.colleague, cls.area_b, date_from=cls.begin)
        cls._assign(cls.user_area_manager, cls.region, role='manager', date_from=cls.begin)
        cls.doctors = {
            grade: cls._graded(cls.hospital_a, grade) for grade in ('A', 'B', 'C', 'D')}
        cls.doctor_c = cls._graded(cls.hospital_c, 'A')
        # today and the days around it are in it, at any time of the year
        cls.cycle = cls.env['pharma.cycle'].create({
            'name': "测试周期", 'date_from': cls.today - timedelta(days=20),
            'date_to': cls.today + timedelta(days=20), 'goal_ids': [
                Command.create({'grade': grade, 'goal': goal})
                for grade, goal in (('A', 4), ('B', 2), ('C', 1), ('D', 0))]})
        cls.cycle.action_open()

    @classmethod
    def _graded(cls, hospital, grade):
        """A doctor with a grade; '' for one whose value is in no band."""
        person = cls._create_person(hospital, name=f"医生{grade}")
        person.main_score_id = cls.env['pharma.score'].create({
            'model_id': cls.env.ref('pharma_crm.pharma_score_model_doctor').id,
            'partner_id': person.id, 'grade': grade or False, 'value': 1})
        return person

    def _refresh(self):
        self.cycle._refresh()
        return self.env['pharma.cycle.target'].search([('cycle_id', '=', self.cycle.id)])

    def _target(self, partner, user=None):
        return self.env['pharma.cycle.target'].search([
            ('cycle_id', '=', self.cycle.id), ('partner_id', '=', partner.id),
            ('user_id', '=', (user or self.user_representative).id)])

    def _call(self, partner, user=None, days=0, state='done', **values):
        """A call of days ago, begun at noon or an hour ago."""
        start = fields.Datetime.now() - timedelta(hours=1, days=days)
        return self.env['pharma.visit'].with_user(user or self.user_representative).create({
            'partner_id': partner.id, 'date_start': start, 'state': state, **values})

    def _rows(self):
        """All columns of all targets."""
        self.env.flush_all()
        self.env.cr.execute("SELECT to_jsonb(t) FROM pharma_cycle_target t ORDER BY id")
        return [row for row, in self.env.cr.fetchall()]


@tagged('post_install', '-at_install')
class TestCycleTargets(CycleCase):
    """Targets follow from territories, product lines and grades."""

    def test_graded_doctors_of_the_territory(self):
        targets = self._refresh()
        self.assertEqual(
            {(target.user_id, target.partner_id, target.goal) for target in targets},
            {*((self.user_representative, self.doctors[grade], goal)
               for grade, goal in (('A', 4), ('B', 2), ('C', 1), ('D', 0))),
             (self.colleague, self.doctor_c, 4)})
        self.assertEqual(self._target(self.doctors['A']).territory_id, self.area_a)
        self.assertEqual(self._target(self.doctors['A']).hospital_id, self.hospital_a)
        self.assertFalse(any(targets.mapped('problem')))
        self.assertFalse(any(targets.mapped('is_manual')))
        self.assertTrue(self.cycle.calculated_at)

    def test_hospitals_once_they_have_goals(self):
        self.hospital_a.main_score_id = self.env['pharma.score'].create({
            'model_id': self.env.ref('pharma_crm.pharma_score_model_hospital').id,
            'partner_id': self.hospital_a.id, 'grade': 'A', 'value': 1})
        self._refresh()
        self.assertFalse(self._target(self.hospital_a))
        self.cycle.goal_ids = [
            Command.create({'pharma_type': 'hospital', 'grade': 'A', 'goal': 3})]
        self._refresh()
        self.assertEqual(self._target(self.hospital_a).goal, 3)
        self.assertEqual(self._target(self.doctors['A']).goal, 4)

    def test_empty_is_an_error_and_zero_is_not(self):
        nobody = self._graded(self.hospital_a, '')
        unknown = self._graded(self.hospital_a, 'E')
        self._refresh()
        self.assertEqual(self._target(nobody).problem, 'no_grade')
        self.assertEqual(self._target(unknown).problem, 'no_goal')
        self.assertFalse(self._target(self.doctors['D']).problem)
        self.assertEqual(self.cycle.problem_count, 2)
        # mended in either way
        self._target(nobody).goal = 2
        self.cycle.goal_ids = [Command.create({'grade': 'E', 'goal': 1})]
        self._refresh()
        self.assertEqual(self.cycle.problem_count, 0)
        self.assertEqual((self._target(nobody).goal, self._target(unknown).goal), (2, 1))

    def test_again_changes_nothing(self):
        """What managers entered stays, and no row is written twice."""
        self._refresh()
        self._call(self.doctors['A'])
        mine = self.env['pharma.cycle.target'].with_user(self.user_area_manager)
        added = mine.create({
            'cycle_id': self.cycle.id, 'user_id': self.colleague.id,
            'partner_id': self.doctors['B'].id})
        self._target(self.doctors['C']).with_user(self.user_area_manager).goal = 3
        self.assertEqual((added.goal, added.grade, added.is_manual), (2, 'B', True))
        self._refresh()
        before = self._rows()
        self._refresh()
        self.assertEqual(self._rows(), before)
        self.assertTrue(added.exists())
        changed = self._target(self.doctors['C'])
        self.assertEqual((changed.goal, changed.maximum, changed.is_goal_manual), (3, 3, True))
        # another goal of the cycle reaches all others
        self.cycle.goal_ids.filtered(lambda goal: goal.grade == 'B').goal = 3
        self.cycle.goal_ids.filtered(lambda goal: goal.grade == 'C').goal = 2
        self._refresh()
        self.assertEqual(self._target(self.doctors['B']).goal, 3)
        self.assertEqual(added.goal, 3)
        self.assertEqual(self._target(self.doctors['C']).goal, 3)

    def test_goals_by_product_line(self):
        """The goal of the line goes before that of all; of several lines the highest counts."""
        self.cycle.goal_ids = [
            Command.create({'grade': 'A', 'goal': goal, 'product_line_id': line.id})
            for line, goal in ((self.line_x, 6), (self.line_y, 1))]
        self.env['pharma.alignment'].search([('territory_id', '=', self.area_a.id)]).unlink()
        self._align(self.hospital_a, self.area_a, product_line_id=self.line_y.id,
                    date_from=self.begin)
        self._refresh()
        target = self._target(self.doctors['A'])
        self.assertEqual((target.goal, target.product_line_id), (1, self.line_y))
        self.assertEqual(self._target(self.doctors['B']).goal, 2)
        self._align(self.hospital_a, self.area_a, product_line_id=self.line_x.id,
                    date_from=self.begin)
        self._refresh()
        target = self._target(self.doctors['A'])
        self.assertEqual((target.goal, target.product_line_id), (6, self.line_x))
        self.assertEqual(self._target(self.doctor_c, self.colleague).goal, 4)

    def test_customers_that_go_to_somebody_else(self):
        """Without a call the target goes with them; with calls it stays as far as it was done."""
        self._refresh()
        self._call(self.doctors['A'])
        alignment = self.env['pharma.alignment'].search([('partner_id', '=', self.hospital_a.id)])
        alignment.territory_id = self.area_b
        self._refresh()
        left = self._target(self.doctors['A'])
        self.assertEqual((left.is_left, left.goal, left.actual, left.attainment), (True, 1, 1, 100))
        self.assertFalse(self._target(self.doctors['B']))
        self.assertEqual(self._target(self.doctors['A'], self.colleague).goal, 4)
        before = self._rows()
        self._refresh()
        self.assertEqual(self._rows(), before)
        alignment.territory_id = self.area_a
        self._refresh()
        self.assertEqual((left.is_left, left.goal, left.attainment), (False, 4, 25))

    def test_a_closed_cycle_stays(self):
        self._refresh()
        self.cycle.action_close()
        before = self._rows()
        self._graded(self.hospital_a, 'A')
        self._call(self.doctors['A'])
        self.cycle._refresh()
        self.assertEqual(self._rows(), before)
        with self.assertRaises(UserError):
            self._target(self.doctors['A']).with_user(self.user_area_manager).goal = 5


@tagged('post_install', '-at_install')
class TestCycleMeasures(CycleCase):
    """What calls are worth."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.cycle._refresh()

    def test_calls_count_at_once(self):
        self._call(self.doctors['A'], days=2)
        self._call(self.doctors['A'], days=1)
        target = self._target(self.doctors['A'])
        today = fields.Date.context_today(target.with_context(tz='Asia/Shanghai'))
        self.assertEqual((target.actual, target.earned, target.attainment), (2, 2, 50))
        self.assertIn((today - target.last_date).days, (1, 2))
        # planned ones beside them, missed ones not at all
        visit = self._call(
            self.doctors['A'], state='planned', date_start=fields.Datetime.now())
        self.assertEqual((target.actual, target.planned), (2, 1))
        visit.write({'state': 'missed', 'reason': "临时手术"})
        self.assertEqual((target.actual, target.planned), (2, 0))
        visit.write({'state': 'done', 'date_start': fields.Datetime.now() - timedelta(hours=1)})
        self.assertEqual((target.actual, target.planned), (3, 0))
        visit.partner_id = self.doctors['B']
        self.assertEqual((target.actual, self._target(self.doctors['B']).actual), (2, 1))
        visit.with_user(self.user_director).unlink()
        self.assertEqual(self._target(self.doctors['B']).actual, 0)

    def test_people_met_count_once(self):
        """At the hospital, at a colleague's desk; nobody twice."""
        both = self.doctors['A'] + self.doctors['B']
        self._call(self.hospital_a, person_ids=[Command.set(both.ids)])
        self._call(self.doctors['A'], person_ids=[Command.set(both.ids)])
        self.assertEqual(self._target(self.doctors['A']).actual, 2)
        self.assertEqual(self._target(self.doctors['B']).actual, 2)

    def test_calls_of_others_and_of_other_times(self):
        self._call(self.doctors['A'], days=40)
        target = self._target(self.doctors['A'])
        self.assertEqual(target.actual, 0)
        self.assertTrue(target.last_date)
        self.env['pharma.share'].sudo().create({
            'partner_id': self.hospital_a.id, 'mode': 'work', 'user_id': self.colleague.id,
            'shared_by_id': self.user_representative.id})
        self._call(self.doctors['A'], user=self.colleague)
        self.assertEqual(target.actual, 0)

    def test_too_many_calls_are_capped(self):
        target = self._target(self.doctors['B'])
        for _number in range(3):
            self._call(self.doctors['B'])
        self.assertEqual((target.actual, target.earned, target.attainment), (3, 2, 100))
        self.assertEqual(self.cycle.goal_ids.filtered(lambda goal: goal.grade == 'B').maximum, 2)
        # nor do calls without a goal make up for others
        self._call(self.doctors['D'])
        zero = self._target(self.doctors['D'])
        self.assertEqual((zero.actual, zero.earned, zero.attainment), (1, 0, 0))

    def test_one_by_one_is_all_at_once(self):
        """Figures kept call by call are those of a calculation of everything."""
        target = self._target(self.doctors['C'])
        target.write({'goal': 3, 'maximum': 5, 'weight': 1.37})
        for partner, days in ((self.doctors['A'], 3), (self.doctors['C'], 2),
                              (self.doctors['C'], 1), (self.hospital_a, 0)):
            self._call(partner, days=days)
        self._call(self.doctor_c, user=self.colleague)
        targets = self.cycle.target_ids.sorted('id')
        kept = targets.read(MEASURES)
        self.assertEqual(
            (target.interaction_goal, target.earned, target.attainment), (4.11, 2.74, 66.67))
        self.env.cr.execute(
            """ UPDATE pharma_cycle_target
                   SET actual = 9, planned = 9, last_date = NULL, interaction_goal = 9, earned = 9,
                       attainment = 9 """)
        self.env.invalidate_all()
        self.cycle._refresh()
        self.assertEqual(targets.read(MEASURES), kept)
        for row in targets:
            wanted, earned, percent = engine.measure(
                row.goal, row.maximum, row.weight, row.actual)
            self.assertAlmostEqual(row.interaction_goal, wanted)
            self.assertAlmostEqual(row.earned, earned)
            self.assertAlmostEqual(row.attainment, percent or 0, 2)

    def test_attainment_of_parents(self):
        """That of a team is of sums, not the mean of its people's; the manager sees it."""
        self._call(self.doctors['B'])
        self._call(self.doctors['B'])
        self._call(self.doctor_c, user=self.colleague)
        targets = self.env['pharma.cycle.target'].with_user(self.user_area_manager)
        domain = [('cycle_id', '=', self.cycle.id)]
        by_user = dict(targets._read_group(domain, ['user_id'], ['attainment:avg']))
        self.assertAlmostEqual(by_user[self.user_representative], 2 * 100 / 7)
        self.assertAlmostEqual(by_user[self.colleague], 25)
        [[whole, wanted, earned]] = targets._read_group(
            domain, [], ['attainment:avg', 'interaction_goal:sum', 'earned:sum'])
        self.assertEqual((wanted, earned), (11, 3))
        self.assertAlmostEqual(whole, 3 * 100 / 11)
        self.assertAlmostEqual(
            self.cycle.with_user(self.user_area_manager).attainment, 27.3, 1)
        self.assertAlmostEqual(
            self.cycle.with_user(self.user_representative).attainment, 28.6, 1)
        # goals of 0 alone: no attainment
        [[percent]] = targets._read_group(
            [*domain, ('grade', '=', 'D')], [], ['attainment:avg'])
        self.assertIs(percent, False)

    def test_number_of_queries(self):
        """A call costs the same, however many targets and calls there are."""
        def queries():
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.env['pharma.cycle'].sudo()._measure_people(self.user_representative.ids)
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        few = queries()
        for number in range(12):
            self._graded(self.hospital_a, 'B')
            self._call(self.doctors['A'], days=number)
        self.cycle._refresh()
        self.assertLessEqual(queries(), few)
        self.assertLessEqual(few, 3)


@tagged('post_install', '-at_install')
class TestCycleRights(CycleCase):
    """Who sees targets, and who changes goals."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.cycle._refresh()

    def setUp(self):
        super().setUp()
        self.enterContext(mute_logger(*QUIET))

    def _count(self, user):
        return self.env['pharma.cycle.target'].with_user(user).search_count(
            [('cycle_id', '=', self.cycle.id)])

    def test_who_sees_targets(self):
        self.assertEqual(self._count(self.user_representative), 4)
        self.assertEqual(self._count(self.colleague), 1)
        self.assertEqual(self._count(self.user_area_manager), 5)
        self.assertEqual(self._count(self.user_director), 5)
        self.assertEqual(self._count(self.user_product_manager), 0)
        for user in (self.user_steward, self.user_service, self.user_internal):
            with self.assertRaises(AccessError):
                self._count(user)

    def test_representatives_change_nothing(self):
        target = self._target(self.doctors['A']).with_user(self.user_representative)
        for change in ({'goal': 1}, {'maximum': 9}, {'weight': 3}, {'actual': 4}):
            with self.assertRaises(AccessError):
                target.write(change)
            with self.assertRaises(AccessError):
                target.web_save(change, {})
        with self.assertRaises(AccessError):
            target.unlink()
        with self.assertRaises(AccessError):
            target.create({'cycle_id': self.cycle.id, 'partner_id': self.hospital_a.id,
                           'user_id': self.user_representative.id})
        with self.assertRaises(AccessError):
            self.cycle.with_user(self.user_representative).action_close()

    def test_managers_change_goals_of_their_people(self):
        target = self._target(self.doctors['A']).with_user(self.user_area_manager)
        target.goal = 6
        self.assertEqual((target.maximum, target.interaction_goal), (6, 6))
        for change in ({'actual': 4}, {'earned': 4}, {'user_id': self.colleague.id},
                       {'is_manual': True}, {'cycle_id': self.cycle.id}):
            with self.assertRaises(AccessError):
                target.write(change)
        with self.assertRaises(UserError):
            target.unlink()
        added = target.create({
            'cycle_id': self.cycle.id, 'user_id': self.user_representative.id,
            'partner_id': self.hospital_b.id, 'goal': 2})
        self.assertEqual((added.goal, added.is_goal_manual, added.problem), (2, True, False))
        self.assertEqual(added.territory_id, self.area_a)
        added.unlink()
        for call in (lambda: self.cycle.with_user(self.user_area_manager).action_open(),
                     lambda: self.cycle.goal_ids.with_user(self.user_area_manager).write(
                         {'goal': 9})):
            with self.assertRaises(AccessError):
                call()

    def test_nobody_changes_his_own_goals(self):
        self._assign(self.user_area_manager, self.area_b, date_from=self.begin)
        self.cycle._refresh()
        own = self._target(self.doctor_c, self.user_area_manager).with_user(
            self.user_area_manager)
        with self.assertRaises(AccessError):
            own.goal = 1
        with self.assertRaises(AccessError):
            own.create({'cycle_id': self.cycle.id, 'user_id': self.user_area_manager.id,
                        'partner_id': self.hospital_c.id})

    def test_managers_of_others(self):
        self._assign(self.user_area_manager, self.other_region, role='manager',
                     date_from=self.begin)
        self.env['pharma.territory.assignment'].search([
            ('user_id', '=', self.user_area_manager.id),
            ('territory_id', '=', self.region.id)]).unlink()
        target = self._target(self.doctors['A']).with_user(self.user_area_manager)
        self.assertEqual(self._count(self.user_area_manager), 0)
        with self.assertRaises(AccessError):
            target.goal = 1
        with self.assertRaises(AccessError):
            target.create({'cycle_id': self.cycle.id, 'user_id': self.user_representative.id,
                           'partner_id': self.hospital_a.id})


@tagged('post_install', '-at_install')
class TestCycle(CycleCase):
    """Cycles follow each other."""

    def test_cycles_of_a_company_do_not_overlap(self):
        values = {'date_from': self.today, 'date_to': self.today}
        with mute_logger('odoo.sql_db'), self.assertRaises(psycopg2.errors.ExclusionViolation):
            with self.env.cr.savepoint():
                self.env['pharma.cycle'].create(values)
        other = self.env['res.company'].create({'name': "另一公司"})
        self.env['pharma.cycle'].create({**values, 'company_id': other.id})
        with mute_logger('odoo.sql_db'), self.assertRaises(psycopg2.errors.CheckViolation):
            with self.env.cr.savepoint():
                self.env['pharma.cycle'].create({
                    'date_from': '2031-02-01', 'date_to': '2031-01-01'})

    def test_wrong_goals(self):
        for values in ({'grade': 'F', 'goal': -1}, {'grade': 'F', 'goal': 3, 'maximum': 2},
                       {'grade': 'F', 'goal': 1, 'weight': -1}, {'grade': 'A', 'goal': 1}):
            with mute_logger('odoo.sql_db'), self.assertRaises(psycopg2.IntegrityError):
                with self.env.cr.savepoint():
                    self.env['pharma.cycle.goal'].create({'cycle_id': self.cycle.id, **values})
                    self.env.flush_all()

    def test_states_only_by_buttons(self):
        cycle = self.cycle.with_user(self.user_director)
        with self.assertRaises(UserError):
            cycle.state = 'draft'
        with self.assertRaises(UserError):
            cycle.unlink()
        cycle.action_close()
        self.assertEqual(cycle.state, 'closed')
        cycle.action_open()
        self.assertEqual(cycle.state, 'open')

    def test_next_cycle(self):
        """As long as the last one, with its goals, once."""
        self.cycle.action_create_next()
        following = self.env['pharma.cycle'].search([('date_from', '>', self.cycle.date_to)])
        self.assertEqual(following.date_from, self.cycle.date_to + timedelta(days=1))
        self.assertEqual(following.date_to - following.date_from,
                         self.cycle.date_to - self.cycle.date_from)
        self.assertEqual([(goal.grade, goal.goal) for goal in following.goal_ids],
                         [('A', 4), ('B', 2), ('C', 1), ('D', 0)])
        with self.assertRaises(UserError):
            self.cycle.action_create_next()

    def test_months_by_themselves(self):
        """The first month with the default goals, the next in time; twice changes nothing."""
        self.cycle.target_ids.unlink()
        self.env.cr.execute("DELETE FROM pharma_cycle")
        self.env.invalidate_all()
        cycles = self.env['pharma.cycle']
        self.env.company.pharma_cycle_auto = False
        cycles._cron_cycles()
        self.assertFalse(cycles.search([('company_id', '=', self.env.company.id)]))
        self.env.company.pharma_cycle_auto = True
        self._roll(date(2031, 1, 10))
        self.assertEqual(self._states(), [('2031-01', 'open')])
        january = cycles.search([('name', '=', '2031-01')])
        self.assertEqual(
            {(goal.grade, goal.goal) for goal in january.goal_ids},
            {(goal.grade, goal.goal) for goal in self.env['pharma.cycle.goal'].search(
                [('cycle_id', '=', False)])})
        january.goal_ids.filtered(lambda goal: goal.grade == 'A').goal = 5
        self._roll(date(2031, 1, 26))
        self.assertEqual(self._states(), [('2031-01', 'open'), ('2031-02', 'open')])
        february = cycles.search([('name', '=', '2031-02')])
        self.assertIn(5, february.goal_ids.mapped('goal'))
        self._roll(date(2031, 2, 7))
        self.assertEqual(self._states(), [('2031-01', 'open'), ('2031-02', 'open')])
        self._roll(date(2031, 2, 8))
        self._roll(date(2031, 2, 8))
        self.assertEqual(self._states(), [('2031-01', 'closed'), ('2031-02', 'open')])
        # after a long pause: all that is missing, open is what holds
        self._roll(date(2031, 5, 2))
        self.assertEqual(self._states()[1:], [
            ('2031-02', 'closed'), ('2031-03', 'draft'), ('2031-04', 'draft'), ('2031-05', 'open')])

    def test_month_before_a_cycle_to_come(self):
        """One that was made ahead does not leave the time before it without any."""
        self.cycle.target_ids.unlink()
        self.env.cr.execute("DELETE FROM pharma_cycle")
        self.env.invalidate_all()
        self.env['pharma.cycle'].create({'date_from': '2031-09-01', 'date_to': '2031-09-30'})
        self._roll(date(2031, 5, 2))
        self.assertEqual(self._states(), [('2031-05', 'open'), ('2031-09', 'draft')])

    def _roll(self, day):
        self.patch(type(self.env['pharma.access']), '_get_today', lambda access: day)
        self.env['pharma.cycle']._roll(self.env.company)

    def _states(self):
        cycles = self.env['pharma.cycle'].search(
            [('company_id', '=', self.env.company.id)], order='date_from')
        return [(cycle.name, cycle.state) for cycle in cycles]

    def test_elapsed_working_time(self):
        """By the hours of the company with its holidays, else from Monday to Friday."""
        cycle = self.env['pharma.cycle'].create({
            'date_from': '2031-09-01', 'date_to': '2031-09-30'})  # a Monday, 22 weekdays
        calendar = self.env['resource.calendar'].create({
            'name': "五天", 'tz': 'Asia/Shanghai', 'company_id': self.env.company.id})
        self.env.company.resource_calendar_id = calendar
        monday = datetime(2031, 9, 7, 16, 0)  # midnight in China
        self.assertEqual(cycle._get_elapsed(datetime(2031, 8, 1)), 0)
        self.assertAlmostEqual(cycle._get_elapsed(monday), 5 * 100 / 22)
        self.assertAlmostEqual(cycle._get_elapsed(datetime(2031, 11, 1)), 100)
        self.env['resource.calendar.leaves'].create({
            'name': "放假", 'calendar_id': calendar.id, 'company_id': self.env.company.id,
            'date_from': '2031-09-10 16:00:00', 'date_to': '2031-09-12 15:59:59'})
        self.assertAlmostEqual(cycle._get_elapsed(monday), 5 * 100 / 20)
        self.env.company.resource_calendar_id = False
        self.assertAlmostEqual(cycle._get_elapsed(monday), 5 * 100 / 22)

    def test_one_job_per_cycle(self):
        with trap_jobs() as trap:
            self.cycle.action_refresh()
            self.cycle.goal_ids[0].goal = 7
            trap.assert_jobs_count(1, only=self.cycle._refresh)
            keys = {job.identity_key for job in trap.enqueued_jobs}
            self.assertEqual(keys, {f'pharma_cycle_{self.cycle.id}'})
            trap.perform_enqueued_jobs()
        self.assertEqual(self._target(self.doctors['A']).goal, 7)

    def test_calls_during_the_calculation(self):
        """Whoever records a call while all is measured does not wait: his is counted after it."""
        with self.registry.cursor() as cr:
            cr.execute(
                "SELECT pg_advisory_xact_lock(hashtext('pharma_cycle'), %s)",
                [self.env.company.id])
            with trap_jobs() as trap:
                self.env['pharma.cycle']._measure_people(self.user_representative.ids)
                trap.assert_jobs_count(1)
