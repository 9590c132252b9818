from odoo.tests import HttpCase, tagged

from .common_handover import HandoverCase


@tagged('post_install', '-at_install')
class TestHandoverUi(HandoverCase, HttpCase):
    """A handover in a real browser."""

    def test_handover(self):
        """A director hands over from the territory, leaves one thing out, and takes it back."""
        self.area_a.name = "巡访移交区"
        self.new.name = "巡访接班人"
        leads = self._make_lead(name="巡访商机一") | self._make_lead(name="巡访商机二")
        visit = self._make_visit()
        self.start_tour('/odoo/territories', 'pharma_crm_handover', login='pharma_director')
        handover = self.env['pharma.handover'].search([('user_id', '=', self.old.id)])
        self.assertEqual(handover.state, 'undone')
        self.assertEqual(
            sorted(self._results(handover, 'lead').values(), key=str),
            [('excluded', False), ('returned', False)])
        self.assertEqual(leads.user_id | visit.user_id, self.old)
