# pylint: disable=translation-required  # texts that people wrote
from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from odoo.addons.queue_job.tests.common import trap_jobs

from .test_work_report import WorkReportCase


@tagged('post_install', '-at_install')
class TestReminder(WorkReportCase):
    """Who is told what, how, and that it is told once."""

    def _at(self, hour, day=0):
        now = self._moment(day, hour)
        patcher = patch(
            'odoo.addons.pharma_crm.models.report.pharma_reminder_tell.fields.Datetime.now',
            lambda *args: now)
        self.enterContext(patcher)

    def _remind(self, kind):
        """Run the scheduled action, and the jobs of one kind; how many there were."""
        with trap_jobs() as trap:
            self.env['pharma.reminder']._cron_remind()
            jobs = [job for job in trap.enqueued_jobs
                    if job.method_name == '_tell' and job.args[2] == kind
                    and job.args[0] == self.user_representative.id]
        for job in jobs:
            job.perform()
        return len(jobs)

    def _switch(self, kind, user=None, **channels):
        vals = {'is_on': True, 'by_activity': False, **channels}
        reminders = self.env['pharma.reminder']
        found = reminders.search([
            ('kind', '=', kind), ('user_id', '=', user.id if user else False),
            ('company_id', '=', self.env.company.id)])
        found.write(vals)
        return found or reminders.create({
            **vals, 'kind': kind, 'user_id': user.id if user else False})

    def _activities(self):
        return self.env['mail.activity'].search([('user_id', '=', self.user_representative.id)])

    # === KINDS === #

    def test_calls_of_tomorrow(self):
        """In the evening, with their number; once, and not before the hour."""
        first = self._create_visit(1, 9)
        self._create_visit(1, 10)
        self._create_visit(1, 11).write({'state': 'cancelled', 'reason': "改期"})
        self._create_visit(2, 11)
        self._at(12)
        self.assertFalse(self._remind('visit_tomorrow'))
        self._at(18)
        self.assertEqual(self._remind('visit_tomorrow'), 1)
        activity = self._activities()
        self.assertIn('2', activity.summary)
        self.assertEqual((activity.res_model, activity.res_id), ('pharma.visit', first.id))
        self.assertFalse(self._remind('visit_tomorrow'))

    def test_not_at_night(self):
        self._create_visit(1, 9)
        self._at(22)
        self.assertFalse(self._remind('visit_tomorrow'))

    def test_two_jobs(self):
        """The same news by two jobs is told once."""
        args = (self.user_representative.id, self.env.company.id, 'quality', 'visit-1',
                {'count': 30, 'date': '2026-01-01', 'limit': 60})
        self.env['pharma.reminder']._tell(*args)
        self.env['pharma.reminder']._tell(*args)
        self.assertEqual(len(self._activities()), 1)

    def test_cycle(self):
        """Some days before the end of the cycle, with what is missing."""
        cycle = self.env['pharma.cycle'].create({
            'date_from': self.today - timedelta(days=10),
            'date_to': self.today + timedelta(days=8)})
        cycle.sudo().state = 'open'
        target = self.env['pharma.cycle.target'].sudo().create({
            'cycle_id': cycle.id, 'user_id': self.user_representative.id,
            'partner_id': self.person.id, 'goal': 4})
        self.env.company.pharma_reminder_cycle_days = 5
        self._at(9)
        self.assertFalse(self._remind('cycle_missing'))
        self.env.company.pharma_reminder_cycle_days = 8
        self.assertEqual(self._remind('cycle_missing'), 1)
        self.assertIn('4', self._activities().summary)
        self.assertFalse(self._remind('cycle_missing'))
        self.env['pharma.reminder.told'].search([]).unlink()
        target.sudo().goal = 0
        self.assertFalse(self._remind('cycle_missing'))

    def test_quality(self):
        """Of each call under the limit, not of those that nobody rated."""
        low, high, unrated = (self._create_visit(-1, hour, state='done') for hour in (9, 10, 11))
        low.sudo().quality, high.sudo().quality, unrated.sudo().quality = 40, 80, 0
        self._at(18)
        self.assertEqual(self._remind('quality'), 1)
        self.assertEqual(self._activities().res_id, low.id)
        self.env.company.pharma_quality_limit = 0
        high.sudo().quality = 1
        self.assertFalse(self._remind('quality'))

    def test_comment(self):
        """Of others' comments on one's calls and reports, by the ways chosen; not of one's own."""
        self._switch('comment', self.user_representative, by_mail=True)
        visit, report = self._create_visit(-1, 9), self._report()
        visit.with_user(self.user_area_manager).message_post(body="写得好", message_type='comment')
        report.with_user(self.user_area_manager).message_post(
            body="继续", message_type='comment')
        visit.with_user(self.user_representative).message_post(
            body="谢谢", message_type='comment')
        self._at(18)
        self.assertEqual(self._remind('comment'), 2)
        mails = self.env['mail.mail'].search([
            ('email_to', 'ilike', self.user_representative.email), ('model', '=', False)])
        self.assertEqual(len(mails), 2)
        self.assertNotIn("写得好", ''.join(mails.mapped('body_html')))
        self.assertFalse(self._activities())

    # === SWITCHES === #

    def test_person_before_company(self):
        """The company's default holds until a person chooses; off is off."""
        self._create_visit(1, 9)
        self._switch('visit_tomorrow', by_mail=True)
        reminders = self.env['pharma.reminder']
        company, user = self.env.company, self.user_representative
        self.assertEqual(reminders._get_channels(company, user, 'visit_tomorrow'), {'mail'})
        own = self._switch('visit_tomorrow', user, by_sms=True)
        self.assertEqual(reminders._get_channels(company, user, 'visit_tomorrow'), {'sms'})
        own.is_on = False
        self._at(18)
        self.assertFalse(self._remind('visit_tomorrow'))

    def test_sms(self):
        """By SMS: a message in the outbox, which says so where it cannot be sent."""
        self._create_visit(1, 9)
        self._switch('visit_tomorrow', self.user_representative, by_sms=True, by_messenger=True)
        self._at(18)
        self._remind('visit_tomorrow')
        messages = self.env['pharma.message'].search([
            ('user_id', '=', self.user_representative.id)])
        self.assertEqual(set(messages.mapped('channel')), {'sms', 'messenger'})
        self.assertEqual(set(messages.mapped('state')), {'failed'})

    def test_preferences(self):
        """A person chooses in his own preferences, and touches nobody else's choice."""
        user = self.user_representative
        other = self._switch('visit_tomorrow', self.user_area_manager, by_mail=True)
        default = self._switch('visit_tomorrow', by_mail=True)
        own = user.with_user(user)
        own.action_pharma_choose_reminders()
        kinds = self.env['pharma.reminder']._get_kinds()
        self.assertEqual(set(own.pharma_reminder_ids.mapped('kind')), set(kinds))
        mine = own.pharma_reminder_ids.filtered(lambda row: row.kind == 'visit_tomorrow')
        self.assertTrue(mine.by_mail, "begins with the company's choice")
        with Form(own, 'base.view_users_form_simple_modif') as form:
            with form.pharma_reminder_ids.edit(
                    own.pharma_reminder_ids.ids.index(mine.id)) as line:
                line.by_sms = True
        self.assertTrue(mine.by_sms)
        for row in (other, default):
            for command in ((1, row.id, {'is_on': False}), (2, row.id, 0), (4, row.id, 0)):
                with self.assertRaises(AccessError):
                    own.write({'pharma_reminder_ids': [command]})
            with self.assertRaises(AccessError), mute_logger('odoo.addons.base.models.ir_rule'):
                row.with_user(user).is_on = False
        with self.assertRaises(AccessError), mute_logger('odoo.addons.base.models.ir_rule'):
            self.env['pharma.reminder'].with_user(user).create({'kind': 'quality'})
        own.action_pharma_drop_reminders()
        self.assertFalse(own.pharma_reminder_ids)
        self.assertTrue(other.exists() and default.exists())

    def test_defaults(self):
        """Administrators set what the company has; the page has one line per kind."""
        reminders = self.env['pharma.reminder']
        reminders.with_user(self.user_admin).action_open_defaults()
        rows = reminders.search([('user_id', '=', False)])
        self.assertEqual(set(rows.mapped('kind')), set(reminders._get_kinds()))
        reminders.with_user(self.user_admin).action_open_defaults()
        self.assertEqual(reminders.search([('user_id', '=', False)]), rows)
        for user in (self.user_representative, self.user_director):
            with self.assertRaises(AccessError):
                reminders.with_user(user).action_open_defaults()
        rows.with_user(self.user_admin).write({'by_mail': True})

    def test_old_memories_go(self):
        told = self.env['pharma.reminder.told']
        self.assertTrue(told._claim(self.user_representative, 'quality', 'x'))
        self.assertFalse(told._claim(self.user_representative, 'quality', 'x'))
        self.env.cr.execute("UPDATE pharma_reminder_told SET create_date = %s", [
            fields.Datetime.now() - timedelta(days=500)])
        told.invalidate_model()
        told._gc_told()
        self.assertFalse(told.search([]))


