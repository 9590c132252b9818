from collections import defaultdict
from dataclasses import dataclass, field
from math import gcd

from odoo import api, models
from odoo.tools import SQL

from ...tools import allocation as engine

LEAD_GROUP = 'sales_team.group_sale_salesman'


@dataclass
class Choice:
    """To whom a lead goes, by which rule, and why."""

    user_id: int = 0
    rule: object = None
    facts: list = field(default_factory=list)
    is_final: bool = False


@dataclass
class Board:
    """What the rules need to know of a batch of leads, read in a constant number of queries."""

    rules: list  # [(rule, its conditions)]
    cities: dict  # {(state's id, name without 市): id}
    representatives: dict  # {territory's id: [(user's id, line's id or None)]}
    managers: dict  # {territory's id: [(user's id, line's id or None)]}, the nearest
    away: dict  # {user's id: id of who acts for him}
    given: dict  # {rule's id: offers so far}
    had: dict  # {lead's id: {ids of users who had it since it came to the pool}}
    weights: dict = field(default_factory=dict)  # {rule: [(user's id, weight)]}
    works: dict = field(default_factory=dict)  # {user's id: whether he works with leads}
    sees: dict = field(default_factory=dict)  # {user's id: ids of customers, None: all}
    times: dict = field(default_factory=dict)  # {rule: (deadline, reminder)}


