import base64
import gc
from decimal import Decimal
from fractions import Fraction
from unittest.mock import patch

from odoo.exceptions import RedirectWarning, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.pharma_crm.tests.list_import.test_sheets import make_xlsx

from ...tools.flow_changes import Finding
from ...tools.flow_units import read_packing, to_packs
from ..common import PharmaDistributionCommon

FLOW_TABLES = ('pharma_flow_line', 'pharma_alias', 'pharma_search_name', 'pharma_flow_progress')


@tagged('post_install', '-at_install')
class TestFlowImport(PharmaDistributionCommon):
    """From a file's bytes to judged rows, and back."""

    def test_every_row_of_the_sample_is_accounted_for(self):
        file = self._import()
        self.assertEqual(file.state, 'review', file.message)
        self.assertStatuses(file, {
            4: 'ok', 5: 'ok', 6: 'unmatched_customer', 7: 'unmatched_customer',
            9: 'unmatched_customer', 10: 'error', 11: 'error', 12: 'out_of_period'})
        self.assertRecordValues(file, [{
            'row_count': 8, 'ok_count': 2, 'unmatched_count': 3, 'error_count': 3,
            'skipped_count': 7, 'quantity': 32, 'amount': 1136, 'name_count': 3}])
        self.assertEqual((str(file.date_from), str(file.date_to)), ('2026-01-01', '2026-03-31'))
        self.assertIn("row 8", file.with_context(lang='en_US').skipped_text)

    def test_values_stand_beside_the_raw_texts(self):
        first, second = self._import().line_ids.filtered(lambda line: line.row_number in (4, 5))
        self.assertRecordValues(first, [{
            'sheet_name': 'ReportCommonVO', 'kind': 'sale', 'raw_customer': "望澜市人民医院",
            'raw_product_code': '0159425', 'lot': '25010101', 'raw_quantity': '20', 'quantity': 20,
            'amount': 710, 'partner_id': self.hospital.id, 'product_id': self.product.id,
            'distributor_id': self.distributor.id, 'user_id': self.user_representative.id,
            'company_id': self.env.company.id, 'reason': False}])
        self.assertEqual(second.raw_date, "2026年1月8日")
        self.assertEqual(str(second.date), '2026-01-08')
        self.assertEqual((second.raw_quantity, second.quantity), ("１２", 12))
        self.assertEqual(second.partner_id, self.clinic_hospital)

    def test_message_says_what_is_wrong_with_which_text(self):
        lines = self._import().line_ids.with_context(lang='en_US')
        messages = {line.row_number: line.message for line in lines}
        self.assertFalse(messages[4])
        self.assertIn('2026-13-01', messages[10])
        self.assertIn("五盒", messages[11])
        self.assertIn("澄屿大药房", messages[6])

    def test_cases_are_counted_in_packs(self):
        file = self._import()
        self._find_name("澄屿大药房连锁（云溪店）").partner_id = self.hospital
        line = file.line_ids.filtered(lambda line: line.row_number == 7)
        self.assertEqual((line.raw_unit, line.file_quantity, line.quantity), ("件", 2, 200))
        self.product.drug_packs_per_case = 0
        file.action_resolve()
        self.assertEqual((line.status, line.reason), ('error', 'case_size_missing'))

    def test_pieces_are_packs_exactly_or_not_counted(self):
        """Rows count what the product's pack data say, to the last piece."""
        cases = [
            (quantity, unit) for unit in ("片", "盒", "瓶", "支", "件", "个", "")
            for quantity in ('7', '14', '-21', '3', '0.5', '1.25')]
        file = self._import(self._make_csv([
            self._make_row(quantity=quantity, **{"单位": unit}) for quantity, unit in cases]))
        packing = read_packing("20mg*7片", 0, 100)
        seen = set()
        for line, (quantity, unit) in zip(
                file.line_ids.sorted('row_number'), cases, strict=True):
            packs, reason = to_packs(Decimal(quantity), unit, packing)
            if packs is not None and packs * 100 % 1:
                packs, reason = None, 'pack_not_whole'
            self.assertEqual(line.reason or '', reason, (quantity, unit))
            if packs is not None:
                self.assertEqual(Fraction(str(line.quantity)), packs, (quantity, unit))
            seen.add(reason)
        self.assertEqual(seen, {'', 'pack_not_whole', 'unit_ambiguous', 'unit_unknown'})
        line = file.line_ids.filtered(lambda line: line.reason == 'unit_ambiguous')[0]
        self.assertIn(line.raw_unit, line.message)
        self.product.drug_specification = "20mg*7支"
        file.action_resolve()
        self.assertEqual(line.status, 'ok' if line.raw_unit == "支" else 'error')

    def test_a_month_without_a_day_says_so(self):
        """It stands on the month's first day and is in any period of days of that month."""
        rows = [self._make_row(date="2026年3月", quantity='2'), self._make_row(date="2026年4月"),
                self._make_row(date='2026-03-20', quantity='3')]
        file = self._import(
            self._make_csv(rows), date_from='2026-03-05', date_to='2026-03-31')
        month, later, day = file.line_ids.sorted('row_number')
        self.assertEqual((str(month.date), month.date_precision, month.status),
                         ('2026-03-01', 'month', 'ok'))
        self.assertIn("2026年3月", month.message)
        self.assertEqual((later.reason, day.date_precision), ('out_of_period', 'day'))
        self.assertFalse(day.message)
        check = file.check_ids.filtered(lambda check: check.code == 'month_only')
        self.assertEqual(check.row_count, 2)
        self.assertEqual(
            self.env['pharma.flow.line'].search(check._get_line_domain()), month | later)
        alone = self._import(self._make_csv(rows[:1]))
        self.assertEqual((str(alone.date_from), str(alone.date_to)), ('2026-03-01', '2026-03-31'))

    def test_same_file_twice(self):
        """The same bytes of the same distributor are refused, and the first file is shown."""
        file = self._create_file()
        with self.assertRaises(RedirectWarning) as caught:
            self._create_file(name="renamed.xls")
        self.assertEqual(caught.exception.args[1]['res_id'], file.id)
        other = self._create_distributor(name="岚溪医药有限公司")
        self.assertTrue(self._create_file(distributor_id=other.id))

    def test_fingerprint_cannot_be_set(self):
        file = self._create_file(sha256='0' * 64)
        self.assertNotEqual(file.sha256, '0' * 64)
        digest = file.sha256
        file.write({'sha256': '1' * 64})
        self.assertEqual(file.sha256, digest)

    def test_file_is_kept_untouched(self):
        file = self._import()
        self.assertEqual(base64.b64decode(file.with_context(bin_size=False).data), self.sample)

    def test_running_twice_changes_nothing(self):
        file = self._import()
        ids = file.line_ids.ids
        file._run_import()
        self.assertEqual(file.line_ids.ids, ids)

    def test_undo_leaves_the_tables_as_they_were(self):
        def count():
            self.env.flush_all()
            counts = []
            for table in FLOW_TABLES:
                self.env.cr.execute(f'SELECT COUNT(*) FROM {table}')
                counts.append(self.env.cr.fetchone()[0])
            return counts
        known = self._create_alias(
            name="澄屿大药房连锁（云溪店）", partner_id=self.clinic_hospital.id,
            distributor_id=self.distributor.id)
        before = count()
        file = self._import()
        self.assertEqual(known.line_count, 2)
        self.assertNotEqual(count(), before)
        file.action_post()
        file.action_undo()
        self.assertEqual(count(), before)
        self.assertEqual(known.line_count, 0)
        self.assertRecordValues(file, [{
            'state': 'undone', 'row_count': 0, 'ok_count': 0, 'quantity': 0, 'posted_on': False}])
        file._run_import()
        self.assertEqual((file.state, file.row_count), ('review', 8))
        self.assertEqual(known.line_count, 2)

    def test_undo_keeps_names_that_others_carry(self):
        first = self._import()
        self._import(self._make_csv([self._make_row(customer="澄屿大药房连锁（云溪店）")]))
        name = self._find_name("澄屿大药房连锁（云溪店）")
        self.assertEqual(name.line_count, 3)
        first.action_undo()
        self.assertTrue(name.exists())
        self.assertEqual(name.line_count, 1)

    def test_double_clicks(self):
        file = self._create_file()
        file.action_import()
        file.action_import()
        self.assertEqual(file.state, 'queued')
        self.assertEqual(self.env['queue.job'].search_count([('uuid', '=', file.job_uuid)]), 1)
        file._run_import()
        with self.assertRaises(UserError):
            file.action_import()
        file.action_post()
        posted_on = file.posted_on
        file.action_post()
        self.assertEqual(file.posted_on, posted_on)
        file.action_undo()
        file.action_undo()

    def test_lost_job_does_not_block_the_file(self):
        file = self._create_file()
        file.action_import()
        self.env['queue.job'].search([('uuid', '=', file.job_uuid)]).button_cancelled()
        file.action_import()
        self.assertEqual(file.state, 'queued')

    def test_steps_in_the_wrong_order(self):
        file = self._create_file()
        with self.assertRaises(UserError):
            file.action_post()
        with self.assertRaises(UserError):
            file.action_undo()
        file._run_import()
        with self.assertRaises(UserError):
            file.distributor_id = self._create_distributor(name="岚溪医药有限公司")
        with self.assertRaises(UserError):
            file.data = base64.b64encode(b'x')
        with self.assertRaises(UserError):
            file.unlink()

    def test_job_in_transactions_of_its_own(self):
        file = self._create_file()
        file.action_import()
        with self.enter_registry_test_mode():
            file.with_context(job_uuid=file.job_uuid)._job_import()
        file.invalidate_recordset()
        self.assertEqual((file.state, file.row_count), ('review', 8))

    def test_period_given_by_the_user(self):
        file = self._import(date_from='2026-01-06', date_to='2026-01-31')
        statuses = {line.row_number: line.status for line in file.line_ids}
        self.assertEqual((statuses[4], statuses[5]), ('out_of_period', 'ok'))
        file.date_from = '2026-01-01'
        self.assertEqual(file.ok_count, 2)

    def test_clean_files_post_themselves_where_wanted(self):
        data = self._make_csv([self._make_row()])
        self.env.company.pharma_flow_auto_post = True
        self.assertEqual(self._import(data).state, 'posted')
        self.assertEqual(self._import().state, 'review')

    def test_stock_and_purchases_need_no_customer(self):
        file = self._import(self._make_csv(
            [("2026-01-31", "澜舒他汀钙片", "20mg*7片", "盒", "25010101", "40")],
            headings=("统计日期", "商品名称", "商品规格", "单位", "批号", "库存数量")))
        self.assertRecordValues(file.line_ids, [{'kind': 'stock', 'status': 'ok', 'quantity': 40}])
        file = self._import(self._make_csv(
            [("2026-01-31", "某某药业", "澜舒他汀钙片", "20mg*7片", "盒", "60")],
            headings=("购进日期", "供应商名称", "商品名称", "商品规格", "单位", "购进数量")))
        self.assertRecordValues(file.line_ids, [{
            'kind': 'purchase', 'status': 'ok', 'quantity': 60, 'partner_id': False}])
        self.assertFalse(self.env['pharma.alias'].search([('name', '=', "某某药业")]))


