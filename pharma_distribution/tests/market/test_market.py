from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tests import tagged

from ..common import PharmaDistributionCommon


@tagged('post_install', '-at_install')
class TestMarket(PharmaDistributionCommon):
    """Our share at a terminal from flow files, and where our products are present."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.today = fields.Date.context_today(cls.user_representative)
        last_month = cls.today.replace(day=1) - timedelta(days=5)
        cls.theirs = cls._create_product(
            name="澜舒他汀钙片（乙）", drug_generic_name="澜舒他汀钙片", sale_ok=False)
        cls.file = cls._import(cls._make_csv([
            cls._make_row(date=str(last_month), quantity='60', amount='600'),
            cls._make_row(date=str(cls.today.replace(day=1)), quantity='999', amount='1'),
        ]), name="flow.csv")
        cls.file.action_post()
        cls.fact = cls.env['pharma.market.fact'].create({
            'partner_id': cls.hospital.id, 'product_id': cls.theirs.id, 'monthly_quantity': 60})

    def _share(self, user):
        self.env.invalidate_all()
        fact = self.fact.with_user(user)
        return fact.own_quantity, fact.own_share

    def test_share(self):
        """The mean of three full months beside what competitors sell; this month is not full."""
        for user in (self.user_representative, self.user_commercial):
            with self.subTest(user.login):
                self.assertEqual(self._share(user), (20, 25))
        # Nobody's figures without the right to flow files
        self.assertEqual(self._share(self.user_service), (0, 0))
        page = self.hospital.with_user(self.user_representative).get_customer_page()
        market = next(part for part in page['sections'] if part['key'] == 'market')
        self.assertIn('25 %', [figure['text'] for figure in market['figures']])

    def test_hidden_figures(self):
        """Whoever may not see sales figures is told no share either."""
        with patch.object(type(self.env['pharma.flow.line']), '_get_figures_domain',
                          lambda self: Domain.FALSE):
            self.assertEqual(self._share(self.user_representative), (0, 0))

    def test_undone_file(self):
        """With the file its share goes."""
        self.file.action_undo()
        self.assertEqual(self._share(self.user_representative), (0, 0))

    def test_present(self):
        """A hospital that distributors sell our products to is not blank."""
        agent = self._create_partner_of_type('agent', name="周代理")
        self.env['pharma.agent.product'].create([
            {'agent_id': agent.id, 'partner_id': hospital.id, 'product_id': self.theirs.id}
            for hospital in (self.hospital, self.clinic_hospital)])
        self.env.flush_all()
        openings = self.env['pharma.agent.opening'].with_user(self.user_director).search(
            [('agent_id', '=', agent.id)])
        self.assertEqual(
            {row.partner_id: row.own_count for row in openings},
            {self.hospital: 1, self.clinic_hospital: 0})
        self.assertEqual(openings.search([
            ('agent_id', '=', agent.id), ('missing_product_id', '=', self.product.id)]).partner_id,
            self.clinic_hospital)

    def test_commercial_keeps_policies(self):
        """Commercial people keep cost and discount limits; representatives do not see them."""
        policy = self.env['pharma.product.policy'].with_user(self.user_commercial).create(
            {'product_id': self.product.id, 'cost': 3})
        policy.cost = 4
        with self.assertRaises(AccessError):
            policy.with_user(self.user_representative).read(['cost'])
