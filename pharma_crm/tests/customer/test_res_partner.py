from lxml import etree
from psycopg2 import IntegrityError

from odoo.exceptions import ValidationError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger
from odoo.tools.safe_eval import safe_eval

from ..common import PharmaCrmCommon


@tagged('post_install', '-at_install')
class TestResPartner(PharmaCrmCommon):
    """Kinds of customers, their tree and their address."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.hospital = cls._create_hospital()
        cls.county = cls.env.ref('pharma_crm.division_110101')

    def test_hospital_is_the_commercial_entity(self):
        """Campus, department and person count for their hospital."""
        campus = self._create_campus(self.hospital)
        department = self._create_department(campus)
        person = self._create_person(department)
        self.assertTrue(self.hospital.is_company)
        for partner in campus + department + person:
            self.assertFalse(partner.is_company)
            self.assertEqual(partner.commercial_partner_id, self.hospital)
        self.assertEqual((self.hospital.department_count, self.hospital.person_count), (1, 1))

    def test_kind_decides_on_company(self):
        """Choosing the customer type in the form makes it a company or not."""
        with Form(self.env['res.partner']) as form:
            form.name = "海州第一药房"
            form.pharma_type = 'pharmacy'
        self.assertTrue(form.record.is_company)

    def test_department_needs_a_hospital(self):
        """A department belongs to a hospital, not to a distributor."""
        distributor = self._create_distributor()
        with self.assertRaises(ValidationError):
            self._create_department(distributor)
        with self.assertRaises(ValidationError):
            self.env['res.partner'].create({'name': "心内科", 'pharma_type': 'department'})

    def test_county_fills_address(self):
        """A county brings its city, province, country and Odoo's city text."""
        self.hospital.pharma_county_id = self.county
        self.assertEqual(self.hospital.pharma_city_id, self.county.parent_id)
        self.assertEqual(self.hospital.state_id, self.env.ref('base.state_cn_BJ'))
        self.assertEqual(self.hospital.country_id, self.env.ref('base.cn'))
        self.assertEqual(self.hospital.city, "东城区")

    def test_city_leaves_with_province(self):
        """Moving a customer to another province takes the old city away."""
        self.hospital.pharma_city_id = self.env.ref('pharma_crm.division_4403')
        self.assertEqual(self.hospital.state_id, self.env.ref('base.state_cn_GD'))
        self.assertEqual(self.hospital.city, "深圳市")
        self.hospital.state_id = self.env.ref('base.state_cn_BJ')
        self.assertFalse(self.hospital.pharma_city_id)

    def test_structure_opens_on_one_hospital(self):
        """The picture shows one hospital, whatever level it is opened from."""
        department = self._create_department(self.hospital)
        action = department.action_view_hierarchy()
        found = self.env['res.partner'].search(action['domain'])
        self.assertEqual(found, self.hospital + department)

    def test_buttons_open_what_they_count(self):
        """Each smart button opens as many records as it shows."""
        department = self._create_department(self.hospital)
        self._create_person(department)
        self._create_person(self.hospital, name="周雨")
        for button, count in (
            ('action_view_departments', self.hospital.department_count),
            ('action_view_persons', self.hospital.person_count),
        ):
            action = getattr(self.hospital, button)()
            self.assertEqual(self.env['res.partner'].search_count(action['domain']), count)

    def test_members_of_a_group(self):
        """A chain counts and opens its pharmacies."""
        chain = self._create_partner_of_type('group', name="海州大药房连锁")
        self._create_partner_of_type('pharmacy', parent_organisation_id=chain.id)
        self.assertEqual(chain.member_count, 1)
        opened = chain.action_view_members()['domain']
        self.assertEqual(self.env['res.partner'].search_count(opened), 1)

    def _visible_pages(self, partner, user):
        """Names of the notebook's pages that a user sees on the form of a contact, in order."""
        view = partner.with_user(user).get_view(view_type='form')
        values = {
            'pharma_type': partner.pharma_type, 'child_ids': partner.child_ids.ids,
            'is_company': partner.is_company, 'id': partner.id, 'type': partner.type,
        }
        return [
            page.get('name')
            for page in etree.fromstring(view['arch']).find('.//notebook').iterfind('page')
            if not safe_eval(page.get('invisible') or 'False', values)]

    def test_first_page_is_what_the_kind_is_about(self):
        """A doctor's form opens with his posts; Odoo's contacts show only where there are some."""
        department = self._create_department(self.hospital)
        person = self._create_person(department)
        user = self.user_representative
        pages = self._visible_pages(person, user)
        self.assertEqual(pages[0], 'pharma_affiliations')
        self.assertNotIn('contact_addresses', pages)
        self.env['res.partner'].create(
            {'name': "会议收件地址", 'type': 'other', 'parent_id': person.id})
        self.assertEqual(
            self._visible_pages(person, user)[:2], ['pharma_affiliations', 'contact_addresses'])
        group = self._create_partner_of_type('group')
        self.assertEqual(self._visible_pages(group, user)[0], 'pharma_members')
        office = self.env['res.partner'].create({'name': "Office Supplies", 'is_company': True})
        self.assertEqual(self._visible_pages(office, user)[0], 'contact_addresses')
        for partner in (self.hospital, department):
            self.assertEqual(self._visible_pages(partner, user)[0], 'pharma_children')
            # Whoever may not see persons gets no empty page for them
            pages = self._visible_pages(partner, self.user_service)
            self.assertNotIn('pharma_children', pages)
            self.assertNotIn('contact_addresses', pages)

    def test_address_is_entered_from_the_province_down(self):
        """In a Chinese company, city and county follow their province; elsewhere Odoo's order."""
        def order(country):
            company = self.env['res.company'].create(
                {'name': country, 'country_id': self.env.ref(country).id})
            view = self.hospital.with_company(company).get_view(view_type='form')
            box = etree.fromstring(view['arch']).find(".//div[@name='pharma_address']/..")
            self.assertIn('o_address_format', box.get('class'))
            return [
                node.get('name') for node in box
                if node.get('name') in ('state_id', 'pharma_address', 'street')]

        self.assertEqual(order('base.cn'), ['state_id', 'pharma_address', 'street'])
        self.assertEqual(order('base.us')[0], 'street')


