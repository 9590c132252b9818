from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command, Domain

from ..customer.res_partner import PERSON_TYPES, PHARMA_TYPES
from ..customer.res_partner_facts import STEWARD_GROUP

CHANGE_STATES = [
    ('draft', "Draft"),
    ('submitted', "Submitted"),
    ('done', "Accepted"),
    ('refused', "Refused"),
    ('cancelled', "Cancelled"),
]
CHANGE_KINDS = [
    ('new_customer', "New Customer"),
    ('new_person', "New Department or Person"),
    ('facts', "Changed Facts"),
    ('post', "Left or Moved"),
    ('close', "Closed or Wrong"),
]
NEW_KINDS = ('new_customer', 'new_person')
# What the person who asks writes himself, as long as it is a draft
ASK_FIELDS = frozenset({'kind', 'partner_id', 'reason', 'attachment_ids', 'duplicate_of_id'})


class PharmaChangeRequest(models.Model):
    """A proposal to change master data (变更申请), decided by data stewards or, in levels, by whom
    the company names.

    How to use: :meth:`propose` makes and submits one; the buttons of the form decide. Lines hold
    what is proposed. State, values and decision are written by the methods alone, whatever a client
    sends; nobody decides about his own. Levels are OCA's tier definitions of this model; without
    any, data stewards decide.
    """

    _name = 'pharma.change.request'
    _description = "Change Request"
    _inherit = ['mail.thread', 'mail.activity.mixin', 'tier.validation', 'pharma.team.mixin',
                'pharma.access.mixin', 'pharma.customer.mixin']
    _order = 'id DESC'
    _check_company_auto = True
    _mail_post_access = 'read'
    _state_from = ['submitted']
    _state_to = ['done']
    _cancel_state = 'cancelled'
    _pharma_access_columns = ('partner_id', 'duplicate_of_id')
    _team_closed = frozenset({
        'name', 'same_as_id', 'user_id', 'pharma_type', 'state', 'submitted_at', 'decided_by_id',
        'decided_at', 'decision_note', 'manager_ids', 'review_ids', 'line_ids', 'validation_status',
        'is_new', 'corrected_at'})

    _open_idx = models.Index("(submitted_at) WHERE state = 'submitted'")

    name = fields.Char(
        string="Request Number", readonly=True, copy=False, index=True,
        # sudo: numbers are given by the system
        default=lambda self: self.env['ir.sequence'].sudo().next_by_code(self._name))
    kind = fields.Selection(CHANGE_KINDS, required=True, default='facts', index=True, tracking=True)
    partner_id = fields.Many2one(
        'res.partner', string="Customer", index='btree_not_null', ondelete='restrict',
        check_company=True, domain=[('pharma_type', '!=', False)])
    pharma_type = fields.Selection(PHARMA_TYPES, string="Customer Type", readonly=True)
    duplicate_of_id = fields.Many2one(
        'res.partner', string="Same As", index='btree_not_null', ondelete='set null',
        check_company=True, domain="[('pharma_type', '!=', False), ('id', '!=', partner_id)]",
        help="The customer is in our data twice: the one that should stay")
    # Who asks need not see the one that a new customer turned out to be
    same_as_id = fields.Many2one(
        'res.partner', string="There Already As", readonly=True, copy=False,
        index='btree_not_null', ondelete='set null',
        groups=f'{STEWARD_GROUP},pharma_crm.group_pharma_crm_director')
    user_id = fields.Many2one(string="Asked By", readonly=True)
    manager_ids = fields.Many2many(
        'res.users', 'pharma_change_request_manager_rel', 'request_id', 'user_id',
        string="Managers", compute='_compute_manager_ids', store=True,
        help="Managers of who asks, when he asked")
    reason = fields.Text(help="How you know it, and what those who decide should know")
    attachment_ids = fields.Many2many(
        'ir.attachment', 'pharma_change_request_attachment_rel', 'request_id', 'attachment_id',
        string="Evidence", bypass_search_access=True, copy=False)
    state = fields.Selection(
        CHANGE_STATES, required=True, readonly=True, default='draft', index=True, copy=False,
        tracking=True)
    submitted_at = fields.Datetime(string="Submitted On", readonly=True, copy=False)
    age = fields.Integer(
        string="Days Waiting", compute='_compute_age', help="Until today, or until it was decided")
    decided_by_id = fields.Many2one(
        'res.users', readonly=True, copy=False, index='btree_not_null', ondelete='restrict')
    decided_at = fields.Datetime(string="Decided On", readonly=True, copy=False)
    corrected_at = fields.Datetime(string="Corrected On", readonly=True, copy=False)
    decision_note = fields.Text(string="Reason of the Decision", readonly=True, copy=False)
    is_new = fields.Boolean(
        readonly=True, export_string_translation=False,
        help="The customer was entered with this request")
    line_ids = fields.One2many('pharma.change.request.line', 'request_id', readonly=True)
    summary = fields.Char(compute='_compute_summary')
    is_mine = fields.Boolean(compute='_compute_is_mine', export_string_translation=False)

    # === COMPUTE === #

    @api.depends('user_id')
    def _compute_manager_ids(self):
        access = self.env['pharma.access'].sudo()  # who leads whom is no secret
        deciders = {user: access._get_deciders(user) for user in self.user_id}
        for request in self:
            request.manager_ids = [Command.set(
                deciders.get(request.user_id, self.env['res.users']).ids)]

    @api.depends('submitted_at', 'decided_at', 'state')
    def _compute_age(self):
        now = fields.Datetime.now()
        for request in self:
            end = request.decided_at or now
            request.age = (end - request.submitted_at).days if request.submitted_at else 0

    @api.depends('line_ids.label', 'line_ids.decided_text')
    @api.depends_context('lang', 'uid')
    def _compute_summary(self):
        for request in self:
            request.summary = " · ".join(
                f"{line.label}: {line.decided_text or '–'}" for line in request.line_ids)

    @api.depends('user_id')
    @api.depends_context('uid')
    def _compute_is_mine(self):
        for request in self:
            request.is_mine = request.user_id == self.env.user

    # === CONSTRAINTS === #

    @api.constrains('partner_id', 'kind', 'duplicate_of_id')
    def _check_partner_id(self):
        # sudo: the kind of a customer alone
        for request in self.sudo():
            partner = request.partner_id
            if not partner and request.kind not in NEW_KINDS:
                raise ValidationError(self.env._("Which customer is to be changed?"))
            if partner and not partner.pharma_type:
                raise ValidationError(self.env._("Only customers are changed by request."))
            if request.kind == 'post' and partner.pharma_type != 'person':
                raise ValidationError(self.env._("Only persons leave or move."))
            if request.duplicate_of_id and request.duplicate_of_id == partner:
                raise ValidationError(self.env._("A customer is not the same as himself."))

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        requests = super().create(vals_list)
        for request in requests.sudo():  # the kind of a customer alone
            request.pharma_type = request.pharma_type or request.partner_id.pharma_type
        requests._check_may_ask()
        return requests

    def write(self, vals):
        if not self.env.su and not ASK_FIELDS.isdisjoint(vals):
            for request in self:
                request._check_asker()
                request._check_state('draft')
                if request.is_new and not {'kind', 'partner_id'}.isdisjoint(vals):
                    raise UserError(self.env._(
                        "The request is about the customer who was entered with it."))
        result = super().write(vals)
        if not self.env.su and 'partner_id' in vals:
            for request in self:
                request.sudo().pharma_type = request.sudo().partner_id.pharma_type
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_submitted(self):
        # The demo data go as they came
        if not self.env.su and any(
                request.state not in ('draft', 'cancelled') for request in self):
            raise UserError(self.env._("Requests that were submitted stay as a record."))

    def unlink(self):
        # sudo: reviews are written by the requests alone
        self.sudo().review_ids.unlink()
        return super().unlink()

    # === RIGHTS === #

    @api.model
    def _pharma_team_domain(self, mode):
        """Data stewards decide about all; who has to decide about one sees it."""
        if self.env.user.has_group(STEWARD_GROUP):
            return Domain.TRUE
        domain = super()._pharma_team_domain(mode)
        if mode == 'read':
            domain |= Domain('review_ids.reviewer_ids', 'in', self.env.uid)
        return domain

    def _get_team_customer(self):
        return self.partner_id.commercial_partner_id

    def _check_may_ask(self):
        """Requests about persons are for those who see persons.

        :raise AccessError: if the asker may not see such a customer
        """
        for request in self:
            if not request.env.su and request.kind in ('new_person', 'post') and (
                    not self.env.user.has_group('pharma_crm.group_pharma_crm_person')):
                raise AccessError(self.env._("You do not work with departments and persons."))

    def _check_asker(self):
        self.ensure_one()
        if self.user_id != self.env.user and not self.env.su:
            raise AccessError(self.env._(
                "Only %s changes this request.", self.user_id.sudo().name))

    def _check_state(self, *states):
        labels = dict(self._fields['state']._description_selection(self.env))
        for request in self:
            if request.state not in states:
                raise UserError(self.env._(
                    "%(name)s is in the state %(state)s: this cannot be done any more.",
                    name=request.name, state=labels[request.state]))

    def _set_closed(self, **vals):
        """Write what is closed to clients; the caller has checked that the user may do it."""
        # sudo: these fields are closed to everybody
        self.sudo().write(vals)

    def _is_about_person(self):
        return self.pharma_type in PERSON_TYPES

    def _lock(self):
        """Decide about these requests alone: whoever comes second is told.

        :raise UserError: if somebody else is deciding right now
        """
        if not self.exists():
            raise UserError(self.env._("This request is not there any more."))
        self.flush_recordset()
        # sudo: who only reads a request may have to decide about it
        if self.sudo().try_lock_for_update(allow_referencing=True) != self.sudo():
            raise UserError(self.env._(
                "Somebody else is deciding about this request right now. Look again in a moment."))
        self.invalidate_recordset()
