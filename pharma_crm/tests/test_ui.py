from datetime import timedelta

from odoo import fields
from odoo.tests import HttpCase, tagged

from .common import PharmaCrmCommon
from .list_import.test_hospital_import import HEADER, HospitalImportCase, make_xlsx
from .page.test_customer_page import CustomerPageCase


@tagged('post_install', '-at_install')
class TestUi(PharmaCrmCommon, HttpCase):
    """The main paths of a representative, in a real browser."""

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


    def test_change_of_hospital(self):
        """A doctor goes to another hospital; his old post stays in his history."""
        old = self._create_hospital(name="巡访旧医院")
        new = self._create_hospital(name="巡访新医院")
        self._create_department(new, name="心内科")
        department = self._create_department(new, name="骨科")
        person = self._create_person(old, name="巡访换院人", function="医师")
        person.affiliation_ids.date_from = '2020-01-01'
        self.start_tour('/odoo/doctors', 'pharma_crm_affiliation', login='pharma_representative')
        self.assertEqual(person.parent_id, department)
        self.assertEqual(person.function, "科主任")
        self.assertRecordValues(person.affiliation_ids, [
            {'place_id': department.id, 'is_primary': True, 'post': "科主任", 'date_to': False},
            {'place_id': old.id, 'is_primary': False, 'post': "医师",
             'date_to': fields.Date.context_today(person) - timedelta(days=1)},
        ])


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


@tagged('post_install', '-at_install')
class TestCustomerPageUi(CustomerPageCase, HttpCase):
    """The 360° page of a hospital, in a real browser."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for user in (cls.user_representative, cls.accountant):
            user.lang = 'zh_CN' if cls.env['res.lang']._lang_get('zh_CN') else user.lang

    def test_page(self):
        """From the list to the page, to the rows of a figure, and back."""
        self._create_order(self.hospital, 3)
        self._done(self.head, 1)
        self.start_tour('/odoo/terminals', 'pharma_crm_customer_page',
                        login='pharma_representative')

    def test_page_by_address(self):
        """The page has an address of its own, and works by keyboard."""
        self.start_tour(f'/odoo/customer-page/{self.hospital.id}',
                        'pharma_crm_customer_page_keyboard', login='pharma_representative')


@tagged('post_install', '-at_install')
class TestCustomerPagePhone(CustomerPageCase, HttpCase):
    """The 360° page on a phone."""

    browser_size = '390x844'
    touch_enabled = True

    def test_page(self):
        """It fits the width of a phone, with figures, prices, people and a time line."""
        self._create_order(self.hospital, 3, price=1234567.89)
        self._create_order(self.hospital, 1, price=1234560.0, state='draft')
        self._plan(self.head, -2, summary="一项名字很长很长很长很长很长很长很长很长很长的待办")
        self.start_tour(f'/odoo/customer-page/{self.hospital.id}',
                        'pharma_crm_customer_page_phone', login='pharma_representative')
