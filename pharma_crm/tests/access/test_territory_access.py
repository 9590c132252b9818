from datetime import timedelta

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from ..common import PharmaCrmCommon


@tagged('post_install', '-at_install')
class TestTerritoryAccess(PharmaCrmCommon):
    """What people see follows from assignments, alignments, delegations and shares of today."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.territory.assignment_ids.unlink()
        cls.region = cls._create_territory(name="华东大区", level='region')
        cls.area_a = cls._create_territory(name="海州地区", parent_id=cls.region.id)
        cls.area_b = cls._create_territory(name="临川地区", parent_id=cls.region.id)
        cls.line_x, cls.line_y = cls.env['product.category'].create([
            {'name': "心血管线", 'is_product_line': True},
            {'name': "肿瘤线", 'is_product_line': True}])
        cls.colleague = new_test_user(
            cls.env, login='pharma_colleague', name="同事",
            groups='pharma_crm.group_pharma_crm_representative')
        cls.hospital_a = cls._create_hospital(name="甲医院", territory=cls.area_a)
        cls.hospital_b = cls._create_hospital(name="乙医院", territory=cls.area_b)
        cls.department_a = cls._create_department(cls.hospital_a)
        cls.person_a = cls._create_person(cls.department_a)
        cls.person_b = cls._create_person(cls._create_department(cls.hospital_b))
        cls.all = (cls.hospital_a + cls.hospital_b + cls.department_a + cls.person_a
                   + cls.person_b.parent_id + cls.person_b)
        cls.of_a = cls.hospital_a + cls.department_a + cls.person_a
        cls.of_b = cls.all - cls.of_a
        cls.today = cls.env['pharma.access']._get_today()
        cls.assignment = cls._assign(cls.user_representative, cls.area_a)

    def _visible(self, user, mode='read'):
        partners = self.env['res.partner'].with_user(user)
        domain = [('id', 'in', self.all.ids)]
        if mode == 'work':
            domain.append(('pharma_work', '=', True))
        return partners.search(domain).sudo().with_user(self.env.user)

    def assertSees(self, user, partners, mode='read'):
        self.assertEqual(set(self._visible(user, mode).ids), set(partners.ids))

    def test_representative(self):
        """A representative sees the customers of his territory with all below, and works on
        them."""
        self.assertSees(self.user_representative, self.of_a)
        self.assertSees(self.user_representative, self.of_a, 'work')
        self.assertSees(self.colleague, self.env['res.partner'])

    def test_manager(self):
        """A manager sees all territories below his; a representative only his own."""
        self._assign(self.user_area_manager, self.region, role='manager')
        self.assertSees(self.user_area_manager, self.all)
        self._assign(self.colleague, self.region)
        self.assertSees(self.colleague, self.env['res.partner'])

    def test_manager_field(self):
        """The manager set on a territory is assigned from today on, the former one ends."""
        self.area_a.manager_id = self.user_area_manager
        self.assertSees(self.user_area_manager, self.of_a)
        self.area_a.manager_id = self.user_director
        self.assertSees(self.user_area_manager, self.env['res.partner'])
        self.assertEqual(
            self.env['pharma.territory'].search([('manager_id', '=', self.user_director.id)]),
            self.area_a)

    def test_dates(self):
        """What begins or ends does so by today's date, without a job."""
        yesterday, tomorrow = self.today - timedelta(days=1), self.today + timedelta(days=1)
        for record in (self.assignment, self.hospital_a.alignment_ids):
            record.write({'date_from': yesterday, 'date_to': yesterday})
            self.assertSees(self.user_representative, self.env['res.partner'])
            record.write({'date_from': tomorrow, 'date_to': False})
            self.assertSees(self.user_representative, self.env['res.partner'])
            record.write({'date_from': yesterday, 'date_to': self.today})
            self.assertSees(self.user_representative, self.of_a)

    def test_product_lines(self):
        """Two representatives on one hospital, each for his line; a third line sees nothing."""
        line_z = self.line_x.copy({'name': "线三"})
        self.hospital_b.alignment_ids.unlink()
        self._align(self.hospital_b, self.area_a, product_line_id=self.line_x.id)
        self._align(self.hospital_b, self.area_b, product_line_id=self.line_y.id)
        self.assignment.product_line_id = self.line_x
        other = self._assign(self.colleague, self.area_b, product_line_id=self.line_y.id)
        self.assertSees(self.user_representative, self.all)
        self.assertSees(self.colleague, self.of_b)
        self.assertEqual(self.hospital_b.owner_ids, self.user_representative + self.colleague)
        other.product_line_id = line_z
        self.assertSees(self.colleague, self.env['res.partner'])

    def test_product_manager(self):
        """A product manager reads what his line has below, and changes nothing."""
        self._assign(self.user_product_manager, self.region, role='product_manager',
                     product_line_id=self.line_x.id)
        self.hospital_b.alignment_ids.product_line_id = self.line_y
        self.assertSees(self.user_product_manager, self.of_a)
        self.assertSees(self.user_product_manager, self.env['res.partner'], 'work')

    def test_all_seers(self):
        """Directors and stewards see all of their company; service and others organisations."""
        for user in (self.user_director, self.user_steward, self.user_admin):
            self.assertSees(user, self.all)
        for user in (self.user_service, self.user_internal):
            self.assertSees(user, self.hospital_a + self.hospital_b)

    def test_accountant_with_territory(self):
        """Who keeps the books sees every organisation, but no stranger's doctors."""
        self.user_representative.group_ids += self.env.ref('account.group_account_invoice')
        self.assertSees(self.user_representative, self.of_a + self.hospital_b)

    def test_affiliation(self):
        """A person's other post shows him to whoever looks after that place."""
        self.env['pharma.affiliation'].create({
            'person_id': self.person_b.id, 'place_id': self.hospital_a.id})
        self.assertSees(self.user_representative, self.of_a + self.person_b)
        self.env['pharma.affiliation'].search([
            ('person_id', '=', self.person_b.id), ('place_id', '=', self.hospital_a.id),
        ]).write({'date_to': self.today - timedelta(days=1)})
        self.assertSees(self.user_representative, self.of_a)

    def test_delegation(self):
        """Who acts for somebody sees and does what that one may, while it lasts."""
        delegation = self.env['pharma.delegation'].create({
            'user_id': self.user_representative.id, 'delegate_id': self.colleague.id,
            'date_to': self.today})
        self.assertSees(self.colleague, self.of_a, 'work')
        delegation.write({
            'date_from': self.today - timedelta(days=2), 'date_to': self.today - timedelta(days=1)})
        self.assertSees(self.colleague, self.env['res.partner'])

    @mute_logger('odoo.addons.base.models.ir_rule')
    def test_share(self):
        """A share shows a customer, to read or to work on; it cannot be passed on."""
        shares = self.env['pharma.share'].with_user(self.user_representative)
        share = shares.create({'user_id': self.colleague.id, 'partner_id': self.department_a.id})
        self.assertSees(self.colleague, self.department_a + self.person_a)
        self.assertSees(self.colleague, self.env['res.partner'], 'work')
        with self.assertRaises(AccessError):
            self.person_a.with_user(self.colleague).write({'function': "主任"})
        share.mode = 'work'
        self.person_a.with_user(self.colleague).write({'function': "主任"})
        share.write({'partner_id': self.hospital_a.id})
        self.assertSees(self.colleague, self.of_a)
        with self.assertRaises(AccessError):
            self.env['pharma.share'].with_user(self.colleague).create({
                'user_id': self.user_service.id, 'partner_id': self.hospital_a.id})
        with self.assertRaises(AccessError):
            shares.create({'user_id': self.colleague.id, 'partner_id': self.hospital_b.id})
        share.date_to = self.today - timedelta(days=1)
        share.date_from = self.today - timedelta(days=1)
        self.assertSees(self.colleague, self.env['res.partner'])

    @mute_logger('odoo.addons.base.models.ir_rule')
    def test_what_was_found_is_hidden_again(self):
        """What a search found is not readable any more once the right to it ended."""
        found = self.person_a.with_user(self.user_representative).search(
            [('id', '=', self.person_a.id)])
        self.assertEqual(found.read(['name'])[0]['id'], self.person_a.id)
        yesterday = self.today - timedelta(days=1)
        self.assignment.write({'date_from': yesterday, 'date_to': yesterday})
        with self.assertRaises(AccessError):
            found.read(['name'])

    @mute_logger('odoo.addons.base.models.ir_rule')
    def test_shared_opportunity(self):
        """A shared opportunity is seen, to work on only where that was given."""
        lead = self.env['crm.lead'].create({
            'name': "甲医院进院", 'type': 'opportunity', 'partner_id': self.hospital_a.id,
            'user_id': self.user_representative.id})
        leads = self.env['crm.lead'].with_user(self.colleague)
        self.assertFalse(leads.search([('id', '=', lead.id)]))
        share = self.env['pharma.share'].with_user(self.user_representative).create({
            'user_id': self.colleague.id, 'lead_id': lead.id})
        self.assertEqual(leads.search([('id', '=', lead.id)]), lead)
        with self.assertRaises(AccessError):
            lead.with_user(self.colleague).write({'expected_revenue': 5})
        share.mode = 'work'
        lead.with_user(self.colleague).write({'expected_revenue': 5})
        self.assertEqual(lead.expected_revenue, 5)

    @mute_logger('odoo.addons.base.models.ir_rule')
    def test_linked_records(self):
        """What links a hidden customer is hidden as well; what links none is not."""
        self.user_area_manager.group_ids += self.env.ref('sales_team.group_sale_manager')
        self._assign(self.user_area_manager, self.area_a, role='manager')
        leads = self.env['crm.lead'].create([
            {'name': "甲", 'partner_id': self.person_a.id},
            {'name': "乙", 'partner_id': self.person_b.id},
            {'name': "无"}])
        orders = self.env['sale.order'].create([
            {'partner_id': self.hospital_a.id}, {'partner_id': self.hospital_b.id}])
        events = self.env['calendar.event'].create([
            {'name': "拜访", 'partner_ids': [Command.set(person.ids)],
             'start': '2026-03-02 02:00:00', 'stop': '2026-03-02 03:00:00'}
            for person in (self.person_a, self.person_b)])
        activities = self.env['mail.activity'].create([
            {'res_model_id': self.env['ir.model']._get_id('res.partner'), 'res_id': person.id,
             'user_id': self.env.uid} for person in (self.person_a, self.person_b)])
        for records, visible in (
            (leads, leads[0] + leads[2]), (orders, orders[0]), (events, events[0]),
            (activities, activities[0]),
        ):
            with self.subTest(model=records._name):
                found = records.with_user(self.user_area_manager).search(
                    [('id', 'in', records.ids)])
                self.assertEqual(set(found.ids), set(visible.ids))
                with self.assertRaises(AccessError):
                    (records - visible)[0].with_user(self.user_area_manager).check_access('read')

    def test_entered_by_representative(self):
        """A new hospital of a representative's belongs to his territory at once."""
        hospital = self.env['res.partner'].with_user(self.user_representative).create({
            'name': "新医院", 'pharma_type': 'hospital'})
        self.assertEqual(hospital.territory_id, self.area_a)
        self.assertEqual(hospital.alignment_ids.source, 'entry')
        # Without a territory it is his until somebody aligns it
        alone = self.env['res.partner'].with_user(self.colleague).create({
            'name': "孤医院", 'pharma_type': 'hospital'})
        partners = self.env['res.partner'].with_user(self.colleague)
        self.assertTrue(partners.search_count([('id', '=', alone.id)]))
        self._align(alone.sudo(), self.area_a)
        self.assertFalse(partners.search_count([('id', '=', alone.id)]))

    def test_territory_of_customer(self):
        """The customer shows the territory of today; writing it aligns from today on."""
        self.assertEqual(self.hospital_a.territory_id, self.area_a)
        self.hospital_a.alignment_ids.date_from = self.today - timedelta(days=30)
        self.hospital_a.territory_id = self.area_b
        self.assertEqual(self.hospital_a.territory_id, self.area_b)
        rows = self.hospital_a.alignment_ids.sorted('date_from')
        self.assertEqual(
            [(row.territory_id, row.date_to) for row in rows],
            [(self.area_a, self.today - timedelta(days=1)), (self.area_b, False)])
        self.assertSees(self.user_representative, self.env['res.partner'])
        self.hospital_a.territory_id = False
        self.assertFalse(self.hospital_a.territory_id)
