from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..common import PharmaCrmCommon


@tagged('post_install', '-at_install')
class TestSearchName(PharmaCrmCommon):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.SearchName = cls.env['pharma.search.name']
        cls.Partner = cls.env['res.partner']
        cls.hospital = cls._create_hospital(
            name="重庆市测甲第一人民医院", ref='QX-0815', email='office@cejia.example.com')
        cls.sibling = cls._create_hospital(name="测甲县中医院")
        cls.department = cls._create_department(cls.hospital, name="测甲心血管内科")
        cls.person = cls._create_person(cls.department, name="单测甲")

    # === HELPERS === #

    def _found(self, typed, user=None, domain=None):
        """What the search box finds among this test's partners, by name."""
        partners = self.Partner.with_user(user) if user else self.Partner
        return partners.search(
            Domain('search_name', 'ilike', typed) & Domain(domain or Domain.TRUE))

    def _suggested(self, typed, user=None, **options):
        """What a drop-down suggests."""
        partners = self.Partner.with_user(user) if user else self.Partner
        return partners.browse([found[0] for found in partners.name_search(typed, **options)])

    def assertFinds(self, typed, record, message=None):
        self.assertIn(record, self._found(typed), message or typed)
        self.assertIn(record, self._suggested(typed), message or typed)

    def assertFindsNot(self, typed, record, message=None):
        self.assertNotIn(record, self._found(typed), message or typed)
        self.assertNotIn(record, self._suggested(typed), message or typed)

    def assertConsistent(self):
        self.assertEqual(self.SearchName._check_consistency(), {})

    # === FINDING === #

    def test_hospital_is_found_by_parts_and_initials(self):
        """Two characters, longer parts, digits for numerals, initials, mixtures, codes."""
        for typed in ("测甲", "重庆市测甲", "庆市测", "测甲第1人民", "第一人民 测甲", "cqscjd",
                      "cjdyrm", "测甲dy", "QX-0815", "qx0815", "0815", "OFFICE@cejia"):
            self.assertFinds(typed, self.hospital)
        for typed in ("甲测", "测甲第二", "zqscjd", "测甲xx", "QX-0816"):
            self.assertFindsNot(typed, self.hospital)

    def test_one_character(self):
        hospital = self._create_hospital(name="鑨测乙医院")
        self.assertFinds("鑨", hospital)
        self.assertFindsNot("鑨", self.hospital)

    def test_person_is_found_by_hospital_and_name(self):
        """Words may stand in the hospital's name; the hospital alone does not bring its doctors."""
        self.assertFinds("重庆市测甲 单测甲", self.person)
        self.assertFinds("单测甲 cqscj", self.person)
        self.assertFinds("scj", self.person, "a surname is read as a surname")
        self.assertFindsNot("重庆市测甲", self.person)
        self.assertFindsNot("测甲县 单测甲", self.person)

    def test_plain_contact_is_found_by_company_name(self):
        """Contacts that are no customers of ours are found as in Odoo."""
        company = self.Partner.create({'name': "测丙贸易有限公司", 'is_company': True})
        contact = self.Partner.create({'name': "陆测丁", 'parent_id': company.id})
        address = self.Partner.create({'parent_id': company.id, 'type': 'invoice'})
        for record in (company, contact, address):
            self.assertFinds("测丙贸易", record)
        company.name = "测戊贸易有限公司"
        self.assertFindsNot("测丙贸易", contact)
        self.assertFinds("测戊贸易", contact)
        self.assertConsistent()

    def test_wildcards_are_harmless(self):
        for typed in ("%", "_", "\\", "（", "%%%", "'; DROP TABLE res_partner; --"):
            self.assertFindsNot(typed, self.department, typed)
        for typed in ("测甲%", "测%甲", "_测甲", "（测甲"):
            self.assertFinds(typed, self.department, "marks are ignored")
        self.assertFindsNot("测_血管", self.department, "a mark stands for nothing")

    def test_empty_text_restricts_nothing(self):
        self.assertIn(self.hospital, self.Partner.search([('search_name', 'ilike', '')]))
        self.assertTrue(self.Partner.name_search('', limit=3))

    def test_operators(self):
        """Equal, and the negations."""
        mine = Domain('id', 'in', (self.hospital + self.sibling).ids)
        search = self.Partner.search
        self.assertEqual(search(mine & Domain('search_name', '=', "测甲县 中医院")), self.sibling)
        self.assertEqual(search(mine & Domain('search_name', 'not ilike', "中医院")), self.hospital)
        self.assertEqual(search(mine & Domain('search_name', '!=', "测甲县中医院")), self.hospital)
        self.assertEqual(search(mine & Domain('display_name', 'not ilike', "zyy")), self.hospital)
        either = Domain('search_name', 'ilike', "中医院") | Domain('ref', '=', 'QX-0815')
        self.assertEqual(search(mine & either, order='id'), self.hospital + self.sibling)

    def test_links_are_searched_by_all_names(self):
        """A domain on the name of a link finds other names, too."""
        self._create_alias(name="渝测甲医院", partner_id=self.hospital.id)
        lead = self.env['crm.lead'].create({'name': "L", 'partner_id': self.hospital.id})
        for typed in ("渝测甲", "cqscj"):
            self.assertIn(lead, self.env['crm.lead'].search([('partner_id', 'ilike', typed)]))

    def test_every_way_to_search_agrees(self):
        """Pages, counts and the ways for few and for many matches give the same records."""
        partners = self.Partner.create([
            {'name': f"测己{number}分店", 'pharma_type': 'pharmacy'} for number in range(30)])
        domain = [('search_name', 'ilike', "测己")]
        everything = self.Partner.search(domain, order='pinyin_key, id')
        self.assertEqual(set(everything), set(partners))
        self.assertEqual(self.Partner.search_count(domain), 30)
        self.assertEqual(self.Partner.search_count(domain, limit=10), 10)
        pages = [
            self.Partner.search(domain, offset=offset, limit=8, order='pinyin_key, id')
            for offset in range(0, 40, 8)]
        self.assertEqual(self.Partner.union(*pages).ids, everything.ids)
        self.assertEqual([len(page) for page in pages], [8, 8, 8, 6, 0])
        self.patch(
            type(self.Partner), '_search_name_estimate', lambda self, matches: 10 ** 9)
        self.assertEqual(self.Partner.search(domain, order='pinyin_key, id'), everything)
        self.assertEqual(
            self.Partner.search([('search_name', 'ilike', "cj")]) & everything, everything)

    def test_page_beyond_the_first_candidates(self):
        """A page is full also where most of the first matches fail the other conditions."""
        self.Partner.create([{
            'name': f"测庚{number:03}店", 'pharma_type': 'pharmacy',
            'city': 'A' if number < 290 else 'B',
        } for number in range(300)])
        found = self.Partner.search(
            [('search_name', 'ilike', "测庚"), ('city', '=', 'B')], limit=5, order='pinyin_key')
        self.assertEqual(found.mapped('name'), [f"测庚{number}店" for number in range(290, 295)])
        suggested = self._suggested("测庚", domain=[('city', '=', 'B')], limit=5)
        self.assertEqual(set(suggested.mapped('city')), {'B'})
        self.assertEqual(len(suggested), 5)

    def test_page_with_its_count(self):
        """A list tells how many there are, up to its limit, whatever its order."""
        self.Partner.create([
            {'name': f"测辛{number:02}店", 'pharma_type': 'pharmacy'} for number in range(12)])
        domain = [('search_name', 'ilike', "测辛")]
        for order in ('pinyin_key', 'name desc', None):
            for count_limit, length in ((10, 10), (100, 12), (None, 12)):
                with self.subTest(order=order, count_limit=count_limit):
                    answer = self.Partner.web_search_read(
                        domain, {'name': {}}, limit=5, order=order, count_limit=count_limit)
                    self.assertEqual(answer['length'], length)
                    self.assertEqual(
                        [row['name'] for row in answer['records']],
                        self.Partner.search(domain, limit=5, order=order).mapped('name'))

    # === DROP-DOWNS === #

    def test_drop_down_ranks(self):
        """The equal name first, then those that begin so, shorter ones before longer ones."""
        names = ["海州测辛医院", "测辛医院东院区分部", "测辛医院", "测辛医院东院区"]
        for name in names:
            self._create_hospital(name=name)
        suggested = self._suggested("测辛医院").mapped('name')
        self.assertEqual(
            suggested, ["测辛医院", "测辛医院东院区", "测辛医院东院区分部", "海州测辛医院"])
        self.assertEqual(self._suggested("cxyy", limit=1).name, "测辛医院")

    def test_drop_down_respects_domain_and_archive(self):
        self.assertEqual(
            self._suggested("测甲", domain=[('pharma_type', '=', 'department')]), self.department)
        self.sibling.active = False
        self.assertFindsNot("测甲县", self.sibling)
        self.assertIn(self.sibling, self.Partner.with_context(active_test=False).search(
            [('search_name', 'ilike', "测甲县")]))

    def test_customers_come_first_on_orders(self):
        """Where an order asks for the customer, those who bought before lead."""
        first, second = (self._create_hospital(name=f"测壬{suffix}医院") for suffix in ("", "东区"))
        second.customer_rank = 5
        self.assertEqual(self._suggested("测壬"), first + second)
        orders = self.Partner.with_context(res_partner_search_mode='customer')
        self.assertEqual([found[0] for found in orders.name_search("测壬")], [second.id, first.id])

    # === RIGHTS === #

    def test_hidden_persons_are_not_found(self):
        """Service and plain users find the hospital, never its departments and persons."""
        for user in (self.user_service, self.user_internal):
            self.assertIn(self.hospital, self._suggested("测甲", user))
            for typed in ("测甲", "scj", "重庆市测甲 单测甲"):
                hidden = self.department + self.person
                self.assertFalse(self._found(typed, user) & hidden)
                self.assertFalse(self._suggested(typed, user) & hidden)
                self.assertFalse(self._found(typed, user, [('pharma_type', '=', 'person')]))
        count = self.Partner.with_user(self.user_service).search_count
        self.assertEqual(count([('search_name', 'ilike', "单测甲")]), 0)
        self.assertIn(self.person, self._suggested("scj", self.user_representative))

    def test_whoever_sees_a_part_finds_all_of_it(self):
        """A page and a drop-down hold all that the user sees, for whatever reason he sees it."""
        user = self.user_representative
        hidden = self.Partner.create([
            {'name': f"测壬{number:03}店", 'pharma_type': 'pharmacy'} for number in range(300)])
        own = self._create_hospital(name="测壬甲医院")
        elsewhere = self._create_hospital(name="乙医院", territory=False)
        person = self._create_person(elsewhere, name="测壬有兼职")
        self.env['pharma.affiliation'].create({
            'person_id': person.id, 'place_id': own.id, 'date_from': '2020-01-01'})
        shared = self._create_hospital(name="测壬丙医院", territory=False)
        self.env['pharma.share'].create({
            'partner_id': shared.id, 'user_id': user.id, 'shared_by_id': self.env.uid,
            'date_from': '2020-01-01'})
        entered = self.Partner.with_user(user).create({
            'name': "测壬新医院", 'pharma_type': 'hospital'}).with_env(self.env)
        visible = own + self._create_person(own, name="测壬大夫") + person + shared + (
            self._create_person(shared, name="测壬主任")) + entered + (
            self._create_distributor(name="测壬医药")) + self.Partner.create({'name': "测壬联系人"})
        domain = [('search_name', 'ilike', "测壬")]
        partners = self.Partner.with_user(user)
        self.assertEqual(partners.search(domain, order='name').ids, visible.sorted('name').ids)
        page = partners.search(domain, limit=50, order='pinyin_key')
        self.assertEqual(page.ids, visible.sorted('pinyin_key').ids)
        self.assertEqual(set(self._suggested("测壬", user)), set(visible))
        everything = partners.with_user(self.user_director)
        self.assertEqual(everything.search_count(domain), len(visible) + len(hidden))

    def test_portal_user_learns_nothing(self):
        """A portal user finds neither customers nor by other names."""
        self._create_alias(name="门户别名", partner_id=self.user_portal.partner_id.id)
        portal = self.Partner.with_user(self.user_portal)
        self.assertFalse(portal.name_search("测甲"))
        self.assertFalse(portal.name_search("门户别名"))
        with self.assertRaises(AccessError):
            portal.search([('search_name', 'ilike', "测甲")])

    @mute_logger('odoo.addons.base.models.ir_model')
    def test_nobody_reads_or_writes_the_table(self):
        for role, user in self.users_by_role.items():
            names = self.SearchName.with_user(user)
            with self.assertRaises(AccessError, msg=role):
                names.search([])
            with self.assertRaises(AccessError, msg=role):
                names.create({'model': 'res.partner', 'res_id': 1, 'source': 'name',
                              'text': 'x', 'letters': 'x', 'sort_key': ''})

    # === KEEPING === #

    def test_renamed_moved_and_deleted(self):
        self.hospital.name = "渝州测癸医院"
        self.assertFinds("测癸", self.hospital)
        self.assertFindsNot("重庆市测甲", self.hospital)
        self.assertEqual(self.hospital.pinyin_key, 'yu zhou ce gui yi yuan')
        self.assertTrue(self.person.pinyin_key.startswith('yu zhou ce gui yi yuan'))
        self.hospital.ref = 'NEW-1'
        self.assertFinds("NEW-1", self.hospital)
        self.assertFindsNot("QX-0815", self.hospital)
        self.department.parent_id = self.sibling
        self.assertConsistent()
        self.person.pharma_type = False
        self.assertConsistent()
        self.person.unlink()
        self.assertConsistent()

    def test_creating_many_takes_few_statements(self):
        """One statement per batch, not per record."""
        def create(count, start):
            self.Partner.create([
                {'name': f"测子{start + number}店", 'pharma_type': 'pharmacy'}
                for number in range(count)])
            self.env.flush_all()
        calls = []
        index = type(self.SearchName)._index
        self.patch(type(self.SearchName), '_index', lambda model, *args: (
            calls.append(args), index(model, *args)))
        create(200, 0)
        self.assertLessEqual(len([call for call in calls if call[0] == 'res.partner']), 2)
        self.assertEqual(self.Partner.search_count([('search_name', 'ilike', "测子")]), 200)
        self.assertConsistent()

    def test_aliases(self):
        """Confirmed names only, of the customer that they stand for now."""
        alias = self._create_alias(name="渝东医疗中心")
        self.assertFindsNot("渝东医疗", self.hospital)
        alias.partner_id = self.hospital
        self.assertFinds("渝东医疗", self.hospital)
        self.assertFinds("ydylzx", self.hospital)
        alias.partner_id = self.sibling
        self.assertFindsNot("渝东医疗", self.hospital)
        self.assertFinds("渝东医疗", self.sibling)
        alias.action_reopen()
        self.assertFindsNot("渝东医疗", self.sibling)
        alias.write({'partner_id': self.hospital.id})
        alias.unlink()
        self.assertFindsNot("渝东医疗", self.hospital)
        self.assertConsistent()

    def test_names_written_by_sql_are_indexed_on_call(self):
        """Whoever writes by SQL calls _index; the check tells when it was forgotten."""
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE res_partner SET name = '测丑医院' WHERE id = %s", [self.hospital.id])
        self.Partner.invalidate_model()
        found = self.SearchName._check_consistency()
        for kind, text in (('missing', "测丑医院"), ('surplus', "重庆市测甲第1人民医院")):
            self.assertEqual([row[2] for row in found['res.partner'][kind]], [text])
        self.SearchName._index('res.partner', self.hospital.ids)
        self.assertConsistent()
        self.assertFinds("测丑", self.hospital)

    def test_check_finds_wrong_tokens_and_orphans(self):
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE pharma_search_name SET grams = '{x}' "
            "WHERE model = 'res.partner' AND res_id = %s AND source = 'name'", [self.person.id])
        self.env.cr.execute(
            "INSERT INTO pharma_search_name "
            "(model, res_id, source, text, letters, sort_key, owner, grams) "
            "VALUES ('product.template', 2000000000, 'name', 'x', 'x', '', 0, '{}')")
        found = self.SearchName._check_consistency()
        self.assertEqual([row[0] for row in found['res.partner']['tokens']], self.person.ids)
        self.assertEqual(
            [row[0] for row in found['product.template']['surplus']], [2000000000])

    def test_rebuilding_gives_the_same(self):
        self._create_alias(name="渝东医疗中心", partner_id=self.hospital.id)
        self._create_product()
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE res_partner SET pinyin_key = NULL WHERE id = %s", [self.person.id])
        self.env.cr.execute("DELETE FROM pharma_search_name")
        for model_name in self.SearchName._indexed_models():
            self.assertTrue(self.SearchName._rebuild(model_name))
        self.assertConsistent()
        self.assertTrue(self.person.pinyin_key.endswith('shan ce jia'))
        self.env.cr.execute(
            "SELECT count(*) FROM pg_indexes WHERE indexname = 'pharma_search_name_grams_idx'")
        self.assertEqual(self.env.cr.fetchone(), (1,))

    # === PRODUCTS === #

    def test_products(self):
        """By name, generic name, other name, initials, code; templates and variants alike."""
        product = self._create_product(
            name="测立普 20mg*7片", drug_generic_name="测伐他汀钙片", default_code='CL-20')
        self._create_alias(name="测立普妥片", kind='product', product_id=product.id)
        variant = product.product_variant_id
        for typed in ("立普", "clp", "测伐他汀", "cftt", "立普妥", "CL-20", "CL-2", "20mg"):
            for model, record in (('product.template', product), ('product.product', variant)):
                suggested = [found[0] for found in self.env[model].name_search(typed)]
                self.assertIn(record.id, suggested, (typed, model))
        for typed in ("立普", "clp", "cftt", "立普妥"):
            domain = [('search_name', 'ilike', typed)]
            self.assertIn(product, self.env['product.template'].search(domain))
            self.assertIn(variant, self.env['product.product'].search(domain))
        self.assertFalse(self.env['product.product'].name_search("测立普xyz"))
        product.drug_generic_name = "瑞舒伐他汀钙片"
        self.assertNotIn(product.id, dict(self.env['product.template'].name_search("cftt")))
        product.unlink()
        self.assertConsistent()

    def test_product_is_found_in_every_language(self):
        self.env['res.lang']._activate_lang('zh_CN')
        product = self._create_product(name="Cejiatin Tablets")
        product.with_context(lang='zh_CN').name = "测甲汀片"
        for typed in ("测甲汀", "cjt", "cejiatin"):
            self.assertIn(product.id, dict(self.env['product.template'].name_search(typed)), typed)
        self.assertConsistent()

    def test_users_are_still_found(self):
        """Odoo's own search for users by login and name works on."""
        for typed in ("Pharma Steward", "pharma_steward"):
            found = dict(self.env['res.users'].name_search(typed))
            self.assertIn(self.user_steward.id, found, typed)
