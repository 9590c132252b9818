from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from .pharma_visit_week import DEVIATIONS

WEEKDAYS = 7


class PharmaWeek(models.Model):
    """What a person plans for a week, and what came of it (周计划).

    The calls themselves are the plan: those of the person between Monday and Sunday. When it is
    submitted each call keeps the day that was promised, so that what was put off, missed or came
    unplanned is seen.
    """

    _name = 'pharma.week'
    _description = "Week Plan"
    _inherit = ['pharma.approval.mixin']
    _order = 'date_from DESC, id DESC'
    _team_closed = frozenset({
        'state', 'submitted_at', 'decided_by_id', 'decided_at', 'decision_note', 'proposed_at',
        'date_to'})

    _week_uniq = models.UniqueIndex(
        '(user_id, date_from, company_id)', "This person has a plan for this week already.")
    _monday_check = models.Constraint(
        'CHECK(EXTRACT(ISODOW FROM date_from) = 1)', "A week begins on Monday.")
    _daily_number_check = models.Constraint(
        'CHECK(daily_number BETWEEN 1 AND 50)', "A day has 1 to 50 calls.")
    _territory_idx = models.Index('(territory_id, date_from)')

    date_from = fields.Date(
        string="Monday", required=True, default=lambda self: self._default_date_from())
    date_to = fields.Date(
        string="Sunday", compute='_compute_date_to', store=True, precompute=True)
    daily_number = fields.Integer(
        string="Calls a Day", required=True, aggregator=None,
        default=lambda self: self.env.company.pharma_daily_calls,
        help="A proposal never has more on one day")
    day_ids = fields.One2many('pharma.week.day', 'week_id', string="Days")
    visit_ids = fields.One2many('pharma.visit', 'week_id', string="Calls")
    note = fields.Text(string="Aim of the Week")
    proposed_at = fields.Datetime(string="Last Proposed", readonly=True, copy=False)
    # plan and result
    planned_count = fields.Integer(
        string="Planned", compute='_compute_counts',
        help="Calls of the plan, wherever they went")
    done_count = fields.Integer(
        string="Done as Planned", compute='_compute_counts',
        help="Calls of the plan that were made")
    open_count = fields.Integer(string="Open", compute='_compute_counts')
    missed_count = fields.Integer(
        string="Missed", compute='_compute_counts', help="Missed or cancelled")
    moved_count = fields.Integer(
        string="Put Off", compute='_compute_counts', help="On another day than planned")
    unplanned_count = fields.Integer(
        string="Unplanned", compute='_compute_counts', help="Made without having been planned")
    unexplained_count = fields.Integer(
        string="Deviations without Reason", compute='_compute_counts')
    kept = fields.Float(
        string="Kept (%)", compute='_compute_counts', digits=(5, 1),
        help="Calls of the plan that were made, of all that were planned")

    target_summary = fields.Text(
        string="Targets of the Cycle", compute='_compute_target_summary',
        help="By grade: calls wanted, made and planned")

    # === DEFAULTS AND COMPUTES === #

    @api.model
    def _default_date_from(self):
        """Monday of this week; from Friday on of the next one, which is planned then."""
        today = self.env['pharma.access']._get_today()
        return self._get_monday(today + timedelta(days=3 if today.weekday() >= 4 else 0))

    @api.model
    def _get_monday(self, day):
        return day - timedelta(days=day.weekday())

    @api.depends('date_from')
    def _compute_date_to(self):
        for week in self:
            week.date_to = week.date_from and week.date_from + timedelta(days=WEEKDAYS - 1)

    @api.depends('date_from', 'user_id')
    def _compute_display_name(self):
        for week in self:
            parts = (week.user_id.name, week.date_from and self.env._(
                "Week %(number)s, %(first)s to %(last)s",
                number=week.date_from.isocalendar().week, first=week.date_from,
                last=week.date_from + timedelta(days=WEEKDAYS - 1)))
            week.display_name = " · ".join(part for part in parts if part)

    @api.depends('visit_ids.deviation', 'visit_ids.state', 'visit_ids.reason')
    def _compute_counts(self):
        calls = self.env['pharma.visit'].search_fetch(
            ['|', ('week_id', 'in', self._origin.ids), ('plan_week_id', 'in', self._origin.ids)],
            ['week_id', 'plan_week_id', 'deviation', 'state', 'reason'])
        for week in self:
            # Those put off to another week still belong to this plan
            own = calls.filtered(lambda call, week=week: week._origin in (
                call.plan_week_id or call.week_id, call.week_id))
            plan = own.filtered(lambda call, week=week: call.deviation != 'unplanned' and (
                not call.plan_week_id or call.plan_week_id == week._origin))
            done = plan.filtered(lambda call: call.state == 'done')
            week.planned_count = len(plan)
            week.done_count = len(done)
            week.open_count = len(plan.filtered(lambda call: call.state == 'planned'))
            week.missed_count = len(plan.filtered(
                lambda call: call.state in ('missed', 'cancelled')))
            week.moved_count = len(plan.filtered(lambda call: call.deviation == 'moved'))
            week.unplanned_count = len(own.filtered(
                lambda call: call.deviation == 'unplanned' and call.state == 'done'))
            week.unexplained_count = len(own.filtered(
                lambda call: call.deviation in DEVIATIONS and not call.reason))
            week.kept = 100 * len(done) / len(plan) if plan else 0

    @api.depends('user_id', 'date_from', 'visit_ids.state')
    def _compute_target_summary(self):
        """Totals against the targets that the user may see, of the cycle in which the week begins.
        """
        for week in self:
            day = week.date_from
            groups = self.env['pharma.cycle.target']._read_group(
                [('user_id', '=', week.user_id.id), ('goal', '>', 0),
                 ('company_id', '=', week.company_id.id),
                 ('cycle_id.date_from', '<=', day), ('cycle_id.date_to', '>=', day)],
                ['grade'], ['goal:sum', 'actual:sum', 'planned:sum']) if day else []
            week.target_summary = "\n".join(self.env._(
                "%(grade)s: %(goal)s wanted, %(actual)s made, %(planned)s planned",
                grade=grade or "–", goal=goal, actual=actual, planned=planned,
            ) for grade, goal, actual, planned in groups)

    # === TERRITORY === #

    @api.depends('user_id', 'date_from')
    def _compute_territory(self):
        return super()._compute_territory()

    def _get_team_date(self):
        """The last day that counts: who changes his post within a week plans for the new one."""
        return self.date_to or super()._get_team_date()

    # === ONCHANGE AND CRUD === #

    @api.onchange('date_from')
    def _onchange_date_from(self):
        if self.date_from:
            self.date_from = self._get_monday(self.date_from)

    @api.model_create_multi
    def create(self, vals_list):
        weeks = super().create(vals_list)
        for week in weeks:
            if not week.day_ids:
                week._make_days()
        self._link_visits(weeks)
        return weeks

    def write(self, vals):
        for week in self:
            if ('user_id' in vals and vals['user_id'] != week.user_id.id) or (
                    'date_from' in vals
                    and fields.Date.to_date(vals['date_from']) != week.date_from):
                raise UserError(self.env._(
                    "A plan belongs to one person and week: make another one."))
        return super().write(vals)

    def _link_visits(self, weeks):
        """Calls that were entered before the plan belong to it as well."""
        # sudo: those of hidden customers stay the person's
        visits = self.env['pharma.visit'].sudo()
        for week in weeks:
            visits |= visits.search([
                ('user_id', '=', week.user_id.id), ('company_id', '=', week.company_id.id),
                ('date', '>=', week.date_from), ('date', '<=', week.date_to)])
        self.env.add_to_compute(visits._fields['week_id'], visits)

    @api.model
    def _get_week(self, day, user=None):
        """The plan of a person for the week of a day, made where there is none.

        :param date day: any day of the week
        :param user: ``res.users``, the current one unless given
        """
        user = user or self.env.user
        monday = self._get_monday(day)
        domain = [
            ('user_id', '=', user.id), ('date_from', '=', monday),
            ('company_id', '=', self.env.company.id)]
        # sudo: a plan that the user may not see is not made a second time, but refused
        week = self.sudo().search(domain).with_env(self.env)
        week.check_access('read')
        return week or self.create({'user_id': user.id, 'date_from': monday})

    # === APPROVAL === #

    def _needs_approval(self):
        access = self.env['pharma.access']
        return self.company_id.pharma_week_approval and bool(access._get_deciders(self.user_id))

    def _after_submit(self):
        """Each call of the plan keeps the day that was promised."""
        for day, calls in self.visit_ids.grouped('date').items():
            # sudo: what was promised is not the representative's to write
            calls.sudo().filtered(
                lambda call: call.state == 'planned' or (call.state == 'done' and call.is_planned)
            ).write({'plan_date': day, 'plan_week_id': self.id})

    def _after_decision(self):
        """What may be changed again promises nothing."""
        for week in self.filtered(lambda week: week.state == 'draft'):
            # sudo: as in _after_submit
            self.env['pharma.visit'].sudo().search([('plan_week_id', '=', week.id)]).write(
                {'plan_date': False, 'plan_week_id': False})

    # === ACTIONS === #

    def action_view_calendar(self):
        """Open the calls of the week in the calendar."""
        self.ensure_one()
        action = self.env['ir.actions.act_window']._for_xml_id(
            'pharma_crm.pharma_visit_action_week')
        return {
            **action, 'domain': [('user_id', '=', self.user_id.id)],
            'context': {'initial_date': f'{self.date_from} 12:00:00',
                        'default_user_id': self.user_id.id},
        }

    def action_view_calls(self):
        """Open the calls of the week as a list by day."""
        mine = [('week_id', '=', self.id)]
        return self._view_calls(self.env._("Calls by Day"), mine, {'group_by': ['date:day']})

    def action_view_deviations(self):
        """Open what went otherwise than planned, to say why."""
        otherwise = [
            '|', ('week_id', '=', self.id), ('plan_week_id', '=', self.id),
            ('deviation', '!=', False)]
        return self._view_calls(
            self.env._("Deviations"), otherwise, {'group_by': ['deviation']})

    def _view_calls(self, name, domain, context):
        self.ensure_one()
        action = self.env['ir.actions.act_window']._for_xml_id(
            'pharma_crm.pharma_visit_action_week_list')
        return {
            **action, 'name': name, 'display_name': name, 'domain': domain,
            'context': {**context, 'default_user_id': self.user_id.id},
        }
