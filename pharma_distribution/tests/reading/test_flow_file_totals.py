from odoo.tests import tagged

from ...models.reading.pharma_flow_read import TOTALS_LISTED
from ..common import PharmaDistributionCommon


@tagged('post_install', '-at_install')
class TestFlowFileTotals(PharmaDistributionCommon):
    """The totals that stand in a file against the rows that were read."""

    def _import_with_totals(self, *totals):
        rows = [self._make_row(quantity=str(number), amount=str(number * 10))
                for number in (1, 2, 3)]
        for quantity, amount in totals:
            rows.append(("合计", *[''] * 6, quantity, amount))
        return self._import(self._make_csv(rows))

    def test_no_totals(self):
        self.assertRecordValues(self._import_with_totals(), [{
            'total_state': 'none', 'total_text': False}])

    def test_totals_that_agree(self):
        self.assertRecordValues(self._import_with_totals(('6', '60')), [{
            'total_state': 'ok', 'total_text': False}])

    def test_totals_that_differ(self):
        """Each wrong figure is named with its row; the right one beside it is not."""
        file = self._import_with_totals(('6', '1,060.5'))
        self.assertEqual((file.total_state, file.row_count), ('differs', 3))
        text = file.total_text
        self.assertEqual(len(text.splitlines()), 1)
        for part in ('5', '1,060.5', '60'):
            self.assertIn(part, text)
        file.action_undo()
        self.assertRecordValues(file, [{'total_state': 'none', 'total_text': False}])

    def test_many_totals_are_cut(self):
        rows = []
        for number in range(TOTALS_LISTED + 9):
            rows += [self._make_row(date=f'2026-01-{number % 28 + 1:02}'),
                     ("小计", *[''] * 6, '999', '')]
        file = self._import(self._make_csv(rows))
        self.assertEqual(len(file.total_text.splitlines()), TOTALS_LISTED + 1)
        self.assertIn('9', file.total_text.splitlines()[-1])

    def test_sample_says_what_differs(self):
        """The sample's total counts rows that are faulty: told, not hidden."""
        self.assertEqual(self._import().total_state, 'differs')
