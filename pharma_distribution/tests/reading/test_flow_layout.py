import random
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ...tools.flow_content import classify
from ...tools.flow_headings import find_columns
from ...tools.flow_layout import Layout, compare, find_layout, recall
from ...tools.flow_reader import FlowError, read_flow
from .test_flow_reader import make_sheet

HEADINGS = ['日期', '客户名称', '商品名称', '数量', '单价', '单位']
PRODUCTS = (('阿托伐他汀钙片', 35.5), ('氨氯地平片', 12.35), ('奥美拉唑肠溶胶囊', 88.8))


def make_rows(seed=1, count=40, in_cases=False, unit='盒'):
    """Rows of a distributor: prices by product, small whole quantities, some returns."""
    dice = random.Random(seed)
    rows = []
    for number in range(count):
        product, price = dice.choice(PRODUCTS)
        quantity = dice.choice((1, 2, 3, 5, 10, 20, 40, 100, -1, 200))
        if in_cases:
            quantity, price = max(1, abs(quantity) // 20), price * 200
        rows.append([
            f'2026-01-{number % 28 + 1:02}', dice.choice(('海州医院', '临川大药房')), product,
            str(quantity), str(round(price, 2)), unit])
    return rows


@tagged('post_install', '-at_install')
class TestHeadings(BaseCase):

    def test_words_and_patterns(self):
        for heading, field in (
                ('客户名称', 'customer'), ('*客户名称(必填)', 'customer'),
                ('下游客户单位名称', 'customer'), ('药品通用名称', 'product'),
                ('包装规格型号', 'spec'), ('含税销售单价', 'price'),
                ('开单时间', 'date'), ('国药准字号', 'approval'), ('发货仓库', 'source'),
                ('出库批号', 'lot'), ('客户 编码', 'customer_code')):
            self.assertEqual(find_columns([heading]), {field: 0}, heading)

    def test_columns_that_are_none_of_ours(self):
        for heading in (
                '生产日期', '有效期至', '客户地址', '件装数量', '客户类型', '折扣金额', '序号', ''):
            self.assertEqual(find_columns([heading]), {}, heading)

    def test_cells_by_their_content(self):
        for text, name in (
                ('2026-01-05', 'day'), ('20260105', 'day'), ('12', 'number'), ('3盒', 'number'),
                ('盒', 'unit'), ('10mg*14片', 'specification'), ('国药准字H20030001', 'approval'),
                ('海州市第一人民医院', 'terminal'), ('海州制药有限公司', 'company'),
                ('阿托伐他汀钙片', 'medicine'), ('阿托伐他汀钙片10mg*14片', 'medicine'),
                ('A2501-11', 'lot'), ('王', 'text'), ('5/1/2026', 'day')):
            self.assertEqual(classify(text), name, text)
        self.assertEqual(classify('立普妥', known={'立普妥'}), 'medicine')


@tagged('post_install', '-at_install')
class TestContent(BaseCase):

    def layout(self, *rows, **options):
        return find_layout(make_sheet(*rows), **options)[0]

    def test_columns_without_headings(self):
        layout = self.layout(*make_rows())
        self.assertEqual(layout.header, -1)
        self.assertEqual(
            {field: layout.columns.get(field) for field in ('date', 'customer', 'product', 'unit')},
            {'date': 0, 'customer': 1, 'product': 2, 'unit': 5})
        self.assertLess(min(layout.confidence.values()), 1)
        self.assertEqual(set(layout.sources.values()), {'content'})

    def test_products_that_the_caller_knows(self):
        rows = [[*row[:2], '立普妥', *row[3:]] for row in make_rows()]
        self.assertIsNone(self.layout(*rows))
        self.assertEqual(self.layout(*rows, known={'立普妥'}).columns['product'], 2)

    def test_quantity_by_multiplication(self):
        rows = [[*row[:3], row[4], str(round(int(row[3]) * float(row[4]), 2)), row[3]]
                for row in make_rows()]
        layout = self.layout(['甲', '乙', '丙', '丁', '戊', '己'], *rows)
        self.assertEqual(
            [layout.columns[field] for field in ('quantity', 'price', 'amount')], [5, 3, 4])
        self.assertFalse(layout.doubts)

    def test_what_may_be_two_columns_is_asked(self):
        rows = [[*row[:3], row[3], str(abs(int(row[3])) + 7)] for row in make_rows()]
        layout = self.layout(['甲', '乙', '丙', '丁', '戊'], *rows)
        doubt = layout.doubts[0]
        self.assertEqual((doubt.code, doubt.data), (
            'column_unclear', {'field': 'quantity', 'columns': (3, 4)}))

    def test_missing_date_is_found_among_other_columns(self):
        rows = [[row[0], '2027-12-31', *row[1:]] for row in make_rows()]
        layout = self.layout(['开出', '有效期至', *HEADINGS[1:]], *rows)
        self.assertEqual((layout.columns['date'], layout.sources['date']), (0, 'content'))

    def test_headings_that_contradict_the_cells(self):
        rows = [[row[0], row[2], row[1], *row[3:]] for row in make_rows()]
        codes = {(doubt.code, doubt.data['field']) for doubt in self.layout(HEADINGS, *rows).doubts}
        self.assertEqual(codes, {('content_differs', 'customer'), ('content_differs', 'product')})

    def test_neither_sale_nor_stock(self):
        rows = [['商品名称', '规格', '数量'], ['乙片', '1g', '3']]
        self.assertEqual([doubt.code for doubt in self.layout(*rows).doubts], ['kind_unclear'])
        self.assertFalse(self.layout(*rows, kind='stock').doubts)
        rows[0][2] = '销售数量'
        self.assertEqual(self.layout(*rows).doubts[0].data['field'], 'customer')

    def test_file_is_asked_about_with_all_layouts(self):
        good = make_sheet(HEADINGS, *make_rows(), name='一月')
        bad = make_sheet(['商品名称', '规格', '数量'], ['乙片', '1g', '3'], name='二月')
        with self.assertRaises(FlowError) as caught:
            read_flow([good, bad])
        self.assertEqual((caught.exception.reason, caught.exception.sheet_name), ('unsure', '二月'))
        self.assertEqual(set(caught.exception.layouts), {'一月', '二月'})


@tagged('post_install', '-at_install')
class TestMemory(BaseCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        layout, _found = find_layout(make_sheet(HEADINGS, *make_rows()))
        cls.layout = Layout.from_json(layout.to_json())

    def assertChanges(self, headings, rows, *changes):
        """:param changes: tuples (code, ask)"""
        sheet = make_sheet(headings, *rows)
        found = compare(self.layout, sheet)
        self.assertEqual([(finding.code, finding.ask) for finding in found], list(changes))
        if any(ask for _code, ask in changes):
            with self.assertRaises(FlowError) as caught:
                read_flow([sheet], layouts=[self.layout])
            self.assertEqual(caught.exception.reason, 'unsure')
            return None
        return read_flow([sheet], layouts=[self.layout])

    def test_json_keeps_everything(self):
        sheet = make_sheet(HEADINGS, *make_rows())
        layout, _found = find_layout(sheet)
        again = Layout.from_json(layout.to_json())
        self.assertEqual(again, replace(layout, findings=(), style=again.style))
        self.assertEqual(again.fingerprint, layout.fingerprint)
        for text in ('', '[]', '{}', '{"header": 1}', 'null', '{"headings": 5}'):
            with self.assertRaises(ValueError):
                Layout.from_json(text)

    def test_same_layout_again(self):
        self.assertChanges(HEADINGS, make_rows(seed=2))
        self.assertChanges(HEADINGS, make_rows(seed=3, count=6))

    def test_quantity_and_price_swapped(self):
        rows = [[*row[:3], row[4], row[3], row[5]] for row in make_rows(seed=2)]
        self.assertChanges(HEADINGS, rows, ('values_swapped', True))

    def test_column_inserted(self):
        rows = [[row[0], '东区', *row[1:]] for row in make_rows(seed=2)]
        flow = self.assertChanges(
            ['日期', '区域', *HEADINGS[1:]], rows, ('column_inserted', False))
        self.assertEqual({row.raw_customer for row in flow.rows}, {'海州医院', '临川大药房'})

    def test_columns_in_another_order(self):
        flow = self.assertChanges(HEADINGS[::-1], [row[::-1] for row in make_rows(seed=2)])
        self.assertEqual(flow.rows[0].raw_unit, '盒')

    def test_heading_renamed(self):
        known = ['日期', '购货单位', *HEADINGS[2:]]
        self.assertChanges(known, make_rows(seed=2), ('column_renamed', False))
        unknown = [*HEADINGS[:3], '本期', *HEADINGS[4:]]
        self.assertChanges(unknown, make_rows(seed=2), ('column_renamed', True))

    def test_column_removed(self):
        rows = make_rows(seed=2)
        self.assertChanges([*HEADINGS[:3], *HEADINGS[4:]], [[*row[:3], *row[4:]] for row in rows],
                           ('column_removed', True))
        self.assertChanges(HEADINGS[:5], [row[:5] for row in rows], ('column_removed', False))

    def test_unit_changed_in_words(self):
        flow = self.assertChanges(
            HEADINGS, make_rows(seed=2, in_cases=True, unit='件'), ('unit_changed', False))
        self.assertEqual({row.raw_unit for row in flow.rows}, {'件'})

    def test_unit_changed_in_silence(self):
        self.assertChanges(HEADINGS, make_rows(seed=2, in_cases=True), ('scale_changed', True))

    def test_what_a_person_set_is_kept(self):
        """Once somebody has said what the columns are, the next file is read without a word."""
        rows = [[row[0], row[2], row[1], *row[3:]] for row in make_rows()]
        with self.assertRaises(FlowError) as caught:
            read_flow([make_sheet(HEADINGS, *rows)])
        layout = caught.exception.layouts['Sheet1'].with_columns({'customer': 2, 'product': 1})
        layout = Layout.from_json(layout.to_json())
        rows = [[row[0], row[2], row[1], *row[3:]] for row in make_rows(seed=5)]
        flow = read_flow([make_sheet(['流向表'], HEADINGS, *rows)], layouts=[self.layout, layout])
        self.assertEqual(flow.rows[0].raw_customer in ('海州医院', '临川大药房'), True)
        self.assertEqual(flow.layouts['Sheet1'].sources['customer'], 'set')

    def test_sheet_that_does_not_count(self):
        """A summary beside the rows is asked about once, then left out."""
        rows = make_sheet(HEADINGS, *make_rows(), name='明细')
        summary = make_sheet(['商品名称', '规格', '销售数量'], ['乙片', '1g', '3'], name='汇总')
        with self.assertRaises(FlowError) as caught:
            read_flow([rows, summary])
        layout = caught.exception.layouts['汇总'].with_columns({}, kind='ignored')
        flow = read_flow([rows, summary], layouts=[Layout.from_json(layout.to_json())])
        self.assertEqual((len(flow.rows), flow.skipped['ignored']), (40, 2))

    def test_unit_of_the_heading(self):
        before, _found = find_layout(make_sheet(
            [*HEADINGS[:3], '数量(盒)', '单价'], *(row[:5] for row in make_rows())))
        changes = compare(before, make_sheet(
            [*HEADINGS[:3], '数量(件)', '单价'],
            *(row[:5] for row in make_rows(seed=2, in_cases=True))))
        self.assertEqual([(finding.code, finding.data) for finding in changes],
                         [('unit_changed', {'before': '盒', 'now': '件'})])

    def test_another_kind_of_file(self):
        self.assertIsNone(compare(self.layout, make_sheet(['姓名', '电话'], ['王', '1'])))
        self.assertIsNone(recall([], make_sheet(HEADINGS, *make_rows())))

    @settings(max_examples=25, deadline=None)
    @given(st.integers(0, 1000), st.integers(10, 60))
    def test_ordinary_months_raise_no_question(self, seed, count):
        sheet = make_sheet(HEADINGS, *make_rows(seed, count))
        self.assertFalse([finding for finding in compare(self.layout, sheet) if finding.ask])
