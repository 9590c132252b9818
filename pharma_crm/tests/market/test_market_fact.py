from datetime import timedelta
from unittest.mock import patch

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged

from ..common import PharmaCrmCommon


class MarketCase(PharmaCrmCommon):
    """Our product and two competitors' with the same generic name, at a hospital of the
    representative and at one that he does not see.

    ``_fact(**values)`` makes a fact of the first competitor's product at the first hospital.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.today = cls.env['pharma.access']._get_today()
        cls.line = cls.env['product.category'].create({'name': "心血管线", 'is_product_line': True})
        cls.maker, cls.other_maker = (
            cls._create_partner_of_type('manufacturer', name=name) for name in ("甲药厂", "乙药厂"))
        cls.hospital = cls._create_hospital(
            name="望海医院", state_id=cls.env.ref('base.state_cn_BJ').id)
        cls.far_area = cls._create_territory(name="远区")
        cls.far = cls._create_hospital(name="远山医院", territory=cls.far_area)
        cls.ours = cls._create_product(
            name="望舒他汀片 20mg*7片", drug_generic_name="望舒他汀片", categ_id=cls.line.id,
            drug_units_per_pack=7, list_price=40)
        cls.theirs, cls.others = (cls._create_product(
            name=f"望舒他汀片 20mg*14片（{maker.name}）", drug_generic_name="望舒他汀片",
            sale_ok=False, drug_manufacturer_id=maker.id, drug_units_per_pack=14)
            for maker in (cls.maker, cls.other_maker))
        cls.facts = cls.env['pharma.market.fact'].with_user(cls.user_representative)

    @classmethod
    def _fact(cls, **values):
        return cls.facts.create({
            'partner_id': cls.hospital.id, 'product_id': cls.theirs.id, 'price': 60,
            'monthly_quantity': 100, **values})


@tagged('post_install', '-at_install')
class TestMarketFact(MarketCase):
    """What was seen of competitors at a terminal."""

    def test_newest_holds(self):
        """The newest fact of a terminal and product holds, whenever it was entered; the day of a
        fact that is corrected counts anew.
        """
        old = self._fact(date=self.today - timedelta(days=90), price=70)
        new = self._fact(price=60)
        late = self._fact(date=self.today - timedelta(days=30), price=65)
        other = self._fact(product_id=self.others.id)
        facts = old | new | late | other
        self.assertEqual(facts.filtered('is_latest'), new | other)
        self.assertEqual(
            self.facts.search([('is_latest', '=', False), ('id', 'in', facts.ids)]), late | old)
        late.date = self.today
        new.date = self.today - timedelta(days=60)
        facts.invalidate_recordset()
        self.assertEqual(facts.filtered('is_latest'), late | other)
        late.sudo().unlink()
        facts = facts.exists()
        facts.invalidate_recordset()
        self.assertEqual(facts.filtered('is_latest'), new | other)

    def test_still_so(self):
        """One tap confirms a fact: the same once more, seen today by whoever taps."""
        old = self._fact(date=self.today - timedelta(days=90), source='told')
        action = old.with_user(self.user_area_manager).action_still_so()
        new = self.facts.browse(action['res_id'])
        self.assertRecordValues(new, [{
            'date': self.today, 'user_id': self.user_area_manager.id, 'source': 'seen',
            'price': 60, 'monthly_quantity': 100, 'is_latest': True}])
        self.assertFalse(old.is_latest)
        self.assertEqual(
            self.facts.search(old.action_view_history()['domain']), new | old)

    def test_refused(self):
        """Facts are about competitors' products at terminals, and not of tomorrow."""
        department = self._create_department(self.hospital)
        for values in (
                {'product_id': self.ours.id}, {'partner_id': department.id},
                {'date': self.today + timedelta(days=1)}, {'since': self.today, 'date': (
                    self.today - timedelta(days=1))}):
            with self.subTest(values), self.assertRaises(ValidationError):
                self._fact(**values)

    def test_mean_price_leaves_out_unknown_ones(self):
        """0 is a price that nobody knows, no cheap one."""
        self._fact(price=0)
        self._fact(product_id=self.others.id, price=50)
        self._fact(product_id=self.others.id, price=40, date=self.today - timedelta(days=1))
        rows = self.facts._read_group(
            [('partner_id', '=', self.hospital.id)], ['state_id'],
            ['price:avg', 'monthly_quantity:sum'])
        self.assertEqual(rows, [(self.env.ref('base.state_cn_BJ'), 45, 300)])

    def test_share(self):
        """Our share where our sales are known, in tablets, of what holds today."""
        self._fact(date=self.today - timedelta(days=9), monthly_quantity=900)
        fact = self._fact(monthly_quantity=100)
        gone = self._fact(product_id=self.others.id, is_gone=True, monthly_quantity=70)
        self.assertFalse(fact.own_quantity)
        sales = {(self.hospital.id, self.ours.id): 200.0}
        with patch.object(type(self.facts), '_get_own_sales', lambda *args: sales):
            fact.invalidate_recordset()
            # 200 packs of 7 beside 100 of 14
            self.assertEqual((fact.own_quantity, fact.own_share), (200, 50))
            self.theirs.drug_units_per_pack = 0
            fact.invalidate_recordset()
            self.assertAlmostEqual(fact.own_share, 66.7, 1)
            fact.is_gone = True
            # Ours beside nothing known is no share
            gone.invalidate_recordset()
            self.assertFalse(gone.own_quantity)

    def test_rights(self):
        """Facts go with the terminal; what somebody reported is his to correct, and his managers'.
        """
        fact, hidden = self._fact(), self._fact().sudo()
        hidden.partner_id = self.far
        self.env.flush_all()
        colleague = self.user_service
        for user, mine, far in (
                (self.user_representative, True, False), (self.user_area_manager, True, False),
                (colleague, True, True), (self.user_director, True, True)):
            with self.subTest(user.login):
                found = self.facts.with_user(user).search([('id', 'in', (fact | hidden).ids)])
                self.assertEqual((fact in found, hidden in found), (mine, far))
        with self.assertRaises(AccessError):
            fact.with_user(colleague).price = 1
        with self.assertRaises(AccessError):
            self._fact(user_id=self.user_area_manager.id)
        fact.with_user(self.user_area_manager).price = 59
        for user in (self.user_internal, self.user_portal):
            with self.subTest(user.login), self.assertRaises(AccessError):
                self.facts.with_user(user).search([])

    def test_informant_hides(self):
        """Who may not see the person who told it, does not see who told what."""
        doctor = self._create_person(self._create_department(self.hospital))
        fact = self._fact(informant_id=doctor.id, source='told')
        self.assertTrue(fact.has_access('read'))
        self.assertFalse(fact.with_user(self.user_service).has_access('read'))

    def test_import(self):
        """Facts come in by Odoo's import, by names; a wrong row is told and nothing is half in."""
        header = ['partner_id', 'product_id', 'price', 'monthly_quantity', 'date', 'source']
        rows = [["望海医院", self.theirs.name, '55.5', '120', '2026-01-31', 'told'],
                ["望海医院", self.others.name, '44', '', '2026-01-31', 'document']]
        result = self.facts.load(header, rows)
        self.assertFalse(result['messages'])
        self.assertRecordValues(self.facts.browse(result['ids']), [
            {'price': 55.5, 'monthly_quantity': 120, 'manufacturer_id': self.maker.id},
            {'price': 44, 'monthly_quantity': 0, 'manufacturer_id': self.other_maker.id}])
        bad = self.facts.load(header, [["没有的医院", self.theirs.name, '1', '1', '', '']])
        self.assertFalse(bad['ids'])
        self.assertIn("没有的医院", bad['messages'][0]['message'])

    def test_places_to_see_them(self):
        """On the terminal, its page, the product and the competitor."""
        fact = self._fact()
        self._fact(date=self.today - timedelta(days=9))
        hospital = self.hospital.with_user(self.user_representative)
        self.assertEqual(hospital.market_fact_count, 1)
        self.assertEqual(
            self.facts.search(hospital.action_view_market_facts()['domain'], limit=1), fact)
        section = next(part for part in hospital.get_customer_page()['sections']
                       if part['key'] == 'market')
        self.assertEqual([row['title'] for row in section['rows']], [self.theirs.name])
        self.assertEqual(self.theirs.with_user(self.user_representative).pharma_fact_count, 1)
        file = self.env['pharma.competitor'].create({'partner_id': self.maker.id})
        file = file.with_user(self.user_representative)
        self.assertRecordValues(file, [{
            'product_count': 1, 'terminal_count': 1, 'monthly_amount': 6000,
            'own_product_ids': self.ours.ids, 'fact_ids': fact.ids}])
        opened = self.maker.with_user(self.user_representative).action_view_market_file()
        self.assertEqual((opened['res_model'], opened['res_id']), (file._name, file.id))