class PharmaAllocation(models.Model):
    """To whom a lead goes."""

    _inherit = 'pharma.allocation'

    # === FACTS === #

    @api.model
    def _get_board(self, company, leads):
        """What the rules need to know of these leads.

        :rtype: Board
        """
        access = self.env['pharma.access'].with_company(company)
        access._flush()
        # Customers may have other territories than when the leads came
        known = leads.filtered('partner_id')
        self.env.add_to_compute(known._fields['territory_id'], known)
        known.flush_recordset(['territory_id'])
        rules = self.env['pharma.allocation.rule'].search([('company_id', '=', company.id)])
        conditions = rules._get_conditions()
        territories = leads.territory_id | rules.target_territory_id
        given = dict(self._read_group(
            [('rule_id', 'in', rules.ids)], ['rule_id'], ['__count']))
        return Board(
            rules=conditions,
            cities={
                (city.state_id.id, self._city_key(city.name)): city.id
                for city in self.env['pharma.division'].search(
                    [('level', '=', 'city'), ('state_id', 'in', leads.state_id.ids)])},
            representatives=self._find_people(access, territories, SQL(
                "above.id = t.id AND g.role = 'representative'")),
            managers=self._find_people(access, territories, SQL("g.role = 'manager'")),
            away=dict(self.env.execute_query(SQL(
                "SELECT d.user_id, min(d.delegate_id) FROM pharma_delegation d"
                " WHERE d.company_id = %s AND %s GROUP BY d.user_id",
                company.id, access._valid_sql('d')))),
            given={rule.id: count for rule, count in given.items()},
            had=self._find_had(leads))

    @api.model
    def _find_people(self, access, territories, condition):
        """Who works in territories today; of managers the nearest ones.

        :param SQL condition: on the assignment ``g`` in the territory ``above``
        :return: ``[(user's id, line's id or None)]`` by territory's id
        :rtype: dict
        """
        people = defaultdict(list)
        for territory_id, user_id, line_id in self.env.execute_query(SQL(
                """ SELECT territory_id, user_id, product_line_id FROM (
                        SELECT t.id AS territory_id, g.user_id, g.product_line_id, g.id,
                               rank() OVER (PARTITION BY t.id
                                                ORDER BY length(above.parent_path) DESC) AS place
                          FROM pharma_territory t
                          JOIN pharma_territory above
                               ON starts_with(t.parent_path, above.parent_path)
                          JOIN pharma_territory_assignment g ON g.territory_id = above.id
                          JOIN res_users u ON u.id = g.user_id AND u.active
                         WHERE t.id = ANY(%s) AND %s AND %s) ranked
                     WHERE place = 1
                     ORDER BY territory_id, product_line_id NULLS LAST, id """,
                territories.ids, condition, access._valid_sql('g'))):
            people[territory_id].append((user_id, line_id))
        return people

    @api.model
    def _find_had(self, leads):
        """Who had these leads already since they came to the pool.

        :rtype: dict(int, set(int))
        """
        self.flush_model(['cycle_number', 'lead_id', 'user_id'])
        leads.flush_recordset(['allocation_cycle'])
        had = defaultdict(set)
        for lead_id, user_id in self.env.execute_query(SQL(
                """ SELECT a.lead_id, a.user_id
                      FROM pharma_allocation a JOIN crm_lead l ON l.id = a.lead_id
                     WHERE a.lead_id = ANY(%s) AND a.cycle_number = l.allocation_cycle """,
                leads.ids)):
            had[lead_id].add(user_id)
        return had

    @api.model
    def _city_key(self, name):
        return (name or '').strip().removesuffix('市')

    @api.model
    def _get_facts(self, board, lead):
        """What rules may ask of a lead.

        :rtype: tools.allocation.Facts
        """
        customer = lead.partner_id.commercial_partner_id
        place = customer if customer.state_id else lead
        city = customer.pharma_city_id.id or board.cities.get(
            (place.state_id.id, self._city_key(lead.city))) or 0
        return engine.Facts(
            territory=lead.territory_id.id or 0, province=place.state_id.id or 0, city=city,
            line=lead.product_line_id.id or 0, source=lead.source_id.id or 0,
            kind=customer.pharma_type or 'new', amount=lead.expected_revenue or 0)

    # === CHOICE === #

    @api.model
    def _choose(self, board, lead):
        """To whom a lead goes: the first rule that fits and finds somebody.

        :param Board board: of the batch
        :param lead: ``crm.lead`` in the pool
        :rtype: Choice
        """
        before = [fact for fact in lead.allocation_facts or () if fact[0] in (
            'late', 'declined', 'released')]
        last = lead.allocation_id.rule_id
        rounds = last.max_rounds or lead.company_id.pharma_allocation_rounds
        if lead.allocation_round >= rounds:
            return self._choose_manager(board, lead, before, rounds)
        facts, known = before, self._get_facts(board, lead)
        for rule, conditions in board.rules:
            if not engine.fits(conditions, known):
                continue
            if rule.target == 'pool':
                return Choice(facts=[*facts, ['left', {'name': rule.name}]])
            words = [['rule', {'name': rule.name, 'conditions': rule._describe()}]]
            passed = []
            for user_id, why in self._get_candidates(board, rule, lead):
                chosen, more = self._check_candidate(board, rule, lead, user_id)
                if chosen:
                    board.given[rule.id] = board.given.get(rule.id, 0) + 1
                    return Choice(chosen, rule, [*facts, *words, *passed, why, *more])
                passed += more
            facts = [*facts, *passed, ['nobody', {'name': rule.name}]]
        return Choice(facts=[*facts, ['no_rule', {}]] if facts == before else facts)

    @api.model
    def _choose_manager(self, board, lead, before, rounds):
        """After the last round the manager of the territory gets it, or of whoever had it last."""
        facts = [*before, ['rounds', {'rounds': lead.allocation_round}]]
        line = lead.product_line_id.id
        people = [user_id for user_id, its in board.managers.get(lead.territory_id.id, ())
                  if not line or not its or its == line]
        if not people:
            last = lead.allocation_id.user_id
            people = self.env['pharma.access'].with_company(
                lead.company_id)._get_nearest_managers(last).get(last.id, last.browse()).ids
        for user_id in people:
            if self._sees_customer(board, user_id, lead):
                return Choice(user_id, lead.allocation_id.rule_id, facts, is_final=True)
        return Choice(facts=facts)

    @api.model
    def _get_candidates(self, board, rule, lead):
        """Who may get a lead by a rule, in the order in which they are asked.

        :return: pairs of a user's id and why it is he
        :rtype: list
        """
        territory = rule.target_territory_id or lead.territory_id
        if rule.target in ('representative', 'manager'):
            people = board.representatives if rule.target == 'representative' else board.managers
            line = lead.product_line_id.id
            why = [rule.target, {'territory': territory.name}]
            return [(user_id, why) for user_id, its in people.get(territory.id, ())
                    if not line or not its or its == line]
        if rule.target == 'user':
            return [(rule.user_id.id, ['user', {}])]
        if rule not in board.weights:
            board.weights[rule] = self._get_weights(rule)
        weights = board.weights[rule]
        turn = board.given.get(rule.id, 0)
        why = ['turn', {'turn': turn + 1, 'people': len(weights)}]
        return [(weights[index][0], why) for index in engine.turn_order(
            [weight for _user, weight in weights], turn)]

    @api.model
    def _get_weights(self, rule):
        """Who gets leads in turn by a rule, and how often; a team's members by their capacity.

        :return: pairs of a user's id and a weight
        :rtype: list
        """
        if rule.target == 'rotation':
            return [(row.user_id.id, row.weight) for row in rule.member_ids
                    if row.weight and row.user_id.active]
        members = rule.team_id.crm_team_member_ids.filtered(
            lambda member: member.active and member.user_id.active
            and not member.assignment_optout and member.assignment_max)
        divisor = gcd(*members.mapped('assignment_max')) or 1
        return [(member.user_id.id, min(20, member.assignment_max // divisor))
                for member in members.sorted('id')]

    @api.model
    def _check_candidate(self, board, rule, lead, user_id):
        """Whether somebody gets a lead, or who acts for him.

        :return: id of who gets it or 0, and words about it
        :rtype: tuple(int, list)
        """
        name = self.env['res.users'].browse(user_id).name
        words = []
        if user_id in board.away:
            delegate = board.away[user_id]
            # In turns there are others
            if rule.target in ('rotation', 'team') or delegate in board.away:
                return 0, [['away', {'name': name}]]
            words = [['delegate', {'name': name}]]
            user_id, name = delegate, self.env['res.users'].browse(delegate).name
        if user_id in board.had.get(lead.id, ()):
            return 0, [['had', {'name': name}]]
        if not self._works_with_leads(board, user_id, lead):
            return 0, [['no_user', {'name': name}]]
        if not self._sees_customer(board, user_id, lead):
            return 0, [['hidden', {'name': name}]]
        return user_id, words

    @api.model
    def _works_with_leads(self, board, user_id, lead):
        if user_id not in board.works:
            user = self.env['res.users'].browse(user_id)
            board.works[user_id] = (
                user.active and user.has_group(LEAD_GROUP) and lead.company_id in user.company_ids)
        return board.works[user_id]

    @api.model
    def _sees_customer(self, board, user_id, lead):
        """Whether somebody may work on the customer of a lead: nobody is shown a hidden one."""
        if not lead.partner_id:
            return True
        key = user_id, lead.company_id.id
        if key not in board.sees:
            user = self.env['res.users'].browse(user_id)
            access = self.env['pharma.access'].with_user(user).with_company(lead.company_id)
            visible = access._link_sql('p', mode='work')
            leads = self.env['crm.lead']
            board.sees[key] = None if visible is None else {
                id_ for id_, in self.env.execute_query(SQL(
                    """ SELECT p.id FROM res_partner p
                         WHERE p.id IN (SELECT partner_id FROM crm_lead
                                         WHERE company_id = %s AND allocation_state IS NOT NULL)
                           AND %s """, lead.company_id.id, visible,
                    to_flush=leads._fields['partner_id']))}
        seen = board.sees[key]
        return seen is None or lead.partner_id.id in seen
