import csv
from collections import Counter, defaultdict

from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import file_open

from .common import PharmaTenderCommon

FILE = 'pharma_tender/data/official/vbp_results_by_province.csv'


@tagged('post_install', '-at_install')
class TestOfficialResults(PharmaTenderCommon):
    """The official results in the price book are those of the published list, row by row."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with file_open(FILE, 'r') as stream:
            cls.source = list(csv.DictReader(stream))
        loader = cls.env['pharma.tender.results']
        loader.remove_official()  # the tests' database may have them
        cls.counts = loader.with_user(cls.user_tender).load_official()
        cls.tenders = cls.env['pharma.tender'].search([('is_official', '=', True)])
        cls.prices = cls.env['pharma.price'].search([('tender_id', 'in', cls.tenders.ids)])

    def _province(self, state):
        """The name that the source has for a province."""
        name = state.with_context(lang='zh_CN').name
        for ending in ('壮族自治区', '回族自治区', '维吾尔自治区', '自治区', '省', '市'):
            name = name.removesuffix(ending)
        return {'新疆': '新疆（含兵团'}.get(name, name)

    def test_sums_equal_the_source(self):
        """Rows, sums and lowest prices per batch and province equal those of the source."""
        expected = defaultdict(list)
        for row in self.source:
            expected[row['batch'], row['province']].append(float(row['price_per_pack_yuan']))
        groups = self.env['pharma.price']._read_group(
            [('tender_id', 'in', self.tenders.ids)], ['tender_id', 'state_id'],
            ['__count', 'price_per_pack:sum', 'price_per_pack:min'])
        found = {
            (tender.batch, self._province(state)): (count, round(total, 2), lowest)
            for tender, state, count, total, lowest in groups}
        self.assertEqual(len(expected), 118)
        self.assertEqual(found, {
            key: (len(prices), round(sum(prices), 2), min(prices))
            for key, prices in expected.items()})
        self.assertEqual(self.counts, {'created': len(self.source), 'updated': 0, 'unchanged': 0})

    def test_every_row_of_the_source(self):
        """Each source row is one price with its drug, company, specification and row number."""
        found = Counter(
            (price.source_row, price.batch, self._province(price.state_id), price.drug_generic_name,
             round(price.price_per_pack, 2), price.bid_id.item_id.item_no)
            for price in self.prices)
        self.assertEqual(found, Counter(
            (number, row['batch'], row['province'], row['generic_name'],
             float(row['price_per_pack_yuan']), row['item_no'])
            for number, row in enumerate(self.source, start=2)))
        for price in self.prices:
            company = self.source[price.source_row - 2]['company']
            self.assertTrue(
                company.startswith(price.manufacturer_id.name)
                or price.manufacturer_id.name.replace('股份', '') == company.replace('股份', ''),
                (company, price.manufacturer_id.name))

    def test_structure(self):
        """Winning bids carry their provinces; every price has content and unit price."""
        bids = self.tenders.bid_ids
        self.assertEqual(
            Counter(self.tenders.mapped('batch')),
            Counter(['第一批联盟地区扩围', '第二批', '第三批', '第四批']))
        self.assertEqual(self.tenders.mapped('sequence'), [1, 2, 3, 4])
        self.assertEqual(len(bids), 514)
        self.assertEqual(set(bids.mapped('result')), {'won'})
        self.assertFalse(any(bids.mapped('is_ours')))
        self.assertTrue(all(self.prices.mapped('unit_price')))
        self.assertEqual(sum(len(bid.state_ids) for bid in bids), len(self.source))
        self.assertFalse(self.tenders.company_id)
        self.assertTrue(all(self.tenders.mapped('results_public')))
        products = bids.product_id
        self.assertEqual(len(products), 514)
        self.assertFalse(any(products.mapped('sale_ok')))
        self.assertEqual(set(products.drug_manufacturer_id.mapped('pharma_type')), {'manufacturer'})

    def test_known_values(self):
        """Three rows read by eye in the published tables."""
        def price(batch, province, drug, company):
            return self.prices.filtered(lambda row: (
                row.batch, self._province(row.state_id), row.drug_generic_name) == (
                batch, province, drug) and row.manufacturer_id.name.startswith(company))

        self.assertRecordValues(price('第一批联盟地区扩围', '山西', '阿托伐他汀钙片', '齐鲁制药'), [
            {'price_per_pack': 1.68, 'units_per_pack': 14, 'unit_price': 0.12}])
        row = price('第四批', '重庆', '吸入用硫酸沙丁胺醇溶液', '四川普锐特')
        self.assertRecordValues(row, [
            {'price_per_pack': 11.75, 'units_per_pack': 5, 'unit_price': 2.35}])
        self.assertNotEqual(row.product_id.drug_dosage_form, '重庆')
        sanofi = price('第一批联盟地区扩围', '山西', '硫酸氢氯吡格雷片', 'Sanofi')
        self.assertEqual(sanofi.manufacturer_id.name, "Sanofi Clir SNC")
        self.assertIn("分包装", sanofi.bid_id.maker_note)

    def test_second_load_adds_nothing(self):
        """Loading again creates and changes nothing at all."""
        models = ('pharma.tender', 'pharma.tender.item', 'pharma.tender.bid', 'pharma.price',
                  'product.template', 'res.partner')
        before = {model: self.env[model].search([]).ids for model in models}
        counts = self.env['pharma.tender.results'].load_official()
        self.assertEqual(counts, {'created': 0, 'updated': 0, 'unchanged': len(self.source)})
        self.assertEqual({model: self.env[model].search([]).ids for model in models}, before)

    def test_load_repairs(self):
        """What was deleted comes back on its old bid, what was changed is corrected."""
        gone, wrong = self.prices[0], self.prices[-1]
        key, bid, right = gone.source_key, gone.bid_id, wrong.price_per_pack
        gone.unlink()
        wrong.price_per_pack = right + 1
        counts = self.env['pharma.tender.results'].load_official()
        self.assertEqual(counts, {'created': 1, 'updated': 1, 'unchanged': len(self.source) - 2})
        self.assertEqual(wrong.price_per_pack, right)
        back = self.env['pharma.price'].search([('source_key', '=', key)])
        self.assertEqual(back.bid_id, bid)

    def test_remove(self):
        """Removing takes everything back that loading made, and nothing else."""
        own = self._create_bid(self._create_item(self._create_tender()), result='won')
        own.action_add_prices()
        used = self.prices.product_id[:1]
        order = self.env['sale.order'].create({
            'partner_id': self.maker.id,
            'order_line': [(0, 0, {'product_id': used.product_variant_id.id})]})
        kept = self.env['pharma.tender.results'].with_user(self.user_tender_admin).remove_official()
        self.assertEqual(kept, [used.name])
        self.assertTrue(order.exists())
        self.assertFalse(used.active)
        self.assertFalse(self.prices.exists())
        self.assertFalse(self.tenders.exists())
        self.assertTrue(own.price_ids.exists())
        self.assertFalse(self.env['product.template'].with_context(active_test=False).search(
            [('from_tender_results', '=', True), ('id', '!=', used.id)]))

    def test_link_of_the_empty_list(self):
        """The link runs the loader for tender staff and refuses everybody else."""
        link = self.env.ref('pharma_tender.pharma_tender_results_action_load')
        for action in ('pharma_price_action', 'pharma_tender_action'):
            self.assertIn(f'name="{link.id}"', self.env.ref(f'pharma_tender.{action}').help)
        self.assertEqual(link.with_user(self.user_tender).run()['tag'], 'display_notification')
        with self.assertRaises(AccessError):
            link.with_user(self.user_representative).run()

    def test_who_may_load(self):
        """Only tender staff loads, only its administrator removes."""
        loader = self.env['pharma.tender.results']
        for user in (self.user_director, self.user_representative, self.user_internal,
                     self.user_portal):
            for method in ('load_official', 'action_load_official', 'remove_official'):
                with self.subTest(f"{user.login} {method}"), self.assertRaises(AccessError):
                    getattr(loader.with_user(user), method)()
        with self.assertRaises(AccessError):
            loader.with_user(self.user_tender).remove_official()
