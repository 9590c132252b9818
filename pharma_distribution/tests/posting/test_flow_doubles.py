from collections import Counter

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..common import HEADINGS, PharmaDistributionCommon

WIDE = (*HEADINGS, "单号", "仓库")


class FlowDoublesCommon(PharmaDistributionCommon):
    """Helpers: files of a few rows, what of them counts."""

    def _make_file(self, *rows, post=True, wide=False, **values):
        """Import rows: dicts of ``_make_row``, the period and the result of the file."""
        made = []
        for row in rows:
            row = dict(row)
            more = (row.pop('document', ''), row.pop('source', '')) if wide else ()
            made.append((*self._make_row(**row), *more))
        self.file_number = getattr(self, 'file_number', 0) + 1
        data = self._make_csv(made, headings=WIDE if wide else HEADINGS)
        file = self._import(data + b'\n' * self.file_number, **{
            'name': f"流向{self.file_number}.csv", 'date_from': '2026-01-01',
            'date_to': '2026-01-31', **values})
        self.assertEqual(file.state, 'review', file.message)
        if post:
            file.action_post()
        return file

    def assertReasons(self, file, *reasons):
        """The reasons of a file's rows in their order, False for those that count."""
        self.assertEqual([line.reason for line in file.line_ids.sorted('row_number')],
                         list(reasons))
        for line in file.line_ids:
            self.assertEqual(
                line.status, 'duplicate' if line.reason in (
                    'double', 'suspected', 'superseded') else 'ok')


