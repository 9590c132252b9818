import base64
import os
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import BaseCase, tagged
from odoo.tools import mute_logger

from odoo.addons.pharma_crm.tools.sheets import Sheet

from ...tools.flow_history import (
    HEADINGS as FILE_HEADINGS,
)
from ...tools.flow_history import (
    HistoryError,
    find_distributor_column,
    read_history,
    read_rows,
    write_rows,
)
from ...tools.flow_reader import FlowError, FlowRow
from ..common import HEADINGS, PharmaDistributionCommon

TABLE = ("商业公司", *HEADINGS)


@tagged('post_install', '-at_install')
class TestHistoryTable(BaseCase):
    """The engine: whose a row is, and rows that are written and read back."""

    def _sheet(self, headings, *rows, merges=(), name="流向"):
        cells = [tuple(headings), *rows]
        return Sheet(name, cells, ['t' * len(headings)] * len(cells), merges)

    def _read(self, sheet):
        return read_history([sheet], 'sale')

    def test_column_of_the_distributor(self):
        for heading in ("商业公司", "经销商", "供货单位", "Distributor"):
            self.assertEqual(find_distributor_column(("日期", heading, "客户名称")), 1, heading)
        self.assertEqual(find_distributor_column(("供应商", "经销商")), 1)
        self.assertIsNone(find_distributor_column(("日期", "客户名称", "商品名称")))

    def test_rows_and_whose_they_are(self):
        """Merged cells count for all rows, the distributor is no branch of itself."""
        rows = [("甲公司", '2024-01-05', "海州医院", "乙片", '3', '30'),
                ("", '2025-01-06', "海州医院", "乙片", '4', '40'),
                ("丙公司", '2026-01-07', "云溪医院", "乙片", '5', '50')]
        for heading in ("商业公司", "供应商", "销售公司"):
            history = self._read(self._sheet(
                (heading, "日期", "客户名称", "商品名称", "数量", "金额"), *rows,
                merges=([1, 0, 2, 0],)))
            self.assertEqual([found.distributor for found in history.rows],
                             ["甲公司", "甲公司", "丙公司"], heading)
            self.assertEqual([(row.row_number, str(row.date), row.raw_customer, row.source)
                              for _name, row in history.rows],
                             [(2, '2024-01-05', "海州医院", ''), (3, '2025-01-06', "海州医院", ''),
                              (4, '2026-01-07', "云溪医院", '')], heading)

    def test_table_without_distributor(self):
        with self.assertRaises(HistoryError):
            self._read(self._sheet(
                ("日期", "客户名称", "商品名称", "数量"), ('2024-01-05', "海州医院", "乙片", '3')))

    def test_rows_survive_their_file(self):
        """Every value comes back as it was, of faulty rows as well; another file is refused."""
        self.assertEqual(len(FILE_HEADINGS), len(FlowRow._fields))
        rows = [row for _name, row in self._read(self._sheet(
            ("商业公司", "日期", "客户名称", "商品名称", "数量", "金额", "批号"),
            ("甲", '2024-01-05', "海州,\"医院\"\n东院", "乙片 20mg*7片", '-3.50', '1,234.5',
             '0012'),
            ("甲", '2024年一月', "", "乙片", '三', 'x', ''))).rows]
        self.assertEqual(read_rows(write_rows(rows)).rows, rows)
        self.assertTrue(rows[1].reason)
        for data in (b'', b'\xff\xfe', "日期,数量\n".encode(), write_rows(rows[:1])[:-30]):
            with self.assertRaises(FlowError):
                read_rows(data)


