from odoo.tests import HttpCase, tagged

from .common_change import ChangeCase


@tagged('post_install', '-at_install')
class TestChangeUi(ChangeCase, HttpCase):
    """Change requests in the browser."""

    def test_levels(self):
        """An administrator sets up a second level in at most 6 clicks: the tour counts."""
        self.start_tour('/odoo/pharma-home', 'pharma_crm_change_level', login='pharma_admin')
        level = self.env['tier.definition'].search(
            [('model', '=', 'pharma.change.request')], order='id DESC', limit=1)
        self.assertRecordValues(level, [{
            'pharma_kind': 'new_customer', 'pharma_customer_type': 'hospital',
            'pharma_reviewer': 'director', 'review_type': 'group'}])
        # it holds: a new hospital takes both
        request = self.env['pharma.change.request'].with_user(self.user_representative).propose(
            'new_customer', values={'name': "新院", 'pharma_type': 'hospital'})
        self._as(request).action_accept()
        self.assertEqual(request.state, 'submitted')
        self._as(request, self.user_director).action_accept()
        self.assertEqual(request.state, 'done')

    def test_accept(self):
        """The data steward corrects a proposal and accepts it by keyboard."""
        self.hospital.name = "巡访变更医院"
        request = self._propose()
        self.start_tour(
            '/odoo/change-requests-to-decide', 'pharma_crm_change_accept',
            login='pharma_steward')
        request.invalidate_recordset()
        self.assertEqual((request.state, self.hospital.phone), ('done', '0571-3'))


@tagged('post_install', '-at_install')
class TestChangePhone(ChangeCase, HttpCase):
    """A representative proposes on the phone."""

    browser_size = '390x844'
    touch_enabled = True

    def test_propose(self):
        self.start_tour(
            f'/odoo/terminals/{self.hospital.id}', 'pharma_crm_change_propose',
            login='pharma_representative')
        request = self.hospital.change_request_ids
        self.assertRecordValues(request, [{'state': 'submitted', 'reason': "门牌上的号码"}])
        self.assertEqual(request.line_ids.mapped('proposed_value'), ['0571-2'])
        self.assertEqual(self.hospital.phone, '0571-1')
