from odoo import api, fields, models


class PharmaVisitPlan(models.TransientModel):
    """Calls on several customers are planned for a day, from a list of targets or a trip."""

    _name = 'pharma.visit.plan'
    _description = "Plan Calls"
    _rec_name = 'date'

    partner_ids = fields.Many2many(
        'res.partner', string="Customers", required=True, domain=[('pharma_type', '!=', False)])
    user_id = fields.Many2one(
        'res.users', string="Representative", required=True, default=lambda self: self.env.user,
        domain=[('share', '=', False)])
    date = fields.Date(
        required=True, default=lambda self: self.env['pharma.access']._get_today())
    half = fields.Selection(
        [('am', "Morning"), ('pm', "Afternoon")], string="Half of the Day", required=True,
        default='am')
    purpose_id = fields.Many2one('pharma.visit.purpose')
    objective = fields.Char()
    trip_id = fields.Many2one('pharma.trip')
    warning = fields.Text(compute='_compute_warning')

    @api.depends('partner_ids', 'user_id', 'date')
    def _compute_warning(self):
        """Whose goals are reached already: more calls on them do not count."""
        for plan in self:
            targets = self.env['pharma.cycle.target'].search([
                ('user_id', '=', plan.user_id.id),
                ('partner_id', 'in', plan.partner_ids._origin.ids),
                ('cycle_id.state', '=', 'open'), ('cycle_id.date_from', '<=', plan.date),
                ('cycle_id.date_to', '>=', plan.date)])
            over = targets.filtered(
                lambda target: target.actual + target.planned >= target.maximum)
            plan.warning = over and self.env._(
                "No more calls count for: %s", ", ".join(over.partner_id.mapped('name')))

    def action_plan(self):
        """Plan the calls in the free time of that half of the day.

        :raise UserError: if the half-day is over
        """
        self.ensure_one()
        week = self.env['pharma.week']._get_week(self.date, self.user_id)
        week._plan_calls(self.partner_ids, self.date, self.half, {
            'purpose_id': self.purpose_id.id, 'objective': self.objective,
            'trip_id': self.trip_id.id})
