from odoo.tests import tagged

from odoo.addons.pharma_crm.tests.merge.common_merge import MergeCommon

from ..common import PharmaDistributionCommon


@tagged('post_install', '-at_install')
class TestFlowMerge(PharmaDistributionCommon):
    """The rows of flow files follow their customers; results equal rows before and after."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.summary = cls.env['pharma.flow.summary']
        # Tests do not depend on what else is in the database
        cls.env.cr.execute("DELETE FROM pharma_flow_line")
        cls.summary._rebuild()
        cls.twin = cls._create_hospital(name="望澜市中医医院东院", territory=False)

    def _post(self, *rows, **values):
        file = self._import(self._make_csv(rows), **values)
        file.action_post()
        self.assertEqual(file.state, 'posted', file.message)
        return file

    def _lines(self, file):
        self.env.invalidate_all()
        return file.line_ids.sorted('row_number')

    def assertSame(self):
        counts = self.summary._count_differences()
        counts.pop('pending')
        self.assertFalse(any(counts.values()), counts)

    def _cells(self):
        """What the results say of quantities, by customer and distributor."""
        self.env.cr.execute(
            """ SELECT partner_id, distributor_id, SUM(quantity) FROM pharma_flow_summary
              GROUP BY 1, 2 HAVING SUM(quantity) != 0 """)
        return {row[:2]: row[2] for row in self.env.cr.fetchall()}

    def _dump(self):
        return {table: MergeCommon._dump_table.__func__(type(self), table) for table in (
            'pharma_flow_line', 'pharma_flow_file', 'pharma_alias', 'res_partner')}

    def test_rows(self):
        stays = self.clinic_hospital
        file = self._post(
            self._make_row(customer=stays.name), self._make_row(customer=self.twin.name),
            self._make_row(customer=self.twin.name, date='2026-02-05'))
        self.summary._fold()
        before, cells = self._dump(), self._cells()
        merge = self.env['pharma.merge']._merge(stays, self.twin)
        self.assertEqual(self._lines(file).partner_id, stays)
        self.assertEqual(self._cells(), {(stays.id, self.distributor.id): 3})
        self.assertSame()
        merge.action_undo()
        self.assertEqual(self._cells(), cells)
        self.assertSame()
        self.assertEqual(self._dump(), before)

    def test_locked_months(self):
        """Rows of a locked month stay with the merged customer until it is unlocked."""
        stays = self.clinic_hospital
        file = self._post(
            self._make_row(customer=self.twin.name),
            self._make_row(customer=self.twin.name, date='2026-02-05'))
        period = self.env['pharma.flow.period'].create({'month': '2026-01-01'})
        period.action_lock()
        before = self._dump()
        merge = self.env['pharma.merge']._merge(stays, self.twin)
        self.assertEqual(self._lines(file).mapped('partner_id'), self.twin | stays)
        self.assertEqual(merge.line_ids.filtered(
            lambda line: line.reason == 'frozen').table_name, 'pharma_flow_line')
        self.assertSame()
        # The page of the kept customer shows both months all the same
        lines = self.env['pharma.flow.line'].search([('pharma_customer_id', '=', stays.id)])
        self.assertEqual(lines, file.line_ids)
        # A file that reports both again adds nothing
        again = self._post(
            self._make_row(customer=self.twin.name),
            self._make_row(customer=self.twin.name, date='2026-02-05'),
            self._make_row(date='2026-03-05'), name="again.csv")
        self.assertEqual(
            self._lines(again).mapped('status'), ['duplicate', 'duplicate', 'ok'])
        again.action_undo()
        merge.action_undo()
        # The second file itself stays, as undone
        after = self._dump()
        for table in ('pharma_flow_line', 'res_partner'):
            self.assertEqual(after[table], before[table], table)
        self.env['pharma.merge']._merge(stays, self.twin)
        period.action_unlock()
        period._apply_pending()
        self.assertEqual(self._lines(file).partner_id, stays)
        self.assertSame()

    def test_later_files(self):
        """A file with the old name counts for the kept customer, and after the undo for the
        other one again."""
        stays = self.clinic_hospital
        merge = self.env['pharma.merge']._merge(stays, self.twin)
        file = self._post(self._make_row(customer=self.twin.name))
        self.assertEqual(file.line_ids.partner_id, stays)
        merge.action_undo()
        self.assertEqual(self._lines(file).partner_id, self.twin)
        self.assertSame()

    def test_distributors(self):
        twin = self._create_distributor(name="望澜医药商业有限公司")
        file = self._post(self._make_row(), distributor_id=twin.id)
        before = self._dump()
        merge = self.env['pharma.merge']._merge(self.distributor, twin)
        self.assertEqual(file.distributor_id, self.distributor)
        self.assertEqual(self._lines(file).distributor_id, self.distributor)
        self.assertSame()
        merge.action_undo()
        self.assertEqual(self._lines(file).distributor_id, twin)
        self.assertEqual(self._dump(), before)
        self.assertSame()
