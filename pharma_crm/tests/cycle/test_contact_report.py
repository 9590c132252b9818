from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common_cycle import CycleCase


@tagged('post_install', '-at_install')
class TestCycleReports(CycleCase):
    """Attainment by territory and person, contacts per person and year."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.cycle._refresh()

    def _attainment(self, user):
        """{name: (interaction goal, earned)} as a user sees it, territories and people."""
        self.env.invalidate_all()
        rows = self.env['pharma.cycle.report'].with_user(user).search(
            [('cycle_id', '=', self.cycle.id)])
        return {
            row.user_id.name or row.territory_id.name: (row.interaction_goal, row.earned)
            for row in rows}

    def test_parents_are_the_sum_of_their_children(self):
        self._call(self.doctors['A'])
        self._call(self.doctor_c, user=self.colleague)
        below = self._create_territory(name="甲地区下", parent_id=self.area_a.id)
        self._assign(self.colleague, below, date_from=self.begin)
        self._align(self.hospital_x, below, date_from=self.begin)
        self._graded(self.hospital_x, 'B')
        self.cycle._refresh()
        reports = self.env['pharma.cycle.report'].with_user(self.user_area_manager)
        rows = reports.search([('cycle_id', '=', self.cycle.id)])
        territories = {row.territory_id: row for row in rows if not row.user_id}
        self.assertEqual(
            set(territories), {self.region, self.area_a, self.area_b, below})
        for territory, row in territories.items():
            parts = [part for part in rows if part != row and (
                part.territory_id == territory if part.user_id
                else part.parent_id == territory)]
            for name in ('interaction_goal', 'earned', 'actual', 'target_count'):
                self.assertAlmostEqual(row[name], sum(part[name] for part in parts))
            self.assertAlmostEqual(row.attainment, row.earned * 100 / row.interaction_goal, 1)
            self.assertAlmostEqual(row.gap, row.attainment - self.cycle.elapsed, 1)
        self.assertEqual(territories[self.region].interaction_goal, 13)
        self.assertEqual(territories[self.region].earned, 2)
        self.assertEqual(territories[self.region].people_count, 2)
        behind = rows.filtered('user_id')[0].action_view_targets()
        self.assertTrue(self.env['pharma.cycle.target'].search(behind['domain']))

    def test_attainment_of_what_one_sees(self):
        self._call(self.doctors['A'])
        self.assertEqual(self._attainment(self.user_representative), {
            '华东大区': (7, 1), '海州地区': (7, 1), self.user_representative.name: (7, 1)})
        self.assertEqual(self._attainment(self.user_area_manager)['华东大区'], (11, 1))
        self.assertEqual(self._attainment(self.user_product_manager), {})
        with mute_logger('odoo.addons.base.models.ir_model'), self.assertRaises(AccessError):
            self._attainment(self.user_steward)

    # === CONTACTS === #

    def _contacts(self, user, partner=None):
        self.env.invalidate_all()
        return self.env['pharma.contact.report'].with_user(user).search(
            [('partner_id', '=', (partner or self.doctors['A']).id)])

    def test_contacts_of_a_year(self):
        """By form of contact, first and last, what was reached, by whom, each call once."""
        doctor = self.doctors['A']
        reached = self.env['pharma.visit.result'].search([('is_reached', '=', True)], limit=1)
        first = self._call(doctor, days=400, channel='phone')
        calls = self._call(doctor, result_id=reached.id, summary="谈了疗效",
                           person_ids=[Command.set(doctor.ids)])
        calls |= self._call(self.hospital_a, channel='event',
                            person_ids=[Command.set(doctor.ids)])
        self._call(doctor, state='planned', date_start=fields.Datetime.now() + timedelta(days=1))
        rows = self._contacts(self.user_representative)
        self.assertEqual(len(rows), 2)
        row = rows.filtered(lambda record: record.year == str(calls[0].date.year))
        self.assertRecordValues(row, [{
            'contact_count': 2, 'face_count': 1, 'event_count': 1, 'phone_count': 0,
            'reached_count': 1, 'first_date': min(calls.mapped('date')),
            'last_date': max(calls.mapped('date')), 'user_count': 1,
            'hospital_id': self.hospital_a.id}])
        self.assertEqual(row.visit_ids, calls.with_env(row.env))
        self.assertEqual(row.user_ids, self.user_representative)
        self.assertIn("谈了疗效", row.visit_ids.mapped('summary'))
        self.assertEqual((rows - row).visit_ids, first.with_env(row.env))
        action = doctor.with_user(self.user_representative).action_view_contact_report()
        self.assertEqual(
            self.env['pharma.contact.report'].with_user(
                self.user_representative).search(action['domain']), rows)

    def test_only_calls_that_one_sees(self):
        """A colleague's call on a shared doctor is in the manager's figures, not in mine."""
        self.env['pharma.share'].create({
            'partner_id': self.hospital_c.id, 'mode': 'work',
            'user_id': self.user_representative.id, 'shared_by_id': self.colleague.id})
        mine = self._call(self.doctor_c)
        self._call(self.doctor_c, user=self.colleague)
        row = self._contacts(self.user_representative, self.doctor_c)
        self.assertEqual((row.contact_count, row.user_count), (1, 1))
        self.assertEqual(row.visit_ids, mine.with_env(row.env))
        row = self._contacts(self.user_area_manager, self.doctor_c)
        self.assertEqual((row.contact_count, row.user_count), (2, 2))
        self.assertEqual(row.user_ids, self.user_representative | self.colleague)
        self.assertFalse(self._contacts(self.user_product_manager, self.doctor_c))
        for user in (self.user_steward, self.user_service):
            with mute_logger('odoo.addons.base.models.ir_model'), self.assertRaises(AccessError):
                self._contacts(user)

    def test_people_met_stay_hidden(self):
        """Who was met and belongs to somebody else by now is in the figures of nobody who does
        not see him.
        """
        self._call(self.hospital_a, person_ids=[Command.set(self.doctors['A'].ids)])
        self.assertTrue(self._contacts(self.user_representative))
        self.doctors['A'].parent_id = self.hospital_x
        self.assertFalse(self._contacts(self.user_representative))
        self.assertTrue(self._contacts(self.user_director))
