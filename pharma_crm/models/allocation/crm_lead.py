from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from ..territory.pharma_alignment import OWNER_ORDER

ALLOCATION_STATES = [
    ('pool', "In the Pool"),
    ('offered', "Offered"),
    ('accepted', "Accepted"),
    ('returned', "Back in the Pool"),
    ('nurture', "With Marketing"),
]
# Nobody has it yet, or any more
POOL = ('pool', 'returned')
# Written by the allocation alone
SYSTEM_FIELDS = frozenset({
    'allocation_state', 'allocation_pending', 'allocation_since', 'allocation_round',
    'allocation_cycle', 'allocation_id', 'allocation_facts'})


class CrmLead(models.Model):
    """Leads without a salesperson wait in a pool, are offered by rules and answered in time.

    Only in companies with an active ``pharma.allocation.rule``; without one this is Odoo's lead.
    """

    _inherit = 'crm.lead'

    _allocation_pending_idx = models.Index("(company_id, id) WHERE allocation_pending")
    _allocation_pool_idx = models.Index(
        "(allocation_since) WHERE allocation_state IN ('pool', 'returned')")

    product_line_id = fields.Many2one(
        'product.category', index='btree_not_null', ondelete='restrict',
        domain=[('is_product_line', '=', True)])
    territory_id = fields.Many2one(
        'pharma.territory', compute='_compute_territory_id', store=True, readonly=False,
        index='btree_not_null', ondelete='set null', domain="[('company_id', '=?', company_id)]",
        help="Of the customer and the product line; chosen by hand where the customer is not "
             "registered yet")
    allocation_state = fields.Selection(
        ALLOCATION_STATES, string="Allocation", readonly=True, copy=False, index='btree_not_null')
    allocation_pending = fields.Boolean(readonly=True, copy=False)
    allocation_since = fields.Datetime(string="In the Pool Since", readonly=True, copy=False)
    allocation_round = fields.Integer(
        string="Times Offered", readonly=True, copy=False, aggregator=None)
    allocation_cycle = fields.Integer(
        string="Times in the Pool", readonly=True, copy=False, aggregator=None)
    allocation_id = fields.Many2one(
        'pharma.allocation', string="Last Offer", readonly=True, copy=False,
        index='btree_not_null', ondelete='set null',
        groups='pharma_crm.group_pharma_crm_representative')
    allocation_ids = fields.One2many(
        'pharma.allocation', 'lead_id', string="Offers",
        groups='pharma_crm.group_pharma_crm_representative')
    allocation_facts = fields.Json(readonly=True, copy=False, groups='base.group_system')
    allocation_reason = fields.Text(
        string="Why", compute='_compute_allocation_reason', compute_sudo=True)
    offered_at = fields.Datetime(related='allocation_id.offered_at', string="Offered On")
    deadline = fields.Datetime(related='allocation_id.deadline', string="Answer By")
    answered_at = fields.Datetime(related='allocation_id.answered_at', string="Answered On")
    answer_hours = fields.Float(
        related='allocation_id.answer_hours', string="Working Hours until Answer")
    may_answer_allocation = fields.Boolean(
        compute='_compute_may_answer', export_string_translation=False)
    pharma_pool = fields.Boolean(
        compute='_compute_pharma_pool', search='_search_pharma_pool',
        export_string_translation=False, groups='base.group_user')

    # === COMPUTE === #

    @api.depends('partner_id', 'product_line_id', 'company_id')
    def _compute_territory_id(self):
        """The territory of the customer for the product line, in one query; nothing known of a
        customer leaves what somebody chose.
        """
        rows = []
        for number, lead in enumerate(self):
            customer = lead.partner_id.commercial_partner_id._origin
            company = lead.company_id or self.env.company
            if customer.pharma_type:
                rows.append((number, customer.id, lead.product_line_id._origin.id or None,
                             company.id))
        found = self._find_territories(rows)
        for number, lead in enumerate(self):
            main = lead.partner_id.commercial_partner_id.territory_id
            lead.territory_id = (
                found.get(number) or main.id if lead.partner_id else lead.territory_id)

    @api.model
    def _find_territories(self, rows):
        """The territories of customers today.

        :param list rows: ``(key, customer's id, product line's id or None, company's id)``
        :return: territory's id by key, of those that have one
        :rtype: dict
        """
        if not rows:
            return {}
        access, alignments = self.env['pharma.access'], self.env['pharma.alignment']
        access._flush()
        return dict(self.env.execute_query(SQL(
            """ SELECT DISTINCT ON (v.key) v.key, a.territory_id
                  FROM unnest(%s::int[], %s::int[], %s::int[], %s::int[])
                           AS v(key, partner_id, line_id, company_id)
                       %s
                 WHERE a.id IS NOT NULL
              ORDER BY v.key, %s """,
            *(list(column) for column in zip(*rows, strict=True)),
            alignments._owner_sql(
                SQL("v.partner_id"), SQL("v.line_id"), SQL("%s", access._get_today()),
                SQL("v.company_id")), SQL(OWNER_ORDER))))

    @api.depends('allocation_facts', 'allocation_id.reason_facts', 'allocation_state')
    @api.depends_context('lang')
    def _compute_allocation_reason(self):
        allocations = self.env['pharma.allocation']
        for lead in self:
            waits = lead.allocation_state in POOL
            lead.allocation_reason = allocations._put_into_words(
                lead.allocation_facts if waits else lead.allocation_id.reason_facts)

    @api.depends_context('uid')
    @api.depends('allocation_id.result')
    def _compute_may_answer(self):
        for lead in self:
            # sudo: the offer itself says who answers it
            offer = lead.sudo().allocation_id
            lead.may_answer_allocation = bool(offer) and offer._may_answer()

    # === RIGHTS === #

    @api.model
    def _has_field_access(self, field, operation):
        if operation == 'write' and field.name in SYSTEM_FIELDS and not self.env.su:
            return False
        return super()._has_field_access(field, operation)

    @api.depends('allocation_state')
    @api.depends_context('uid')
    def _compute_pharma_pool(self):
        allowed = set(self._search(
            Domain('id', 'in', self._origin.ids) & self._pool_domain()))
        for lead in self:
            lead.pharma_pool = not lead._origin or lead._origin.id in allowed

    @api.model
    def _search_pharma_pool(self, operator, value):
        return self._pool_domain() if operator == 'in' else NotImplemented

    @api.model
    def _pool_domain(self):
        """Leads that are not in the pool, and those in it for who sees all leads or entered them:
        the facts of a customer are hidden from the others until one takes the lead.

        :rtype: Domain
        """
        if self.env.user.has_group('sales_team.group_sale_salesman_all_leads'):
            return Domain.TRUE
        return Domain('allocation_state', 'not in', POOL) | Domain(
            'create_uid', '=', self.env.uid)

    @api.model
    def _takeable_sql(self, alias):
        """Condition that the current user may take a lead from the pool: its customer is his to
        work on, and its territory and product line are his, or nobody's.

        :param str alias: of ``crm_lead`` in the query
        :rtype: SQL
        """
        access = self.env['pharma.access']
        access._flush()
        company = SQL("%s = ANY(%s)", SQL.identifier(alias, 'company_id'), self.env.companies.ids)
        if access._sees_all_people():
            return company
        customer = SQL.identifier(alias, 'partner_id')
        line = SQL.identifier(alias, 'product_line_id')
        visible = access._link_sql('p', mode='work') or SQL("TRUE")
        return SQL(
            """ (%(company)s AND (%(customer)s IS NULL OR EXISTS (
                    SELECT FROM res_partner p WHERE p.id = %(customer)s AND %(visible)s))
                 AND (%(territory)s IS NULL
                      OR (%(line)s IS NULL AND %(customer)s IS NOT NULL)
                      OR EXISTS (
                    SELECT FROM (%(scope)s) mine
                     WHERE mine.territory_id = %(territory)s
                       AND (mine.product_line_id IS NULL OR %(line)s IS NULL
                            OR mine.product_line_id = %(line)s)))) """,
            company=company, customer=customer, line=line, visible=visible,
            territory=SQL.identifier(alias, 'territory_id'), scope=access._scope_sql('work'))

    # === CRUD === #

    @api.model
    def default_get(self, fields):
        """Who is no representative, such as marketing, enters leads for the pool."""
        values = super().default_get(fields)
        if values.get('user_id') == self.env.uid and (
                'default_user_id' not in self.env.context) and (
                self.env.company.id in self.env['pharma.allocation.rule']._get_ruled_companies()
        ) and not self.env.user.has_group('pharma_crm.group_pharma_crm_representative'):
            values['user_id'] = False
        return values

    @api.model_create_multi
    def create(self, vals_list):
        leads = super().create(vals_list)
        ruled = self.env['pharma.allocation.rule']._get_ruled_companies()
        if ruled:
            # Odoo leaves leads without a salesperson to no company
            leads.filtered(
                lambda lead: not lead.user_id and lead.active and lead.won_status == 'pending'
                and (lead.company_id or self.env.company).id in ruled)._enter_pool()
        return leads

    def write(self, vals):
        result = super().write(vals)
        if 'allocation_state' not in vals:
            if 'user_id' in vals:
                self._after_new_owner()
            if not {'stage_id', 'active', 'probability'}.isdisjoint(vals):
                self._after_progress()
        return result

    # === POOL === #

    def _enter_pool(self, facts=None):
        """These leads wait in the pool, for the rules or for whoever takes them.

        :param list facts: why, as ``pharma.allocation`` words it
        """
        if not self:
            return
        # sudo: whoever enters a lead, the allocation is the system's
        for (company, cycle), leads in self.sudo().grouped(lambda lead: (
                lead.company_id or self.env.company, lead.allocation_cycle)).items():
            leads._write_allocation({
                'user_id': False, 'company_id': company.id, 'allocation_state': 'pool',
                'allocation_pending': True, 'allocation_since': fields.Datetime.now(),
                'allocation_cycle': cycle + 1, 'allocation_round': 0, 'allocation_id': False,
                'allocation_facts': facts or []})
        self.env['pharma.allocation']._run_later()

    def _write_allocation(self, vals):
        """Write without telling everybody: who is told, and how, is up to the reminders; and what
        happened stands in ``pharma.allocation``. Whoever gets a lead follows it.
        """
        self.with_context(tracking_disable=True).write(vals)
        if vals.get('user_id'):
            user = self.env['res.users'].browse(vals['user_id'])
            self.message_subscribe(user.partner_id.ids)

    def _after_new_owner(self):
        """Somebody was given a lead, or lost it, past the rules."""
        for lead in self.sudo().filtered('allocation_state'):
            lead.allocation_ids.filtered(
                lambda row: row.result == 'open')._answer('moved')
            if lead.user_id:
                lead._write_allocation(
                    {'allocation_state': 'accepted', 'allocation_pending': False})
            elif lead.allocation_state not in POOL:
                lead._write_allocation(
                    {'allocation_state': 'returned', 'allocation_pending': False,
                     'allocation_since': fields.Datetime.now()})

    def _after_progress(self):
        """Whoever moves a lead on has answered; a closed lead needs no answer."""
        for lead in self.sudo().filtered(lambda lead: lead.allocation_state == 'offered'):
            offer = lead.allocation_id
            if not lead.active or lead.won_status == 'lost':
                offer._answer('closed')
            elif self.env.uid == offer.user_id.id:
                offer._answer('contacted')
            elif lead.won_status == 'won':
                offer._answer('closed')
            else:
                continue
            lead._write_allocation({'allocation_state': 'accepted'})

    def _lock_allocation(self):
        """Nobody else answers or takes this lead at the same time.

        :raise UserError: if somebody is just doing so
        """
        self.ensure_one()
        if not self.sudo().try_lock_for_update(allow_referencing=True):
            raise UserError(self.env._(
                "Somebody else is answering or taking this lead at this moment."))
        self.sudo().invalidate_recordset()
