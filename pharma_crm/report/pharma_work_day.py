from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

# How far back the list goes, in days
DAYS = 14


class PharmaWorkDay(models.Model):
    """What each person did on each of the last days, for who leads them: one row per person and
    day, also for days on which nothing was done.
    """

    _name = 'pharma.work.day'
    _description = "Day of a Person"
    _inherit = ['pharma.team.mixin']
    _auto = False
    _order = 'date DESC, needs_word DESC, user_id'
    _rec_name = 'user_id'
    _depends = {
        'pharma.visit': ['user_id', 'company_id', 'date', 'state', 'is_planned', 'review_state'],
        'pharma.support.request': ['user_id', 'company_id', 'state', 'asked_at'],
        'pharma.territory.assignment': ['user_id', 'territory_id', 'product_line_id', 'role',
                                        'date_from', 'date_to', 'company_id'],
        'pharma.work.report': ['user_id', 'company_id', 'kind', 'date_from', 'remark'],
    }

    user_id = fields.Many2one('res.users', string="Representative", readonly=True, default=None)
    company_id = fields.Many2one('res.company', readonly=True, default=None)
    territory_id = fields.Many2one(
        'pharma.territory', compute=None, readonly=True)
    product_line_id = fields.Many2one(
        'product.category', compute=None, readonly=True)
    date = fields.Date(readonly=True)
    is_last_workday = fields.Boolean(string="Last Working Day", readonly=True)
    planned_count = fields.Integer(string="Planned", readonly=True)
    done_count = fields.Integer(string="Done", readonly=True)
    unplanned_count = fields.Integer(string="Not Planned", readonly=True)
    missed_count = fields.Integer(string="Missed", readonly=True)
    open_count = fields.Integer(
        string="Not Recorded", readonly=True, help="Planned for a day that is over, and neither "
        "recorded nor missed")
    todo_count = fields.Integer(string="To Review", readonly=True)
    request_count = fields.Integer(string="Waits for Support", readonly=True)
    report_id = fields.Many2one('pharma.work.report', readonly=True)
    remark = fields.Text(related='report_id.remark')
    needs_word = fields.Boolean(string="Word Needed", readonly=True)
    attention = fields.Char(string="Why", compute='_compute_attention')

    @property
    def _table_query(self):
        today = self.env['pharma.access']._get_today()
        return SQL(
            """ SELECT (g.id * 100 + (%(today)s - d.day))::int AS id,
                       g.user_id, g.company_id, g.territory_id, g.product_line_id, d.day AS date,
                       d.day = %(workday)s AS is_last_workday,
                       v.planned_count, v.done_count, v.unplanned_count, v.missed_count,
                       v.open_count, v.todo_count, s.request_count,
                       r.id AS report_id,
                       (v.open_count > 0 OR s.request_count > 0
                        OR COALESCE(r.remark, '') != ''
                        OR (v.planned_count > 0 AND v.done_count = 0 AND d.day < %(today)s)
                        OR (v.planned_count = 0 AND v.done_count = 0 AND d.day < %(today)s
                            AND extract(isodow FROM d.day) < 6)) AS needs_word
                  FROM (SELECT DISTINCT ON (user_id, company_id)
                               id, user_id, company_id, territory_id, product_line_id
                          FROM pharma_territory_assignment
                         WHERE role != 'product_manager' AND date_from <= %(today)s
                           AND (date_to IS NULL OR date_to >= %(today)s)
                         ORDER BY user_id, company_id, date_from, id) g
            CROSS JOIN (SELECT %(today)s - n AS day FROM generate_series(0, %(days)s) n) d
            CROSS JOIN LATERAL (%(visits)s) v
            CROSS JOIN LATERAL (
                       SELECT count(*) AS request_count FROM pharma_support_request s
                        WHERE s.user_id = g.user_id AND s.company_id = g.company_id
                          AND s.state = 'open' AND d.day = %(workday)s) s
             LEFT JOIN pharma_work_report r ON r.user_id = g.user_id
                   AND r.company_id = g.company_id AND r.kind = 'day' AND r.date_from = d.day """,
            today=today, days=DAYS, workday=self._get_last_workday(today),
            visits=self._visits_sql(today))

    @api.model
    def _visits_sql(self, today):
        """Query of one row: the calls of the person ``g`` on the day ``d``."""
        return SQL(
            """ SELECT count(*) FILTER (
                           WHERE is_planned AND v.state != 'cancelled') AS planned_count,
                       count(*) FILTER (WHERE v.state = 'done') AS done_count,
                       count(*) FILTER (WHERE v.state = 'done' AND is_planned IS NOT TRUE)
                           AS unplanned_count,
                       count(*) FILTER (WHERE v.state = 'missed') AS missed_count,
                       count(*) FILTER (WHERE v.state = 'planned' AND d.day < %(today)s)
                           AS open_count,
                       count(*) FILTER (WHERE review_state = 'todo') AS todo_count
                  FROM pharma_visit v
                 WHERE v.user_id = g.user_id AND v.date = d.day
                   AND v.company_id = g.company_id """,
            today=today)

    @api.model
    def _get_last_workday(self, today):
        """The last day before today on which people work: never a Saturday or a Sunday.

        :param datetime.date today: the company's
        :rtype: datetime.date
        """
        day = today - timedelta(days=1)
        while day.weekday() > 4:
            day -= timedelta(days=1)
        return day

    @api.depends('open_count', 'request_count', 'planned_count', 'done_count')
    def _compute_attention(self):
        today = self.env['pharma.access']._get_today()
        for day in self:
            words = []
            if day.request_count:
                words.append(self.env._("%s requests for support to answer", day.request_count))
            if day.open_count:
                words.append(self.env._("%s planned and not recorded", day.open_count))
            if not day.done_count and not day.open_count and day.date < today and (
                    day.planned_count or day.date.weekday() < 5):
                words.append(self.env._("no call done"))
            if day.report_id and day.remark:
                words.append(self.env._("a remark"))
            day.attention = "，".join(words) if day.needs_word else False

    def action_view_visits(self):
        """Open the calls of the day."""
        self.ensure_one()
        self.check_access('read')
        action = self.env['ir.actions.act_window']._for_xml_id('pharma_crm.pharma_visit_action')
        return action | {
            'domain': [('user_id', '=', self.user_id.id), ('date', '=', self.date)], 'context': {}}

    def action_open_report(self):
        """Open the person's report of the day; it is made where there is none yet."""
        self.ensure_one()
        self.check_access('read')
        report = self.env['pharma.work.report']._open(
            self.user_id, self.company_id, 'day', self.date)
        return {
            'type': 'ir.actions.act_window', 'res_model': 'pharma.work.report',
            'res_id': report.id, 'views': [(False, 'form')]}
