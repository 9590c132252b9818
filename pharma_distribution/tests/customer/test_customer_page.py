from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from ..common import PharmaDistributionCommon


@tagged('post_install', '-at_install')
class TestCustomerPage(PharmaDistributionCommon):
    """Sell-through on the 360° page of a terminal and of a distributor."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.today = fields.Date.context_today(cls.user_representative)
        recent, earlier, old = (
            str(cls.today - timedelta(days=days)) for days in (2, 70, 900))
        cls.file = cls._import(cls._make_csv([
            cls._make_row(date=recent, quantity='5', amount='50'),
            cls._make_row(date=earlier, quantity='7', amount='70'),
            cls._make_row(date=old, quantity='9', amount='1000'),
            cls._make_row("望澜市中医医院", date=recent, quantity='1', amount='10'),
        ]), name="flow.csv")

    def _flow(self, partner, user):
        page = partner.with_user(user).get_customer_page()
        return next((part for part in page['sections'] if part['key'] == 'flow'), None)

    def _rows(self, action, user):
        return self.env['pharma.flow.line'].with_user(user).search(action['domain'])

    def test_terminal(self):
        """What was sold to a hospital in a year, by month and product; each opens its rows."""
        self.assertFalse(self._flow(self.hospital, self.user_representative)['rows'])
        self.file.action_post()
        flow = self._flow(self.hospital, self.user_representative)
        self.assertEqual(flow['figures'][0]['value'], 120)
        rows = self._rows(flow['figures'][0]['action'], self.user_representative)
        self.assertEqual(sum(rows.mapped('amount')), 120)
        points = [point for point in flow['chart']['points'] if point['value']]
        self.assertEqual([point['value'] for point in points], [70, 50])
        self.assertEqual(
            self._rows(points[0]['action'], self.user_representative).mapped('amount'), [70])
        self.assertEqual([row['title'] for row in flow['rows']], [self.product.display_name])

    def test_roles(self):
        """A hospital of another territory shows its representative nothing, service no section."""
        self.file.action_post()
        self.assertFalse(self._flow(self.hospital, self.user_service))
        self.assertEqual(
            self._flow(self.clinic_hospital, self.user_commercial)['figures'][0]['value'], 10)
        person = self._create_person(self.hospital)
        self.assertFalse(self._flow(person, self.user_representative))

    def test_distributor(self):
        """What a distributor sold, for whoever may read its files."""
        self.file.action_post()
        self.assertEqual(
            self._flow(self.distributor, self.user_commercial)['figures'][0]['value'], 130)
        self.assertFalse(self._flow(self.distributor, self.user_representative))
