from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

DRAFT, PLANNED, RUNNING, DONE, UNDONE = 'draft', 'planned', 'running', 'done', 'undone'
HANDOVER_STATES = [
    (DRAFT, "Draft"),
    (PLANNED, "Planned"),
    (RUNNING, "Agent at Work"),
    (DONE, "Done"),
    (UNDONE, "Undone"),
]
DURATIONS = [
    ('permanent', "For Good"),
    ('temporary', "For Some Days"),
]
# What the methods of this model alone write.
PROTECTED_FIELDS = frozenset({
    'state', 'previewed_on', 'planned_by_id', 'done_on', 'done_by_id', 'ended_on', 'delegation_id',
    'error', 'line_ids'})
# What a preview does not depend on.
FREE_FIELDS = {*PROTECTED_FIELDS, 'reason'}


class PharmaHandover(models.Model):
    """A person's work goes to others: for good (工作转移) or to an agent for some days (工作代理).

    The preview lists everything that he owns and what happens to it; applying does exactly that or
    nothing. Its lines are the journal by which all of it can be taken back. What is over stays
    with whoever did it.
    """

    _name = 'pharma.handover'
    _description = "Handover"
    _inherit = ['pharma.closed.mixin', 'mail.thread', 'mail.activity.mixin', 'pharma.preview.mixin']
    _closed_fields = PROTECTED_FIELDS
    _order = 'id DESC'
    _check_company_auto = True
    _mail_post_access = 'read'
    _preview_lines = ('pharma.handover.line', 'handover_id')

    _people_check = models.Constraint(
        'CHECK(user_id != to_user_id)', "Nobody hands over to himself.")
    _dates_check = models.Constraint(
        'CHECK(date_to >= date_from)', "It cannot end before it begins.")

    # who
    user_id = fields.Many2one(
        'res.users', string="Predecessor", required=True, index=True, ondelete='restrict',
        tracking=True,
        domain=[('share', '=', False)], context={'active_test': False},
        help="Whose work it is; also somebody who has left already")
    to_user_id = fields.Many2one(
        'res.users', string="Successor", required=True, index=True, ondelete='restrict',
        tracking=True,
        domain="[('share', '=', False), ('company_ids', '=', company_id), ('id', '!=', user_id)]",
        help="Gets everything for which nobody else is named below")
    company_id = fields.Many2one(
        'res.company', required=True, index=True, default=lambda self: self.env.company)

    # how and when
    duration = fields.Selection(
        DURATIONS, string="How Long", required=True, default='permanent', tracking=True)
    date_from = fields.Date(
        string="First Day", required=True, tracking=True,
        default=lambda self: self.env['pharma.access']._get_today(),
        help="The first day of the successor. On a day to come it is done by itself")
    date_to = fields.Date(string="Last Day", help="The agent's last day; then all comes back")
    reason = fields.Char()
    state = fields.Selection(
        HANDOVER_STATES, string="Status", required=True, readonly=True, default=DRAFT,
        copy=False, tracking=True, index=True)

    # what
    kind_ids = fields.One2many('pharma.handover.kind', 'handover_id', string="What Moves")
    line_ids = fields.One2many('pharma.handover.line', 'handover_id', readonly=True)
    move_count = fields.Integer(string="Moves", compute='_compute_counts')
    excluded_count = fields.Integer(string="Excluded", compute='_compute_counts')
    refused_count = fields.Integer(string="Not Possible", compute='_compute_counts')
    skipped_count = fields.Integer(string="Not Taken Back", compute='_compute_counts')

    # outcome
    previewed_on = fields.Datetime(readonly=True, copy=False)
    planned_by_id = fields.Many2one('res.users', readonly=True, copy=False)
    done_on = fields.Datetime(readonly=True, copy=False)
    done_by_id = fields.Many2one('res.users', readonly=True, copy=False)
    ended_on = fields.Datetime(string="Came Back On", readonly=True, copy=False)
    delegation_id = fields.Many2one(
        'pharma.delegation', readonly=True, copy=False, index='btree_not_null',
        ondelete='set null')
    error = fields.Text(
        string="Why Not Done", readonly=True, copy=False,
        help="What stood in the way when its day had come; it is tried again every hour")

    may_hand_over = fields.Boolean(
        compute='_compute_may_hand_over', export_string_translation=False)

    # === COMPUTE === #

    @api.depends('user_id', 'to_user_id', 'duration', 'done_by_id')
    @api.depends_context('uid', 'allowed_company_ids')
    def _compute_may_hand_over(self):
        """Whether the buttons are offered: the methods ask again."""
        for handover in self:
            handover.may_hand_over = not handover._origin or (
                handover.has_access('write') and handover._may_hand_over())

    @api.depends('user_id', 'to_user_id')
    def _compute_display_name(self):
        for handover in self:
            # sudo: names of colleagues on a handover that the user sees
            names = (handover.sudo().user_id.name, handover.sudo().to_user_id.name)
            handover.display_name = " → ".join(name for name in names if name)

    @api.depends('line_ids.result')
    def _compute_counts(self):
        # sudo: figures of a handover that the user sees; its lines may be hidden one by one
        counts = {
            (handover.id, result): count for handover, result, count
            in self.env['pharma.handover.line'].sudo()._read_group(
                [('handover_id', 'in', self.ids)], ['handover_id', 'result'], ['__count'])}
        for handover in self:
            def count(*results, handover_id=handover.id):
                return sum(counts.get((handover_id, result), 0) for result in results)

            handover.move_count = count('move', 'moved')
            handover.excluded_count = count('excluded')
            handover.refused_count = count('refused')
            handover.skipped_count = count('skipped')

    # === CONSTRAINTS === #

    @api.constrains('user_id', 'to_user_id', 'company_id', 'duration', 'date_to')
    def _check_people(self):
        for handover in self:
            handover._check_successor(handover.to_user_id)
            if handover.duration == 'temporary' and not handover.date_to:
                raise ValidationError(self.env._("Say until which day the agent acts."))

    def _check_successors(self):
        """All of them, also those named for a kind or a row.

        :raise ValidationError: for somebody who cannot take the work any more
        """
        self._check_people()
        for user in self.kind_ids.other_user_id | self.line_ids.other_user_id:
            self._check_successor(user)

    def _check_successor(self, user):
        """Refuse somebody who cannot take the work.

        :raise ValidationError: with the reason
        """
        self.ensure_one()
        # sudo: facts about a colleague that everybody may know
        successor = user.sudo()
        if not successor.active or successor.share:
            raise ValidationError(self.env._(
                "%s is archived or no colleague: choose somebody else.", successor.name))
        if self.company_id not in successor.company_ids:
            raise ValidationError(self.env._(
                "%(user)s does not work in %(company)s.", user=successor.name,
                company=self.company_id.name))
        if successor == self.user_id.sudo():
            raise ValidationError(self.env._("Nobody hands over to himself."))

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su and any(PROTECTED_FIELDS & vals.keys() for vals in vals_list):
            raise AccessError(self.env._("A handover begins as a draft."))
        handovers = super().create(vals_list)
        if not self.env.su:
            for handover in handovers:
                handover._check_right()
        return handovers

    def write(self, vals):
        if not self.env.su and PROTECTED_FIELDS & vals.keys():
            raise AccessError(self.env._("Only preview, apply and undo change this."))
        binding = vals.keys() - FREE_FIELDS
        if binding and not self.env.su:
            if any(handover.state != DRAFT for handover in self):
                raise UserError(self.env._(
                    "This handover is planned or done. Take it back first, or start a new one."))
        result = super().write(vals)
        if binding - {'kind_ids'}:
            self.filtered('previewed_on')._forget_preview()
        if binding and not self.env.su:
            for handover in self:
                handover._check_right()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_only_draft(self):
        if any(handover.state != DRAFT for handover in self):
            raise UserError(self.env._(
                "A handover that was planned or done stays: it tells who gave what to whom."))

    # === RIGHTS === #

    def _check_right(self):
        """Managers hand over what their people have, directors what anybody has; a person for good
        nothing of his own, but he may appoint an agent.

        :raise AccessError: for anybody else
        """
        self.ensure_one()
        if self._may_hand_over():
            return
        if self.user_id == self.env.user:
            raise AccessError(self.env._(
                "Nobody hands over his own work for good: ask your manager. You may appoint an"
                " agent for some days."))
        raise AccessError(self.env._(
            "Only a manager of %s hands over his work.", self.sudo().user_id.name))

    def _may_hand_over(self):
        """Whether the current user may; where it is done, whoever did it may also undo it while he
        manages the successor, for the person may have no territory by now.

        :rtype: bool
        """
        self.ensure_one()
        access = self.env['pharma.access'].with_company(self.company_id)
        if self.user_id == self.env.user:
            return self.duration == 'temporary'
        return access._may_decide(self.user_id) or (
            self.state in (RUNNING, DONE) and self.done_by_id == self.env.user
            and access._may_decide(self.to_user_id))

    # === ACTIONS === #

    def action_preview(self):
        """Find out what would move; changes nothing.

        :raise UserError: for a day that is over, or a successor who has gone
        """
        self.ensure_one()
        self._check_state(DRAFT)
        self._check_ready()
        self._store_plan(self._make_plan(tried=True))

    def action_apply(self):
        """Do what the preview told, all of it or nothing; on a day to come by itself.

        :return: a notice and the new preview, when something changed since the preview
        :raise UserError: without a preview, or when somebody else is at it
        """
        self.ensure_one()
        self._check_state(DRAFT)
        self._check_ready()
        if not self.previewed_on:
            raise UserError(self.env._("Look at the preview first."))
        return self._apply()

    def action_draft(self):
        """Take a planned handover back, to change it or drop it."""
        self.ensure_one()
        self._check_state(PLANNED)
        self._check_right()
        self._cancel_plan()

    def action_undo(self):
        """Give everything back that nobody changed since; what was changed stays, and is listed.

        :raise UserError: when nothing can be given back
        """
        self.ensure_one()
        self._check_state(RUNNING, DONE)
        self._check_right()
        self._undo()

    def action_view_lines(self):
        """Open the lines; the context may choose a result by its filter."""
        self.ensure_one()
        action = self.env['ir.actions.act_window']._for_xml_id(
            'pharma_crm.pharma_handover_line_action')
        chosen = {
            key: value for key, value in self.env.context.items()
            if key.startswith('search_default_')}
        return {**action, 'domain': [('handover_id', '=', self.id)], 'context': chosen}

    def _check_ready(self):
        """:raise UserError: when the people or days do not hold any more"""
        self._check_right()
        self._check_successors()
        today = self._get_today()
        if self.date_from < today and self.duration == 'permanent' or (
                self.date_to and self.duration == 'temporary' and self.date_to < today):
            raise UserError(self.env._("That day is over: choose today or a day to come."))

    # === WHAT SOMEBODY OWNS === #

    @api.model
    def _get_new_action(self, user):
        """The form of a new handover.

        :param user: whose work it is about
        :rtype: dict
        """
        action = self.env['ir.actions.act_window']._for_xml_id(
            'pharma_crm.pharma_handover_action_new')
        return {**action, 'context': {'default_user_id': user.id}}

    @api.model
    def _count_owned(self, user):
        """What would be left without an owner if a user were archived, in all companies.

        Of somebody who does not work with the suite only what the suite itself keeps: everything
        else is Odoo's to decide.

        :param user: one ``res.users``
        :return: list of (kind, count), without zeros
        """
        self.env.flush_all()    # as in a plan
        ours = user._has_pharma_role()
        owned = []
        for kind in self._get_kinds():
            if not kind.blocks or not (ours or kind.model.startswith('pharma.')):
                continue
            # sudo: what is hidden from the author is left without an owner as well
            count = self.env[kind.model].sudo().search_count(self._get_owned_domain(kind, user))
            if count:
                owned.append((kind, count))
        return owned
