from odoo.tests import HttpCase, tagged

from .common import PharmaCrmCommon
from .test_hospital_import import HEADER, HospitalImportCase, make_xlsx


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


@tagged('post_install', '-at_install')
class TestHospitalImportUi(HospitalImportCase, HttpCase):
    """The steward's path in a real browser."""

    def test_import(self):
        """A workbook is uploaded, checked, imported, and its hospital found by initials."""
        self.env['ir.attachment'].create({
            'name': "hospitals.xlsx",
            'url': '/pharma_crm_test/hospitals.xlsx',
            'public': True,
            'raw': make_xlsx(
                HEADER, ('云山绿川医院', '江苏', '连云港', '海州', '三甲', '新华路1号'),
                ('海州新安医院', '江苏', '连云港', '', '', ''),
                ('海州安康医院', '火星', '', '', '', '')),
        })
        self.start_tour(
            '/odoo/hospital-lists', 'pharma_crm_hospital_import', login='pharma_steward')
        self.assertRecordValues(self._find("云山绿川医院"), [{
            'hospital_level': '3', 'create_uid': self.user_steward.id}])
        self.assertFalse(self._find("海州安康医院"))
