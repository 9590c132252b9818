from psycopg2.errors import SerializationFailure

from odoo.tests import tagged
from odoo.tools import mute_logger

from ..common_concurrency import ConcurrencyCase


@tagged('post_install', '-at_install')
class TestHandoverConcurrency(ConcurrencyCase):
    """Two transactions at once: one wins, the other is told. These tests commit, and clean up
    after themselves.
    """

    def setUp(self):
        super().setUp()
        with self._transaction() as env:
            groups = [(6, 0, env.ref('pharma_crm.group_pharma_crm_representative').ids)]
            self.old, self.first, self.second = env['res.users'].with_context(
                no_reset_password=True).create([
                    {'name': name, 'login': f'handover_{number}', 'group_ids': groups}
                    for number, name in enumerate(("旧人", "一人", "二人"))]).ids
            self.addCleanup(self._clean_up)
            self.territory = env['pharma.territory'].create({'name': "并发区"}).id
            env['pharma.territory.assignment'].create({
                'territory_id': self.territory, 'user_id': self.old, 'date_from': '2020-01-01'})
            self.lead = env['crm.lead'].create({
                'name': "并发商机", 'type': 'opportunity', 'user_id': self.old}).id
            self.records = [self._create(env, user) for user in (self.first, self.second)]

    def _clean_up(self):
        with self._transaction() as env:
            env.cr.execute("UPDATE pharma_handover SET state = 'draft' WHERE user_id = %s",
                           [self.old])
            people = [self.old, self.first, self.second]
            env['pharma.handover'].search([('user_id', 'in', people)]).unlink()
            env['crm.lead'].search([('user_id', 'in', people)]).unlink()
            env['pharma.territory'].browse(self.territory).unlink()
            partners = env['res.users'].browse(people).partner_id
            env['res.users'].browse(people).unlink()
            partners.unlink()

    def _create(self, env, user_id):
        record = env['pharma.handover'].create({'user_id': self.old, 'to_user_id': user_id})
        record.action_preview()
        return record.id

    def _apply(self, env, number):
        return env['pharma.handover'].browse(self.records[number]).action_apply()

    def _owners(self):
        """Who has the opportunity, and the territory from today on."""
        with self._transaction() as env:
            territory = env['pharma.territory'].browse(self.territory)
            return (env['crm.lead'].browse(self.lead).user_id.id,
                    territory._get_current('representative').user_id.ids)

    def test_two_handovers(self):
        """Of two handovers of one person's work the second is refused while the first is at it,
        and shown what is left afterwards."""
        with self._transaction() as winner:
            self._apply(winner, 0)
            with self._refused() as loser:
                self._apply(loser, 1)
        with self._transaction() as loser:
            self.assertIn("preview", self._apply(loser, 1)['params']['message'])
            self.assertEqual(
                loser['pharma.handover'].browse(self.records[1]).state, 'draft')
        self.assertEqual(self._owners(), (self.first, [self.first]))

    @mute_logger('odoo.sql_db')
    def test_older_snapshot(self):
        """A transaction that began before the winner's commit is repeated by Odoo, which then
        shows the change; nothing is half done."""
        with self._transaction() as loser:
            loser.cr.execute("SELECT 1")
            with self._transaction() as winner:
                self._apply(winner, 0)
            with self.assertRaises(SerializationFailure):
                self._apply(loser, 1)
            loser.cr.rollback()
        self.assertEqual(self._owners(), (self.first, [self.first]))

    def test_same_handover(self):
        """Two clicks do it once."""
        with self._transaction() as winner:
            self._apply(winner, 0)
            with self._refused() as loser:
                self._apply(loser, 0)
        with self._refused() as loser:
            self._apply(loser, 0)
        self.assertEqual(self._owners(), (self.first, [self.first]))

    @mute_logger('odoo.sql_db')
    def test_changed_meanwhile(self):
        """An opportunity that somebody else gets meanwhile is not taken from him."""
        with self._transaction() as loser:
            loser.cr.execute("SELECT 1")
            with self._transaction() as other:
                other['crm.lead'].browse(self.lead).user_id = self.second
            with self.assertRaises(SerializationFailure):
                self._apply(loser, 0)
            loser.cr.rollback()
        with self._transaction() as again:
            self.assertIn("preview", self._apply(again, 0)['params']['message'])
        self.assertEqual(self._owners(), (self.second, [self.old]))
