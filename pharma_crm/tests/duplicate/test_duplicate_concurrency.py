from psycopg2.errors import SerializationFailure

from odoo.tests import tagged
from odoo.tools import mute_logger

from ...tools.duplicates import Suspicion
from ..common_concurrency import ConcurrencyCase


@tagged('post_install', '-at_install')
class TestDuplicateConcurrency(ConcurrencyCase):
    """Two people at one pair: one decides, the other is told. These tests commit, and clean up
    after themselves.
    """

    def setUp(self):
        super().setUp()
        with self._transaction() as env:
            self.partners = env['res.partner'].create([
                {'name': f"并发医院{number}", 'pharma_type': 'hospital'}
                for number in range(2)]).ids
            self.addCleanup(self._clean_up)
            self._keep(env)
            self.pair = env['pharma.duplicate'].search(
                [('partner_id', '=', self.partners[0])]).id

    def _clean_up(self):
        with self._transaction() as env:
            env['res.partner'].browse(self.partners).unlink()

    def _keep(self, env):
        return env['pharma.duplicate']._keep([(*self.partners, Suspicion(0.9, ('name',)))])

    def _state(self):
        with self._transaction() as env:
            return env['pharma.duplicate'].browse(self.pair).state

    def test_two_stewards(self):
        """The second one is told, before and after the first one's decision is committed."""
        with self._transaction() as winner:
            winner['pharma.duplicate'].browse(self.pair).action_different()
            with self._refused(words="right now") as loser:
                loser['pharma.duplicate'].browse(self.pair).action_merge()
        with self._refused(words="decided already") as loser:
            loser['pharma.duplicate'].browse(self.pair).action_different()
        self.assertEqual(self._state(), 'different')

    def test_seen_before(self):
        """Who began before the decision is repeated by Odoo, and then told."""
        with self._transaction() as loser:
            loser['pharma.duplicate'].browse(self.pair).read(['state'])
            with self._transaction() as winner:
                winner['pharma.duplicate'].browse(self.pair).action_different()
            with self.assertRaises(SerializationFailure), mute_logger('odoo.sql_db'):
                loser['pharma.duplicate'].browse(self.pair).action_different()
            loser.cr.rollback()
        self.assertEqual(self._state(), 'different')

    def test_search_beside_a_decision(self):
        """A search after the decision leaves it alone."""
        with self._transaction() as steward:
            steward['pharma.duplicate'].browse(self.pair).action_different()
        with self._transaction() as search:
            self.assertEqual(self._keep(search), 0)
        self.assertEqual(self._state(), 'different')
