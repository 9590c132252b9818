from datetime import timedelta

from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from .test_week import WeekCase


@tagged('post_install', '-at_install')
class TestTrip(WeekCase):
    """Trips and call applications: asked for, approved, answered."""

    def _trip(self, user=None, **values):
        user = user or self.user_representative
        return self.env['pharma.trip'].with_user(user).create({
            'name': "苏北走访", 'user_id': user.id, 'date_from': self.monday, 'advance': 800,
            'problem_ids': [Command.create({'name': "进院资料缺失"})], **values})

    def test_way_of_a_trip(self):
        """Asked for, approved, travelled, and closed once each problem has its answer."""
        call = self._plan(self.doctors[0], 1)
        other = self._plan(self.doctors[1], 4)
        trip = self._trip(date_to=self.monday + timedelta(days=2))
        trip.action_attach_calls()
        self.assertEqual(trip.visit_ids, call)
        self.assertFalse(other.trip_id)
        trip.action_submit()
        activity = self.env['mail.activity'].search([
            ('res_model', '=', 'pharma.trip'), ('res_id', '=', trip.id)])
        self.assertEqual(activity.user_id, self.user_area_manager)
        with self.assertRaises(UserError):
            trip.action_done()
        trip.with_user(self.user_area_manager).action_approve()
        self.assertFalse(activity.exists())
        with self.assertRaises(UserError):
            trip.action_done()
        trip.problem_ids.write({'outcome': "资料已补齐", 'result': 'solved'})
        trip.action_done()
        self.assertEqual(trip.state, 'done')
        with self.assertRaises(UserError):
            trip.action_withdraw()

    def test_refused(self):
        """A refusal needs a word; the person changes it and asks again."""
        trip = self._trip()
        trip.action_submit()
        dialog = self.env['pharma.decision'].with_user(self.user_area_manager).with_context(
            default_model='pharma.trip', default_res_id=trip.id)
        with self.assertRaises(UserError):
            dialog.create({'note': "  "}).action_refuse()
        dialog.create({'note': "预算超标"}).action_refuse()
        self.assertRecordValues(trip, [{'state': 'refused', 'decision_note': "预算超标"}])
        self.assertIn(
            self.user_representative.partner_id, trip.message_ids[:1].notified_partner_ids)
        trip.action_withdraw()
        trip.advance = 500
        trip.action_submit()
        trip.with_user(self.user_area_manager).action_approve()
        self.assertFalse(trip.decision_note)

    def test_approved_stays(self):
        """Nobody changes behind the manager's back what he approved."""
        trip = self._trip()
        trip.action_submit()
        for values in ({'advance': 9000}, {'date_to': self.monday + timedelta(days=9)},
                       {'partner_ids': [Command.link(self.doctors[0].id)]},
                       {'user_id': self.colleague.id}):
            with self.subTest(values=values), self.assertRaises(UserError):
                trip.write(values)
        with self.assertRaises(UserError):
            trip.unlink()
        for values in ({'state': 'approved'}, {'decided_by_id': self.user_representative.id}):
            with self.subTest(values=values), self.assertRaises(AccessError):
                trip.write(values)
        with self.assertRaises(AccessError):
            self._trip(state='approved')

    def test_who_decides(self):
        """Neither himself nor a stranger; a manager's own trip goes to the directors."""
        trip = self._trip()
        trip.action_submit()
        for user in (self.user_representative, self.colleague, self.user_product_manager):
            with self.subTest(user=user.name), self.assertRaises(AccessError):
                trip.with_user(user).action_approve()
        own = self._trip(self.user_area_manager)
        own.action_submit()
        with self.assertRaises(AccessError):
            own.action_approve()
        own.with_user(self.user_director).action_approve()
        self.assertEqual(own.state, 'approved')

    def test_nobody_above(self):
        """Who has nobody above him is told so."""
        directors = self.env.ref('pharma_crm.group_pharma_crm_director').all_user_ids
        (directors - self.user_director).active = False
        trip = self._trip(self.user_director)
        with self.assertRaises(UserError):
            trip.action_submit()

    def test_advance(self):
        """Where the company pays no advances, none is asked for; never less than nothing."""
        with self.assertRaises(IntegrityError), mute_logger('odoo.sql_db'):
            self._trip(advance=-1)
        with self.assertRaises(IntegrityError), mute_logger('odoo.sql_db'):
            self._trip(date_to=self.monday - timedelta(days=1))
        self.env.company.pharma_trip_advance = False
        with self.assertRaises(ValidationError):
            self._trip()
        self.assertFalse(self._trip(advance=0).has_advance)

    def test_calls_of_the_same_person(self):
        """A call belongs to a trip of whoever makes it."""
        trip = self._trip(self.colleague)
        with self.assertRaises(ValidationError):
            self._plan(self.doctors[0], trip_id=trip.id)

    def test_roles(self):
        """The person and his managers; who manages the product reads; nobody else."""
        trip = self._trip()
        for user, mode in (
                (self.user_representative, 'write'), (self.user_area_manager, 'write'),
                (self.user_director, 'write'), (self.user_product_manager, 'read'),
                (self.colleague, None), (self.user_steward, None), (self.user_service, None),
                (self.user_internal, None), (self.user_portal, None)):
            with self.subTest(user=user.name):
                for record in (trip, trip.problem_ids):
                    record = record.with_user(user)
                    self.assertEqual(record.has_access('read'), mode is not None)
                    self.assertEqual(record.has_access('write'), mode == 'write')
        self.assertTrue(self._trip(self.user_product_manager))

    # === CALLS CHOSEN FROM TARGETS === #

    def test_plan_calls(self):
        """Chosen customers are put into a half-day, beside what stands there, once."""
        first = self._plan(self.doctors[0], 2, 9)
        dialog = self.env['pharma.visit.plan'].with_user(self.user_representative).create({
            'date': self.monday + timedelta(days=2), 'half': 'am', 'objective': "新指南",
            'partner_ids': [Command.set(self.doctors[:3].ids)]})
        dialog.action_plan()
        calls = first.week_id.visit_ids
        self.assertEqual(calls.partner_id, self.doctors[:3])
        spans = sorted((call.date_start, call.date_end) for call in calls)
        self.assertTrue(all(
            one[1] <= two[0] for one, two in zip(spans, spans[1:], strict=False)))
        self.assertEqual(set((calls - first).mapped('objective')), {"新指南"})
        dialog.action_plan()
        self.assertEqual(first.week_id.visit_ids, calls)
        with self.assertRaises(UserError):
            dialog.date = self.monday - timedelta(days=14)
            dialog.action_plan()

    def test_plan_calls_rights(self):
        """A stranger plans nothing for others, whatever he sends."""
        dialog = self.env['pharma.visit.plan'].with_user(self.colleague).create({
            'date': self.monday, 'half': 'am', 'user_id': self.user_representative.id,
            'partner_ids': [Command.set(self.doctors[:1].ids)]})
        with self.assertRaises(AccessError):
            dialog.action_plan()
        # For himself neither: of strangers' customers he does not even read the names
        dialog.user_id = self.colleague
        dialog.action_plan()
        self.assertFalse(self.env['pharma.visit'].search(
            [('partner_id', '=', self.doctors[0].id)]))
        with self.assertRaises(AccessError):
            self._plan(self.doctors[0], user=self.colleague)

    def test_targets_of_the_cycle(self):
        """The proposal takes what the open cycle wants, and never more than it counts."""
        first = self.monday.replace(day=1)
        self.env['pharma.cycle'].search([]).sudo().write({'state': 'draft'})
        self.env['pharma.cycle'].search([]).unlink()
        cycle = self.env['pharma.cycle'].create({
            'date_from': first, 'date_to': self.monday + timedelta(days=27)})
        cycle.sudo().state = 'open'
        self.env['pharma.cycle.target'].sudo().create([{
            'cycle_id': cycle.id, 'user_id': self.user_representative.id,
            'partner_id': doctor.id, 'goal': goal, 'maximum': goal,
        } for doctor, goal in zip(self.doctors, (4, 1, 0, 0, 0, 0), strict=True)])
        week = self._week()
        rows = {row['partner_id']: row for row in week._get_open_targets()[cycle.date_to]}
        self.assertEqual(
            {id_: row['goal'] for id_, row in rows.items()},
            {self.doctors[0].id: 4, self.doctors[1].id: 1})
        self.assertIn("5", week.target_summary)
        week.action_propose()
        calls = week.visit_ids.grouped('partner_id')
        self.assertEqual(calls.keys(), set(self.doctors[:2]))
        self.assertEqual(len(calls[self.doctors[1]]), 1)
        self.assertIn(len(calls[self.doctors[0]]), (2, 3))
        days = sorted(calls[self.doctors[0]].mapped('date'))
        self.assertTrue(all(
            (two - one).days > 1 for one, two in zip(days, days[1:], strict=False)))
        count = len(week.visit_ids)
        week.action_propose()
        self.assertEqual(len(week.visit_ids), count)
        dialog = self.env['pharma.visit.plan'].with_user(self.user_representative).create({
            'date': self.monday, 'partner_ids': [Command.set(self.doctors[:2].ids)]})
        self.assertIn(self.doctors[1].name, dialog.warning)
        self.assertNotIn(self.doctors[0].name, dialog.warning)
