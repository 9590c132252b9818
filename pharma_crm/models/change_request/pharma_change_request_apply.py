from contextlib import contextmanager

from odoo import fields, models
from odoo.exceptions import UserError

from ..customer.res_partner_facts import STEWARD_GROUP

# In the cache of the transaction, which no client writes: changes by request are going on
APPLYING = 'pharma_change_applying'


class PharmaChangeRequest(models.Model):
    """What an accepted request does: with the rights of who accepted it."""

    _inherit = 'pharma.change.request'

    @contextmanager
    def _applying(self):
        """What is written meanwhile is a change by request: it needs no other one."""
        cache = self.env.cr.cache
        before = cache.get(APPLYING, False)
        cache[APPLYING] = True
        try:
            yield
            self.env.flush_all()  # with the name of whose rights it is
        finally:
            cache[APPLYING] = before

    def _get_executor(self):
        """With whose rights the change is written: of a steward who approved it as it is now, if
        there is one, else of who approved it last.

        :rtype: res.users
        """
        # sudo: who approved what is no secret to who decides
        reviews = self.sudo().review_ids.filtered(
            lambda review: review.status == 'approved' and (
                not self.corrected_at or review.reviewed_date > self.corrected_at))
        approvers = self.env.user | reviews.done_by
        return approvers.filtered(lambda user: user.has_group(STEWARD_GROUP))[:1] or self.env.user

    def _apply(self):
        """Write the change and close the request; the caller checked that it is approved.

        :raise UserError: if the customer cannot be changed like this any more
        """
        self.ensure_one()
        executor = self._get_executor()
        record = self.with_user(executor).with_company(self.company_id)
        if record.partner_id and not record.partner_id.exists():
            raise UserError(self.env._("The customer is not there any more."))
        with record._applying():
            done = getattr(record, f'_apply_{self.kind}')()
        self._set_closed(
            state='done', decided_by_id=self.env.uid, decided_at=fields.Datetime.now())
        self._close_activities()
        left = self.line_ids.filtered(lambda line: not line.is_taken)
        self._tell_asker(
            done or self.env._("Accepted: %s", self._get_title()),
            left and self.env._("Not accepted: %s", ", ".join(left.mapped('label'))))

    def _apply_facts(self):
        values = self._get_decided()
        if not values:
            raise UserError(self.env._("Accept at least one fact, or refuse the request."))
        self.partner_id.write(values)

    def _apply_new_customer(self):
        values = self._get_decided()
        if not self.partner_id:
            partner = self.env['res.partner'].create(values)
            self._set_closed(partner_id=partner.id)
        else:
            # What the asker entered since stays, but for what was corrected or left out
            corrected = {line.field_name for line in self.line_ids if line.is_corrected}
            values = {name: value for name, value in values.items() if name in corrected}
            if self.is_new:
                values |= {line.field_name: False for line in self.line_ids if not line.is_taken}
            if values:
                self.partner_id.write(values)
        # sudo: whether a customer is verified is the system's to say
        self.sudo().partner_id.write({'pharma_verified': 'verified', 'active': True})

    def _apply_new_person(self):
        self._apply_new_customer()

    def _apply_post(self):
        values = self._get_current(['place_id', 'post', 'title_id']) | self._get_decided()
        place = self.env['res.partner'].browse(values['place_id'] or [])
        date = fields.Date.to_date(values.get('date_from')) or fields.Date.context_today(self)
        if place:
            self.partner_id._change_post(
                date, place, post=values['post'], title_id=values['title_id'])
        else:
            self.partner_id._change_post(date)

    def _apply_close(self):
        """Archive the customer with all below; persons with another post elsewhere keep that. One
        that is there twice is merged, where that is possible.
        """
        partner, other = self.partner_id, self.duplicate_of_id
        if other and 'pharma.merge' in self.env:
            self.env['pharma.merge']._merge(other, partner)
            return self.env._("%(name)s was merged with %(other)s.", name=partner.name,
                              other=other.display_name)
        closed = partner | partner._get_below().filtered('active')
        for person in (closed - partner).filtered(lambda below: below.pharma_type == 'person'):
            if any(post.state == 'current' and post.place_id not in closed
                   for post in person.affiliation_ids):
                person._change_post(fields.Date.context_today(self))
                closed -= person
        closed.write({'active': False})
        return False
