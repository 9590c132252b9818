from psycopg2.errors import SerializationFailure

from odoo.exceptions import UserError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from ..common_concurrency import ConcurrencyCase


@tagged('post_install', '-at_install')
class TestAllocationConcurrency(ConcurrencyCase):
    """Two people at once: one gets the lead, the other is told. These tests commit, and clean up
    after themselves.
    """

    def setUp(self):
        super().setUp()
        with self._transaction() as env:
            self.users = [new_test_user(
                env, login=f'pool_{name}', name=f"抢单{name}",
                groups='pharma_crm.group_pharma_crm_representative').id for name in 'ab']
            self.lead = env['crm.lead'].create({
                'name': "公海线索", 'user_id': False, 'company_id': env.company.id}).id
            self.addCleanup(self._clean_up)
            env['crm.lead'].browse(self.lead).write({
                'allocation_state': 'pool', 'allocation_since': '2026-01-05 01:00:00'})

    def _clean_up(self):
        with self._transaction() as env:
            env['crm.lead'].browse(self.lead).unlink()
            env['res.users'].browse(self.users).unlink()

    def _take(self, env, number):
        env['pharma.lead.pool'].with_user(self.users[number]).browse(self.lead).action_take()
        env.flush_all()

    def _owner(self):
        with self._transaction() as env:
            lead = env['crm.lead'].browse(self.lead)
            self.assertEqual(lead.allocation_state, 'accepted')
            self.assertEqual(lead.allocation_ids.user_id, lead.user_id)
            return lead.user_id.id

    def test_two_take_one(self):
        """Before and after the commit of the first the second gets a message, no lead."""
        with self._transaction() as winner:
            self._take(winner, 0)
            with self._refused() as loser:
                self._take(loser, 1)
        with self._refused(words="抢单a") as loser:
            self._take(loser, 1)
        self.assertEqual(self._owner(), self.users[0])

    @mute_logger('odoo.sql_db')
    def test_older_snapshot(self):
        """Who looked before the winner's commit is repeated by Odoo, which then tells him."""
        with self._transaction() as loser:
            loser.cr.execute("SELECT 1")
            with self._transaction() as winner:
                self._take(winner, 0)
            with self.assertRaises(SerializationFailure):
                self._take(loser, 1)
            loser.cr.rollback()
            loser.invalidate_all()
            with self.assertRaises(UserError):
                self._take(loser, 1)
            loser.cr.rollback()
        self.assertEqual(self._owner(), self.users[0])

    def test_taken_while_allocated(self):
        """The rules leave alone what somebody is taking at this moment."""
        with self._transaction() as env:
            env['crm.lead'].browse(self.lead).allocation_pending = True
        with self._transaction() as person:
            self._take(person, 1)
            with self._transaction() as job:
                job['pharma.allocation']._run()
        self.assertEqual(self._owner(), self.users[1])
