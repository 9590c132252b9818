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
