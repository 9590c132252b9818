# pylint: disable=translation-required  # texts that people wrote
from datetime import date, datetime, time, timedelta
from unittest.mock import patch

import pytz
from psycopg2 import IntegrityError

from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.queue_job.tests.common import trap_jobs

from ...tools.periods import get_ended, get_next, get_period
from ..common import PharmaCrmCommon


class WorkReportCase(PharmaCrmCommon):
    """The representative with a hospital, a doctor and calls of yesterday.

    ``_create_visit(day, hour, **values)`` makes one as the representative; ``day`` counts from
    today, hours are those of the company.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.hospital = cls._create_hospital()
        cls.person = cls._create_person(cls._create_department(cls.hospital))
        cls.today = cls.env['pharma.access']._get_today()
        cls.reports = cls.env['pharma.work.report']
        # Times of day in reports are those of the person's clock
        cls.user_representative.tz = cls.env['pharma.access']._get_zone()

    @classmethod
    def _moment(cls, day, hour=10):
        zone = pytz.timezone(cls.env['pharma.access']._get_zone())
        local = zone.localize(datetime.combine(cls.today + timedelta(days=day), time(hour)))
        return local.astimezone(pytz.utc).replace(tzinfo=None)

    @classmethod
    def _create_visit(cls, day, hour=10, user=None, **values):
        visit = cls.env['pharma.visit'].with_user(user or cls.user_representative).create({
            'partner_id': cls.person.id, 'date_start': cls._moment(day, hour), **values})
        if visit.state == 'planned':
            # as if entered before its day
            visit.sudo().is_planned = True
        return visit

    def _report(self, kind='day', days=-1, user=None):
        return self.reports._open(
            user or self.user_representative, self.env.company, kind,
            self.today + timedelta(days=days))

    def _section(self, report, key):
        """The rows, or the figures, of a section of a report; None without the section."""
        found = [section for section in report._get_facts()['sections'] if section['key'] == key]
        if not found:
            return None
        block = found[0]['blocks'][0]
        return block.get('rows') or dict(block['figures'])


@tagged('post_install', '-at_install')
class TestPeriods(PharmaCrmCommon):
    """Days, weeks and months."""

    def test_periods(self):
        sunday = date(2026, 3, 1)
        self.assertEqual(get_period('day', sunday), (sunday, sunday))
        self.assertEqual(get_period('week', sunday), (date(2026, 2, 23), sunday))
        self.assertEqual(
            get_period('month', date(2028, 2, 9)), (date(2028, 2, 1), date(2028, 2, 29)))
        self.assertEqual(
            get_next('month', date(2026, 12, 31)), (date(2027, 1, 1), date(2027, 1, 31)))
        with self.assertRaises(ValueError):
            get_period('year', sunday)

    def test_ended(self):
        """The period of today is not over, not even on its last day."""
        self.assertEqual(
            get_ended('week', date(2026, 3, 1), 2),
            [(date(2026, 2, 9), date(2026, 2, 15)), (date(2026, 2, 16), date(2026, 2, 22))])
        self.assertEqual(
            get_ended('day', date(2026, 3, 1), 1), [(date(2026, 2, 28), date(2026, 2, 28))])


@tagged('post_install', '-at_install')
class TestWorkReport(WorkReportCase):
    """What a report says, and that nobody types it."""

    def test_plan_against_result(self):
        """Planned, done, missed with the reason, unplanned; products, needs and what comes next."""
        product = self._create_product().product_variant_id
        done = self._create_visit(-1, 9, objective="谈进院")
        done.write({
            'state': 'done', 'summary': "同意试用", 'need': "要临床资料", 'solution': "周五送达",
            'result_id': self.env.ref('pharma_crm.pharma_visit_result_reached').id,
            'product_ids': [(0, 0, {'product_id': product.id, 'reaction': 'positive'})]})
        self._create_visit(-1, 11).write({'state': 'missed', 'reason': "医生开会"})
        self._create_visit(-1, 15, partner_id=self.hospital.id, state='done', summary="偶遇")
        self._create_visit(0, 23, objective="复访")
        report = self._report()
        figures = list(self._section(report, 'calls').values())
        self.assertEqual(figures[:7], [2, 2, 1, 1, 1, 2, '50 %'])
        plan = self._section(report, 'plan_result')
        self.assertEqual([row[0] for row in plan], ['09:00', '11:00', '15:00'])
        self.assertIn("谈进院", plan[0][2])
        self.assertIn("同意试用", plan[0][3])
        self.assertIn("医生开会", plan[1][3])
        self.assertEqual([row[3] for row in self._section(report, 'deviations')], ["医生开会", ''])
        self.assertEqual(self._section(report, 'products')[0][1:], [1, 1, 0, 0, 0])
        self.assertEqual(self._section(report, 'needs')[0][2:], ["要临床资料", "周五送达"])
        self.assertIn("复访", self._section(report, 'next_plan')[0][2])
        for text in ("林知远", "医生开会", "谈进院"):
            self.assertIn(text, report.content)

    def test_texts_are_escaped(self):
        """What somebody wrote in a call does not become a part of the page."""
        self._create_visit(-1, 9, state='done', summary="<script>alert(1)</script>")
        report = self._report()
        self.assertNotIn('<script>', report.content)
        self.assertIn('&lt;script&gt;', report.content)

    def test_week_and_month(self):
        """Longer reports tell it by day and by week; the sums are those of the days."""
        first, last = get_period('month', self.today - timedelta(days=40))
        for number in range((last - first).days + 1):
            day = (first - self.today).days + number
            self._create_visit(day, 9, state='done')
            self._create_visit(day, 10)
        month = self._section(self._report('month', -40), 'plan_result')
        days = (last - first).days + 1
        self.assertEqual(sum(row[1] for row in month), days)
        self.assertEqual(sum(row[2] for row in month), days)
        self.assertIn(len(month), (4, 5, 6))
        middle = (first - self.today).days + 10
        self.assertEqual(
            [row[1:4] for row in self._section(self._report('week', middle), 'plan_result')],
            [[1, 1, 1]] * 7)

    def test_running_refreshes_closed_stays(self):
        """A running report shows what is; a closed one what was."""
        visit = self._create_visit(-1)
        report = self._report()
        self.assertEqual(report.done_count, 0)
        visit.write({'state': 'done', 'summary': "首次"})
        report.invalidate_recordset()
        self.assertEqual(report.done_count, 1)
        self.assertTrue(report._close())
        visit.write({'summary': "后来改的"})
        self._create_visit(-1, 16, state='done')
        report.invalidate_recordset()
        self.assertEqual(report.done_count, 1)
        self.assertIn("首次", report.content)
        self.assertNotIn("后来改的", report.content)
        self.assertFalse(report._close(), "closed twice")

    def test_each_once(self):
        """Of each person, kind and day there is one report."""
        report = self._report('week')
        self.assertEqual(self._report('week'), report)
        with mute_logger('odoo.sql_db'), self.assertRaises(IntegrityError), self.cr.savepoint():
            report.copy({'kind': 'week', 'date_from': report.date_from, 'date_to': report.date_to})

    def test_nobody_types_a_report(self):
        """The person adds a remark; neither he nor his manager alters a fact or the state."""
        report = self._report()
        report._close()
        mine = report.with_user(self.user_representative)
        mine.remark = "路上堵车"
        for values in ({'state': 'open'}, {'facts': {}}, {'kind': 'week'}, {'user_id': 1},
                       {'remark': "x", 'date_to': self.today}):
            for user in (self.user_representative, self.user_area_manager, self.user_director):
                with self.assertRaises(AccessError):
                    report.with_user(user).write(values)
        with self.assertRaises(AccessError):
            report.with_user(self.user_area_manager).remark = "x"
        with self.assertRaises(AccessError), mute_logger('odoo.addons.base.models.ir_model'):
            mine.create({'kind': 'day', 'date_from': self.today, 'date_to': self.today})
        with self.assertRaises(AccessError), mute_logger('odoo.addons.base.models.ir_model'):
            mine.unlink()

    def test_who_reads(self):
        """The person, his managers and the director; comments are free to whoever reads."""
        report = self._report()
        stranger = self.env['res.users'].create({
            'name': "别人", 'login': 'report_stranger', 'email': 'stranger@example.com',
            'group_ids': [(6, 0, self.env.ref('pharma_crm.group_pharma_crm_representative').ids)]})
        self._assign(stranger, self._create_territory(name="别处"), date_from='2020-01-01')
        for user in (self.user_representative, self.user_area_manager, self.user_director):
            self.assertTrue(report.with_user(user).has_access('read'))
        for user in (stranger, self.user_product_manager, self.user_service, self.user_internal):
            self.assertFalse(report.with_user(user).has_access('read'))
        report.with_user(self.user_area_manager).message_post(body="辛苦了")
        with self.assertRaises(AccessError), mute_logger('odoo.addons.base.models.ir_rule'):
            report.with_user(stranger).message_post(body="?")

    def test_sections_by_role(self):
        """A role with sections of its own has these in their order, switched off ones left out."""
        self._create_visit(-1, 9, state='done', need="资料")
        sections = self.env['pharma.work.report.section']
        group = self.env.ref('pharma_crm.group_pharma_crm_representative')
        sections.create([
            {'group_id': group.id, 'section': 'needs', 'sequence': 1},
            {'group_id': group.id, 'section': 'calls', 'sequence': 2},
            {'group_id': group.id, 'section': 'products', 'sequence': 3, 'active': False},
            {'group_id': group.id, 'section': 'plan_result', 'sequence': 4, 'on_day': False}])
        keys = [section['key'] for section in self._report()._get_facts()['sections']]
        self.assertEqual(keys, ['needs', 'calls'])
        keys = sections._get_keys(self.user_representative, 'week')
        self.assertEqual(keys, ['needs', 'calls', 'plan_result'])
        self.assertEqual(sections._get_keys(self.user_director, 'day'), ['needs', 'calls'])
        self.assertIn('orders', sections._get_keys(self.user_product_manager, 'day'))
        with self.assertRaises(AccessError), mute_logger('odoo.addons.base.models.ir_model'):
            sections.with_user(self.user_area_manager).search([], limit=1).active = False

    def test_orders_and_opportunities(self):
        """Orders confirmed in the period, and stages from which to which."""
        stages = self.env['crm.stage'].create([{'name': "立项"}, {'name': "试用"}])
        lead = self.env['crm.lead'].with_user(self.user_representative).with_context(
            tracking_disable=False, mail_notrack=False).create({
                'name': "进院机会", 'type': 'opportunity', 'partner_id': self.hospital.id,
                'user_id': self.user_representative.id, 'stage_id': stages[0].id})
        self.cr.flush()
        lead.stage_id = stages[1]
        self.cr.flush()
        order = self.env['sale.order'].create({
            'partner_id': self.hospital.id, 'user_id': self.user_representative.id,
            'order_line': [(0, 0, {
                'product_id': self._create_product().product_variant_id.id, 'product_uom_qty': 3,
                'price_unit': 20, 'tax_ids': [(5, 0, 0)]})]})
        order.write({'state': 'sale', 'date_order': self._moment(0, 9)})
        report = self._report(days=0)
        self.assertEqual(self._section(report, 'orders'), [["海州市人民医院", 1, 60.0]])
        self.assertEqual(
            [row[2:4] for row in self._section(report, 'opportunities')], [["立项", "试用"]])
        self.assertFalse(self._section(self._report(days=-1), 'orders'))

    def test_a_person_without_role_any_more(self):
        """Whoever lost his role has an empty report, not an error."""
        self._create_visit(-1, 9, state='done')
        report = self._report()
        self.user_representative.group_ids = self.env.ref('base.group_user')
        self.assertNotIn("林知远", report.content)


@tagged('post_install', '-at_install')
class TestWorkReportJobs(WorkReportCase):
    """Reports are made by themselves."""

    def _at(self, hour):
        """The clock of the company shows this hour today."""
        now = self._moment(0, hour)
        self.enterContext(patch(
            'odoo.addons.pharma_crm.models.report.pharma_work_report.fields.Datetime.now',
            lambda *args: now))

    def _jobs(self, trap, kind):
        return [job for job in trap.enqueued_jobs
                if job.method_name == '_make' and job.args[2] == kind
                and job.args[0] == self.user_representative.id]

    def test_cron(self):
        """Who has it on gets his report once; again it changes nothing."""
        self._at(9)
        self._create_visit(-1, 9, state='done')
        with trap_jobs() as trap:
            self.reports._cron_make()
            jobs = self._jobs(trap, 'day')
            self.assertIn(self.today - timedelta(days=1), [job.args[3] for job in jobs])
            self.assertEqual(len(self._jobs(trap, 'week')), 1)
            self.assertEqual(len(self._jobs(trap, 'month')), 1)
            trap.perform_enqueued_jobs()
        mine = self.reports.search([('user_id', '=', self.user_representative.id)])
        self.assertEqual(set(mine.mapped('state')), {'closed'})
        self.assertEqual(len(mine), len(jobs) + 2)
        with trap_jobs() as trap:
            self.reports._cron_make()
            self.assertFalse(
                self._jobs(trap, 'day') + self._jobs(trap, 'week') + self._jobs(trap, 'month'))
        report = mine.filtered(lambda report: report.done_count == 1 and report.kind == 'day')
        closed_at = report.closed_at
        self.reports._make(
            self.user_representative.id, self.env.company.id, 'day', report.date_from)
        self.assertEqual(report.closed_at, closed_at)

    def test_not_before_the_hour(self):
        """What is entered late in the evening is still in."""
        self._at(6)
        self._create_visit(-1, 9, state='done')
        with trap_jobs() as trap:
            self.reports._cron_make()
            days = [job.args[3] for job in self._jobs(trap, 'day')]
        self.assertNotIn(self.today - timedelta(days=1), days)

    def test_switched_off(self):
        """Whoever has switched reports off gets none, the company's default notwithstanding."""
        self._at(9)
        self._create_visit(-1, 9, state='done')
        self.env['pharma.reminder'].with_user(self.user_representative).create({
            'kind': 'report_day', 'user_id': self.user_representative.id, 'is_on': False})
        with trap_jobs() as trap:
            self.reports._cron_make()
            self.assertFalse(self._jobs(trap, 'day'))
            self.assertTrue(self._jobs(trap, 'week'))

    def test_mail_to_the_manager(self):
        """Where the company wants it, the manager gets the closed report by mail, once."""
        self._create_visit(-1, 9, state='done', summary="谈妥")
        self.env.company.pharma_report_mail = True
        day = self.today - timedelta(days=1)
        args = self.user_representative.id, self.env.company.id, 'day', day
        self.reports._make(*args)
        self.reports._make(*args)
        mails = self.env['mail.mail'].search([('model', '=', 'pharma.work.report')])
        self.assertEqual(len(mails), 1)
        self.assertIn(self.user_area_manager.email, mails.email_to)
        self.assertIn("谈妥", mails.body_html)

    def test_told_as_chosen(self):
        """The person gets his own report by mail and activity where he has chosen so."""
        self._create_visit(-1, 9, state='done', summary="谈妥")
        self.env['pharma.reminder'].create({
            'kind': 'report_day', 'user_id': self.user_representative.id, 'by_mail': True,
            'by_activity': True})
        self.reports._make(self.user_representative.id, self.env.company.id, 'day',
                           self.today - timedelta(days=1))
        mails = self.env['mail.mail'].search([('model', '=', 'pharma.work.report')])
        self.assertEqual(len(mails), 1)
        self.assertIn(self.user_representative.email, mails.email_to)
        self.assertIn("谈妥", mails.body_html)
        activity = self.env['mail.activity'].search([
            ('user_id', '=', self.user_representative.id)])
        self.assertEqual(activity.res_model, 'pharma.work.report')

    def test_pdf(self):
        """On paper stands what stands on the screen."""
        self._create_visit(-1, 9, state='done', summary="谈妥")
        html, _kind = self.env['ir.actions.report']._render_qweb_html(
            'pharma_crm.pharma_work_report_document', self._report().ids)
        self.assertIn("谈妥", html.decode())

    def test_open_mine(self):
        """The menu opens the running report; nobody without calls has one."""
        action = self.reports.with_user(self.user_representative).action_open_mine('week')
        report = self.reports.browse(action['res_id'])
        self.assertEqual(
            (report.user_id, report.kind, report.state),
            (self.user_representative, 'week', 'open'))
        with self.assertRaises(AccessError), mute_logger('odoo.addons.base.models.ir_model'):
            self.reports.with_user(self.user_service).action_open_mine('day')
        with self.assertRaises(AccessError):
            self.reports.with_user(self.user_representative).action_open_mine('year')
