from odoo import fields
from odoo.tests import tagged

from .common import PharmaTenderCommon


@tagged('post_install', '-at_install')
class TestDemo(PharmaTenderCommon):
    """The demo data brings a running tender and a coming one, once, and takes them away again."""

    def test_running_tender(self):
        demo = self.env['pharma.demo']
        # What a tender needs; the other masters are tested in pharma_crm
        for load in ('_load_users', '_load_organisations', '_load_products'):
            getattr(demo._demo_env(), load)()
        for _time in range(2):
            demo._demo_env()._load_tender()
            demo._demo_env()._load_coming_tender()
        tender = demo._get('tender_1')
        self.assertFalse(tender.results_public)
        self.assertGreater(tender.date_submission, fields.Date.context_today(tender))
        self.assertEqual(tender.user_id.login, 'tender1')
        self.assertEqual((tender.item_count, tender.bid_count), (6, 12))
        self.assertEqual(len(tender.bid_ids.filtered('is_ours')), 6)
        self.assertEqual(len(tender.state_ids), 3)
        self.assertEqual(len(tender.activity_ids), 1)
        for bid in tender.bid_ids:
            self.assertLess(bid.unit_price, bid.item_id.ceiling_price)
        coming = demo._get('tender_2')
        self.assertEqual(coming.stage_id, coming.kind_id.stage_ids[:1])
        self.assertEqual((coming.item_count, coming.bid_count), (2, 0))
        # Prices that a visitor made out of demo bids go with them
        tender.bid_ids[:1].write({'result': 'won'})
        tender.bid_ids[:1].action_add_prices()
        prices = tender.price_ids
        self.assertEqual(len(prices), 3)
        self.assertEqual(demo.remove_demo(), [])
        self.assertFalse((tender + coming).exists())
        self.assertFalse(prices.exists())
