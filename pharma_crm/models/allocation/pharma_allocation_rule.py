from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import ormcache

from ...tools import allocation as engine
from ..customer.res_partner import PHARMA_TYPES

TARGETS = [
    ('representative', "The Territory's Representative"),
    ('manager', "The Territory's Manager"),
    ('user', "A Person"),
    ('rotation', "People in Turn"),
    ('team', "A Sales Team in Turn"),
    ('pool', "Nobody: Left in the Pool"),
]
ON_LATE = [
    ('next', "Next in Line"),
    ('pool', "Pool, for Whoever Takes It"),
]
KINDS = [
    *[row for row in PHARMA_TYPES if row[0] not in ('campus', 'department', 'person')],
    ('new', "Not Registered Yet"),
]


class PharmaAllocationRule(models.Model):
    """Which leads go to whom, and by when they are answered (线索分配规则).

    The first rule that fits a lead and finds somebody gives it to him. Without any active rule in
    a company leads are left to Odoo.
    """

    _name = 'pharma.allocation.rule'
    _description = "Allocation Rule"
    _order = 'sequence, id'
    _check_company_auto = True

    _hours_check = models.Constraint(
        'CHECK(answer_hours > 0 AND answer_hours <= 400)',
        "The time to answer is more than 0 and at most 400 working hours.")
    _rounds_check = models.Constraint(
        'CHECK(max_rounds BETWEEN 1 AND 20)', "A lead is offered 1 to 20 times.")
    _remind_check = models.Constraint(
        'CHECK(remind_hours >= 0 AND remind_hours < answer_hours)',
        "The reminder comes before the deadline.")
    _amount_check = models.Constraint(
        'CHECK(amount_to = 0 OR amount_to > amount_from)',
        "The upper amount is more than the lower one.")

    name = fields.Char(required=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        'res.company', required=True, index=True, default=lambda self: self.env.company)
    currency_id = fields.Many2one(related='company_id.currency_id')

    # which leads
    territory_ids = fields.Many2many(
        'pharma.territory', 'pharma_allocation_rule_territory_rel', string="Territories",
        check_company=True, help="With all below; empty: any")
    state_ids = fields.Many2many(
        'res.country.state', 'pharma_allocation_rule_state_rel', string="Provinces",
        domain="[('country_id.code', '=', 'CN')]")
    city_ids = fields.Many2many(
        'pharma.division', 'pharma_allocation_rule_city_rel', string="Cities",
        domain="[('level', '=', 'city')]")
    product_line_ids = fields.Many2many(
        'product.category', 'pharma_allocation_rule_line_rel', string="Product Lines",
        domain=[('is_product_line', '=', True)])
    source_ids = fields.Many2many(
        'utm.source', 'pharma_allocation_rule_source_rel', string="Sources")
    customer_kind = fields.Selection(KINDS, string="Customer Type")
    amount_from = fields.Monetary(string="Amount from")
    amount_to = fields.Monetary(string="Below", help="0: no limit")

    # to whom
    target = fields.Selection(TARGETS, string="Goes To", required=True, default='representative')
    target_territory_id = fields.Many2one(
        'pharma.territory', string="Of the Territory", check_company=True, ondelete='restrict',
        help="Empty: the territory of the lead's customer")
    user_id = fields.Many2one(
        'res.users', string="Team Member", check_company=True, ondelete='restrict',
        domain="[('share', '=', False), ('company_ids', '=', company_id)]")
    team_id = fields.Many2one(
        'crm.team', check_company=True, ondelete='restrict',
        help="Its members in turn, by their monthly capacity")
    member_ids = fields.One2many('pharma.allocation.member', 'rule_id', string="In Turn")

    # by when
    answer_hours = fields.Float(
        string="Working Hours to Answer", required=True, digits=(5, 1),
        default=lambda self: self.env.company.sudo().pharma_allocation_hours,
        help="Accepted, declined, or the customer contacted")
    remind_hours = fields.Float(
        string="Reminder before", required=True, digits=(5, 1),
        default=lambda self: self.env.company.sudo().pharma_allocation_remind_hours,
        help="Working hours before the deadline; 0: none")
    on_late = fields.Selection(
        ON_LATE, string="Not Answered or Declined", required=True, default='next')
    max_rounds = fields.Integer(
        string="Offers at Most", required=True,
        default=lambda self: self.env.company.sudo().pharma_allocation_rounds,
        help="Then the manager gets it")
    allocation_count = fields.Integer(
        string="Offers", compute='_compute_allocation_count')

    # === COMPUTE === #

    def _compute_allocation_count(self):
        counts = dict(self.env['pharma.allocation']._read_group(
            [('rule_id', 'in', self.ids)], ['rule_id'], ['__count']))
        for rule in self:
            rule.allocation_count = counts.get(rule, 0)

    # === CONSTRAINTS === #

    @api.constrains('target', 'user_id', 'team_id', 'member_ids')
    def _check_target(self):
        missing = {
            'user': ('user_id', self.env._("Choose the person who gets the leads.")),
            'team': ('team_id', self.env._("Choose the team that gets the leads.")),
            'rotation': ('member_ids', self.env._("Choose the people who get the leads in turn.")),
        }
        for rule in self:
            if rule.target in missing and not rule[missing[rule.target][0]]:
                raise ValidationError(missing[rule.target][1])

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        rules = super().create(vals_list)
        self.env.registry.clear_cache()
        return rules

    def write(self, vals):
        result = super().write(vals)
        self.env.registry.clear_cache()
        return result

    def unlink(self):
        result = super().unlink()
        self.env.registry.clear_cache()
        return result

    @api.model
    @ormcache()
    def _get_ruled_companies(self):
        """Ids of the companies that allocate leads by rules: the others are left to Odoo.

        :rtype: frozenset(int)
        """
        # sudo: asked at every new lead, whoever enters it
        return frozenset(
            company.id for company, in self.sudo()._read_group([], ['company_id']))

    # === ACTIONS === #

    def action_view_allocations(self):
        """Open the offers that this rule made."""
        self.ensure_one()
        action = self.env['ir.actions.act_window']._for_xml_id(
            'pharma_crm.pharma_allocation_action')
        return {**action, 'domain': [('rule_id', '=', self.id)], 'context': {}}

    def action_run(self):
        """Ask the rules again for everything that waits in the pool of these companies."""
        self.check_access('write')
        companies = self.company_id or self.env.company
        # sudo: whoever keeps the rules may have them asked
        leads = self.env['crm.lead'].sudo().search([
            ('company_id', 'in', companies.ids), ('allocation_state', 'in', ('pool', 'returned'))])
        leads.write({'allocation_pending': True})
        self.env['pharma.allocation']._run_later()
        return {
            'type': 'ir.actions.client', 'tag': 'display_notification', 'params': {
                'type': 'success',
                'message': self.env._("%s leads of the pool are allocated now.", len(leads)),
                'next': {'type': 'ir.actions.act_window_close'}}}

    # === ENGINE === #

    def _get_conditions(self):
        """The conditions of these rules as the engine takes them, in their order.

        :return: pairs of a rule and its :class:`tools.allocation.Rule`
        :rtype: list
        """
        below = {}
        for territory in self.territory_ids:
            below[territory] = self.env['pharma.territory'].search(
                [('id', 'child_of', territory.id)]).ids
        return [(rule, engine.Rule(
            id=rule.id,
            territories=frozenset(
                id_ for territory in rule.territory_ids for id_ in below[territory])
            if rule.territory_ids else None,
            provinces=frozenset(rule.state_ids.ids) or None,
            cities=frozenset(rule.city_ids.ids) or None,
            lines=frozenset(rule.product_line_ids.ids) or None,
            sources=frozenset(rule.source_ids.ids) or None,
            kind=rule.customer_kind or None,
            amount_from=rule.amount_from, amount_to=rule.amount_to)) for rule in self]

    def _describe(self):
        """The conditions in words, for the reason that is kept with each offer.

        :rtype: list[str]
        """
        self.ensure_one()
        words = [
            *self.territory_ids.mapped('name'), *self.state_ids.mapped('name'),
            *self.city_ids.mapped('name'), *self.product_line_ids.mapped('name'),
            *self.source_ids.mapped('name')]
        if self.customer_kind:
            words.append(dict(
                self._fields['customer_kind']._description_selection(self.env)
            )[self.customer_kind])
        if self.amount_from:
            words.append(f"≥ {self.currency_id.format(self.amount_from)}")
        if self.amount_to:
            words.append(f"< {self.currency_id.format(self.amount_to)}")
        return words
