from datetime import datetime, time, timedelta

import pytz

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command, Domain

from ...tools import cycle as engine

CYCLE_STATES = [
    ('draft', "Draft"),
    ('open', "Open"),
    ('closed', "Closed"),
]
# Days before its first day on which a cycle opens, so that its first week can be planned
LEAD_DAYS = 7
# Days after its last day in which calls entered late still count
LATE_DAYS = 7


class PharmaCycle(models.Model):
    """A time with goals of calls (拜访周期): mostly a month.

    Opening it makes the targets, one per person and customer; they are brought up to date every
    night until the cycle is closed. Two cycles of a company never overlap.
    """

    _name = 'pharma.cycle'
    _description = "Call Cycle"
    _inherit = ['mail.thread']
    _order = 'date_from DESC, id DESC'

    _dates_check = models.Constraint(
        'CHECK(date_to >= date_from)', "A cycle cannot end before it begins.")
    # Ranges of one number: the database compares these without an extension
    _overlap_excl = models.Constraint(
        "EXCLUDE USING gist (int4range(company_id, company_id, '[]') WITH =,"
        " daterange(date_from, date_to, '[]') WITH &&)",
        "There is a cycle at this time already.")

    name = fields.Char(
        compute='_compute_name', store=True, readonly=False, required=True, precompute=True)
    company_id = fields.Many2one(
        'res.company', required=True, index=True, default=lambda self: self.env.company)
    date_from = fields.Date(
        string="From", required=True, tracking=True, default=lambda self: self._default_dates()[0])
    date_to = fields.Date(
        string="To", required=True, tracking=True, default=lambda self: self._default_dates()[1])
    state = fields.Selection(
        CYCLE_STATES, required=True, readonly=True, default='draft', tracking=True, copy=False)
    goal_ids = fields.One2many('pharma.cycle.goal', 'cycle_id', string="Goals", copy=True)
    target_ids = fields.One2many(
        'pharma.cycle.target', 'cycle_id', string="Targets",
        groups='pharma_crm.group_pharma_crm_representative,'
               'pharma_crm.group_pharma_crm_product_manager')
    calculated_at = fields.Datetime(string="Last Calculated", readonly=True, copy=False)
    target_count = fields.Integer(string="Number of Targets", compute='_compute_figures')
    problem_count = fields.Integer(string="To Mend", compute='_compute_figures')
    attainment = fields.Float(
        string="Attainment (%)", compute='_compute_figures', digits=(16, 1), aggregator=None,
        help="What was earned, out of the interaction goals of all that you see")
    elapsed = fields.Float(
        string="Elapsed Working Time (%)", compute='_compute_elapsed', digits=(16, 1),
        aggregator=None, help="By the working hours of the company, else Monday to Friday")

    # === DEFAULTS AND COMPUTES === #

    @api.model
    def _default_dates(self):
        """What follows the last cycle of the company, else this month."""
        last = self.search([('company_id', '=', self.env.company.id)], limit=1)
        if last:
            return engine.next_dates(last.date_from, last.date_to)
        return engine.month_of(self.env['pharma.access']._get_today())

    @api.depends('date_from', 'date_to')
    def _compute_name(self):
        for cycle in self:
            first, last = cycle.date_from, cycle.date_to
            if not first or not last:
                cycle.name = cycle.name or False
            elif engine.is_month(first, last):
                cycle.name = f"{first:%Y-%m}"
            else:
                cycle.name = f"{first} – {last}"

    @api.depends_context('uid', 'allowed_company_ids')
    def _compute_figures(self):
        """Figures of the targets that the user may see."""
        targets = self.env['pharma.cycle.target']
        sums = {
            cycle: values for cycle, *values in targets._read_group(
                [('cycle_id', 'in', self.ids)], ['cycle_id'], ['__count', 'attainment:avg'])
        } if targets.has_access('read') else {}
        problems = dict(targets._read_group(
            [('cycle_id', 'in', self.ids), ('problem', '!=', False)], ['cycle_id'], ['__count'])
        ) if sums else {}
        for cycle in self:
            cycle.target_count, cycle.attainment = sums.get(cycle, (0, 0))
            cycle.problem_count = problems.get(cycle, 0)

    @api.depends('date_from', 'date_to', 'company_id')
    def _compute_elapsed(self):
        now = fields.Datetime.now()
        for cycle in self:
            cycle.elapsed = cycle._get_elapsed(now) if cycle.date_from and cycle.date_to else 0

    def _get_elapsed(self, now):
        """How much of the working time of the cycle has passed.

        :param datetime.datetime now: the moment, in UTC
        :return: percent
        :rtype: float
        """
        self.ensure_one()
        # sudo: the hours of the company are no secret
        calendar = self.company_id.sudo().resource_calendar_id
        zone = pytz.timezone(self.env['pharma.access'].with_company(self.company_id)._get_zone())
        begin = zone.localize(datetime.combine(self.date_from, time.min))
        end = zone.localize(datetime.combine(self.date_to + timedelta(days=1), time.min))
        moment = min(max(pytz.utc.localize(now), begin), end)
        if calendar:
            total = calendar.get_work_duration_data(begin, end)['hours']
            if total:
                passed = calendar.get_work_duration_data(begin, moment)['hours']
                return passed * 100 / total
        days = engine.count_weekdays(self.date_from, self.date_to)
        yesterday = moment.astimezone(zone).date() - timedelta(days=1)
        return engine.count_weekdays(self.date_from, yesterday) * 100 / days if days else 100

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        cycles = super().create(vals_list)
        for cycle in cycles.filtered(lambda record: not record.goal_ids):
            cycle._take_goals()
        return cycles

    def write(self, vals):
        if 'state' in vals and not self.env.su:
            raise UserError(self.env._("Open and close cycles by their buttons."))
        result = super().write(vals)
        if not {'date_from', 'date_to', 'company_id'}.isdisjoint(vals):
            self._refresh_later()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_only_draft(self):
        kept = self.filtered(lambda cycle: cycle.state != 'draft')
        if kept:
            raise UserError(self.env._(
                "%s was opened: close it instead of deleting it.", kept[0].name))

    # === ACTIONS === #

    def action_open(self):
        """Open the cycles: their targets are made in the background.

        :raise AccessError: for who may not change cycles
        """
        self.check_access('write')
        # sudo: the state is set by the buttons alone, after the check
        self.sudo().write({'state': 'open'})
        self._refresh_later()

    def action_close(self):
        """Close the cycles: what was reached stays as it is."""
        self.check_access('write')
        self.sudo().write({'state': 'closed'})  # sudo: as above

    def action_refresh(self):
        """Bring targets and figures up to date, in the background."""
        self.check_access('write')
        self._refresh_later()
        return {
            'type': 'ir.actions.client', 'tag': 'display_notification', 'params': {
                'type': 'info', 'message': self.env._(
                    "The targets are brought up to date in the background."),
                'next': {'type': 'ir.actions.client', 'tag': 'soft_reload'}},
        }

    def action_create_next(self):
        """Make the cycle that follows this one, with its goals, and open its form.

        :raise UserError: when there is one already
        """
        self.ensure_one()
        self.check_access('create')
        following = self._create_next()
        if not following:
            raise UserError(self.env._("There is a cycle after this one already."))
        return following._get_records_action()

    def action_view_targets(self):
        """The targets of this cycle that the user may see."""
        self.ensure_one()
        action = self.env['ir.actions.act_window']._for_xml_id(
            'pharma_crm.pharma_cycle_target_action')
        return {**action, 'domain': [('cycle_id', '=', self.id)],
                'context': {'default_cycle_id': self.id}}

    def action_view_problems(self):
        """Targets without a grade or without a goal."""
        action = self.action_view_targets()
        return {**action, 'context': {**action['context'], 'search_default_problem': 1}}

    # === BUSINESS === #

    def _take_goals(self):
        """Goals of the cycle before, else those that are the default."""
        self.ensure_one()
        last = self.search([
            ('company_id', '=', self.company_id.id), ('date_from', '<', self.date_from),
            ('id', '!=', self.id)], limit=1)
        goals = last.goal_ids or self.env['pharma.cycle.goal'].search([('cycle_id', '=', False)])
        self.goal_ids = [Command.create(vals) for vals in goals.copy_data({'cycle_id': self.id})]

    def _create_next(self):
        """The cycle after this one with the same goals; none if another begins in its time."""
        self.ensure_one()
        first, last = engine.next_dates(self.date_from, self.date_to)
        if self.search_count(self._overlap_domain(self.company_id, first, last), limit=1):
            return self.browse()
        return self.create({'company_id': self.company_id.id, 'date_from': first, 'date_to': last})

    @api.model
    def _overlap_domain(self, company, first, last):
        return Domain('company_id', '=', company.id) & Domain('date_from', '<=', last) & Domain(
            'date_to', '>=', first)

    @api.model
    def _get_current(self, company=None, day=None):
        """The open cycle of a day.

        :param company: ``res.company``; none: the current one
        :param datetime.date day: none: today
        :return: at most one cycle
        :rtype: pharma.cycle
        """
        company = company or self.env.company
        day = day or self.env['pharma.access'].with_company(company)._get_today()
        return self.search(
            self._overlap_domain(company, day, day) & Domain('state', '=', 'open'), limit=1)

    # === CRON === #

    @api.model
    def _cron_cycles(self):
        """Every night: close what is over, make and open what comes, bring targets up to date."""
        territories = self.env['pharma.territory'].search([])
        for company in territories.company_id.filtered('pharma_cycle_auto'):
            self.with_company(company)._roll(company)
        self.search([('state', '=', 'open')])._refresh_later()

    @api.model
    def _roll(self, company):
        """Make the cycles of today and after it, open and close them by their dates."""
        today = self.env['pharma.access']._get_today()
        own = Domain('company_id', '=', company.id)
        last = self.search(own, limit=1)
        while last and last.date_to < today + timedelta(days=LEAD_DAYS):
            last = last._create_next()
        month = engine.month_of(today)
        if not self.search_count(self._overlap_domain(company, *month), limit=1):
            self.create({'company_id': company.id, 'date_from': month[0], 'date_to': month[1]})
        self.search(own & Domain('state', '=', 'draft') & Domain(
            'date_from', '<=', today + timedelta(days=LEAD_DAYS)) & Domain(
            'date_to', '>=', today)).action_open()
        self.search(own & Domain('state', '=', 'open') & Domain(
            'date_to', '<', today - timedelta(days=LATE_DAYS))).action_close()
