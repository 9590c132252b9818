from odoo.tests import HttpCase, tagged

from .common import PharmaCrmCommon


@tagged('post_install', '-at_install')
class TestUi(PharmaCrmCommon, HttpCase):
    """The main path of a representative, in a real browser."""

    def test_customer(self):
        """A hospital is found by initials, its structure seen, a department entered."""
        hospital = self._create_hospital(name="云山绿川医院")
        self._create_department(hospital, name="心内一科")
        self.start_tour('/odoo/terminals', 'pharma_crm_customer', login='pharma_representative')
        department = self.env['res.partner'].search([('name', '=', "巡访测试科")])
        self.assertRecordValues(department, [{
            'pharma_type': 'department', 'parent_id': hospital.id, 'is_company': False,
            'create_uid': self.user_representative.id}])

    def test_own_field(self):
        """The administrator requires a fact of his own; a representative is told and enters it."""
        hospital = self._create_hospital(name="云山绿川医院", user_id=self.user_representative.id)
        kind = self.env.ref('pharma_crm.pharma_partner_type_hospital')
        self.start_tour('/odoo/customer-types', 'pharma_crm_own_field_setup', login='pharma_admin')
        fact = kind.fact_ids.filtered(lambda fact: fact.name == "巡访院长")
        self.assertRecordValues(fact, [{'importance': 'required', 'kind': 'char'}])
        self.start_tour(
            '/odoo/terminals', 'pharma_crm_own_field_entry', login='pharma_representative')
        hospital.invalidate_recordset()
        self.assertEqual(hospital.pharma_properties[fact.property_key], "林知远")
        self.assertEqual(hospital.street, "云山路1号")
