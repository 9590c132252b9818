from datetime import date

from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .test_flow_doubles import FlowDoublesCommon


@tagged('post_install', '-at_install')
class TestFlowPeriod(FlowDoublesCommon):
    """What counts in a locked month stays as it is; what comes late counts in the next open one."""

    def _lock(self, *months):
        periods = self.env['pharma.flow.period']
        for month in months:
            periods |= periods.create({'month': f'{month}-15'})
        periods.action_lock()
        return periods

    def _entry(self, file):
        return [str(line.entry_month or '')[:7] for line in file.line_ids.sorted('row_number')]

    def test_late_rows_count_in_the_first_open_month(self):
        self._lock('2026-01', '2026-02', '2026-04')
        file = self._make_file({}, {'date': '2026-03-05'}, {'date': '2026-04-05'},
                               date_to='2026-04-30')
        self.assertEqual(self._entry(file), ['2026-03', '', '2026-05'])
        self.assertEqual(str(file.line_ids.sorted('row_number')[0].date), '2026-01-05')

    def test_rows_posted_before_stay_in_their_month(self):
        file = self._make_file({})
        self._lock('2026-01')
        self.assertEqual(self._entry(file), [''])

    def test_undo_is_refused(self):
        file = self._make_file({})
        period = self._lock('2026-01')
        with self.assertRaises(UserError) as caught:
            file.action_undo()
        self.assertIn('2026-01', str(caught.exception))
        self.assertEqual(file.state, 'posted')
        period.action_unlock()
        file.action_undo()
        self.assertFalse(file.line_ids)

    def test_undo_of_what_counts_nowhere_locked(self):
        self._lock('2026-01')
        late = self._make_file({})
        waiting = self._make_file({'quantity': '5'}, post=False)
        (late | waiting).action_undo()
        self.assertFalse((late | waiting).line_ids)

    def test_restated_row_in_a_month_that_is_locked_later(self):
        self._lock('2026-01')
        late = self._make_file({})
        self._lock('2026-02')
        with self.assertRaises(UserError) as caught:
            late.action_undo()
        self.assertIn('2026-02', str(caught.exception))

    def test_decisions_leave_counted_rows_alone(self):
        name = self._create_alias(
            name="望澜人医", partner_id=self.hospital.id, distributor_id=self.distributor.id)
        file = self._make_file({'customer': "望澜人医"})
        period = self._lock('2026-01')
        name.partner_id = self.clinic_hospital
        self.assertEqual(file.line_ids.partner_id, self.hospital)
        period.action_find_pending()
        self.assertEqual(period.pending_count, 1)
        shown = self.env['pharma.flow.line'].search(period.action_view_pending()['domain'])
        self.assertEqual(shown, file.line_ids)
        period.action_unlock()
        period._apply_pending()
        self.assertEqual(file.line_ids.partner_id, self.clinic_hospital)
        self.assertEqual(period.pending_count, 0)

    def test_nothing_pending(self):
        self._make_file({})
        period = self._lock('2026-01')
        period.action_find_pending()
        self.assertEqual((period.pending_count, bool(period.pending_on)), (0, True))

    def test_territories_of_locked_months_stay(self):
        line = self._make_file({}).line_ids
        self.assertEqual(line.user_id, self.user_representative)
        period = self._lock('2026-01')
        self.env['pharma.alignment'].search(
            [('partner_id', '=', self.hospital.id)]).unlink()
        self.env['pharma.flow.line']._restate_territories(self.hospital.ids)
        self.assertEqual(line.user_id, self.user_representative)
        period.action_unlock()
        period._apply_pending()
        self.assertFalse(line.user_id)

    def test_names_decided_late_count_later(self):
        file = self._make_file({'customer': "望澜人医"})
        self._lock('2026-01')
        self._find_name("望澜人医").partner_id = self.hospital
        self.assertEqual((file.line_ids.status, self._entry(file)), ('ok', ['2026-02']))
        self.assertEqual(file.ok_count, 1)

    def test_names_decided_after_a_second_lock(self):
        self._lock('2026-01')
        file = self._make_file({'customer': "望澜人医"})
        self._lock('2026-02')
        self._find_name("望澜人医").partner_id = self.hospital
        self.assertEqual((file.line_ids.status, self._entry(file)), ('ok', ['2026-03']))

    def test_locked_rows_come_before_doubles(self):
        """The row of the first file would give way to an alias; in a locked month it stays, and
        what becomes its equal is the double."""
        first = self._make_file({'customer': "望澜人医"})
        second = self._make_file({})
        self._lock('2026-01')
        self._find_name("望澜人医").partner_id = self.hospital
        self.assertReasons(second, False)
        self.assertReasons(first, 'double')

    def test_double_of_an_undone_file_counts_later(self):
        first = self._make_file({'date': '2026-02-05'}, date_to='2026-02-28')
        second = self._make_file({}, {'date': '2026-02-05'}, date_to='2026-02-28')
        self.assertReasons(second, False, 'double')
        period = self._lock('2026-02')
        with self.assertRaises(UserError):
            first.action_undo()
        period.action_unlock()
        first.action_undo()
        self.assertReasons(second, False, False)

    def test_replacement_takes_nothing_from_a_locked_month(self):
        first = self._make_file({}, {'quantity': '2'})
        period = self._lock('2026-01')
        second = self._make_file({}, {'quantity': '3'}, replaces_id=first.id)
        self.assertReasons(first, False, False)
        self.assertReasons(second, 'double', False)
        self.assertEqual(self._entry(second)[1], '2026-02')
        period.action_find_pending()
        self.assertEqual(period.pending_count, 2)
        period.action_unlock()
        period._apply_pending()
        self.assertReasons(first, 'superseded', 'superseded')
        self.assertReasons(second, False, False)

    def test_results_follow(self):
        """Whatever happens to rows of locked months: the results are what the rows add up to."""
        summary = self.env['pharma.flow.summary']

        def check():
            counts = summary._count_differences()
            self.assertFalse({name: count for name, count in counts.items()
                              if name == summary._name and count})
        first = self._make_file({}, {'quantity': '2'}, {'customer': "望澜人医"})
        period = self._lock('2026-01')
        check()
        late = self._make_file({'quantity': '2'}, {'quantity': '4'}, replaces_id=first.id)
        check()
        self._find_name("望澜人医").partner_id = self.clinic_hospital
        check()
        corrections = self.env['pharma.flow.correction']
        for line in (first | late).line_ids:
            corrections.create({**corrections._prepare_vals(line, 'date'), 'date': '2026-01-21'})
        check()
        period.action_unlock()
        period._apply_pending()
        check()
        late.action_undo()
        check()
        first.action_undo()
        check()

    def test_other_company(self):
        other = self.env['res.company'].create({'name': "另一公司"})
        self.env['pharma.flow.period'].create(
            {'month': '2026-01-01', 'company_id': other.id}).action_lock()
        self.assertEqual(self._entry(self._make_file({})), [''])

    def test_locked_month_stays_listed(self):
        period = self._lock('2026-01')
        self.assertEqual(period.month, date(2026, 1, 1))
        with self.assertRaises(UserError):
            period.month = '2026-02-01'
        with self.assertRaises(UserError):
            period.unlink()
        period.action_unlock()
        period.unlink()

    def test_who_locks(self):
        periods = self.env['pharma.flow.period'].create({'month': '2026-01-01'})
        for user in (self.user_representative, self.user_commercial, self.user_steward):
            with self.assertRaises(AccessError):
                periods.with_user(user).action_lock()
        for user in (self.user_director, self.user_admin):
            periods.with_user(user).action_lock()
            self.assertEqual((periods.state, periods.locked_by_id), ('locked', user))
            with self.assertRaises(AccessError):
                periods.with_user(self.user_commercial).action_unlock()
            periods.with_user(user).action_unlock()
        with self.assertRaises(AccessError):
            periods.with_user(self.user_director).state = 'locked'
        with self.assertRaises(AccessError):
            periods.with_user(self.user_director).create(
                {'month': '2026-05-01', 'state': 'locked'})
        with self.assertRaises(UserError):
            periods.with_user(self.user_director).with_context(default_state='locked').create(
                {'month': '2026-05-01'})

    def test_lock_is_proposed(self):
        self.env['pharma.flow.period'].search([]).unlink()
        self.env.company.pharma_flow_lock_day = 5
        with freeze_time('2026-02-04'):
            self.env['pharma.flow.period']._cron_propose_lock()
        self.assertFalse(self.env['pharma.flow.period'].search([]))
        with freeze_time('2026-02-06'):
            self.env['pharma.flow.period']._cron_propose_lock()
            self.env['pharma.flow.period']._cron_propose_lock()
        period = self.env['pharma.flow.period'].search([])
        self.assertEqual(period.month, date(2026, 1, 1))
        self.assertIn(self.user_admin, period.activity_ids.user_id)
        period.with_user(self.user_admin).action_lock()
        self.assertFalse(period.activity_ids)

    def test_product_line_of_locked_rows_is_not_deleted(self):
        """Rows of locked months keep the line that their product had, which has to stay for them.
        """
        top = self.env['product.category'].create({'name': "旧部", 'is_product_line': True})
        line = top.create({'name': "旧线", 'is_product_line': True, 'parent_id': top.id})
        self.product.categ_id = line
        file = self._make_file({})
        self._lock('2026-01')
        self.product.categ_id = top.create({'name': "新线", 'is_product_line': True})
        self.env['pharma.flow.line']._restate_products(self.product.ids)
        self.assertEqual(file.line_ids.product_line_id, line)
        for category in (line, top):
            with self.assertRaisesRegex(UserError, line.name):
                category.unlink()
        self.product.categ_id.create({'name': "空线", 'is_product_line': True}).unlink()
