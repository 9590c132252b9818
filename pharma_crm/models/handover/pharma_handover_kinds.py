from datetime import datetime, time
from typing import NamedTuple

import pytz

from odoo import api, fields, models
from odoo.fields import Domain

from ..territory.pharma_alignment import BELOW_TYPES, OPEN_TYPES

# Links to users that no handover moves: whoever did, decided or reported something
KEPT_AUTHORS = (
    'pharma.agent.product.user_id',
    'pharma.alias.decided_by_id',
    'pharma.change.request.decided_by_id',
    'pharma.data.request.decided_by_id',
    'pharma.data.request.requested_by_id',
    'pharma.duplicate.author_id',
    'pharma.duplicate.decided_by_id',
    'pharma.export.log.user_id',
    'pharma.handover.done_by_id',
    'pharma.handover.planned_by_id',
    'pharma.intelligence.evaluated_by_id',
    'pharma.intelligence.user_id',
    'pharma.lead.conflict.decided_by_id',
    'pharma.market.fact.user_id',
    'pharma.merge.undone_by_id',
    'pharma.merge.user_id',
    'pharma.product.defect.user_id',
    'pharma.profile.log.user_id',
    'pharma.realignment.done_by_id',
    'pharma.share.shared_by_id',
    'pharma.support.request.answered_by_id',
    'pharma.trip.decided_by_id',
    'pharma.visit.example.manager_id',
    'pharma.visit.flag.answer_user_id',
    'pharma.visit.review_user_id',
    'pharma.week.decided_by_id',
)
# Others, and why
KEPT_OTHERS = {
    'pharma.coaching.manager_id': "what a manager saw in a joint call stays his",
    'pharma.coaching.user_id': "about the person himself",
    'pharma.delegation.user_id': "ends with the person's absence",
    'pharma.filing.user_id': "a filing (备案) is of one person and cannot pass on",
    'pharma.handover.kind.other_user_id': "part of a handover",
    'pharma.handover.line.other_user_id': "part of a handover",
    'pharma.handover.line.to_user_id': "part of a handover",
    'pharma.handover.to_user_id': "part of a handover",
    'pharma.handover.user_id': "part of a handover",
    'pharma.message.user_id': "a message that was written to the person",
    'pharma.reminder.told.user_id': "that the person was reminded",
    'pharma.reminder.user_id': "the person's own choice or paper",
    'pharma.setup.import.line.user_id': "which user a row of a list made",
    'pharma.support.request.copy_user_ids': "the office as it was when it was asked",
    'pharma.visit.example.user_id': "whose call is the example",
    'pharma.visit.flag.user_id': "follows from the call",
    'pharma.work.report.user_id': "the system writes reports for whoever works that day",
}


class Kind(NamedTuple):
    """One kind of things that a person owns, as :meth:`PharmaHandover._get_kinds` names it."""

    key: str        # never changes: lines hang on it
    label: str      # translated
    model: str
    #: whose it is: a stored link to ``res.users``, one or many, or to ``res.partner``
    field: str = 'user_id'
    #: what is open; all else stays with the person who did it
    domain: Domain = Domain.TRUE
    #: a date of the record: what lies before the day of the handover stays
    since: str = ''
    #: how it moves: ``_move_<how>`` of the handover
    how: str = 'owner'
    #: who may hand it over beside directors: 'record' who may read it, 'person' who manages the
    #: person, 'director' nobody
    rights: str = 'record'
    #: whether the successor must be able to read it
    seen: bool = True
    #: whether nobody who owns one can be archived
    blocks: bool = True
    #: whether it goes to an agent for some days
    agent: bool = False
    #: whether the record's own messages tell of it
    noted: bool = False


