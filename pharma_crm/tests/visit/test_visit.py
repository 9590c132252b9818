from datetime import datetime, timedelta

import psycopg2

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, freeze_time, tagged
from odoo.tools import mute_logger

from ...tools.map_links import map_link
from .common_visit import VisitCase


@tagged('post_install', '-at_install')
class TestVisitRecord(VisitCase):
    """A planned call becomes a recorded one, once."""

    def test_record_is_prefilled(self):
        """Without an earlier call: the doctor himself, the products of the line, a purpose."""
        visit = self._call()
        action = visit.action_record()
        self.assertEqual((action['res_id'], action['target']), (visit.id, 'new'))
        self.assertEqual(visit.person_ids, self.doctor)
        self.assertEqual(visit.product_ids.product_id, self.products)
        self.assertTrue(visit.purpose_id)
        self.assertTrue(visit.is_planned)

    def test_record_is_prefilled_from_the_last_call(self):
        self._held(
            adoption='trial', partner_id=self.department.id,
            person_ids=[Command.set(self.other_doctor.ids)],
            product_ids=[Command.create({'product_id': self.products[1].id, 'message': "疗效"})])
        visit = self._call(partner_id=self.department.id)
        visit.action_record()
        self.assertEqual(visit.adoption, 'trial')
        self.assertEqual(visit.person_ids, self.other_doctor)
        self.assertEqual(visit.product_ids.product_id, self.products[1])

    def test_the_plan_comes_first(self):
        self._held(adoption='trial', product_ids=[
            Command.create({'product_id': self.products[1].id})])
        purpose = self.env.ref('pharma_crm.pharma_visit_purpose_event')
        visit = self._call(purpose_id=purpose.id, product_ids=[
            Command.create({'product_id': self.products[0].id})])
        visit.action_record()
        visit.action_record()
        self.assertEqual(visit.purpose_id, purpose)
        self.assertEqual(visit.product_ids.product_id, self.products[0])

    def test_recorded_twice_is_recorded_once(self):
        """A double click neither moves the record nor plans a second call."""
        visit = self._record(self._call(), revisit_date=self.today + timedelta(days=7))
        recorded, start = visit.recorded_at, visit.date_start
        visit.action_done()
        self.assertEqual((visit.recorded_at, visit.date_start), (recorded, start))
        self.assertEqual(visit.review_state, 'todo')
        self.assertEqual(len(visit.next_ids), 1)

    def test_ahead_of_its_plan(self):
        """Planned for tomorrow, held today: it ended just now."""
        visit = self._call(duration=20)
        self.assertTrue(visit.is_ahead)
        self._record(visit)
        self.assertFalse(visit.is_ahead)
        self.assertLessEqual(visit.date_start, fields.Datetime.now() - timedelta(minutes=20))
        self.assertGreater(visit.date_start, fields.Datetime.now() - timedelta(minutes=30))
        self.assertEqual(visit.entry_days, 0)

    def test_needs_a_result(self):
        with self.assertRaisesRegex(UserError, "林知远"):
            self._call().action_done()

    def test_past_calls_are_no_plan(self):
        self.assertFalse(self._call(date_start=self.now - timedelta(hours=1)).is_planned)
        self.assertFalse(self._held().is_planned)

    def test_late_entry_is_marked(self):
        """By the setting as of the record."""
        self.env.company.pharma_late_days = 2
        late = self._held(date_start=self.now - timedelta(days=3))
        in_time = self._held(date_start=self.now - timedelta(days=2))
        self.assertEqual((late.entry_days, late.is_late), (3, True))
        self.assertEqual((in_time.entry_days, in_time.is_late), (2, False))

    @freeze_time('2026-03-10 16:30:00')
    def test_days_are_those_of_the_company(self):
        """Half past midnight in China is the next day."""
        visit = self._call(date_start=datetime(2026, 3, 10, 15, 0), state='done')
        self.assertEqual(fields.Date.to_string(visit.date), '2026-03-10')
        self.assertEqual(visit.entry_days, 1)

    def test_written_by_the_system(self):
        """Nobody makes his entry timely, or a call planned, from outside."""
        visit = self._held()
        for name, value in (('recorded_at', self.now - timedelta(days=1)), ('is_planned', True),
                            ('is_late', False), ('origin_id', visit.id), ('entry_days', 0)):
            with self.subTest(name), self.assertRaises(AccessError):
                visit.write({name: value})
        with self.assertRaises(AccessError):
            self._call(recorded_at=self.now)

    def test_a_recorded_call_stays(self):
        visit = self._held()
        for values in ({'state': 'planned'}, {'state': 'missed', 'reason': "x"}):
            with self.assertRaises(UserError):
                visit.write(values)
        visit.with_user(self.user_director).write({'state': 'cancelled', 'reason': "误录"})
        self.assertEqual(visit.state, 'cancelled')

    def test_put_off_ahead_is_a_plan(self):
        visit = self._call(date_start=self.now - timedelta(hours=1))
        visit.date_start = self.now + timedelta(days=1)
        self.assertTrue(visit.is_planned)

    def test_missed_calls_are_not_recorded(self):
        """They are planned again first."""
        visit = self._call(state='missed', reason="出差")
        visit.result_id = self.reached
        with self.assertRaises(UserError):
            visit.action_done()

    def test_form(self):
        """The form enters what took place, without a plan."""
        with Form(self.visits) as form:
            form.partner_id = self.doctor
            form.channel = 'phone'
        visit = form.record
        self.assertEqual((visit.filing_form, visit.hospital_id), ('remote', self.hospital))
        self.assertFalse(visit.is_planned)


