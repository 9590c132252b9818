from odoo.tests import new_test_user, tagged

from ..common import PharmaDistributionCommon

COMMERCIAL = 'pharma_distribution.group_pharma_distribution_commercial'


@tagged('post_install', '-at_install')
class TestFlowHandover(PharmaDistributionCommon):
    """Collection schedules, files owed and claims go to a successor."""

    def test_handover(self):
        """Both move as the preview says, and come back."""
        old, new = (new_test_user(self.env, login=login, groups=COMMERCIAL)
                    for login in ('flow_old', 'flow_new'))
        schedule = self.env['pharma.flow.schedule'].create({
            'distributor_id': self._create_distributor().id, 'user_id': old.id,
            'date_from': '2026-01-01'})
        duties = self.env['pharma.flow.duty'].search([('schedule_id', '=', schedule.id)])
        self.assertTrue(duties)
        claim = self.env['pharma.flow.claim'].create({
            'user_id': old.id, 'partner_id': self._create_hospital().id,
            'product_id': self._create_product().id, 'date': '2026-02-03', 'quantity': 3})
        handover = self.env['pharma.handover'].with_user(self.user_director).create({
            'user_id': old.id, 'to_user_id': new.id})
        handover.action_preview()
        results = {(line.key, line.res_id): line.result for line in handover.line_ids}
        self.assertEqual(results['flow_schedule', schedule.id], 'move')
        handover.action_apply()
        self.assertEqual(schedule.user_id | duties.user_id | claim.user_id, new)
        handover.action_undo()
        self.assertEqual(schedule.user_id | duties.user_id | claim.user_id, old)

    def test_successor_without_files(self):
        """Who sees no files cannot be responsible for them."""
        old = new_test_user(self.env, login='flow_old', groups=COMMERCIAL)
        schedule = self.env['pharma.flow.schedule'].create({
            'distributor_id': self._create_distributor().id, 'user_id': old.id})
        handover = self.env['pharma.handover'].with_user(self.user_director).create({
            'user_id': old.id, 'to_user_id': self.user_internal.id})
        handover.action_preview()
        line = handover.line_ids.filtered(lambda one: one.key == 'flow_schedule')
        self.assertEqual((line.res_id, line.result, line.refusal),
                         (schedule.id, 'refused', 'successor_blind'))
