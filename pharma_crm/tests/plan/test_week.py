from datetime import datetime, time, timedelta
from unittest.mock import patch

import pytz
from psycopg2 import IntegrityError

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, HttpCase, new_test_user, tagged
from odoo.tools import mute_logger

from ...models.plan.pharma_week_propose import PharmaWeek
from ..common import PharmaCrmCommon


class WeekCase(PharmaCrmCommon):
    """A representative with a manager, three hospitals, and open targets as a test says.

    Resources: ``cls.monday`` of next week; ``cls.hospitals``, ``cls.doctors`` (two at each);
    ``cls.colleague``, a representative of another territory; helpers ``_targets``, ``_week``,
    ``_plan``.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.zone = pytz.timezone(cls.env['pharma.access']._get_zone())
        today = cls.env['pharma.access']._get_today()
        cls.monday = today + timedelta(days=7 - today.weekday())
        cls.hospitals = [cls._create_hospital(name=f"周{name}医院") for name in "甲乙丙"]
        cls.doctors = cls.env['res.partner'].concat(*(
            cls._create_person(hospital, name=f"医生{number}", territory=False)
            for number, hospital in enumerate(cls.hospitals * 2)))
        cls.colleague = new_test_user(
            cls.env, login='pharma_colleague', password='pharma_colleague', name="同事",
            tz='Asia/Shanghai', groups='pharma_crm.group_pharma_crm_representative')
        cls._assign(cls.colleague, cls._create_territory(name="别处"), date_from='2020-01-01')

    def _targets(self, goal=1, maximum=None, grade="A", partners=None, last_date=None):
        """Open targets for the time of the test, in a cycle of three months."""
        rows = [{
            'partner_id': partner.id, 'hospital_id': partner.commercial_partner_id.id,
            'grade': grade, 'worth': goal, 'goal': goal,
            'maximum': goal if maximum is None else maximum, 'last_date': last_date,
        } for partner in (self.doctors if partners is None else partners)]

        def get_open_targets(week):
            planned = week.env['pharma.visit'].sudo().search([
                ('user_id', '=', week.user_id.id), ('state', 'in', ('planned', 'done'))])
            return {self.monday + timedelta(days=90): [dict(
                row, goal=row['goal'] - count, maximum=row['maximum'] - count)
                for row in rows
                for count in [len(planned.filtered(
                    lambda visit, row=row: visit.partner_id.id == row['partner_id']))]]}
        patcher = patch.object(PharmaWeek, '_get_open_targets', get_open_targets)
        patcher.start()
        self.addCleanup(patcher.stop)

    def _week(self, user=None, **values):
        user = user or self.user_representative
        return self.env['pharma.week'].with_user(user).create(
            {'user_id': user.id, 'date_from': self.monday, **values})

    def _at(self, days, hour, minute=0):
        """A moment of the week in UTC: days after Monday, local time."""
        local = datetime.combine(self.monday + timedelta(days=days), time(hour, minute))
        return self.zone.localize(local).astimezone(pytz.utc).replace(tzinfo=None)

    def _plan(self, partner, days=0, hour=9, user=None, **values):
        user = user or self.user_representative
        return self.env['pharma.visit'].with_user(user).create({
            'partner_id': partner.id, 'user_id': user.id, 'date_start': self._at(days, hour),
            **values})

    def _done(self, visit, days=-14):
        """The same call made in the past."""
        visit.write({'date_start': self._at(days, 9), 'state': 'done'})


@tagged('post_install', '-at_install')
class TestWeekPhone(WeekCase, HttpCase):
    """The week plan at the width of a phone."""

    browser_size = '390x844'
    touch_enabled = True

    def test_plan_week(self):
        """Proposed, looked at in the calendar, and edited by day."""
        doctors = self.doctors[:2]
        doctors[0].name, doctors[1].name = "巡访周医生一", "巡访周医生二"
        self._targets(goal=1, partners=doctors)
        week = self._week()
        self.start_tour(
            '/odoo/week-plans', 'pharma_crm_plan_week_phone', login='pharma_representative')
        self.assertEqual(week.visit_ids.partner_id, doctors)
        self.assertIn("巡访改约", week.visit_ids.mapped('reason'))


@tagged('post_install', '-at_install')
class TestWeek(WeekCase):
    """The week of a representative: planned, changed, measured."""

    def test_week_of_a_person(self):
        """One plan per person and Monday, with his calls of the week and its working days."""
        before = self._plan(self.doctors[0])
        week = self._week()
        self.assertEqual(week.visit_ids, before)
        self.assertEqual(week.date_to, self.monday + timedelta(days=6))
        self.assertEqual(week.day_ids.mapped('is_morning'), [True] * 5 + [False] * 2)
        later = self._plan(self.doctors[1], 6)
        self.assertEqual(week.visit_ids, before + later)
        later.date_start = self._at(7, 9)
        self.assertFalse(later.week_id)
        self.assertEqual(self.env['pharma.week'].with_user(self.user_representative)._get_week(
            self.monday + timedelta(days=3)), week)
        with self.assertRaises(IntegrityError), mute_logger('odoo.sql_db'):
            self._week()
        with self.assertRaises(IntegrityError), mute_logger('odoo.sql_db'):
            self._week(date_from=self.monday + timedelta(days=1))
        with self.assertRaises(UserError):
            week.user_id = self.colleague
        form = Form(self.env['pharma.week'].with_user(self.user_representative))
        form.date_from = self.monday + timedelta(days=16)
        self.assertEqual(form.date_from, self.monday + timedelta(days=14))

    def test_propose(self):
        """Open targets are put into the working hours, with their reasons; twice is once."""
        self._targets(goal=2)
        week = self._week()
        week.action_propose()
        calls = week.visit_ids
        self.assertEqual(calls.partner_id, self.doctors)
        self.assertEqual(set(calls.mapped('state')), {'planned'})
        self.assertTrue(all(calls.mapped('plan_reason')))
        self.assertTrue(week.proposed_at)
        for call in calls:
            start = pytz.utc.localize(call.date_start).astimezone(self.zone)
            self.assertTrue(8 <= start.hour < 18 and start.weekday() < 5, start)
        spans = sorted((call.date_start, call.date_end) for call in calls)
        self.assertTrue(all(
            one[1] <= two[0] for one, two in zip(spans, spans[1:], strict=False)))
        week.action_propose()
        self.assertEqual(week.visit_ids, calls)

    def test_propose_keeps_what_is_there(self):
        """Own calls stay, count into the day and are not doubled; closed halves stay empty."""
        own = self._plan(self.doctors[0], 0, 9, objective="自己安排")
        self._targets(goal=1)
        week = self._week(daily_number=2)
        week.day_ids[1:].write({'is_morning': False, 'is_afternoon': False})
        week.day_ids[0].is_afternoon = False
        week.action_propose()
        self.assertEqual(own.date_start, self._at(0, 9))
        self.assertEqual(len(week.visit_ids), 1, "one call in a half of a day of two")
        week.day_ids[0].is_afternoon = True
        week.action_propose()
        self.assertEqual(len(week.visit_ids), 2)
        new = week.visit_ids - own
        self.assertGreaterEqual(new.date_start, self._at(0, 13))
        self.assertNotEqual(new.partner_id, self.doctors[0])
        self.assertEqual(week.day_ids[0].call_count, 2)
        self.assertEqual(week.day_ids[0].hospital_count, len(week.visit_ids.hospital_id))

    def test_never_over_the_maximum(self):
        self._targets(goal=3, maximum=1)
        week = self._week()
        week.action_propose()
        self.assertEqual(len(week.visit_ids), len(self.doctors))

    def test_not_after_the_cycle_nor_in_the_past(self):
        """Days that are over get nothing; what the working hours leave out neither."""
        self._targets(goal=1)
        past = self._week(date_from=self.monday - timedelta(days=14))
        past.action_propose()
        self.assertFalse(past.visit_ids)
        calendar = self.env.company.resource_calendar_id
        self.env['resource.calendar.leaves'].create({
            'calendar_id': calendar.id, 'company_id': self.env.company.id, 'name': "国庆节",
            'date_from': self._at(0, 0), 'date_to': self._at(3, 23, 59)})
        week = self._week()
        self.assertEqual(week.day_ids.mapped('is_afternoon'), [False] * 4 + [True, False, False])
        week.action_propose()
        self.assertEqual(set(week.visit_ids.mapped('date')), {self.monday + timedelta(days=4)})

    def test_propose_from_the_calendar(self):
        """The calendar makes the plan of the week that it shows."""
        self._targets(goal=1)
        Week = self.env['pharma.week'].with_user(self.user_representative)
        day = fields.Date.to_string(self.monday + timedelta(days=2))
        self.assertEqual(Week.action_propose_day(day), len(self.doctors))
        self.assertEqual(Week.action_propose_day(day), 0)
        week = Week.browse(Week.action_open_day(day)['res_id'])
        self.assertEqual(week.date_from, self.monday)
        self.assertEqual(week.planned_count, len(self.doctors))
        self.assertEqual(Week.with_user(self.user_area_manager).action_propose_day(
            day, self.user_representative.id), 0)
        for user in (self.colleague, self.user_product_manager):
            with self.subTest(user=user.name), self.assertRaises(AccessError):
                Week.with_user(user).action_propose_day(day, self.user_representative.id)
        week.action_submit()
        with self.assertRaises(UserError):
            Week.action_propose_day(day)

    def test_copy_last_week(self):
        """The same customers on the same weekdays; twice is once; closed days are left out."""
        self._plan(self.doctors[0], -7, 9, objective="跟进", duration=45)
        self._plan(self.doctors[1], -6, 15)
        self._plan(self.doctors[2], -5, 15, state='cancelled', reason="改约")
        self._plan(self.doctors[3], -4, 15)
        week = self._week()
        week.day_ids[1].is_afternoon = False
        self._plan(self.doctors[3], 1, 9)
        week.action_copy_last_week()
        copied = week.visit_ids.filtered(lambda call: call.partner_id == self.doctors[0])
        self.assertRecordValues(copied, [{
            'date_start': self._at(0, 9), 'duration': 45, 'objective': "跟进",
            'state': 'planned'}])
        self.assertEqual(len(week.visit_ids), 2)
        week.action_copy_last_week()
        self.assertEqual(len(week.visit_ids), 2)

    # === PLAN AGAINST RESULT === #

    def test_plan_and_result(self):
        """Done, missed, put off and unplanned are told apart, with their reasons."""
        week = self._week(date_from=self.monday - timedelta(days=14))
        done, missed, moved, gone = (
            self._plan(self.doctors[number], -14 + number, 9) for number in range(4))
        week.action_submit()
        done.state = 'done'
        missed.write({'state': 'missed', 'reason': "医生手术"})
        moved.write({'date_start': self._at(-9, 9), 'state': 'done'})
        gone.date_start = self._at(1, 9)
        extra = self._plan(self.doctors[4], -12, 16, state='done')
        self.assertEqual(done.deviation, False)
        self.assertEqual(
            (missed + moved + gone + extra).mapped('deviation'),
            ['missed', 'moved', 'moved', 'unplanned'])
        self.assertRecordValues(week, [{
            'planned_count': 4, 'done_count': 2, 'open_count': 1, 'missed_count': 1,
            'moved_count': 2, 'unplanned_count': 1, 'unexplained_count': 2, 'kept': 50.0}])
        moved.reason = "科室会"
        self.assertEqual(week.unexplained_count, 1)
        self.assertEqual(gone.plan_week_id, week)
        self.assertFalse(gone.week_id)
        action = week.action_view_deviations()
        self.assertEqual(
            self.env['pharma.visit'].search(action['domain']), missed + moved + gone + extra)
        week.action_withdraw()
        self.assertFalse((done + gone).plan_week_id)
        self.assertFalse(gone.deviation)

    def test_recorded_calls_stay(self):
        """Drag and drop moves planned calls only; of recorded ones the time may be corrected."""
        call = self._plan(self.doctors[0], 0, 9)
        call.write({'date_start': self._at(1, 10), 'date_end': self._at(1, 11)})
        self.assertEqual((call.date, call.duration), (self.monday + timedelta(days=1), 60))
        self._done(call)
        call.date_start = self._at(-14, 10)
        with self.assertRaises(UserError):
            call.write({'date_start': self._at(-13, 9), 'date_end': self._at(-13, 10)})
        call.with_user(self.user_director).date_start = self._at(-13, 9)
        self.assertEqual(call.date, self.monday - timedelta(days=13))

    # === APPROVAL === #

    def test_approval(self):
        """The manager finds it among his to-dos, returns it with a word, then approves."""
        week = self._week()
        week.action_submit()
        self.assertEqual(week.state, 'submitted')
        activity = self.env['mail.activity'].search([
            ('res_model', '=', 'pharma.week'), ('res_id', '=', week.id)])
        self.assertEqual(activity.user_id, self.user_area_manager)
        managed = week.with_user(self.user_area_manager)
        self.assertTrue(managed.can_decide)
        self.assertFalse(week.can_decide)
        dialog = self.env['pharma.decision'].with_user(self.user_area_manager)
        context = managed.action_open_decision()['context']
        with self.assertRaises(UserError):
            dialog.with_context(**context).create({}).action_refuse()
        dialog.with_context(**context).create({'note': "A类不足"}).action_refuse()
        self.assertRecordValues(week, [{
            'state': 'draft', 'decision_note': "A类不足",
            'decided_by_id': self.user_area_manager.id}])
        self.assertFalse(activity.exists())
        self.assertIn(
            self.user_representative.partner_id, week.message_ids[:1].notified_partner_ids)
        week.action_submit()
        managed.action_approve()
        self.assertEqual(week.state, 'approved')
        with self.assertRaises(UserError):
            managed.action_approve()

    def test_without_approval(self):
        """Where the company wants no approval, a submitted plan holds at once."""
        self.env.company.pharma_week_approval = False
        week = self._week()
        week.action_submit()
        self.assertEqual(week.state, 'approved')
        self.assertFalse(self.env['mail.activity'].search(
            [('res_model', '=', 'pharma.week'), ('res_id', '=', week.id)]))

    def test_who_decides(self):
        """Nobody himself, no colleague, no product manager; whoever acts for the manager may."""
        week = self._week()
        week.action_submit()
        for user in (self.user_representative, self.colleague, self.user_product_manager,
                     self.user_steward, self.user_internal):
            with self.subTest(user=user.name), self.assertRaises(AccessError):
                week.with_user(user).action_approve()
        own = self._week(self.user_area_manager)
        own.action_submit()
        with self.assertRaises(AccessError):
            own.action_approve()
        own.with_user(self.user_director).action_approve()
        today = self.env['pharma.access']._get_today()
        self.env['pharma.delegation'].create({
            'user_id': self.user_area_manager.id, 'delegate_id': self.colleague.id,
            'date_from': today, 'date_to': today})
        week.with_user(self.colleague).action_approve()
        self.assertEqual(week.decided_by_id, self.colleague)

    def test_nothing_by_hand(self):
        """State and decision are written by the buttons alone, whatever a client sends."""
        week = self._week()
        call = self._plan(self.doctors[0])
        user = self.user_representative
        for record, values in (
                (week, {'state': 'approved'}), (week, {'decided_by_id': user.id}),
                (week, {'decision_note': "很好"}), (week, {'submitted_at': '2026-01-01'}),
                (call, {'plan_date': '2026-01-01'}), (call, {'plan_reason': "重要"})):
            with self.subTest(values=values):
                with self.assertRaises(AccessError):
                    record.write(values)
                with self.assertRaises(AccessError):
                    record.web_save(values, {})
        with self.assertRaises(AccessError):
            self._week(state='approved', date_from=self.monday + timedelta(days=7))
        with self.assertRaises(AccessError):
            self.env['pharma.decision'].with_user(self.user_area_manager).create({
                'model': 'res.partner', 'res_id': 1, 'note': "x"}).action_approve()

    # === RIGHTS === #

    def test_roles(self):
        """The person and his managers; a product manager of the territory reads; nobody else."""
        week = self._week()
        for user, mode in (
                (self.user_representative, 'write'), (self.user_area_manager, 'write'),
                (self.user_director, 'write'), (self.user_product_manager, 'read'),
                (self.colleague, None), (self.user_steward, None), (self.user_service, None),
                (self.user_internal, None), (self.user_portal, None)):
            with self.subTest(user=user.name):
                for record in (week, week.day_ids[0]):
                    record = record.with_user(user)
                    self.assertEqual(record.has_access('read'), mode is not None)
                    self.assertEqual(record.has_access('write'), mode == 'write')
        self.assertFalse(self.env['pharma.week'].with_user(self.colleague).search(
            [('id', '=', week.id)]))
        with self.assertRaises(AccessError):
            week.with_user(self.colleague).action_propose()
        with self.assertRaises(AccessError):
            self.env['pharma.week'].with_user(self.colleague).create({
                'user_id': self.user_representative.id,
                'date_from': self.monday + timedelta(days=7)})

    def test_other_company(self):
        """A plan of another company is not seen."""
        other = self.env['res.company'].create({'name': "另一公司"})
        self.user_representative.company_ids += other
        week = self.env['pharma.week'].with_user(self.user_representative).with_context(
            allowed_company_ids=[other.id]).create({'date_from': self.monday})
        self.assertEqual(week.company_id, other)
        mine = week.with_context(allowed_company_ids=self.env.company.ids)
        self.assertFalse(mine.search([('id', '=', week.id)]))
        self._week()

    def test_managers(self):
        """Approval goes to the nearest manager; at the top to the directors."""
        access = self.env['pharma.access']
        self.assertEqual(
            access._get_deciders(self.user_representative), self.user_area_manager)
        self.assertIn(self.user_director, access._get_deciders(self.user_area_manager))
        below = self._create_territory(name="下级", parent_id=self.territory.id)
        self._assign(self.user_steward, below, date_from='2020-01-01')
        self.assertEqual(access._get_deciders(self.user_steward), self.user_area_manager)
        self._assign(self.colleague, below, role='manager', date_from='2020-01-01')
        self.assertEqual(access._get_deciders(self.user_steward), self.colleague)
