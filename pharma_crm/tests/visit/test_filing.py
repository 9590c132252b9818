from datetime import timedelta

import psycopg2

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common_visit import VisitCase


@tagged('post_install', '-at_install')
class TestFiling(VisitCase):
    """Calls are planned within the filing; its end is told in time."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.holder = cls._create_partner_of_type('manufacturer', name="沐川制药")

    @classmethod
    def _file(cls, days, **values):
        """A filing of the representative that ends in so many days."""
        return cls.env['pharma.filing'].create({
            'number': f"BA{days}", 'user_id': cls.user_representative.id,
            'holder_id': cls.holder.id, 'date_from': cls.today - timedelta(days=365),
            'date_to': cls.today + timedelta(days=days), **values})

    def _plan(self, days, **values):
        return self._call(date_start=self.now + timedelta(days=days), **values)

    # === PLANNING === #

    def test_within_the_filing(self):
        self._file(10)
        self.assertTrue(self._plan(10))
        with self.assertRaisesRegex(UserError, "BA10"), self.cr.savepoint():
            self._plan(11)

    def test_moving_a_call_out_of_it(self):
        self._file(10)
        visit = self._plan(3)
        with self.assertRaisesRegex(UserError, "BA10"), self.cr.savepoint():
            visit.date_start = self.now + timedelta(days=20)

    def test_the_newest_counts(self):
        """A renewed filing ends later."""
        self._file(10)
        self._file(400, date_from=self.today + timedelta(days=11))
        self.assertTrue(self._plan(5))
        self.assertTrue(self._plan(100))

    def test_hospitals(self):
        """A filing that names hospitals is for these; pharmacies need none."""
        other = self._create_hospital(name="海州第二医院")
        pharmacy = self._create_partner_of_type('pharmacy', name="百草药房")
        self._file(100, hospital_ids=[Command.set(other.ids)])
        self.assertTrue(self._plan(5, partner_id=other.id))
        self.assertTrue(self._plan(5, partner_id=pharmacy.id))
        with self.assertRaisesRegex(UserError, "云山绿川医院"), self.cr.savepoint():
            self._plan(5)

    def test_products(self):
        """A plan names filed products; what is filled in by itself leaves the others out."""
        filed, other = self.products
        self._file(100, product_ids=[Command.set(filed.product_tmpl_id.ids)])
        visit = self._plan(5)
        visit.action_record()
        self.assertEqual(visit.product_ids.product_id, filed)
        with self.assertRaisesRegex(UserError, "乙片"), self.cr.savepoint():
            visit.product_ids = [Command.create({'product_id': other.id})]

    def test_what_took_place_is_recorded(self):
        """Also outside of the filing: it is not made unseen."""
        self._file(-30)
        self.assertEqual(self._held().state, 'done')
        self.assertTrue(self._plan(-2))

    def test_next_call_after_the_end(self):
        """Whoever agrees on a day after the end is told at once."""
        self._file(10)
        visit = self._call()
        with self.assertRaisesRegex(UserError, "BA10"), self.cr.savepoint():
            self._record(visit, revisit_date=self.today + timedelta(days=14))

    def test_settings(self):
        """By company: not at all, after the end, or without any filing too."""
        self.assertTrue(self._plan(5))
        self.env.company.pharma_filing_check = 'required'
        with self.assertRaises(UserError):
            self._plan(5)
        self._file(-1)
        for check in ('ended', 'required'):
            self.env.company.pharma_filing_check = check
            with self.subTest(check), self.assertRaises(UserError):
                self._plan(5)
        self.env.company.pharma_filing_check = 'off'
        self.assertTrue(self._plan(5))

    def test_archived_filings_do_not_count(self):
        self._file(100).active = False
        self.env.company.pharma_filing_check = 'required'
        with self.assertRaises(UserError):
            self._plan(5)

    def test_dates(self):
        with mute_logger('odoo.sql_db'), self.assertRaises(psycopg2.errors.CheckViolation):
            self._file(-400)
            self.env.flush_all()

    # === STATES AND WARNINGS === #

    def test_states(self):
        filings = {
            'future': self._file(90, date_from=self.today + timedelta(days=1)),
            'valid': self._file(61), 'expiring': self._file(60), 'expired': self._file(-1)}
        for state, filing in filings.items():
            self.assertEqual(filing.state, state)
            self.assertIn(filing, filing.search([('state', '=', state)]))
            self.assertNotIn(filing, filing.search([('state', '!=', state)]))

    def _warn(self, filing, days_later=0):
        """To-dos that the warnings of a day add."""
        before = filing.activity_ids
        if days_later:
            filing.write({'date_to': filing.date_to - timedelta(days=days_later),
                          'warned_days': filing.warned_days})
        self.env['pharma.filing']._cron_warn()
        filing.invalidate_recordset()
        return filing.activity_ids - before

    def test_warnings(self):
        """60 and 15 days before, to the person and his manager, once each."""
        filing = self._file(61)
        self.assertFalse(self._warn(filing))
        told = self._warn(filing, 1)
        self.assertEqual(told.user_id, self.user_representative | self.user_area_manager)
        self.assertEqual(len(told), 2)
        self.assertIn("BA61", told[0].summary)
        self.assertFalse(self._warn(filing, 44))
        self.assertEqual(len(self._warn(filing, 1)), 2)
        self.assertFalse(self._warn(filing, 1))

    def test_no_warning_when_renewed(self):
        filing = self._file(20)
        renewed = self._file(400, date_from=filing.date_to + timedelta(days=1))
        self.assertFalse(self._warn(filing))
        renewed.unlink()
        self.assertTrue(self._warn(filing))

    def test_prolonged(self):
        """A new end is told anew."""
        filing = self._file(30)
        self._warn(filing)
        filing.date_to = self.today + timedelta(days=400)
        self.assertEqual(filing.warned_days, 0)

    # === RIGHTS === #

    def test_who_reads_and_writes(self):
        filing = self._file(100)
        self.assertEqual(filing.with_user(self.user_representative).read(['number'])[0]['number'],
                         "BA100")
        stranger = self.users_by_role['product_manager']
        for user in (self.user_representative, self.user_area_manager):
            with mute_logger('odoo.addons.base.models.ir_model'), self.assertRaises(AccessError):
                filing.with_user(user).date_to = fields.Date.to_date('2099-12-31')
        with mute_logger('odoo.addons.base.models.ir_model'), self.assertRaises(AccessError):
            filing.with_user(stranger).read(['number'])
        filing.with_user(self.user_director).date_to = fields.Date.to_date('2099-12-31')
        # A person who goes to another area is seen by who manages him now
        self.env['pharma.territory.assignment'].search([
            ('user_id', '=', self.user_representative.id)]).write(
                {'date_to': self.today - timedelta(days=1)})
        self.assertFalse(self.env['pharma.filing'].with_user(self.user_area_manager).search(
            [('id', '=', filing.id)]))
