from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL
from odoo.tools.misc import format_date

from ..matching.pharma_flow_resolver import JUDGED_COLUMNS

PERIOD_STATES = [
    ('open', "Open"),
    ('locked', "Locked"),
]


class PharmaFlowPeriod(models.Model):
    """A month of a company's sales; once it is locked, its figures do not change any more.

    Rows that come late, or are decided late, count in the first open month after it
    (``entry_month``). Rows that stand in it already stay as they are, whatever is decided about
    their names, territories or doubles: what would change is counted here, and happens when the
    month is unlocked.
    """

    _name = 'pharma.flow.period'
    _description = "Flow Month"
    _inherit = ['mail.thread', 'mail.activity.mixin']
    _order = 'month desc, id desc'

    _month_uniq = models.Constraint(
        'UNIQUE(company_id, month)', "This month of the company is listed already.")

    name = fields.Char(compute='_compute_name')
    company_id = fields.Many2one(
        'res.company', required=True, default=lambda self: self.env.company)
    month = fields.Date(required=True, help="Any day of it; its first is kept")
    state = fields.Selection(
        PERIOD_STATES, required=True, readonly=True, default='open', tracking=True, copy=False)
    locked_by_id = fields.Many2one('res.users', readonly=True, copy=False)
    locked_on = fields.Datetime(readonly=True, copy=False)
    pending_count = fields.Integer(
        string="Rows That Would Change", readonly=True, copy=False,
        help="Rows of this month about which something else was decided after it was locked")
    pending_on = fields.Datetime(string="Looked Up On", readonly=True, copy=False)

    # === COMPUTE === #

    @api.depends('month')
    @api.depends_context('lang')
    def _compute_name(self):
        for period in self:
            period.name = period.month and format_date(
                self.env, period.month, date_format='yyyy-MM')

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        periods = super().create([self._with_first_day(vals) for vals in vals_list])
        # A value is refused, a default of the context is not
        if not self.env.su and 'locked' in periods.mapped('state'):
            raise UserError(self.env._("A month is listed first, and then locked."))
        return periods

    def write(self, vals):
        if {'month', 'company_id'} & set(vals) and 'locked' in self.mapped('state'):
            raise UserError(self.env._("A locked month cannot become another one."))
        return super().write(self._with_first_day(vals))

    @api.model
    def _with_first_day(self, vals):
        if not vals.get('month'):
            return vals
        return {**vals, 'month': fields.Date.to_date(vals['month']).replace(day=1)}

    @api.model
    def _has_field_access(self, field, operation):
        # Locking goes through its own actions
        closed = ('state', 'locked_by_id', 'locked_on', 'pending_count', 'pending_on')
        if operation == 'write' and field.name in closed and not self.env.su:
            return False
        return super()._has_field_access(field, operation)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_locked(self):
        if 'locked' in self.mapped('state'):
            raise UserError(self.env._("Unlock the month before you remove it."))

    # === ACTIONS === #

    def action_lock(self):
        """Let the figures of months stand as they are."""
        self.check_access('write')
        self.lock_for_update(allow_referencing=True)
        # sudo: these fields are closed to everybody, the right to change the month was checked
        self.filtered(lambda period: period.state == 'open').sudo().write({
            'state': 'locked', 'locked_by_id': self.env.uid, 'locked_on': fields.Datetime.now(),
            'pending_count': 0, 'pending_on': False})
        self.activity_feedback(['mail.mail_activity_data_todo'])
        return True

    def action_unlock(self):
        """Open months again; what was decided meanwhile happens to their rows in a job."""
        self.check_access('write')
        locked = self.filtered(lambda period: period.state == 'locked')
        locked.lock_for_update(allow_referencing=True)
        # sudo: as above
        locked.sudo().write({
            'state': 'open', 'locked_by_id': False, 'locked_on': False, 'pending_count': 0,
            'pending_on': False})
        for period in locked:
            period.with_delay(description=self.env._(
                "Late decisions for %s", period.name))._apply_pending()
        return True

    def action_find_pending(self):
        """Look up how many rows would change if the month were open."""
        self.check_access('write')
        for period in self.filtered(lambda period: period.state == 'locked'):
            # sudo: as above
            period.sudo().write({
                'pending_count': len(period._get_pending_ids()),
                'pending_on': fields.Datetime.now()})
        return True

    def action_view_pending(self):
        """Open the rows that would change if the month were open."""
        self.ensure_one()
        self.check_access('read')
        return self._open_lines([('id', 'in', self._get_pending_ids())])

    def action_view_restated(self):
        """Open the rows of this month that count in a later one."""
        self.ensure_one()
        self.check_access('read')
        after = self.month + relativedelta(months=1)
        return self._open_lines([
            ('date', '>=', self.month), ('date', '<', after), ('entry_month', '!=', False),
            ('company_id', '=', self.company_id.id)])

    def _open_lines(self, domain):
        action = self.env['ir.actions.act_window']._for_xml_id(
            'pharma_distribution.pharma_flow_line_action')
        action.update(domain=domain, context={})
        return action

    # === ROWS === #

    @api.model
    def _fill_locked(self, file=None):
        """Put locked months, and the month in which their late rows count, into a temporary table.

        Who works on rows holds the months until the end of the transaction, so that none is locked
        meanwhile.

        :param file: pharma.flow.file that is posted: rows enter months, so they are held
        :return: whether there are any
        """
        self.flush_model()
        if file:
            self.env.cr.execute(
                "SELECT id FROM pharma_flow_period WHERE company_id = ANY(%s) FOR SHARE",
                [file.company_id.ids])
        self.env.cr.execute("""
            DROP TABLE IF EXISTS pharma_flow_locked;
            CREATE TEMPORARY TABLE pharma_flow_locked ON COMMIT DROP AS
            SELECT period.company_id, period.month, MIN(later.month) AS entry_month
              FROM pharma_flow_period period
             CROSS JOIN LATERAL (
                 SELECT (period.month + number * INTERVAL '1 month')::date AS month
                   FROM generate_series(1, 1200) number) later
             WHERE period.state = 'locked' AND NOT EXISTS (
                   SELECT FROM pharma_flow_period other
                    WHERE other.company_id = period.company_id AND other.month = later.month
                      AND other.state = 'locked')
             GROUP BY period.company_id, period.month;
            SELECT EXISTS (SELECT FROM pharma_flow_locked)
        """)
        return self.env.cr.fetchone()[0]

    @api.model
    def _is_locked_sql(self, table='line'):
        """Whether a row counts in a locked month; ``_fill_locked`` comes first.

        :param str table: alias of ``pharma_flow_line``
        """
        return SQL("""
            (%(row)s.status = 'ok' AND EXISTS (
                SELECT FROM pharma_flow_locked locked
                 WHERE locked.company_id = %(row)s.company_id AND locked.month = %(month)s)
             AND EXISTS (SELECT FROM pharma_flow_file posted
                          WHERE posted.id = %(row)s.file_id AND posted.state = 'posted'))
        """, row=SQL.identifier(table), month=self._month_sql(table))

    @api.model
    def _month_sql(self, table='line'):
        return SQL("COALESCE(%(row)s.entry_month, date_trunc('month', %(row)s.date)::date)",
                   row=SQL.identifier(table))

    @api.model
    def _entry_month_sql(self, status):
        """Where a row of ``pharma_flow_line line`` counts from now on.

        :param SQL status: its new status
        """
        return SQL("""
            CASE WHEN line.status <> 'ok' AND %(status)s = 'ok' THEN COALESCE((
                SELECT locked.entry_month FROM pharma_flow_locked locked
                  JOIN pharma_flow_file posted
                       ON posted.id = line.file_id AND posted.state = 'posted'
                 WHERE locked.company_id = line.company_id AND locked.month = %(month)s
            ), line.entry_month) ELSE line.entry_month END
        """, status=status, month=self._month_sql())

    @api.model
    def _enter_rows(self, file):
        """Before a file is posted: its rows of locked months count in the first open month."""
        if self._fill_locked(file):
            self.env.cr.execute(SQL("""
                UPDATE pharma_flow_line line SET entry_month = locked.entry_month
                  FROM pharma_flow_locked locked
                 WHERE line.file_id = %s AND locked.company_id = line.company_id
                   AND locked.month = %s
            """, file.id, self._month_sql()))
            self.env['pharma.flow.line'].invalidate_model(['entry_month'])

    @api.model
    def _check_undo(self, file):
        """Refuse to take back rows that count in locked months."""
        if file.state != 'posted' or not self._fill_locked(file):
            return
        rows = self.env.execute_query(SQL("""
            SELECT %s, COUNT(*) FROM pharma_flow_line line
             WHERE line.file_id = %s AND %s GROUP BY 1 ORDER BY 1
        """, self._month_sql(), file.id, self._is_locked_sql()))
        if rows:
            raise UserError(self.env._(
                "%(file)s cannot be undone: %(count)s of its rows count in months that are locked"
                " (%(months)s). Somebody who may lock months has to unlock them first, under Flow"
                " Months; or leave the file as it is and post what is missing in another file,"
                " which counts in the first open month.",
                file=file.name, count=sum(count for _month, count in rows),
                months=", ".join(f"{month:%Y-%m}" for month, _count in rows)))

    def _get_pending_ids(self):
        """Rows of this locked month of which names, products, territories or people have changed.

        :rtype: list[int]
        """
        self.ensure_one()
        if not self._fill_locked():
            return []
        resolver = self.env['pharma.flow.resolver']
        where = self._rows_sql()
        resolver._fill_answers(resolver._collect_answers(where))
        resolver._flush_judgement()
        new, old = (
            SQL(", ").join(SQL.identifier('new', prefix + name) for name in JUDGED_COLUMNS)
            for prefix in ('new_', ''))
        rows = self.env.execute_query(SQL(
            "SELECT new.id FROM %s new WHERE (%s) IS DISTINCT FROM (%s)",
            resolver._sql_judgement(
                SQL("(SELECT * FROM pharma_flow_line line WHERE %s)", where), 'id'), old, new))
        return [line_id for line_id, in rows]

    def _rows_sql(self):
        """Condition on ``pharma_flow_line line``: rows that count in this month."""
        after = self.month + relativedelta(months=1)
        return SQL("""
            line.company_id = %(company)s AND line.status = 'ok'
            AND line.file_id IN (SELECT id FROM pharma_flow_file WHERE state = 'posted')
            AND (line.date >= %(first)s AND line.date < %(after)s AND line.entry_month IS NULL
                 OR line.entry_month = %(first)s)
        """, company=self.company_id.id, first=self.month, after=after)

    def _apply_pending(self):
        """Job: judge the rows of a month anew that is open again."""
        if self.exists() and self.state == 'open':
            after = self.month + relativedelta(months=1)
            file_ids = self.env['pharma.flow.resolver']._apply_to_lines(SQL(
                "(%s OR line.company_id = %s AND line.status = 'duplicate'"
                " AND line.date >= %s AND line.date < %s)",
                self._rows_sql(), self.company_id.id, self.month, after))
            # sudo: figures follow from rows
            self.env['pharma.flow.file'].sudo().browse(file_ids)._refresh_counts()

    # === CRON === #

    @api.model
    def _cron_propose_lock(self):
        """On the day that the settings name, ask for the month before to be locked."""
        today = fields.Date.context_today(self)
        for company in self.env['res.company'].search([('pharma_flow_lock_day', '>', 0)]):
            if today.day < company.pharma_flow_lock_day:
                continue
            month = today.replace(day=1) - relativedelta(months=1)
            period = self.search([('company_id', '=', company.id), ('month', '=', month)])
            if not period:
                period = self.create({'company_id': company.id, 'month': month})
                period._propose_lock()

    def _propose_lock(self):
        """An activity for those who may lock."""
        group = self.env.ref('pharma_distribution.group_pharma_distribution_admin')
        users = group.all_user_ids.filtered(
            lambda user: user.active and not user.share and self.company_id in user.company_ids)
        for user in users:
            self.activity_schedule(
                'mail.mail_activity_data_todo', user_id=user.id,
                summary=self.env._("Lock the month, if all files are in"))
