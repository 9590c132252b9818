from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common_merge import MergeCommon


@tagged('post_install', '-at_install')
class TestMerge(MergeCommon):

    def assertRefused(self, keep, sources, text=""):
        before = (keep | sources).mapped('active')
        with self.assertRaisesRegex(UserError, text):
            self.merges._merge(keep, sources)
        self.assertEqual((keep | sources).mapped('active'), before)
        self.assertFalse((keep | sources).merged_into_id)

    # === NAMES === #

    def test_names(self):
        """The kept customer is found by the names and codes of the others, and only it."""
        partners = self.env['res.partner']
        merge = self._merge()
        for text in (self.twin.name, "CJ2", "澄江市第一"):
            found = partners.name_search(text)
            self.assertEqual([partner_id for partner_id, _name in found], self.keep.ids, text)
        alias = self.env['pharma.alias'].search([('name', '=', self.twin.name)])
        self.assertEqual((alias.partner_id, alias.status), (self.keep, 'confirmed'))
        self.assertFalse(self.env['pharma.search.name']._check_consistency())
        merge.action_undo()
        self.assertFalse(alias.exists())
        self.assertEqual(
            [partner_id for partner_id, _name in partners.name_search("CJ2")], self.twin.ids)
        self.assertFalse(self.env['pharma.search.name']._check_consistency())

    def test_name_that_stood_open(self):
        """A name that nobody had decided on stands for the kept customer; a decided one stays."""
        other = self._create_hospital(name="澄江市妇幼保健院")
        todo = self._create_alias(name=self.twin.name)
        merge = self._merge()
        self.assertEqual((todo.partner_id, todo.status), (self.keep, 'confirmed'))
        merge.action_undo()
        self.assertEqual((todo.partner_id.id, todo.status), (False, 'todo'))
        todo.partner_id = other
        self._merge()
        self.assertEqual(todo.partner_id, other)

    def test_names_of_persons(self):
        """A doctor's name is no name of a customer in files."""
        self.twin_person.name = "林智远"
        self._merge(self.person, self.twin_person)
        self.assertFalse(self.env['pharma.alias'].search([('name', '=', "林智远")]))
        found = self.env['res.partner'].name_search("林智远")
        self.assertEqual([partner_id for partner_id, _name in found], self.person.ids)

    # === VALUES === #

    def test_values(self):
        """The chosen value holds; what is empty is filled; the rest stays."""
        self.keep.write({'email': "a@example.com", 'comment': "<p>老客户</p>"})
        self.twin.email = "b@example.com"
        self._merge(values={'name': self.twin.id, 'email': self.keep.id})
        self.assertRecordValues(self.keep, [{
            'name': "澄江市第一人民医院", 'email': "a@example.com", 'phone': "0877-6661234",
            'street': "人民路1号", 'website': "https://cj.example.com", 'hospital_level': '3'}])
        self.assertEqual(self.person.complete_name, "澄江市第一人民医院, 心血管内科, 林知远")
        # The name that it lost leads to it as well
        alias = self.env['pharma.alias'].search([('name', '=', "澄江市人民医院")])
        self.assertEqual(alias.partner_id, self.keep)

    def test_own_fields(self):
        kind = self.keep.partner_type_id
        kind.property_definition = [
            {'name': 'beds', 'string': "床位", 'type': 'integer'},
            {'name': 'friend', 'string': "友院", 'type': 'many2one', 'comodel': 'res.partner'}]
        other = self._create_hospital(name="友好医院")
        self.twin.pharma_properties = {'beds': 300, 'friend': False}
        other.pharma_properties = {'beds': 5, 'friend': self.twin.id}
        merge = self._merge()
        self.assertEqual(self.keep.pharma_properties['beds'], 300)
        self.assertEqual(other.pharma_properties['friend'], self.keep)
        merge.action_undo()
        self.assertFalse(self.keep.pharma_properties['beds'])
        self.assertEqual(other.pharma_properties['friend'], self.twin)

    def test_terms_of_companies(self):
        term = self.env['account.payment.term'].create({'name': "月结"})
        self.twin.property_payment_term_id = term
        merge = self._merge()
        self.assertEqual(self.keep.property_payment_term_id, term)
        merge.action_undo()
        self.assertFalse(self.keep.property_payment_term_id)

    def test_posts(self):
        """Of two primary posts of a person the kept one's stays; the other is a further post."""
        self._merge(self.person, self.twin_person)
        posts = self.person.sudo().affiliation_ids
        self.assertEqual(posts.place_id, self.department | self.twin_department)
        self.assertEqual(posts.filtered('is_primary').place_id, self.department)
        self.assertEqual(self.person.parent_id, self.department)

    # === LEVELS === #

    def test_people_of_the_merged(self):
        """Departments and persons come to the kept hospital; namesakes stay apart unless wanted."""
        self._merge()
        self.assertEqual(self.twin_department.parent_id, self.keep)
        self.assertEqual(self.twin_person.commercial_partner_id, self.keep)
        self.assertEqual(self.twin_person.complete_name, "澄江市人民医院, 心血管内科, 林知远")
        self.assertFalse(self.twin_person.merged_into_id)
        self.assertEqual(self.person.sudo().affiliation_ids.hospital_id, self.keep)
        self.assertEqual(self.twin_person.sudo().affiliation_ids.hospital_id, self.keep)

    def test_two_phones_are_two_persons(self):
        self.person.phone = "13700002222"
        self._merge(alike=True)
        self.assertEqual(self.twin_department.merged_into_id, self.department)
        self.assertFalse(self.twin_person.merged_into_id)
        self.assertEqual(self.twin_person.parent_id, self.department)

    # === WHAT IS REFUSED === #

    def test_refused(self):
        self.assertRefused(self.keep, self.keep)
        self.assertRefused(self.keep, self.department, "心血管内科")
        self.assertRefused(self.department, self.person)
        self.assertRefused(self.keep, self._create_distributor(), "海州医药")
        self.assertRefused(self.keep, self.user_internal.partner_id)
        self.assertRefused(self.keep, self.env.company.partner_id)
        branch = self._create_department(self.department, name="冠心病组")
        self.assertRefused(self.department, branch)
        # A terminal of a wrong kind, and a contact without any, are merged
        clinic = self._create_partner_of_type('primary_care', name="澄江卫生院")
        plain = self.env['res.partner'].create({'name': "澄江医院采购", 'is_company': True})
        self._merge(sources=clinic | plain)
        self.assertEqual((clinic | plain).merged_into_id, self.keep)
        with self.assertRaisesRegex(UserError, self.keep.name):
            self._merge(self._create_hospital(name="另一家"), plain)

    def assertCompaniesRefused(self, companies):
        self.keep.company_id, self.twin.company_id = companies
        self.env.flush_all()
        with self.assertRaises(UserError):
            self.merges._merge(self.keep, self.twin)

    def test_companies(self):
        one = self.env.company
        two = self.env['res.company'].create({'name': "二公司"})
        none = self.env['res.company']
        for partner in (self.keep | self.twin)._get_below():
            partner.sudo().alignment_ids.unlink()
        (self.keep | self.twin).sudo().alignment_ids.unlink()
        self.assertCompaniesRefused((one, two))
        self.assertCompaniesRefused((one, none))
        self.keep.company_id, self.twin.company_id = none, one
        self._merge()
        self.assertEqual(self.twin.merged_into_id, self.keep)

    # === ODOO'S OWN MERGE === #

    def test_wizard_of_odoo(self):
        wizard = self.env['base.partner.merge.automatic.wizard'].create({})
        wizard._merge((self.keep | self.twin).ids, self.keep)
        self.assertEqual(self.twin.merged_into_id, self.keep)
        self.assertTrue(self.merges.search([('partner_id', '=', self.keep.id)]))
        # Plain contacts are merged as ever
        one, two = self.env['res.partner'].create([{'name': "甲"}, {'name': "乙"}])
        wizard._merge((one | two).ids, one)
        self.assertFalse(two.exists())
        self.assertFalse(self.merges.search([('partner_id', '=', one.id)]))

    # === RIGHTS === #

    def test_roles(self):
        for role, user in self.users_by_role.items():
            merges = self.merges.with_user(user)
            if role in ('steward', 'director', 'admin'):
                merge = merges._merge(
                    self.keep.with_user(user), self.twin.with_user(user))
                self.assertEqual(merge.user_id, user)
                self.assertTrue(merge.can_undo)
                merge.action_undo()
                self.assertEqual((merge.state, merge.undone_by_id), ('undone', user))
            else:
                with self.assertRaises(AccessError, msg=role):
                    merges._merge(self.keep.with_user(user), self.twin.with_user(user))
        merge = self._merge()
        for role, user in self.users_by_role.items():
            allowed = role in ('steward', 'director', 'admin')
            self.assertEqual(merge.with_user(user).has_access('read'), allowed, role)
            self.assertFalse(merge.with_user(user).has_access('write'), role)
            self.assertEqual(
                self.env['pharma.merge.wizard'].with_user(user).has_access('create'), allowed)
            if not allowed:
                with self.assertRaises(AccessError):
                    merge.with_user(user).action_undo()

    # === WIZARD === #

    def _open(self, partners, user=None):
        user = user or self.user_steward
        return self.env['pharma.merge.wizard'].with_user(user).create({
            'partner_ids': [Command.set(partners.ids)]})

    def test_wizard(self):
        """Side by side: the fullest is kept, differing values are marked, the user chooses."""
        wizard = self._open(self.keep | self.twin)
        wizard.keep_id = self.keep
        rows = {row['name']: row for row in wizard.comparison['rows']}
        self.assertTrue(rows['name']['differs'])
        self.assertEqual(rows['phone']['chosen'], self.twin.id)
        self.assertEqual([value['text'] for value in rows['ref']['values']], ["CJ1", "CJ2"])
        self.assertFalse(rows['country_id']['differs'] if 'country_id' in rows else False)
        self.assertIn("心血管内科", wizard.alike_names)
        self.assertIn("林知远", wizard.alike_names)
        self.assertFalse(wizard.problem)
        wizard.choices = {'ref': self.twin.id}
        action = wizard.action_merge()
        self.assertEqual(action['res_id'], self.keep.id)
        self.assertEqual(self.keep.ref, "CJ2")
        self.assertEqual(self.twin_person.merged_into_id, self.person)

    def test_wizard_keeps_one_of_them(self):
        """The kept customer is among those that were chosen."""
        wizard = self._open(self.keep | self.twin)
        wizard.keep_id = self._create_hospital()
        with self.assertRaises(UserError):
            wizard.action_merge()

    def test_merged_stays_archived(self):
        """A merged customer comes back by the undo alone."""
        self.merges._merge(self.keep, self.twin)
        for back in (self.twin.action_unarchive, lambda: self.twin.write({'active': True})):
            with self.assertRaises(UserError), self.cr.savepoint():
                back()
        self.assertFalse(self.twin.active)

    def test_wizard_tells_problems(self):
        wizard = self._open(self.keep | self.department)
        self.assertIn("心血管内科", wizard.problem)

    def test_wizard_counts(self):
        self.env['crm.lead'].create([
            {'name': "商机", 'partner_id': self.twin.id} for _number in range(3)])
        wizard = self._open(self.keep | self.twin)
        wizard.keep_id = self.keep
        rows = self.merges._count_links({self.twin.id: self.keep.id})
        label = self.merges._get_table_labels(['crm_lead'])['crm_lead']
        self.assertIn({'label': label, 'count': 3}, rows)
        self.assertIn(label, wizard.effect)

    def test_from_a_list(self):
        wizard = self.env['pharma.merge.wizard'].with_user(self.user_steward).with_context(
            active_model='res.partner', active_ids=(self.keep | self.twin).ids).create({})
        self.assertEqual(wizard.partner_ids, self.keep | self.twin)
        context = self.keep.action_merge()['context']
        self.assertEqual(context['default_partner_ids'], self.keep.ids)
