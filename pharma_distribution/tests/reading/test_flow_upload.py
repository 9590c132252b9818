import base64
import io
import zipfile

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..common import PharmaDistributionCommon


@tagged('post_install', '-at_install')
class TestFlowUpload(PharmaDistributionCommon):
    """Many files at once: whose they are is recognised or asked."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other = cls._create_distributor(name="岚溪医药有限公司", ref='LX001')
        cls.namesakes = [cls._create_distributor(name=f"{place}同舟医药有限公司")
                         for place in ("杭州", "宁波")]
        cls.upload = cls.env['pharma.flow.upload'].with_user(cls.user_commercial).create({})

    def _add(self, name, data=None, **told):
        self.upload.add_file(
            name, base64.b64encode(self.sample if data is None else data).decode(), **told)
        return self.upload.line_ids.filtered(lambda line: line.name == name)

    def _table(self, number):
        return self._make_csv([self._make_row(quantity=str(number))])

    def test_files_are_queued_with_what_was_recognised(self):
        self.assertEqual(self._add("望澜医药2026年1月流向.csv", self._table(1)).distributor_id,
                         self.distributor)
        self.assertEqual(self._add("LX001_202601.csv", self._table(2)).distributor_id, self.other)
        self.assertFalse(self.upload.open_count)
        action = self.upload.action_confirm()
        self.assertEqual(action['res_model'], 'pharma.flow.file')
        files = self.env['pharma.flow.file'].search(
            [('distributor_id', 'in', (self.distributor + self.other).ids)])
        self.assertEqual(set(files.mapped('state')), {'queued'})
        self.assertEqual(files.user_id, self.user_commercial)
        self.assertEqual({(str(file.date_from), str(file.date_to)) for file in files},
                         {('2026-01-01', '2026-01-31')})

    def test_two_distributors_are_asked(self):
        """Nothing is chosen; both are named; the others need not wait."""
        line = self._add("同舟医药2026年1月流向.csv", self._table(1))
        self._add("望澜医药2026年1月流向.csv", self._table(2))
        self.assertFalse(line.distributor_id)
        self.assertTrue(line.is_open and line.is_asked)
        for distributor in self.namesakes:
            self.assertIn(distributor.name, line.reason)
        action = self.upload.action_confirm()
        self.assertEqual((action['res_model'], action['res_id']),
                         ('pharma.flow.upload', self.upload.id))
        self.assertEqual(self.upload.line_ids, line)
        with self.assertRaises(UserError):
            self.upload.action_confirm()
        line.distributor_id = self.namesakes[1]
        self.upload.action_confirm()
        self.assertTrue(self.env['pharma.flow.file'].search_count(
            [('distributor_id', '=', self.namesakes[1].id), ('state', '=', 'queued')]))

    def test_period_that_contradicts_the_rows_is_asked(self):
        line = self._add("望澜医药2026年3月流向.csv", self._table(1))
        self.assertEqual((line.day_reason, line.date_from, line.is_open), ('outside', False, True))

    def test_other_names_are_known(self):
        self._create_alias(name="西湖批发", partner_id=self.distributor.id)
        self.assertEqual(self._add("西湖批发202601.csv", self._table(1)).distributor_id,
                         self.distributor)

    def test_files_of_an_archive(self):
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, 'w') as archive:
            archive.writestr("一月/望澜医药202601.csv", self._table(1))
            archive.writestr("说明.pdf", b'%PDF')
        self._add("all.zip", buffer.getvalue())
        self.assertEqual(self.upload.line_ids.mapped('name'), ["望澜医药202601.csv"])
        self.assertIn("说明.pdf", self.upload.problem_text)
        self._add("broken.zip", buffer.getvalue()[:60] + buffer.getvalue()[-22:])
        self.assertIn("broken.zip", self.upload.problem_text)

    def test_file_uploaded_before(self):
        self._create_file(self._table(1))
        line = self._add("望澜医药202601.csv", self._table(1))
        self.assertTrue(line.is_open and line.twin_id)
        first = self._add("望澜医药202601a.csv", self._table(2))
        again = self._add("望澜医药202601 (1).csv", self._table(2))
        self.assertEqual((first.is_open, again.is_open), (False, True))
        again.unlink()
        self.assertEqual(self.upload.open_count, 1)

    def test_damaged_and_empty_files(self):
        """What is wrong with it is said when it is read; the name is enough for whose it is."""
        line = self._add("望澜医药202601.xls", b'\0' * 300)
        self.assertEqual((line.distributor_id, line.is_open), (self.distributor, False))
        self._add("empty.xls", b'')
        self.assertIn("empty.xls", self.upload.problem_text)
        with self.assertRaises(UserError):
            self.upload.add_file("x.xls", "no base64!")

    def test_told_by_the_calendar(self):
        line = self._add("export.csv", self._table(1), distributor_id=self.other.id,
                         date_from='2026-01-01', date_to='2026-01-31')
        self.assertEqual((line.distributor_id, line.is_open), (self.other, False))
        line = self._add("export2.csv", self._table(2), distributor_id=self.other.id,
                         date_from='2026-05-01', date_to='2026-05-31')
        self.assertEqual((line.day_reason, line.is_open), ('differs', True))

    def test_rights(self):
        self._add("望澜医药202601.csv", self._table(1))
        for user in (self.user_representative, self.user_director, self.user_steward):
            with self.assertRaises(AccessError):
                self.upload.with_user(user).add_file("x.csv", "")
        with self.assertRaises(AccessError):
            self.env['pharma.flow.upload'].with_user(self.user_representative).create({})
