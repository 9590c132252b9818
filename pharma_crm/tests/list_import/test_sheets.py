import csv
import io
import json
import time
import zipfile
from array import array
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch

import xlsxwriter
import xlwt
from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.exceptions import UserError
from odoo.tests import BaseCase, TransactionCase, tagged

from ...tools import sheets
from ...tools.sheets import SheetError, is_archive, read_archive, read_workbook
from ...tools.sheets_child import texts

# Cells with anything in them that a list may hold, below headings: these are words.
CELLS = st.text(st.characters(
    codec='gb18030', exclude_categories=('Cs', 'Cc', 'Cn', 'Co', 'Cf', 'Zs', 'Zl', 'Zp'),
    exclude_characters="'="), min_size=1, max_size=8) | st.sampled_from((
        "甲,乙", "a;b", '说"好"', "两\n行", '1,234.50', '10mg*14片', '2026-01-05', "海州医院"))
TABLES = st.integers(2, 6).flatmap(lambda width: st.lists(
    st.lists(CELLS, min_size=width, max_size=width), min_size=2, max_size=8).map(
        lambda rows: [["日期", "客户名称", "商品名称", "规格", "数量", "金额"][:width], *rows]))


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
        self.assertTrue(sheet.date1904)
        self.assertFalse(self.read_one(make_xlsx([["甲"]])).date1904)

    def test_merged_cells_are_told(self):
        buffer = io.BytesIO()
        book = xlsxwriter.Workbook(buffer)
        book.add_worksheet().merge_range(1, 0, 3, 1, "甲")
        book.close()
        self.assertEqual(self.read_one(buffer.getvalue()).merges, [[1, 0, 3, 1]])
        book = xlwt.Workbook()
        book.add_sheet('A').write(0, 0, "乙")
        book.add_sheet('B').write_merge(2, 4, 1, 1, "丙")
        buffer = io.BytesIO()
        book.save(buffer)
        first, second = read_workbook(buffer.getvalue(), "file")
        self.assertEqual((first.merges, second.merges), ([], [[2, 1, 4, 1]]))

    def test_rows_of_many_blocks_have_one_width(self):
        rows = [["甲"]] * 3000 + [[]] * 3000 + [["乙", None, 3]]
        sheet = self.read_one(make_xlsx(rows))
        self.assertEqual(len(sheet.rows), 6001)
        self.assertEqual({len(row) for row in sheet.rows}, {3})
        self.assertEqual({len(kinds) for kinds in sheet.kinds}, {3})
        self.assertEqual(sheet.rows[-1], ("乙", '', '3'))
        self.assertIs(sheet.rows[0][0], sheet.rows[2999][0])

    def test_equal_numbers_of_other_kinds(self):
        rows = [[1, True, 0, False, 1.0, -0.0, "1", '12345678901234567'], [True, 1, False, 0]]
        sheet = self.read_one(make_xlsx(rows))
        self.assertEqual(sheet.rows, [
            ('1', 'TRUE', '0', 'FALSE', '1', '0', '1', '12345678901234567'),
            ('TRUE', '1', 'FALSE', '0', '', '', '', '')])
        self.assertEqual(sheet.kinds, ['nbnbnntt', 'bnbn    '])

    def test_more_texts_than_are_kept(self):
        """Texts that come again after all were forgotten are what they were."""
        rows = [[f"甲{number}", number % 7, f"乙{-number}", "丙"] for number in range(170_000)]
        sheet = self.read_one(make_xlsx(rows))
        self.assertEqual(sheet.rows, [(name, str(number), other, "丙")
                                      for name, number, other, _last in rows])
        self.assertEqual(set(sheet.kinds), {'tntt'})

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

    def test_sheets_of_xml(self):
        xml = ('<?xml version="1.0"?><ss:Workbook xmlns:ss="urn:x">'
               '<ss:Worksheet ss:Name="一"><ss:Table><ss:Row><ss:Cell ss:MergeDown="1"><ss:Data>甲'
               '</ss:Data></ss:Cell><ss:Cell><ss:Data ss:Type="Number">1.50</ss:Data></ss:Cell>'
               '</ss:Row><ss:Row><ss:Cell ss:Index="2"><ss:Data ss:Type="DateTime">'
               '2026-01-05T00:00:00.000</ss:Data></ss:Cell></ss:Row></ss:Table></ss:Worksheet>'
               '<ss:Worksheet ss:Name="二"><ss:Table><ss:Row><ss:Cell/></ss:Row></ss:Table>'
               '</ss:Worksheet></ss:Workbook>')
        sheet = self.read_one(xml.encode())
        self.assertEqual(sheet.name, "一")
        self.assertEqual(sheet.rows, [("甲", '1.50'), ('', '2026-01-05')])
        self.assertEqual((sheet.kinds, sheet.merges), (['tn', ' d'], [[0, 0, 1, 0]]))

    def test_rows_of_plain_cells_and_others(self):
        html = ("<TABLE><tr ><Td>甲&amp;</td>\n<th width=3> 1 </th></tr>"
                "<tr><td>乙<br>丙<td>2</tr><tr><td rowspan=2>丁</td><td>3</td></tr>"
                "<tr><td>4</td></tr><!-- <tr><td>x</td></tr> --><tr></tr>"
                "<tr><td colspan=2>戊</td><td></td></tr></TABLE>")
        sheet = self.read_one(html.encode())
        self.assertEqual(sheet.rows, [("甲&", '1'), ("乙 丙", '2'), ("丁", '3'), ('', '4'),
                                      ('', ''), ("戊", '')])
        self.assertEqual(sheet.merges, [[2, 0, 3, 0], [5, 0, 5, 1]])

    def test_cells_over_several_rows(self):
        html = ("<table><tr><td rowspan=2>甲</td><td>1</td></tr><tr><td>2</td></tr>"
                "<tr><td>乙</td><td>3</td></tr></table>")
        sheet = self.read_one(html.encode())
        self.assertEqual(sheet.rows, [("甲", '1'), ('', '2'), ("乙", '3')])
        self.assertEqual(sheet.merges, [[0, 0, 1, 0]])

    def test_chinese_that_might_be_another_script(self):
        """Two bytes of GBK may be a letter of Greek in UTF-8."""
        sheet = self.read_one("脦脧脨,1\n脦脧,2\n".encode('gbk'))
        self.assertEqual(sheet.rows, [("脦脧脨", '1'), ("脦脧", '2')])
        self.assertEqual(self.read_one("25°C,1\n±2,2\n".encode()).rows[0], ("25°C", '1'))

    def test_broken_character_does_not_change_the_others(self):
        lines = "".join(f"望澜市第{number}人民医院,{number}\n" for number in range(30))
        for encoding in ('utf-8', 'gb18030'):
            data = bytearray(lines.encode(encoding))
            data[12] = 0xFF
            rows = self.read_one(bytes(data)).rows
            self.assertEqual(rows[5], ("望澜市第5人民医院", '5'), encoding)
            self.assertEqual(rows[0][1], '0', encoding)

    def test_stray_zeros(self):
        """Some systems fill columns with zeros; that is not UTF-16."""
        data = "客户,数量\n甲医院\0\0\0,1\n上海,2\n".encode('gbk')
        self.assertEqual(self.read_one(data).rows[1:], [("甲医院", '1'), ("上海", '2')])

    def test_broken_line_spoils_no_other(self):
        text = '客户,数量\n"甲, 乙",1\n"丙"丁,2\n"戊",3\n'
        self.assertEqual(self.read_one(text.encode()).rows, [
            ("客户", "数量"), ("甲, 乙", '1'), ('"丙"丁', '2'), ("戊", '3')])

    @settings(max_examples=12, deadline=None)
    @given(TABLES, st.sampled_from(',\t;'))
    def test_what_was_written_is_read(self, rows, delimiter):
        buffer = io.StringIO()
        csv.writer(buffer, delimiter=delimiter).writerows(rows)
        found = self.read_one(buffer.getvalue().encode('utf-8-sig'))
        self.assertEqual(found.rows, [tuple(row) for row in rows])

    @settings(max_examples=400, deadline=None)
    @given(TABLES, st.sampled_from(texts.DELIMITERS), st.sampled_from(
        ('utf-8', 'utf-8-sig', 'utf-16', 'utf-16-le', 'utf-16-be', 'gb18030')))
    def test_encoding_and_delimiter_are_found_out(self, rows, delimiter, encoding):
        """Any table below headings, by any delimiter, in any encoding, reads back equal."""
        buffer = io.StringIO()
        csv.writer(buffer, delimiter=delimiter).writerows(rows)
        text = texts.decode(buffer.getvalue().encode(encoding))
        self.assertEqual(text, buffer.getvalue())
        self.assertTrue(texts.looks_like_text(text))
        self.assertEqual(list(texts.split(text)), rows)


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

    def read_answer(self, *parts):
        """What a child's answer is read as: lines of JSON, and bytes that follow them."""
        answer = b"".join(
            part if isinstance(part, bytes) else json.dumps(part).encode() + b'\n'
            for part in parts)
        with TemporaryDirectory() as folder:
            child = Path(folder) / 'child.py'
            child.write_text(
                f"import sys; sys.stdin.buffer.read(); sys.stdout.buffer.write({answer!r})")
            with patch.object(sheets, 'CHILD', child):
                return read_workbook(b'a,b\n', "file")

    def test_answer_of_codes(self):
        sheet, = self.read_answer(
            ['sheet', 'A', [], False], ['texts', True, 'tn', ["甲", '5']], ['rows', 2, 2],
            array('I', [9, 18, 0, 9]).tobytes(), ['texts', True, 'd', ['2026-01-05']],
            ['rows', 1, 1], array('I', [11]).tobytes(), ['rows', 0, 1], ['end'])
        self.assertEqual(sheet.rows, [("甲", '5'), ('', "甲"), ('2026-01-05', ''), ('', '')])
        self.assertEqual(sheet.kinds, ['tn', ' t', 'd ', '  '])

    def test_lies_of_the_reader(self):
        """Codes that stand for nothing, blocks of other sizes, and numbers that would take all
        memory are told as damage."""
        sheet, texts_ = ['sheet', 'A', [], False], ['texts', True, 't', ["甲"]]
        for parts in (
                [['rows', 1, 1], array('I', [17]).tobytes()],  # number 2
                [['rows', 1, 1], array('I', [8]).tobytes()],  # of another kind
                [['rows', 1, 1], array('I', [0xFFFFFFFF]).tobytes()],
                [['texts', True, 'n', ['1']], ['rows', 1, 1], array('I', [9]).tobytes()],
                [['rows', 2, 2], array('I', [9]).tobytes()],  # the last line becomes a cell
                [['rows', 1, 10 ** 12]], [['rows', 10 ** 12, 1]], [['rows', 0, 10 ** 12]],
                [['rows', 10 ** 9, 0]] * 2 + [['rows', -1, -1]], [['rows', -1, 1]],
                [['rows', 1.0, 1]], [['rows', True, '1']], [['rows', 1, None]], [['rows', 1]],
                [['rows', 1, 1, [["甲"]], ['t']]],
                [['texts', False, 'tt', ["甲"]], ['rows', 1, 1], array('I', [25]).tobytes()],
                [['texts', False, 't', ["甲", "乙"]]], [['texts', False, 'x', ["甲"]]],
                [['texts', False, 't', [5]]], [['texts', False, 't', [["甲"]]]],
                [['texts', False, 't', None]], [['texts', False, 5, ["甲"]]]):
            with self.subTest(parts=parts), self.assertRaises(SheetError) as caught:
                self.read_answer(sheet, texts_, *parts, ['end'])
            self.assertEqual(caught.exception.reason, 'damaged')
        with self.assertRaises(SheetError):  # rows of no sheet
            self.read_answer(texts_, ['rows', 1, 1], array('I', [9]).tobytes(), ['end'])

    def test_bounds_of_all_blocks_together(self):
        blocks = [['sheet', 'A', [], False], ['rows', 0, 6], ['rows', 0, 6], ['end']]
        self.assertEqual(len(self.read_answer(*blocks)[0].rows), 12)
        with patch.object(sheets, '_MAX_CELLS', 10), self.assertRaises(SheetError):
            self.read_answer(*blocks)
        with patch.object(sheets, '_MAX_LINES', 30), self.assertRaises(SheetError):
            self.read_answer(*blocks)

    def test_one_long_line_makes_no_long_lines_of_all(self):
        data = b'a,b\n' * 2000 + b','.join([b'c'] * 1000) + b'\n'
        self.assertEqual(len(read_workbook(data, "file")[0].rows[0]), 1000)
        with patch.object(sheets, '_MAX_ALIGNED', 1_000_000), \
                self.assertRaises(SheetError) as caught:
            read_workbook(data, "file")
        self.assertEqual(caught.exception.reason, 'too_large')

    def test_answer_holds_no_secret_of_the_environment(self):
        with patch.object(sheets.subprocess, 'Popen', wraps=sheets.subprocess.Popen) as start, \
                patch.dict('os.environ', PGPASSWORD='secret'):
            read_workbook(b'a,b\n1,2\n', "file")
        self.assertNotIn('secret', json.dumps(start.call_args.kwargs['env']))