@tagged('post_install', '-at_install')
class TestFlowDoubles(FlowDoublesCommon):
    """Each movement counts once, in however many files it stands."""

    def test_equal_rows_of_one_file_are_two_sales(self):
        self.assertReasons(self._make_file({}, {}), False, False)

    def test_overlapping_files_add_only_what_is_new(self):
        self._make_file({'quantity': '1'}, {'quantity': '2'})
        second = self._make_file({'quantity': '2'}, {'quantity': '3'})
        self.assertReasons(second, 'double', False)
        self.assertEqual((second.ok_count, second.quantity), (1, 3))

    def test_the_larger_count_holds(self):
        first = self._make_file({}, {})
        second = self._make_file({}, {}, {})
        self.assertReasons(first, False, False)
        self.assertReasons(second, 'double', 'double', False)

    def test_files_that_are_not_posted_change_nothing(self):
        waiting = self._make_file({}, post=False)
        posted = self._make_file({}, post=False)
        self.assertReasons(waiting, False)
        self.assertReasons(posted, False)
        posted.action_post()
        self.assertReasons(posted, False)
        self.assertReasons(waiting, 'double')
        waiting.action_post()
        self.assertReasons(posted, False)
        self.assertEqual(waiting.ok_count, 0)

    def test_undo_brings_the_other_rows_back(self):
        first = self._make_file({}, {})
        second = self._make_file({}, {}, {})
        third = self._make_file({})
        first.action_undo()
        self.assertReasons(second, False, False, False)
        self.assertReasons(third, 'double')
        self.assertEqual(second.quantity, 3)
        second.action_undo()
        self.assertReasons(third, False)
        self.assertEqual(third.quantity, 1)

    def test_same_rows_of_two_declared_sources_add_up(self):
        self._make_file({}, source="东仓")
        second = self._make_file({}, source="西仓")
        self.assertReasons(second, False)
        third = self._make_file({}, source="东仓")
        self.assertReasons(third, 'double')

    def test_source_of_one_file_alone_is_suspected(self):
        self._make_file({}, source="东仓")
        second = self._make_file({}, {}, {'quantity': '7'})
        self.assertReasons(second, 'suspected', False, False)
        second.source = "西仓"
        self.assertReasons(second, False, False, False)
        self.assertEqual(second.ok_count, 3)
        second.source = "东仓"
        self.assertReasons(second, 'double', False, False)

    def test_source_in_a_column_comes_first(self):
        first = self._make_file({'source': "东仓"}, {'source': "西仓"}, wide=True)
        self.assertEqual(first.line_ids.mapped('source'), ["东仓", "西仓"])
        second = self._make_file({}, source="西仓")
        self.assertReasons(second, 'double')

    def test_documents(self):
        self._make_file({'document': 'A1'}, {'document': 'A2'}, wide=True)
        second = self._make_file({'document': 'A2'}, {'document': 'A3'}, wide=True)
        self.assertReasons(second, 'double', False)
        # without documents: as many as stand before may be the same
        third = self._make_file({}, {}, {}, {})
        self.assertReasons(third, 'suspected', 'suspected', False, False)

    def test_one_file_without_lots(self):
        self._make_file({})
        self.assertReasons(self._make_file({"批号": '999'}), False)
        self.assertReasons(self._make_file({"批号": ''}), 'suspected')

    def test_other_day_quantity_kind_customer(self):
        self._make_file({})
        second = self._make_file(
            {'date': '2026-01-06'}, {'quantity': '2'}, {'customer': "望澜市中医医院"})
        self.assertReasons(second, False, False, False)

    def test_other_distributor(self):
        self._make_file({})
        other = self._create_distributor(name="岚溪医药有限公司")
        self.assertReasons(self._make_file({}, distributor_id=other.id), False)

    def test_same_number_of_packs_in_other_units(self):
        self._make_file({'quantity': '2', "单位": "件"})
        self.assertReasons(self._make_file({'quantity': '200'}), 'double')

    def test_names_that_mean_the_same(self):
        """A customer under two spellings: known as doubles when both are decided, and no longer
        when the decision is taken back."""
        first = self._make_file({'customer': "望澜人医"})
        second = self._make_file({})
        self.assertEqual(first.line_ids.status, 'unmatched_customer')
        self.assertReasons(second, False)
        name = self._find_name("望澜人医")
        name.partner_id = self.hospital
        self.assertReasons(first, False)
        self.assertReasons(second, 'double')
        self.assertEqual((first.ok_count, second.ok_count), (1, 0))
        name.partner_id = self.clinic_hospital
        self.assertReasons(first, False)
        self.assertReasons(second, False)
        self.assertEqual((first.ok_count, second.ok_count), (1, 1))

    def test_rows_that_do_not_count_hide_no_others(self):
        self._make_file({'date': '2026-01-20'}, date_to='2026-01-15')
        second = self._make_file({'date': '2026-01-20'})
        self.assertReasons(second, False)

    def test_reading_again_changes_nothing(self):
        self._make_file({}, {'quantity': '2'})
        second = self._make_file({}, {'quantity': '3'})
        before = (second.ok_count, second.quantity, second.amount)
        second.action_undo()
        second._run_import()
        second.action_post()
        self.assertReasons(second, 'double', False)
        self.assertEqual((second.ok_count, second.quantity, second.amount), before)
        second.action_resolve()
        self.assertReasons(second, 'double', False)

    def test_stock_without_days(self):
        def stock(**period):
            return self._import(self._make_csv(
                [("澜舒他汀钙片", "20mg*7片", "盒", "25010101", "40")],
                headings=("商品名称", "商品规格", "单位", "批号", "库存数量"),
            ) + b'\n' * len(self.distributor.env['pharma.flow.file'].search([])), **period)
        first = stock(date_from='2026-01-01', date_to='2026-01-31')
        first.action_post()
        self.assertReasons(stock(date_from='2026-02-01', date_to='2026-02-28'), False)
        again = stock(date_from='2026-01-01', date_to='2026-01-31')
        self.assertReasons(again, 'double')

    # === REPLACEMENT === #

    def test_replacement_supersedes_its_period(self):
        first = self._make_file(
            {}, {'quantity': '2'}, {'date': '2026-02-02'}, date_to='2026-02-28')
        second = self._make_file({}, {'quantity': '5'}, post=False, replaces_id=first.id)
        self.assertReasons(second, False, False)
        self.assertReasons(first, False, False, False)
        second.action_post()
        self.assertReasons(second, False, False)
        self.assertReasons(first, 'superseded', 'superseded', False)
        self.assertEqual((first.quantity, second.quantity), (1, 6))
        second.action_undo()
        self.assertReasons(first, False, False, False)
        self.assertEqual(first.quantity, 4)

    def test_chain_of_replacements(self):
        first = self._make_file({}, {'quantity': '2'})
        second = self._make_file({'quantity': '3'}, replaces_id=first.id)
        third = self._make_file({'quantity': '4'}, replaces_id=second.id)
        self.assertReasons(first, 'superseded', 'superseded')
        self.assertReasons(second, 'superseded')
        self.assertReasons(third, False)
        third.action_undo()
        self.assertReasons(first, 'superseded', 'superseded')
        self.assertReasons(second, False)

    def test_replacement_of_sales_leaves_purchases(self):
        headings = ("购进日期", "供应商名称", "商品名称", "商品规格", "单位", "购进数量")
        bought = self._import(self._make_csv(
            [("2026-01-31", "某某药业", "澜舒他汀钙片", "20mg*7片", "盒", "60")],
            headings=headings))
        bought.action_post()
        self._make_file({}, replaces_id=bought.id, kind='sale', date_from='2026-01-01')
        self.assertReasons(bought, False)

    def test_replacement_cannot_be_nonsense(self):
        first = self._make_file({})
        second = self._make_file({'quantity': '2'}, replaces_id=first.id)
        with self.assertRaises(UserError):
            second.date_to = '2026-02-28'
        with self.assertRaises(UserError):
            first.replaces_id = second
        other = self._create_distributor(name="岚溪医药有限公司")
        with self.assertRaises(UserError):
            self._create_file(b'x', distributor_id=other.id, replaces_id=first.id)
        action = first.action_replace()
        self.assertEqual(action['context']['default_replaces_id'], first.id)

    # === PEOPLE === #

    def test_person_says_that_a_row_counts(self):
        self._make_file({}, source="东仓")
        second = self._make_file({}, {'quantity': '2'})
        suspected = second.line_ids.filtered(lambda line: line.reason == 'suspected')
        suspected.with_user(self.user_commercial).action_count_separately()
        self.assertReasons(second, False, False)
        self.assertEqual(second.ok_count, 2)
        self.assertTrue(suspected.is_separate)
        correction = self.env['pharma.flow.correction'].search([('file_id', '=', second.id)])
        self.assertEqual(correction.user_id, self.user_commercial)
        # it holds for the row of the file, also when it is read again
        second.action_undo()
        second._run_import()
        second.action_post()
        self.assertReasons(second, False, False)
        line = second.line_ids.filtered('is_separate')
        self.assertEqual(line.row_number, 2)
        line.with_user(self.user_commercial).action_count_once()
        self.assertReasons(second, 'suspected', False)
        self.assertEqual(second.ok_count, 1)

    def test_equal_rows_are_shown(self):
        first = self._make_file({})
        second = self._make_file({})
        domain = second.line_ids.action_view_equal()['domain']
        self.assertEqual(self.env['pharma.flow.line'].search(domain),
                         first.line_ids | second.line_ids)

    def test_who_may_confirm(self):
        self._make_file({})
        line = self._make_file({}).line_ids
        for user in (self.user_representative, self.user_director):
            with self.assertRaises(AccessError):
                line.with_user(user).action_count_separately()
        line.with_user(self.user_steward).action_count_separately()
        self.assertEqual(line.status, 'ok')


