from odoo import fields, models
from odoo.fields import Domain

# Cards and rows of a section at most: the rest is one tap away
CALLS = 12
GAPS = 6
# Working days that are looked ahead
WEEK_DAYS = 7
REPRESENTATIVE_GROUP = 'pharma_crm.group_pharma_crm_representative'
BADGES = {'done': 'success', 'missed': 'secondary', 'cancelled': 'secondary'}


class PharmaHome(models.AbstractModel):
    """What whoever calls on customers sees first: today's calls, what is late, what is missing."""

    _inherit = 'pharma.home'

    def _get_sections(self):
        return [*super()._get_sections(), {
            'key': 'today', 'title': self.env._("Today's Calls"), 'icon': 'fa-calendar-check-o',
            'sequence': 10, 'groups': REPRESENTATIVE_GROUP, 'model': 'pharma.visit',
            'content': self._get_today_content,
        }, {
            'key': 'late', 'title': self.env._("Not Recorded Yet"), 'icon': 'fa-clock-o',
            'sequence': 20, 'groups': REPRESENTATIVE_GROUP, 'model': 'pharma.visit',
            'content': self._get_late_content,
        }, {
            'key': 'cycle', 'title': self.env._("My Cycle"), 'icon': 'fa-bullseye',
            'sequence': 30, 'groups': REPRESENTATIVE_GROUP, 'model': 'pharma.cycle.target',
            'content': self._get_cycle_content,
        }, {
            'key': 'gaps', 'title': self.env._("Targets without a Plan"), 'icon': 'fa-map-marker',
            'sequence': 40, 'groups': REPRESENTATIVE_GROUP, 'model': 'pharma.cycle.target',
            'content': self._get_gap_content,
        }, {
            'key': 'week', 'title': self.env._("Coming Days"), 'icon': 'fa-calendar',
            'sequence': 50, 'groups': REPRESENTATIVE_GROUP, 'model': 'pharma.week',
            'content': self._get_week_content,
        }, {
            'key': 'activities', 'title': self.env._("My To-Dos"), 'icon': 'fa-check-square-o',
            'sequence': 60, 'model': 'mail.activity', 'content': self._get_activity_content,
        }]

    # === CALLS === #

    def _get_today_content(self):
        """The calls of today, each with what is needed for it."""
        mine = Domain('user_id', '=', self.env.uid) & Domain('date', '=', self._get_today())
        visits = self.env['pharma.visit'].search(mine, order='date_start, id', limit=CALLS)
        return {
            'calls': [self._call_card(visit) for visit in visits],
            'buttons': [{
                'key': 'new_call', 'label': self.env._("New Call"), 'icon': 'fa-plus',
                'action': self._form('pharma.visit'),
            }],
            'empty': not visits and self.env._(
                "No call is planned for today. Plan one, or record what you just did."),
        }

    def _get_late_content(self):
        """Planned calls of the past of which nothing was written."""
        domain = Domain('user_id', '=', self.env.uid) & Domain('state', '=', 'planned') & Domain(
            'date', '<', self._get_today())
        visits = self.env['pharma.visit'].search(domain, order='date_start DESC', limit=CALLS)
        if not visits:
            return None
        return {'calls': [self._call_card(visit, day=True) for visit in visits]}

    def _call_card(self, visit, day=False):
        """A call with dial, navigate and record on it.

        :param visit: ``pharma.visit``
        :param bool day: with its day beside the time
        :rtype: dict
        """
        partner, hospital = visit.partner_id, visit.hospital_id
        states = dict(visit._fields['state']._description_selection(self.env))
        time = self._time(visit.date_start)
        subtitle = [hospital.name] if hospital != partner else []
        if partner.parent_id not in (hospital, partner):
            subtitle.append(partner.parent_id.name)
        subtitle.append(visit.purpose_id.name or visit.objective)
        return {
            'id': visit.id, 'state': visit.state, 'title': partner.name,
            'time': f"{fields.Date.to_string(visit.date)[5:]} {time}" if day else time,
            'subtitle': " · ".join(part for part in subtitle if part), 'grade': partner.grade,
            'phone': partner.phone, 'map': visit.map_url,
            'badge': visit.state != 'planned' and states[visit.state],
            'tone': BADGES.get(visit.state, 'info'),
            'action': self._form('pharma.visit', visit.id),
            'record': visit.state == 'planned' and {'action': {
                'model': 'pharma.visit', 'method': 'action_record', 'ids': visit.ids}},
        }

    # === CYCLE === #

    def _get_cycle_content(self):
        """How far the user is in this cycle, beside how much of it is over."""
        cycle = self.env['pharma.cycle']._get_current()
        mine = Domain('cycle_id', '=', cycle.id) & Domain('user_id', '=', self.env.uid)
        groups = cycle and self.env['pharma.cycle.target']._read_group(
            mine, ['grade'], ['earned:sum', 'interaction_goal:sum', '__count'])
        if not groups:
            return None
        action = self._list('pharma_crm.pharma_cycle_target_action', cycle.name, mine)
        bars = [self._progress(
            self.env._("All"), sum(earned for _grade, earned, _goal, _count in groups),
            sum(goal for _grade, _earned, goal, _count in groups), cycle.elapsed / 100, action)]
        for grade, earned, goal, count in groups:
            bars.append(self._progress(
                self.env._("Grade %(grade)s, %(count)s customers", grade=grade or "–", count=count),
                earned, goal, cycle.elapsed / 100,
                dict(action, domain=list(mine & Domain('grade', '=', grade)))))
        return {'progress': bars}

    def _get_gap_content(self):
        """Important customers of this cycle with whom nothing is planned, the most urgent first."""
        cycle = self.env['pharma.cycle']._get_current()
        if not cycle:
            return None
        Target = self.env['pharma.cycle.target']
        mine = Domain('cycle_id', '=', cycle.id) & Domain('user_id', '=', self.env.uid)
        gaps = mine & Domain('interaction_goal', '!=', 0) & Domain('attainment', '<', 100) & (
            Domain('planned', '=', 0))
        targets = Target.search(
            gaps, order='grade, last_date ASC NULLS FIRST, id', limit=GAPS + 1)
        if not targets and not Target.search_count(mine, limit=1):
            return None
        page = self.env['ir.actions.client']._for_xml_id('pharma_crm.res_partner_action_page')
        return {
            'rows': [self._gap_row(target, page) for target in targets[:GAPS]],
            'buttons': [{
                'key': 'all_gaps', 'label': self.env._("All"), 'icon': 'fa-list',
                'action': self._list('pharma_crm.pharma_cycle_target_action',
                                     self.env._("Targets without a Plan"), gaps),
            }] if len(targets) > GAPS else [],
            'empty': not targets and self.env._("Every open target has a call planned."),
        }

    def _gap_row(self, target, page):
        """A target without a planned call, which opens the customer's page."""
        partner = target.partner_id
        return self._row(
            partner.name, {**page, 'params': {'res_id': partner.id}},
            subtitle=target.hospital_id.name if target.hospital_id != partner else False,
            badge=target.grade, value=f"{target.actual} / {target.goal}",
            button={'key': 'plan', 'label': self.env._("Plan"), 'action': self._form(
                'pharma.visit', default_partner_id=partner.id)})

    # === DAYS === #

    def _get_week_content(self):
        """How many calls are planned on each of the coming days."""
        today = self._get_today()
        days = self._days(fields.Date.add(today, days=1), WEEK_DAYS)
        mine = Domain('user_id', '=', self.env.uid) & Domain('state', '=', 'planned')
        planned = dict(self.env['pharma.visit']._read_group(
            mine & Domain('date', 'in', days), ['date:day'], ['__count']))
        return {
            'figures': [self._figure(
                self._weekday(day), planned.get(day, 0),
                self._list('pharma_crm.pharma_visit_action', self._weekday(day),
                           mine & Domain('date', '=', day)),
                tone='muted' if not planned.get(day) else 'body',
            ) for day in days if day.weekday() < 5 or planned.get(day)],
            'buttons': [{
                'key': 'week', 'label': self.env._("Week Plan"), 'icon': 'fa-calendar',
                'action': {'load': 'pharma_crm.pharma_visit_action_week'},
            }],
        }

    def _get_activity_content(self):
        """What the user is asked to do by today."""
        activities = self.env['mail.activity']
        due = Domain('user_id', '=', self.env.uid) & Domain(
            'date_deadline', '<=', fields.Date.context_today(self))
        found = activities.search(due, order='date_deadline, id', limit=GAPS)
        if not found:
            return None
        return {'rows': [self._row(
            activity.summary or activity.activity_type_id.name,
            self._form(activity.res_model, activity.res_id) if activity.res_model else None,
            subtitle=activity.res_name,
            value=fields.Date.to_string(activity.date_deadline)[5:]) for activity in found]}
