from odoo.tests import HttpCase, tagged

from ..common import PharmaCrmCommon


@tagged('post_install', '-at_install')
class TestMergeUi(PharmaCrmCommon, HttpCase):
    """Merging in a real browser."""

    def test_merge_and_undo(self):
        kept = self._create_hospital(name="巡访合并医院", website="https://new.example.com")
        old = self._create_hospital(
            name="巡访合并医院老名", website="https://old.example.com", phone="010-1", ref="XF1",
            street="一路")
        # The list without a search has more than these two: the tour sees when it is filtered
        self._create_hospital(name="巡访之外的医院")
        self.env['crm.lead'].create({'name': "商机", 'partner_id': old.id})
        self.start_tour('/odoo/terminals', 'pharma_crm_merge', login='pharma_steward')
        merge = self.env['pharma.merge'].search([('partner_id', '=', kept.id)])
        self.assertEqual((merge.state, old.merged_into_id), ('done', kept))
        self.start_tour('/odoo/merges', 'pharma_crm_merge_undo', login='pharma_steward')
        self.env.invalidate_all()
        self.assertRecordValues(merge, [{
            'state': 'undone', 'user_id': self.user_steward.id, 'kept_count': 0}])
        self.assertEqual(kept.website, "https://new.example.com")
        self.assertTrue(old.active)