ROW = st.tuples(st.sampled_from('12'), st.sampled_from(('2026-01-05', '2026-01-06')))


@tagged('post_install', '-at_install')
class TestFlowDoublesLaw(FlowDoublesCommon):

    @settings(max_examples=12, deadline=None,
              suppress_health_check=[HealthCheck.differing_executors])
    @given(files=st.lists(st.lists(ROW, min_size=1, max_size=6), min_size=2, max_size=3),
           order=st.randoms(use_true_random=False))
    def test_the_largest_count_of_each_row_holds_in_any_order(self, files, order):
        """Whatever is posted and undone in whatever order: of every row as many count as the
        posted file with most of them holds."""
        with self.env.cr.savepoint() as savepoint:
            made = [(self._make_file(*(
                {'quantity': quantity, 'date': day} for quantity, day in rows), post=False),
                Counter(rows)) for rows in files]
            steps = made * 2
            order.shuffle(steps)
            posted = []
            for step in steps:
                file, _rows = step
                if step in posted:
                    file.action_undo()
                    file._run_import()
                    posted.remove(step)
                else:
                    file.action_post()
                    posted.append(step)
                expected = Counter()
                for _file, rows in posted:
                    expected |= rows
                lines = self.env['pharma.flow.line'].search([
                    ('file_id', 'in', [file.id for file, _rows in posted]), ('status', '=', 'ok')])
                found = Counter((f'{line.quantity:g}', str(line.date)) for line in lines)
                self.assertEqual(found, expected)
                for file, _rows in posted:
                    self.assertEqual(file.ok_count, len(
                        file.line_ids.filtered(lambda line: line.status == 'ok')))
            savepoint.rollback()
            self.env.invalidate_all()
