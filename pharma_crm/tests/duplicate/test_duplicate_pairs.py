from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.queue_job.tests.common import trap_jobs

from ..common import PharmaCrmCommon


@tagged('post_install', '-at_install')
class TestDuplicatePairs(PharmaCrmCommon):
    """The list of suspected pairs: found set-based, decided once."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        province = cls.env.ref('pharma_crm.division_33')
        cls.city = cls.env['pharma.division'].create({
            'name': "湖原市", 'code': '3399', 'level': 'city', 'parent_id': province.id,
            'state_id': province.state_id.id})
        cls.pairs = cls.env['pharma.duplicate']
        cls.one = cls._hospital("湖原市听涛医院", phone="0572-2001001")
        cls.two = cls._hospital("湖原听涛医院")
        cls.third = cls._hospital("湖原市第一人民医院")
        cls.fourth = cls._hospital("湖原市第二人民医院", phone="0572-2001002")

    @classmethod
    def _hospital(cls, name, **values):
        return cls._create_hospital(name=name, pharma_city_id=cls.city.id, **values)

    def _own(self):
        """The pairs of this test's customers."""
        ids = (self.one | self.two | self.third | self.fourth).ids
        return self.pairs.search([('partner_id', 'in', ids)])

    def test_search(self):
        """The same hospital written twice is found, the first and the second are not."""
        self.pairs._search_all()
        pair = self._own()
        self.assertEqual((pair.partner_id, pair.other_id), (self.one, self.two))
        self.assertEqual(pair.reason, 'name')
        self.assertTrue(pair.is_strong)
        self.assertEqual(pair.city_id, self.city)
        self.assertEqual(pair.province_id, self.city.state_id)

    def test_search_again(self):
        """Twice changes nothing; what does not speak for it any more goes."""
        self.pairs._search_all()
        before = self._own().read(['score', 'reasons', 'write_date'])
        new, _total, _seconds = self.pairs._search_all()
        self.assertEqual(new, 0)
        self.assertEqual(self._own().read(['score', 'reasons', 'write_date']), before)
        self.two.name = "湖原市静川医院"
        self.pairs._search_all()
        self.assertFalse(self._own())

    def test_changes_of_the_night(self):
        """Only pairs with what changed are looked for; everything where nothing was searched."""
        self.env['ir.config_parameter'].set_param('pharma_crm.duplicate_since', False)
        self.pairs._cron_search()
        self.assertEqual(len(self._own()), 1)
        since = '2999-01-01 00:00:00'
        self.env['ir.config_parameter'].set_param('pharma_crm.duplicate_since', since)
        self.third.name = "湖原市听涛医院"
        self.pairs._cron_search()
        self.assertEqual(len(self._own()), 1, "nothing changed since the year 2999")
        self.env['ir.config_parameter'].set_param(
            'pharma_crm.duplicate_since', '2000-01-01 00:00:00')
        self.pairs._cron_search()
        self.assertEqual(len(self._own()), 3)
        self.assertNotEqual(
            self.env['ir.config_parameter'].get_param('pharma_crm.duplicate_since'),
            '2000-01-01 00:00:00')

    def test_persons_and_departments(self):
        """Doctors of one name in one hospital, and a department entered twice."""
        departments = [self._create_department(self.one, name="心内科") for _number in range(2)]
        doctors = [self._create_person(where, name="林知远") for where in (
            departments[0], departments[0], self.third)]
        self.pairs._search_all()
        found = self.pairs.search([('pharma_type', 'in', ('person', 'department')), (
            'partner_id.commercial_partner_id', '=', self.one.id)])
        self.assertEqual(
            {(pair.partner_id, pair.other_id) for pair in found},
            {tuple(departments), (doctors[0], doctors[1])})
        self.assertEqual(found.city_id, self.city)

    def test_different(self):
        """Two customers is a decision: who and when, in both histories, never suggested again."""
        self.pairs._search_all()
        pair = self._own().with_user(self.user_steward)
        pair.action_different()
        self.assertEqual(pair.state, 'different')
        self.assertEqual(pair.decided_by_id, self.user_steward)
        self.assertTrue(pair.decided_on)
        for partner in (self.one, self.two):
            self.assertIn("another customer", partner.message_ids[0].body)
        self.two.phone = "0572-2001001"
        self.pairs._search_all()
        self.assertEqual(self._own().mapped('state'), ['different'])
        with self.assertRaises(UserError):
            pair.action_different()
        with self.assertRaises(UserError):
            pair.action_merge()
        pair.action_reopen()
        self.assertEqual(pair.state, 'open')

    def test_merge(self):
        """The merge opens with both customers."""
        self.pairs._search_all()
        action = self._own().with_user(self.user_steward).action_merge()
        self.assertEqual(action['res_model'], 'pharma.merge.wizard')
        self.assertEqual(
            set(action['context']['default_partner_ids']), {self.one.id, self.two.id})

    def test_merged(self):
        """A pair that was merged, from here or elsewhere, is decided; after the undo it is open."""
        self.pairs._search_all()
        pair = self._own()
        merge = self.env['pharma.merge'].with_user(self.user_steward)._merge(
            self.one.with_user(self.user_steward), self.two.with_user(self.user_steward))
        self.assertEqual((pair.partner_id, pair.other_id), (self.one, self.two))
        self.assertEqual(pair.state, 'merged')
        self.pairs._search_all()
        self.assertEqual(pair.state, 'merged')
        merge.action_undo()
        self.assertEqual(pair.state, 'open')
        self.assertFalse(pair.decided_on)

    def test_comparison(self):
        """Facts side by side, with what differs marked."""
        self.pairs._search_all()
        pair = self._own().with_user(self.user_steward)
        rows = {row['label']: row for row in pair._compare_facts()}
        self.assertTrue(rows["Name"]['differs'])
        self.assertFalse(rows["Customer Type"]['differs'])
        self.assertIn("table-warning", pair.comparison)
        self.assertIn("湖原听涛医院", pair.comparison)

    def test_rights(self):
        """Stewards and directors see and decide pairs, nobody writes them by hand."""
        self.pairs._search_all()
        pair = self._own()
        for user in (self.user_steward, self.user_director, self.user_admin):
            self.assertTrue(pair.with_user(user).reason_text)
            with self.assertRaises(AccessError), mute_logger('odoo.addons.base.models.ir_model'):
                pair.with_user(user).write({'state': 'different'})
        for role in ('representative', 'area_manager', 'product_manager', 'service', 'internal',
                     'portal'):
            asker = pair.with_user(self.users_by_role[role])
            with self.subTest(role=role), mute_logger('odoo.addons.base.models.ir_model'):
                for method in ('action_merge', 'action_different', 'action_reopen',
                               'action_search', 'action_open_partner'):
                    with self.assertRaises(AccessError):
                        getattr(asker, method)()

    def test_companies(self):
        """Customers of two companies are no pair, and a pair is its company's."""
        company = self.env['res.company'].create({'name': "另一公司"})
        self.two.company_id = company
        self.pairs._search_all()
        pair = self._own()
        self.assertEqual(pair.company_id, company)
        self.assertFalse(self.pairs.with_user(self.user_steward).search([('id', '=', pair.id)]))
        self.one.company_id = self.env.company
        self.pairs._search_all()
        self.assertFalse(self._own())

    def test_job(self):
        """The button starts one job, however often it is clicked, and tells how far it is."""
        steward = self.pairs.with_user(self.user_steward)
        with trap_jobs() as trap:
            steward.action_search()
            trap.assert_jobs_count(1)
            trap.perform_enqueued_jobs()
        self.assertEqual(len(self._own()), 1)
        steward.action_search()
        jobs = self.env['queue.job'].search(
            [('identity_key', '=', 'pharma_duplicate_search'), ('state', '=', 'pending')])
        self.assertEqual(len(jobs), 1)
        self.env['pharma.import.progress'].search(
            [('model', '=', 'pharma.duplicate')]).percent = 45
        self.assertIn("45", steward.action_search()['params']['message'])
        self.assertEqual(jobs, self.env['queue.job'].search(
            [('identity_key', '=', 'pharma_duplicate_search'), ('state', '=', 'pending')]))
