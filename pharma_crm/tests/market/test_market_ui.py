from odoo.tests import HttpCase, tagged

from .test_market_fact import MarketCase


@tagged('post_install', '-at_install')
class TestMarketPhone(MarketCase, HttpCase):
    """News on a representative's phone."""

    browser_size = '390x844'
    touch_enabled = True

    def test_report_at_a_terminal(self):
        """From the terminal's page: two taps and a sentence, then it is in the feed."""
        self.start_tour(
            f'/odoo/customer-page/{self.hospital.id}', 'pharma_crm_market_news',
            login='pharma_representative')
        self.assertRecordValues(
            self.env['pharma.intelligence'].search([('partner_id', '=', self.hospital.id)]),
            [{'kind': 'promotion', 'text': "甲药厂本周开科室会", 'importance': '2',
              'user_id': self.user_representative.id, 'state': 'new'}])
