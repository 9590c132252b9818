# pylint: disable=translation-required  # texts that people wrote
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common_allocation import AllocationCase


@tagged('post_install', '-at_install')
class TestAllocationAnswer(AllocationCase):
    """What people answer, and who may."""

    def _decline(self, lead, user, reason='busy'):
        dialog = self.env['pharma.allocation.decline'].with_user(user).create({
            'lead_id': lead.id, 'reason': reason, 'note': "本周外出"})
        dialog.action_decline()
        self._run()

    def test_accept(self):
        lead = self._offer()
        self.assertTrue(lead.with_user(self.rep).may_answer_allocation)
        lead.with_user(self.rep).action_accept_offer()
        self.assertRecordValues(lead, [{'user_id': self.rep.id, 'allocation_state': 'accepted'}])
        self.assertEqual(lead.allocation_id.result, 'accepted')
        self.assertTrue(lead.answered_at)
        with self.assertRaises(UserError):
            lead.with_user(self.rep).action_accept_offer()

    def test_not_others(self):
        """A colleague does not answer; a manager may, for him."""
        lead = self._offer()
        self.assertFalse(lead.with_user(self.colleague).sudo(False).may_answer_allocation)
        for call in (lead.with_user(self.colleague).action_accept_offer,
                     lead.with_user(self.colleague).action_decline_offer,
                     lambda: self._decline(lead, self.colleague)):
            with self.assertRaises(AccessError):
                call()
        lead.with_user(self.manager).action_accept_offer()
        self.assertEqual((lead.user_id, lead.allocation_state), (self.rep, 'accepted'))

    def test_decline(self):
        """The reason is kept, the next in line is asked."""
        self._assign(self.colleague, self.area_a, date_from=self.begin)
        lead = self._offer()
        self._decline(lead, self.rep)
        first, second = lead.allocation_ids.sorted('id')
        self.assertRecordValues(first, [{
            'result': 'declined', 'decline_reason': 'busy', 'note': "本周外出"}])
        self.assertEqual(second.user_id, self.colleague)
        with self.assertRaises(UserError):
            self._decline(lead, self.rep)

    def test_back_to_marketing(self):
        """No demand yet: whoever entered it has it again, and releases it later."""
        lead = self._offer()
        self._decline(lead, self.rep, 'nurture')
        self.assertRecordValues(lead, [{
            'allocation_state': 'nurture', 'user_id': self.marketing.id,
            'allocation_pending': False}])
        lead.with_user(self.marketing).action_release()
        self._run()
        self.assertRecordValues(lead, [{
            'allocation_state': 'offered', 'user_id': self.rep.id, 'allocation_round': 1}])

    def test_first_contact(self):
        """Writing to the customer or moving the lead on is an answer; others' notes are not."""
        lead = self._offer()
        lead.with_user(self.manager).message_post(body="请尽快", message_type='comment')
        self.assertEqual(lead.allocation_state, 'offered')
        lead.with_user(self.rep).message_post(body="您好", message_type='comment')
        self.assertEqual(
            (lead.allocation_state, lead.allocation_id.result), ('accepted', 'contacted'))
        lead = self._offer(type='opportunity')
        stage = self.env['crm.stage'].search(
            [('id', '!=', lead.stage_id.id), ('is_won', '=', False)], limit=1)
        lead.with_user(self.manager).stage_id = stage
        self.assertEqual(lead.allocation_state, 'offered')
        lead.with_user(self.rep).stage_id = self.env['crm.stage'].search(
            [('id', '!=', stage.id), ('is_won', '=', False)], limit=1)
        self.assertEqual(lead.allocation_id.result, 'contacted')

    def test_new_owner(self):
        """Given to somebody by hand: the offer ends, nobody is late."""
        lead = self._offer()
        lead.with_user(self.manager).user_id = self.manager
        self.assertEqual((lead.allocation_state, lead.allocation_id.result), ('accepted', 'moved'))
        lead = self._offer(self.hospital_x)
        self.assertEqual(lead.allocation_state, 'pool')
        lead.user_id = self.user_director
        self.assertEqual(lead.allocation_state, 'accepted')

    def test_lost(self):
        lead = self._offer()
        lead.with_user(self.rep).action_set_lost()
        self.assertEqual(lead.allocation_id.result, 'closed')

    def test_release(self):
        """A representative gives his lead back; without rules, or a won one, it cannot be."""
        lead = self.env['crm.lead'].with_user(self.rep).create({
            'name': "不归我", 'partner_id': self.hospital_a.id})
        lead.action_release()
        self._run()
        self.assertEqual(lead.sudo().allocation_state, 'offered')
        won = self.env['crm.lead'].create({'name': "成交", 'user_id': self.rep.id})
        won.action_set_won()
        with self.assertRaises(UserError):
            won.action_release()
        self.rule.active = False
        with self.assertRaises(UserError):
            lead.sudo().with_user(self.user_director).action_release()

    def test_closed_fields(self):
        """Nobody writes what the allocation notes, in no way a client has."""
        lead = self._offer()
        with mute_logger('odoo.addons.base.models.ir_model'):
            for user in (self.rep, self.manager, self.user_admin):
                for name, value in (
                        ('allocation_state', 'accepted'), ('allocation_pending', False),
                        ('allocation_round', 0), ('allocation_since', False),
                        ('allocation_id', False)):
                    with self.subTest(user=user.login, field=name):
                        with self.assertRaises(AccessError):
                            lead.with_user(user).write({name: value})
                        with self.assertRaises(AccessError):
                            self.env['crm.lead'].with_user(user).create(
                                {'name': "x", name: value})
                        with self.assertRaises(AccessError):
                            self.env['crm.lead'].with_user(user).with_context(
                                **{f'default_{name}': value or 'pool'}).create({'name': "x"})
                with self.assertRaises(AccessError):
                    lead.allocation_id.with_user(user).write({'result': 'accepted'})

    def test_who_reads_offers(self):
        """Oneself and one's managers; nobody else's name and lead."""
        offer = self._offer().allocation_id
        allocations = self.env['pharma.allocation']
        for user, sees in ((self.rep, True), (self.manager, True), (self.user_director, True),
                           (self.colleague, False)):
            self.assertEqual(bool(allocations.with_user(user).search(
                [('id', '=', offer.id)])), sees, user.login)
        for user in (self.marketing, self.user_service, self.user_portal):
            with self.assertRaises(AccessError), mute_logger('odoo.addons.base.models.ir_model'):
                allocations.with_user(user).search([])
