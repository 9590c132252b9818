from odoo.fields import Command
from odoo.tests import HttpCase, tagged

from .common import PharmaTenderCommon


@tagged('post_install', '-at_install')
class TestUi(PharmaTenderCommon, HttpCase):
    """The main path of tender staff, in a real browser."""

    def test_register_result(self):
        """From the board into a tender, its bid is won and priced, and the pivot shows it."""
        tender = self._create_tender(
            name="巡访测试招标", stage_id=self.stage_public.id,
            state_ids=[Command.set((self.state_zj | self.state_js).ids)])
        bid = self._create_bid(self._create_item(tender))
        self._create_bid(bid.item_id, self.rival_product)
        self.start_tour('/odoo/tenders', 'pharma_tender_register_result', login='pharma_tender')
        self.assertEqual(bid.result, 'won')
        self.assertEqual(bid.price_ids.state_id, self.state_zj | self.state_js)
        self.assertEqual(bid.price_ids.create_uid, self.user_tender)
