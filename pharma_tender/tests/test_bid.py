from psycopg2 import IntegrityError

from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .common import PharmaTenderCommon


@tagged('post_install', '-at_install')
class TestBid(PharmaTenderCommon):
    """Bids compare by unit price; won ones become prices."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.tender = cls._create_tender(
            state_ids=[Command.set((cls.state_zj | cls.state_js).ids)],
            date_from='2026-01-01', date_to='2027-12-31')
        cls.item = cls._create_item(cls.tender)

    def test_values_from_the_product(self):
        """Manufacturer, content and unit price come from the product; ours is what we sell."""
        ours = self._create_bid(self.item, price_per_pack=7.0)
        theirs = self._create_bid(self.item, self.rival_product, price_per_pack=4.2)
        self.assertRecordValues(ours | theirs, [
            {'manufacturer_id': self.maker.id, 'units_per_pack': 14, 'unit_price': 0.5,
             'is_ours': True},
            {'manufacturer_id': self.rival.id, 'units_per_pack': 7, 'unit_price': 0.6,
             'is_ours': False},
        ])

    def test_rank(self):
        """The lowest price per unit is first, equal ones share a place, invalid ones have none."""
        ours = self._create_bid(self.item, price_per_pack=7.0)
        theirs = self._create_bid(self.item, self.rival_product, price_per_pack=4.2)
        self.assertEqual((ours.rank, theirs.rank), (1, 2))
        theirs.price_per_pack = 3.5
        self.assertEqual((ours.rank, theirs.rank), (1, 1))
        theirs.price_per_pack = 2.8
        self.assertEqual((ours.rank, theirs.rank), (2, 1))
        self.assertEqual(self.item.lowest_unit_price, 0.4)
        theirs.result = 'invalid'
        self.assertEqual((ours.rank, theirs.rank), (1, 0))
        self.assertEqual(self.item.lowest_unit_price, 0.5)
        ours.unlink()
        self.assertEqual(self.item.lowest_unit_price, 0)

    def test_rank_in_stored_values(self):
        """Ranks in the database follow when a competitor's bid comes and goes."""
        ours = self._create_bid(self.item, price_per_pack=7.0)
        theirs = self._create_bid(self.item, self.rival_product, price_per_pack=2.8)
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertEqual(ours.rank, 2)
        theirs.unlink()
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertEqual(ours.rank, 1)

    def test_one_bid_per_product(self):
        self._create_bid(self.item)
        with self.assertRaises(IntegrityError), mute_logger('odoo.sql_db'), self.cr.savepoint():
            self._create_bid(self.item)

    def test_maker_of_the_product(self):
        """A product cannot be bid by somebody who does not make it."""
        with self.assertRaises(ValidationError):
            self._create_bid(self.item, manufacturer_id=self.rival.id)

    def test_won_needs_a_price(self):
        bid = self._create_bid(self.item, price_per_pack=0)
        with self.assertRaises(ValidationError):
            bid.action_set_won()
        bid.price_per_pack = 7
        bid.action_set_won()
        self.assertEqual(bid.our_win, 1)
        self.assertEqual(self.tender.won_count, 1)
        bid.action_set_lost()
        self.assertEqual(bid.our_win, 0)

    def test_prices_of_a_won_bid(self):
        """One price per supply province with the agreement's dates; a second time adds nothing."""
        bid = self._create_bid(
            self.item, result='won', state_ids=[Command.set(self.state_zj.ids)])
        bid.action_add_prices()
        bid.action_add_prices()
        self.assertRecordValues(bid.price_ids, [{
            'product_id': self.product.id, 'state_id': self.state_zj.id,
            'tender_id': self.tender.id, 'price_per_pack': 7.0, 'unit_price': 0.5,
            'manufacturer_id': self.maker.id,
            'drug_generic_name': "测试他汀片", 'is_ours': True, 'company_id': self.env.company.id}])
        self.assertEqual(str(bid.price_ids.date_to), '2027-12-31')
        bid.state_ids |= self.state_js
        bid.action_add_prices()
        self.assertEqual(bid.price_ids.state_id, self.state_zj | self.state_js)
        action = bid.action_view_prices()
        self.assertEqual(self.env['pharma.price'].search(action['domain']), bid.price_ids.sorted())

    def test_prices_without_provinces(self):
        """Without provinces the bid holds in those of the tender, or everywhere."""
        bid = self._create_bid(self.item, result='won')
        bid.action_add_prices()
        self.assertEqual(bid.price_ids.state_id, self.state_zj | self.state_js)
        bid.price_ids.unlink()
        self.tender.state_ids = False
        bid.action_add_prices()
        self.assertEqual(len(bid.price_ids), 1)
        self.assertFalse(bid.price_ids.state_id)

    def test_only_won_bids_give_prices(self):
        with self.assertRaises(UserError):
            self._create_bid(self.item).action_add_prices()

    def test_competitors_product_is_made(self):
        """Tender staff may price a rival's bid without product: it becomes one, not for sale."""
        bid = self.env['pharma.tender.bid'].with_user(self.user_tender).create({
            'item_id': self.item.id, 'manufacturer_id': self.rival.id, 'price_per_pack': 3,
            'units_per_pack': 10, 'result': 'won'})
        self.assertFalse(bid.is_ours)
        bid.action_add_prices()
        self.assertRecordValues(bid.product_id, [{
            'name': "测试他汀片 东陵药业", 'drug_generic_name': "测试他汀片", 'sale_ok': False,
            'drug_manufacturer_id': self.rival.id, 'drug_units_per_pack': 10,
            'from_tender_results': False}])
        self.assertEqual(bid.price_ids.product_id, bid.product_id)

    def test_form(self):
        """In the form the product brings its manufacturer, the price its unit price."""
        with Form(self.env['pharma.tender.bid'].with_user(self.user_tender)) as form:
            form.item_id = self.item
            form.product_id = self.product
            form.price_per_pack = 2.8
            self.assertEqual(form.manufacturer_id, self.maker)
            self.assertEqual(form.unit_price, 0.2)

    def test_price_book_rules(self):
        """The database refuses prices of nothing, backward periods and doubles."""
        price = {'product_id': self.product.id, 'price_per_pack': 5}
        for values in (
            {'price_per_pack': 0}, {'price_per_pack': -1},
            {'date_from': '2026-02-01', 'date_to': '2026-01-01'},
        ):
            with self.subTest(values), self.assertRaises(IntegrityError), \
                    mute_logger('odoo.sql_db'), self.cr.savepoint():
                self.env['pharma.price'].create(price | values)
        bid = self._create_bid(self.item, result='won')
        doubles = price | {'bid_id': bid.id, 'state_id': self.state_zj.id}
        self.env['pharma.price'].create(doubles)
        with self.assertRaises(IntegrityError), mute_logger('odoo.sql_db'), self.cr.savepoint():
            self.env['pharma.price'].create(doubles)
        self.env['pharma.price'].create(doubles | {'date_from': '2026-07-01'})

    def test_trend_filter(self):
        """A drug is in several batches once two tenders priced it."""
        bid = self._create_bid(self.item, result='won')
        bid.action_add_prices()
        domain = [('in_several_batches', '=', True), ('product_id', '=', self.product.id)]
        self.assertFalse(self.env['pharma.price'].search(domain))
        self.assertFalse(any(bid.price_ids.mapped('in_several_batches')))
        later = self._create_bid(self._create_item(self._create_tender()), result='won')
        later.action_add_prices()
        self.env.invalidate_all()
        prices = bid.price_ids | later.price_ids
        self.assertEqual(set(self.env['pharma.price'].search(domain)), set(prices))
        self.assertTrue(all(prices.mapped('in_several_batches')))
        self.assertFalse(self.env['pharma.price'].search(
            [('in_several_batches', '=', False), ('product_id', '=', self.product.id)]))

    def test_product_button(self):
        """The product's button opens exactly its prices."""
        bid = self._create_bid(self.item, result='won')
        bid.action_add_prices()
        product = self.product.with_user(self.user_representative)
        self.tender.stage_id = self.stage_public
        self.assertEqual(product.pharma_price_count, 2)
        action = product.action_view_pharma_prices()
        self.assertEqual(
            self.env['pharma.price'].search(action['domain']), bid.price_ids.sorted())
