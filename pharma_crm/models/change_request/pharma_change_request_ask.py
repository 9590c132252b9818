from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools.misc import clean_context

from .pharma_change_request import NEW_KINDS

ACTIVITY = 'mail.mail_activity_data_todo'


class PharmaChangeRequest(models.Model):
    """Whoever asks: propose, submit, take back."""

    _inherit = 'pharma.change.request'

    # === PROPOSE === #

    @api.model
    def propose(self, kind, partner_id=False, values=None, reason=False, attachment_ids=(),
                duplicate_of_id=False):
        """Propose a change of master data and submit it.

        A new customer is entered at once as unverified if the user may enter one himself, else when
        the request is accepted.

        :param str kind: one of ``CHANGE_KINDS``
        :param int partner_id: the customer; none for a new one
        :param dict values: what is proposed, by name of the fact; ids of records, dates as text
        :param str reason: why, and how one knows
        :param attachment_ids: ids of attachments of the user
        :param int duplicate_of_id: the customer that should stay, for one that is there twice
        :return: the submitted request
        :raise AccessError: for customers or facts that the user may not see
        :raise UserError: if nothing changes, or a value is wrong
        """
        request = self.with_context(  # pylint: disable=context-overridden
            clean_context(self.env.context)).create({
            'kind': kind, 'partner_id': partner_id, 'reason': reason,
            'duplicate_of_id': duplicate_of_id})
        request._set_values(values or {})
        request._attach(attachment_ids)
        request.action_submit()
        return request

    def _attach(self, attachment_ids):
        """Make the user's own uploads part of the request."""
        attachments = self.env['ir.attachment'].browse(attachment_ids)
        attachments.check_access('write')
        if any(attachment.create_uid != self.env.user for attachment in attachments):
            raise AccessError(self.env._("Only your own files can be attached."))
        # Readable by whoever may read the request
        attachments.write({'res_model': self._name, 'res_id': self.id})
        self.attachment_ids = [fields.Command.set(attachments.ids)]

    @api.model
    def _propose_entered(self, partner, kind):
        """The request of a customer who has just been entered where that takes a request.

        :param partner: one ``res.partner``, unverified
        :param str kind: one of ``NEW_KINDS``
        :return: the submitted request
        """
        request = self.with_context(  # pylint: disable=context-overridden
            clean_context(self.env.context)).create({
            'kind': kind, 'partner_id': partner.id})
        request._set_closed(is_new=True)
        request._set_values({
            name: value for name, value in request._get_current(request._get_fields()).items()
            if value})
        request.action_submit()
        return request

    # === ACTIONS === #

    def action_submit(self):
        """Ask those who decide.

        :raise AccessError: unless it is one's own
        :raise UserError: if nothing would change, or nobody is there to decide
        """
        for request in self:
            request._check_asker()
            request._check_state('draft')
            request._check_complete()
            if request.kind in NEW_KINDS and not request.partner_id:
                request._enter_unverified()
            request._set_closed(
                state='submitted', submitted_at=fields.Datetime.now(), decided_by_id=False,
                decided_at=False, decision_note=False)
            request._ask_deciders()

    def action_withdraw(self):
        """Take a request back to change it.

        :raise UserError: if it was decided
        """
        for request in self:
            request._check_asker()
            request._lock()
            request._check_state('submitted')
            request._close_reviews()
            request._set_closed(state='draft')

    def action_cancel(self):
        """Give a request up; a new customer that came with it is archived.

        :raise UserError: if it was decided
        """
        for request in self:
            request._check_asker()
            request._lock()
            request._check_state('draft', 'submitted')
            request._close_reviews()
            request._set_closed(state='cancelled')
            if request.is_new and request.partner_id.pharma_verified == 'unverified':
                request.partner_id.active = False

    def action_edit(self):
        """Open the values: of a draft for who asks, of a submitted one for who decides."""
        self.ensure_one()
        if self.state == 'draft':
            self._check_asker()
        else:
            self._check_decider()
        return self.env['pharma.change.proposal']._get_dialog(
            self.env._("Change Request"), default_request_id=self.id)

    # === BUSINESS === #

    def _check_complete(self):
        """:raise UserError: if the request says nothing"""
        self.ensure_one()
        names = set(self.line_ids.mapped('field_name'))
        if self.kind == 'close':
            if not (self.reason or "").strip() and not self.duplicate_of_id:
                raise UserError(self.env._(
                    "Say why the customer should go, or which one is the same."))
        elif not names or self.kind == 'post' and names == {'date_from'}:
            raise UserError(self.env._("Nothing would change: correct what is wrong first."))
        if self.kind in NEW_KINDS and not {'name', 'pharma_type'} <= names:
            raise UserError(self.env._("A new customer needs a name and a type."))

    def _enter_unverified(self):
        """Enter the new customer with the asker's own rights, to be used at once. Who may not enter
        such a customer leaves it to those who accept.
        """
        values = {line.field_name: line.proposed_value for line in self.line_ids}
        try:
            with self.env.cr.savepoint(), self._applying():
                partner = self.env['res.partner'].create(values)
        except AccessError:
            return
        # sudo: whether a customer is verified is the system's to say
        partner.sudo().pharma_verified = 'unverified'
        self._set_closed(partner_id=partner.id, is_new=True)

    def _ask_deciders(self):
        """Open the levels that fit, and give those of the first one something to do."""
        record = self.sudo()  # reviews are written by the requests alone
        record.request_validation()
        if any(not review.reviewer_ids for review in record.review_ids) or (
                not record._get_due_users()):
            raise UserError(self.env._(
                "Nobody is there who could decide about this: ask the administrator to name"
                " somebody under Approval Levels."))
        self._plan_decision()

    def _plan_decision(self):
        """To-dos of those whose turn it is, instead of those before."""
        # sudo: in somebody else's to-dos
        record = self.sudo()
        self._close_activities()
        for user in record._get_due_users():
            record.activity_schedule(
                ACTIVITY, user_id=user.id, date_deadline=self.env['pharma.access']._get_today(),
                summary=self.env._("To decide: %s", record._get_title()))

    def _get_title(self):
        """Number, kind and customer in a line."""
        kind = dict(self._fields['kind']._description_selection(self.env))[self.kind]
        names = {line.field_name: line.proposed_value for line in self.line_ids}
        return " ".join(filter(None, [
            self.name, kind, self.partner_id.display_name or names.get('name')]))

    def _close_activities(self):
        # sudo: whoever decides or takes back, it is nobody's to do any more
        self.sudo().activity_unlink([ACTIVITY])

    def _close_reviews(self):
        """Drop the levels of a request that is taken back."""
        # sudo: reviews are written by the requests alone
        self.sudo().review_ids.unlink()
        self._close_activities()
