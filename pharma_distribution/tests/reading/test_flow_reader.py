import datetime
import string
from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from odoo.addons.pharma_crm.tools.sheets import Sheet

from ...tools.flow_headings import find_columns
from ...tools.flow_reader import FlowError, find_period, read_flow

HEADINGS = ('日期', '客户名称', '商品名称', '规格', '数量')


def make_sheet(*rows, name='Sheet1'):
    width = max(map(len, rows))
    rows = [tuple(row) + ('',) * (width - len(row)) for row in rows]
    return Sheet(name, rows, [''.join('t' if cell else ' ' for cell in row) for row in rows])


@tagged('post_install', '-at_install')
class TestLayout(BaseCase):

    def test_the_better_heading_wins(self):
        columns = find_columns(['下单日期', '销售日期', '金额', '含税金额(元)', '单位', '单位名称'])
        self.assertEqual(columns, {'date': 1, 'amount': 3, 'unit': 4, 'customer': 5})

    def test_production_and_expiry_are_no_date_of_sale(self):
        self.assertNotIn('date', find_columns(['生产日期', '有效期至']))

    def test_header_below_titles(self):
        flow = read_flow([make_sheet(
            ['某公司 销售流向表'], ['查询条件：2026-01-01 至 2026-03-31'], [], HEADINGS,
            ['2026-1-5', '甲医院', '乙片', '10mg', '3'])])
        self.assertEqual([row.row_number for row in flow.rows], [5])
        self.assertEqual(flow.skipped, Counter(title=2, header=1))
        self.assertEqual(
            tuple(flow.period), (datetime.date(2026, 1, 1), datetime.date(2026, 3, 31)))

    def test_headings_over_two_rows(self):
        flow = read_flow([make_sheet(
            ['日期', '客户名称', '商品', '', '销售'], ['', '', '名称', '规格', '数量'],
            ['2026-1-5', '甲医院', '乙片', '10mg', '3'])])
        self.assertEqual(flow.rows[0].raw_customer, '甲医院')
        self.assertEqual(flow.rows[0].quantity, 3)

    def test_kind_by_title_and_columns(self):
        row = ['2026-1-5', '甲', '乙片', '10mg', '3']
        for title, headings, kind in (
                ('销售流向', HEADINGS, 'sale'),
                ('', HEADINGS, 'sale'),
                ('采购流向', ('日期', '供应商名称', '商品名称', '规格', '数量'), 'purchase'),
                ('', ('日期', '供应商', '商品名称', '规格', '数量'), 'purchase'),
                ('', ('入库时间', '仓库', '商品名称', '规格', '库存数量'), 'stock')):
            flow = read_flow([make_sheet([title], headings, row)])
            self.assertEqual(flow.rows[0].kind, kind, (title, headings))

    def test_no_header_is_told_with_the_sheet(self):
        with self.assertRaises(FlowError) as caught:
            read_flow([make_sheet(['甲', '乙'], ['1', '2'], name='Tabelle')])
        self.assertEqual((caught.exception.reason, caught.exception.sheet_name),
                         ('no_header', 'Tabelle'))
        with self.assertRaises(FlowError) as caught:
            read_flow([make_sheet(HEADINGS)])
        self.assertEqual(caught.exception.reason, 'no_rows')

    def test_rows_of_a_sheet_without_header_are_counted(self):
        data = make_sheet(HEADINGS, ['2026-1-5', '甲医院', '乙片', '10mg', '3'])
        flow = read_flow([data, make_sheet(['说明'], ['第二行'], name='注')])
        self.assertEqual(flow.skipped['no_header'], 2)
        self.assertEqual(len(flow.rows), 1)

    def test_period(self):
        self.assertEqual(find_period(['制表 2026-01-01']), (None, None))
        self.assertEqual(find_period(['2026年1月1日-2026年1月31日']),
                         (datetime.date(2026, 1, 1), datetime.date(2026, 1, 31)))


@tagged('post_install', '-at_install')
class TestRows(BaseCase):

    def read_rows(self, *rows, headings=HEADINGS):
        return read_flow([make_sheet(headings, *rows)])

    def test_rows_that_are_no_data(self):
        good = ['2026-1-5', '甲医院', '乙片', '10mg', '3']
        flow = self.read_rows(
            good, ['', '小计', '', '', '3'], [], HEADINGS, good, ['甲医院 合计', '', '', '', '3'],
            ['合计', '', '', '', '6'], ['制表人：', '', '审核：'], ['本表仅供内部使用'])
        self.assertEqual([row.row_number for row in flow.rows], [2, 6])
        self.assertEqual(flow.skipped, Counter(
            header=2, subtotal=1, blank=1, total=2, signature=1, note=1))

    def test_names_that_look_like_totals_are_data(self):
        """A customer called 总计… is a customer as long as the row sells something."""
        flow = self.read_rows(['2026-1-5', '合计堂大药房', '乙片', '10mg', '3'])
        self.assertEqual(len(flow.rows), 1)

    def test_faults_keep_the_row(self):
        flow = self.read_rows(
            ['2026-13-1', '甲', '乙片', '', '3'], ['', '甲', '乙片', '', '3'],
            ['2026-1-5', '', '乙片', '', '3'], ['2026-1-5', '甲', '', '', '3'],
            ['2026-1-5', '甲', '乙片', '', 'x'], ['2026-1-5', '甲', '乙片', '', ''])
        self.assertEqual([row.reason for row in flow.rows], [
            'date_invalid', 'date_missing', 'customer_missing', 'product_missing',
            'quantity_invalid', 'quantity_missing'])

    def test_amount_from_price(self):
        flow = self.read_rows(
            ['2026-1-5', '甲', '乙片', '1.5', '4'],
            headings=('日期', '客户名称', '商品名称', '单价', '数量'))
        self.assertEqual(flow.rows[0].amount, 6)

    def test_returns_in_words_are_negative(self):
        headings = (*HEADINGS, '业务类型')
        flow = self.read_rows(
            ['2026-1-5', '甲', '乙片', '', '3', '销售退回'],
            ['2026-1-5', '甲', '乙片', '', '-3', '销退'],
            ['2026-1-5', '甲', '乙片', '', '3', '销售出库'], headings=headings)
        self.assertEqual([row.quantity for row in flow.rows], [-3, -3, 3])

    cells = st.text(string.printable + '甲医院合计小计制表人０１２年月日（）', max_size=8)

    @settings(max_examples=80, deadline=None)
    @given(st.lists(st.lists(cells, min_size=5, max_size=5), min_size=1, max_size=10))
    def test_every_row_is_data_or_has_a_reason(self, rows):
        """Whatever stands in a file, no row gets lost."""
        sheet = make_sheet(HEADINGS, *rows)
        try:
            flow = read_flow([sheet])
        except FlowError as error:
            self.assertIn(error.reason, ('no_rows', 'unsure'))
            return
        self.assertEqual(len(flow.rows) + sum(flow.skipped.values()), len(sheet.rows))
        for row in flow.rows:
            self.assertTrue(row.reason or (row.date and row.quantity is not None))
