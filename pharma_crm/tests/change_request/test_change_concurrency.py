from psycopg2.errors import SerializationFailure

from odoo.exceptions import UserError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from ..common_concurrency import ConcurrencyCase


@tagged('post_install', '-at_install')
class TestChangeConcurrency(ConcurrencyCase):
    """Two stewards decide at once: one wins, the other is told. These tests commit, and clean up
    after themselves.
    """

    def setUp(self):
        super().setUp()
        with self._transaction() as env:
            self.hospital = env['res.partner'].create({
                'name': "并发医院", 'pharma_type': 'hospital', 'is_company': True}).id
            self.users = [new_test_user(
                env, login=f'change_at_once_{number}', tz='Asia/Shanghai',
                groups='pharma_crm.group_pharma_crm_steward').id for number in range(3)]
            self.addCleanup(self._clean_up)
            self.request = env['pharma.change.request'].with_user(self.users[2]).propose(
                'facts', self.hospital, {'phone': '0571-2'}).id

    def _clean_up(self):
        with self._transaction() as env:
            env['pharma.change.request'].browse(self.request).unlink()
            env['res.partner'].browse(self.hospital).unlink()
            users = env['res.users'].browse(self.users)
            partners = users.partner_id
            users.unlink()
            partners.unlink()

    def _get(self, env, number):
        return env['pharma.change.request'].with_user(self.users[number]).browse(self.request)

    def test_two_accept(self):
        with self._transaction() as winner:
            self._get(winner, 0).action_accept()
            with self._refused() as loser:
                self._get(loser, 1).action_accept()
        with self._transaction() as late:
            request = self._get(late, 1)
            self.assertEqual(
                (request.state, request.decided_by_id.id), ('done', self.users[0]))
            with self.assertRaises(UserError):
                request.action_accept()
            late.cr.rollback()

    @mute_logger('odoo.sql_db')
    def test_accept_and_refuse(self):
        """A refusal that began before the other's commit is repeated by Odoo, which then tells."""
        with self._transaction() as loser:
            loser.cr.execute("SELECT 1")
            with self._transaction() as winner:
                self._get(winner, 0).action_accept()
            with self.assertRaises(SerializationFailure):
                self._get(loser, 1)._refuse("不同意")
            loser.cr.rollback()
            loser.invalidate_all()
            with self.assertRaises(UserError):
                self._get(loser, 1)._refuse("不同意")
            loser.cr.rollback()
        with self._transaction() as env:
            self.assertEqual(env['res.partner'].browse(self.hospital).phone, '0571-2')
            self.assertEqual(self._get(env, 0).state, 'done')

    def test_taken_back_meanwhile(self):
        with self._transaction() as asker:
            self._get(asker, 2).action_withdraw()
            with self._refused() as loser:
                self._get(loser, 1).action_accept()
        with self._transaction() as env:
            self.assertFalse(env['res.partner'].browse(self.hospital).phone)