@tagged('post_install', '-at_install')
class TestFlowHistory(PharmaDistributionCommon):
    """Years of several distributors in one table: files under the usual laws, undone in one go."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other = cls._create_distributor(name="岚溪医药有限公司", ref='LX01')
        cls.startClassPatcher(patch.dict(os.environ, QUEUE_JOB__NO_DELAY='1'))
        muted = mute_logger('odoo.addons.queue_job.utils', 'odoo.addons.queue_job.delay')
        muted.__enter__()
        cls.addClassCleanup(muted.__exit__, None, None, None)

    def _table(self, *rows):
        """Bytes of a table; rows are dicts of ``_make_row`` and ``owner``."""
        made = []
        for row in rows:
            row = {'owner': "望澜医药有限公司", **row}
            made.append((row.pop('owner'), *self._make_row(**row)))
        return self._make_csv(made, headings=TABLE)

    def _import_table(self, *rows, data=None, **values):
        history = self.env['pharma.flow.history'].with_user(self.user_commercial).create({
            'name': "历史流向.csv", 'data': base64.b64encode(data or self._table(*rows)), **values})
        history.action_import()
        return history

    def _years(self):
        return [{'date': f'{year}-03-05', 'quantity': str(quantity), 'owner': owner}
                for owner, quantity in (("望澜医药有限公司", 3), ("岚溪医药", 5))
                for year in (2023, 2024, 2025)]

    def _results(self):
        """What counts: dict (distributor, year of the month of entry) -> quantity."""
        self.env.invalidate_all()
        found = {}
        for cell in self.env['pharma.flow.report'].search([
                ('distributor_id', 'in', (self.distributor | self.other).ids)]):
            key = cell.distributor_id, cell.entry_month.year
            found[key] = found.get(key, 0) + cell.quantity
        return {key: quantity for key, quantity in found.items() if quantity}

    def test_three_years_of_two_distributors(self):
        """A file for each, its rows with their place in the table; posted and undone in one go."""
        before = self._results()
        history = self._import_table(*self._years())
        self.assertRecordValues(history, [{
            'state': 'read', 'message': False, 'row_count': 6, 'file_count': 2, 'review_count': 2,
            'open_row_count': 0, 'progress': 100}])
        self.assertEqual(history.file_ids.distributor_id, self.distributor | self.other)
        lines = history.file_ids.line_ids.sorted('row_number')
        self.assertEqual(lines.mapped('row_number'), [2, 3, 4, 5, 6, 7])
        self.assertEqual((lines[0].raw_date, lines[0].raw_quantity), ('2023-03-05', '3'))
        self.assertEqual(self._results(), before, "nothing counts before it is posted")
        history.action_post()
        self.assertEqual(history.posted_count, 2)
        self.assertEqual(self._results(), {
            (owner, year): quantity for owner, quantity in ((self.distributor, 3), (self.other, 5))
            for year in (2023, 2024, 2025)})
        with self.assertRaises(UserError):
            history.unlink()
        history.action_undo()
        self.assertRecordValues(history, [{'state': 'undone', 'posted_count': 0, 'message': False}])
        self.assertFalse(history.file_ids.line_ids)
        self.assertEqual(self._results(), before)
        history.action_import()
        self.assertEqual((history.state, history.review_count, history.file_count), ('read', 2, 2))
        history.action_undo()
        files = history.file_ids
        history.unlink()
        self.assertFalse(files.exists())

    def test_people_of_that_day(self):
        """Each row carries the territory and the person of its own day."""
        territories = self.env['pharma.territory']
        old_territory, old_person = territories.create({'name': "旧区"}), self.user_area_manager
        self.env['pharma.alignment'].search([('partner_id', '=', self.hospital.id)]).write(
            {'date_from': '2025-01-01'})
        self.env['pharma.alignment'].create({
            'partner_id': self.hospital.id, 'territory_id': old_territory.id,
            'date_from': '2020-01-01', 'date_to': '2024-12-31'})
        self.env['pharma.territory.assignment'].create({
            'territory_id': old_territory.id, 'user_id': old_person.id, 'role': 'representative',
            'date_from': '2020-01-01', 'date_to': '2024-12-31'})
        history = self._import_table(*self._years()[:3])
        lines = history.file_ids.line_ids.sorted('date')
        self.assertEqual(lines[0].territory_id, old_territory)
        self.assertEqual(lines[1].user_id, old_person)
        self.assertNotEqual(lines[2].territory_id, old_territory)
        self.assertEqual(lines[2].user_id, self.user_representative)

    def test_second_import_changes_nothing(self):
        """The same bytes are refused; a table that was saved anew brings what is new alone."""
        rows = self._years()
        history = self._import_table(*rows)
        history.action_post()
        counted = self._results()
        with self.assertRaises(UserError):
            self._import_table(*rows)
        same = self._import_table(data=self._table(*rows) + b'\n')
        self.assertEqual((same.row_count, same.file_count), (6, 0))
        more = self._import_table(
            {'date': '2023-04-01', 'quantity': '9'}, *reversed(rows))
        self.assertEqual(more.review_count, 2)
        more.action_post()
        self.assertEqual(sum(more.file_ids.mapped('ok_count')), 1)
        counted[self.distributor, 2023] += 9
        self.assertEqual(self._results(), counted)

    def test_locked_months(self):
        """Rows of a locked month count in the first open one; then nothing is undone by halves."""
        period = self.env['pharma.flow.period'].create({'month': '2023-03-01'})
        period.action_lock()
        history = self._import_table(*self._years())
        self.assertEqual(history.warning_count, 2)
        history.action_post()
        line = history.file_ids.line_ids.filtered(lambda line: line.date.year == 2023)[0]
        self.assertEqual((str(line.entry_month), line.status), ('2023-04-01', 'ok'))
        later = self.env['pharma.flow.period'].create({'month': '2023-04-01'})
        later.action_lock()
        counted = self._results()
        history.action_undo()
        self.assertEqual((history.state, history.posted_count), ('read', 2))
        self.assertIn('2023-04', history.message)
        self.assertEqual(self._results(), counted)
        later.action_unlock()
        history.action_undo()
        self.assertEqual((history.state, self._results()), ('undone', {}))

    def test_rows_of_nobody_known(self):
        """They are listed by name with reason and place, and follow when somebody says whose they
        are; the next table knows."""
        history = self._import_table(
            {}, {'owner': "云澈医药", 'quantity': '7'}, {'owner': "云澈医药", 'quantity': '8'},
            {'owner': "", 'quantity': '2'})
        self.assertEqual((history.file_count, history.open_row_count), (1, 3))
        unknown, missing = history.name_ids
        self.assertRecordValues(unknown, [{
            'name': "云澈医药", 'reason': 'none', 'row_count': 2, 'amount': 20, 'places': '3, 4'}])
        self.assertEqual((missing.reason, missing.row_count), ('missing', 1))
        with self.assertRaises(UserError):
            history.action_import_rest()
        unknown.distributor_id = self.other
        history.action_import_rest()
        self.assertEqual((history.file_count, history.open_row_count), (2, 1))
        file = history.file_ids.filtered(lambda file: file.distributor_id == self.other)
        self.assertEqual(file.line_ids.mapped('quantity'), [7, 8])
        self.assertTrue(unknown.is_done)
        later = self._import_table({'owner': "云澈 医药", 'date': '2026-02-01'})
        self.assertEqual(later.file_ids.distributor_id, self.other)

    def test_name_of_several_is_asked(self):
        """A name that several may have is open; a whole name or a code is not, whatever it says."""
        numbered = self._create_distributor(name="云溪第135医药有限公司")
        whole = self._import_table({'owner': "云溪第１３５医药有限公司"})
        self.assertEqual(whole.file_ids.distributor_id, numbered)
        for place in ("海东", "杭州"):
            self._create_distributor(name=f"{place}康泽医药有限公司")
        history = self._import_table({'owner': "康泽医药"}, {'owner': "LX01"})
        self.assertEqual(history.file_ids.distributor_id, self.other, "its code")
        self.assertEqual(history.name_ids.reason, 'several')
        self.assertEqual(len(history.name_ids.candidate_ids), 2)

    def test_table_that_cannot_be_read(self):
        """A message that says what to do; nothing else changes, and it can be mended."""
        for data, text in ((self._make_csv([self._make_row()]), "商业公司"),
                           (b'\n', "旧.csv"), ("甲,乙\n1,2\n".encode(), "商品名称")):
            history = self._import_table(data=data, name="旧.csv")
            self.assertEqual((history.state, history.file_count), ('failed', 0))
            self.assertIn(text, history.message)
        with self.assertRaises(UserError):
            history.data = base64.b64encode(b'x')

    def test_files_of_a_table(self):
        """They can be undone and read again one by one, corrections hold; their bytes stay."""
        history = self._import_table(*self._years()[:3])
        file, line = history.file_ids, history.file_ids.line_ids[0]
        corrections = self.env['pharma.flow.correction'].with_user(self.user_commercial)
        corrections.create({**corrections._prepare_vals(line, 'quantity'), 'quantity': 30})
        file.action_undo()
        file.action_import()
        self.assertEqual(file.line_ids.sorted('row_number')[0].quantity, 30)
        with self.assertRaises(UserError):
            file.data = base64.b64encode(self.sample)
        for state, action in (('undoing', history.action_undo), ('queued', history.action_import)):
            history._set_result(state=state)  # as a job leaves it that died
            action()
        self.assertEqual((history.state, history.review_count), ('read', 1))

    def test_who_may(self):
        history = self._import_table({'owner': "云澈医药"})
        for user in (self.user_steward, self.user_director):
            mine = history.with_user(user)
            self.assertEqual(mine.name_ids.row_count, 1)
            for action in ('action_import', 'action_post', 'action_undo', 'action_import_rest'):
                with self.assertRaises(AccessError):
                    getattr(mine, action)()
        with self.assertRaises(AccessError):
            history.with_user(self.user_representative).read(['name'])
        with self.assertRaises(AccessError):
            history.state = 'undone'
        with self.assertRaises(AccessError):
            history.name_ids.row_count = 5
        file = self._create_file()
        with self.assertRaises(AccessError):
            file.with_user(self.user_commercial).history_id = history
