from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

TRIP_KINDS = [
    ('trip', "Trip"),
    ('application', "Call Application"),
]
# What the manager approved, and nobody changes behind his back
APPROVED_FIELDS = frozenset({
    'kind', 'user_id', 'company_id', 'date_from', 'date_to', 'place', 'partner_ids', 'advance',
    'currency_id', 'purpose'})


class PharmaTrip(models.Model):
    """A trip (出差计划), or calls that cost money (拜访申请), applied for in advance.

    It says which problems are to be solved, and in the end what came of each.
    """

    _name = 'pharma.trip'
    _description = "Trip or Call Application"
    _inherit = ['pharma.approval.mixin']
    _order = 'date_from DESC, id DESC'
    _check_company_auto = True
    _refused_state = 'refused'
    _open_states = ('submitted', 'approved', 'refused')

    _dates_check = models.Constraint(
        'CHECK(date_to >= date_from)', "It cannot end before it begins.")
    _advance_check = models.Constraint(
        'CHECK(advance >= 0)', "An advance cannot be less than 0.")
    _territory_idx = models.Index('(territory_id, date_from)')

    name = fields.Char(string="Subject", required=True, tracking=True)
    kind = fields.Selection(TRIP_KINDS, required=True, default='trip')
    state = fields.Selection(
        selection_add=[('refused', "Refused"), ('done', "Done")],
        ondelete={'refused': 'set default', 'done': 'set default'})
    date_from = fields.Date(
        string="From", required=True, tracking=True,
        default=lambda self: self.env['pharma.access']._get_today())
    date_to = fields.Date(
        string="To", required=True, compute='_compute_date_to', store=True, readonly=False,
        precompute=True, tracking=True)
    place = fields.Char(string="Where")
    purpose = fields.Text(help="What it is for, whom to meet")
    partner_ids = fields.Many2many(
        'res.partner', 'pharma_trip_partner_rel', 'trip_id', 'partner_id', string="Customers",
        domain=[('pharma_type', '!=', False)], check_company=True)
    has_advance = fields.Boolean(
        related='company_id.pharma_trip_advance', export_string_translation=False)
    advance = fields.Monetary(tracking=True, help="Money asked for in advance")
    currency_id = fields.Many2one(
        'res.currency', required=True, ondelete='restrict',
        default=lambda self: self.env.company.currency_id)
    problem_ids = fields.One2many(
        'pharma.trip.problem', 'trip_id', string="Problems to Solve", copy=True)
    visit_ids = fields.One2many('pharma.visit', 'trip_id', string="Calls")
    visit_count = fields.Integer(string="Number of Calls", compute='_compute_visit_count')
    outcome = fields.Text(copy=False, help="What came of it as a whole")

    # === COMPUTE === #

    @api.depends('date_from')
    def _compute_date_to(self):
        for trip in self:
            trip.date_to = max(trip.date_to or trip.date_from, trip.date_from) \
                if trip.date_from else trip.date_to

    @api.depends('visit_ids')
    def _compute_visit_count(self):
        counts = dict(self.env['pharma.visit']._read_group(
            [('trip_id', 'in', self._origin.ids)], ['trip_id'], ['__count']))
        for trip in self:
            trip.visit_count = counts.get(trip._origin, 0)

    # === TERRITORY === #

    @api.depends('user_id', 'date_from')
    def _compute_territory(self):
        return super()._compute_territory()

    def _get_team_date(self):
        return self.date_from or super()._get_team_date()

    # === CONSTRAINTS AND CRUD === #

    @api.constrains('advance', 'company_id')
    def _check_advance(self):
        for trip in self:
            if trip.advance and not trip.has_advance:
                raise ValidationError(self.env._("No advances are paid in this company."))

    def write(self, vals):
        if not self.env.su and not APPROVED_FIELDS.isdisjoint(vals):
            for trip in self.filtered(lambda trip: trip.state != 'draft'):
                raise UserError(self.env._(
                    "%s is with the manager or was decided: take it back to change it.",
                    trip.name))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_only_draft(self):
        for trip in self.filtered(lambda trip: trip.state not in ('draft', 'refused')):
            raise UserError(self.env._(
                "%s is with the manager or was approved: take it back before you delete it.",
                trip.name))

    # === ACTIONS === #

    def action_attach_calls(self):
        """Attach the person's planned calls of these days that belong to no trip yet."""
        self.check_access('write')
        for trip in self:
            self.env['pharma.visit'].search([
                ('user_id', '=', trip.user_id.id), ('company_id', '=', trip.company_id.id),
                ('date', '>=', trip.date_from), ('date', '<=', trip.date_to),
                ('state', '=', 'planned'), ('trip_id', '=', False),
                ('pharma_work', '=', True)]).trip_id = trip

    def action_plan_calls(self):
        """Open the dialog that plans calls on the customers of the trip."""
        self.ensure_one()
        return {
            'type': 'ir.actions.act_window', 'name': self.env._("Plan Calls"),
            'res_model': 'pharma.visit.plan', 'view_mode': 'form', 'target': 'new',
            'context': {
                'default_user_id': self.user_id.id, 'default_date': self.date_from,
                'default_partner_ids': self.partner_ids.ids, 'default_trip_id': self.id},
        }

    def action_done(self):
        """Close it, once it is written what came of each problem.

        :raise UserError: if the outcome of a problem is missing
        """
        self.check_access('write')
        self._check_state('approved')
        # sudo: what the user does not see of it must be answered as well
        for problem in self.sudo().problem_ids.filtered(lambda problem: not problem.outcome):
            raise UserError(self.env._(
                "Write first what came of \"%s\".", problem.name))
        self._set_closed(state='done')

    def action_view_calls(self):
        """Open the calls of the trip."""
        self.ensure_one()
        action = self.env['ir.actions.act_window']._for_xml_id(
            'pharma_crm.pharma_visit_action_week_list')
        return {
            **action, 'domain': [('trip_id', '=', self.id)],
            'context': {'default_trip_id': self.id, 'default_user_id': self.user_id.id,
                        'group_by': ['date:day']},
        }
