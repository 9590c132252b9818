from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ...tools.flow_reader import read_flow
from ...tools.flow_totals import TotalsCheck
from .test_flow_reader import make_sheet

HEADINGS = ('日期', '客户名称', '商品名称', '数量', '金额')
PAGES = st.lists(st.lists(st.integers(1, 500), min_size=1, max_size=6), min_size=1, max_size=6)


def make_file(pages, change=0):
    """A sheet of pages with subtotals, and a total that is wrong by ``change``."""
    rows = []
    for page in pages:
        rows += [('2026-01-05', '海州医院', '乙片', str(number), f'{number * 10:,}.00')
                 for number in page]
        rows.append(('本页小计', '', '', str(sum(page)), f'{sum(page) * 10:,}.00'))
    total = sum(map(sum, pages)) + change
    rows.append(('合计', '', '', f'{total:,}', f'{total * 10:,}.00'))
    return make_sheet(HEADINGS, *rows)


@tagged('post_install', '-at_install')
class TestTotals(BaseCase):

    @settings(max_examples=50, deadline=None)
    @given(PAGES)
    def test_right_totals_are_right(self, pages):
        flow = read_flow([make_file(pages)])
        self.assertEqual(len(flow.rows), sum(map(len, pages)))
        self.assertEqual(len(flow.totals), 2 * (len(pages) + 1))
        self.assertTrue(all(total.ok for total in flow.totals))

    @settings(max_examples=50, deadline=None)
    @given(PAGES, st.integers(10_000, 20_000))
    def test_wrong_total_is_noticed(self, pages, change):
        wrong = [total for total in read_flow([make_file(pages, change)]).totals if not total.ok]
        self.assertEqual([total.what for total in wrong], ['total quantity', 'total amount'])
        self.assertEqual(wrong[0].stated - wrong[0].found, change)

    def test_row_that_was_not_read_is_noticed(self):
        """A quantity that is no number is missing in the sum."""
        flow = read_flow([make_sheet(
            HEADINGS, ('2026-01-05', '海州医院', '乙片', '3', '30'),
            ('2026-01-05', '海州医院', '乙片', '三盒', '30'), ('合计', '', '', '6', '60'))])
        self.assertEqual([(total.what, total.stated, total.found, total.ok)
                          for total in flow.totals],
                         [('total quantity', 6, 3, False), ('total amount', 60, 60, True)])

    def test_total_above_the_rows(self):
        flow = read_flow([make_sheet(
            HEADINGS, ('合计', '', '', '5', '50'), ('2026-01-05', '海州医院', '乙片', '3', '30'),
            ('2026-01-05', '海州医院', '乙片', '2', '20'))])
        self.assertTrue(all(total.ok for total in flow.totals))
        self.assertEqual(len(flow.totals), 2)

    def test_amounts_are_rounded_row_by_row(self):
        check = TotalsCheck('', {'quantity': 0, 'amount': 1})
        for _number in range(3):
            check.add(Decimal(1), Decimal('33.333'))
        check.state(4, 'total', ('3', '100.00'))
        self.assertTrue(all(total.ok for total in check.finish()))

    def test_number_of_rows_in_words(self):
        flow = read_flow([make_sheet(
            HEADINGS, ('2026-01-05', '海州医院', '乙片', '3', '30'), ('合计：共2条记录',))])
        self.assertEqual([(total.what, total.stated, total.found, total.ok)
                          for total in flow.totals], [('total rows', 2, 1, False)])
