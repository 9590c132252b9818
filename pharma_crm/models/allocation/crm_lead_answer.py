from odoo import models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

from .crm_lead import POOL


class CrmLead(models.Model):
    """What people do with leads of the pool: accept, decline, take, give back."""

    _inherit = 'crm.lead'

    # === ACTIONS === #

    def action_accept_offer(self):
        """Accept the leads that are offered to oneself.

        :raise AccessError: for an offer to others
        :raise UserError: for one that was answered or returned meanwhile
        """
        for lead in self:
            offer = lead._lock_offer()
            offer._answer('accepted')
            # sudo: the state is the system's, after the check
            lead.sudo()._write_allocation({
                'user_id': offer._get_answering_user().id, 'company_id': lead.company_id.id,
                'allocation_state': 'accepted', 'allocation_pending': False})

    def action_decline_offer(self):
        """Open the dialog that asks why."""
        self.ensure_one()
        self._check_offer()
        action = self.env['ir.actions.act_window']._for_xml_id(
            'pharma_crm.pharma_allocation_decline_action')
        return {**action, 'context': {'default_lead_id': self.id}}

    def action_release(self):
        """Give leads to the pool: the rules are asked anew.

        :raise AccessError: for leads that one may not change
        :raise UserError: where no rules allocate leads, or for a closed lead
        """
        self.check_access('write')
        ruled = self.env['pharma.allocation.rule']._get_ruled_companies()
        for lead in self:
            company = lead.company_id or self.env.company
            if company.id not in ruled:
                raise UserError(self.env._(
                    "No rules allocate leads in %s: an administrator enters them first.",
                    company.name))
            if not lead.active or lead.won_status != 'pending':
                raise UserError(self.env._("\"%s\" is won or lost.", lead.name))
            lead._lock_allocation()
            # sudo: the memory is the system's, after the check
            record = lead.sudo()
            record.allocation_ids.filtered(lambda row: row.result == 'open')._answer('moved')
            record.message_unsubscribe(record.user_id.partner_id.ids)
            record.company_id = company
            record._enter_pool([['released', {'name': self.env.user.name}]])

    def action_view_allocations(self):
        """Open the offers of this lead."""
        self.ensure_one()
        action = self.env['ir.actions.act_window']._for_xml_id(
            'pharma_crm.pharma_allocation_action')
        return {**action, 'domain': [('lead_id', '=', self.id)], 'context': {}}

    # === ANSWER === #

    def _check_offer(self):
        """The open offer of this lead, if the current user answers it.

        :rtype: pharma.allocation
        :raise AccessError: for an offer to others
        :raise UserError: if there is none any more
        """
        self.ensure_one()
        # sudo: the lead may be somebody else's by now, and then hidden
        offer = self.sudo().allocation_id
        if offer.result != 'open':
            mine = self.sudo().allocation_ids.filtered(lambda row: row.user_id == self.env.user)
            if not mine and not self.has_access('read'):
                raise AccessError(self.env._("This lead is not offered to you."))
            raise UserError(self.env._(
                "This lead is not offered any more: it was answered, or went back to the pool."))
        if not offer._may_answer():
            raise AccessError(self.env._("This lead is not offered to you."))
        return offer

    def _lock_offer(self):
        """The open offer, with the lead locked until the end of the transaction."""
        self._check_offer()
        self._lock_allocation()
        return self._check_offer()

    def _decline(self, reason, note=False):
        """Decline the offer; the next in line is asked, or it goes back to marketing.

        :param str reason: one of ``DECLINE_REASONS``
        :param str note: more words
        """
        offer = self._lock_offer()
        name = offer.user_id.name
        if reason == 'nurture':
            offer._answer('nurture', decline_reason=reason, note=note)
            offer._back_to_marketing()
        else:
            offer._answer('declined', decline_reason=reason, note=note)
            offer._return_leads([['declined', {'name': name}]])

    def _take(self):
        """Take a lead from the pool: the first one gets it.

        :raise AccessError: for a lead of others' territories or customers
        :raise UserError: if somebody was quicker
        """
        self.ensure_one()
        record = self.sudo().exists()
        allowed = Domain.custom(
            to_sql=lambda model, alias, query: self._takeable_sql(alias))
        # sudo: leads of the pool are hidden; the condition is the user's own
        if not record.search_count(Domain('id', '=', self.id) & allowed, limit=1):
            raise AccessError(self.env._("This lead belongs to another territory."))
        record._lock_allocation()
        if record.allocation_state not in POOL or not record.active:
            raise UserError(self.env._("%s was quicker: this lead is taken.",
                                       record.user_id.name or self.env._("Somebody")))
        self.env['pharma.allocation'].sudo()._create_taken(record, self.env.user)

    # === FIRST CONTACT === #

    def _message_post_after_hook(self, message, msg_vals):
        """A mail, a comment or a done activity of whoever has the offer is the first contact."""
        result = super()._message_post_after_hook(message, msg_vals)
        if message.author_id and (
                message.message_type in ('comment', 'email_outgoing')
                or message.mail_activity_type_id):
            # sudo: the state is the system's
            for lead in self.sudo().filtered(lambda lead: lead.allocation_state == 'offered'):
                offer = lead.allocation_id
                if offer.result == 'open' and message.author_id == offer.user_id.partner_id:
                    offer._answer('contacted')
                    lead._write_allocation({'allocation_state': 'accepted'})
        return result
