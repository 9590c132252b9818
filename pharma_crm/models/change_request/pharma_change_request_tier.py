from odoo import models
from odoo.exceptions import AccessError


class PharmaChangeRequest(models.Model):
    """Levels of approval by OCA's tier validation, made safe: its public methods do for a client
    what the buttons do, and nothing else; reviews are written by these methods alone.
    """

    _inherit = 'pharma.change.request'

    # === REVIEWS === #

    def _get_due_reviews(self):
        """The reviews that wait for the current user now."""
        return self.sudo().review_ids.filtered(
            lambda review: review.status == 'pending' and self.env.user in review.reviewer_ids)

    def _prepare_tier_review_vals(self, definition, sequence):
        # Who asks, whoever presses the button: he is not among those who decide
        return {**super()._prepare_tier_review_vals(definition, sequence),
                'requested_by': self.user_id.id}

    def request_validation(self):
        """Open the levels: part of submitting.

        :raise AccessError: for clients
        """
        self._check_internal()
        return super().request_validation()

    def restart_validation(self):
        """Begin the levels anew: who asks takes the request back and submits it again.

        :raise AccessError: for clients
        """
        self._check_internal()
        return super().restart_validation()

    def _check_internal(self):
        if not self.env.su:
            raise AccessError(self.env._(
                "Take the request back and submit it again to begin anew."))

    def reject_tier(self):
        """Refuse: opens the dialog for the reason."""
        return self.action_open_refusal()

    def _validate_tier(self, tiers=False):
        """Approve the level that is due, and write the change after the last one. Also called with
        reviews by OCA's dialog for comments, which a client fills in as he likes.
        """
        self.ensure_one()
        self._lock()
        self._check_decider()
        self._check_conflicts()
        due = self._get_due_reviews()
        if tiers:
            due &= tiers.sudo()
        if not due:
            raise AccessError(self.env._("It is not your turn to decide about %s.", self.name))
        # sudo: reviews are closed to everybody, after the check
        result = super(PharmaChangeRequest, self.sudo())._validate_tier(due)
        if self.sudo().validation_status == 'validated':
            self._apply()
        else:
            self.sudo().review_ids._update_review_status()
            self.message_post(body=self.env._("Approved: %s", ", ".join(due.mapped('name'))))
            self._plan_decision()
        return result

    def _rejected_tier(self, tiers=False):
        """Refuse with the comment that OCA's dialog asked for."""
        comments = (self._get_due_reviews() & tiers.sudo()).mapped('comment') if tiers else []
        self._refuse("\n".join(filter(None, comments)))

    def _reject_due(self):
        """Note on the reviews that were due that they are refused."""
        # sudo: reviews are closed to everybody; the caller checked whose turn it is
        return super(  # pylint: disable=super-method-mismatch
            PharmaChangeRequest, self.sudo())._rejected_tier(self._get_due_reviews())

    # === WRITING UNDER VALIDATION === #

    def _check_allow_write_under_validation(self, vals):
        # Clients write nothing but messages then; what the methods write is theirs to check
        return self.env.su or super()._check_allow_write_under_validation(vals)

    def _check_allow_write_after_validation(self, vals):
        return self.env.su or super()._check_allow_write_after_validation(vals)

    # === TEXTS === #

    # In words of ours, since OCA's are not translated everywhere
    def _notify_created_review_body(self):
        return self.env._("To decide: %s", self._get_title())

    def _notify_requested_review_body(self, tier_reviews=None):
        return self.env._("To decide: %s", self._get_title())

    def _notify_accepted_reviews_body(self):
        return self.env._("Approved by %s", self.env.user.name)

    def _notify_rejected_review_body(self):
        return self.env._("Refused by %s", self.env.user.name)

    def _notify_restarted_review_body(self):
        return self.env._("Submitted again: %s", self._get_title())
