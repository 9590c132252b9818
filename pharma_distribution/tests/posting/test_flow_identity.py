from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ...tools.flow_identity import row_identities
from ...tools.flow_reader import read_flow
from ..reading.test_flow_reader import make_sheet

HEADINGS = ('日期', '客户名称', '商品名称', '规格', '批号', '单号', '数量')
ROW = st.tuples(
    st.sampled_from(('2026-01-05', '2026年1月6日')), st.sampled_from(('甲医院', '乙药房')),
    st.sampled_from(('丙片', '丁胶囊')), st.sampled_from(('1g', '2g')), st.sampled_from(('', 'A1')),
    st.sampled_from(('', 'CK1')), st.sampled_from(('1', '2', '-1', '1.0')))


def identities(rows):
    return row_identities(read_flow([make_sheet(HEADINGS, *rows)]).rows, 'D1')


@tagged('post_install', '-at_install')
class TestIdentity(BaseCase):

    @settings(max_examples=100, deadline=None)
    @given(st.lists(ROW, min_size=1, max_size=30), st.randoms())
    def test_order_of_the_rows_does_not_matter(self, rows, shuffle):
        mixed = list(rows)
        shuffle.shuffle(mixed)
        self.assertEqual(sorted(identities(rows)), sorted(identities(mixed)))

    @settings(max_examples=100, deadline=None)
    @given(st.lists(ROW, min_size=1, max_size=30))
    def test_no_two_rows_of_a_file_are_the_same(self, rows):
        found = identities(rows)
        self.assertEqual(len(set(found)), len(rows))

    @settings(max_examples=100, deadline=None)
    @given(st.lists(ROW, min_size=1, max_size=20), st.lists(ROW, max_size=20))
    def test_a_longer_file_holds_the_shorter_one(self, rows, more):
        self.assertLessEqual(set(identities(rows)), set(identities([*more, *rows])))

    def test_same_values_in_other_forms(self):
        one = ('2026-01-05', '甲医院', '丙片', '1g', 'A1', '', '1')
        other = ('2026年1月5日', '甲医院', '丙片', '1g', 'A1', '', '1.0')
        self.assertEqual(identities([one]), identities([other]))

    @settings(max_examples=60, deadline=None)
    @given(ROW, st.integers(1, 6))
    def test_every_part_counts(self, row, column):
        changed = list(row)
        changed[column] += '9'
        self.assertNotEqual(identities([row]), identities([tuple(changed)]))

    def test_other_distributor(self):
        flow = read_flow([make_sheet(HEADINGS, (
            '2026-01-05', '甲医院', '丙片', '1g', 'A1', '', '1'))])
        self.assertNotEqual(row_identities(flow.rows, 'D1'), row_identities(flow.rows, 'D2'))
