from odoo.tests import tagged

from ..common import PharmaDistributionCommon


@tagged('post_install', '-at_install')
class TestWorkReport(PharmaDistributionCommon):
    """Sell-through in the reports of whoever works there."""

    def _rows(self, user):
        today = self.env['pharma.access']._get_today()
        report = self.env['pharma.work.report']._open(user, self.env.company, 'month', today)
        for section in report._get_facts()['sections']:
            if section['key'] == 'sell_through':
                return section['blocks'][0]['rows']
        return None

    def test_sell_through(self):
        """What was sold in his territory stands in the report of the representative alone."""
        today = str(self.env['pharma.access']._get_today())
        file = self._import(self._make_csv(
            [self._make_row(date=today, quantity='10', amount='355')]))
        self.assertIsNone(self._rows(self.user_representative))
        file.action_post()
        self.env['pharma.flow.summary']._fold()
        self.assertEqual(
            [row[1:] for row in self._rows(self.user_representative)], [[10, 355, 0]])
        self.assertIsNone(self._rows(self.user_area_manager))
