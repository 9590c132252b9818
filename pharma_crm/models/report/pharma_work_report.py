from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError

from ...tools.periods import get_ended, get_period

REPORT_KINDS = [
    ('day', "Daily Report"),
    ('week', "Weekly Report"),
    ('month', "Monthly Report"),
]
REPORT_STATES = [
    ('open', "Running"),
    ('closed', "Closed"),
]
# How many past periods are made up for when the server stood still
CATCH_UP = {'day': 3, 'week': 1, 'month': 1}
# What people write; all else is the system's
PERSON_FIELDS = frozenset({'remark'})


class PharmaWorkReport(models.Model):
    """What a person did in a day, a week or a month (日报, 周报, 月报), written by the system.

    While the period runs, the report shows the facts of the moment. When it is closed they are
    kept as they are: what is recorded or corrected later does not alter it.

    How to extend: see :meth:`_get_sections`.
    """

    _name = 'pharma.work.report'
    _description = "Work Report"
    _inherit = ['mail.thread', 'mail.activity.mixin', 'pharma.team.mixin']
    _order = 'date_from DESC, kind, id DESC'
    _rec_names_search = ['user_id']
    _mail_post_access = 'read'

    _period_uniq = models.UniqueIndex(
        '(user_id, company_id, kind, date_from)', "This report is there already.")
    _date_check = models.Constraint(
        'CHECK(date_from <= date_to)', "A report cannot end before it begins.")

    kind = fields.Selection(REPORT_KINDS, required=True, readonly=True)
    date_from = fields.Date(string="From", required=True, readonly=True, index=True)
    date_to = fields.Date(string="To", required=True, readonly=True)
    state = fields.Selection(REPORT_STATES, required=True, readonly=True, default='open')
    closed_at = fields.Datetime(string="Closed On", readonly=True)
    facts = fields.Json(
        readonly=True, groups='base.group_system',
        help="What the closed report says: sections with their tables")
    content = fields.Html(
        string="Report", compute='_compute_content', sanitize=False,
        export_string_translation=False)
    remark = fields.Text(tracking=True, help="What the person wants to say about it")
    is_mine = fields.Boolean(compute='_compute_is_mine', export_string_translation=False)
    planned_count = fields.Integer(string="Planned", compute='_compute_counts', aggregator=None)
    done_count = fields.Integer(string="Done", compute='_compute_counts', aggregator=None)
    missed_count = fields.Integer(string="Missed", compute='_compute_counts', aggregator=None)

    # === COMPUTE === #

    @api.depends('kind', 'date_from', 'date_to', 'user_id')
    def _compute_display_name(self):
        for report in self:
            report.display_name = f"{report._get_title()} {report.user_id.name or ''}"

    def _get_title(self):
        """Kind and period, without the person.

        :rtype: str
        """
        self.ensure_one()
        labels = dict(self._fields['kind']._description_selection(self.env))
        day, last = self.date_from, self.date_to
        if not day:
            return labels.get(self.kind, '')
        period = {
            'day': f"{day}",
            'week': f"{day} – {last}",
            'month': f"{day:%Y-%m}",
        }[self.kind]
        return f"{labels[self.kind]} {period}"

    @api.depends_context('uid')
    def _compute_is_mine(self):
        for report in self:
            report.is_mine = report.user_id == self.env.user

    def _compute_content(self):
        for report in self:
            report.content = report._render_content()

    def _compute_counts(self):
        # sudo: the facts of a closed report are behind the report itself
        for report in self.filtered(lambda report: report.state == 'closed'):
            counts = (report.sudo().facts or {}).get('counts', {})
            for name in ('planned', 'done', 'missed'):
                report[f'{name}_count'] = counts.get(name, 0)
        running = self.filtered(lambda report: report.state == 'open')
        for (first, last, company), reports in running.grouped(
                lambda report: (report.date_from, report.date_to, report.company_id)).items():
            counts = reports._read_counts(first, last, company)
            for report in reports:
                for name in ('planned', 'done', 'missed'):
                    report[f'{name}_count'] = counts.get(report.user_id.id, {}).get(name, 0)

    def _read_counts(self, first, last, company):
        """Numbers of calls of the persons of these reports between two days.

        :return: planned, done, missed by id of the user
        :rtype: dict(int, dict(str, int))
        """
        counts = {}
        # sudo: who sees the report of a person sees how many calls it is about
        for user, state, planned, number in self.env['pharma.visit'].sudo()._read_group(
                [('user_id', 'in', self.user_id.ids), ('company_id', '=', company.id),
                 ('date', '>=', first), ('date', '<=', last)],
                ['user_id', 'state', 'is_planned'], ['__count']):
            row = counts.setdefault(user.id, {'planned': 0, 'done': 0, 'missed': 0})
            if planned and state != 'cancelled':
                row['planned'] += number
            if state in row and state != 'planned':
                row[state] += number
        return counts

    def _get_team_date(self):
        return self.date_from or super()._get_team_date()

    @api.depends('date_from')
    def _compute_territory(self):
        return super()._compute_territory()

    # === CRUD === #

    def write(self, vals):
        self._check_writer(vals)
        return super().write(vals)

    def _check_writer(self, vals):
        """Nobody types a report: people only add their remark, each to his own.

        :raise AccessError: for a value that the current user may not set
        """
        ours = {
            name for name in vals
            if (self._fields[name]._module or '').startswith('pharma_')} if not self.env.su else ()
        if not ours:
            return
        if not PERSON_FIELDS.issuperset(ours) or self.user_id - self.env.user:
            raise AccessError(self.env._(
                "Reports are written by the system; people add remarks to their own, and comments "
                "to those of others."))

    # === FACTS === #

    def _as_person(self):
        """This report with the rights, language and clock of the person whose it is: it tells
        nothing that he may not see.
        """
        self.ensure_one()
        user, company = self.sudo().user_id, self.sudo().company_id
        return self.with_user(user).with_context(
            lang=user.lang,
            tz=user.tz or self.with_company(company).env['pharma.access']._get_zone(),
            allowed_company_ids=company.ids)

    def _gather_facts(self):
        """What the report says at this moment.

        :return: ``counts`` of calls, and ``sections``: ``key``, ``title`` and ``blocks``
        :rtype: dict
        """
        # sudo, without the rights of whoever asks: see _as_person
        report = self.sudo()._as_person()
        titles = report._get_sections()
        sections = []
        keys = self.env['pharma.work.report.section']._get_keys(report.sudo().user_id, report.kind)
        for key in keys:
            blocks = [block for block in getattr(report, f'_section_{key}')() if block]
            if blocks:
                sections.append({'key': key, 'title': titles[key], 'blocks': blocks})
        counts = self._read_counts(self.date_from, self.date_to, self.company_id)
        return {'counts': counts.get(self.user_id.id, {}), 'sections': sections}

    def _get_facts(self):
        """What is kept of a closed report, what is true at the moment of a running one."""
        self.ensure_one()
        # sudo: the column is closed, the report is not
        return (self.sudo().facts if self.state == 'closed' else self._gather_facts()) or {}

    def _render_content(self):
        """The facts as HTML."""
        if not self.date_from:
            return False
        return self.env['ir.qweb']._render('pharma_crm.pharma_work_report_body', {
            'sections': self._get_facts().get('sections', []),
            'is_number': lambda value: isinstance(value, (int, float)),
        })

    # === OPEN AND CLOSE === #

    @api.model
    def _open(self, user, company, kind, day):
        """The report of a person about the period of a day, made where it is missing.

        :param user: ``res.users``
        :param company: ``res.company``
        :param str kind: 'day', 'week' or 'month'
        :param datetime.date day: any day of the period
        :rtype: pharma.work.report
        """
        first, last = get_period(kind, day)
        # sudo: reports are made by the system
        reports = self.sudo()
        found = reports.search([
            ('user_id', '=', user.id), ('company_id', '=', company.id), ('kind', '=', kind),
            ('date_from', '=', first)])
        return found or reports.with_context(mail_create_nolog=True).create({
            'user_id': user.id, 'company_id': company.id, 'kind': kind, 'date_from': first,
            'date_to': last})

    def _close(self):
        """Keep the facts of running reports; twice changes nothing.

        :return: the reports that were closed
        :rtype: pharma.work.report
        """
        # sudo: reports are written by the system
        running = self.sudo().filtered(lambda report: report.state == 'open').try_lock_for_update()
        for report in running:
            report.write({
                'facts': report._gather_facts(), 'state': 'closed',
                'closed_at': fields.Datetime.now()})
        return running

    @api.model
    def action_open_mine(self, kind):
        """Open one's own running report.

        :param str kind: 'day', 'week' or 'month'
        :rtype: dict
        """
        self.check_access('read')
        if kind not in dict(REPORT_KINDS):
            raise AccessError(self.env._("There is no such report."))
        report = self._open(
            self.env.user, self.env.company, kind, self.env['pharma.access']._get_today())
        return {
            'type': 'ir.actions.act_window', 'res_model': self._name, 'res_id': report.id,
            'views': [(False, 'form')], 'name': report._get_title()}

    def action_view_visits(self):
        """Open the calls of the period."""
        self.ensure_one()
        self.check_access('read')
        action = self.env['ir.actions.act_window']._for_xml_id('pharma_crm.pharma_visit_action')
        return action | {
            'domain': [('user_id', '=', self.user_id.id), ('date', '>=', self.date_from),
                       ('date', '<=', self.date_to)],
            'context': {}}

    def action_send(self):
        """Write a mail with the report attached, to the manager unless somebody else is chosen."""
        self.ensure_one()
        self.check_access('read')
        template = self.env.ref('pharma_crm.mail_template_work_report_pdf')
        return {
            'type': 'ir.actions.act_window', 'res_model': 'mail.compose.message',
            'views': [(False, 'form')], 'target': 'new', 'name': self.env._("Send Report"),
            'context': {
                'default_model': self._name, 'default_res_ids': self.ids,
                'default_template_id': template.id, 'default_composition_mode': 'comment',
                'default_partner_ids': self._get_managers().partner_id.ids,
                'default_email_layout_xmlid': 'mail.mail_notification_light'}}

    def _get_managers(self):
        """Who reads this report: the nearest managers of the person.

        :rtype: res.users
        """
        self.ensure_one()
        managers = self.env['pharma.access'].sudo()._get_nearest_managers(self.user_id)
        return managers.get(self.user_id.id, self.env['res.users'])

    # === CRON === #

    @api.model
    def _cron_make(self):
        """Close what is over, from the hour on that the company has set, so that late entries of
        the evening are in: each report by a job of its own.
        """
        for company in self.env['res.company'].search([]):
            reports = self.with_company(company)
            today = reports.env['pharma.access']._get_today()
            now = fields.Datetime.context_timestamp(
                self.with_context(tz=reports.env['pharma.access']._get_zone()),
                fields.Datetime.now())
            if now.hour < company.pharma_report_hour:
                today -= timedelta(days=1)
            for kind, count in CATCH_UP.items():
                for first, last in get_ended(kind, today, count):
                    reports._make_later(company, kind, first, last)

    @api.model
    def _make_later(self, company, kind, first, last):
        """Jobs for the reports of a period that nobody has closed yet."""
        done = self.search([
            ('company_id', '=', company.id), ('kind', '=', kind), ('date_from', '=', first),
            ('state', '=', 'closed')]).user_id
        users = self.env['pharma.reminder']._get_users(company, f'report_{kind}') - done
        if kind == 'day' and first.weekday() > 4:
            # Nobody worked, nothing to tell
            users &= self.env['pharma.visit'].search([
                ('user_id', 'in', users.ids), ('date', '=', first)]).user_id
        for user in users:
            self.with_delay(
                description=f"work report {kind} {first} user {user.id}",
                identity_key=f'pharma_work_report-{company.id}-{user.id}-{kind}-{first}',
            )._make(user.id, company.id, kind, first)

    @api.model
    def _make(self, user_id, company_id, kind, day):
        """Job: close the report of a person and send it. Run twice it does nothing more.

        :param datetime.date day: any day of the period
        """
        company = self.env['res.company'].browse(company_id)
        report = self.with_company(company)._open(
            self.env['res.users'].browse(user_id), company, kind, fields.Date.to_date(day))
        for closed in report._close():
            closed._send()

    def _send(self):
        """Tell of a report that was just closed: the person the ways he has chosen, his manager by
        mail where the company wants it.
        """
        self.ensure_one()
        self.env['pharma.reminder']._tell(
            self.user_id.id, self.company_id.id, f'report_{self.kind}', f'report-{self.id}',
            {'date': str(self.date_from), 'count': self.done_count}, self._name, self.id)
        if self.company_id.sudo().pharma_report_mail:
            self._mail_to(self._get_managers())

    def _mail_to(self, users):
        """Send the report to people.

        :param users: ``res.users``
        """
        self.ensure_one()
        template = self.env.ref('pharma_crm.mail_template_work_report')
        for reader in users.filtered('email'):
            # sudo: by the system, in the job
            template.sudo().send_mail(
                self.id, email_values={'email_to': reader.email_formatted, 'recipient_ids': []})
