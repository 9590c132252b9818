from odoo.tests import new_test_user, tagged

from .common import PharmaTenderCommon


@tagged('post_install', '-at_install')
class TestTenderHandover(PharmaTenderCommon):
    """Tenders that go on get another owner and other helpers; those that ended do not."""

    def test_handover(self):
        """Owner and helper change hands, the tender notes it, and all comes back."""
        heir = new_test_user(
            self.env, login='tender_heir', groups='pharma_tender.group_pharma_tender_user')
        old = self.user_tender
        tender, ended = self._create_tender(user_id=old.id), self._create_tender(user_id=old.id)
        helped = self._create_tender(
            user_id=self.user_tender_admin.id, helper_ids=[(6, 0, old.ids)])
        ended.stage_id = ended.kind_id.stage_ids[-1]
        ended.stage_id.fold = True
        handover = self.env['pharma.handover'].with_user(self.user_director).create({
            'user_id': old.id, 'to_user_id': heir.id})
        handover.action_preview()
        handover.action_apply()
        self.assertEqual((tender.user_id, ended.user_id, helped.helper_ids), (heir, old, heir))
        self.assertIn(heir.name, tender.message_ids[0].body)
        handover.action_undo()
        self.assertEqual((tender.user_id, helped.helper_ids), (old, old))
