from odoo.exceptions import UserError
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from .common_handover import HandoverCase

LOGGER = 'odoo.addons.pharma_crm.models.handover.pharma_handover_agent'


@tagged('post_install', '-at_install')
class TestHandoverAgent(HandoverCase):
    """Agents for some days, and handovers planned for a day to come."""

    def _run_cron(self, days=0):
        """The hourly job, some days later at noon."""
        with freeze_time(f"{self._day(days)} 04:00:00"):
            self.env['pharma.access']._forget()
            with self.enter_registry_test_mode():  # it commits what is done
                self.env.ref('pharma_crm.ir_cron_handover').method_direct_trigger()
            self.env.flush_all()
        self.env['pharma.access']._forget()

    def _appoint(self, user=None, **values):
        return self._hand_over(user, duration='temporary', **{
            'date_to': self._day(3), **values})

    # === AGENT === #

    def test_agent(self):
        """To-dos of these days and approvals go to the agent; opportunities and calls do not."""
        lead, visit = self._make_lead(), self._make_visit()
        soon, late = self._make_activity(lead, 2), self._make_activity(lead, 30)
        handover = self._appoint()
        self.assertEqual(handover.state, 'running')
        self.assertEqual(soon.user_id, self.new)
        self.assertEqual(late.user_id | lead.user_id | visit.user_id, self.old)
        self.assertRecordValues(handover.sudo().delegation_id, [{
            'user_id': self.old.id, 'delegate_id': self.new.id, 'date_from': self.today,
            'date_to': self._day(3)}])
        self.assertTrue(self.hospital_a.with_user(self.new).has_access('read'))

    def test_new_to_dos_follow(self):
        """What comes in while the person is away goes to the agent as well."""
        lead = self._make_lead()
        handover = self._appoint()
        activity = self._make_activity(lead, 1)
        self._run_cron()
        self.assertEqual(activity.user_id, self.new)
        self.assertEqual(self._counts(handover)['activity'], 1)

    def test_comes_back(self):
        """After the last day what is open comes back; what the agent did or gave away does not."""
        lead = self._make_lead()
        still, given, done = (self._make_activity(lead, 1) for _number in range(3))
        handover = self._appoint()
        given.user_id = self.manager
        done.action_feedback(feedback="已办")
        self._run_cron(3)
        self.assertEqual((handover.state, still.user_id), ('running', self.new))
        self._run_cron(4)
        self.assertEqual((handover.state, still.user_id), ('done', self.old))
        self.assertEqual(given.user_id, self.manager)
        self.assertEqual(handover.skipped_count, 1)
        self.assertEqual(done.user_id, self.old)

    def test_end_now(self):
        """Who is back earlier ends it: to-dos and rights come back at once."""
        activity = self._make_activity(self._make_lead())
        handover = self._appoint()
        handover.action_undo()
        self.assertEqual(activity.user_id, self.old)
        self.assertFalse(handover.delegation_id)
        self.assertFalse(self.hospital_a.with_user(self.new).has_access('read'))

    def test_asked_for_oneself(self):
        """A person appoints an agent without his manager."""
        activity = self._make_activity(self._make_lead())
        handover = self._appoint(self.old)
        self.assertEqual(activity.user_id, self.new)
        self.assertEqual(handover.planned_by_id, self.old)

    def test_approvals(self):
        """What the manager is asked to approve waits with his agent, who may decide."""
        monday = self._day(-self.today.weekday())
        self.env.company.pharma_week_approval = True
        week = self.env['pharma.week'].with_user(self.old).create({
            'user_id': self.old.id, 'date_from': monday})
        week.action_submit()
        to_do = week.sudo().activity_ids
        self.assertEqual(to_do.user_id, self.manager)
        self._appoint(self.user_director, user_id=self.manager.id)
        self.assertEqual(to_do.user_id, self.new)
        week.with_user(self.new).action_approve()
        self.assertEqual((week.state, week.decided_by_id), ('approved', self.new))

    # === PLANNED === #

    def test_planned(self):
        """On its day it is done by itself, with what the person has then."""
        lead, gone = self._make_lead(), self._make_lead()
        visit = self._make_visit(days=1)
        later = self._make_visit(days=6)
        handover = self._hand_over(date_from=self._day(3))
        self.assertEqual(handover.state, 'planned')
        self.assertEqual(lead.user_id, self.old)
        gone.action_set_lost()
        more = self._make_lead(name="后来的")
        self._run_cron(2)
        self.assertEqual(handover.state, 'planned')
        self._run_cron(3)
        self.assertEqual(handover.state, 'done')
        self.assertEqual((lead | more).user_id | later.user_id, self.new)
        self.assertEqual(gone.user_id | visit.user_id, self.old)
        self.assertEqual(self.old_post.date_to, self._day(2))

    def test_plan_taken_back(self):
        """A planned handover can be changed again, an agent's rights are taken back with it."""
        handover = self._appoint(date_from=self._day(2))
        self.assertEqual(handover.state, 'planned')
        self.assertEqual(handover.sudo().delegation_id.state, 'future')
        handover.action_draft()
        self.assertEqual(handover.state, 'draft')
        self.assertFalse(handover.delegation_id)
        self.assertFalse(self.env['pharma.delegation'].search([('user_id', '=', self.old.id)]))

    @mute_logger(LOGGER)
    def test_something_in_the_way(self):
        """What cannot be done on its day is told once and tried again."""
        handover = self._hand_over(date_from=self._day(1))
        self.new.active = False
        for _hour in range(2):
            self._run_cron(1)
        self.assertEqual(handover.state, 'planned')
        self.assertIn(self.new.name, handover.error)
        self.assertEqual(len(handover.activity_ids), 1)
        self.assertEqual(handover.activity_ids.user_id, self.manager)
        self.new.active = True
        self._run_cron(1)
        self.assertEqual(handover.state, 'done')
        self.assertFalse(handover.error)
        self.assertFalse(handover.activity_ids)

    @mute_logger(LOGGER)
    def test_planner_without_right(self):
        """Whoever planned it must still manage the person on the day."""
        handover = self._hand_over(date_from=self._day(1))
        self.env['pharma.territory.assignment'].search(
            [('user_id', '=', self.manager.id)]).unlink()
        self._run_cron(1)
        self.assertEqual(handover.state, 'planned')
        self.assertTrue(handover.error)

    def test_no_preview(self):
        """Nothing is done that nobody has looked at."""
        with self.assertRaises(UserError):
            self._make_handover().action_apply()
