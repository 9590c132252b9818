from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

# What went otherwise than planned and wants a reason
DEVIATIONS = ('moved', 'missed', 'cancelled')
# state: colour in the calendar
COLORS = {'planned': 4, 'done': 10, 'missed': 1, 'cancelled': 11}
PAST_COLOR = 3      # planned, but its time is over


class PharmaVisit(models.Model):
    """Calls in the week plan."""

    _inherit = 'pharma.visit'

    week_id = fields.Many2one(
        'pharma.week', string="Week Plan", compute='_compute_week_id', store=True,
        index='btree_not_null', ondelete='set null')
    plan_date = fields.Date(
        string="Planned For", readonly=True, copy=False,
        help="The day that the plan promised when it was submitted")
    plan_week_id = fields.Many2one(
        'pharma.week', string="Planned In", readonly=True, copy=False, index='btree_not_null',
        ondelete='set null', help="The week plan that promised it")
    plan_reason = fields.Char(
        string="Why Proposed", readonly=True, copy=False, help="What spoke for this call")
    deviation = fields.Selection(
        [('moved', "Put Off or Brought Forward"), ('missed', "Missed"),
         ('cancelled', "Cancelled"), ('unplanned', "Unplanned")],
        compute='_compute_deviation', store=True,
        help="Set against the plan as it was submitted. Unplanned calls are welcome and counted"
             " apart.")
    trip_id = fields.Many2one(
        'pharma.trip', string="Trip or Application", copy=False, index='btree_not_null',
        ondelete='set null', domain="[('user_id', '=', user_id)]")
    plan_color = fields.Integer(compute='_compute_plan_color', export_string_translation=False)

    # === COMPUTES === #

    @api.depends('user_id', 'date', 'company_id')
    def _compute_week_id(self):
        mondays = {visit: visit.date - timedelta(days=visit.date.weekday())
                   for visit in self if visit.date}
        weeks = self.env['pharma.week'].search([
            ('user_id', 'in', self.user_id.ids), ('date_from', 'in', list(mondays.values())),
            ('company_id', 'in', self.company_id.ids)])
        known = {(week.user_id, week.company_id, week.date_from): week for week in weeks}
        for visit in self:
            visit.week_id = known.get((visit.user_id, visit.company_id, mondays.get(visit)))

    @api.depends('state', 'date', 'plan_date', 'is_planned', 'week_id.state')
    def _compute_deviation(self):
        for visit in self:
            late = visit.week_id and visit.week_id.state != 'draft'
            if visit.state in ('missed', 'cancelled'):
                visit.deviation = visit.state
            elif visit.plan_date and visit.plan_date != visit.date:
                visit.deviation = 'moved'
            elif not visit.plan_date and (late or not visit.is_planned):
                visit.deviation = 'unplanned'
            else:
                visit.deviation = False

    @api.depends('state', 'date_end')
    def _compute_plan_color(self):
        now = fields.Datetime.now()
        for visit in self:
            past = visit.state == 'planned' and visit.date_end and visit.date_end < now
            visit.plan_color = PAST_COLOR if past else COLORS[visit.state]

    # === CONSTRAINTS AND CRUD === #

    @api.constrains('trip_id', 'user_id')
    def _check_trip_id(self):
        for visit in self:
            # sudo: a trip that the user cannot see is somebody else's
            if visit.sudo().trip_id and visit.sudo().trip_id.user_id != visit.user_id:
                raise ValidationError(self.env._("The trip is not that of %s.", visit.user_id.name))

    @api.model
    def _has_field_access(self, field, operation):
        """What the plan promised and why is written by the plan alone."""
        if operation == 'write' and not self.env.su and field.name in (
                'plan_date', 'plan_week_id', 'plan_reason', 'week_id', 'deviation'):
            return False
        return super()._has_field_access(field, operation)

    def write(self, vals):
        if 'date_start' in vals:
            self._check_move(fields.Datetime.to_datetime(vals['date_start']))
        return super().write(vals)

    def _check_move(self, start):
        """A recorded call stays on its day: its time may be corrected, no more.

        :raise UserError: for a recorded call, unless a director corrects it
        """
        if self.env.su or self.env['pharma.access']._sees_all_people():
            return
        for visit in self:
            if visit.state == 'done' and start and visit._to_day(start) != visit.date:
                raise UserError(self.env._(
                    "The call on %s is recorded and stays on its day.",
                    visit.partner_id.display_name))
