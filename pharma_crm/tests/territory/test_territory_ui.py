from odoo.tests import HttpCase, tagged

from ..common_territory import TerritoryCase


@tagged('post_install', '-at_install')
class TestTerritoryUi(TerritoryCase, HttpCase):
    """Territories in a real browser."""

    def test_realignment(self):
        """A director moves hospitals from their list to another territory."""
        old = self._create_territory(name="巡访旧区")
        new = self._create_territory(name="巡访新区")
        for number in "一二":
            self._create_hospital(name=f"巡访调整{number}院", territory=old)
        self.start_tour('/odoo/terminals', 'pharma_crm_realignment', login='pharma_director')
        self.assertEqual(len(new.alignment_ids), 2)
        record = self.env['pharma.realignment'].search([('territory_id', '=', new.id)])
        self.assertRecordValues(record, [{'state': 'done', 'done_by_id': self.user_director.id}])

    def test_two_teams(self):
        """Two representatives, each for his line, see one hospital; one of them shares it."""
        hospital = self._create_hospital(name="巡访两线医院", territory=False)
        self._align(hospital, self.area_a, product_line_id=self.line_x.id)
        self._align(hospital, self.area_b, product_line_id=self.line_y.id)
        self._assign(self.user_representative, self.area_a, product_line_id=self.line_x.id)
        self._assign(self.colleague, self.area_b, product_line_id=self.line_y.id)
        third = self.user_product_manager
        third.name = "巡访同事"
        for login in ('pharma_representative', 'pharma_colleague'):
            self.start_tour('/odoo/terminals', 'pharma_crm_two_teams', login=login)
        self.assertEqual(hospital.share_ids.user_id, third)
        self.assertEqual(
            hospital.share_ids.shared_by_id, self.user_representative + self.colleague)

    def test_delegation(self):
        """Whoever goes away appoints somebody from the user menu."""
        self._assign(self.user_representative, self.area_a)
        self.colleague.name = "巡访同事"
        self.start_tour('/odoo/terminals', 'pharma_crm_delegation', login='pharma_representative')
        self.assertTrue(self.env['res.partner'].with_user(self.colleague).search_count(
            [('id', '=', self.hospital_a.id)]))


@tagged('post_install', '-at_install')
class TestTerritoryPhone(TerritoryCase, HttpCase):
    """The same at the width of a phone."""

    browser_size = '390x844'
    touch_enabled = True

    def test_phone(self):
        """Customer and territory fit the screen."""
        area = self._create_territory(name="巡访手机区", parent_id=self.region.id)
        self._assign(self.user_representative, area)
        self._create_hospital(name="巡访手机医院", territory=area)
        self.start_tour(
            '/odoo/terminals', 'pharma_crm_territory_phone', login='pharma_representative')
