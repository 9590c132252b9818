from collections import defaultdict

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL, format_date

from ..posting.pharma_flow_line import FLOW_KINDS

DUTY_STATES = [
    ('open', "Open"),
    ('late', "Late"),
    ('received', "Received"),
    ('waived', "Waived"),
]
# Months that the calendar shows.
MONTHS_SHOWN = 12
# Distributors on a page of it, and how many somebody may ask for.
DISTRIBUTORS_SHOWN = 40
DISTRIBUTORS_LIMIT = 200
# From the worst on: what a cell with several kinds shows.
_WORST = ('late', 'open', 'received', 'waived')


class PharmaFlowDuty(models.Model):
    """A file of one kind that a distributor owes for one month."""

    _name = 'pharma.flow.duty'
    _description = "File Owed by a Distributor"
    _inherit = ['mail.thread', 'mail.activity.mixin', 'pharma.sheet.mixin']
    _order = 'month desc, distributor_id, kind'
    _check_company_auto = True
    _result_fields = frozenset((
        'schedule_id', 'distributor_id', 'company_id', 'kind', 'month', 'due_on', 'user_id',
        'contact_id', 'state', 'file_id', 'reminded_on', 'reminder_count'))

    _month_uniq = models.UniqueIndex(
        '(schedule_id, kind, month)', "A month has one duty of each kind.")

    schedule_id = fields.Many2one(
        'pharma.flow.schedule', required=True, readonly=True, index=True, ondelete='cascade')
    distributor_id = fields.Many2one(
        related='schedule_id.distributor_id', store=True, index=True, readonly=True)
    company_id = fields.Many2one(
        related='schedule_id.company_id', store=True, index=True, readonly=True)
    kind = fields.Selection(FLOW_KINDS, string="Reports", required=True, readonly=True)
    month = fields.Date(
        required=True, readonly=True, help="First day of the month that is reported")
    due_on = fields.Date(required=True, readonly=True)
    user_id = fields.Many2one('res.users', string="Responsible", readonly=True, index=True)
    contact_id = fields.Many2one('res.partner', readonly=True)
    state = fields.Selection(
        DUTY_STATES, required=True, readonly=True, default='open', index=True, tracking=True)
    file_id = fields.Many2one(
        'pharma.flow.file', readonly=True, ondelete='set null', index='btree_not_null')
    reminded_on = fields.Date(readonly=True)
    reminder_count = fields.Integer(string="Reminders", readonly=True)

    # === COMPUTE === #

    @api.depends('distributor_id', 'kind', 'month')
    def _compute_display_name(self):
        kinds = dict(self._fields['kind']._description_selection(self.env))
        for duty in self:
            duty.display_name = (
                f"{duty.distributor_id.name or ''} {kinds.get(duty.kind, '')}"
                f" {duty.month:%Y-%m}" if duty.month else '')

    def _has(self, vals):
        """Whether these values stand there already: every night asks for all duties."""
        return all(self._fields[name].convert_to_write(self[name], self) == value
                   for name, value in vals.items())

    # === STATE === #

    def _refresh(self):
        """Look which of the duties a file meets that was read: it holds rows of the kind, and its
        period touches the month.
        """
        if not self:
            return
        self.env['pharma.flow.file'].flush_model()
        self.env['pharma.flow.line'].flush_model()
        self.flush_model()
        today = fields.Date.context_today(self)
        self.env.cr.execute(SQL("""
            SELECT d.id, f.id, CASE
                       WHEN f.id IS NOT NULL THEN 'received'
                       WHEN d.due_on < %(today)s THEN 'late' ELSE 'open' END
              FROM pharma_flow_duty d
              LEFT JOIN LATERAL (
                   SELECT f.id FROM pharma_flow_file f
                    WHERE f.distributor_id = d.distributor_id AND f.company_id = d.company_id
                      AND f.state IN ('review', 'posted')
                      AND f.date_from < d.month + INTERVAL '1 month' AND f.date_to >= d.month
                      AND EXISTS (SELECT FROM pharma_flow_line l
                                   WHERE l.file_id = f.id AND l.kind = d.kind)
                    ORDER BY f.state = 'posted' DESC, f.id DESC LIMIT 1) f ON TRUE
             WHERE d.id = ANY(%(ids)s) AND d.state <> 'waived'
        """, today=today, ids=self.ids))
        changed = defaultdict(list)
        for duty_id, file_id, state in self.env.cr.fetchall():
            duty = self.browse(duty_id)
            if (duty.state, duty.file_id.id) != (state, file_id or False):
                changed[state, file_id].append(duty_id)
        for (state, file_id), duty_ids in changed.items():
            duties = self.browse(duty_ids)
            duties._set_result(state=state, file_id=file_id)
            if state == 'received':
                # sudo: the reminder may be a colleague's
                duties.sudo().activity_unlink(['mail.mail_activity_data_todo'])

    @api.model
    def _refresh_for_files(self, files):
        """The same for all duties of the distributors of these files."""
        # sudo: what became of duties follows from files, whoever reads them in
        self.sudo().search([
            ('distributor_id', 'in', files.distributor_id.ids),
            ('company_id', 'in', files.company_id.ids), ('state', '!=', 'waived')])._refresh()

    # === ACTIONS === #

    def action_waive(self):
        """Nothing is owed for these months after all."""
        self.check_access('write')
        for duty in self:
            if duty.state == 'received':
                raise UserError(self.env._("%s has been received.", duty.display_name))
        self._set_result(state='waived', file_id=False)
        return True

    def action_reopen(self):
        """Owed again."""
        self.check_access('write')
        waived = self.filtered(lambda duty: duty.state == 'waived')
        waived._set_result(state='open')
        waived._refresh()
        return True

    def action_remind(self):
        """Remind the distributors of what is open or late: one mail each, and note it here."""
        self.check_access('write')
        owed = self.filtered(lambda duty: duty.state in ('open', 'late'))
        if not owed:
            raise UserError(self.env._("Nothing of this is missing."))
        template = self.env.ref('pharma_distribution.mail_template_flow_duty')
        without = self.env['res.partner']
        for duties in owed.grouped('schedule_id').values():
            contact = duties[:1].contact_id or duties[:1].distributor_id
            if not contact.email:
                without |= duties.distributor_id
                continue
            # sudo: mails belong to administrators; the text is the template's own
            template.with_context(pharma_duty_ids=duties.ids).sudo().send_mail(
                duties[0].id, email_values={'recipient_ids': [(4, contact.id)]})
            for duty in duties:
                duty._set_result(
                    reminded_on=fields.Date.context_today(self),
                    reminder_count=duty.reminder_count + 1)
        message = self.env._("%s reminders were sent.", len(owed.distributor_id - without))
        if without:
            message += " " + self.env._("No e-mail address: %s", ", ".join(without.mapped('name')))
        return {
            'type': 'ir.actions.client', 'tag': 'display_notification',
            'params': {'message': message, 'type': 'warning' if without else 'success',
                       'next': {'type': 'ir.actions.act_window_close'}}}

    def _get_owed_texts(self):
        """What the mail lists: kinds and months of the duties of one distributor."""
        duties = self.browse(self.env.context.get('pharma_duty_ids') or self.ids)
        kinds = dict(self._fields['kind']._description_selection(self.env))
        return [f"{duty.month:%Y-%m} {kinds[duty.kind]}" for duty in duties.sorted('month')]

    def _remind_responsible(self):
        """An activity for whoever is responsible, once for each duty that is late."""
        # Not a mail for each as well
        quiet = self.with_context(mail_activity_quick_update=True)
        for (user, distributor), duties in quiet.grouped(
                lambda duty: (duty.user_id, duty.distributor_id)).items():
            duties.activity_schedule(
                'mail.mail_activity_data_todo', user_id=user.id,
                summary=self.env._("Ask %s for its file", distributor.name))
        self._set_result(reminded_on=fields.Date.context_today(self))

    # === CALENDAR === #

    @api.model
    def get_calendar(self, search='', offset=0, limit=DISTRIBUTORS_SHOWN):
        """Distributors × the last months, with what is there and what is missing; a page of them,
        those with most late files first.

        :param str search: part of the distributors' names
        :param int offset: how many distributors come before the page
        :param int limit: how many the page shows at most
        :return: dict: months (lists [ISO day, label]), rows (dicts id, name, late, cells), counts
            (lists [state, label, number of duties]) and total (number of distributors) of all
            pages, can_upload; a cell is a dict state, file_id, date_from, date_to, duty_ids, label,
            text, or False where nothing is owed
        """
        self.check_access('read')
        this_month = fields.Date.context_today(self).replace(day=1)
        months = [this_month - relativedelta(months=back) for back in range(MONTHS_SHOWN, 0, -1)]
        domain = Domain('month', '>=', months[0]) & Domain('month', '<=', months[-1])
        if search and search.strip():
            domain &= Domain('distributor_id', 'ilike', search.strip())
        states = dict(self._fields['state']._description_selection(self.env))
        counts = dict(self._read_group(domain, ['state'], ['__count']))
        total, shown = self._get_page(
            domain, max(int(offset), 0), min(max(int(limit), 1), DISTRIBUTORS_LIMIT))
        return {
            'months': [[str(month), format_date(self.env, month, date_format='yy-MM')]
                       for month in months],
            'rows': self._prepare_rows(domain, months, shown, states),
            'counts': [[state, states[state], counts.get(state, 0)]
                       for state, _label in DUTY_STATES],
            'total': total,
            'can_upload': self.env['pharma.flow.file'].has_access('create'),
        }

    @api.model
    def _get_page(self, domain, offset, limit):
        """Which distributors a page of the calendar shows.

        :param domain: of all duties
        :return: tuple (number of all distributors, dict id -> number of late duties)
        """
        query = self._search(domain)
        rows = self.env.execute_query(SQL("""
            SELECT COUNT(*) OVER (), d.distributor_id, COUNT(*) FILTER (WHERE d.state = 'late') late
              FROM pharma_flow_duty d JOIN res_partner p ON p.id = d.distributor_id
             WHERE d.id IN (%s)
             GROUP BY d.distributor_id, p.pinyin_key
             ORDER BY late DESC, p.pinyin_key, d.distributor_id
             LIMIT %s OFFSET %s
        """, query.select(), limit, offset))
        return rows[0][0] if rows else 0, {row[1]: row[2] for row in rows}

    @api.model
    def _prepare_rows(self, domain, months, shown, states):
        """The rows of a page.

        :param domain: of all duties
        :param list months: first days
        :param dict shown: as of ``_get_page``, in the order of the page
        :param dict states: state -> label
        """
        duties = self.search_fetch(
            domain & Domain('distributor_id', 'in', list(shown)),
            ['distributor_id', 'month', 'kind', 'state', 'file_id'])
        kinds = dict(self._fields['kind']._description_selection(self.env))
        by_distributor = duties.grouped('distributor_id')
        rows = []
        for distributor in self.env['res.partner'].browse(shown):
            by_month = by_distributor.get(distributor, self).grouped('month')
            rows.append({
                'id': distributor.id, 'name': distributor.display_name,
                'late': shown[distributor.id],
                'cells': [self._prepare_cell(by_month.get(month), kinds, states)
                          for month in months]})
        return rows

    @api.model
    def _prepare_cell(self, duties, kinds, states):
        if not duties:
            return False
        worst = min(duties, key=lambda duty: _WORST.index(duty.state))
        month = worst.month
        return {
            'state': worst.state,
            'file_id': worst.file_id.id,
            'date_from': str(month), 'date_to': str(month + relativedelta(months=1, days=-1)),
            'duty_ids': duties.ids,
            'label': "\n".join(f"{kinds[duty.kind]}: {states[duty.state]}" for duty in duties),
            'text': f"{sum(duty.state == 'received' for duty in duties)}/{len(duties)}"
            if len(duties) > 1 else '',
        }
