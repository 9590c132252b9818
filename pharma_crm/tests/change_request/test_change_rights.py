from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from .common_change import ChangeCase


@tagged('post_install', '-at_install')
class TestChangeRights(ChangeCase):
    """Who asks, who sees, who decides; whatever a client calls."""

    def setUp(self):
        super().setUp()
        self.enterContext(mute_logger(
            'odoo.addons.base.models.ir_rule', 'odoo.addons.base.models.ir_model',
            'odoo.models.unlink'))

    def test_who_sees(self):
        """The asker, his managers, stewards and directors; nobody else."""
        request = self._propose()
        for user, seen in (
            (self.user_representative, True), (self.user_area_manager, True),
            (self.user_steward, True), (self.user_director, True), (self.user_admin, True),
            (self.colleague, False), (self.user_service, False), (self.user_internal, False),
            (self.user_portal, False),
        ):
            with self.subTest(user=user.login):
                Request = self.env['pharma.change.request'].with_user(user)
                if not Request.has_access('read'):
                    self.assertFalse(seen)
                    continue
                self.assertEqual(bool(Request.search([('id', '=', request.id)])), seen)
                lines = self.env['pharma.change.request.line'].with_user(user)
                self.assertEqual(bool(lines.search([('request_id', '=', request.id)])), seen)

    def test_other_company(self):
        """Stewards of another company neither see nor decide."""
        company = self.env['res.company'].create({'name': "另一公司"})
        foreigner = new_test_user(
            self.env, login='change_foreigner', company_id=company.id,
            company_ids=[Command.set(company.ids)],
            groups='pharma_crm.group_pharma_crm_steward')
        request = self._propose()
        with self.assertRaises(AccessError):
            self._as(request, foreigner).action_accept()
        self.assertNotIn(foreigner, request.review_ids.reviewer_ids)

    def test_hidden_customer(self):
        """Nobody proposes about customers that he does not see, nor names one that he does not."""
        for partner in (self.far, self._create_department(self.far)):
            with self.assertRaises(AccessError):
                self._propose(partner)
        with self.assertRaises(UserError):
            self._propose(self.department, {'parent_id': self.far.id})
        with self.assertRaises(AccessError):
            self._propose(self.doctor, user=self.user_service)

    def test_read_only_customer(self):
        """Who may only read a customer proposes: he cannot write."""
        distributor = self._create_distributor()
        with self.assertRaises(AccessError):
            distributor.with_user(self.user_representative).phone = '1'
        request = self._propose(distributor, {'phone': '0571-5'})
        self._as(request).action_accept()
        self.assertEqual(distributor.phone, '0571-5')
        self.assertTrue(self._propose(distributor, user=self.user_service))

    def test_nobody_decides_about_his_own(self):
        """Not a steward either; another one does."""
        request = self._propose(user=self.user_steward)
        self.assertNotIn(self.user_steward, request.review_ids.reviewer_ids)
        for method in ('action_accept', 'validate_tier', 'reject_tier', 'action_open_refusal'):
            with self.subTest(method=method), self.assertRaises(AccessError):
                getattr(self._as(request), method)()
        with self.assertRaises(AccessError):
            self._as(request).line_ids.action_leave()
        self._as(request, self.steward2).action_accept()
        self.assertEqual(request.state, 'done')

    def test_not_ones_turn(self):
        """Asker, manager, director: only stewards are on the first level."""
        request = self._propose()
        for user in (self.user_representative, self.user_area_manager, self.user_director,
                     self.colleague, self.user_portal):
            for method in ('action_accept', 'action_accept_over', 'validate_tier', 'reject_tier',
                           'action_edit', 'request_validation', 'restart_validation'):
                with self.subTest(user=user.login, method=method), (
                        self.assertRaises(AccessError)):
                    getattr(self._as(request, user), method)()
        for user in (self.user_steward, self.user_area_manager, self.colleague):
            for method in ('action_submit', 'action_withdraw', 'action_cancel'):
                with self.subTest(user=user.login, method=method), (
                        self.assertRaises(UserError)):
                    getattr(self._as(request, user), method)()
        self.assertEqual(request.state, 'submitted')
        self.assertEqual(self.hospital.phone, '0571-1')

    def test_reviews_are_closed(self):
        """OCA lets every employee write reviews: not these, nor through the request."""
        request = self._propose()
        review = request.review_ids
        self.assertEqual(review.status, 'pending')
        for user in (self.user_representative, self.user_steward, self.user_admin):
            own = review.with_user(user)
            for vals in ({'status': 'approved'}, {'reviewer_ids': [Command.link(user.id)]},
                         {'res_id': 1}, {'model': 'res.partner'}, {'requested_by': 1}):
                with self.subTest(user=user.login, vals=vals), self.assertRaises(AccessError):
                    own.write(vals)
            with self.assertRaises(AccessError):
                own.unlink()
            with self.assertRaises(AccessError):
                own.create({'model': 'pharma.change.request', 'res_id': request.id})
            with self.assertRaises(UserError):
                self._as(request, user).write({
                    'review_ids': [Command.update(review.id, {'status': 'approved'})]})
        self.assertEqual(review.status, 'pending')

    def test_reviews_are_seen_with_the_request(self):
        """OCA lets everybody read reviews, comments included."""
        review = self._propose().review_ids
        for user, seen in (
            (self.user_representative, True), (self.user_area_manager, True),
            (self.user_steward, True), (self.colleague, False), (self.user_service, False),
            (self.user_internal, False), (self.user_portal, False),
        ):
            with self.subTest(user=user.login):
                own = review.with_user(user)
                self.assertEqual(bool(own.search([('id', '=', review.id)])), seen)
                self.assertEqual(own.has_access('read'), seen)

    def test_fields_are_closed(self):
        """State, asker, values and decision are written by the buttons alone, in every way."""
        request = self._propose()
        request._set_closed(state='draft')
        self.addCleanup(self.env.invalidate_all)
        mine = self._as(request, self.user_representative)
        vals = {
            'state': 'done', 'user_id': self.colleague.id, 'pharma_type': 'person',
            'decided_by_id': 1, 'decision_note': "x", 'submitted_at': '2020-01-01 00:00:00',
            'manager_ids': [Command.clear()], 'line_ids': [Command.clear()], 'is_new': True,
            'territory_id': False, 'validation_status': 'validated', 'name': "x",
            'corrected_at': False}
        for name, value in vals.items():
            with self.subTest(name=name):
                with self.assertRaises(AccessError):
                    mine.write({name: value})
                with self.assertRaises(AccessError):
                    mine.with_context(skip_validation_check=True).write({name: value})
                with self.assertRaises(AccessError):
                    mine.create({'partner_id': self.hospital.id, name: value})
                with self.assertRaises(AccessError):
                    mine.with_context(**{f'default_{name}': value}).create(
                        {'partner_id': self.hospital.id})
        with self.assertRaises(AccessError):
            mine.line_ids.write({'decided_value': "x"})
        with self.assertRaises(AccessError):
            mine.line_ids.create({'request_id': request.id, 'field_name': 'name'})
        with self.assertRaises(AccessError):
            mine.unlink()

    def test_only_the_asker_writes(self):
        """A draft is changed by nobody else; a submitted one by nobody."""
        request = self._propose()
        self._as(request, self.user_representative).action_withdraw()
        for user in (self.user_steward, self.user_area_manager, self.colleague):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self._as(request, user).write({'reason': "x"})

    def test_verified_is_closed(self):
        """Only data stewards say that a customer is verified."""
        with self.assertRaises(AccessError):
            self.hospital.with_user(self.user_director).pharma_verified = 'unverified'
        self.hospital.with_user(self.user_steward).pharma_verified = 'unverified'
        with self.assertRaises(AccessError):
            self.env['res.partner'].with_user(self.user_representative).create({
                'name': "新医院", 'pharma_type': 'hospital', 'pharma_verified': 'verified'})

    def test_comment_of_another_request(self):
        """OCA's dialog for comments takes any reviews: those of other requests decide nothing."""
        self.env.ref('pharma_crm.tier_definition_change_steward').has_comment = True
        one, two = self._propose(), self._propose(self.doctor, {'phone': '138'})
        action = self._as(one).action_accept()
        self.assertEqual(action['res_model'], 'comment.wizard')
        self.assertEqual(one.state, 'submitted')
        wizard = self.env['comment.wizard']
        with self.assertRaises(AccessError):
            wizard.with_user(self.user_steward).create({
                'validate_reject': 'validate', 'res_model': one._name, 'res_id': one.id,
                'review_ids': [Command.set(two.review_ids.ids)], 'comment': "好"}).add_comment()
        for user in (self.user_representative, self.user_director):
            with self.assertRaises(AccessError):
                wizard.with_user(user).create({
                    'validate_reject': 'validate', 'res_model': one._name, 'res_id': one.id,
                    'review_ids': [Command.set(one.review_ids.ids)], 'comment': "好",
                }).add_comment()
        self.assertEqual((one | two).mapped('state'), ['submitted', 'submitted'])
        wizard.with_user(self.user_steward).with_context(**action['context']).create({
            'comment': "已核对"}).add_comment()
        self.assertEqual(one.state, 'done')
        self.assertEqual(one.review_ids.comment, "已核对")
        refused = self._as(two)
        wizard.with_user(self.user_steward).create({
            'validate_reject': 'reject', 'res_model': two._name, 'res_id': two.id,
            'review_ids': [Command.set(two.review_ids.ids)], 'comment': "不对"}).add_comment()
        self.assertRecordValues(refused, [{'state': 'refused', 'decision_note': "不对"}])

    def test_counter_in_the_menu_bar(self):
        """OCA's counter opens what is due for whoever looks, and nothing else."""
        self._level()
        request = self._propose()
        for user in (self.user_steward, self.user_director, self.user_representative):
            self.env['res.users'].with_user(user).review_user_count()
        self.assertEqual(
            request.review_ids.sorted('sequence').mapped('status'), ['pending', 'waiting'])
