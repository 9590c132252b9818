from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common_allocation import AllocationCase


@tagged('post_install', '-at_install')
class TestLeadPool(AllocationCase):
    """Who sees what in the pool, and takes it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rule.target = 'pool'

    def _pool(self, user):
        self.env.flush_all()
        return self.env['pharma.lead.pool'].with_user(user).search([])

    def test_by_territory(self):
        """One's own territories, with those below, and what belongs to none."""
        own, other = self._offer(self.hospital_a), self._offer(self.hospital_c)
        free, far = self._offer(partner_id=False), self._offer(
            partner_id=False, territory_id=self.area_x.id)
        for user, expected in (
                (self.rep, own | free), (self.colleague, other | free),
                (self.manager, own | other | free),
                (self.user_director, own | other | free | far)):
            self.assertEqual(set(self._pool(user).ids), set(expected.ids), user.login)
        for user in (self.marketing, self.user_service, self.user_portal):
            with self.assertRaises(AccessError), mute_logger('odoo.addons.base.models.ir_model'):
                self._pool(user)

    def test_line(self):
        """Only leads of one's product lines."""
        self.env['pharma.territory.assignment'].search(
            [('user_id', '=', self.rep.id)]).product_line_id = self.line_x
        x = self._offer(product_line_id=self.line_x.id)
        self._offer(product_line_id=self.line_y.id)
        self.assertEqual(self._pool(self.rep).ids, x.ids)

    def test_hidden_facts(self):
        """The customer of an unregistered lead is nobody's to read before it is taken; a
        registered one shows to whoever sees him.
        """
        self._offer(self.hospital_a, name="甲医院要资料")
        new = self._offer(partner_id=False, name="李院长来电", contact_name="李院长",
                          phone='13800000001')
        shown = {row.id: row for row in self._pool(self.rep)}
        row = shown.pop(new.id)
        self.assertNotIn("李院长", row.name + row.customer_name)
        [known] = shown.values()
        self.assertEqual((known.name, known.customer_name), ("甲医院要资料", "甲医院"))
        leads = self.env['crm.lead'].with_user(self.rep)
        self.assertFalse(leads.search([('phone', '=', '13800000001')]))
        with self.assertRaises(AccessError), mute_logger('odoo.addons.base.models.ir_rule'):
            leads.browse(new.id).read(['phone'])
        # Whoever entered it, and managers of all leads, read it
        self.assertTrue(new.with_user(self.marketing).phone)
        self.assertTrue(new.with_user(self.manager).phone)

    def test_take(self):
        new = self._offer(partner_id=False, contact_name="李院长")
        action = self._pool(self.rep).action_take()
        self.assertEqual((action['res_model'], action['res_id']), ('crm.lead', new.id))
        self.env.invalidate_all()
        self.assertRecordValues(new, [{
            'user_id': self.rep.id, 'allocation_state': 'accepted',
            'company_id': self.env.company.id}])
        self.assertEqual(new.with_user(self.rep).contact_name, "李院长")
        self.assertEqual(new.allocation_id.result, 'taken')
        self.assertFalse(self._pool(self.colleague))

    def test_taken_already(self):
        """Whoever is slower is told who was quicker."""
        self._offer(partner_id=False)
        first, second = self._pool(self.rep), self._pool(self.colleague)
        first.action_take()
        with self.assertRaisesRegex(UserError, self.rep.name):
            second.action_take()

    def test_not_others(self):
        """By its number nobody takes a lead of other territories, nor one that is no lead of
        the pool.
        """
        other = self._offer(self.hospital_c)
        pool = self.env['pharma.lead.pool'].with_user(self.rep)
        with self.assertRaises(AccessError):
            pool.browse(other.id).action_take()
        own = self.env['crm.lead'].create({'name': "经理的", 'user_id': self.manager.id,
                                           'partner_id': self.hospital_a.id})
        with self.assertRaises(UserError):
            pool.browse(own.id).action_take()
        self.assertEqual(own.user_id, self.manager)
        with self.assertRaises(AccessError), mute_logger('odoo.addons.base.models.ir_model'):
            self.env['pharma.lead.pool'].with_user(self.marketing).browse(other.id).action_take()
