from psycopg2.errors import SerializationFailure

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..common_concurrency import ConcurrencyCase


@tagged('post_install', '-at_install')
class TestMergeConcurrency(ConcurrencyCase):
    """Two merges of one customer at once: one wins, the other is told, nothing is half done. These
    tests commit, and clean up after themselves.
    """

    def setUp(self):
        super().setUp()
        with self._transaction() as env:
            self.partners = env['res.partner'].create([{
                'name': f"并发合并医院{number}", 'pharma_type': 'hospital'}
                for number in range(3)]).ids
            self.addCleanup(self._clean_up)

    def _clean_up(self):
        with self._transaction() as env:
            env['pharma.merge'].search([('partner_id', 'in', self.partners)]).unlink()
            env['pharma.alias'].search([('partner_id', 'in', self.partners)]).unlink()
            env['res.partner'].browse(self.partners).unlink()

    def _merge(self, env, keep, source):
        partners = env['res.partner'].browse(self.partners)
        return env['pharma.merge']._merge(partners[keep], partners[source])

    def _state(self):
        with self._transaction() as env:
            partners = env['res.partner'].browse(self.partners)
            return [(partner.active, partner.merged_into_id.id) for partner in partners]

    @mute_logger('odoo.sql_db')
    def test_same_customer(self):
        """The second is refused before and after the commit of the first."""
        with self._transaction() as winner:
            self._merge(winner, 0, 1)
            with self._refused() as loser:
                self._merge(loser, 2, 1)
        with self._refused() as loser:
            self._merge(loser, 2, 1)
        self.assertEqual(
            self._state(), [(True, False), (False, self.partners[0]), (True, False)])

    @mute_logger('odoo.sql_db')
    def test_older_snapshot(self):
        """A transaction that began before the winner's commit is repeated by Odoo, which then
        tells it."""
        with self._transaction() as loser:
            loser.cr.execute("SELECT 1")
            with self._transaction() as winner:
                self._merge(winner, 0, 1)
            with self.assertRaises(SerializationFailure):
                self._merge(loser, 1, 2)
            loser.cr.rollback()
            loser.invalidate_all()
            with self.assertRaises(UserError):
                self._merge(loser, 1, 2)
            loser.cr.rollback()
        self.assertEqual(
            self._state(), [(True, False), (False, self.partners[0]), (True, False)])

    @mute_logger('odoo.sql_db')
    def test_two_undos(self):
        with self._transaction() as env:
            merge_id = self._merge(env, 0, 1).id
        with self._transaction() as winner:
            winner['pharma.merge'].browse(merge_id).action_undo()
            with self._refused() as loser:
                loser['pharma.merge'].browse(merge_id).action_undo()
        with self._refused() as loser:
            loser['pharma.merge'].browse(merge_id).action_undo()
        self.assertEqual(self._state(), [(True, False)] * 3)
