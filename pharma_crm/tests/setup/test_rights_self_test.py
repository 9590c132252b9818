import random
from datetime import timedelta
from unittest.mock import patch

from odoo.tests import new_test_user, tagged
from odoo.tools import SQL

from ...tools.rights import visible_customers
from ..common import PharmaCrmCommon


@tagged('post_install', '-at_install')
class TestRightsSelfTest(PharmaCrmCommon):
    """The rule and its independent second version agree, and a mistake in either is found."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.health = cls.env['pharma.health.check'].with_user(cls.user_admin)
        cls.today = cls.env['pharma.access']._get_today()
        cls._fill(random.Random(20260615))

    @classmethod
    def _fill(cls, dice):
        """Territories, people, customers and dates without any order."""
        day = cls.today

        def period():
            start = day + timedelta(days=dice.randint(-60, 20))
            return {'date_from': start, 'date_to': dice.choice(
                [False, start + timedelta(days=dice.randint(0, 60))])}

        territories = cls._create_territory(name="顶")
        for number in range(15):
            territories += cls._create_territory(
                name=f"区{number}", parent_id=dice.choice(territories).id)
        lines = cls.env['product.category'].create([
            {'name': f"线{n}", 'is_product_line': True} for n in range(2)])
        line = lambda: dice.choice([False, *lines.ids])  # noqa: E731
        roles = ('representative', 'area_manager', 'product_manager')
        cls.users = cls.env['res.users'].concat(*(
            new_test_user(cls.env, login=f't_{role}_{n}', name=f"{role} {n}",
                          groups=f'pharma_crm.group_pharma_crm_{role}')
            for role in roles for n in range(4)))
        cls.users[0].group_ids += cls.env.ref('account.group_account_invoice')
        for user in cls.users:
            for territory in dice.sample(territories, 2):
                cls._assign(user, territory, product_line_id=line(), role=dice.choice(
                    ['representative', 'manager', 'product_manager']), **period())
        company = cls.env['res.company'].create({'name': "另一家"})
        hospitals = cls.env['res.partner']
        persons = cls.env['res.partner']
        for number in range(40):
            hospital = cls._create_hospital(
                territory=False, name=f"医院{number}",
                company_id=company.id if number % 13 == 0 else False)
            hospitals += hospital
            department = cls._create_department(hospital)
            persons += cls._create_person(department, name=f"医生{number}")
            for territory in dice.sample(territories, dice.randint(0, 2)):
                cls._align(hospital, territory, product_line_id=line(), **period())
        own = hospitals.filtered(lambda hospital: not hospital.company_id)
        for person in dice.sample(persons.filtered(lambda p: not p.company_id), 10):
            cls.env['pharma.affiliation'].create({
                'person_id': person.id, 'is_primary': False,
                'place_id': dice.choice(own - person.commercial_partner_id).id, **period()})
        for number in range(8):
            user, delegate = dice.sample(cls.users, 2)
            cls.env['pharma.delegation'].create({
                'user_id': user.id, 'delegate_id': delegate.id, 'date_from': day,
                'date_to': day + timedelta(days=number - 2 if number > 2 else 0)})
            cls.env['pharma.share'].create({
                'user_id': dice.choice(cls.users).id, 'mode': dice.choice(['read', 'work']),
                'shared_by_id': cls.user_director.id,
                'partner_id': dice.choice(own + persons).id, **period()})
        for user in cls.users[:2]:
            cls.env['res.partner'].with_user(user).create({
                'name': f"自建{user.id}", 'pharma_type': 'pharmacy'}).sudo().alignment_ids.unlink()
        cls._create_distributor()
        cls.env.flush_all()

    def _compare_all(self):
        facts = self.health._get_rights_facts()
        users = self.users + self.user_director + self.user_steward + self.user_service
        return {
            (user.name, work): sets for user in users for work in (False, True)
            for sets in [self.health._compare_rights(user, facts, work)] if any(sets)}

    def test_equal(self):
        self.assertEqual(self._compare_all(), {})
        # Nobody sees all or nothing, so that equal sets say something
        facts = self.health._get_rights_facts()
        sizes = {user: len(visible_customers(
            self.health._get_rights_user(user), facts, self.today)) for user in self.users}
        self.assertGreater(len(set(sizes.values())), 5)
        self.assertLess(max(sizes.values()), len(facts.customers))

    def test_result(self):
        result = self.health._run_check(self.health._get_check('rights'))
        self.assertEqual(result['state'], 'good', result['message'])

    def test_mistakes_in_the_rule_are_found(self):
        """Dates, product lines, delegations or shares forgotten in the rule show."""
        access = type(self.env['pharma.access'])
        read = access._read_visible
        for name, mistake in (
            ('_valid_sql', lambda self, alias: SQL("TRUE")),
            ('_users_sql', lambda self: SQL("SELECT %s::int", self.env.uid)),
            ('_shared_sql', lambda self, mode: SQL("SELECT 0 AS partner_id")),
            ('_entered_sql', lambda self: SQL("SELECT 0")),
            ('_read_visible', lambda self, mode: (*read(self, mode)[:2], None)),
            ('_aligned_sql', lambda self, mode: SQL("SELECT id AS partner_id FROM res_partner")),
        ):
            with self.subTest(name=name), patch.object(access, name, mistake):
                self.assertTrue(self._compare_all())
        with patch.object(access, '_aligned_sql', lambda self, mode: SQL(
                "SELECT id AS partner_id FROM res_partner")):
            result = self.health._run_check(self.health._get_check('rights'))
        self.assertEqual(result['state'], 'bad', result['message'])
        self.assertTrue(result['buttons'])

    def test_sample_rotates(self):
        """Each role is in the sample, every day other users of it."""
        group = self.env.ref('pharma_crm.group_pharma_crm_representative')
        members = self.users.filtered(lambda user: group in user.group_ids)
        first, second = (self.health._pick(members, day) for day in (1, 2))
        self.assertEqual((len(first), len(second)), (3, 3))
        self.assertNotEqual(first, second)
        sample = self.health._get_rights_sample()
        for role in ('representative', 'director', 'steward', 'service', 'product_manager'):
            self.assertTrue(sample.filtered(lambda user, role=role: self.env.ref(
                f'pharma_crm.group_pharma_crm_{role}') in user.group_ids), role)
