import base64
import os
import re
from unittest.mock import patch

from odoo.exceptions import AccessError
from odoo.service.model import get_public_method
from odoo.tests import tagged

from ...models.customer import pharma_person_profile_numbers as numbers
from ...models.customer.pharma_person_profile_numbers import KEY_VARIABLE
from ...models.demo.pharma_demo import DEMO_MODULE
from ..common import PharmaCrmCommon

COUNTED = (
    'res.partner', 'res.users', 'product.template', 'product.category', 'pharma.alias',
    'pharma.affiliation', 'pharma.person.profile', 'crm.lead', 'mail.activity',
    'pharma.delegation', 'pharma.share', 'pharma.realignment',
)


class DemoCase(PharmaCrmCommon):
    """The masters alone: what other addons add takes longer and is tested there."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.demo = cls.env['pharma.demo']
        cls.classPatch(
            type(cls.demo), '_load_demo_records', lambda demo: demo._load_masters())
        cls.demo.remove_demo()  # the tests' database may have it

    @classmethod
    def _counts(cls):
        return {
            model: cls.env[model].with_context(active_test=False).search_count([])
            for model in COUNTED
        }

    @classmethod
    def _demo_ids(cls):
        return {
            entry.name: entry.res_id
            for entry in cls.env['ir.model.data'].search([('module', '=', DEMO_MODULE)])
        }


@tagged('post_install', '-at_install')
class TestDemo(DemoCase):
    """The demo data comes, stays the same, goes and comes again. Odoo's demo flag plays no part.

    It is loaded once for all tests.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.before = cls._counts()
        cls.demo.load_demo()
        cls.loaded, cls.ids = cls._counts(), cls._demo_ids()

    def test_loading_twice_changes_nothing(self):
        self.assertTrue(self.demo.is_loaded())
        self.assertGreater(self.loaded['res.partner'], self.before['res.partner'] + 800)
        self.demo.load_demo()
        self.assertEqual(self._counts(), self.loaded)
        self.assertEqual(self._demo_ids(), self.ids)

    def test_removing_leaves_nothing(self):
        self.assertEqual(self.demo.remove_demo(), [])
        self.assertEqual(self._counts(), self.before)
        self.assertFalse(self._demo_ids())
        self.assertFalse(self.demo.is_loaded())
        self.assertFalse(self.demo.logins())

    def test_content(self):
        """Hospitals, their people and the logins are what the demo promises."""
        ids = self.ids
        demo_partners = self.env['res.partner'].browse(
            res_id for name, res_id in ids.items() if name.startswith((
                'hospital_', 'distributor_', 'department_', 'person_'))).exists()
        by_type = demo_partners.grouped('pharma_type')
        self.assertEqual(len(by_type['hospital']), 60)
        self.assertEqual(len(by_type['distributor']), 8)
        self.assertEqual(len(by_type['hospital'].state_id), 3)
        self.assertTrue(all(h.pharma_county_id and h.hospital_level for h in by_type['hospital']))
        self.assertTrue(all(d.specialty_id for d in by_type['department']))
        self.assertTrue(all(
            p.function and p.commercial_partner_id.pharma_type == 'hospital'
            for p in by_type['person']))
        products = self.env['product.template'].browse(
            res_id for name, res_id in ids.items() if re.fullmatch(r'product_\d+', name))
        self.assertEqual(len(products), 25)
        self.assertTrue(all(p.drug_generic_name and p.drug_manufacturer_id for p in products))
        for login in self.demo.logins():
            user = self.env['res.users'].search([('login', '=', login['login'])])
            self.assertEqual(user.tz, 'Asia/Shanghai')
            self.assertEqual(user.lang, self.demo._demo_env().env.lang)
        self._check_customers(by_type)

    def _check_customers(self, by_type):
        """Their screens are alive: facts, stages, sources, opportunities, posts, profiles."""
        hospitals, persons = by_type['hospital'], by_type['person']
        self.assertEqual(len(hospitals.lifecycle_stage_id), 5)
        for hospital in hospitals:
            self.assertFalse(hospital.lifecycle_stage_id._get_missing(
                hospital, hospital._get_stage_evidence()), hospital.name)
        stuck = hospitals.filtered('lifecycle_told')
        self.assertEqual(len(stuck), 6)
        self.assertEqual(stuck.activity_ids.user_id, stuck.user_id)
        self.assertEqual(len(stuck.activity_ids), 6)
        self.assertGreater(len(hospitals.source_id), 3)
        # Whole numbers, decimal ones, choices, dates and texts
        own = {key for hospital in hospitals for key in hospital._get_own_values()}
        self.assertGreaterEqual(own, {
            'bed_count', 'annual_drug_purchase', 'ownership', 'founded_on', 'legal_representative'})
        self.assertGreater(len(persons.filtered('pharma_properties')), 200)
        self.assertGreater(len(persons.filtered('phone')), 200)
        self.assertTrue(all(persons.affiliation_ids.mapped('title_id')))
        self.assertTrue(all(persons.mapped('parent_id')))
        states = persons.affiliation_ids.mapped('state')
        self.assertGreater(states.count('past'), 10)
        self.assertGreater(states.count('current'), len(persons))
        profiles = self.env['pharma.person.profile'].search([('partner_id', 'in', persons.ids)])
        self.assertEqual(len(profiles), 64)
        self.assertTrue(all(profile.owner_ids for profile in profiles))

    def test_territory_screens_are_alive(self):
        """A delegation to come, a share that holds and one that ended, a re-alignment to apply."""
        demo = self.demo._demo_env()
        self.assertEqual(
            [demo._get(name).state for name in (
                'delegation_1', 'delegation_2', 'share_1', 'share_2')],
            ['past', 'future', 'current', 'past'])
        hospital = demo._get('hospital_02')
        self.assertTrue(hospital.with_user(demo._get('user_representative2')).has_access('read'))
        realignment = demo._get('realignment_1')
        self.assertEqual(realignment.state, 'previewed')
        self.assertGreater(realignment.move_count, 3)
        self.assertFalse(realignment.refused_count)
        self.assertEqual(realignment.create_uid, demo._get('user_areamanager'))

    def test_what_customers_that_went_elsewhere_carried_does_not_come_back(self):
        """Loading again gives nobody rights that the sharer has no more, and re-aligns nobody who
        is gone already.
        """
        demo = self.demo._demo_env()
        (demo._get('share_1') | demo._get('share_2')).unlink()
        demo._get('realignment_1').unlink()
        area = demo._get('territory_32_1')
        demo._get('alignment_hospital_02').territory_id = area
        demo._get('territory_37').alignment_ids.territory_id = area
        self.demo.load_demo()
        self.assertFalse(demo._get('share_1') or demo._get('realignment_1'))
        self.assertTrue(demo._get('share_2'))

    def test_deleted_record_comes_back_and_changed_record_stays_changed(self):
        """Loading again adds what is missing and leaves alone what somebody changed."""
        demo = self.demo._demo_env()
        gone, changed = demo._get('gift_item_3'), demo._get('distributor_2')
        gone.unlink()
        changed.write({'street': "改过的街道 1 号", 'phone': False, 'pharma_properties': {}})
        self.demo.load_demo()
        self.assertTrue(demo._get('gift_item_3'))
        self.assertEqual(changed.street, "改过的街道 1 号")
        self.assertFalse(changed.phone or changed._get_own_values())

    def test_what_real_records_use_is_archived(self):
        """An order of ours for a demo customer survives the removal, and so does the customer. All
        comes back.
        """
        demo = self.demo._demo_env()
        hospital = demo._get('hospital_30')
        order = self.env['sale.order'].create({'partner_id': hospital.id})
        kept = self.demo.remove_demo()
        self.assertTrue(order.exists())
        self.assertTrue(hospital.exists())
        self.assertFalse(hospital.active)
        self.assertEqual(kept, [hospital.display_name])
        self.demo.load_demo()
        self.assertTrue(hospital.active)
        self.assertEqual(demo._get('hospital_30'), hospital)
        self.assertEqual(self._counts(), self.loaded)
        self.assertEqual(self._demo_ids().keys(), self.ids.keys())

    def test_private_numbers_need_a_key(self):
        """Without a key the profiles come all the same, without the numbers."""
        demo = self.demo._demo_env()
        for keys, some in (('', False), (base64.b64encode(bytes(32)).decode(), True)):
            with patch.dict(os.environ, {KEY_VARIABLE: keys}), patch.object(
                    numbers, '_keys_of_file', lambda path: ''):
                demo._get('profile_01').unlink()
                demo._load_profiles()
                profile = demo._get('profile_01')
                self.assertTrue(profile.birthday)
                self.assertEqual(bool(profile.private_phone), some)


