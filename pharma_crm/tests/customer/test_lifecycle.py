from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command, Domain
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..common import PharmaCrmCommon


@tagged('post_install', '-at_install')
class TestLifecycle(PharmaCrmCommon):
    """Stages of a customer, what they ask for, who is told when nothing moves."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.kind = cls.env.ref('pharma_crm.pharma_partner_type_hospital')
        cls.kind.fact_ids.unlink()
        cls.fact_phone = cls.env['pharma.partner.fact'].create({
            'type_id': cls.kind.id, 'field_name': 'phone'})
        cls.identify, cls.new, cls.interested, cls.purchasing, cls.complete = (
            cls.kind._get_stages())
        cls.interested.min_completeness = 0
        cls.hospital = cls._create_hospital()
        cls.mine = cls.hospital.with_user(cls.user_representative)

    def _create_lead(self, partner, **values):
        return self.env['crm.lead'].create({
            'name': "进院", 'type': 'opportunity', 'partner_id': partner.id, **values})

    def _get_assignment(self):
        return self.territory.assignment_ids.filtered(
            lambda assignment: assignment.user_id == self.user_representative)

    def _get_activities(self):
        return self.env['mail.activity'].search([
            ('res_model', '=', 'res.partner'), ('res_id', '=', self.hospital.id),
            ('activity_type_id', '=', self.env.ref('pharma_crm.mail_activity_type_stuck').id)])

    def _run_cron(self):
        with self.enter_registry_test_mode():  # it commits what is done
            self.env.ref('pharma_crm.ir_cron_lifecycle').method_direct_trigger()
        self.env.invalidate_all()

    def _age(self, days):
        today = fields.Date.context_today(self.hospital)
        self.hospital.lifecycle_date = today - timedelta(days=days)

    def test_first_stage(self):
        """A customer begins in the first stage of his type, and again when the type changes."""
        today = fields.Date.context_today(self.hospital)
        self.assertRecordValues(self.hospital, [{
            'lifecycle_stage_id': self.identify.id, 'lifecycle_date': today}])
        self.hospital.pharma_type = 'pharmacy'
        self.assertEqual(self.hospital.lifecycle_stage_id,
                         self.env.ref('pharma_crm.pharma_lifecycle_stage_pharmacy_identify'))
        self.hospital.pharma_type = 'manufacturer'
        self.assertFalse(self.hospital.lifecycle_stage_id)
        self.assertFalse(self.env['res.partner'].create({'name': "x"}).lifecycle_stage_id)

    def test_first_stage_of_a_type(self):
        """When a type gets its first stage, the customers that are there get into it."""
        group = self._create_partner_of_type('group')
        person = self._create_person(self.hospital)
        self.assertFalse(group.lifecycle_stage_id)
        stage = self.env['pharma.lifecycle.stage'].with_user(self.user_steward).create({
            'name': "新增", 'type_id': group.partner_type_id.id})
        self.assertEqual((group.lifecycle_stage_id, bool(group.lifecycle_date)), (stage, True))
        self.assertFalse(person.lifecycle_stage_id)

    def test_stage_of_another_type(self):
        """A hospital does not get into a stage of pharmacies."""
        with self.assertRaises(ValidationError):
            self.hospital.lifecycle_stage_id = self.env.ref(
                'pharma_crm.pharma_lifecycle_stage_pharmacy_new')

    def test_entry_is_checked(self):
        """What is missing is named: facts, opportunity, its success, completeness."""
        self.new.fact_ids = self.fact_phone
        with self.assertRaises(UserError) as caught:
            self.mine.lifecycle_stage_id = self.new
        self.assertIn(self.fact_phone.with_user(self.user_representative).display_name,
                      str(caught.exception))
        self.hospital.phone = "010-1"
        self._age(5)
        self.mine.lifecycle_stage_id = self.new
        self.assertEqual(self.hospital.lifecycle_date, fields.Date.context_today(self.hospital))
        with self.assertRaises(UserError):
            self.mine.lifecycle_stage_id = self.interested
        department = self._create_department(self.hospital)
        lead = self._create_lead(department)
        self.mine.lifecycle_stage_id = self.interested
        with self.assertRaises(UserError):
            self.mine.lifecycle_stage_id = self.purchasing
        lead.action_set_won()
        self.mine.lifecycle_stage_id = self.purchasing
        self.hospital.phone = False
        with self.assertRaises(UserError):
            self.mine.lifecycle_stage_id = self.complete
        self.hospital.phone = "010-1"
        self.mine.lifecycle_stage_id = self.complete

    def test_no_stage_is_skipped(self):
        """Jumping asks for everything on the way; back is always possible."""
        self.hospital.phone = "010-1"
        with self.assertRaises(UserError):
            self.mine.lifecycle_stage_id = self.complete
        self._create_lead(self.hospital).action_set_won()
        self.mine.lifecycle_stage_id = self.complete
        self.hospital.phone = False
        self.mine.lifecycle_stage_id = self.new
        with self.assertRaises(UserError):
            self.mine.create({'name': "跳级医院", 'pharma_type': 'hospital',
                              'lifecycle_stage_id': self.complete.id})

    def test_order(self):
        """A confirmed order is asked for where the stage says so, a quotation is not enough."""
        self.new.needs_order = True
        order = self.env['sale.order'].create({'partner_id': self.hospital.id})
        with self.assertRaises(UserError):
            self.mine.lifecycle_stage_id = self.new
        order.action_confirm()
        self.mine.lifecycle_stage_id = self.new

    def test_other_company_does_not_count(self):
        """Opportunities of a company that the user does not work for prove nothing."""
        other = self.env['res.company'].create({'name': "另一家"})
        lead = self._create_lead(self.hospital, company_id=other.id, user_id=False, team_id=False)
        with self.assertRaises(UserError):
            self.mine.lifecycle_stage_id = self.interested
        lead.company_id = self.env.company
        self.mine.lifecycle_stage_id = self.interested

    def test_who_is_bound(self):
        """Managers keep to the rules as well, stewards put right what is wrong."""
        for role in ('representative', 'area_manager', 'director'):
            with self.subTest(role=role), self.assertRaises(UserError):
                self.hospital.with_user(
                    self.users_by_role[role]).lifecycle_stage_id = self.complete
        for role in ('steward', 'admin'):
            with self.subTest(role=role):
                self.hospital.with_user(
                    self.users_by_role[role]).lifecycle_stage_id = self.complete
                self.hospital.lifecycle_stage_id = self.identify

    def test_kanban_shows_empty_stages(self):
        """All stages of the type are columns, those of other types are not."""
        groups = self.mine.with_context(read_group_expand=True).web_read_group(
            [('id', '=', self.hospital.id)], ['lifecycle_stage_id'], [])['groups']
        self.assertEqual([group['lifecycle_stage_id'][0] for group in groups],
                         self.kind._get_stages().ids)

    def test_somebody_responsible(self):
        """A stage may need that somebody looks after the customer."""
        self.new.needs_salesperson = True
        hospital = self.hospital.with_user(self.user_area_manager)
        assignment = self._get_assignment()
        assignment.unlink()
        with self.assertRaises(UserError):
            hospital.lifecycle_stage_id = self.new
        self._assign(self.user_representative, self.territory)
        hospital.lifecycle_stage_id = self.new

    def test_stuck(self):
        """Told once per stay, and the activity goes when the customer moves."""
        cron = self._run_cron
        self.identify.max_days = 10
        self._age(10)
        cron()
        self.assertFalse(self._get_activities())
        self._age(11)
        cron()
        cron()
        self.assertEqual(self._get_activities().user_id, self.user_representative)
        self.assertTrue(self.hospital.lifecycle_told)
        self._get_activities().with_user(self.user_representative).action_feedback()
        cron()
        self.assertFalse(self._get_activities())
        self.hospital.lifecycle_told = False
        cron()
        self.assertEqual(len(self._get_activities()), 1)
        self.mine.lifecycle_stage_id = self.new
        self.assertFalse(self._get_activities())
        self.assertFalse(self.hospital.lifecycle_told)
        cron()
        self.assertFalse(self._get_activities())

    def test_stuck_without_owner_or_limit(self):
        """Nobody is told where nobody is responsible or no limit is set."""
        self.identify.max_days = 10
        self._age(100)
        self._get_assignment().unlink()
        self._run_cron()
        self.assertFalse(self._get_activities())
        self._assign(self.user_representative, self.territory)
        self.identify.max_days = 0
        self._run_cron()
        self.assertFalse(self._get_activities())

    def test_time_in_stages(self):
        """Odoo tells how long a customer was in each stage."""
        self.assertEqual(list(self.hospital.duration_tracking or {}), [str(self.identify.id)])

    @mute_logger('odoo.addons.base.models.ir_model')
    def test_rights(self):
        """Stewards set up stages, everybody else reads them."""
        for role in ('steward', 'admin'):
            self.new.with_user(self.users_by_role[role]).max_days = 5
        for role in ('representative', 'area_manager', 'director', 'service', 'internal'):
            with self.subTest(role=role):
                stage = self.new.with_user(self.users_by_role[role])
                self.assertTrue(stage.name)
                with self.assertRaises(AccessError):
                    stage.max_days = 6
        with self.assertRaises(AccessError):
            self.new.with_user(self.user_portal).read(['name'])


@tagged('post_install', '-at_install')
class TestSourceReport(PharmaCrmCommon):
    """What each source brought, for those who may see the customers."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.source = cls.env['utm.source'].create({'name': "测试来源"})
        cls.hospital = cls._create_hospital(source_id=cls.source.id)
        cls.department = cls._create_department(cls.hospital)
        cls._create_hospital(name="海州二院", source_id=cls.source.id)

    def _read(self, user):
        return self.env['pharma.source.report'].with_user(user).formatted_read_group(
            [('source_id', '=', self.source.id)], ['source_id'],
            ['customer_count:sum', 'opportunity_count:sum', 'won_count:sum', 'order_count:sum',
             'order_amount:sum'])

    def test_yield(self):
        """Customers, opportunities of their departments and confirmed orders are counted."""
        self.env['crm.lead'].create({
            'name': "a", 'type': 'opportunity', 'partner_id': self.department.id})
        self.env['crm.lead'].create({
            'name': "b", 'type': 'opportunity', 'partner_id': self.hospital.id}).action_set_won()
        product = self._create_product()
        order = self.env['sale.order'].create({
            'partner_id': self.hospital.id,
            'order_line': [Command.create({
                'product_id': product.product_variant_id.id, 'product_uom_qty': 2,
                'price_unit': 50, 'tax_ids': False})]})
        self.env['sale.order'].create({'partner_id': self.hospital.id})
        order.action_confirm()
        group, = self._read(self.user_area_manager)
        self.assertEqual(
            (group['customer_count:sum'], group['opportunity_count:sum'], group['won_count:sum'],
             group['order_count:sum'], group['order_amount:sum']), (2, 2, 1, 1, 100))

    def test_other_company(self):
        """Customers, opportunities and orders of another company are in nobody's sums."""
        other = self.env['res.company'].create({'name': "另一家"})
        self._create_hospital(name="别家", source_id=self.source.id, company_id=other.id)
        self.env['crm.lead'].create({
            'name': "a", 'type': 'opportunity', 'partner_id': self.hospital.id,
            'company_id': other.id, 'user_id': False, 'team_id': False})
        group, = self._read(self.user_director)
        self.assertEqual((group['customer_count:sum'], group['opportunity_count:sum']), (2, 0))

    def test_hidden_customers(self):
        """A customer that the user may not see is in no sum."""
        hidden = self.hospital
        partners = type(self.env['res.partner'])
        search = partners._search_pharma_access
        manager = self.user_area_manager

        def _search_pharma_access(model, operator, value):
            domain = search(model, operator, value)
            if operator == 'in' and model.env.user == manager:
                return domain & Domain('id', '!=', hidden.id)
            return domain

        self.patch(partners, '_search_pharma_access', _search_pharma_access)
        self.assertEqual(self._read(self.user_director)[0]['customer_count:sum'], 2)
        self.assertEqual(self._read(manager)[0]['customer_count:sum'], 1)

    @mute_logger('odoo.addons.base.models.ir_model')
    def test_rights(self):
        """Sums over all salespersons are for managers."""
        for role in ('area_manager', 'director', 'admin'):
            self.assertTrue(self._read(self.users_by_role[role]))
        for role in ('representative', 'product_manager', 'service', 'internal', 'portal'):
            with self.subTest(role=role), self.assertRaises(AccessError):
                self._read(self.users_by_role[role])
