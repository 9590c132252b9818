from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tools import SQL

MODEL = 'pharma.change.request'


class TierReview(models.Model):
    """Levels of change requests: OCA lets everybody read and every employee write reviews; these
    are seen with their request, and written by it alone.
    """

    _inherit = 'tier.review'

    pharma_status = fields.Char(string="Decision", compute='_compute_pharma_status')
    pharma_visible = fields.Boolean(
        compute='_compute_pharma_visible', search='_search_pharma_visible',
        export_string_translation=False, groups='base.group_user')

    # === COMPUTE === #

    @api.depends('status')
    @api.depends_context('lang')
    def _compute_pharma_status(self):
        # OCA's own words are not translated everywhere
        labels = {
            'waiting': self.env._("Not yet"), 'pending': self.env._("To decide"),
            'approved': self.env._("Approved"), 'rejected': self.env._("Refused"),
            'cancel': self.env._("Cancelled")}
        for review in self:
            review.pharma_status = labels.get(review.status)

    @api.depends_context('uid', 'allowed_company_ids')
    def _compute_pharma_visible(self):
        allowed = set(self._search(
            Domain('id', 'in', self._origin.ids) & self._search_pharma_visible('in', [True])))
        for review in self:
            review.pharma_visible = review._origin.id in allowed

    @api.model
    def _search_pharma_visible(self, operator, value):
        """Reviews of other documents, and of change requests that the current user sees."""
        if operator != 'in':
            return NotImplemented
        others = Domain('model', '!=', MODEL)
        # The rule asks in superuser mode: what counts is the user
        requests = self.env[MODEL].with_user(self.env.user)
        if not requests.has_access('read'):
            return others
        seen = requests._search([]).subselect()
        return others | Domain.custom(to_sql=lambda model, alias, query: SQL(
            "%s IN %s", SQL.identifier(alias, 'res_id'), seen))

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su and any(vals.get('model') == MODEL for vals in vals_list):
            self._refuse_client()
        return super().create(vals_list)

    def write(self, vals):
        if not self.env.su and (vals.get('model') == MODEL or self._get_ours()):
            # OCA's dialog notes the comment of whoever decides
            if set(vals) != {'comment'} or not all(
                    review.status == 'pending' and self.env.user in review.reviewer_ids
                    for review in self._get_ours()):
                self._refuse_client()
        return super().write(vals)

    def unlink(self):
        if not self.env.su and self._get_ours():
            self._refuse_client()
        return super().unlink()

    def _get_ours(self):
        return self.sudo().filtered(lambda review: review.model == MODEL)

    def _refuse_client(self):
        raise AccessError(self.env._("Change requests are decided by their buttons alone."))

    # === REVIEWERS === #

    @api.model
    def _get_reviewer_fields(self):
        # Also who has a role by another one that includes it
        return [*super()._get_reviewer_fields(), 'reviewer_group_id.all_user_ids']

    def _get_reviewers(self):
        if self.model != MODEL:
            return super()._get_reviewers()
        request = self.env[MODEL].sudo().browse(self.res_id).exists()
        if not request:
            return self.env['res.users']
        # sudo: who has a role is no secret
        users = self.sudo().reviewer_group_id.all_user_ids or super()._get_reviewers()
        return request._filter_deciders(users)

    def _update_review_status(self):
        # sudo: the counter in the menu bar calls it for whoever looks; it only opens what is due
        ours = self._get_ours()
        super(TierReview, ours)._update_review_status()
        return super(TierReview, self - ours)._update_review_status()

    def _notify_review_reminder_body(self):
        if self.model != MODEL:
            return super()._notify_review_reminder_body()
        return self.env._("Waiting for a decision for %s days.", (
            fields.Datetime.now() - self.create_date).days)