@tagged('post_install', '-at_install')
class TestDemoElsewhere(DemoCase):
    """Who loads it, and where it is loaded into."""

    def test_a_company_without_our_stages_and_own_fields(self):
        """What a company took away is left out."""
        kind = self.env.ref('pharma_crm.pharma_partner_type_hospital')
        kind.fact_ids.filtered(lambda fact: fact.property_key == 'bed_count').unlink()
        self.env.ref('pharma_crm.pharma_lifecycle_stage_hospital_complete').unlink()
        demo = self.demo._demo_env()
        facts = demo._customer_facts()['hospital_02']
        self.assertEqual(facts['stage'], 'complete')
        self.assertIn('bed_count=', facts['own'])
        hospital = self._create_hospital(**demo._fact_vals('hospital', facts))
        self.assertEqual(
            hospital.lifecycle_stage_id, self.env.ref(
                'pharma_crm.pharma_lifecycle_stage_hospital_identify'))
        self.assertNotIn('bed_count', hospital._get_own_values())
        self.assertIn('ownership', hospital._get_own_values())

    def test_what_was_realigned(self):
        """Demo customers that were moved go all the same; the territory of the re-alignment stays,
        archived, and a demo territory with a real customer as it is."""
        demo = self.demo._demo_env()
        demo._load_masters()
        hospital, area, other = map(
            demo._get, ('hospital_01', 'territory_37', 'territory_32_1'))
        record = self.env['pharma.realignment'].create({
            'territory_id': area.id, 'partner_ids': [(6, 0, hospital.ids)]})
        record.action_preview()
        record.action_apply()
        real = self._create_hospital(name="真实医院", territory=other)
        kept = demo.remove_demo()
        self.assertFalse(hospital.exists())
        self.assertFalse(area.active)
        self.assertTrue(other.active)
        self.assertEqual(real.territory_id, other)
        self.assertIn(other.display_name, kept)

    def test_only_an_administrator(self):
        """Neither a role of ours nor RPC may load or remove data sets."""
        for role in ('representative', 'steward', 'director', 'internal', 'portal'):
            demo = self.demo.with_user(self.users_by_role[role])
            with self.subTest(role=role):
                for call in (demo.load_demo, demo.remove_demo, demo.logins, demo.load_data):
                    with self.assertRaises(AccessError):
                        call()
                settings = self.env['res.config.settings'].with_user(self.users_by_role[role])
                with self.assertRaises(AccessError):
                    settings.action_pharma_load_demo()
        for method in ('load_demo', 'remove_demo', 'logins', 'load_data', 'is_loaded'):
            with self.assertRaises(AccessError):
                get_public_method(self.demo, method)