@tagged('post_install', '-at_install')
class TestArchives(SheetCase):

    def pack(self, **members):
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, 'w', zipfile.ZIP_DEFLATED) as archive:
            for name, data in members.items():
                archive.writestr(name, data)
        return buffer.getvalue()

    def test_each_file_by_its_name(self):
        data = self.pack(**{
            '一月/流向.csv': b'a,b\n', '__MACOSX/x': b'x', '二月.xlsx': make_xlsx([[1]])})
        self.assertTrue(is_archive(data))
        self.assertEqual([member.name for member in read_archive(data, "all.zip")],
                         ['一月/流向.csv', '二月.xlsx'])
        self.assertRefused(data, 'archive')

    def test_workbooks_are_no_archives(self):
        for data in (make_xlsx([[1]]), b'a,b\n', b'', b'PK', b'PK\x03\x04' * 9):
            self.assertFalse(is_archive(data))
        with self.assertRaises(SheetError) as caught:
            read_archive(make_xlsx([[1]]), "file")
        self.assertEqual(caught.exception.reason, 'unknown_format')

    def test_bounds(self):
        """Neither one huge file nor many of them get out of an archive."""
        found = read_archive(self.pack(bomb=b'0' * 30_000_000, good=b'a,b'), "file")
        self.assertEqual([(member.name, member.reason) for member in found],
                         [('bomb', 'too_large'), ('good', '')])
        self.assertEqual(found[1].data, b'a,b')
        with self.assertRaises(SheetError) as caught:
            read_archive(self.pack(**{f'{number}.csv': b'a' for number in range(501)}), "file")
        self.assertEqual(caught.exception.reason, 'too_large')

    def test_damage_is_told_file_by_file(self):
        data = bytearray(self.pack(first=bytes(range(256)) * 9, second=b'a,b'))
        data[60] ^= 0xFF
        found = read_archive(bytes(data), "file")
        self.assertEqual([member.reason for member in found], ['damaged', ''])
        with self.assertRaises(SheetError):
            read_archive(bytes(data[:100]), "file")


@tagged('post_install', '-at_install')
class TestSheetMessages(TransactionCase):

    def test_every_reason_is_told_with_the_name_of_the_file(self):
        mixin = self.env['pharma.sheet.mixin']
        for reason in sheets.REASONS:
            self.assertIn("flow.xls", mixin._sheet_error_message(reason, "flow.xls"))

    def test_refused_file_becomes_a_message(self):
        with self.assertRaisesRegex(UserError, "flow.xls"):
            self.env['pharma.sheet.mixin']._read_sheets(b'', "flow.xls")
