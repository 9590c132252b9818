from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

SUPPORT_STATES = [
    ('open', "Asked"),
    ('accepted', "Accepted"),
    ('declined', "Declined"),
    ('done', "Done"),
    ('cancelled', "Withdrawn"),
]
# What whoever was asked writes, and what the buttons write
ANSWER_FIELDS = frozenset({'advice', 'date_agreed'})
OUTCOME_FIELDS = frozenset({'outcome', 'outcome_result'})
SYSTEM_FIELDS = frozenset({
    'state', 'asked_at', 'answered_at', 'answered_by_id', 'done_at', 'answer_hours', 'done_days',
    'joint_visit_id', 'copy_user_ids'})
ASK_FIELDS = frozenset({
    'name', 'reason', 'partner_id', 'lead_id', 'visit_id', 'user_id', 'manager_id', 'date_wanted'})


class PharmaSupportRequest(models.Model):
    """A representative asks for support on site (支持申请): what for, when, what came of it.

    Answered with a date, which becomes a joint call in the plan, and with advice.
    """

    _name = 'pharma.support.request'
    _description = "Support Request"
    _inherit = ['pharma.closed.mixin', 'mail.thread', 'mail.activity.mixin', 'pharma.team.mixin',
                'pharma.access.mixin', 'pharma.customer.mixin']
    _closed_fields = SYSTEM_FIELDS | ANSWER_FIELDS | OUTCOME_FIELDS
    _order = 'id DESC'
    _check_company_auto = True
    _mail_post_access = 'read'
    _pharma_access_lead = 'lead_id'

    _manager_idx = models.Index("(manager_id) WHERE state = 'open'")

    name = fields.Char(string="What For", required=True, tracking=True)
    reason = fields.Text(string="Situation", help="What was done so far, and where it is stuck")
    partner_id = fields.Many2one(
        'res.partner', string="Customer", required=True, index=True, ondelete='restrict',
        domain=[('pharma_type', '!=', False)], check_company=True,
        compute='_compute_partner_id', store=True, readonly=False, precompute=True)
    lead_id = fields.Many2one(
        'crm.lead', string="Opportunity", index='btree_not_null', ondelete='set null',
        check_company=True)
    visit_id = fields.Many2one(
        'pharma.visit', string="Call", index='btree_not_null', ondelete='set null',
        domain="[('user_id', '=', user_id)]", check_company=True)
    manager_id = fields.Many2one(
        'res.users', string="Asked Of", required=True, index=True, ondelete='restrict',
        domain=[('share', '=', False)], compute='_compute_manager_id', store=True, readonly=False,
        precompute=True, tracking=True)
    copy_user_ids = fields.Many2many(
        'res.users', 'pharma_support_request_copy_rel', 'request_id', 'user_id',
        string="Copied To", readonly=True, copy=False)
    date_wanted = fields.Date(string="Wanted On")
    state = fields.Selection(
        SUPPORT_STATES, required=True, readonly=True, default='open', tracking=True, copy=False)
    date_agreed = fields.Datetime(string="Agreed Date", copy=False, tracking=True)
    advice = fields.Text(copy=False)
    joint_visit_id = fields.Many2one(
        'pharma.visit', string="Joint Call", readonly=True, copy=False, index='btree_not_null',
        ondelete='set null')
    outcome = fields.Text(copy=False, help="What the support brought")
    outcome_result = fields.Selection(
        [('solved', "Solved"), ('moved', "Moved On"), ('nothing', "Nothing")], string="It Brought",
        copy=False, tracking=True)
    asked_at = fields.Datetime(
        string="Asked On", readonly=True, default=fields.Datetime.now, copy=False)
    answered_at = fields.Datetime(string="Answered On", readonly=True, copy=False)
    answered_by_id = fields.Many2one(
        'res.users', readonly=True, copy=False, ondelete='restrict')
    done_at = fields.Datetime(string="Done On", readonly=True, copy=False)
    answer_hours = fields.Float(
        string="Hours until Answer", readonly=True, copy=False, aggregator='avg', digits=(9, 1))
    done_days = fields.Float(
        string="Days until Done", readonly=True, copy=False, aggregator='avg', digits=(9, 1))
    may_answer = fields.Boolean(compute='_compute_may', export_string_translation=False)
    may_finish = fields.Boolean(compute='_compute_may', export_string_translation=False)

    # === COMPUTE === #

    @api.depends('lead_id', 'visit_id')
    def _compute_partner_id(self):
        for request in self:
            request.partner_id = (
                request.partner_id or request.visit_id.partner_id or request.lead_id.partner_id)

    @api.depends('user_id')
    def _compute_manager_id(self):
        # sudo: who leads whom is no secret
        managers = self.env['pharma.access'].sudo()._get_nearest_managers(self.user_id)
        for request in self:
            request.manager_id = managers.get(
                request.user_id.id, self.env['res.users'])[:1] or request.manager_id

    @api.depends_context('uid')
    @api.depends('user_id', 'manager_id')
    def _compute_may(self):
        managed = self.env['pharma.access']._get_managed_users()
        everybody = self.env['pharma.access']._sees_all_people()
        for request in self:
            others = request.user_id != self.env.user
            leads = everybody or request.user_id in managed
            request.may_answer = others and (leads or request.manager_id == self.env.user)
            request.may_finish = not others or request.may_answer

    # === CONSTRAINTS === #

    @api.constrains('manager_id', 'user_id', 'partner_id')
    def _check_manager_id(self):
        for request in self:
            if request.manager_id == request.user_id:
                raise ValidationError(self.env._("Nobody asks himself for support."))
            if not request.with_user(request.manager_id).has_access('read'):
                # The customer is not named: the author may not see him either
                raise ValidationError(self.env._(
                    "%s may not see this customer: share the customer first, or ask somebody "
                    "else.", request.manager_id.name))

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_fields(vals, SYSTEM_FIELDS | ANSWER_FIELDS | OUTCOME_FIELDS)
        requests = super().create(vals_list)
        for request in requests:
            request._ask()
        return requests

    def write(self, vals):
        if not self.env.su:
            self._check_writer(vals)
        result = super().write(vals)
        if 'manager_id' in vals:
            for request in self.filtered(lambda request: request.state == 'open'):
                request._plan_answer()
        return result

    def _check_fields(self, vals, closed):
        """Refuse what is not the current user's to set.

        :raise AccessError: for a value that others, or the buttons, set
        """
        if not self.env.su and not closed.isdisjoint(vals):
            raise AccessError(self.env._(
                "Requests are answered by whoever was asked, and moved by the buttons."))

    def _check_writer(self, vals):
        """Who writes what, and when: the question, the answer, the outcome."""
        for request in self:
            closed = SYSTEM_FIELDS
            if not request.may_answer or request.state not in ('open', 'accepted'):
                closed |= ANSWER_FIELDS
            if not request.may_finish or request.state != 'accepted':
                closed |= OUTCOME_FIELDS
            if request.user_id != self.env.user and not request.may_answer or (
                    request.state != 'open'):
                closed |= ASK_FIELDS
            request._check_fields(vals, closed)

    # === ASK === #

    def _ask(self):
        """Tell whoever is asked, and the office; what was answered before it was entered is told to
        nobody.
        """
        self.ensure_one()
        if self.state != 'open':
            return
        # sudo: the office follows as the company has set it
        office = self.company_id.sudo().pharma_support_user_ids - self.user_id - self.manager_id
        record = self.sudo()
        record.copy_user_ids = office
        # Only those who may see the customer
        record.copy_user_ids = office.filtered(
            lambda user: self.with_user(user).has_access('read'))
        record.message_subscribe(
            (record.user_id | record.manager_id | record.copy_user_ids).partner_id.ids)
        record.message_post(
            body=self.env._("%(person)s asks for support at %(customer)s: %(what)s",
                            person=record.user_id.name, customer=record.partner_id.display_name,
                            what=record.name),
            author_id=record.user_id.partner_id.id, subtype_xmlid='mail.mt_comment')
        self._plan_answer()

    def _plan_answer(self):
        """A to-do for whoever is asked, instead of the one before; none once it is answered."""
        # sudo: in somebody else's to-dos
        record = self.sudo().with_context(mail_activity_quick_update=True)
        record.activity_unlink(['mail.mail_activity_data_todo'])
        if record.state != 'open':
            return
        record.activity_schedule(
            'mail.mail_activity_data_todo', user_id=record.manager_id.id,
            summary=self.env._("Asked for support: %s", record.name),
            date_deadline=self.env['pharma.access']._get_today())

    # === ACTIONS === #

    def action_accept(self):
        """Agree to come on the agreed date: it becomes a joint call in the plan.

        :raise AccessError: unless one was asked or manages the person
        :raise UserError: for a request that was answered, or without a date
        """
        for request in self:
            request._check_answer()
            if not request.date_agreed or request.date_agreed < fields.Datetime.now():
                raise UserError(self.env._("Say on which day you will be there."))
            # sudo: into the plan of the person who asked, after the check
            visit = self.env['pharma.visit'].sudo().create(request._prepare_visit_vals())
            request._answer('accepted', joint_visit_id=visit.id)

    def action_decline(self):
        """Answer with advice alone.

        :raise AccessError: unless one was asked or manages the person
        :raise UserError: for a request that was answered, or without advice
        """
        for request in self:
            request._check_answer()
            if not (request.advice or '').strip():
                raise UserError(self.env._("Write what you advise instead of coming."))
            request._answer('declined')

    def action_done(self):
        """Close an accepted request with what it brought.

        :raise UserError: without the outcome
        """
        for request in self:
            request.check_access('write')
            if not request.may_finish:
                raise AccessError(self.env._("Not your request."))
            if request.state != 'accepted' or not (request.outcome or '').strip() or (
                    not request.outcome_result):
                raise UserError(self.env._("Say first what the accepted support brought."))
            now = fields.Datetime.now()
            # sudo: state and times are the system's, after the check
            request.sudo().write({
                'state': 'done', 'done_at': now,
                'done_days': (now - request.asked_at).total_seconds() / 86400})

    def action_cancel(self):
        """Withdraw a request; the joint call that was planned is cancelled.

        :raise UserError: for a request that is over
        """
        for request in self:
            request.check_access('write')
            if request.user_id != self.env.user and not request.may_answer:
                raise AccessError(self.env._("Not your request."))
            if request.state not in ('open', 'accepted'):
                raise UserError(self.env._("This request is over."))
            # sudo: as above
            record = request.sudo()
            record.joint_visit_id.filtered(lambda visit: visit.state == 'planned').write({
                'state': 'cancelled',
                'reason': self.env._("The request for support was withdrawn")})
            record.activity_unlink(['mail.mail_activity_data_todo'])
            record.state = 'cancelled'

    def action_view_joint_visit(self):
        """Open the joint call."""
        self.ensure_one()
        return self.joint_visit_id._get_records_action()

    def _check_answer(self):
        self.ensure_one()
        self.check_access('read')
        if not self.may_answer:
            raise AccessError(self.env._(
                "Requests are answered by whoever was asked, and moved by the buttons."))
        if self.state != 'open':
            raise UserError(self.env._("This request was answered already."))

    def _answer(self, state, **values):
        """Note who answered when, and tell who asked."""
        now = fields.Datetime.now()
        # sudo: state and times are the system's; the caller checked who answers
        record = self.sudo()
        record.write({
            'state': state, 'answered_at': now, 'answered_by_id': self.env.uid,
            'answer_hours': (now - record.asked_at).total_seconds() / 3600, **values})
        record.activity_unlink(['mail.mail_activity_data_todo'])
        record.message_post(
            body="\n".join(filter(None, [
                dict(self._fields['state']._description_selection(self.env))[state],
                record.advice])),
            author_id=self.env.user.partner_id.id, subtype_xmlid='mail.mt_comment')

    def _prepare_visit_vals(self):
        self.ensure_one()
        return {
            'user_id': self.user_id.id, 'company_id': self.company_id.id,
            'partner_id': self.partner_id.id, 'date_start': self.date_agreed,
            'objective': self.name, 'companion_id': self.env.uid, 'state': 'planned'}
