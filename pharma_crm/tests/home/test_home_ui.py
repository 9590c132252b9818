from datetime import timedelta

from odoo.tests import HttpCase, tagged

from ..visit.common_visit import VisitCase


@tagged('post_install', '-at_install')
class TestHomePhone(VisitCase, HttpCase):
    """The first screen after login, on a phone."""

    browser_size = '390x844'
    touch_enabled = True

    def test_person(self):
        visit = self._call(date_start=self.now)
        self.start_tour('/odoo', 'pharma_crm_home_person', login='pharma_representative')
        self.assertEqual(visit.state, 'done')

    def test_manager(self):
        self._held(date_start=self.now - timedelta(minutes=40))
        self.start_tour('/odoo', 'pharma_crm_home_manager', login='pharma_area_manager')
