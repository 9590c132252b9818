from odoo import models

from .pharma_handover_plan import MOVE


class PharmaHandover(models.Model):
    """What cannot move, kind by kind, and why.

    Each ``_refuse_<key>(items, plan)`` gets the items of its kind that are to move, and all items
    planned before.
    """

    _inherit = 'pharma.handover'

    def _browse_items(self, key, items):
        """The records of items, as superuser: the author's right was asked when it was planned.

        :return: list of (item, record)
        """
        model = next(kind.model for kind in self._get_kinds() if kind.key == key)
        records = self.env[model].sudo().browse(item.record for item in items)
        return list(zip(items, records, strict=True))

    # === TERRITORIES === #

    def _refuse_assignment(self, items, _plan):
        """Managers give away within what they manage, and to people with a role for it."""
        managed = self.env['pharma.access'].with_company(self.company_id)._get_managed()
        for item, assignment in self._browse_items('assignment', items):
            territory, line = assignment.territory_id.id, assignment.product_line_id.id or 0
            if managed is not None and (territory, 0) not in managed and (
                    territory, line) not in managed:
                item.name = ''
                item.refuse('not_yours')
            elif not self._has_territory_role(item.user):
                item.refuse('successor_role')

    def _has_territory_role(self, user_id):
        user = self.env['res.users'].sudo().browse(user_id)
        return user.has_group('pharma_crm.group_pharma_crm_person')

    def _refuse_entered(self, items, plan):
        homes = {user: self._find_home(user, plan) for user in {item.user for item in items}}
        for item in items:
            if not homes[item.user]:
                item.refuse('no_territory')

    def _find_home(self, user_id, plan):
        """The territory of a successor for customers that have none: the first that he gets as
        representative, else his own.

        :rtype: pharma.territory
        """
        assignments = self.env['pharma.territory.assignment'].sudo()
        given = assignments.browse(
            item.record for item in plan
            if item.key == 'assignment' and item.result == MOVE and item.user == user_id)
        own = assignments.search([
            ('user_id', '=', user_id), ('company_id', '=', self.company_id.id),
            ('state', '=', 'current')])
        for found in (given, own):
            territory = found.filtered(lambda one: one.role == 'representative').territory_id[:1]
            if territory:
                return territory
        return self.env['pharma.territory']

    def _refuse_delegation(self, items, _plan):
        for item, delegation in self._browse_items('delegation', items):
            if delegation.user_id.id == item.user:
                item.refuse('same_person')

    # === PLANS === #

    def _refuse_week(self, items, _plan):
        taken = {(user.id, first) for user, first in self.env['pharma.week'].sudo()._read_group(
            [('user_id', 'in', [item.user for item in items]),
             ('company_id', '=', self.company_id.id)], ['user_id', 'date_from:day'])}
        for item, week in self._browse_items('week', items):
            if (item.user, week.date_from) in taken:
                item.refuse('successor_plan')

    def _refuse_trip(self, items, plan):
        """A trip goes with all its calls to one person: asked again once it is known which go."""
        moving = {item.record: item.user for item in plan
                  if item.key == 'visit' and item.result == MOVE}
        if not any(item.key == 'visit' for item in plan):
            return
        for item, trip in self._browse_items('trip', items):
            calls = trip.visit_ids.filtered(lambda visit: visit.state in ('planned', 'done'))
            if any(moving.get(visit) != item.user for visit in calls.ids):
                item.refuse('part_stays')

    def _refuse_visit(self, items, plan):
        trips = [item for item in plan if item.key == 'trip' and item.result == MOVE]
        self._refuse_trip(trips, [*plan, *items])

    def _refuse_companion(self, items, _plan):
        for item, visit in self._browse_items('companion', items):
            if visit.user_id.id == item.user:
                item.refuse('same_person')

    def _refuse_target(self, items, _plan):
        found = self._browse_items('target', items)
        taken = {(cycle.id, user.id, partner.id) for cycle, user, partner
                 in self.env['pharma.cycle.target'].sudo()._read_group(
                     [('user_id', 'in', [item.user for item in items]),
                      ('cycle_id.state', '!=', 'closed')], ['cycle_id', 'user_id', 'partner_id'])}
        for item, target in found:
            if (target.cycle_id.id, item.user, target.partner_id.id) in taken:
                item.refuse('successor_has')

    def _refuse_support_asked(self, items, _plan):
        for item, request in self._browse_items('support_asked', items):
            if request.user_id.id == item.user:
                item.refuse('same_person')

    def _refuse_support_own(self, items, _plan):
        for item, request in self._browse_items('support_own', items):
            if request.manager_id.id == item.user:
                item.refuse('same_person')

    # === TEAMS === #

    def _refuse_member(self, items, _plan):
        """In Odoo's usual setting a person is in one team alone."""
        # sudo: a switch of the sales settings
        several = self.env['ir.config_parameter'].sudo().get_param('sales_team.membership_multi')
        teams = {}
        for user, team in self.env['crm.team.member'].sudo()._read_group(
                [('user_id', 'in', [item.user for item in items])], ['user_id', 'crm_team_id']):
            teams.setdefault(user.id, set()).add(team.id)
        for item, member in self._browse_items('member', items):
            mine = teams.setdefault(item.user, set())
            if member.crm_team_id.id in mine or (mine and not several):
                item.refuse('successor_has')
            mine.add(member.crm_team_id.id)
