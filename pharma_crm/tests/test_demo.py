from odoo.exceptions import AccessError
from odoo.service.model import get_public_method
from odoo.tests import tagged

from odoo.addons.pharma_crm.models.pharma_demo import DEMO_MODULE
from odoo.addons.pharma_crm.tests.common import PharmaCrmCommon


@tagged('post_install', '-at_install')
class TestDemo(PharmaCrmCommon):
    """The demo data comes, stays the same, goes and comes again. Odoo's demo flag plays no part."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.demo = cls.env['pharma.demo']
        cls.demo.remove_demo()  # the tests' database may have it

    def _counts(self):
        return {
            model: self.env[model].with_context(active_test=False).search_count([])
            for model in ('res.partner', 'res.users', 'product.template', 'pharma.alias',
                          'product.category')
        }

    def _demo_ids(self):
        return {
            entry.name: entry.res_id
            for entry in self.env['ir.model.data'].search([('module', '=', DEMO_MODULE)])
        }

    def test_load_remove_and_load_again(self):
        """Loading twice changes nothing, removing leaves nothing, and it all can come back."""
        # The masters alone: what other addons add takes longer and is tested there
        self.patch(type(self.demo), '_load_demo_records', lambda demo: demo._load_masters())
        before = self._counts()
        self.assertFalse(self.demo.is_loaded())
        self.assertFalse(self.demo.logins())

        self.demo.load_demo()
        loaded, ids = self._counts(), self._demo_ids()
        self.assertTrue(self.demo.is_loaded())
        self.assertGreater(loaded['res.partner'], before['res.partner'] + 800)
        self.demo.load_demo()
        self.assertEqual(self._counts(), loaded)
        self.assertEqual(self._demo_ids(), ids)

        self.assertEqual(self.demo.remove_demo(), [])
        self.assertEqual(self._counts(), before)
        self.assertFalse(self._demo_ids())
        self.assertFalse(self.demo.is_loaded())

        self.demo.load_demo()
        self.assertEqual(self._counts(), loaded)
        self.assertEqual(set(self._demo_ids()), set(ids))

    def test_content(self):
        """Hospitals, their people and the logins are what the demo promises."""
        self.demo._demo_env()._load_masters()
        ids = self._demo_ids()
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
            res_id for name, res_id in ids.items() if name.startswith('product_'))
        self.assertEqual(len(products), 25)
        self.assertTrue(all(p.drug_generic_name and p.drug_manufacturer_id for p in products))
        for login in self.demo.logins():
            user = self.env['res.users'].search([('login', '=', login['login'])])
            self.assertEqual(user.tz, 'Asia/Shanghai')
            self.assertEqual(user.lang, self.demo._demo_env().env.lang)

    def test_deleted_record_comes_back_and_changed_record_stays_changed(self):
        """Loading again adds what is missing and leaves alone what somebody changed."""
        demo = self.demo._demo_env()
        demo._load_masters()
        gone, changed = demo._get('agent_1'), demo._get('distributor_2')
        gone.unlink()
        changed.street = "改过的街道 1 号"
        demo._load_masters()
        self.assertTrue(demo._get('agent_1'))
        self.assertEqual(changed.street, "改过的街道 1 号")

    def test_what_real_records_use_is_archived(self):
        """An order of ours for a demo customer survives the removal, and so does the customer."""
        demo = self.demo._demo_env()
        demo._load_masters()
        hospital = demo._get('hospital_30')
        order = self.env['sale.order'].create({'partner_id': hospital.id})
        kept = demo._remove_records()
        self.assertTrue(order.exists())
        self.assertTrue(hospital.exists())
        self.assertFalse(hospital.active)
        self.assertEqual(kept, [hospital.display_name])
        demo._load_masters()
        self.assertTrue(hospital.active)
        self.assertEqual(demo._get('hospital_30'), hospital)

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
