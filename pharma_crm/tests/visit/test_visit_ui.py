from odoo.tests import HttpCase, tagged

from .common_visit import VisitCase


@tagged('post_install', '-at_install')
class TestVisitPhone(VisitCase, HttpCase):
    """A representative's calls on his phone."""

    browser_size = '390x844'
    touch_enabled = True

    def test_record(self):
        """A planned call is recorded in at most 6 taps and 5 typed fields: the tour counts."""
        visit = self._call(date_start=self.now)
        self.start_tour('/odoo/my-calls', 'pharma_crm_visit_record', login='pharma_representative')
        visit.invalidate_recordset()
        self.assertRecordValues(visit, [{
            'state': 'done', 'adoption': 'trial', 'summary': "介绍了新指南，愿意试用",
            'person_ids': self.doctor.ids, 'review_state': 'todo'}])
        self.assertEqual(visit.product_ids.product_id, self.products)
        self.assertEqual(visit.product_ids.mapped('reaction'), ['positive', False])
        self.assertEqual((visit.next_ids.date - visit.date).days, 7)

    def test_not_held(self):
        visit = self._call(date_start=self.now)
        self.start_tour(
            '/odoo/my-calls', 'pharma_crm_visit_not_held', login='pharma_representative')
        visit.invalidate_recordset()
        self.assertRecordValues(visit, [{'state': 'missed', 'reason': "主任出差"}])

    def test_place(self):
        """Where the person is, when he taps and allows it; a refusal is told."""
        visit = self._call(date_start=self.now)
        self.start_tour('/odoo/my-calls', 'pharma_crm_visit_place', login='pharma_representative')
        visit.invalidate_recordset()
        self.assertRecordValues(visit, [{
            'state': 'done', 'latitude': 30.2741, 'longitude': 120.1551}])
