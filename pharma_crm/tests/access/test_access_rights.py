from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..common import PharmaCrmCommon

SEES_PERSONS = ('representative', 'area_manager', 'product_manager', 'steward', 'director', 'admin')
SEES_ORGANISATIONS_ONLY = ('service', 'internal')


@tagged('post_install', '-at_install')
class TestAccessRights(PharmaCrmCommon):
    """Who sees which contacts, role by role, through every way that a client has."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.hospital = cls._create_hospital(name="权限测试医院")
        cls.department = cls._create_department(cls.hospital, name="权限测试科")
        cls.person = cls._create_person(cls.department, name="权限测试人")
        cls.below = cls.department + cls.person

    def _visible(self, role, records):
        partners = self.env['res.partner'].with_user(self.users_by_role[role])
        return partners.search([('id', 'in', records.ids)]).sudo(False)

    def test_field_roles_see_persons(self):
        """Representatives, their managers, stewards and directors work with doctors."""
        for role in SEES_PERSONS:
            with self.subTest(role=role):
                self.assertEqual(self._visible(role, self.hospital + self.below).ids,
                                 self._visible('admin', self.hospital + self.below).ids)
                self.assertEqual(len(self._visible(role, self.hospital + self.below)), 3)

    def test_others_see_organisations_only(self):
        """Service and users without a role of ours see hospitals, never departments or doctors."""
        for role in SEES_ORGANISATIONS_ONLY:
            with self.subTest(role=role):
                self.assertEqual(
                    self._visible(role, self.hospital + self.below).ids, self.hospital.ids)

    def test_hidden_in_counts_groups_and_suggestions(self):
        """What is hidden is neither counted, summed, grouped nor suggested."""
        partners = self.env['res.partner'].with_user(self.user_internal)
        domain = [('id', 'in', (self.hospital + self.below).ids)]
        self.assertEqual(partners.search_count(domain), 1)
        groups = partners.formatted_read_group(domain, ['pharma_type'], ['__count'])
        self.assertEqual([(group['pharma_type'], group['__count']) for group in groups],
                         [('hospital', 1)])
        self.assertEqual(partners.name_search("权限测试人"), [])
        self.assertEqual(partners.name_search("权限测试科"), [])
        self.assertTrue(partners.name_search("权限测试医院"))
        hospital = self.hospital.with_user(self.user_internal)
        self.assertFalse(hospital.pharma_child_ids)
        self.assertFalse(hospital.department_count)

    @mute_logger('odoo.addons.base.models.ir_rule')
    def test_hidden_by_id_and_export(self):
        """Knowing the id does not help, the right to export neither."""
        self.user_internal.group_ids += self.env.ref('base.group_allow_export')
        for record in self.below:
            with self.assertRaises(AccessError):
                record.with_user(self.user_internal).read(['name'])
            with self.assertRaises(AccessError):
                record.with_user(self.user_internal).export_data(['name'])

    @mute_logger('odoo.addons.base.models.ir_rule', 'odoo.addons.base.models.ir_model')
    def test_portal(self):
        """A hospital's portal user sees neither its doctors nor what we note on his company."""
        self.user_portal.partner_id.parent_id = self.hospital
        visible = self._visible('portal', self.hospital + self.below + self.user_portal.partner_id)
        self.assertEqual(visible.ids, (self.hospital + self.user_portal.partner_id).ids)
        with self.assertRaises(AccessError):
            self.person.with_user(self.user_portal).read(['name'])
        with self.assertRaises(AccessError):
            self.hospital.with_user(self.user_portal).read(['hospital_level'])
        for model in ('pharma.alias', 'pharma.specialty', 'pharma.division', 'pharma.search.name'):
            with self.subTest(model=model), self.assertRaises(AccessError):
                self.env[model].with_user(self.user_portal).search([])

    @mute_logger('odoo.addons.base.models.ir_rule', 'odoo.addons.base.models.ir_model')
    def test_aliases(self):
        """Everybody with a role reads other names, stewards decide."""
        alias = self._create_alias(name="权测院", partner_id=self.hospital.id)
        for role in (*SEES_PERSONS, 'service'):
            with self.subTest(role=role):
                reader = self.users_by_role[role]
                self.assertEqual(alias.with_user(reader).partner_id, self.hospital)
        with self.assertRaises(AccessError):
            alias.with_user(self.user_internal).read(['name'])
        with self.assertRaises(AccessError):
            alias.with_user(self.user_representative).action_ignore()
        alias.with_user(self.user_steward).action_ignore()
        self.assertEqual((alias.status, alias.decided_by_id), ('ignored', self.user_steward))

    def test_representative_maintains_customers(self):
        """A representative enters a department with a doctor."""
        partners = self.env['res.partner'].with_user(self.user_representative)
        department = partners.create({
            'name': "新科室", 'pharma_type': 'department', 'parent_id': self.hospital.id})
        person = partners.create({
            'name': "新医生", 'pharma_type': 'person', 'parent_id': department.id})
        self.assertEqual(person.commercial_partner_id, self.hospital)

    def test_other_company(self):
        """A hospital of another company is not seen, a shared one is."""
        other = self.env['res.company'].create({'name': "另一家公司"})
        foreign = self._create_hospital(name="别家医院", company_id=other.id)
        for role in ('representative', 'director', 'steward'):
            with self.subTest(role=role):
                self.assertEqual(
                    self._visible(role, self.hospital + foreign).ids, self.hospital.ids)