@tagged('post_install', '-at_install')
class TestVisitNotHeld(VisitCase):
    """Put off, missed, cancelled: with a reason, seen in the chatter."""

    def test_reason_is_needed(self):
        visit = self._call()
        for action in ('action_put_off',):
            with self.assertRaises(UserError):
                getattr(visit, action)()
        for state in ('missed', 'cancelled'):
            with mute_logger('odoo.sql_db'), self.assertRaises(psycopg2.errors.CheckViolation):
                self._call(state=state, reason="").flush_recordset()

    def test_missed_and_planned_again(self):
        visit = self._call()
        visit.reason = "出差"
        visit.action_miss()
        self.assertEqual(visit.state, 'missed')
        visit.action_plan_again()
        self.assertEqual(visit.state, 'planned')
        visit.action_cancel()
        self.assertEqual(visit.state, 'cancelled')

    def test_put_off(self):
        visit = self._call()
        visit.write({'reason': "会议", 'date_start': self.now - timedelta(days=1)})
        with self.assertRaises(UserError):
            visit.action_put_off()
        visit.date_start = self.now + timedelta(days=3)
        visit.action_put_off()
        self.assertEqual((visit.state, visit.reason), ('planned', "会议"))

    def test_buttons_leave_recorded_calls(self):
        visit = self._held()
        for action in ('action_miss', 'action_cancel', 'action_plan_again'):
            with self.assertRaises(UserError):
                getattr(visit, action)()
        self.assertEqual(visit.state, 'done')


@tagged('post_install', '-at_install')
class TestVisitNext(VisitCase):
    """The day agreed on is the next planned call."""

    def _revisit(self, days):
        return self.today + timedelta(days=days)

    def test_becomes_the_next_call(self):
        visit = self._record(
            self._call(product_ids=[
                Command.create({'product_id': self.products[0].id, 'reaction': 'doubtful'})]),
            revisit_date=self._revisit(7))
        following = visit.next_ids
        self.assertRecordValues(following, [{
            'state': 'planned', 'is_planned': True, 'date': self._revisit(7),
            'partner_id': self.doctor.id, 'user_id': self.user_representative.id,
            'origin_id': visit.id, 'result_id': False}])
        self.assertEqual(following.product_ids.product_id, visit.product_ids.product_id)
        self.assertFalse(any(following.product_ids.mapped('reaction')))
        self.assertEqual(following.date_start.time(), visit.date_start.time())

    def test_moves_with_the_day(self):
        visit = self._record(self._call(), revisit_date=self._revisit(7))
        following = visit.next_ids
        visit.revisit_date = self._revisit(9)
        self.assertEqual((visit.next_ids, following.date), (following, self._revisit(9)))
        visit.revisit_date = False
        self.assertEqual(following.state, 'cancelled')
        self.assertTrue(following.reason)
        visit.revisit_date = self._revisit(10)
        self.assertEqual((following.state, following.date), ('planned', self._revisit(10)))

    def test_what_was_held_is_left(self):
        visit = self._record(self._call(), revisit_date=self._revisit(7))
        self._record(visit.next_ids)
        visit.revisit_date = self._revisit(9)
        self.assertEqual(visit.next_ids.state, 'done')
        self.assertEqual(len(visit.next_ids), 1)

    def test_taps(self):
        """One week, two, four from the call."""
        visit = self._held()
        visit.revisit_in = '14'
        self.assertEqual(visit.revisit_date, visit.date + timedelta(days=14))
        self.assertEqual(visit.next_ids.date, visit.revisit_date)
        visit.revisit_date = visit.date + timedelta(days=15)
        self.assertFalse(visit.revisit_in)

    def test_not_before_the_call(self):
        visit = self._held()
        with mute_logger('odoo.sql_db'), self.assertRaises(psycopg2.errors.CheckViolation):
            visit.revisit_date = visit.date
            visit.flush_recordset()

    def test_entered_late(self):
        """An agreed day that is over already is no plan."""
        visit = self._held(date_start=self.now - timedelta(days=9), revisit_date=self._revisit(-2))
        self.assertFalse(visit.next_ids)

    def test_two_at_once(self):
        """Of two follow-ups the database takes one."""
        visit = self._record(self._call(), revisit_date=self._revisit(7))
        with mute_logger('odoo.sql_db'), self.assertRaises(psycopg2.errors.UniqueViolation):
            self._call().sudo().write({'origin_id': visit.id})
            self.env.flush_all()


