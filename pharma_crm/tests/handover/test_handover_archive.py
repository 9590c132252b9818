from odoo.exceptions import AccessError, RedirectWarning, UserError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged

from .common_handover import HandoverCase


@tagged('post_install', '-at_install')
class TestHandoverArchive(HandoverCase):
    """Nobody is archived while he owns something; what was left behind is listed."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.chief = new_test_user(
            cls.env, login='pharma_chief', groups='base.group_erp_manager,base.group_user,'
            'pharma_crm.group_pharma_crm_admin')
        cls.it = new_test_user(cls.env, login='pharma_it', groups='base.group_erp_manager')
        cls.plain = new_test_user(
            cls.env, login='plain', groups='sales_team.group_sale_salesman')

    def test_blocked(self):
        """Whichever way an administrator takes; the message counts and leads to the handover."""
        self._make_lead()
        user = self.old.with_user(self.chief)
        for way in (lambda: user.write({'active': False}), user.action_archive, user.unlink,
                    lambda: user.web_save({'active': False}, {})):
            with self.subTest(way=way), self.assertRaises(RedirectWarning) as caught:
                way()
            message, action, _button, context = caught.exception.args
            self.assertIn(self.old.name, message)
            self.assertEqual(action, self.env.ref('pharma_crm.pharma_handover_action_new').id)
            self.assertEqual(context, {'default_user_id': self.old.id})
        self.assertTrue(self.old.active)

    def test_each_kind_blocks(self):
        """Everything that the list of kinds says blocks is counted."""
        work = self._make_work()
        owned = {kind.key: count
                 for kind, count in self.env['pharma.handover']._count_owned(self.old)}
        blocking = {kind.key for kind in self.env['pharma.handover']._get_kinds() if kind.blocks}
        for key in work.keys() & blocking:
            self.assertGreaterEqual(owned.get(key, 0), 1, key)

    def test_free_after_handover(self):
        """Once everything is handed over the person can be archived."""
        self._make_work()
        self._hand_over(self.user_director)
        left = self.env['pharma.handover']._count_owned(self.old)
        # Levels of approval are a director's to hand over, too
        self.assertEqual([(kind.key, count) for kind, count in left], [])
        self.old.with_user(self.chief).action_archive()
        self.assertFalse(self.old.active)

    def test_without_way(self):
        """Who may archive but not hand over is told whom to ask."""
        with self.assertRaises(UserError):
            self.old.with_user(self.it).write({'active': False})

    def test_as_in_odoo(self):
        """People without a role of the suite are archived as ever, whatever they own in Odoo."""
        self.env['crm.lead'].create({'name': "其他", 'user_id': self.plain.id})
        self.plain.with_user(self.it).action_archive()
        self.assertFalse(self.plain.active)

    def test_of_the_suite_only(self):
        """Such a person is kept by what the suite itself has."""
        visit = self._make_visit(user_id=self.user_director.id)
        visit.companion_id = self.plain
        self.assertFalse(self.env['pharma.handover']._count_owned(self.plain))
        visit.user_id = self.plain
        with self.assertRaises(UserError):
            self.plain.with_user(self.it).write({'active': False})

    def test_nothing_owned(self):
        """With a role and without work nothing stands in the way; other values never do."""
        self.old_post.unlink()
        self.old.with_user(self.chief).write({'signature': "李"})
        self.old.with_user(self.chief).action_archive()
        self.assertFalse(self.old.active)

    # === ORPHANS === #

    def _orphans(self, user=None):
        return self.env['pharma.orphan'].with_user(user or self.user_director).search([])

    def test_orphans(self):
        """Work of people who have left, and of people without a territory, and nobody's."""
        lead = self._make_lead()
        self.old.active = False      # by a program
        stray = self._make_lead(user_id=self.new.id, partner_id=self.hospital_c.id)
        self.new_post.unlink()
        orphans = self._orphans()
        found = {(one.res_model, one.res_id): one for one in orphans}
        self.assertEqual(found['crm.lead', lead.id].reason, 'inactive')
        self.assertEqual(found['crm.lead', lead.id].name, lead.name)
        self.assertEqual(found['crm.lead', stray.id].reason, 'unassigned')
        self.assertEqual(found['pharma.territory', self.area_b.id].reason, 'nobody')
        self.assertEqual(found['pharma.territory', self.area_a.id].reason, 'nobody')
        self.assertEqual(found['pharma.territory.assignment', self.old_post.id].user_id, self.old)
        action = found['crm.lead', lead.id].action_hand_over()
        self.assertEqual(action['context'], {'default_user_id': self.old.id})
        self.assertEqual(
            found['pharma.territory', self.area_b.id].action_hand_over()['res_id'],
            self.area_b.id)

    def test_no_orphans(self):
        """Whoever works has no orphans; a handover ends those of who left."""
        self._make_lead()
        self.assertFalse(self._orphans().filtered(lambda one: one.user_id in self.old | self.new))
        self.old.active = False
        self._hand_over(self.user_director)
        self.assertFalse(self._orphans().filtered(lambda one: one.user_id == self.old))

    def test_orphans_of_company(self):
        """Another company's are not shown; representatives see none at all."""
        company = self.env['res.company'].create({'name': "另一公司"})
        gone = new_test_user(self.env, login='gone', company_id=company.id,
                             company_ids=[Command.set(company.ids)])
        self.env['crm.lead'].create({
            'name': "别家", 'user_id': gone.id, 'company_id': company.id, 'team_id': False})
        gone.active = False
        self.assertFalse(self._orphans().filtered(lambda one: one.user_id == gone))
        with self.assertRaises(AccessError):
            self._orphans(self.old)

    def test_health(self):
        """The health page counts them and opens the list."""
        self._make_lead()
        self.old.active = False
        result = self.env['pharma.health.check'].with_user(self.chief)._check_orphans()
        self.assertEqual(result['state'], 'look')
        self.assertEqual(result['buttons'][0]['action']['res_model'], 'pharma.orphan')
