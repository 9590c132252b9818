from datetime import timedelta

from psycopg2.errors import SerializationFailure

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..common_concurrency import ConcurrencyCase


@tagged('post_install', '-at_install')
class TestRealignmentConcurrency(ConcurrencyCase):
    """Two transactions at once: one wins, the other is told; nobody overwrites what he has not
    seen. These tests commit, and clean up after themselves.
    """

    def setUp(self):
        super().setUp()
        with self._transaction() as env:
            self.old, self.first, self.second = env['pharma.territory'].create([
                {'name': name} for name in ("旧区", "一区", "二区")]).ids
            self.hospital = env['res.partner'].create({
                'name': "并发医院", 'pharma_type': 'hospital', 'is_company': True}).id
            self.addCleanup(self._clean_up)
            today = env['pharma.access']._get_today()
            env['pharma.alignment'].create({
                'partner_id': self.hospital, 'territory_id': self.old,
                'date_from': today - timedelta(days=9)})
            self.records = [self._create(env, territory) for territory in (self.first, self.second)]

    def _clean_up(self):
        with self._transaction() as env:
            records = env['pharma.realignment'].browse(self.records)
            env.cr.execute(
                "UPDATE pharma_realignment SET state = 'draft' WHERE id = ANY(%s)", [self.records])
            records.unlink()
            env['res.partner'].browse(self.hospital).unlink()
            env['pharma.territory'].browse([self.old, self.first, self.second]).unlink()

    def _create(self, env, territory_id):
        record = env['pharma.realignment'].create({
            'territory_id': territory_id, 'partner_ids': [(6, 0, [self.hospital])]})
        record.action_preview()
        return record.id

    def _apply(self, env, number):
        env['pharma.realignment'].browse(self.records[number]).action_apply()

    def _territory(self):
        with self._transaction() as env:
            rows = env['pharma.alignment'].search([
                ('partner_id', '=', self.hospital), ('state', '=', 'current')])
            self.assertEqual(env['res.partner'].browse(self.hospital).territory_id,
                             rows.territory_id)
            return rows.territory_id.ids

    def test_two_realignments(self):
        """Of two re-alignments of one customer the second is refused, before and after the commit
        of the first."""
        with self._transaction() as winner:
            self._apply(winner, 0)
            with self._refused() as loser:
                self._apply(loser, 1)
        with self._refused() as loser:
            self._apply(loser, 1)
        self.assertEqual(self._territory(), [self.first])

    def test_same_realignment(self):
        """Two clicks apply it once."""
        with self._transaction() as winner:
            self._apply(winner, 0)
            with self._refused() as loser:
                self._apply(loser, 0)
        with self._refused() as loser:
            self._apply(loser, 0)
        self.assertEqual(self._territory(), [self.first])

    @mute_logger('odoo.sql_db')
    def test_older_snapshot(self):
        """A transaction that began before the winner's commit is repeated by Odoo, which then
        tells the change."""
        with self._transaction() as loser:
            loser.cr.execute("SELECT 1")
            with self._transaction() as winner:
                self._apply(winner, 0)
            with self.assertRaises(SerializationFailure):
                self._apply(loser, 1)
            loser.cr.rollback()
            loser.invalidate_all()
            with self.assertRaises(UserError):
                self._apply(loser, 1)
            loser.cr.rollback()
        self.assertEqual(self._territory(), [self.first])

    @mute_logger('odoo.sql_db')
    def test_row_entered_meanwhile(self):
        """An alignment that somebody enters meanwhile is noticed, even one that begins later and
        leaves the customer's own row as it was."""
        with self._transaction() as loser:
            loser.cr.execute("SELECT 1")
            with self._transaction() as other:
                today = other['pharma.access']._get_today()
                other['pharma.alignment'].create({
                    'partner_id': self.hospital, 'territory_id': self.second,
                    'date_from': today + timedelta(days=30)})
                with self._refused() as early:
                    self._apply(early, 0)
            with self.assertRaises(SerializationFailure):
                self._apply(loser, 0)
            loser.cr.rollback()
        with self._refused() as loser:
            self._apply(loser, 0)
        self.assertEqual(self._territory(), [self.old])