@tagged('post_install', '-at_install')
class TestVisitCopy(VisitCase):

    def test_as_last_time(self):
        last = self._held(
            objective="复评", channel='phone', duration=15, summary="旧谈话", product_ids=[
                Command.create({'product_id': self.products[1].id, 'message': "指南"})])
        visit = self._call()
        visit.action_record()
        visit.action_copy_last()
        self.assertRecordValues(visit, [{
            'objective': "复评", 'channel': 'phone', 'duration': 15, 'summary': False,
            'state': 'planned', 'result_id': False}])
        self.assertRecordValues(visit.product_ids, [{
            'product_id': self.products[1].id, 'message': "指南", 'reaction': False}])
        self.assertEqual(last.state, 'done')

    def test_nothing_to_copy(self):
        with self.assertRaises(UserError):
            self._call().action_copy_last()

    def test_one_more(self):
        """Recording the like of a colleague's call makes it one's own."""
        visit = self._held(product_ids=[Command.create({'product_id': self.products[0].id})])
        action = visit.with_user(self.user_area_manager).action_repeat()
        copy = self.env['pharma.visit'].browse(action['res_id'])
        self.assertEqual((copy.user_id, copy.state), (self.user_area_manager, 'planned'))
        self.assertEqual(copy.product_ids.product_id, self.products[0])


@tagged('post_install', '-at_install')
class TestVisitReach(VisitCase):

    def test_card(self):
        """A card dials, writes and leads the way, where the contact says how."""
        self.hospital.write({'city': "海州市", 'street': "新华路1号"})
        visit = self._call()
        self.assertEqual(visit.partner_phone, '0571-55500001')
        self.assertEqual(visit.partner_email, 'lin@example.com')
        self.assertTrue(visit.map_url.startswith('https://uri.amap.com/search?keyword='))
        self.assertFalse(self._call(partner_id=self.other_doctor.id).partner_phone)

    def test_way_by_position(self):
        self.hospital.write({'partner_latitude': 30.25, 'partner_longitude': 120.5})
        visit = self._call()
        self.assertIn('to=120.500000%2C30.250000', visit.map_url)
        self.env.company.pharma_map = 'baidu'
        visit.invalidate_recordset()
        self.assertIn('location=30.250000%2C120.500000', visit.map_url)

    def test_services(self):
        """Each service gets an address, and none may break out of it."""
        for service in ('amap', 'baidu', 'tencent'):
            for position in ({}, {'latitude': 30.0, 'longitude': 120.0}):
                link = map_link(service, "医院&x=1 #", "路 1", "市", **position)
                self.assertTrue(link.startswith('https://'))
                self.assertNotIn('&x=1', link)
                self.assertNotIn('#', link)

    def test_people_of_others_are_not_reached(self):
        """Nobody links people to his calls whom he does not see."""
        far = self._create_territory(name="远区")
        stranger = self._create_person(self._create_hospital(name="远方医院", territory=far))
        with mute_logger('odoo.addons.base.models.ir_rule'), self.assertRaises(AccessError):
            self._call(person_ids=[Command.set(stranger.ids)])
        with mute_logger('odoo.addons.base.models.ir_rule'), self.assertRaises(AccessError):
            self._call(partner_id=stranger.id)
        with self.assertRaises(ValidationError):
            self._call(partner_id=self.env.company.partner_id.id)
