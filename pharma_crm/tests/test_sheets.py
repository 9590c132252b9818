import csv
import io
import json
import time
import zipfile
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch

import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.exceptions import UserError
from odoo.tests import BaseCase, TransactionCase, tagged

from ..tools import sheets
from ..tools.sheets import SheetError, read_workbook


def make_xlsx(rows, **options):
    """Bytes of a workbook with one sheet ``Data`` that holds ``rows``."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, options)
    sheet = book.add_worksheet('Data')
    for index, row in enumerate(rows):
        sheet.write_row(index, 0, row)
    book.close()
    return buffer.getvalue()


class SheetCase(BaseCase):

    def read_one(self, data, filename='file'):
        found = read_workbook(data, filename)
        self.assertEqual(len(found), 1)
        return found[0]

    def assertRefused(self, data, reason, **limits):
        with self.assertRaises(SheetError) as caught:
            read_workbook(data, "file", **limits)
        self.assertEqual(caught.exception.reason, reason)


@tagged('post_install', '-at_install')
class TestSheetsWorkbook(SheetCase):

    def test_cells_become_text_with_their_kind(self):
        sheet = self.read_one(make_xlsx([["甲", 1, 2.5, True, None, "'0159425"], [-3.0, 1e-5]]))
        self.assertEqual(sheet.name, 'Data')
        self.assertEqual(sheet.rows, [
            ("甲", '1', '2.5', 'TRUE', '', '0159425'), ('-3', '0.00001', '', '', '', '')])
        self.assertEqual(sheet.kinds, ['tnnb t', 'nn    '])

    def test_row_numbers_survive_leading_empty_rows(self):
        sheet = self.read_one(make_xlsx([[], [], ["甲", "乙"], [], ["丙"]]))
        self.assertEqual(len(sheet.rows), 5)
        self.assertEqual(sheet.rows[2], ("甲", "乙"))
        self.assertEqual(sheet.rows[4], ("丙", ''))

    def test_hidden_sheets_are_left_out(self):
        buffer = io.BytesIO()
        book = xlsxwriter.Workbook(buffer)
        book.add_worksheet('Seen').write(0, 0, "甲")
        hidden = book.add_worksheet('Hidden')
        hidden.write(0, 0, "乙")
        hidden.hide()
        book.close()
        self.assertEqual(self.read_one(buffer.getvalue()).name, 'Seen')

    def test_dates(self):
        buffer = io.BytesIO()
        book = xlsxwriter.Workbook(buffer, {'date_1904': True})
        day = book.add_format({'num_format': 'yyyy/m/d'})
        sheet = book.add_worksheet()
        sheet.write_number(0, 0, 44652, day)  # in the calendar that starts with 1904
        sheet.write_number(0, 1, 44652.25, book.add_format({'num_format': 'yyyy/m/d h:mm'}))
        book.close()
        sheet = self.read_one(buffer.getvalue())
        self.assertEqual(sheet.rows, [('2026-04-02', '2026-04-02 06:00:00')])
        self.assertEqual(sheet.kinds, ['dd'])

    def test_sixty_thousand_rows_are_read_in_seconds(self):
        rows = [['2026-01-01', "北京协和医院", "'0159425", "阿托伐他汀钙片", '10mg*14片', "盒",
                 "某药业", 25051911, index] for index in range(60_000)]
        data = make_xlsx(rows)
        start = time.monotonic()
        sheet = self.read_one(data)
        self.assertLess(time.monotonic() - start, 20)
        self.assertEqual(len(sheet.rows), 60_000)
        self.assertEqual(sheet.rows[-1][-1], '59999')


@tagged('post_install', '-at_install')
class TestSheetsText(SheetCase):

    def test_encodings(self):
        text = "客户名称,数量\r\n北京协和医院,3\r\n"
        for encoding in ('utf-8', 'utf-8-sig', 'utf-16', 'gb18030', 'gbk'):
            with self.subTest(encoding=encoding):
                sheet = self.read_one(text.encode(encoding))
                self.assertEqual(sheet.rows, [("客户名称", "数量"), ("北京协和医院", '3')])

    def test_delimiters(self):
        for delimiter in ',\t;|':
            with self.subTest(delimiter=delimiter):
                text = f"流向表\n客户{delimiter}数量\n甲{delimiter}1\n乙{delimiter}2\n"
                self.assertEqual(self.read_one(text.encode()).rows[2], ("甲", '1'))

    def test_codes_keep_their_zeros(self):
        sheet = self.read_one(b'a,b\n="0159425",\'0185463\n')
        self.assertEqual(sheet.rows[1], ('0159425', '0185463'))

    def test_quotation_mark_that_is_never_closed_swallows_nothing(self):
        lines = ["客户,数量"] + [f'"甲{number},{number}' for number in range(40)]
        self.assertEqual(len(self.read_one('\n'.join(lines).encode()).rows), 41)

    def test_html_named_xls(self):
        html = ("<html><body><table><tr><td colspan=2>库存表</td></tr><tr><th>商品</th>"
                "<th>数量</th></tr><tr><td>感冒&amp;胶囊</td><td>3,315</td></tr></table></body></html>")
        sheet = self.read_one(html.encode('gb2312'), 'stock.xls')
        self.assertEqual(sheet.rows, [("库存表", ''), ("商品", "数量"), ("感冒&胶囊", '3,315')])

    def test_xml_of_excel_2003(self):
        xml = ('<?xml version="1.0"?><Workbook xmlns:ss="urn:x"><Worksheet><Table>'
               '<Row><Cell><Data ss:Type="String">客户</Data></Cell></Row>'
               '<Row ss:Index="3"><Cell ss:Index="2"><Data>5</Data></Cell></Row>'
               '</Table></Worksheet></Workbook>')
        self.assertEqual(self.read_one(xml.encode()).rows, [("客户", ''), ('', ''), ('', '5')])

    @settings(max_examples=12, deadline=None)
    @given(st.lists(st.lists(st.text(
        st.characters(
            exclude_categories=('Cs', 'Cc', 'Cn', 'Zs', 'Zl', 'Zp'), exclude_characters="'="),
        min_size=1, max_size=8), min_size=3, max_size=3), min_size=3, max_size=8))
    def test_what_was_written_is_read(self, rows):
        buffer = io.StringIO()
        csv.writer(buffer, delimiter='\t', quoting=csv.QUOTE_ALL).writerows(rows)
        found = self.read_one(buffer.getvalue().encode('utf-8-sig'))
        self.assertEqual(found.rows, [tuple(row) for row in rows])


@tagged('post_install', '-at_install')
class TestSheetsHostile(SheetCase):

    def test_nothing_in_it(self):
        self.assertRefused(b'', 'empty')
        self.assertRefused(b'\0' * 500, 'empty')
        self.assertRefused(make_xlsx([]), 'empty')

    def test_protected(self):
        ole = b'\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1' + b'\0' * 600
        self.assertRefused(ole + 'EncryptedPackage'.encode('utf-16-le') + b'\0' * 600, 'protected')

    def test_damaged(self):
        self.assertRefused(make_xlsx([["甲"]])[:-200], 'damaged')
        self.assertRefused(b'\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1' + b'\x07' * 3000, 'damaged')

    def test_other_kinds_of_files(self):
        self.assertRefused(b'\x89PNG\r\n\x1a\n' + bytes(range(256)) * 20, 'unknown_format')
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, 'w') as archive:
            archive.writestr('word/document.xml', '<w/>')
        self.assertRefused(buffer.getvalue(), 'unknown_format')

    def test_too_many_bytes_are_not_even_looked_at(self):
        with patch.object(sheets, 'MAX_BYTES', 10):
            self.assertRefused(b'a,b\n' * 10, 'too_large')

    def test_bomb_ends_in_the_child(self):
        cells = b'<row><c t="inlineStr"><is><t>' + b'A' * 400_000_000 + b'</t></is></c></row>'
        buffer = io.BytesIO()
        with zipfile.ZipFile(io.BytesIO(make_xlsx([["甲"]]))) as source, \
                zipfile.ZipFile(buffer, 'w', zipfile.ZIP_DEFLATED, compresslevel=1) as target:
            for name in source.namelist():
                content = source.read(name)
                if name == 'xl/worksheets/sheet1.xml':
                    content = b'<worksheet><sheetData>' + cells + b'</sheetData></worksheet>'
                target.writestr(name, content)
        self.assertRefused(buffer.getvalue(), 'memory', megabytes=300)

    def test_clock(self):
        rows = [[f"甲{index}", index] for index in range(60_000)]
        self.assertRefused(make_xlsx(rows), 'timeout', seconds=0.05)

    def test_death_of_the_reader(self):
        """A crash of a native reader, and words that are no answer, are told as damage."""
        for program in ("import os; os.abort()", "print('hello')"):
            with self.subTest(program=program), TemporaryDirectory() as folder:
                child = Path(folder) / 'child.py'
                child.write_text(program)
                with patch.object(sheets, 'CHILD', child):
                    self.assertRefused(b'a,b\n', 'damaged')

    def test_answer_holds_no_secret_of_the_environment(self):
        with patch.object(sheets.subprocess, 'run', wraps=sheets.subprocess.run) as run, \
                patch.dict('os.environ', PGPASSWORD='secret'):
            read_workbook(b'a,b\n1,2\n', "file")
        self.assertNotIn('secret', json.dumps(run.call_args.kwargs['env']))


@tagged('post_install', '-at_install')
class TestSheetMessages(TransactionCase):

    def test_every_reason_is_told_with_the_name_of_the_file(self):
        mixin = self.env['pharma.sheet.mixin']
        for reason in sheets.REASONS:
            self.assertIn("flow.xls", mixin._sheet_error_message(reason, "flow.xls"))

    def test_refused_file_becomes_a_message(self):
        with self.assertRaisesRegex(UserError, "flow.xls"):
            self.env['pharma.sheet.mixin']._read_sheets(b'', "flow.xls")
