from odoo.tests import HttpCase, tagged

from .common_visit_review import VisitReviewCase


@tagged('post_install', '-at_install')
class TestVisitReviewUi(VisitReviewCase, HttpCase):
    """The manager reviews in a real browser."""

    browser_size = '390x844'

    def setUp(self):
        super().setUp()
        self.visits = self._call(hour=9) + self._call(hour=11) + self._call(hour=15)
        self.env['pharma.visit.flag']._check_people(self.user_representative.ids, self._day(-1))

    def test_on_a_phone(self):
        """One call with a word, one without, one waits."""
        self.start_tour('/odoo/review', 'pharma_crm_review', login='pharma_area_manager')
        self.assertRecordValues(self.visits, [
            {'review_state': 'reviewed', 'appraisal': '3', 'suggestion': "下次带上文献"},
            {'review_state': 'todo', 'appraisal': False, 'suggestion': False},
            {'review_state': 'reviewed', 'appraisal': False, 'suggestion': False},
        ])
        self.assertIn("辛苦了", self.visits[0].message_ids[0].body)


@tagged('post_install', '-at_install')
class TestVisitReviewKeyboard(VisitReviewCase, HttpCase):
    """The manager reviews at the desk."""

    def test_by_keyboard(self):
        """Without touching the mouse."""
        visits = self._call(hour=9) + self._call(hour=11) + self._call(hour=15)
        self.start_tour('/odoo/review', 'pharma_crm_review_keyboard', login='pharma_area_manager')
        self.assertRecordValues(visits, [
            {'review_state': 'reviewed', 'appraisal': '4', 'suggestion': "继续保持"},
            {'review_state': 'reviewed', 'appraisal': False, 'suggestion': False},
            {'review_state': 'todo', 'appraisal': False, 'suggestion': False},
        ])
