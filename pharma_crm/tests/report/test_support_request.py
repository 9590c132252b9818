from datetime import timedelta

from psycopg2.errors import NotNullViolation

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from ..common import PharmaCrmCommon


@tagged('post_install', '-at_install')
class TestSupportRequest(PharmaCrmCommon):
    """A representative asks his manager to come along."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.hospital = cls._create_hospital()
        cls.env.company.pharma_support_user_ids = cls.user_steward + cls.user_internal
        cls.requests = cls.env['pharma.support.request']
        cls.stranger = cls.env['res.users'].create({
            'name': "别人", 'login': 'support_stranger', 'email': 's@example.com',
            'group_ids': [(6, 0, cls.env.ref('pharma_crm.group_pharma_crm_representative').ids)]})
        cls._assign(cls.stranger, cls._create_territory(name="别处"), date_from='2020-01-01')

    def _ask(self, **values):
        return self.requests.with_user(self.user_representative).create({
            'name': "请协助与药剂科沟通进院", 'partner_id': self.hospital.id, **values})

    def _agree(self, request, days=3):
        return request.with_user(self.user_area_manager).write({
            'date_agreed': fields.Datetime.now() + timedelta(days=days), 'advice': "先约主任"})

    def test_asking(self):
        """The manager is suggested and has it in his to-dos; the office has a copy."""
        with Form(self.requests.with_user(self.user_representative)) as form:
            form.name = "请协助"
            form.partner_id = self.hospital
            self.assertEqual(form.manager_id, self.user_area_manager)
        request = form.record.sudo()
        activity = request.activity_ids
        self.assertEqual(activity.user_id, self.user_area_manager)
        # The office sees the customer, whoever has no role does not
        self.assertEqual(request.copy_user_ids, self.user_steward)
        self.assertIn(self.user_steward.partner_id, request.message_partner_ids)
        self.assertNotIn(self.user_internal.partner_id, request.message_partner_ids)
        self.assertTrue(request.with_user(self.user_steward).has_access('read'))
        self.assertFalse(request.with_user(self.user_steward).has_access('write'))

    def test_from_opportunity_and_call(self):
        """The customer follows from what the request is about."""
        lead = self.env['crm.lead'].with_user(self.user_representative).create({
            'name': "机会", 'type': 'opportunity', 'partner_id': self.hospital.id})
        request = self.requests.with_user(self.user_representative).create({
            'name': "请协助", 'lead_id': lead.id})
        self.assertEqual(request.partner_id, self.hospital)

    def test_accepted(self):
        """The answer becomes a joint call in the plan of who asked; its time is measured."""
        request = self._ask()
        request.sudo().asked_at = fields.Datetime.now() - timedelta(hours=5)
        manager = request.with_user(self.user_area_manager)
        with self.assertRaises(UserError):
            manager.action_accept()
        self._agree(request)
        manager.action_accept()
        visit = request.joint_visit_id
        self.assertRecordValues(visit, [{
            'user_id': self.user_representative.id, 'companion_id': self.user_area_manager.id,
            'partner_id': self.hospital.id, 'state': 'planned',
            'date_start': request.date_agreed, 'objective': request.name}])
        self.assertEqual(request.answered_by_id, self.user_area_manager)
        self.assertAlmostEqual(request.answer_hours, 5, delta=0.1)
        self.assertFalse(request.sudo().activity_ids)
        with self.assertRaises(UserError):
            manager.action_accept()

    def test_declined(self):
        """Without a date there is advice."""
        manager = self._ask().with_user(self.user_area_manager)
        with self.assertRaises(UserError):
            manager.action_decline()
        manager.advice = "先补充临床资料"
        manager.action_decline()
        self.assertEqual(manager.state, 'declined')
        self.assertIn("先补充临床资料", manager.message_ids[0].body)
        with self.assertRaises(AccessError):
            manager.advice = "改口"

    def test_outcome(self):
        """What it brought is kept, with the days that it took."""
        request = self._ask()
        request.sudo().asked_at = fields.Datetime.now() - timedelta(days=2)
        self._agree(request)
        request.with_user(self.user_area_manager).action_accept()
        with self.assertRaises(UserError):
            request.action_done()
        request.write({'outcome': "药事会已列入议程", 'outcome_result': 'moved'})
        request.action_done()
        self.assertEqual(request.state, 'done')
        self.assertAlmostEqual(request.done_days, 2, delta=0.1)
        [[_month, hours, days]] = self.requests._read_group(
            [('id', '=', request.id)], ['asked_at:month'], ['answer_hours:avg', 'done_days:avg'])
        self.assertGreater(hours, 47)
        self.assertGreater(days, 1.9)
        with self.assertRaises(UserError):
            request.action_cancel()

    def test_withdrawn(self):
        """The joint call goes with the request; a manager's to-do as well."""
        request = self._ask()
        self._agree(request)
        request.with_user(self.user_area_manager).action_accept()
        request.action_cancel()
        self.assertEqual((request.state, request.joint_visit_id.state), ('cancelled', 'cancelled'))
        other = self._ask()
        other.action_cancel()
        self.assertFalse(other.sudo().activity_ids)

    def test_who_answers(self):
        """Nobody answers himself, and no stranger anything."""
        request = self._ask()
        for values in ({'advice': "x"}, {'state': 'accepted'}, {'answer_hours': 1},
                       {'date_agreed': fields.Datetime.now()}, {'outcome': "x"},
                       {'copy_user_ids': [(6, 0, self.user_internal.ids)]}):
            with self.assertRaises(AccessError):
                request.write(values)
            with self.assertRaises(AccessError):
                self._ask(**values)
        for method in ('action_accept', 'action_decline'):
            with self.assertRaises(AccessError):
                getattr(request, method)()
        for user in (self.stranger, self.user_steward):
            for method in ('action_accept', 'action_decline', 'action_done', 'action_cancel'):
                with self.assertRaises(AccessError), mute_logger('odoo.addons.base.models.ir_rule',
                                                                 'odoo.addons.base.models.ir_model'):
                    getattr(request.with_user(user), method)()
        request.name = "改个题目"
        self._agree(request)
        request.with_user(self.user_area_manager).action_accept()
        with self.assertRaises(AccessError):
            request.name = "答复以后不改"

    def test_who_reads(self):
        request = self._ask()
        for user in (self.user_representative, self.user_area_manager, self.user_director,
                     self.user_product_manager):
            self.assertTrue(request.with_user(user).has_access('read'))
        for user in (self.stranger, self.user_internal, self.user_service):
            self.assertFalse(request.with_user(user).has_access('read'))

    def test_asked_of(self):
        """Who is asked must see the customer; a new one gets the to-do; nobody asks himself."""
        with self.assertRaises(ValidationError), mute_logger('odoo.addons.base.models.ir_rule'):
            self._ask(manager_id=self.stranger.id)
        with self.assertRaises(ValidationError):
            self._ask(manager_id=self.user_representative.id)
        request = self._ask()
        request.manager_id = self.user_director
        self.assertEqual(request.sudo().activity_ids.user_id, self.user_director)
        request.with_user(self.user_product_manager).check_access('read')
        request.manager_id = self.user_product_manager
        expert = request.with_user(self.user_product_manager)
        expert.write({'date_agreed': fields.Datetime.now() + timedelta(days=1)})
        expert.action_accept()
        self.assertEqual(request.joint_visit_id.companion_id, self.user_product_manager)

    def test_no_manager(self):
        """Without a manager above, who is asked is chosen by hand."""
        self.territory.assignment_ids.filtered(lambda row: row.role == 'manager').unlink()
        with mute_logger('odoo.sql_db'), self.assertRaises(NotNullViolation), self.cr.savepoint():
            self._ask()
        request = self._ask(manager_id=self.user_director.id)
        self.assertEqual(request.manager_id, self.user_director)

    def test_hidden_customer(self):
        """Nobody asks about a customer that he does not see."""
        hidden = self._create_hospital(name="别院", territory=False)
        self._align(hidden, self._create_territory(name="远处"), date_from='2020-01-01')
        with self.assertRaises(ValidationError) as refused:
            self._ask(partner_id=hidden.id, manager_id=self.user_area_manager.id)
        self.assertNotIn(hidden.name, str(refused.exception))
        with self.assertRaises(AccessError), mute_logger('odoo.addons.base.models.ir_rule'):
            self._ask(partner_id=hidden.id, manager_id=self.user_director.id)