@tagged('post_install', '-at_install')
class TestFlowFailure(PharmaDistributionCommon):
    """A file that cannot be read says why and changes nothing else."""

    def assertFailed(self, file, *words):
        self.assertEqual(file.state, 'failed')
        self.assertTrue(gc.isenabled())
        for word in words:
            self.assertIn(word, file.message)
        self.assertFalse(file.line_ids)

    def test_hostile_files(self):
        ole = b'\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1'
        for data in (b'\0' * 200, ole + b'\x07' * 3000, b'PK\x03\x04' + b'\x01' * 500,
                     b'\x89PNG\r\n' + bytes(range(256)), make_xlsx([]),
                     ole + b'\0' * 600 + 'EncryptedPackage'.encode('utf-16-le')):
            with self.subTest(data=data[:12]):
                self.assertFailed(self._import(data, name="evil.xls"), "evil.xls")

    def test_no_headings(self):
        file = self._import(make_xlsx([["甲", "乙"], [1, 2]]), name="letter.xlsx")
        self.assertFailed(file, "letter.xlsx", "Data", "商品名称")

    def test_no_rows(self):
        self.assertFailed(self._import(self._make_csv([]), name="empty.csv"), "empty.csv")

    def test_failure_of_the_program_is_logged_and_told(self):
        file = self._create_file()
        stage = type(self.env['pharma.flow.stage'])
        with patch.object(stage, '_store', side_effect=KeyError('x')), \
                self.assertLogs('odoo.addons.pharma_distribution', 'ERROR'):
            file._run_import()
        self.assertFailed(file, "flow_sample.xls")
        file._run_import()
        self.assertEqual((file.state, file.message), ('review', False))

    def test_what_is_not_sure_is_asked(self):
        """Sold or kept? The file does not say; once it is set, the rows are read."""
        file = self._import(self._make_csv(
            [("阿托伐他汀钙片", '10mg*14片', '3')], headings=("商品名称", "规格", "数量")))
        self.assertEqual((file.state, file.line_ids), ('failed', self.env['pharma.flow.line']))
        self.assertIn("flow_sample.xls", file.message)
        file.kind = 'stock'
        file._run_import()
        self.assertEqual((file.state, file.line_ids.kind, file.line_ids.quantity),
                         ('review', 'stock', 3))

    def test_every_doubt_has_words(self):
        for layout, cells in (
                (("日期", "客户名称", "商品名称", "数量"), ('5/1/2026', '1/5/2026')),
                (("日期", "客户名称", "商品名称", "数量"), ('1月5日', '1月6日'))):
            file = self._import(self._make_csv(
                [(day, "海州医院", "阿托伐他汀钙片", '3') for day in cells], headings=layout))
            self.assertIn(cells[0], file.message)
        message = self.env['pharma.flow.message']
        for code in ('column_unclear', 'content_differs', 'values_swapped', 'scale_changed',
                     'column_removed', 'column_renamed', 'kind_unclear', 'many_tables'):
            self.assertTrue(message._doubt_text(Finding(code, True, {'field': 'quantity'})))

    def test_specification_glued_to_the_name(self):
        file = self._import(self._make_csv(
            [('2026-01-05', "望澜市人民医院", "某片10mg*14片", '3')],
            headings=("日期", "客户名称", "商品名称", "数量")))
        self.assertEqual(file.line_ids.raw_product, "某片10mg*14片")
        self.assertFalse(file.line_ids.raw_spec)

    def test_failed_file_can_be_replaced_and_read_again(self):
        file = self._import(b'\0' * 300)
        self.assertFailed(file)
        file.data = base64.b64encode(self.sample)
        file.action_import()
        file._run_import()
        self.assertEqual(file.state, 'review')

    @mute_logger('odoo.sql_db')
    def test_conflicts_are_left_to_the_job_runner(self):
        from psycopg2.errors import SerializationFailure
        file = self._create_file()
        with patch.object(type(self.env['pharma.flow.stage']), '_store',
                          side_effect=SerializationFailure()), \
                self.assertRaises(SerializationFailure):
            file._run_import()
        self.assertEqual(file.state, 'draft')
