import base64

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .test_flow_doubles import FlowDoublesCommon


@tagged('post_install', '-at_install')
class TestFlowClaim(FlowDoublesCommon):
    """A claimed sale counts once its manager and commercial have agreed, and until it is withdrawn.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._create_role_users(
            {'user_other': 'pharma_distribution.group_pharma_distribution_commercial'})

    def _claim(self, user=None, **values):
        return self.env['pharma.flow.claim'].with_user(user or self.user_representative).create({
            'partner_id': self.hospital.id, 'product_id': self.product.id, 'quantity': 7,
            'distributor_id': self.distributor.id, 'date': '2026-01-05', 'reason': "漏报",
            'evidence': base64.b64encode(b'x'), 'evidence_name': "发票.pdf", **values})

    def _approve(self, claim):
        claim.with_user(self.user_representative).action_submit()
        claim.with_user(self.user_area_manager).action_confirm()
        claim.with_user(self.user_commercial).action_approve()
        return self.env['pharma.flow.line'].search([
            ('file_id', '=', claim.sudo().file_id.id), ('row_number', '=', claim.id)])

    def test_approved_claim_counts(self):
        claim = self._claim()
        line = self._approve(claim)
        self.assertRecordValues(line, [{
            'status': 'ok', 'partner_id': self.hospital.id, 'product_id': self.product.id,
            'quantity': 7, 'file_state': 'posted', 'user_id': self.user_representative.id,
            'entry_month': False, 'distributor_id': self.distributor.id}])
        self.assertEqual((claim.state, line.file_id.ok_count), ('approved', 1))
        self.assertTrue(line.file_id.is_claim)
        shown = self.env['pharma.flow.line'].with_user(self.user_representative).search(
            claim.with_user(self.user_representative).action_view_line()['domain'])
        self.assertEqual(shown.id, line.id)

    def test_claims_of_a_month_share_a_file(self):
        first, second = self._approve(self._claim()), self._approve(self._claim(quantity=8))
        other = self._approve(self._claim(date='2026-02-05'))
        self.assertEqual(first.file_id, second.file_id)
        self.assertNotEqual(first.file_id, other.file_id)
        self.assertEqual(first.file_id.quantity, 15)
        with self.assertRaises(UserError):
            first.file_id.action_undo()

    def test_withdrawn_claim_leaves_nothing(self):
        claim = self._claim()
        file = self._approve(claim).file_id
        claim.with_user(self.user_commercial).action_withdraw()
        self.assertEqual(claim.state, 'withdrawn')
        self.assertFalse(file.exists())
        self.assertFalse(self.env['pharma.flow.correction'].search(
            [('row_number', '=', claim.id)]))

    def test_claim_of_a_locked_month(self):
        period = self.env['pharma.flow.period'].create({'month': '2026-01-01'})
        period.action_lock()
        claim = self._claim()
        line = self._approve(claim)
        self.assertEqual((line.status, str(line.entry_month)), ('ok', '2026-02-01'))
        self.env['pharma.flow.period'].create({'month': '2026-02-01'}).action_lock()
        with self.assertRaises(UserError):
            claim.with_user(self.user_commercial).action_withdraw()

    def test_sale_that_a_file_holds(self):
        """A claimed sale that a file reports, before or after, is not counted twice."""
        file = self._make_file({'quantity': '7'})
        line = self._approve(self._claim())
        self.assertEqual((line.status, line.reason), ('duplicate', 'suspected'))
        self.assertReasons(file, False)
        line = self._approve(self._claim(quantity=9))
        self.assertEqual(line.status, 'ok')
        file = self._make_file({'quantity': '9'})
        self.assertReasons(file, False)
        self.assertEqual((line.status, line.reason), ('duplicate', 'suspected'))

    def test_steps_and_people(self):
        claim = self._claim()
        for user in (self.user_area_manager, self.user_commercial):
            with self.assertRaises(AccessError):
                claim.with_user(user).action_submit()
        claim.with_user(self.user_representative).action_submit()
        for user, method in (
                (self.user_representative, 'action_confirm'),
                (self.user_commercial, 'action_confirm'),
                (self.user_area_manager, 'action_approve'),
                (self.user_commercial, 'action_refuse')):
            with self.assertRaises(AccessError):
                getattr(claim.with_user(user), method)()
        with self.assertRaises(UserError):
            claim.with_user(self.user_commercial).action_approve()
        with self.assertRaises(UserError):
            claim.with_user(self.user_representative).quantity = 70
        with self.assertRaises(UserError):
            claim.with_user(self.user_area_manager).quantity = 70
        with self.assertRaises(AccessError):
            claim.with_user(self.user_representative).state = 'approved'

    def test_defaults_of_a_client_open_nothing(self):
        for default in ({'default_state': 'confirmed'},
                        {'default_user_id': self.user_area_manager.id}):
            with self.assertRaises(AccessError):
                self.env['pharma.flow.claim'].with_user(
                    self.user_representative).with_context(**default).create({
                        'partner_id': self.hospital.id, 'product_id': self.product.id,
                        'quantity': 7, 'date': '2026-01-05'})

    def _asked(self, claim):
        """Who has something to do, of the users of these tests."""
        users = self.user_area_manager | self.user_commercial | self.user_other | self.user_director
        self.env.invalidate_all()
        return claim.sudo().activity_ids.user_id & users

    def _told(self, claim):
        """What the claimant was notified of."""
        return claim.sudo().message_ids.filtered(
            lambda message: claim.user_id.partner_id in message.notified_partner_ids).mapped(
                'preview')

    def test_who_is_asked_and_told(self):
        """Commercial hears of confirmed claims, the claimant of the decision."""
        claim = self._claim()
        claim.action_submit()
        self.assertEqual(self._asked(claim), self.user_area_manager)
        claim.with_user(self.user_area_manager).action_confirm()
        self.assertEqual(self._asked(claim), self.user_commercial | self.user_other)
        self.assertFalse(self._told(claim))
        claim.with_user(self.user_commercial).action_approve()
        self.assertFalse(claim.sudo().activity_ids, "nobody has anything to do any more")
        self.assertIn("counts", self._told(claim)[0])
        claim.with_user(self.user_commercial).action_withdraw()
        self.assertEqual(len(self._told(claim)), 2)

    def test_who_is_responsible_is_asked_alone(self):
        """Where somebody collects the distributor's files; of another one, somebody else."""
        schedules = self.env['pharma.flow.schedule']
        other = self._create_distributor(name="岚溪医药有限公司")
        schedules.create([
            {'distributor_id': self.distributor.id, 'user_id': self.user_other.id},
            {'distributor_id': other.id, 'user_id': self.user_commercial.id}])
        claim = self._claim()
        claim.action_submit()
        claim.with_user(self.user_area_manager).action_confirm()
        self.assertEqual(self._asked(claim), self.user_other)
        claim.with_user(self.user_commercial).distributor_id = other
        self.assertEqual(self._asked(claim), self.user_commercial)
        claim.action_draft()
        self.assertFalse(self._asked(claim), "taken back by the claimant")

    def test_refusal_closes_and_tells(self):
        claim = self._claim()
        claim.action_submit()
        claim.with_user(self.user_area_manager).action_confirm()
        commercial = claim.with_user(self.user_commercial)
        commercial.answer = "发票不清楚"
        commercial.action_refuse()
        self.assertFalse(claim.sudo().activity_ids)
        self.assertIn("发票不清楚", self._told(claim)[0])
        # again: whoever confirmed before is asked again, and commercial afterwards
        claim.action_draft()
        claim.action_submit()
        self.assertEqual(self._asked(claim), self.user_area_manager)

    def test_nobody_agrees_to_his_own(self):
        claim = self._claim(self.user_area_manager)
        claim.with_user(self.user_area_manager).action_submit()
        with self.assertRaises(AccessError):
            claim.with_user(self.user_area_manager).action_confirm()

    def test_who_answers(self):
        """The answer is written by whose turn it is to decide, never by the claimant."""
        claim = self._claim()
        for state in ('draft', 'submitted', 'confirmed'):
            claim.sudo().state = state
            with self.subTest(state=state), self.assertRaises(AccessError):
                claim.answer = "同意"
        with self.assertRaises(AccessError):
            claim.with_user(self.user_area_manager).answer = "已经由商务处理"
        claim.with_user(self.user_commercial).answer = "同意"
        self.assertEqual(claim.answer, "同意")

    def test_refused_with_an_answer_and_claimed_again(self):
        claim = self._claim()
        claim.action_submit()
        manager = claim.with_user(self.user_area_manager)
        with self.assertRaises(UserError):
            manager.action_refuse()
        manager.answer = "发票不清楚"
        manager.action_refuse()
        self.assertEqual(claim.state, 'refused')
        claim.action_draft()
        claim.quantity = 6
        claim.action_submit()
        self.assertEqual(claim.state, 'submitted')

    def test_needs_proof_and_distributor(self):
        claim = self._claim(evidence=False, distributor_id=False)
        with self.assertRaises(UserError):
            claim.action_submit()
        claim.evidence = base64.b64encode(b'x')
        claim.action_submit()
        claim.with_user(self.user_area_manager).action_confirm()
        commercial = claim.with_user(self.user_commercial)
        with self.assertRaises(UserError):
            commercial.action_approve()
        commercial.distributor_id = self.distributor
        commercial.action_approve()
        with self.assertRaises(UserError):
            commercial.distributor_id = False

    def test_who_sees_claims(self):
        claim = self._claim()
        far = self._claim(self.user_director, partner_id=self.clinic_hospital.id)
        claims = self.env['pharma.flow.claim']
        domain = [('id', 'in', (claim | far).ids)]
        for user, seen in (
                (self.user_representative, claim), (self.user_commercial, claim | far),
                (self.user_director, claim | far)):
            self.assertEqual(claims.with_user(user).search(domain).ids, sorted(
                seen.ids, reverse=True))