@tagged('post_install', '-at_install')
class TestWorkDay(WorkReportCase):
    """What everybody did, for who leads them."""

    def _days(self, user, **domain):
        self.env.flush_all()
        self.env['pharma.work.day'].invalidate_model()
        return self.env['pharma.work.day'].with_user(user).search(
            [(name, '=', value) for name, value in domain.items()])

    def test_every_person(self):
        """One row per person and day, whether or not he did anything; who needs a word says why."""
        day = self.env['pharma.work.day']._get_last_workday(self.today)
        number = (day - self.today).days
        self._create_visit(number, 9, state='done')
        self._create_visit(number, 10)
        self._create_visit(number, 11).write({'state': 'missed', 'reason': "外出"})
        [row] = self._days(
            self.user_area_manager, is_last_workday=True, user_id=self.user_representative.id)
        self.assertEqual(row.date, day)
        self.assertEqual(
            (row.planned_count, row.done_count, row.unplanned_count, row.missed_count,
             row.open_count, row.todo_count), (2, 1, 1, 1, 1, 1))
        self.assertTrue(row.needs_word and row.attention)
        idle = self.env['res.users'].create({
            'name': "闲人", 'login': 'idle', 'group_ids': [(6, 0, self.env.ref(
                'pharma_crm.group_pharma_crm_representative').ids)]})
        self._assign(idle, self.territory, date_from='2020-01-01')
        [row] = self._days(self.user_area_manager, is_last_workday=True, user_id=idle.id)
        self.assertEqual((row.planned_count, row.needs_word), (0, True))

    def test_nothing_to_say(self):
        """Whoever did what he planned needs no word."""
        day = self.env['pharma.work.day']._get_last_workday(self.today)
        self._create_visit((day - self.today).days, 9).state = 'done'
        [row] = self._days(
            self.user_area_manager, is_last_workday=True, user_id=self.user_representative.id)
        self.assertFalse(row.needs_word or row.attention)

    def test_rights(self):
        """A manager sees his people, nobody strangers; representatives have no such list."""
        stranger = self.env['res.users'].create({
            'name': "别人", 'login': 'day_stranger', 'group_ids': [(6, 0, self.env.ref(
                'pharma_crm.group_pharma_crm_representative').ids)]})
        self._assign(stranger, self._create_territory(name="别处"), date_from='2020-01-01')
        seen = self._days(self.user_area_manager).user_id
        self.assertIn(self.user_representative, seen)
        self.assertNotIn(stranger, seen)
        self.assertIn(stranger, self._days(self.user_director).user_id)
        for user in (self.user_representative, self.user_product_manager):
            with self.assertRaises(AccessError), mute_logger('odoo.addons.base.models.ir_model'):
                self._days(user)

    def test_team_section(self):
        """The manager's own report tells it as well, whoever needs a word first."""
        day = self.env['pharma.work.day']._get_last_workday(self.today)
        self._create_visit((day - self.today).days, 9)
        report = self._report('day', (day - self.today).days, self.user_area_manager)
        rows = self._section(report, 'team')
        self.assertEqual(rows[0][0], self.user_representative.name)
        self.assertTrue(rows[0][-1])
        action = self._days(
            self.user_area_manager, is_last_workday=True, user_id=self.user_representative.id,
        ).action_open_report()
        self.assertEqual(
            self.reports.browse(action['res_id']).user_id, self.user_representative)
