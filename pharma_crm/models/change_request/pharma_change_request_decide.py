from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

from ..customer.res_partner_facts import STEWARD_GROUP
from .pharma_change_request import NEW_KINDS


class PharmaChangeRequest(models.Model):
    """Whoever decides: accept, correct, refuse."""

    _inherit = 'pharma.change.request'

    can_decide = fields.Boolean(
        string="To Decide", compute='_compute_can_decide', search='_search_can_decide')
    has_conflict = fields.Boolean(
        compute='_compute_has_conflict', export_string_translation=False)
    suspect_ids = fields.Many2many(
        'res.partner', string="Perhaps the Same", compute='_compute_suspect_ids')
    may_merge = fields.Boolean(compute='_compute_suspect_ids', export_string_translation=False)

    # === COMPUTE === #

    @api.depends('state', 'review_ids.status', 'review_ids.reviewer_ids', 'user_id')
    @api.depends_context('uid')
    def _compute_can_decide(self):
        for request in self:
            record = request.sudo()  # who decides is no secret to who reads the request
            request.can_decide = request.state == 'submitted' and (
                self.env.user in record._get_due_users())

    @api.model
    def _search_can_decide(self, operator, value):
        if operator != 'in':
            return NotImplemented
        domain = Domain('review_ids', 'any', [
            ('status', '=', 'pending'), ('reviewer_ids', 'in', self.env.uid)])
        if self.env.user.has_group(STEWARD_GROUP):
            domain |= Domain('review_ids', '=', False)
        domain &= Domain('state', '=', 'submitted') & Domain('user_id', '!=', self.env.uid)
        return domain if True in value else ~domain

    @api.depends('line_ids.is_conflict')
    def _compute_has_conflict(self):
        for request in self:
            request.has_conflict = any(request.line_ids.mapped('is_conflict'))

    @api.depends('partner_id', 'duplicate_of_id', 'same_as_id')
    @api.depends_context('uid')
    def _compute_suspect_ids(self):
        for request in self:
            request.suspect_ids = request._get_suspects()
            request.may_merge = 'pharma.merge.wizard' in self.env and bool(
                request.partner_id and (request.suspect_ids or request._get_same()))

    def _get_same(self):
        """The customer that was named as the same, if the user sees it."""
        # sudo: the field is for those who decide; who does not see the customer gets none
        record = self.sudo()
        return (record.duplicate_of_id | record.same_as_id).with_env(
            self.env)._filtered_access('read')

    def _get_suspects(self):
        """Customers that may be the same as the one asked for, as far as the user sees them: of
        pairs that nobody has decided about, and those that are like a new one.

        :rtype: res.partner
        """
        self.ensure_one()
        partner, others = self.partner_id._origin, self.env['res.partner']
        duplicates = self.env['pharma.duplicate']
        if partner and duplicates.has_access('read'):
            pairs = duplicates.search(Domain('state', '=', 'open') & (
                Domain('partner_id', '=', partner.id) | Domain('other_id', '=', partner.id)))
            others |= pairs.partner_id | pairs.other_id
        if self.kind in NEW_KINDS and self.state == 'submitted':
            found = others.pharma_find_duplicates({
                line.field_name: line.decided_value for line in self.line_ids}, partner.id)
            others |= others.browse(
                row['id'] for row in found['candidates'] if row['strong'])
        return others - partner

    # === WHO === #

    def _get_due_users(self):
        """Whose decision is wanted now: of the level that is due; without levels the stewards.

        :rtype: res.users
        """
        self.ensure_one()
        if self.review_ids:
            return self.review_ids.filtered(
                lambda review: review.status == 'pending').reviewer_ids
        # sudo: who the stewards are is no secret
        stewards = self.env.ref(STEWARD_GROUP).sudo().all_user_ids
        return self._filter_deciders(stewards).with_env(self.env)

    def _filter_deciders(self, users):
        """Those who may decide about this request: active, of its company, seeing the customer,
        and not who asks.

        :param users: ``res.users``
        """
        self.ensure_one()
        record = self.sudo()

        def may(user):
            if not user.active or user == record.user_id or (
                    record.company_id not in user.company_ids):
                return False
            if not record.browse().with_user(user).has_access('read'):
                return False
            seen = (record.partner_id | record.duplicate_of_id).with_user(user)
            return not seen or seen.with_company(record.company_id).has_access('read')
        return users.filtered(may)

    def _check_decider(self):
        """:raise AccessError: unless it is the current user's turn to decide"""
        self.ensure_one()
        self.check_access('read')
        self._check_state('submitted')
        if not self.can_decide:
            raise AccessError(self.env._("It is not your turn to decide about %s.", self.name))

    # === ACTIONS === #

    def action_accept(self):
        """Accept what is chosen, as it was corrected; at the last level it is written.

        :raise AccessError: unless it is the user's turn
        :raise UserError: if it was decided meanwhile, or the customer was changed meanwhile
        """
        for request in self:
            request._lock()
            request._check_decider()
            request._check_conflicts()
            if not request.review_ids and request.sudo().need_validation:
                request._ask_deciders()  # levels that were set up since
                request._check_decider()
            if request.review_ids:
                action = request.validate_tier()
                if action:  # a level that wants a comment
                    return action
            else:
                request._apply()
        return True

    def action_accept_over(self):
        """Accept though the customer was changed meanwhile."""
        return self.with_context(pharma_over_conflicts=True).action_accept()

    def action_open_refusal(self):
        """Open the dialog for the reason of a refusal."""
        self.ensure_one()
        self._check_decider()
        return {
            'type': 'ir.actions.act_window', 'name': self.env._("Refuse"),
            'res_model': 'pharma.change.refusal', 'view_mode': 'form', 'target': 'new',
            'context': {'default_request_id': self.id},
        }

    def action_merge(self):
        """Open the merge of the customer with those that are the same.

        :raise UserError: if there is nothing to merge with
        """
        self.ensure_one()
        self.check_access('read')
        if not self.may_merge:
            raise UserError(self.env._("Nothing is known that would be the same."))
        partners = self._get_same() | self.suspect_ids | self.partner_id
        return {
            'type': 'ir.actions.act_window', 'name': self.env._("Merge"),
            'res_model': 'pharma.merge.wizard', 'view_mode': 'form', 'target': 'new',
            'context': {'default_partner_ids': partners.ids},
        }

    # === BUSINESS === #

    def _check_conflicts(self):
        """Refuse values that changed since they were proposed, unless that was seen.

        :raise UserError: if there are such facts
        """
        if self.env.context.get('pharma_over_conflicts'):
            return
        lines = self.line_ids.filtered('is_conflict')
        if lines:
            texts = [self.env._("%(fact)s is now: %(value)s", fact=line.label,
                                value=line.current_text or "–") for line in lines]
            raise UserError("\n".join([
                self.env._("The customer was changed since this was proposed."), *texts]))

    def _refuse(self, reason, duplicate=None):
        """Refuse with a reason; who asked is told.

        :param str reason: why
        :param duplicate: ``res.partner`` that is the same as a new customer
        :raise AccessError: unless it is the user's turn
        :raise UserError: without a reason, or if it was decided meanwhile
        """
        self.ensure_one()
        self._lock()
        self._check_decider()
        if not (reason or "").strip():
            raise UserError(self.env._("Say in a word why, so that it can be done better."))
        if self.review_ids:
            self._reject_due()
        if duplicate:
            duplicate.check_access('read')
            self._set_closed(same_as_id=duplicate.id)
        self._set_closed(
            state='refused', decided_by_id=self.env.uid, decided_at=fields.Datetime.now(),
            decision_note=reason)
        self._close_activities()
        self._drop_new()
        self._tell_asker(self.env._("Refused: %s", self._get_title()), reason)

    def _drop_new(self):
        """A new customer that was refused is archived, unless it is merged with the one that it
        is the same as.
        """
        # sudo: the field is for those who decide
        if not self.is_new or self.sudo().same_as_id and 'pharma.merge.wizard' in self.env:
            return
        if self.partner_id.pharma_verified == 'unverified':
            record = self.with_user(self._get_executor())
            with record._applying():
                record.partner_id.active = False

    def _tell_asker(self, text, note=False):
        """Tell who asked what was decided."""
        self.ensure_one()
        self.message_post(
            body="\n".join(filter(None, [text, note])), message_type='comment',
            partner_ids=self.sudo().user_id.partner_id.ids, subtype_xmlid='mail.mt_comment')