@tagged('post_install', '-at_install')
class TestMasterData(PharmaCrmCommon):
    """The official lists that come with the addon, and other names."""

    def test_divisions(self):
        """All provinces, cities and counties with their official codes, as one tree."""
        divisions = self.env['pharma.division'].with_context(active_test=False)
        shipped = divisions.search([('id', 'in', self.env['ir.model.data'].search([
            ('module', '=', 'pharma_crm'), ('model', '=', 'pharma.division')]).mapped('res_id'))])
        counts = dict(divisions._read_group([('id', 'in', shipped.ids)], ['level'], ['__count']))
        self.assertEqual(counts, {'province': 31, 'city': 342, 'county': 2978})
        for division in shipped:
            self.assertTrue(division.code.startswith(division.parent_id.code or ''))
            self.assertTrue(division.state_id)

    def test_specialties(self):
        """The official catalogue as a tree, and the departments beside it that decide."""
        codes = self.env['pharma.specialty'].browse(self.env['ir.model.data'].search([
            ('module', '=', 'pharma_crm'), ('model', '=', 'pharma.specialty')]).mapped('res_id')
        ).mapped('code')
        self.assertEqual(sum(code[0].isdigit() for code in codes), 155)
        self.assertEqual(self.env.ref('pharma_crm.specialty_d72').name, "药剂科")
        cardiology = self.env.ref('pharma_crm.specialty_03_04')
        self.assertEqual(cardiology.parent_id, self.env.ref('pharma_crm.specialty_03'))
        found = self.env['pharma.specialty'].name_search("心内科")
        self.assertIn(cardiology.id, [record_id for record_id, _name in found])

    def test_alias_is_decided_once(self):
        """The same name, spelled with other brackets, is the same name."""
        hospital = self._create_hospital()
        alias = self._create_alias(name="海州一院（东区）", partner_id=hospital.id)
        self.assertEqual(alias.status, 'confirmed')
        self.assertEqual(alias.decided_by_id, self.env.user)
        with mute_logger('odoo.sql_db'), self.assertRaises(IntegrityError):
            self._create_alias(name="海州一院(东区)", partner_id=hospital.id)
            self.env.flush_all()

    def test_alias_may_differ_by_distributor(self):
        """市医院 means another hospital at each distributor."""
        first, second = self._create_hospital(), self._create_hospital(name="山城市人民医院")
        everywhere = self._create_alias(name="市医院", partner_id=first.id)
        local = self._create_alias(
            name="市医院", partner_id=second.id, distributor_id=self._create_distributor().id)
        self.assertEqual(everywhere.key, local.key)

    def test_alias_stands_for_one_kind(self):
        """A customer's name cannot stand for a product."""
        with self.assertRaises(ValidationError):
            self._create_alias(name="某名", kind='partner', product_id=self._create_product().id)

    def test_confirmed_alias_has_a_target(self):
        """Confirming needs to say what is meant."""
        alias = self._create_alias(name="未定之名", status='todo', partner_id=False)
        with mute_logger('odoo.sql_db'), self.assertRaises(IntegrityError):
            alias.status = 'confirmed'
            self.env.flush_all()
        alias.invalidate_recordset()

    def test_alias_can_be_reopened(self):
        """Taking a decision back forgets who took it."""
        alias = self._create_alias(name="可撤之名", partner_id=self._create_hospital().id)
        alias.action_reopen()
        self.assertRecordValues(alias, [{
            'status': 'todo', 'partner_id': False, 'decided_by_id': False, 'decided_on': False}])
