from datetime import timedelta

from markupsafe import Markup

from odoo import api, fields, models
from odoo.tools import SQL

# Nobody is rung up at night: hours of the company between which people are reminded
HOURS = range(7, 21)
# How far back calls and comments are looked at
LOOK_BACK = timedelta(days=7)
LOOK_BACK_COMMENTS = timedelta(days=2)


class PharmaReminder(models.Model):
    """Who is told what, and the telling: each once."""

    _inherit = 'pharma.reminder'

    # === CRON === #

    @api.model
    def _cron_remind(self):
        """Tell people what they have switched on, each by a job of its own."""
        for company in self.env['res.company'].search([]):
            reminders = self.with_company(company)
            zone = reminders.env['pharma.access']._get_zone()
            now = fields.Datetime.context_timestamp(
                self.with_context(tz=zone), fields.Datetime.now())
            if now.hour not in HOURS:
                continue
            for kind in self._get_kinds():
                find = getattr(reminders, f'_find_{kind}', None)
                if not find:
                    continue
                people = reminders._get_people(company)
                channels = reminders._get_switches(company, people, kind)
                users = people.filtered(lambda user, channels=channels: channels.get(user.id))
                if users:
                    reminders._tell_later(company, kind, find(company, users, now))

    @api.model
    def _tell_later(self, company, kind, news):
        """Jobs for what nobody was told yet.

        :param news: of one kind, as ``_find_<kind>`` returns it
        """
        news = list(news)
        told = {(row.user_id.id, row.key) for row in self.env['pharma.reminder.told'].sudo().search(
            [('kind', '=', kind), ('key', 'in', [key for _user, key, *_rest in news])])}
        for user, key, values, record in news:
            if (user.id, key) not in told:
                self.with_delay(
                    description=f"reminder {kind} {key} user {user.id}",
                    identity_key=f'pharma_reminder-{user.id}-{kind}-{key}',
                )._tell(user.id, company.id, kind, key, values,
                        record._name if record else False, record.id if record else False)

    # === WHO IS TOLD WHAT === #
    #
    # _find_<kind>(company, users, now) yields (user, key, values, record): whom, what tells this
    # from the next time, what the words and templates may use, what the activity is on or None.
    # _words_<kind>(values) puts it into words.

    @api.model
    def _find_visit_tomorrow(self, company, users, now):
        if now.hour < company.sudo().pharma_reminder_hour:
            return
        tomorrow = now.date() + timedelta(days=1)
        for user, number, visits in self.env['pharma.visit'].sudo()._read_group(
                [('user_id', 'in', users.ids), ('company_id', '=', company.id),
                 ('state', '=', 'planned'), ('date', '=', tomorrow)],
                ['user_id'], ['__count', 'id:recordset']):
            yield user, str(tomorrow), {'count': number, 'date': str(tomorrow)}, visits[0]

    @api.model
    def _words_visit_tomorrow(self, values):
        return self.env._("%(count)s calls planned for tomorrow, %(date)s", **values)

    @api.model
    def _find_cycle_missing(self, company, users, now):
        days = company.sudo().pharma_reminder_cycle_days
        for cycle in self.env['pharma.cycle'].sudo().search(
                [('company_id', '=', company.id), ('state', '=', 'open'),
                 ('date_from', '<=', now.date()), ('date_to', '>=', now.date()),
                 ('date_to', '<=', now.date() + timedelta(days=days))]):
            self.env['pharma.cycle.target'].flush_model()
            for user_id, customers, calls in self.env.execute_query(SQL(
                    """ SELECT user_id, count(*), sum(goal - actual)
                          FROM pharma_cycle_target
                         WHERE cycle_id = %s AND user_id = ANY(%s) AND goal > COALESCE(actual, 0)
                         GROUP BY user_id """, cycle.id, users.ids)):
                yield users.browse(user_id), f'cycle-{cycle.id}', {
                    'count': int(calls or 0), 'customers': customers, 'date': str(cycle.date_to),
                    'days': (cycle.date_to - now.date()).days}, None

    @api.model
    def _words_cycle_missing(self, values):
        return self.env._(
            "%(count)s calls on %(customers)s customers are missing until %(date)s", **values)

    @api.model
    def _find_quality(self, company, users, now):
        limit = company.sudo().pharma_quality_limit
        # 0: not rated
        for visit in self.env['pharma.visit'].sudo().search(
                [('user_id', 'in', users.ids), ('company_id', '=', company.id),
                 ('state', '=', 'done'), ('quality', '>', 0), ('quality', '<', limit),
                 ('recorded_at', '>=', fields.Datetime.now() - LOOK_BACK)]):
            yield visit.user_id, f'visit-{visit.id}', {
                'count': round(visit.quality), 'date': str(visit.date), 'limit': limit}, visit

    @api.model
    def _words_quality(self, values):
        return self.env._(
            "A call on %(date)s has a quality of %(count)s, under the limit of %(limit)s", **values)

    @api.model
    def _find_comment(self, company, users, now):
        for model in ('pharma.visit', 'pharma.work.report'):
            messages = self.env['mail.message'].sudo().search([
                ('model', '=', model), ('message_type', '=', 'comment'),
                ('date', '>=', fields.Datetime.now() - LOOK_BACK_COMMENTS)])
            records = self.env[model].sudo().search([
                ('id', 'in', messages.mapped('res_id')), ('user_id', 'in', users.ids),
                ('company_id', '=', company.id)]).grouped('id')
            for message in messages:
                record = records.get(message.res_id)
                if record and message.author_id != record.user_id.partner_id:
                    yield record.user_id, f'message-{message.id}', {
                        'name': message.author_id.name or '', 'count': 1,
                        'date': str(fields.Datetime.context_timestamp(record, message.date).date()),
                    }, record

    @api.model
    def _words_comment(self, values):
        return self.env._("New comment by %(name)s", **values)

    # Reports are told of by whoever closes them, not found

    @api.model
    def _words_report_day(self, values):
        return self.env._("Your daily report of %(date)s is there", **values)

    @api.model
    def _words_report_week(self, values):
        return self.env._("Your weekly report from %(date)s on is there", **values)

    @api.model
    def _words_report_month(self, values):
        return self.env._("Your monthly report from %(date)s on is there", **values)

    # === TELLING === #

    @api.model
    def _tell(self, user_id, company_id, kind, key, values, model=False, res_id=False):
        """Job: remind a person the ways he has chosen. Run twice, or by two jobs, it does so once.

        :param str key: what tells this from the next time
        :param dict values: what words and templates may use
        """
        user = self.env['res.users'].browse(user_id)
        company = self.env['res.company'].browse(company_id)
        channels = self._get_channels(company, user, kind)
        record = self.env[model].browse(res_id).exists() if model else None
        if not channels or not user.active or (model and not record):
            return
        # sudo: by the system
        if not self.env['pharma.reminder.told'].sudo()._claim(user, kind, key):
            return
        words = getattr(self.with_context(lang=user.lang), f'_words_{kind}')(values)
        if 'activity' in channels:
            self._tell_by_activity(user, words, record)
        if 'mail' in channels and user.email:
            if kind.startswith('report_'):
                record._mail_to(user)
            else:
                self._tell_by_mail(user, company, words, record)
        for channel in ('sms', 'messenger'):
            if channel in channels:
                self.env['pharma.message']._queue(
                    user, company, channel, kind, f'{channel}-{kind}-{key}-{user.id}',
                    {'name': user.name, **values})

    @api.model
    def _tell_by_activity(self, user, words, record):
        activities = self.env['mail.activity'].sudo().with_context(
            mail_activity_quick_update=True)  # no mail beside it
        activities.create({
            'activity_type_id': self.env.ref('mail.mail_activity_data_todo').id,
            'summary': words, 'user_id': user.id,
            'res_model_id': self.env['ir.model']._get_id(record._name) if record else False,
            'res_id': record.id if record else False})

    @api.model
    def _tell_by_mail(self, user, company, words, record):
        body = Markup("<p>%s</p>") % words
        if record:
            link = f'{record.get_base_url()}/mail/view?model={record._name}&res_id={record.id}'
            body += Markup('<p><a href="%s">%s</a></p>') % (link, self.with_context(
                lang=user.lang).env._("Open"))
        self.env['mail.mail'].sudo().create({
            'subject': words, 'body_html': body, 'email_to': user.email_formatted,
            'email_from': company.email_formatted or user.email_formatted, 'auto_delete': True})
