from odoo import fields, models
from odoo.fields import Domain

from ..review.pharma_visit_review import TO_REVIEW

MANAGER_GROUP = 'pharma_crm.group_pharma_crm_area_manager'
# People in the table at most, those first who need a word
PEOPLE = 40


class PharmaHome(models.AbstractModel):
    """What a manager sees first: what every person did, and where his word is needed."""

    _inherit = 'pharma.home'

    def _get_sections(self):
        return [*super()._get_sections(), {
            'key': 'attention', 'title': self.env._("Your Word Is Needed"),
            'icon': 'fa-comment-o', 'sequence': 2, 'groups': MANAGER_GROUP,
            'model': 'pharma.visit', 'content': self._get_attention_content,
        }, {
            'key': 'team', 'title': self.env._("My Team"), 'icon': 'fa-users', 'sequence': 4,
            'groups': MANAGER_GROUP, 'model': 'pharma.visit', 'content': self._get_team_content,
        }]

    # === ATTENTION === #

    def _get_attention_content(self):
        """How much waits for the manager."""
        return {'figures': [figure for figure in self._get_attention_figures() if figure]}

    def _get_attention_figures(self):
        """Figures of what waits for the manager; extended by what else asks him.

        :rtype: list(dict)
        """
        others = Domain('user_id', '!=', self.env.uid)
        waiting = {
            'review': (self.env._("Calls to Review"), 'pharma.visit',
                       'pharma_crm.pharma_visit_action_review',
                       Domain(TO_REVIEW)),
            'weeks': (self.env._("Week Plans to Approve"), 'pharma.week',
                      'pharma_crm.pharma_week_action', Domain('state', '=', 'submitted')),
            'trips': (self.env._("Trips to Approve"), 'pharma.trip',
                      'pharma_crm.pharma_trip_action', Domain('state', '=', 'submitted')),
            'flags': (self.env._("Unusual Calls"), 'pharma.visit.flag',
                      'pharma_crm.pharma_visit_flag_action', Domain('state', '=', 'open')),
            'support': (self.env._("Support Requests"), 'pharma.support.request',
                        'pharma_crm.pharma_support_request_action',
                        Domain('state', '=', 'open')),
        }
        figures = []
        for key, (label, model, xmlid, domain) in waiting.items():
            count = self.env[model].search_count(domain & others)
            figures.append(self._figure(
                label, count, self._list(xmlid, label, domain & others), key=key,
                tone='danger' if count else 'muted'))
        return figures

    # === TEAM === #

    def _get_team_content(self):
        """Each person's calls and where he stands; those first with most to review, then those
        who fall behind.
        """
        people = self.env['pharma.access']._get_managed_users()
        if not people:
            return {'empty': self.env._("Nobody works in your territories today.")}
        facts = self._get_team_facts(people)
        page = self.env['ir.actions.client']._for_xml_id(
            'pharma_crm.pharma_team_member_action_page')
        rows = sorted(
            people, key=lambda user: (-facts['todo'].get(user.id, 0),
                                      facts['attainment'].get(user.id, 0.0), user.id))
        return {
            'table': {
                'columns': [self.env._("Team Member"), self.env._("Yesterday"), self.env._("Today"),
                            self.env._("Missed"), self.env._("To Review"),
                            self.env._("Attainment")],
                'rows': [self._team_row(user, facts, page) for user in rows[:PEOPLE]],
            },
            'buttons': [{
                'key': 'team', 'label': self.env._("All"), 'icon': 'fa-users',
                'action': {'load': 'pharma_crm.pharma_team_member_action'},
            }],
        }

    def _get_team_facts(self, people):
        """What the table of people shows, by id of the person.

        :param people: ``res.users``
        :return: dicts of figures: ``yesterday`` and ``today`` are dicts by state
        :rtype: dict(str, dict)
        """
        Visit, today = self.env['pharma.visit'], self._get_today()
        theirs = Domain('user_id', 'in', people.ids)
        last = self._get_last_day(theirs, today)
        facts = {'last': last, 'today': {}, 'yesterday': {}, 'attainment': {}}
        for user, day, state, count in Visit._read_group(
                theirs & Domain('date', 'in', [last, today]), ['user_id', 'date:day', 'state'],
                ['__count']):
            facts['today' if day == today else 'yesterday'].setdefault(
                user.id, {})[state] = count
        facts['todo'] = {user.id: count for user, count in Visit._read_group(
            theirs & Domain('review_state', '=', 'todo'), ['user_id'], ['__count'])}
        cycle = self.env['pharma.cycle']._get_current()
        for user, earned, goal in self.env['pharma.cycle.target']._read_group(
                theirs & Domain('cycle_id', '=', cycle.id), ['user_id'],
                ['earned:sum', 'interaction_goal:sum']):
            facts['attainment'][user.id] = 100 * earned / goal if goal else 0.0
        facts['elapsed'] = cycle.elapsed
        return facts

    def _get_last_day(self, theirs, today):
        """The last working day before today."""
        day = fields.Date.subtract(today, days=1)
        while day.weekday() > 4:
            day = fields.Date.subtract(day, days=1)
        return day

    def _team_row(self, user, facts, page):
        """A person's line in the table, which opens the page about him."""
        last, today = facts['yesterday'].get(user.id, {}), facts['today'].get(user.id, {})
        missed = last.get('missed', 0) + last.get('planned', 0)
        todo = facts['todo'].get(user.id, 0)
        attainment = facts['attainment'].get(user.id)
        behind = attainment is not None and attainment < facts['elapsed'] - 15
        return {'cells': [
            {'text': user.name, 'action': {**page, 'params': {'user_id': user.id}}},
            {'text': f"{last.get('done', 0)} / {sum(last.values())}"},
            {'text': f"{today.get('done', 0)} / {sum(today.values())}"},
            {'text': str(missed), 'tone': 'danger' if missed else ''},
            {'text': str(todo), 'tone': 'warning' if todo else ''},
            {'text': "–" if attainment is None else f"{attainment:.0f}%",
             'tone': 'danger' if behind else ''},
        ]}
