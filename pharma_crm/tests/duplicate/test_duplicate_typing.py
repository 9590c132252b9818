from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import tagged

from ..common_territory import TerritoryCase


@tagged('post_install', '-at_install')
class TestDuplicateTyping(TerritoryCase):
    """What is told of doubles while a customer is typed, and what is kept when he is saved."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        province = cls.env.ref('pharma_crm.division_33')
        cls.city = cls.env['pharma.division'].create({
            'name': "湖原市", 'code': '3399', 'level': 'city', 'parent_id': province.id,
            'state_id': province.state_id.id})
        place = {'pharma_city_id': cls.city.id}
        cls.own = cls._create_hospital(
            name="湖原市听涛医院", territory=cls.area_a, phone="0572-2001001", **place)
        cls.other = cls._create_hospital(
            name="湖原市枫桥医院", territory=cls.area_x, vat="12330500471XX0001B", **place)
        cls.person = cls._create_person(cls.other, name="林知远")
        cls._assign(cls.user_representative, cls.area_a, date_from=cls.begin)
        cls._assign(cls.user_area_manager, cls.region, role='manager', date_from=cls.begin)
        cls._assign(cls.colleague, cls.area_x, date_from=cls.begin)
        cls.boss = cls.user_product_manager
        cls._assign(cls.boss, cls.other_region, role='manager', date_from=cls.begin)

    def _find(self, user, **values):
        return self.env['res.partner'].with_user(user).pharma_find_duplicates({
            'pharma_type': 'hospital', 'pharma_city_id': self.city.id, **values})

    def test_own_customer(self):
        """He is told his customer, why, and who holds it."""
        found = self._find(self.user_representative, name="湖原听涛医院")
        self.assertEqual([row['id'] for row in found['candidates']], self.own.ids)
        row = found['candidates'][0]
        self.assertTrue(row['strong'] and found['strong'])
        self.assertIn("海州地区", row['holder'])
        self.assertIn(self.user_representative.name, row['holder'])
        self.assertFalse(found['hidden'])
        # by another name and the phone, in another spelling
        found = self._find(self.user_representative, name="慈安医院", phone="+86 0572 2001001")
        self.assertEqual([row['id'] for row in found['candidates']], self.own.ids)
        self.assertFalse(found['strong'])

    def test_short_name_before_the_place(self):
        """The short form is told while nothing but a name is typed, as a hint."""
        found = self._find(
            self.user_representative, name="听涛医院", pharma_city_id=False)
        self.assertEqual([row['id'] for row in found['candidates']], self.own.ids)
        self.assertFalse(found['strong'])

    def test_hidden_customer(self):
        """Of a stranger's customer he learns that it is there and whom to ask, nothing else."""
        found = self._find(self.user_representative, name="湖原枫桥医院")
        self.assertFalse(found['candidates'])
        self.assertEqual(len(found['hidden']), 1)
        row = found['hidden'][0]
        self.assertEqual(set(row), {'strong', 'reasons', 'holder'})
        self.assertIn("云岭地区", row['holder'])
        self.assertIn(self.boss.name, row['holder'])
        told = str(found)
        for fact in ("枫桥", "12330500", self.city.name, str(self.other.id)):
            self.assertNotIn(fact, told)
        # its tax number is told of as well, a name that is merely similar is not
        self.assertTrue(self._find(
            self.user_representative, name="某某医院", vat="12330500471xx0001b")['hidden'])
        self.assertFalse(self._find(self.user_representative, name="湖原枫乔医院")['hidden'])

    def test_who_is_told_what(self):
        """Stewards, directors and his own people are shown it, strangers are told whom to ask."""
        for user, sees in [
            (self.user_steward, True), (self.user_director, True), (self.user_admin, True),
            (self.colleague, True), (self.boss, True), (self.user_service, True),
            (self.user_area_manager, False), (self.user_representative, False),
        ]:
            with self.subTest(user=user.login):
                found = self._find(user, name="湖原市枫桥医院")
                self.assertEqual([row['id'] for row in found['candidates']],
                                 self.other.ids if sees else [])
                self.assertEqual(len(found['hidden']), 0 if sees else 1)
        with self.assertRaises(AccessError):
            self._find(self.user_portal, name="湖原市枫桥医院")

    def test_persons(self):
        """Same name in the same hospital; of doctors whom the asker does not see, nothing."""
        values = {'name': "林知远", 'pharma_type': 'person', 'parent_id': self.other.id}
        found = self._find(self.colleague, **values)
        self.assertEqual([row['id'] for row in found['candidates']], self.person.ids)
        for user in (self.user_representative, self.user_service):
            found = self._find(user, **values)
            self.assertEqual(found, {'candidates': [], 'hidden': [], 'strong': False})

    def test_other_company(self):
        """What belongs to another company is not even mentioned."""
        company = self.env['res.company'].create({'name': "另一公司"})
        self.other.company_id = company
        self.assertEqual(
            self._find(self.user_steward, name="湖原市枫桥医院"),
            {'candidates': [], 'hidden': [], 'strong': False})

    def test_nonsense(self):
        """What a client makes up does no harm; the record itself is not its own double."""
        partners = self.env['res.partner'].with_user(self.user_steward)
        for values in ({}, {'name': "%' OR 1=1"}, {'name': "医" * 5000}, {'pharma_type': 'x'},
                       {'name': "人民医院", 'pharma_city_id': 999999999, 'other': object}):
            self.assertIn('candidates', partners.pharma_find_duplicates(values))
        found = partners.pharma_find_duplicates(
            {'name': self.own.name, 'pharma_type': 'hospital', 'pharma_city_id': self.city.id},
            self.own.id)
        self.assertFalse(found['candidates'])

    def test_wrong_types(self):
        """What no form sends is left out; the rest is answered."""
        partners = self.env['res.partner'].with_user(self.user_representative)
        found = partners.pharma_find_duplicates({
            'name': "湖原市听涛医院", 'pharma_type': ['x'], 'pharma_city_id': [self.city.id, 'x'],
            'parent_id': {'id': 1}}, partner_id=[3], limit='a')
        self.assertEqual([row['id'] for row in found['candidates']], self.own.ids)
        self.assertFalse(partners.pharma_find_duplicates(None)['candidates'])

    def test_number_of_queries(self):
        """However many customers there are, the same few queries."""
        def count():
            self.env.flush_all()
            self._find(self.user_representative, name="湖原市听涛医院", phone="0572-2001001")
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self._find(self.user_representative, name="湖原市听涛医院", phone="0572-2001001")
            return self.env.cr.sql_log_count - before
        few = count()
        for number in range(5):
            self._create_hospital(name=f"湖原市听涛医院{number}部", territory=self.area_a,
                                  pharma_city_id=self.city.id)
        self.assertLessEqual(count(), few)
        self.assertLess(few, 25)

    # === SAVED IN SPITE OF THE WARNING === #

    def _save(self, knowingly, **values):
        return self.env['res.partner'].with_user(self.user_representative).create({
            'name': "湖原枫桥医院", 'pharma_type': 'hospital', 'pharma_city_id': self.city.id,
            'pharma_duplicate_accepted': knowingly, **values})

    def test_saved_knowingly(self):
        """The history says so without naming the other one, the steward has the pair."""
        partner = self._save(True)
        note = partner.message_ids.filtered(lambda message: "Saved in spite" in message.body)
        self.assertEqual(len(note), 1)
        self.assertNotIn(self.other.name, note.body)
        pair = self.env['pharma.duplicate'].search([('other_id', '=', partner.id)])
        self.assertEqual(pair.partner_id, self.other)
        self.assertEqual(pair.author_id, self.user_representative)
        self.assertEqual(pair.state, 'open')

    def test_saved_without_warning(self):
        """Nothing is noted where nobody was warned, or nothing speaks for a double."""
        for partner in (self._save(False), self._save(True, name="湖原市静川医院")):
            self.assertFalse(partner.message_ids.filtered(
                lambda message: "Saved in spite" in message.body))
            self.assertFalse(self.env['pharma.duplicate'].search(
                [('other_id', '=', partner.id)]))

    def test_children_are_left_alone(self):
        """Contacts entered with their company, and contacts of no kind, are not compared."""
        partner = self._save(False, name="湖原市碧涧医院", child_ids=[
            Command.create({'name': "药剂科", 'pharma_type': 'department'})])
        self.assertEqual(len(partner.child_ids), 1)
        self.env['res.partner'].create({'name': "某人", 'pharma_duplicate_accepted': True})
