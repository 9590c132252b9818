from odoo.tests import HttpCase, tagged

from .common_allocation import AllocationCase


@tagged('post_install', '-at_install')
class TestLeadPoolPhone(AllocationCase, HttpCase):
    """A representative takes a lead on his phone."""

    browser_size = '390x844'
    touch_enabled = True

    def test_take(self):
        self.rule.target = 'pool'
        lead = self._offer(partner_id=False, name="李院长来电", contact_name="李院长")
        self.start_tour('/odoo/lead-pool', 'pharma_crm_lead_pool', login='pharma_representative')
        lead.invalidate_recordset()
        self.assertRecordValues(lead, [{
            'user_id': self.rep.id, 'allocation_state': 'accepted'}])

    def test_accept(self):
        lead = self._offer(self.hospital_a)
        self.start_tour('/odoo/lead-offers', 'pharma_crm_lead_offer', login='pharma_representative')
        lead.invalidate_recordset()
        self.assertEqual(lead.allocation_state, 'accepted')
