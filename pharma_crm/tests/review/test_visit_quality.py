from psycopg2.errors import CheckViolation

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.queue_job.tests.common import trap_jobs

from .common_visit_review import VisitReviewCase


@tagged('post_install', '-at_install')
class TestVisitQuality(VisitReviewCase):
    """How much the record of a call tells."""

    def _element(self, code):
        return self.env.ref(f'pharma_crm.pharma_visit_element_{code}')

    def test_full_and_empty(self):
        """Everything there: 100; a bare call has what it cannot miss; a planned call nothing."""
        full = self._full_call()
        self.assertEqual(full.quality, 100)
        bare = self._call(partner=self.hospital_a, hour=14)
        # length 0.5 and on time 0.5 of 10
        self.assertEqual(bare.quality, 10)
        planned = self._call(state='planned', hour=16, recorded_at=False)
        self.env.flush_all()
        self.env.cr.execute("SELECT quality FROM pharma_visit WHERE id = %s", [planned.id])
        self.assertEqual(self.env.cr.fetchone(), (None,))

    def test_facts_change(self):
        """Every fact that is corrected later counts at once."""
        visit = self._full_call()
        for values, expected in (
            ({'purpose_id': False}, 90), ({'need': "  "}, 80), ({'revisit_date': False}, 70),
            ({'duration': 200}, 65),
            ({'product_ids': [Command.update(visit.product_ids.id, {'message': False})]}, 58.3),
            ({'product_ids': [Command.clear()]}, 45),
            ({'channel': 'mail'}, 47.4),
        ):
            visit.write(values)
            self.assertEqual(visit.quality, expected, values)

    def test_explanation(self):
        """What is missing is told with what it would bring."""
        visit = self._full_call(partner=self.hospital_a)
        parts = {part['code']: part for part in visit._explain_quality()}
        self.assertEqual(visit.quality, 90)
        self.assertEqual([code for code, part in parts.items() if part['missing']], ['people'])
        self.assertEqual(parts['people']['share'], 10)
        html = visit.with_user(self.user_representative).quality_explanation
        self.assertIn('0 / 10', html)
        self.assertIn('20 / 20', html)

    def test_coefficients_change(self):
        """The open period is rated anew in the background; what is older stays as it was."""
        new = self._call(partner=self.hospital_a)
        old = self._call(partner=self.hospital_a, days=-75)
        self.env.flush_all()
        with trap_jobs() as trap:
            self._element('planned').coefficient = 10.5
            self._element('planned').coefficient = 5.5
            trap.assert_jobs_count(1)
            self.assertEqual(new.quality, 10)
            trap.perform_enqueued_jobs()
        self.assertEqual(new.quality, 6.7)
        self.assertEqual(old.quality, 10)

    def test_one_by_one_equals_all(self):
        """The job over everybody finds what each record found."""
        visits = self._full_call() + self._call(hour=12) + self._call(
            self.colleague, self.hospital_c, channel='sms')
        expected = visits.mapped('quality')
        self.env.flush_all()
        self.env.cr.execute("UPDATE pharma_visit SET quality = 1 WHERE id = ANY(%s)", [visits.ids])
        self.env.invalidate_all()
        self.env['pharma.visit']._rate_open()
        self.assertEqual(visits.mapped('quality'), expected)

    def test_limits_of_the_company(self):
        """The settings say which lengths are right; senseless ones are refused."""
        visit = self._full_call(duration=100)
        self.env.company.pharma_call_longest = 60
        self.env['pharma.visit']._rate_open()
        self.assertEqual(visit.quality, 95)
        with mute_logger('odoo.sql_db'), self.assertRaises(CheckViolation):
            self.env.company.pharma_call_shortest = 61

    def test_elements_are_fixed(self):
        """Directors set coefficients; nobody invents, renames or drops an element."""
        element = self._element('need').with_user(self.user_director)
        element.coefficient = 3
        with mute_logger('odoo.sql_db'), self.assertRaises(CheckViolation):
            element.coefficient = -1
        for user in (self.user_director, self.user_admin):
            with self.assertRaises(AccessError):
                element.with_user(user).create({'name': "魅力", 'code': 'purpose'})
            with self.assertRaises(AccessError):
                element.with_user(user).unlink()
        for user in (self.user_representative, self.user_area_manager):
            with self.assertRaises(AccessError):
                element.with_user(user).coefficient = 9
        with self.assertRaises(ValueError):
            self._element('need').code = 'charm'

    def test_nobody_writes_quality(self):
        """A quality is not typed in, by nobody."""
        visit = self._call(partner=self.hospital_a)
        for user in (self.user_representative, self.user_area_manager, self.user_director):
            with self.assertRaises(AccessError):
                visit.with_user(user).write({'quality': 100})
        self.assertEqual(visit.quality, 10)

    def test_averages(self):
        """Per person and period: planned calls do not lower the average."""
        self._full_call()
        self._call(partner=self.hospital_a, hour=14)
        self._call(state='planned', hour=16, recorded_at=False)
        [[user, average]] = self.env['pharma.visit']._read_group(
            [('user_id', '=', self.user_representative.id)], ['user_id'], ['quality:avg'])
        self.assertEqual((user, average), (self.user_representative, 55))
