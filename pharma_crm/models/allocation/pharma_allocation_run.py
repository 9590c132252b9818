from datetime import timedelta

import pytz

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ...tools import work_hours
from .pharma_allocation import YES

# Leads in one transaction
BATCH = 500
# How far ahead working time is looked up: 400 hours of part-time and holidays
HORIZON = timedelta(days=200)


class PharmaAllocation(models.Model):
    """Offering leads by the rules, and taking them back when nobody answers."""

    _inherit = 'pharma.allocation'

    remind_at = fields.Datetime(readonly=True)

    # === WHEN === #

    @api.model
    def _run_later(self):
        """Let the rules be asked in the background, once for many leads."""
        self.sudo().with_delay(
            description="allocation of leads", identity_key='pharma_allocation')._run()

    @api.model
    def _run(self):
        """Job: offer what waits in the pool; goes on with another job where there is more."""
        allocations, more = self.sudo(), False
        for company in allocations.env['res.company'].browse(
                self.env['pharma.allocation.rule']._get_ruled_companies()):
            leads = allocations.env['crm.lead'].search(
                [('company_id', '=', company.id), ('allocation_pending', '=', True),
                 ('won_status', '=', 'pending')], order='id', limit=BATCH)
            more = more or len(leads) == BATCH
            # Those that somebody is taking at this moment are left to him
            leads = leads.try_lock_for_update(allow_referencing=True)
            leads.invalidate_recordset(['allocation_pending', 'allocation_state', 'user_id'])
            allocations.with_company(company)._offer_leads(
                company, leads.filtered('allocation_pending'))
        if more:
            self._run_later()

    @api.model
    def _cron_allocate(self):
        """Take back what is late, remind of what is nearly, and offer what waits."""
        allocations, now = self.sudo(), fields.Datetime.now()
        due = [('result', '=', 'open'), ('deadline', '<=', now)]
        late = allocations.search(due, order='deadline', limit=BATCH)
        late._return_late()
        allocations._remind(now)
        allocations._run()
        remaining = allocations.search_count(due) if len(late) == BATCH else 0
        self.env['ir.cron']._commit_progress(len(late), remaining=remaining)

    # === OFFER === #

    @api.model
    def _offer_leads(self, company, leads):
        """Offer leads to whom the rules choose; those without anybody stay in the pool.

        :param company: ``res.company`` of all of them
        :param leads: ``crm.lead`` in the pool, locked
        :return: the offers
        :rtype: pharma.allocation
        """
        if not leads:
            return self.browse()
        now = fields.Datetime.now()
        board = self._get_board(company, leads)
        vals_list, stay = [], {}
        for lead in leads:
            choice = self._choose(board, lead)
            if choice.user_id:
                vals_list.append(self._prepare_offer_vals(company, lead, choice, now, board))
            else:
                stay[lead] = choice.facts
        self.flush_model(['result'])  # one open offer a lead, at any time
        offers = self.create(vals_list)
        for user, rows in offers.grouped('user_id').items():
            rows.lead_id._write_allocation({
                'user_id': user.id, 'company_id': company.id, 'allocation_state': 'offered',
                'allocation_pending': False})
        offers._stamp_leads()
        for lead, facts in stay.items():
            lead._write_allocation({'allocation_pending': False, 'allocation_facts': facts})
        offers._tell_offered(company)
        return offers

    def _stamp_leads(self):
        """Each lead knows its offer, in one statement."""
        self.flush_model(['lead_id', 'round_number'])
        leads = self.lead_id
        leads.flush_recordset(['allocation_id', 'allocation_round'])
        self.env.cr.execute(SQL(
            """ UPDATE crm_lead SET allocation_id = a.id, allocation_round = a.round_number
                  FROM pharma_allocation a
                 WHERE a.id = ANY(%s) AND crm_lead.id = a.lead_id """, self.ids))
        leads.invalidate_recordset(['allocation_id', 'allocation_round'])

    def _prepare_offer_vals(self, company, lead, choice, now, board):
        rule = choice.rule
        vals = {
            'lead_id': lead.id, 'user_id': choice.user_id, 'company_id': company.id,
            'rule_id': rule.id if rule else False, 'round_number': lead.allocation_round + 1,
            'cycle_number': lead.allocation_cycle, 'is_final': choice.is_final,
            'reason_facts': choice.facts, 'offered_at': now,
        }
        if rule and not choice.is_final:
            if rule not in board.times:
                board.times[rule] = self._get_times(company, rule, now)
            vals['deadline'], vals['remind_at'] = board.times[rule]
        return vals

    @api.model
    def _get_times(self, company, rule, now):
        """Until when an offer of now is answered, and when its reminder comes.

        :return: the reminder False if the rule has none
        :rtype: tuple(datetime, datetime or bool)
        """
        spans = self._work_spans(company, now, now + HORIZON)

        def after(hours):
            return (work_hours.add_hours(spans, now, hours)
                    or now + timedelta(hours=hours)).replace(microsecond=0)

        return after(rule.answer_hours), (
            after(rule.answer_hours - rule.remind_hours) if rule.remind_hours else False)

    @api.model
    def _create_taken(self, lead, user):
        """Note that somebody took a lead from the pool.

        :param lead: ``crm.lead``, locked, with all rights
        :param user: ``res.users`` who may take it
        """
        now = fields.Datetime.now()
        offer = self.create({
            'lead_id': lead.id, 'user_id': user.id, 'company_id': lead.company_id.id,
            'round_number': lead.allocation_round + 1, 'cycle_number': lead.allocation_cycle,
            'reason_facts': [['taken', {}]],
            'offered_at': lead.allocation_since or now, 'answered_at': now, 'result': 'taken',
            'answer_hours': self._work_hours(
                lead.company_id, lead.allocation_since or now, now)})
        lead._write_allocation({
            'user_id': user.id, 'company_id': lead.company_id.id, 'allocation_state': 'accepted',
            'allocation_pending': False, 'allocation_id': offer.id,
            'allocation_round': offer.round_number})

    # === BACK === #

    def _return_late(self):
        """Take leads back from those who did not answer in time; they and their managers are
        told. What is answered or closed at this moment is left alone.
        """
        leads = self.lead_id.try_lock_for_update(allow_referencing=True)
        rows = self.filtered(lambda row: row.lead_id in leads)
        rows.invalidate_recordset(['result'])
        rows = rows.filtered(lambda row: row.result == 'open')
        closed = rows.filtered(
            lambda row: not row.lead_id.active or row.lead_id.won_status != 'pending')
        closed._answer('closed')
        late = rows - closed
        late._answer('late')
        for user, offers in late.grouped('user_id').items():
            offers._return_leads([['late', {'name': user.name}]])
        late._tell_returned()

    def _return_leads(self, facts):
        """The leads of these offers go back: to the next in line, or to the pool.

        :param list facts: why, in front of what the rules say then
        """
        for on_late, rows in self.grouped(lambda row: row.rule_id.on_late).items():
            again = on_late == 'next'
            for company, offers in rows.grouped('company_id').items():
                leads = offers.lead_id
                leads.message_unsubscribe(offers.user_id.partner_id.ids)
                leads._write_allocation({
                    'user_id': False, 'company_id': company.id, 'allocation_state': 'returned',
                    'allocation_pending': again, 'allocation_facts': facts})
            if again:
                self._run_later()

    def _back_to_marketing(self):
        """No demand yet: whoever entered the lead cares for it until it is ripe."""
        for offer in self:
            lead, author = offer.lead_id, offer.lead_id.create_uid
            lead.message_unsubscribe(offer.user_id.partner_id.ids)
            owner = author if author.active and not author.share and author != offer.user_id else (
                self.env['res.users'])
            lead._write_allocation({
                'user_id': owner.id, 'company_id': offer.company_id.id,
                'allocation_state': 'nurture', 'allocation_pending': False})
            if owner:
                offer._tell_nurture(owner)

    # === WORKING TIME === #

    @api.model
    def _work_spans(self, company, start, end):
        """The working time of a company between two moments.

        :return: pairs of datetimes in UTC, in order; None: the clock round, where the company has
            no working hours
        :rtype: list or None
        """
        calendar = company.sudo().resource_calendar_id
        if not calendar:
            return None
        zone = pytz.timezone(self.env['pharma.access'].with_company(company)._get_zone())
        spans = calendar._work_intervals_batch(
            pytz.utc.localize(start), pytz.utc.localize(end), tz=zone)[False]
        return [
            (first.astimezone(pytz.utc).replace(tzinfo=None),
             last.astimezone(pytz.utc).replace(tzinfo=None)) for first, last, _what in spans]

    @api.model
    def _work_hours(self, company, start, end):
        """Working hours of a company between two moments.

        :rtype: float
        """
        return round(work_hours.hours_between(
            self._work_spans(company, start, end) if start < end else [], start, end), 2)

    # === TELL === #

    def _tell_offered(self, company):
        """One notice a person, however many leads he got at once."""
        for user, offers in self.grouped('user_id').items():
            due = min((offer.deadline for offer in offers if offer.deadline), default=False)
            self.env['pharma.reminder']._tell_later(company, 'lead_offered', [(
                user, f'allocation-{offers[0].id}',
                {'count': len(offers), 'date': self._get_moment(company, due)},
                offers.lead_id if len(offers) == 1 else None)])

    def _tell_returned(self):
        """Tell whoever was late, and his managers."""
        managers = self.env['pharma.access']._get_nearest_managers(self.user_id)
        for offer in self:
            people = offer.user_id | managers.get(offer.user_id.id, self.env['res.users'])
            self.env['pharma.reminder']._tell_later(offer.company_id, 'lead_returned', [
                (user, f'allocation-{offer.id}', {
                    'name': offer.user_id.name, 'count': 1,
                    'date': self._get_moment(offer.company_id, offer.deadline)}, offer)
                for user in people])

    def _tell_nurture(self, user):
        self.ensure_one()
        self.env['pharma.reminder']._tell_later(self.company_id, 'lead_nurture', [(
            user, f'allocation-{self.id}', {
                'name': self.user_id.name, 'count': 1,
                'date': self._get_moment(self.company_id, self.answered_at)}, self.lead_id)])

    @api.model
    def _remind(self, now):
        """Remind of offers whose deadline is near."""
        near = self.search(
            Domain('result', '=', 'open') & Domain('remind_at', '<=', now)
            & Domain('deadline', '>', now))
        for company, offers in near.grouped('company_id').items():
            self.env['pharma.reminder']._tell_later(company, 'lead_deadline', [
                (offer.user_id, f'allocation-{offer.id}',
                 {'count': 1, 'date': self._get_moment(company, offer.deadline)}, offer.lead_id)
                for offer in offers])

    @api.model
    def _get_moment(self, company, moment):
        """A moment as the company's clock shows it."""
        if not moment:
            return ''
        zone = self.env['pharma.access'].with_company(company)._get_zone()
        local = fields.Datetime.context_timestamp(self.with_context(tz=zone), moment)
        return f'{local:%Y-%m-%d %H:%M}'

    def _get_team_customer(self):
        """The post of the person that counts is the one by which he looks after the customer."""
        return self.lead_id.sudo().partner_id.commercial_partner_id

    def _get_answering_user(self):
        """Who has the lead after a yes: to whom it was offered, also if somebody acts for him.

        :rtype: res.users
        """
        self.ensure_one()
        return self.user_id if self.result in YES else self.env.user
