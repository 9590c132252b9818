import base64
from contextlib import ExitStack, contextmanager
from unittest.mock import patch

from odoo import SUPERUSER_ID, api
from odoo.sql_db import db_connect
from odoo.tests import TransactionCase, tagged
from odoo.tools import SQL

from ...models.posting import pharma_flow_summary
from ..common import PharmaDistributionCommon


def cells(env, *names):
    """What the results say: dict of values of dimensions -> (quantity, amount, rows)."""
    columns = SQL(", ").join(map(SQL.identifier, names))
    return {
        row[:len(names)]: tuple(map(float, row[len(names):]))
        for row in env.execute_query(SQL(
            "SELECT %s, SUM(quantity), SUM(amount), SUM(row_count) FROM pharma_flow_summary"
            " GROUP BY %s HAVING SUM(row_count) != 0", columns, columns))}


@tagged('post_install', '-at_install')
class TestFlowSummary(PharmaDistributionCommon):
    """The tables of results equal their rows after every change of these."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.summary = cls.env['pharma.flow.summary']
        # Tests do not depend on what else is in the database
        cls.env.cr.execute("DELETE FROM pharma_flow_line")
        cls.summary._rebuild()

    def assertSame(self):
        """Nothing differs from the rows, before the folding and after it."""
        for _time in range(2):
            counts = self.summary._count_differences()
            counts.pop('pending')
            self.assertFalse(any(counts.values()), counts)
            self.summary._fold()
        self.assertEqual(self.summary._count_differences()['pending'], 0)

    def _post(self, rows, **values):
        file = self._import(self._make_csv(rows), **values)
        self.assertEqual(file.state, 'review', file.message)
        file.action_post()
        return file

    def test_rows_count_when_they_are_posted(self):
        file = self._import()
        self.assertFalse(cells(self.env, 'partner_id'))
        file.action_post()
        self.assertEqual(cells(self.env, 'partner_id', 'product_id'), {
            (self.hospital.id, self.product.id): (20, 710, 1),
            (self.clinic_hospital.id, self.product.id): (12, 426, 1)})
        self.assertSame()
        file.action_post()
        self.assertSame()

    def test_one_row_per_cell_after_folding(self):
        for lot in ('a', 'b', 'c'):
            self._post([self._make_row(**{"批号": lot})] * 2)
        self.assertEqual(self.summary.search_count([]), 3)
        self.assertEqual(self.summary._fold(), 3)
        self.assertEqual(self.summary.search_count([]), 1)
        for table in self.summary._get_tables():
            self.assertRecordValues(table.search([]), [
                {'quantity': 6, 'amount': 60, 'row_count': 6}])
        self.assertEqual(self.summary._fold(), 0)

    def test_undone_files_leave_nothing(self):
        file = self._post([self._make_row()])
        self.summary._fold()
        file.action_undo()
        self.assertSame()
        for table in self.summary._get_tables():
            self.assertFalse(table.search([]), table._name)

    def test_read_again_after_undo(self):
        file = self._post([self._make_row()])
        file.action_undo()
        file._run_import()
        self.assertFalse(cells(self.env, 'kind'))
        file.action_post()
        self.assertEqual(cells(self.env, 'kind'), {('sale',): (1, 10, 1)})
        self.assertSame()

    def test_decision_on_a_name_moves_figures(self):
        self._post([self._make_row(customer="不知名药店"), self._make_row()])
        self.assertEqual(cells(self.env, 'partner_id'), {(self.hospital.id,): (1, 10, 1)})
        name = self._find_name("不知名药店")
        name.partner_id = self.clinic_hospital
        self.assertEqual(cells(self.env, 'partner_id'), {
            (self.hospital.id,): (1, 10, 1), (self.clinic_hospital.id,): (1, 10, 1)})
        self.assertSame()
        name.partner_id = self.hospital
        self.assertEqual(cells(self.env, 'partner_id'), {(self.hospital.id,): (2, 20, 2)})
        self.assertSame()
        name.action_ignore()
        self.assertEqual(cells(self.env, 'partner_id'), {(self.hospital.id,): (1, 10, 1)})
        self.assertSame()

    def test_unposted_rows_do_not_count_when_a_name_is_decided(self):
        self._import(self._make_csv([self._make_row(customer="不知名药店")]))
        self._find_name("不知名药店").partner_id = self.hospital
        self.assertFalse(cells(self.env, 'partner_id'))
        self.assertSame()

    def test_cases_and_periods(self):
        """What else a judgement changes: the quantity, and whether the row counts at all."""
        file = self._post([self._make_row(**{"单位": "件", "数量": '2'})])
        self.assertEqual(cells(self.env, 'kind'), {('sale',): (200, 10, 1)})
        self.product.drug_packs_per_case = 50
        file.action_resolve()
        self.assertEqual(cells(self.env, 'kind'), {('sale',): (100, 10, 1)})
        file.write({'date_from': '2026-02-01', 'date_to': '2026-02-28'})
        self.assertFalse(cells(self.env, 'kind'))
        self.assertSame()

    def test_territories_and_product_lines(self):
        """A customer that gets another territory for the past, a product that gets a line."""
        self._post([self._make_row()])
        self.assertEqual(list(cells(self.env, 'territory_id', 'user_id')), [
            (self.territory.id, self.user_representative.id)])
        other = self._create_territory(name="另一地区")
        self.env['pharma.alignment'].search(
            [('partner_id', '=', self.hospital.id)]).territory_id = other
        self.env['pharma.flow.line']._restate_territories(self.hospital.ids)
        self.assertEqual(list(cells(self.env, 'territory_id', 'user_id')), [(other.id, None)])
        self.assertSame()
        line = self.env['product.category'].create({'name': "新线", 'is_product_line': True})
        self.product.categ_id = line
        self.env['pharma.flow.line']._restate_products(self.product.ids)
        self.assertEqual(list(cells(self.env, 'product_line_id')), [(line.id,)])
        self.assertSame()

    def test_rows_without_customer_or_territory_are_one_cell(self):
        headings = ("购进日期", "供应商名称", "商品名称", "商品规格", "单位", "购进数量")
        for supplier in ("甲药业", "乙药业"):
            file = self._import(self._make_csv(
                [("2026-01-31", supplier, "澜舒他汀钙片", "20mg*7片", "盒", "60")],
                headings=headings))
            file.action_post()
        self.summary._fold()
        self.assertRecordValues(self.summary.search([]), [{
            'kind': 'purchase', 'partner_id': 0, 'territory_id': 0, 'row_count': 2,
            'quantity': 120}])
        self.assertSame()

    def test_month_of_entry(self):
        """A row that stands in a later month counts in both: that of truth, that of entry."""
        file = self._post([self._make_row()])
        rows = SQL("line.file_id = %s", file.id)
        self.summary._take(rows)
        self.env.cr.execute("UPDATE pharma_flow_line SET entry_month = '2026-03-01'")
        self.summary._give(rows)
        months = [tuple(map(str, key)) for key in cells(self.env, 'month', 'entry_month')]
        self.assertEqual(months, [('2026-01-01', '2026-03-01')])
        self.assertSame()

    def test_returns_that_cancel_out_stay_rows(self):
        self._post([self._make_row(), self._make_row(quantity='-1', amount='-10')])
        self.assertSame()
        self.assertRecordValues(self.summary.search([]), [
            {'quantity': 0, 'amount': 0, 'row_count': 2}])

    def test_customers_that_are_merged(self):
        """Links move by SQL; both customers had the same cell."""
        stays = self.clinic_hospital
        twin = self._create_hospital(name="望澜市中医医院东院", territory=False)
        self._post([self._make_row(customer=stays.name), self._make_row(customer=twin.name)])
        self.summary._fold()
        self.env['pharma.merge']._merge(stays, twin)
        self.assertEqual(cells(self.env, 'partner_id'), {(stays.id,): (2, 20, 2)})
        self.assertSame()

    def test_distributors_that_are_merged(self):
        """Rows repeat the distributor of their file without a foreign key of their own."""
        twin = self._create_distributor(name="望澜医药商业有限公司")
        file = self._post([self._make_row()], distributor_id=twin.id)
        self.env['pharma.merge']._merge(self.distributor, twin)
        self.env.invalidate_all()
        self.assertEqual(file.distributor_id, self.distributor)
        self.assertEqual(file.line_ids.distributor_id, self.distributor)
        self.assertEqual(cells(self.env, 'distributor_id'), {(self.distributor.id,): (1, 10, 1)})
        self.assertSame()

    def test_people_with_rows_cannot_be_deleted(self):
        self.assertEqual(self.env['pharma.flow.line']._fields['user_id'].ondelete, 'restrict')

    def test_portions(self):
        for month in ('01', '02', '03'):
            self._post([self._make_row(date=f'2026-{month}-05')])
        with patch.object(pharma_flow_summary, 'FOLD_ROWS', 2), \
                self.enter_registry_test_mode():
            self.env.ref('pharma_distribution.ir_cron_fold_flow_summary').method_direct_trigger()
        self.assertEqual(self.summary._count_differences()['pending'], 0)
        self.assertSame()

    def test_health(self):
        """What differs is found, in each of the tables, and written anew by a button."""
        self._post([self._make_row()])
        self.summary._fold()
        health = self.env['pharma.health.check'].with_user(self.user_admin)

        def run():
            return health._run_check(health._get_check('flow_summary'))

        self.assertEqual(run()['state'], 'good', run()['message'])
        for table in self.summary._get_tables():
            self.env.cr.execute(SQL(
                "UPDATE %s SET amount = amount + 1", SQL.identifier(table._table)))
            result = run()
            self.assertEqual(result['state'], 'bad', table._name)
            health.action_repair('flow_summary')
            self.assertEqual(run()['state'], 'good', table._name)
        with patch.object(type(health), '_is_small', lambda self: True):
            self.env.cr.execute("DELETE FROM pharma_flow_summary")
            self.assertEqual(run()['state'], 'bad')
            health.action_repair('flow_summary')
        self.assertSame()

    def test_nobody_reads_the_tables_themselves(self):
        for table in self.summary._get_tables():
            for user in (self.user_director, self.user_admin, self.user_commercial):
                self.assertFalse(table.with_user(user).has_access('read'))


@tagged('post_install', '-at_install')
class TestFlowSummaryConcurrency(TransactionCase):
    """Files that are posted at the same time and touch the same cells. These tests commit, and
    clean up after themselves.
    """

    def setUp(self):
        super().setUp()
        self.files = []
        with self._transaction() as env:
            self.partners = env['res.partner'].create([
                {'name': "并发商业公司", 'pharma_type': 'distributor', 'is_company': True},
                {'name': "并发合计医院", 'pharma_type': 'hospital', 'is_company': True}]).ids
            self.product = env['product.template'].create({
                'name': "并发片", 'drug_generic_name': "并发片"}).id
            self.addCleanup(self._clean_up)
            for number in range(3):
                self._create(env, number)

    @contextmanager
    def _transaction(self):
        """A transaction of its own, committed at the end unless something was raised; it fails
        rather than wait for another one.
        """
        with db_connect(self.env.cr.dbname).cursor() as cr:
            cr.execute("SET LOCAL lock_timeout = '2s'")
            yield api.Environment(cr, SUPERUSER_ID, {})

    def _create(self, env, number):
        rows = "\n".join(["销售日期,客户名称,商品名称,批号,数量,金额",
                          f"2026-01-0{number + 1},并发合计医院,并发片,{number},1,10"])
        file = env['pharma.flow.file'].create({
            'name': f"{number}.csv", 'distributor_id': self.partners[0],
            'data': base64.b64encode(rows.encode())})
        self.files.append(file.id)
        file._run_import()
        self.assertEqual((file.state, file.ok_count), ('review', 1), file.message)

    def _clean_up(self):
        with self._transaction() as env:
            files = env['pharma.flow.file'].browse(self.files)
            files.action_undo()
            files.unlink()
            env['pharma.flow.summary']._fold()
            env['product.template'].browse(self.product).unlink()
            env['res.partner'].browse(self.partners).unlink()

    def _count(self):
        with self._transaction() as env:
            env.cr.execute("SELECT COALESCE(SUM(row_count), 0), COUNT(*) FROM pharma_flow_summary"
                           " WHERE partner_id = %s", [self.partners[1]])
            return env.cr.fetchone()

    def test_posting_and_folding_at_once(self):
        """Nobody waits for anybody, and nothing is lost or counted twice."""
        with self._transaction() as env:
            env['pharma.flow.file'].browse(self.files[2]).action_post()
        with ExitStack() as stack:
            first, second, folder, other = (
                stack.enter_context(self._transaction()) for _number in range(4))
            first['pharma.flow.file'].browse(self.files[0]).action_post()
            second['pharma.flow.file'].browse(self.files[1]).action_post()
            self.assertGreaterEqual(folder['pharma.flow.summary']._fold(), 1)
            # the other folding leaves it to the first
            self.assertEqual(other['pharma.flow.summary']._fold(), 0)
        self.assertEqual(self._count(), (3, 3))
        with self._transaction() as env:
            self.assertGreaterEqual(env['pharma.flow.summary']._fold(), 2)
        self.assertEqual(self._count(), (3, 1))

    def test_rebuilding_while_others_post(self):
        with self._transaction() as rebuilder:
            rebuilder.cr.execute("SELECT 1")  # what it sees is fixed from here on
            with self._transaction() as env:
                env['pharma.flow.file'].browse(self.files[0]).action_post()
            rebuilder['pharma.flow.summary']._rebuild()
        self.assertEqual(self._count(), (1, 1))
        with self._transaction() as env:
            counts = env['pharma.flow.summary']._count_differences()
            counts.pop('pending')
            self.assertFalse(any(counts.values()), counts)
