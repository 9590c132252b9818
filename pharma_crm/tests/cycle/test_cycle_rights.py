from datetime import date, datetime, timedelta

import psycopg2

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.queue_job.tests.common import trap_jobs

from .common_cycle import CycleCase

QUIET = ('odoo.addons.base.models.ir_rule', 'odoo.addons.base.models.ir_model', 'odoo.sql_db')


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
