from odoo.tests import Form, tagged

from ..common import PharmaCrmCommon


@tagged('post_install', '-at_install')
class TestPartyTree(PharmaCrmCommon):
    """Hospital, campus, department and person, maintained by a representative: what Odoo does
    between a contact and its company must not harm any of them.

    hospital (甲路 1 号) ── campus ── department ── person
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(user=cls.user_representative)
        cls.hospital = cls._create_hospital(
            street="甲路 1 号", city="海州市", vat='91320700MA1ABCDE0X')
        cls.campus = cls._create_campus(cls.hospital)
        cls.department = cls._create_department(cls.campus)
        cls.person = cls._create_person(cls.department)
        cls.below = cls.campus + cls.department + cls.person

    # === UPWARDS === #

    def test_nothing_is_written_upwards(self):
        """An address or tax number entered below stays there, at every level."""
        for record in self.below:
            with self.subTest(kind=record.pharma_type):
                superiors = record._get_superiors()
                before = [superior.read(['street', 'city', 'vat'])[0] for superior in superiors]
                record.write({'street': f"{record.pharma_type} 路", 'city': "别处", 'vat': '1'})
                after = [superior.read(['street', 'city', 'vat'])[0] for superior in superiors]
                self.assertEqual(after, before)
                self.assertEqual((record.city, record.vat), ("别处", '1'))

    def test_new_child_leaves_the_hospital_alone(self):
        """Entering somebody with an address in a hospital without one does not fill it in."""
        hospital = self._create_hospital(name="无址医院")
        department = self._create_department(hospital, street="乙路 2 号", vat='2')
        person = self._create_person(department, street="丙路 3 号", vat='3')
        self.assertFalse(hospital.street or hospital.vat)
        self.assertEqual((department.street, department.vat), ("乙路 2 号", '2'))
        self.assertEqual((person.street, person.vat), ("丙路 3 号", '3'))

    def test_plain_contact_does_not_change_the_hospital(self):
        """Nor does a contact without a kind, such as a portal user's own."""
        contact = self.env['res.partner'].create({
            'name': "采购", 'parent_id': self.hospital.id})
        self.assertEqual(contact.street, "甲路 1 号")
        contact.write({'street': "家里", 'vat': '4'})
        self.assertEqual(self.hospital.street, "甲路 1 号")
        self.assertEqual(self.hospital.vat, '91320700MA1ABCDE0X')
        self.hospital.street = "新路 9 号"
        self.assertEqual(contact.street, "新路 9 号")

    # === ADDRESS === #

    def test_address_is_shown_not_copied(self):
        """Who has no address of his own shows that of the next superior with one."""
        for record in self.below:
            self.assertFalse(record.street)
            self.assertIn("甲路 1 号", record.contact_address)
            self.assertIn("甲路 1 号", record.inherited_address)
        self.hospital.street = "新路 9 号"
        for record in self.below:
            self.assertFalse(record.street)
            self.assertIn("新路 9 号", record.contact_address)
        self.campus.street = "东路 5 号"
        self.assertFalse(self.campus.inherited_address)
        for record in self.department + self.person:
            self.assertIn("东路 5 号", record.contact_address)
            self.assertNotIn("新路 9 号", record.contact_address)
        self.assertFalse(self.department.street)

    def test_own_address_survives(self):
        """A department with an address of its own keeps it when hospital or superior change."""
        self.department.street = "门诊楼 3 层"
        self.hospital.street = "新路 9 号"
        self.department.parent_id = self.hospital
        self.assertEqual(self.department.street, "门诊楼 3 层")
        self.assertIn("门诊楼 3 层", self.person.contact_address)

    def test_address_is_not_copied_by_form_and_import(self):
        """Neither choosing a superior in the form nor a file of contacts copies it."""
        with Form(self.env['res.partner']) as form:
            form.name = "表单科"
            form.pharma_type = 'department'
            form.parent_id = self.hospital
        self.assertFalse(form.record.street)
        result = self.env['res.partner'].load(
            ['id', 'name', 'pharma_type', 'parent_id/.id'],
            [['__test__.load', "导入科", 'department', str(self.hospital.id)]])
        self.assertEqual(result['messages'], [])
        loaded = self.env['res.partner'].browse(result['ids'])
        self.assertFalse(loaded.street)
        self.assertEqual(loaded.vat, self.hospital.vat)

    def test_terms_come_from_the_hospital(self):
        """Tax number and terms of trade are the hospital's; a person who leaves takes none."""
        self.assertEqual(set(self.below.mapped('vat')), {self.hospital.vat})
        self.hospital.vat = '91320700MA1ZZZZZ0X'
        self.assertEqual(set(self.below.mapped('vat')), {'91320700MA1ZZZZZ0X'})
        hospital = self._create_hospital(name="无税号医院")
        self.person.parent_id = hospital
        self.assertFalse(self.person.vat)
        colleague = self._create_person(self.department, name="同事")
        self.department.parent_id = hospital
        self.assertFalse((self.department + colleague).filtered('vat'))

    # === NAMES === #

    def test_name_tells_all_levels(self):
        """Two of one name in one hospital do not look alike, in lists and in drop-downs."""
        other = self._create_department(self.hospital, name="骨科")
        twin = self._create_person(other)
        self.assertEqual(self.person.complete_name, "海州市人民医院, 东院区, 心血管内科, 林知远")
        self.assertEqual(twin.display_name, "海州市人民医院, 骨科, 林知远")
        formatted = (self.person + twin).with_context(formatted_display_name=True)
        self.assertEqual(len(set(formatted.mapped('display_name'))), 2)
        self.assertIn("东院区, 心血管内科", formatted[0].display_name)
        alone = self.person.with_context(partner_display_name_hide_company=True)
        self.assertEqual(alone.display_name, "林知远")
        self.assertEqual(self.person.display_name, "海州市人民医院, 东院区, 心血管内科, 林知远")

    def test_renames_reach_everybody_below(self):
        """A new name at any level is in the names of all levels below, and is found."""
        self.campus.name = "南院区"
        self.assertEqual(self.person.complete_name, "海州市人民医院, 南院区, 心血管内科, 林知远")
        self.department.name = "心内科"
        self.hospital.name = "海州市第一医院"
        self.assertEqual(self.person.complete_name, "海州市第一医院, 南院区, 心内科, 林知远")
        self.assertEqual(
            self.person.pinyin_key, self.person._pinyin_key_of(self.person.complete_name))
        self.assertFalse(self.env['pharma.search.name'].sudo()._check_consistency())
        self.department.parent_id = self.hospital
        self.assertEqual(self.person.complete_name, "海州市第一医院, 心内科, 林知远")

    def test_renames_reach_any_depth(self):
        """Departments within departments within departments."""
        place = self.department
        for name in ("一区", "二组", "三室"):
            place = self._create_department(place, name=name)
        deep = self._create_person(place, name="深处")
        self.campus.name = "南院区"
        self.hospital.name = "海州一院"
        self.assertEqual(
            deep.complete_name, "海州一院, 南院区, 心血管内科, 一区, 二组, 三室, 深处")
        self.department.parent_id = self.hospital
        self.assertEqual(deep.complete_name, "海州一院, 心血管内科, 一区, 二组, 三室, 深处")
        self.assertEqual(deep.pinyin_key, deep._pinyin_key_of(deep.complete_name))
        self.assertFalse(self.env['pharma.search.name'].sudo()._check_consistency())

    def test_rename_is_set_based(self):
        """Renaming a hospital costs as many statements with 10 people as with 60."""
        def rename(people):
            hospital = self._create_hospital(name=f"批量医院{people}")
            department = self._create_department(hospital)
            self.env['res.partner'].create([
                {'name': f"张{number}", 'pharma_type': 'person', 'parent_id': department.id}
                for number in range(people)])
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            hospital.name = f"改名医院{people}"
            self.env.flush_all()
            return self.env.cr.sql_log_count - before
        rename(1)
        self.assertLessEqual(rename(60), rename(10) + 2)

    # === OWNER === #

    def test_owner_follows(self):
        """Whoever had the hospital's salesperson gets the new one, others keep theirs."""
        old, new, own = self.user_representative, self.user_area_manager, self.user_director
        self.hospital.user_id = old
        self.assertEqual(self.below.user_id, old)
        self.person.user_id = own
        self.hospital.user_id = new
        self.assertEqual((self.campus + self.department).user_id, new)
        self.assertEqual(self.person.user_id, own)
        self.campus.user_id = old
        self.assertEqual(self.department.user_id, old)
        self.assertEqual(self.hospital.user_id, new)

    def test_owner_of_the_new_hospital(self):
        """A person who goes elsewhere gets the salesperson there, unless he has one of his own."""
        self.hospital.user_id = self.user_representative
        other = self._create_hospital(name="山城医院", user_id=self.user_area_manager.id)
        self.person.parent_id = other
        self.assertEqual(self.person.user_id, self.user_area_manager)
        self.person.user_id = self.user_director
        self.person.parent_id = self.department
        self.assertEqual(self.person.user_id, self.user_director)

    # === OTHERS === #

    def test_company_of_a_lead(self):
        """An opportunity with a doctor or a department is one with their hospital."""
        for record in self.below:
            lead = self.env['crm.lead'].create({'name': "进院", 'partner_id': record.id})
            self.assertEqual(lead.partner_name, "海州市人民医院")
            self.assertEqual(lead.commercial_partner_id, self.hospital)
            self.assertEqual(lead.street, "甲路 1 号")

    def test_addresses_of_documents(self):
        """Invoice and delivery addresses: the nearest of each type."""
        invoice, delivery = self.env['res.partner'].create([
            {'name': "财务科", 'parent_id': self.hospital.id, 'type': 'invoice', 'street': "财路"},
            {'name': "药库", 'parent_id': self.campus.id, 'type': 'delivery', 'street': "库路"},
        ])
        for record in self.hospital + self.below:
            self.assertEqual(record.address_get(['invoice', 'delivery', 'contact']), {
                'contact': record.id, 'invoice': invoice.id, 'delivery': delivery.id})
        near = delivery.copy({'name': "科室药柜", 'parent_id': self.department.id})
        self.assertEqual(self.person.address_get(['delivery'])['delivery'], near.id)
        self.assertEqual(self.hospital.address_get(['delivery'])['delivery'], delivery.id)
        self.assertEqual(delivery.address_get(['delivery', 'other']), {
            'contact': self.campus.id, 'delivery': delivery.id, 'other': self.campus.id})

    def test_addresses_do_not_walk_through_everybody(self):
        """As many queries and as few records in a hospital of hundreds as in one of three."""
        self.env['res.partner'].create([
            {'name': f"员工{number}", 'pharma_type': 'person', 'parent_id': self.department.id}
            for number in range(200)])
        for record in self.hospital + self.person:
            record.address_get(['invoice', 'delivery'])  # what is kept for all calls
            self.env.flush_all()
            self.env.invalidate_all()
            with self.assertQueryCount(9):
                record.address_get(['invoice', 'delivery'])
            self.assertNotIn('child_ids', record._cache)
