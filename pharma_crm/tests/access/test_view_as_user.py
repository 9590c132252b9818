import json

from odoo.exceptions import AccessError
from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tools import mute_logger

from ..common_territory import TerritoryCase


@tagged('post_install', '-at_install')
class TestViewAsUser(TerritoryCase, HttpCase):
    """An administrator looks with a user's eyes."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.assignment = cls._assign(cls.user_representative, cls.area_a)
        cls.administrator = new_test_user(
            cls.env, login='pharma_settings', password='pharma_settings', name="系统管理员",
            groups='base.group_system,pharma_crm.group_pharma_crm_admin')

    def _call(self, model, method, *args, **kwargs):
        """What a call of the web client answers: its result, or the message of its error."""
        answer = self.url_open(
            '/web/dataset/call_kw', headers={'Content-Type': 'application/json'},
            data=json.dumps({'params': {
                'model': model, 'method': method, 'args': args, 'kwargs': kwargs}})).json()
        return answer.get('result', answer.get('error', {}).get('data', {}).get('name'))

    def _get_seen(self):
        found = self._call('res.partner', 'search_read', [
            ('id', 'in', (self.hospital_a + self.hospital_x).ids)], fields=['id'])
        return {row['id'] for row in found}

    def test_look_and_back(self):
        """He sees what that user sees, the log tells it, and the way back is open."""
        self.authenticate('pharma_settings', 'pharma_settings')
        both = {self.hospital_a.id, self.hospital_x.id}
        self.assertEqual(self._get_seen(), both)
        action = self._call(
            'pharma.territory.assignment', 'action_view_as_user', self.assignment.ids)
        self.assertEqual(action['tag'], 'reload')
        self.assertEqual(self._get_seen(), {self.hospital_a.id})
        log = self.env['impersonate.log'].search([], order='id desc', limit=1)
        self.assertEqual(log.user_id, self.administrator)
        self.assertEqual(log.impersonated_partner_id, self.user_representative.partner_id)
        self._call('res.users', 'back_to_origin_login')
        self.assertEqual(self._get_seen(), both)
        self.assertTrue(log.date_end)

    @mute_logger('odoo.http')
    def test_refused(self):
        """Other administrators and archived users are nobody's eyes."""
        self.authenticate('pharma_settings', 'pharma_settings')
        other = new_test_user(self.env, login='pharma_settings_2', groups='base.group_system')
        self.user_service.active = False
        for user in (other, self.user_service):
            self.assertEqual(
                self._call('res.users', 'impersonate_login', user.ids),
                'odoo.exceptions.UserError')
        self.assertEqual(self._get_seen(), {self.hospital_a.id, self.hospital_x.id})

    @mute_logger('odoo.http', 'odoo.addons.base.models.ir_model')
    def test_not_for_others(self):
        """No role of the suite may, not even its administrator; nor do they read the log."""
        for role in ('admin', 'director', 'area_manager', 'representative', 'internal'):
            with self.subTest(role=role):
                self.authenticate(f'pharma_{role}', f'pharma_{role}')
                self.assertEqual(
                    self._call('res.users', 'impersonate_login', self.colleague.ids),
                    'odoo.exceptions.AccessError')
                with self.assertRaises(AccessError):
                    self.env['impersonate.log'].with_user(
                        self.users_by_role[role]).search([])
        log = self.env['impersonate.log'].create({'user_id': self.administrator.id})
        self.assertEqual(log.with_user(self.administrator).user_id, self.administrator)
        with self.assertRaises(AccessError):
            log.with_user(self.administrator).write({'date_end': False})
