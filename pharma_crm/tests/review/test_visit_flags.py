from datetime import timedelta

from psycopg2.errors import UniqueViolation

from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.queue_job.tests.common import trap_jobs

from .common_visit_review import VisitReviewCase


@tagged('post_install', '-at_install')
class TestVisitFlags(VisitReviewCase):
    """Remarks on what is unusual about calls."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.hospital_a.write({'partner_latitude': 34.598, 'partner_longitude': 119.172})
        cls.hospital_b.write({'partner_latitude': 34.284, 'partner_longitude': 119.239})

    def _check(self, days=-1, user=None):
        return self.env['pharma.visit.flag']._check_people(
            (user or self.user_representative).ids, self.today + timedelta(days=days))

    def _flags(self, visits, **values):
        domain = [('visit_id', 'in', visits.ids)]
        return self.env['pharma.visit.flag'].search(
            domain + [(name, '=', value) for name, value in values.items()]).sorted(
                lambda flag: (flag.visit_id.id, flag.kind))

    def _far(self):
        """Two calls whose way nobody makes: 35 km in 10 minutes."""
        return self._call(hour=9) + self._call(partner=self.hospital_b, hour=9, minute=30)

    def test_evidence(self):
        """Each remark tells what it comes from, with the other call."""
        text = "介绍了餐后服用的用法和三期数据，主任愿意先给两例患者使用"
        first = self._call(summary=text)
        second = self._call(
            partner=self.hospital_b, minute=15, duration=1, summary=text + "！",
            recorded_at=self._at(4))
        second.recorded_at = self._at(4)
        self._check()
        self.assertFalse(self._flags(first))
        flags = {flag.kind: flag for flag in self._flags(second)}
        self.assertEqual(set(flags), {'overlap', 'distance', 'text', 'late', 'short'})
        self.assertRecordValues(flags['distance'], [{
            'km': 35.5, 'minutes': 0, 'other_id': first.id, 'user_id': self.user_representative.id,
            'territory_id': self.area_a.id, 'partner_id': self.hospital_b.id, 'state': 'open'}])
        for kind, parts in {
            'overlap': ("1 minutes", first.display_name), 'distance': ("35.5 km",),
            'text': ("100 %", first.display_name), 'late': ("5 days",), 'short': ("1 minutes",),
        }.items():
            for part in parts:
                self.assertIn(part, flags[kind].evidence)

    def test_again_changes_nothing(self):
        """The job may run as often as it likes."""
        visits = self._far()
        self.assertEqual(self._check(), 1)
        flag = self._flags(visits)
        self.env.cr.execute("SELECT xmin, * FROM pharma_visit_flag WHERE id = %s", [flag.id])
        before = self.env.cr.fetchall()
        flag.with_user(self.user_area_manager).write({'state': 'dismissed', 'note': "乘救护车"})
        self.env.flush_all()
        self._check()
        self._check(-20)
        self.assertRecordValues(self._flags(visits), [{
            'id': flag.id, 'state': 'dismissed', 'note': "乘救护车",
            'answer_user_id': self.user_area_manager.id}])
        self.assertEqual(len(before), 1)
        with mute_logger('odoo.sql_db'), self.assertRaises(UniqueViolation):
            flag.copy({'visit_id': flag.visit_id.id, 'kind': flag.kind})

    def test_cause_gone(self):
        """A corrected call closes the remark; the mistake made again opens it again."""
        visits = self._far()
        self._check()
        with trap_jobs() as trap:
            visits[1].date_start += timedelta(hours=2)
            self.assertEqual(len(trap.enqueued_jobs), 1)
            trap.perform_enqueued_jobs()
        self.assertEqual(self._flags(visits).state, 'closed')
        visits[1].date_start -= timedelta(hours=2)
        self._check()
        self.assertEqual(self._flags(visits).state, 'open')
        # What was answered stays
        self._flags(visits).with_user(self.upper).action_talk()
        visits[1].date_start += timedelta(hours=2)
        self._check()
        self.assertEqual(self._flags(visits).state, 'talked')
        visits[1].date_start -= timedelta(hours=2)
        visits[0].unlink()
        self._check()
        self.assertEqual(self._flags(visits[1]).state, 'talked')

    def test_job_when_recorded(self):
        """Recording asks for one job per person and day; planning for none."""
        with trap_jobs() as trap:
            self._call(state='planned', hour=8, recorded_at=False)
            trap.assert_jobs_count(0)
            self._far()
            trap.assert_jobs_count(1)
            trap.perform_enqueued_jobs()
        self.assertEqual(len(self.env['pharma.visit.flag'].search([])), 1)

    def test_every_night(self):
        """Everybody with calls of the open period is looked at, and a new limit counts."""
        visits = self._far() + self._call(self.colleague, self.hospital_c, duration=1)
        self.env.company.pharma_flag_minutes = 1
        with trap_jobs() as trap:
            self.env['pharma.visit.flag']._cron_check()
            trap.perform_enqueued_jobs()
        self.assertEqual(self._flags(visits).mapped('kind'), ['distance'])
        self.env.company.pharma_flag_minutes = 3
        with trap_jobs() as trap:
            self.env['pharma.visit.flag']._cron_check()
            trap.perform_enqueued_jobs()
        self.assertEqual(self._flags(visits).mapped('kind'), ['distance', 'short'])

    def test_where_it_was_recorded(self):
        """The place of the record counts if it was made on the spot, else the customer's."""
        here = {'latitude': 34.598, 'longitude': 119.172}
        self._call(hour=9)
        on_the_spot = self._call(partner=self.hospital_b, hour=9, minute=30, **here)
        self._check()
        self.assertFalse(self._flags(on_the_spot))
        on_the_spot.recorded_at = self._at(0)
        self._check()
        self.assertEqual(self._flags(on_the_spot).kind, 'distance')

    def test_who_reads(self):
        """Managers of the person and directors; the person only where the company wants it."""
        self._far()
        self._check()
        flag = self._flags(self.env['pharma.visit'].search([]), kind='distance')
        readers = (self.user_area_manager, self.upper, self.user_director, self.user_admin)
        for user in readers:
            flag.with_user(user).read(['evidence', 'state'])
        others = (self.user_representative, self.colleague, self.other_manager, self.stranger,
                  self.user_steward, self.user_product_manager, self.user_service,
                  self.user_internal, self.user_portal)
        for user in others:
            with self.assertRaises(AccessError, msg=user.login):
                flag.with_user(user).read(['evidence'])
        self.assertFalse(flag.visit_id.with_user(self.user_representative).flag_ids)
        self.assertFalse(
            flag.visit_id.with_user(self.user_representative).get_review_card()['flags'])
        self.env.company.pharma_flags_own = True
        self.env.invalidate_all()
        self.assertIn("35.5", flag.with_user(self.user_representative).evidence)
        with self.assertRaises(AccessError):
            flag.with_user(self.user_representative).action_dismiss()
        with self.assertRaises(AccessError):
            flag.with_user(self.colleague).read(['evidence'])

    def test_only_the_answer(self):
        """A manager answers a remark; he changes none, makes none, deletes none."""
        self._far()
        self._check()
        flag = self._flags(self.env['pharma.visit'].search([])).with_user(self.user_area_manager)
        for values in ({'km': 1}, {'kind': 'late'}, {'visit_id': 1}, {'state': 'closed'},
                       {'answer_user_id': self.upper.id}):
            with self.assertRaises(AccessError):
                flag.write(values)
        with self.assertRaises(AccessError):
            flag.create({'visit_id': flag.visit_id.id, 'kind': 'short'})
        with self.assertRaises(AccessError):
            flag.unlink()

    def test_other_call_hidden(self):
        """Who may not see the other call does not read its customer in the evidence."""
        visits = self._far()
        self._check()
        flag = self._flags(visits)
        self.env['pharma.visit'].browse(visits[0].id).sudo().user_id = self.stranger
        evidence = flag.with_user(self.user_area_manager).evidence
        self.assertNotIn("林知远", evidence)
        self.assertIn("another call", evidence)
