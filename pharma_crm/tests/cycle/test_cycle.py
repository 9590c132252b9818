from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo import fields
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import TransactionCase, tagged

from ...tools import cycle as engine
from .common_cycle import CycleCase

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
