from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

VISIT_STATES = [
    ('planned', "Planned"),
    ('done', "Done"),
    ('missed', "Missed"),
    ('cancelled', "Cancelled"),
]
CHANNELS = [
    ('face', "Face to Face"),
    ('event', "Conference or Lecture"),
    ('material', "Material Given"),
    ('online', "Online Meeting"),
    ('phone', "Phone"),
    ('mail', "E-Mail"),
    ('sms', "SMS"),
    ('other', "Other Form Agreed with the Institution"),
]
# Forms of Article 3 of the rules on filing of medical representatives (NMPA 2020 No. 105)
FILING_FORMS = {
    'face': 'face', 'event': 'event', 'material': 'material', 'online': 'remote',
    'phone': 'remote', 'mail': 'remote', 'sms': 'remote', 'other': 'other',
}
ADOPTIONS = [
    ('unaware', "Does Not Know"),
    ('aware', "Knows"),
    ('interested', "Interested"),
    ('trial', "Tries"),
    ('regular', "Uses"),
    ('advocate', "Recommends"),
]
REVIEW_STATES = [
    ('todo', "To Review"),
    ('reviewed', "Reviewed"),
]


class PharmaVisit(models.Model):
    """A call (拜访): planned, recorded, or missed; by whichever means.

    It is the representative's; his managers see it and say what they think of it.
    """

    _name = 'pharma.visit'
    _description = "Call"
    _inherit = ['mail.thread', 'mail.activity.mixin', 'pharma.team.mixin', 'pharma.access.mixin',
                'pharma.customer.mixin']
    _order = 'date_start DESC, id DESC'
    _check_company_auto = True
    # Written by the program, and by the manager with the review
    _team_closed = frozenset({
        'appraisal', 'date', 'entry_days', 'hospital_id', 'is_late', 'is_planned', 'origin_id',
        'quality', 'recorded_at', 'review_date', 'review_state', 'review_user_id', 'suggestion'})

    _duration_check = models.Constraint(
        'CHECK(duration >= 0)', "A call cannot end before it begins.")
    _user_idx = models.Index('(user_id, date)')
    _territory_idx = models.Index('(territory_id, date)')
    _partner_idx = models.Index('(partner_id, date)')
    _hospital_idx = models.Index('(hospital_id, date)')
    # The newest first, as lists and screens show them
    _date_idx = models.Index('(date_start DESC, id DESC)')
    _review_idx = models.Index("(territory_id, date) WHERE review_state = 'todo'")
    # The oldest first, of everybody: otherwise the database walks through all that are reviewed
    _review_oldest_idx = models.Index("(date_start, id) WHERE review_state = 'todo'")

    partner_id = fields.Many2one(
        'res.partner', string="Customer", required=True, ondelete='restrict', tracking=True,
        domain=[('pharma_type', '!=', False)], check_company=True)
    hospital_id = fields.Many2one(
        'res.partner', string="Hospital or Pharmacy", compute='_compute_hospital_id', store=True,
        ondelete='restrict')
    state = fields.Selection(
        VISIT_STATES, required=True, default='planned', tracking=True, copy=False)
    channel = fields.Selection(CHANNELS, string="Form of Contact", required=True, default='face')
    date_start = fields.Datetime(
        string="Start", required=True, default=lambda self: self._default_date_start())
    date_end = fields.Datetime(
        string="End", compute='_compute_date_end', inverse='_inverse_date_end', store=True,
        precompute=True)
    date = fields.Date(
        compute='_compute_date', store=True, precompute=True,
        help="The day where the company is")
    duration = fields.Integer(string="Minutes", required=True, default=30)
    is_planned = fields.Boolean(
        string="Was Planned", compute='_compute_is_planned', store=True, precompute=True,
        copy=False, help="It was entered before it took place.")
    purpose_id = fields.Many2one('pharma.visit.purpose', index='btree_not_null')
    objective = fields.Char(help="What this call is to bring")
    person_ids = fields.Many2many(
        'res.partner', 'pharma_visit_person_rel', 'visit_id', 'partner_id', string="People Met",
        domain="[('pharma_type', '=', 'person'), ('commercial_partner_id', '=', hospital_id)]")
    product_ids = fields.One2many('pharma.visit.product', 'visit_id', copy=True)
    result_id = fields.Many2one('pharma.visit.result', index='btree_not_null', copy=False)
    summary = fields.Text(string="What Was Said", copy=False)
    adoption = fields.Selection(
        ADOPTIONS, string="Attitude", copy=False, help="How far the customer is with our products")
    need = fields.Text(string="Needs and Questions", copy=False)
    solution = fields.Text(string="Answer or Solution", copy=False)
    revisit_date = fields.Date(
        string="Call Again On", copy=False, help="Becomes the next planned call.")
    origin_id = fields.Many2one(
        'pharma.visit', string="Follows", readonly=True, copy=False, index='btree_not_null',
        ondelete='set null')
    companion_id = fields.Many2one(
        'res.users', string="Joint Call With", index='btree_not_null', ondelete='restrict',
        domain=[('share', '=', False)])
    reason = fields.Char(
        string="Reason of Deviation", copy=False,
        help="Why the call was missed, cancelled or put off")
    recorded_at = fields.Datetime(string="Recorded On", readonly=True, copy=False)
    entry_days = fields.Integer(
        string="Days until Entry", compute='_compute_entry_days', store=True,
        help="Days between the call and its record")
    latitude = fields.Float(digits=(10, 7), copy=False)
    longitude = fields.Float(digits=(10, 7), copy=False)
    quality = fields.Float(
        readonly=True, copy=False, aggregator='avg', digits=(5, 1), help="Out of 100")
    review_state = fields.Selection(
        REVIEW_STATES, string="Review", readonly=True, copy=False,
        help="Set when the call is recorded")
    appraisal = fields.Selection(
        [('4', "Excellent"), ('3', "Good"), ('2', "Fair"), ('1', "Weak")], copy=False)
    suggestion = fields.Text(copy=False, help="What the manager advises for the next call")
    review_user_id = fields.Many2one(
        'res.users', string="Reviewed By", readonly=True, copy=False, index='btree_not_null',
        ondelete='restrict')
    review_date = fields.Datetime(string="Reviewed On", readonly=True, copy=False)

    # === DEFAULTS AND COMPUTES === #

    @api.model
    def _default_date_start(self):
        """The quarter of an hour that has begun."""
        now = fields.Datetime.now()
        return now.replace(minute=now.minute // 15 * 15, second=0)

    @api.depends('partner_id')
    def _compute_hospital_id(self):
        for visit in self:
            visit.hospital_id = visit.partner_id.commercial_partner_id

    @api.depends('date_start', 'duration')
    def _compute_date_end(self):
        for visit in self:
            visit.date_end = visit.date_start and (
                visit.date_start + timedelta(minutes=visit.duration))

    def _inverse_date_end(self):
        for visit in self:
            visit.duration = (visit.date_end - visit.date_start).total_seconds() // 60

    @api.depends('date_start', 'company_id')
    def _compute_date(self):
        for visit in self:
            visit.date = visit.date_start and visit._to_day(visit.date_start)

    @api.depends('date', 'recorded_at')
    def _compute_entry_days(self):
        for visit in self:
            visit.entry_days = visit.recorded_at and max(
                0, (visit._to_day(visit.recorded_at) - visit.date).days)

    @api.depends()
    def _compute_is_planned(self):
        """As of the moment of entry, and never again."""
        now = fields.Datetime.now()
        for visit in self:
            visit.is_planned = visit.state == 'planned' and visit.date_start > now

    @api.depends('partner_id', 'date')
    def _compute_display_name(self):
        for visit in self:
            parts = (visit.partner_id.name, visit.date and fields.Date.to_string(visit.date))
            visit.display_name = " · ".join(part for part in parts if part)

    def _to_day(self, moment):
        """The day of a moment where the company is.

        :param datetime.datetime moment: in UTC
        :rtype: datetime.date
        """
        zone = self.env['pharma.access']._get_zone()
        return fields.Datetime.context_timestamp(self.with_context(tz=zone), moment).date()

    # === TERRITORY === #

    @api.depends('user_id', 'hospital_id', 'date')
    def _compute_territory(self):
        return super()._compute_territory()

    def _get_team_date(self):
        return self.date or super()._get_team_date()

    def _get_team_customer(self):
        return self.hospital_id

    # === CONSTRAINTS === #

    @api.constrains('partner_id')
    def _check_partner_id(self):
        for visit in self:
            if not visit.partner_id.pharma_type:
                raise ValidationError(self.env._(
                    "%s is no pharma customer: set the customer type first.",
                    visit.partner_id.display_name))

    @api.constrains('state', 'date_start')
    def _check_not_ahead(self):
        now = fields.Datetime.now()
        for visit in self:
            if visit.state == 'done' and visit.date_start > now:
                raise ValidationError(self.env._(
                    "The call on %s has not taken place yet: set the time when it did.",
                    visit.partner_id.display_name))

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        visits = super().create(vals_list)
        visits.filtered(lambda visit: visit.state == 'done')._after_record()
        return visits

    def write(self, vals):
        recorded = self.filtered(lambda visit: visit.state != 'done')
        result = super().write(vals)
        if vals.get('state') == 'done':
            recorded._after_record()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_only_planned(self):
        done = self.filtered(lambda visit: visit.state == 'done')
        if done and not self.env['pharma.access']._sees_all_people():
            raise UserError(self.env._(
                "A recorded call stays: correct it, or ask the director to delete it."))

    # === BUSINESS === #

    def _after_record(self):
        """What follows from a call that was just recorded: when, by whom to review, what next."""
        now = fields.Datetime.now()
        for visit in self:
            # sudo: the review is not the representative's to write
            visit.sudo().write({
                'recorded_at': visit.recorded_at or now,
                'review_state': visit.review_state or 'todo'})
