from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from odoo.addons.queue_job.tests.common import trap_jobs

from .common_allocation import AllocationCase


@tagged('post_install', '-at_install')
class TestAllocation(AllocationCase):
    """Which leads go to whom, and back."""

    # === WITHOUT RULES === #

    def test_without_rules(self):
        """A company without rules has Odoo's leads."""
        self.rule.active = False
        lead = self._create_lead(self.hospital_a)
        self.assertFalse(lead.allocation_state)
        self.assertFalse(lead.allocation_pending)
        own = self.env['crm.lead'].with_user(self.marketing).create({'name': "自己的"})
        self.assertEqual(own.user_id, self.marketing)
        own.with_user(self.rep.browse(self.env.uid)).user_id = self.rep
        self.assertFalse(own.allocation_state)

    def test_who_enters_leads_for_the_pool(self):
        """Marketing by itself, a representative not; whoever names a salesperson has named him."""
        lead = self.env['crm.lead'].with_user(self.marketing).create({'name': "网站留资"})
        self.assertFalse(lead.user_id)
        self.assertEqual(lead.allocation_state, 'pool')
        self.assertEqual(lead.company_id, self.env.company)
        own = self.env['crm.lead'].with_user(self.rep).create({'name': "自己的"})
        self.assertEqual((own.user_id, own.allocation_state), (self.rep, False))
        named = self._create_lead(self.hospital_a, user_id=self.colleague.id)
        self.assertFalse(named.allocation_state)

    # === OFFER === #

    def test_offer(self):
        """To the representative of the customer's territory, with deadline and reason."""
        with trap_jobs() as trap:
            lead = self._create_lead(self.hospital_a)
            trap.assert_jobs_count(1, only=self.env['pharma.allocation']._run)
            self.assertEqual((lead.allocation_state, lead.territory_id), ('pool', self.area_a))
            self._run()
        self.assertRecordValues(lead, [{
            'allocation_state': 'offered', 'user_id': self.rep.id,
            'company_id': self.env.company.id, 'allocation_round': 1}])
        offer = lead.allocation_id
        self.assertRecordValues(offer, [{
            'user_id': self.rep.id, 'rule_id': self.rule.id, 'result': 'open',
            'territory_id': self.area_a.id, 'answer_hours': 0}])
        self.assertGreaterEqual(offer.deadline - offer.offered_at, timedelta(hours=8))
        self.assertLess(offer.remind_at, offer.deadline)
        hours = self.env['pharma.allocation']._work_hours(
            self.env.company, offer.offered_at, offer.deadline)
        self.assertAlmostEqual(hours, 8, 1)
        self.assertIn("辖区代表", lead.allocation_reason)
        self.assertIn(self.area_a.name, lead.allocation_reason)
        self.assertTrue(lead.date_open, "Odoo's own date")
        self._run()
        self.assertEqual(len(lead.allocation_ids), 1)

    def test_conditions(self):
        """The first rule that fits; amounts, lines, sources, places, kinds."""
        source = self.env['utm.source'].create({'name': "九月年会"})
        state = self.env['res.country.state'].search([('country_id.code', '=', 'CN')], limit=1)
        city = self.env['pharma.division'].search(
            [('level', '=', 'city'), ('state_id', '=', state.id)], limit=1)
        self.rule.sequence = 100
        chosen = new_test_user(
            self.env, login='chosen', groups='pharma_crm.group_pharma_crm_director')
        wanted = {'target': 'user', 'user_id': chosen.id, 'name': "专人"}
        for conditions, fitting, other in (
            ({'amount_from': 100000}, {'expected_revenue': 100000}, {'expected_revenue': 99999}),
            ({'amount_to': 100}, {'expected_revenue': 99}, {'expected_revenue': 100}),
            ({'product_line_ids': [Command.set(self.line_x.ids)]},
             {'product_line_id': self.line_x.id}, {'product_line_id': self.line_y.id}),
            ({'source_ids': [Command.set(source.ids)]}, {'source_id': source.id}, {}),
            ({'state_ids': [Command.set(state.ids)]}, {'partner_id': False, 'state_id': state.id},
             {'partner_id': False}),
            ({'city_ids': [Command.set(city.ids)]},
             {'partner_id': False, 'state_id': state.id, 'city': city.name.removesuffix('市')},
             {'partner_id': False, 'state_id': state.id}),
            ({'territory_ids': [Command.set(self.region.ids)]}, {},
             {'partner_id': self.hospital_x.id}),
            ({'customer_kind': 'new'}, {'partner_id': False}, {}),
            ({'customer_kind': 'hospital'}, {}, {'partner_id': False}),
        ):
            with self.subTest(str(conditions)):
                rule = self._create_rule(**wanted, **conditions)
                leads = [self._create_lead(**{'partner_id': self.hospital_a.id, **values})
                         for values in (fitting, other)]
                self._run()
                self.assertEqual(leads[0].user_id, chosen)
                self.assertNotEqual(leads[1].user_id, chosen)
                rule.active = False

    def test_line_of_the_team(self):
        """Of two people in a territory the one of the lead's product line."""
        self.env['pharma.territory.assignment'].search(
            [('user_id', '=', self.rep.id)]).product_line_id = self.line_x
        self._assign(self.colleague, self.area_a, date_from=self.begin,
                     product_line_id=self.line_y.id)
        self.assertEqual(
            self._offer(product_line_id=self.line_y.id).user_id, self.colleague)
        self.assertEqual(self._offer(product_line_id=self.line_x.id).user_id, self.rep)

    def test_manager_and_pool(self):
        """The nearest manager; a rule that leaves leads in the pool ends the search."""
        self.rule.target = 'manager'
        self.assertEqual(self._offer().user_id, self.manager)
        self._create_rule(name="公海", target='pool', sequence=1)
        lead = self._offer()
        self.assertRecordValues(lead, [{
            'user_id': False, 'allocation_state': 'pool', 'allocation_pending': False}])
        self.assertIn("公海", lead.allocation_reason)

    def test_nobody(self):
        """A territory without people, and a lead that fits nothing: in the pool, and why."""
        lead = self._offer(self.hospital_x)
        self.assertEqual((lead.user_id.id, lead.allocation_state), (False, 'pool'))
        self.assertIn(self.rule.name, lead.allocation_reason)
        self.rule.customer_kind = 'pharmacy'
        lead = self._offer(self.hospital_a)
        self.assertFalse(lead.user_id)
        self.assertTrue(lead.allocation_reason)
        self.rule.customer_kind = False
        self.rule.with_user(self.user_director).action_run()
        self._run()
        self.assertEqual(lead.user_id, self.rep)

    def test_turns(self):
        """In turn by weights; who is away or may not see the customer is passed over."""
        self.rule.write({'target': 'rotation', 'member_ids': [
            Command.create({'user_id': self.rep.id, 'weight': 2}),
            Command.create({'user_id': self.colleague.id, 'weight': 1})]})
        new = {'partner_id': False}
        leads = [self._create_lead(**new) for _number in range(6)]
        self._run()
        users = [lead.user_id for lead in leads]
        self.assertEqual((users.count(self.rep), users.count(self.colleague)), (4, 2))
        self.assertEqual(users[:3], users[3:])
        leads = [self._create_lead(self.hospital_c) for _number in range(2)]
        self._run()
        self.assertEqual({lead.user_id for lead in leads}, {self.colleague})
        self.assertTrue(any(
            self.rep.name in lead.allocation_reason for lead in leads), "who was passed over")
        self.env['pharma.delegation'].create({
            'user_id': self.colleague.id, 'delegate_id': self.manager.id,
            'date_to': self._day(3)})
        leads = [self._create_lead(**new) for _number in range(3)]
        self._run()
        self.assertEqual({lead.user_id for lead in leads}, {self.rep})
        # It goes on where it was: nobody gets what he missed
        self.env['pharma.delegation'].search([]).unlink()
        leads = [self._create_lead(**new) for _number in range(3)]
        self._run()
        self.assertEqual([lead.user_id for lead in leads].count(self.colleague), 1)

    def test_team(self):
        """Odoo's sales team in turn, by the capacity of its members."""
        team = self.env['crm.team'].create({'name': "电话组", 'crm_team_member_ids': [
            Command.create({'user_id': self.rep.id, 'assignment_max': 60}),
            Command.create({'user_id': self.colleague.id, 'assignment_max': 30})]})
        self.rule.write({'target': 'team', 'team_id': team.id})
        leads = [self._create_lead(partner_id=False) for _number in range(3)]
        self._run()
        users = [lead.user_id for lead in leads]
        self.assertEqual((users.count(self.rep), users.count(self.colleague)), (2, 1))

    def test_delegate(self):
        """Who acts for the representative gets it while he is away."""
        self.env['pharma.delegation'].create({
            'user_id': self.rep.id, 'delegate_id': self.colleague.id, 'date_to': self._day(3)})
        lead = self._offer()
        self.assertEqual(lead.user_id, self.colleague)
        self.assertIn(self.rep.name, lead.allocation_reason)

    def test_other_company(self):
        """Rules of one company leave the leads of another alone."""
        other = self.env['res.company'].create({'name': "乙公司"})
        lead = self.env['crm.lead'].create({
            'name': "乙", 'user_id': False, 'company_id': other.id})
        self._run()
        self.assertFalse(lead.allocation_state)
        with self.assertRaises(AccessError), mute_logger('odoo.addons.base.models.ir_rule'):
            self.rule.with_user(new_test_user(
                self.env, login='other_director', company_id=other.id,
                company_ids=[Command.set(other.ids)],
                groups='pharma_crm.group_pharma_crm_director')).read(['name'])

    def test_many_at_once(self):
        """Only Odoo's own look for the sales team of each lead grows: by two queries."""
        def queries(number):
            for _number in range(number):
                self._create_lead(self.hospital_a)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.env['pharma.allocation']._run()
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        queries(1)
        few, many = queries(2), queries(42)
        self.assertLessEqual(many - few, 2 * 40 + 5)

    def test_rules_ask_for_their_people(self):
        """A rule names somebody, and its times make sense."""
        for values in ({'target': 'user'}, {'target': 'team'}, {'target': 'rotation'}):
            with self.subTest(str(values)), self.assertRaises(ValidationError):
                self._create_rule(**values)

    # === BACK === #

    def test_late(self):
        """Back to the pool, to the next in line; he and his manager are told; then the manager."""
        self._assign(self.colleague, self.area_a, date_from=self.begin)
        lead = self._offer()
        with trap_jobs() as trap:
            self._late(lead)
            told = [job.args[0] for job in trap.enqueued_jobs
                    if job.method_name == '_tell' and job.args[2] == 'lead_returned']
        self.assertEqual(set(told), {self.rep.id, self.manager.id})
        self.assertEqual(
            lead.allocation_ids.sorted('id').mapped('result'), ['late', 'open'])
        self.assertEqual((lead.user_id, lead.allocation_state), (self.colleague, 'offered'))
        self.assertIn(self.rep.name, lead.allocation_reason)
        self.assertNotIn(self.rep.partner_id, lead.message_partner_ids)
        self._late(lead)
        self.assertEqual((lead.user_id, lead.allocation_state), (self.manager, 'offered'))
        self.assertTrue(lead.allocation_id.is_final)
        self.assertFalse(lead.deadline)

    def test_late_to_pool(self):
        """Where the rule says so it waits for whoever takes it."""
        self.rule.on_late = 'pool'
        lead = self._offer()
        self._late(lead)
        self.assertRecordValues(lead, [{
            'user_id': False, 'allocation_state': 'returned', 'allocation_pending': False,
            'company_id': self.env.company.id}])
        self.assertIn(self.rep.name, lead.allocation_reason)

    def test_not_late(self):
        """What was answered, won or lost meanwhile is left alone."""
        answered, lost = self._offer(), self._offer()
        answered.with_user(self.rep).action_accept_offer()
        self._late(answered)
        self.assertEqual(answered.user_id, self.rep)
        self.env.cr.execute("UPDATE crm_lead SET active = FALSE WHERE id = %s", [lost.id])
        self.env.invalidate_all()
        self._late(lost)
        self.assertEqual(lost.allocation_id.result, 'closed')

    def test_cron(self):
        """The scheduled action reminds, takes back and offers."""
        first, second, third = self._offer(), self._offer(), self._create_lead(self.hospital_c)
        now = fields.Datetime.now()
        first.allocation_id.sudo().deadline = now - timedelta(minutes=1)
        second.allocation_id.sudo().remind_at = now - timedelta(minutes=1)
        with trap_jobs() as trap, self.enter_registry_test_mode():
            self.env.ref('pharma_crm.ir_cron_allocation').method_direct_trigger()
            kinds = [(job.args[2], job.args[0]) for job in trap.enqueued_jobs
                     if job.method_name == '_tell']
        self.env.invalidate_all()
        self.assertIn(('lead_deadline', self.rep.id), kinds)
        self.assertIn(('lead_returned', self.rep.id), kinds)
        self.assertIn(('lead_offered', self.colleague.id), kinds)
        self.assertEqual(first.allocation_ids.sorted('id')[0].result, 'late')
        self.assertEqual(third.user_id, self.colleague)

    def test_notice(self):
        """The to-do on the lead goes away with the answer."""
        with trap_jobs() as trap:
            lead = self._offer()
            for job in trap.enqueued_jobs:
                if job.method_name == '_tell':
                    job.perform()
        self.assertEqual(lead.activity_ids.user_id, self.rep)
        lead.with_user(self.rep).action_accept_offer()
        self.assertFalse(lead.activity_ids)

    # === REPORT === #

    def test_report(self):
        """Answer times, shares of late and accepted, by person."""
        accepted, late, _open = self._offer(), self._offer(), self._offer()
        self.rule.on_late = 'pool'
        accepted.with_user(self.rep).action_accept_offer()
        accepted.allocation_id.sudo().answer_hours = 3
        self._late(late)
        self.env.flush_all()
        report = self.env['pharma.allocation.report'].with_user(self.manager)
        [[user, count, hours, late_share, accepted_share]] = report._read_group(
            [], ['user_id'],
            ['offer_count:sum', 'answer_hours:avg', 'late_share:avg', 'accepted_share:avg'])
        self.assertEqual((user, count, hours, late_share, accepted_share),
                         (self.rep, 3, 3, 50, 50))
        self.assertFalse(self.env['pharma.allocation.report'].with_user(self.colleague).search([]))