class PharmaHandover(models.Model):
    """The kinds of things that move: the one list that handovers, the archiving of users and the
    list of orphans go by.

    How to add a kind: extend :meth:`_get_kinds`. Where the successor cannot have each of them,
    write ``_refuse_<key>(items, plan)``; where more than the link changes, ``_move_<how>``. A test
    looks that each stored link to users is either here or in :meth:`_get_kept_fields`.
    """

    _inherit = 'pharma.handover'

    # === HOOKS === #

    @api.model
    def _get_kinds(self):
        """The kinds, in the order in which they move; extended by the other addons of the suite.

        :rtype: list[Kind]
        """
        return [*self._get_kinds_territory(), *self._get_kinds_work(), *self._get_kinds_odoo(),
                *self._get_kinds_files(), *self._get_kinds_setup()]

    @api.model
    def _get_kept_fields(self):
        """Links to users that no handover moves, and why; extended by the other addons.

        :return: 'model.field' -> reason
        :rtype: dict(str, str)
        """
        return {
            **dict.fromkeys(KEPT_AUTHORS, "tells who did, decided or reported it"),
            **KEPT_OTHERS,
        }

    # === TERRITORIES AND CUSTOMERS === #

    @api.model
    def _get_kinds_territory(self):
        env = self.env
        today = env['pharma.access']._get_today()
        ends = Domain('date_to', '=', False) | Domain('date_to', '>=', today)
        entered = (
            Domain('pharma_type', 'not in', (False, *OPEN_TYPES, *BELOW_TYPES))
            & Domain('parent_id', '=', False) & Domain('alignment_ids', '=', False))
        return [
            Kind('assignment', env._("Territories"), 'pharma.territory.assignment', domain=ends,
                 how='assignment', rights='person', seen=False),
            Kind('entered', env._("Customers without Territory"), 'res.partner', 'create_uid',
                 entered, how='entered', rights='person'),
            Kind('customer', env._("Customers as Salesperson"), 'res.partner'),
            Kind('share', env._("Customers Shared with Him"), 'pharma.share', domain=ends,
                 rights='person', blocks=False),
            Kind('delegation', env._("Acts for Others"), 'pharma.delegation', 'delegate_id', ends,
                 rights='person', seen=False),
        ]

    # === WORK OF THE SUITE === #

    @api.model
    def _get_kinds_work(self):
        env = self.env
        today = env['pharma.access']._get_today()
        planned = Domain('state', '=', 'planned') & Domain('date', '>=', today)
        targets = Domain('cycle_id.state', 'in', ('draft', 'open')) & Domain('goal', '>', 0) & (
            Domain('is_manual', '=', True) | Domain('is_goal_manual', '=', True))
        return [
            # Weeks and trips before the calls that belong to them
            Kind('week', env._("Week Plans"), 'pharma.week', domain=Domain('date_from', '>', today),
                 since='date_from', blocks=False),
            Kind('trip', env._("Trips and Applications"), 'pharma.trip',
                 domain=Domain('date_from', '>=', today) & Domain(
                     'state', 'in', ('draft', 'submitted', 'approved')), since='date_from'),
            Kind('visit', env._("Planned Calls"), 'pharma.visit', domain=planned, since='date',
                 how='visit'),
            Kind('companion', env._("Joint Calls"), 'pharma.visit', 'companion_id', planned,
                 since='date', seen=False, blocks=False),
            Kind('target', env._("Targets Entered by Hand"), 'pharma.cycle.target', domain=targets,
                 how='target', seen=False, blocks=False),
            Kind('support_asked', env._("Support Asked of Him"), 'pharma.support.request',
                 'manager_id', Domain('state', '=', 'open'), agent=True),
            Kind('support_own', env._("Support That He Asked For"), 'pharma.support.request',
                 domain=Domain('state', 'in', ('open', 'accepted'))),
        ]

    # === WORK IN ODOO === #

    @api.model
    def _get_kinds_odoo(self):
        env = self.env
        open_orders = Domain('state', 'in', ('draft', 'sent')) | (
            Domain('state', '=', 'sale') & Domain('invoice_status', 'in', ('no', 'to invoice')))
        kinds = [
            Kind('lead', env._("Opportunities"), 'crm.lead',
                 domain=Domain('won_status', '=', 'pending'), how='lead', noted=True),
            Kind('order', env._("Quotations and Orders"), 'sale.order', domain=open_orders),
            Kind('activity', env._("Activities"), 'mail.activity', agent=True),
            Kind('review', env._("Approvals"), 'tier.review', 'reviewer_ids',
                 Domain('status', 'in', ('waiting', 'pending')), rights='person', seen=False,
                 agent=True),
            Kind('event', env._("Meetings to Come"), 'calendar.event',
                 domain=Domain('stop', '>=', fields.Datetime.now()) & Domain(
                     'privacy', '!=', 'private'), since='stop', how='event'),
            Kind('scheduled', env._("Scheduled Messages"), 'mail.scheduled.message', 'author_id',
                 how='author'),
        ]
        if 'helpdesk.ticket' in env:
            kinds.append(Kind(
                'ticket', env._("Tickets"), 'helpdesk.ticket',
                domain=Domain('stage_id.closed', '=', False), noted=True))
        return kinds

    # === FILES THAT SOMEBODY KEEPS === #

    @api.model
    def _get_kinds_files(self):
        env = self.env
        asked = Domain('state', 'in', ('draft', 'submitted'))
        return [
            Kind('change_request', env._("Change Requests Asked For"), 'pharma.change.request',
                 domain=asked),
            Kind('change_manager', env._("Change Requests as Manager"), 'pharma.change.request',
                 'manager_ids', asked, seen=False, blocks=False, agent=True),
            Kind('agent_file', env._("Files of Agents"), 'pharma.agent'),
            Kind('competitor', env._("Files of Competitors"), 'pharma.competitor'),
            Kind('product_document', env._("Documents of Products"), 'pharma.product.document'),
        ]

    # === TEAMS AND SETTINGS === #

    @api.model
    def _get_kinds_setup(self):
        env = self.env
        return [
            Kind('team', env._("Sales Teams Led"), 'crm.team', rights='person', seen=False),
            Kind('member', env._("Sales Teams"), 'crm.team.member', rights='person', seen=False,
                 blocks=False),
            Kind('approver', env._("Levels of Approval"), 'tier.definition', 'reviewer_id',
                 rights='director', seen=False),
            Kind('plan', env._("Steps of Activity Plans"), 'mail.activity.plan.template',
                 'responsible_id', rights='director', seen=False),
            Kind('activity_type', env._("Types of Activities"), 'mail.activity.type',
                 'default_user_id', rights='director', seen=False),
            Kind('office', env._("Office for Support"), 'res.company', 'pharma_support_user_ids',
                 rights='director', seen=False, blocks=False),
            # Last, for it follows what moves
            Kind('follower', env._("Followed Records"), 'mail.followers', 'partner_id',
                 how='follower', rights='person', seen=False, blocks=False),
        ]

    # === DOMAINS === #

    @api.model
    def _get_owner(self, kind, user):
        """What stands in the field of a kind for a person.

        :rtype: int
        """
        comodel = self.env[kind.model]._fields[kind.field].comodel_name
        return user.id if comodel == 'res.users' else user.sudo().partner_id.id

    @api.model
    def _get_owned_domain(self, kind, user):
        """What a person owns of a kind.

        :rtype: Domain
        """
        return kind.domain & Domain(kind.field, 'in', [self._get_owner(kind, user)])

    def _get_moving_domain(self, kind):
        """What of it this handover is about: of its company, of its days.

        :rtype: Domain
        """
        self.ensure_one()
        domain = self._get_owned_domain(kind, self.user_id)
        fields_ = self.env[kind.model]._fields
        if 'company_id' in fields_ and fields_['company_id'].store:
            domain &= Domain('company_id', 'in', [self.company_id.id, False])
        if kind.since:
            domain &= Domain(kind.since, '>=', self._get_begin(fields_[kind.since]))
        if self.duration == 'temporary' and kind.key == 'activity':
            domain &= Domain('date_deadline', '<=', self.date_to)
        return domain

    def _get_begin(self, field):
        """The first moment of this handover, as a field has it."""
        if field.type == 'date':
            return self.date_from
        zone = pytz.timezone(self.env['pharma.access'].with_company(self.company_id)._get_zone())
        midnight = zone.localize(datetime.combine(self.date_from, time.min))
        return midnight.astimezone(pytz.utc).replace(tzinfo=None)

    @api.model
    def _select_kinds(self):
        """The kinds as a selection of fields."""
        return [(kind.key, kind.label) for kind in self._get_kinds()]

    def _get_moving_kinds(self):
        """The kinds that this handover moves: an agent gets but a few.

        :rtype: list[Kind]
        """
        return [kind for kind in self._get_kinds()
                if self.duration == 'permanent' or kind.agent]
