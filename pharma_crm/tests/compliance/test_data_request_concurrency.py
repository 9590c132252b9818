from odoo.tests import tagged

from ..common_concurrency import ConcurrencyCase


@tagged('post_install', '-at_install')
class TestDataRequestConcurrency(ConcurrencyCase):
    """Two directors decide on one request at once: one wins, the other is told. These tests commit,
    and clean up after themselves.
    """

    def setUp(self):
        super().setUp()
        with self._transaction() as env:
            self.person = env['res.partner'].create({
                'name': "并发医生", 'pharma_type': 'person'}).id
            self.request = env['pharma.data.request'].create({
                'kind': 'erase', 'partner_id': self.person, 'refusal': 'law'}).id
            self.addCleanup(self._clean_up)

    def _clean_up(self):
        with self._transaction() as env:
            env['pharma.data.request'].browse(self.request).unlink()
            env['res.partner'].browse(self.person).unlink()

    def _refuse(self, env):
        env['pharma.data.request'].browse(self.request).action_refuse()

    def test_same_request(self):
        """The second decision is refused, before and after the commit of the first."""
        with self._transaction() as winner:
            self._refuse(winner)
            with self._refused() as loser:
                self._refuse(loser)
        with self._refused() as loser:
            self._refuse(loser)
        with self._transaction() as env:
            request = env['pharma.data.request'].browse(self.request)
            self.assertEqual(request.state, 'refused')
