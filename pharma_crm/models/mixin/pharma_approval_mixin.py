from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

APPROVAL_STATES = [
    ('draft', "Draft"),
    ('submitted', "Submitted"),
    ('approved', "Approved"),
]


class PharmaApprovalMixin(models.AbstractModel):
    """What a person asks his manager to approve: plans, applications.

    How to use: inherit it, add global rules as ``pharma.team.mixin`` says, and extend
    ``_needs_approval``, ``_after_submit``, ``_after_decision``. State and decision are written by
    the buttons alone, whatever a client sends; nobody decides about himself.
    """

    _name = 'pharma.approval.mixin'
    _description = "Approved by the Manager"
    _inherit = ['mail.thread', 'mail.activity.mixin', 'pharma.team.mixin']

    # Written by the methods below alone; models add theirs
    _team_closed = frozenset({
        'state', 'submitted_at', 'decided_by_id', 'decided_at', 'decision_note'})
    # State of what was not approved: back to be changed, or the end
    _refused_state = 'draft'
    # States from which the person takes it back to change it
    _open_states = ('submitted', 'approved')

    state = fields.Selection(
        APPROVAL_STATES, required=True, readonly=True, default='draft', tracking=True,
        copy=False, index=True)
    submitted_at = fields.Datetime(string="Submitted On", readonly=True, copy=False)
    decided_by_id = fields.Many2one(
        'res.users', readonly=True, copy=False, index='btree_not_null', ondelete='restrict')
    decided_at = fields.Datetime(string="Decided On", readonly=True, copy=False)
    decision_note = fields.Text(string="Manager's Word", readonly=True, copy=False)
    can_decide = fields.Boolean(
        compute='_compute_can_decide', export_string_translation=False)

    @api.depends('user_id')
    @api.depends_context('uid', 'allowed_company_ids')
    def _compute_can_decide(self):
        access = self.env['pharma.access']
        deciders = {user: access._may_decide(user) for user in self.user_id}
        for record in self:
            record.can_decide = deciders.get(record.user_id, False)

    # === CLOSED FIELDS === #

    def _set_closed(self, **vals):
        """Write what is closed to clients; the caller has checked that the user may do it."""
        # sudo: these fields are closed to everybody
        self.sudo().write(vals)

    # === ACTIONS === #

    def action_submit(self):
        """Ask the manager; where nobody has to be asked, it is approved at once.

        :raise UserError: if something was submitted before
        """
        self.check_access('write')
        self._check_state('draft')
        for record in self:
            asked = record._needs_approval()
            record._set_closed(
                state='submitted' if asked else 'approved', submitted_at=fields.Datetime.now(),
                decided_by_id=False, decided_at=False, decision_note=False)
            record._after_submit()
            if asked:
                record._ask_managers()

    def action_withdraw(self):
        """Take it back to change it: what was approved is asked for again afterwards.

        :raise UserError: if there is nothing to take back
        """
        self.check_access('write')
        self._check_state(*self._open_states)
        self._close_activities()
        self._set_closed(state='draft')
        self._after_decision()

    def action_approve(self):
        """Approve.

        :raise AccessError: if the user does not manage the person
        """
        self._decide('approved', False)

    def action_open_decision(self):
        """Open the dialog for the manager's word."""
        self.ensure_one()
        self._check_decider()
        return {
            'type': 'ir.actions.act_window',
            'name': self.env._("Decision"),
            'res_model': 'pharma.decision',
            'view_mode': 'form',
            'target': 'new',
            'context': {'default_model': self._name, 'default_res_id': self.id},
        }

    # === BUSINESS === #

    def _needs_approval(self):
        """Whether somebody has to approve this record.

        :rtype: bool
        """
        return True

    def _after_submit(self):
        """What follows when a record is submitted."""

    def _after_decision(self):
        """What follows when a record was approved, returned or taken back."""

    def _check_state(self, *states):
        labels = dict(self._fields['state']._description_selection(self.env))
        for record in self:
            if record.state not in states:
                raise UserError(self.env._(
                    "%(name)s is in the state %(state)s: this cannot be done any more.",
                    name=record.display_name, state=labels[record.state]))

    def _check_decider(self):
        """:raise AccessError: if the current user does not manage the people"""
        self.check_access('read')
        for record in self:
            if not self.env['pharma.access']._may_decide(record.user_id):
                raise AccessError(self.env._(
                    "Only a manager of %s decides about this.", record.user_id.name))

    def _decide(self, state, note):
        """Write what the manager decided, and tell the person.

        :param str state: the new state
        :param note: his word, or False
        """
        self._check_decider()
        self._check_state('submitted')
        if state == self._refused_state and not (note or "").strip():
            raise UserError(self.env._("Say in a word why, so that it can be done better."))
        self._set_closed(
            state=state, decided_by_id=self.env.uid, decided_at=fields.Datetime.now(),
            decision_note=note)
        self._close_activities()
        self._after_decision()
        for record in self:
            record._tell_person(state == 'approved', note)

    def _ask_managers(self):
        """Give the nearest managers of the person something to do."""
        self.ensure_one()
        managers = self.env['pharma.access']._get_deciders(self.user_id)
        if not managers:
            raise UserError(self.env._(
                "Nobody is above %s who could approve this: ask the administrator to assign a"
                " manager.", self.user_id.name))
        for manager in managers:
            # sudo: the representative may not read what his manager has to do
            self.sudo().activity_schedule(
                'mail.mail_activity_data_todo', user_id=manager.id,
                summary=self.env._("To approve: %s", self.display_name))

    def _close_activities(self):
        # sudo: whoever decides or takes back, it is nobody's to do any more
        self.sudo().activity_unlink(['mail.mail_activity_data_todo'])

    def _tell_person(self, approved, note):
        """Tell the person what was decided."""
        self.ensure_one()
        text = self.env._("Approved: %s", self.display_name) if approved else self.env._(
            "Not approved: %s", self.display_name)
        self.message_post(
            body=f"{text}\n{note}" if note else text, partner_ids=self.user_id.partner_id.ids,
            message_type='comment', subtype_xmlid='mail.mt_comment')
