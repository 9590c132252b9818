from datetime import timedelta

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain

WEEKS = 6
ROWS = 10
TOP_GRADES = ('A', 'B')


class PharmaTeamMember(models.Model):
    """One page of a person for his managers: plan against what was done, calls, gaps, customers,
    figures. Other addons add sections.
    """

    _inherit = 'pharma.team.member'

    @api.model
    def get_person_page(self, user_id):
        """What the page of a person shows to one of his managers.

        :param int user_id: the person
        :return: ``{'head': dict, 'sections': [dict]}``; a section has key, name, and of ``figures``
            (label, value, action), ``weeks`` (label, planned, done, missed, unplanned) and ``rows``
            (text, sub, badge, tone, action) what there is
        :rtype: dict
        :raise AccessError: who does not manage the person
        """
        self.check_access('read')
        members = self.search([('user_id', '=', int(user_id))])
        if not members:
            raise AccessError(self.env._("This page is for the managers of the person."))
        member = members[0]
        sections = [getattr(member, f'_get_page_{key}')() for key in member._get_page_keys()]
        return {'head': member._get_page_head(), 'sections': [row for row in sections if row]}

    def _get_page_keys(self):
        """The sections in their order; each has a method ``_get_page_<key>``.

        :rtype: list(str)
        """
        return ['month', 'weeks', 'gaps', 'flags', 'calls', 'customers', 'figures']

    def _get_page_head(self):
        # sudo: name and contact of a colleague
        user = self.user_id.sudo()
        roles = dict(self._fields['role']._description_selection(self.env))
        return {
            'id': user.id, 'name': user.name, 'role': roles[self.role],
            'territory': self.territory_id.name, 'phone': user.phone or '',
            'email': user.email or ''}

    # === HELPERS === #

    def _calls(self, *domain):
        return Domain([('user_id', '=', self.user_id.id), *domain])

    def _month(self):
        today = self.env['pharma.access']._get_today()
        return today + relativedelta(day=1), today + relativedelta(day=31)

    def _open_rows(self, model, name, domain, views=('list', 'form'), **values):
        """An action that opens the rows of a figure."""
        return {
            'type': 'ir.actions.act_window', 'res_model': model, 'name': name,
            'domain': list(domain), 'views': [(False, view) for view in views],
            'context': {'create': False}, **values}

    def _open_record(self, record):
        return {'type': 'ir.actions.act_window', 'res_model': record._name, 'res_id': record.id,
                'views': [(False, 'form')]}

    # === SECTIONS === #

    def _get_page_month(self):
        """Calls, quality and review of this month."""
        first, last = self._month()
        month = [('date', '>=', first), ('date', '<=', last)]
        Visit, env = self.env['pharma.visit'], self.env
        rows = Visit._read_group(
            self._calls(*month), ['state', 'is_planned'], ['__count', 'quality:avg'])
        done = sum(count for state, _planned, count, _quality in rows if state == 'done')
        unplanned = sum(count for state, planned, count, _quality in rows
                        if state == 'done' and not planned)
        points = sum((quality or 0) * count for state, _planned, count, quality in rows
                     if state == 'done')

        def figure(label, value, *domain):
            return {'label': label, 'value': value,
                    'action': self._open_rows('pharma.visit', label, self._calls(*domain))}
        todo = Visit.search_count(self._calls(('review_state', '=', 'todo')))
        return {'key': 'month', 'name': env._("This Month"), 'figures': [
            figure(env._("Calls Made"), done, *month, ('state', '=', 'done')),
            figure(env._("Not Planned"), unplanned, *month, ('state', '=', 'done'),
                   ('is_planned', '=', False)),
            figure(env._("Still Planned"), sum(row[2] for row in rows if row[0] == 'planned'),
                   *month, ('state', '=', 'planned')),
            figure(env._("Missed"), sum(row[2] for row in rows if row[0] == 'missed'),
                   *month, ('state', '=', 'missed')),
            figure(env._("Quality"), round(points / done, 1) if done else "–", *month,
                   ('state', '=', 'done')),
            figure(env._("To Review"), todo, ('review_state', '=', 'todo')),
        ]}

    def _get_page_weeks(self):
        """Plan against what was done, by week."""
        today = self.env['pharma.access']._get_today()
        monday = today - timedelta(days=today.weekday())
        weeks = {
            monday - timedelta(weeks=number): dict.fromkeys(
                ('planned', 'done', 'missed', 'unplanned'), 0) for number in range(WEEKS)}
        first = min(weeks)
        for day, state, is_planned, count in self.env['pharma.visit']._read_group(
                self._calls(('date', '>=', first), ('date', '<=', monday + timedelta(days=6))),
                ['date:day', 'state', 'is_planned'], ['__count']):
            week = weeks[day - timedelta(days=day.weekday())]
            if is_planned and state != 'cancelled':
                week['planned'] += count
            if state == 'done':
                week['done' if is_planned else 'unplanned'] += count
            elif state == 'missed':
                week['missed'] += count
        return {'key': 'weeks', 'name': self.env._("Plan and Result"), 'weeks': [
            {'date': fields.Date.to_string(day), **weeks[day]} for day in sorted(weeks)]}

    def _targets(self, *domain):
        today = self.env['pharma.access']._get_today()
        return Domain([
            ('user_id', '=', self.user_id.id), ('cycle_id.state', '=', 'open'),
            ('cycle_id.date_from', '<=', today), ('cycle_id.date_to', '>=', today), *domain])

    def _get_page_gaps(self):
        """Important customers whom nobody called on yet in this cycle."""
        Target = self.env['pharma.cycle.target']
        domain = self._targets(
            ('grade', 'in', TOP_GRADES), ('goal', '>', 0), ('actual', '=', 0),
            ('is_left', '=', False))
        count = Target.search_count(domain)
        name = self.env._("A and B without a Call in This Cycle")
        return {
            'key': 'gaps', 'name': name, 'count': count,
            'action': self._open_rows('pharma.cycle.target', name, domain, ('list',)),
            'rows': [{
                'text': target.partner_id.display_name, 'badge': target.grade, 'tone': 'primary',
                'sub': self.env._("%(planned)s planned of %(goal)s", planned=target.planned,
                                  goal=target.goal),
                'date': target.last_date and fields.Date.to_string(target.last_date),
                'action': self._open_record(target.partner_id),
            } for target in Target.search(domain, order='grade, planned, id', limit=ROWS)]}

    def _get_page_flags(self):
        """What is to be talked about."""
        Flag = self.env['pharma.visit.flag']
        domain = self._calls(('state', '=', 'open'))
        count = Flag.search_count(domain)
        name = self.env._("Remarks to Talk About")
        kinds = dict(Flag._fields['kind']._description_selection(self.env))
        return {
            'key': 'flags', 'name': name, 'count': count,
            'action': self._open_rows('pharma.visit.flag', name, domain),
            'rows': [{
                'text': flag.evidence, 'badge': kinds[flag.kind], 'tone': 'warning',
                'date': fields.Date.to_string(flag.date), 'action': self._open_record(flag),
            } for flag in Flag.search(domain, limit=ROWS)]}

    def _get_page_calls(self):
        """The latest calls."""
        name = self.env._("Latest Calls")
        domain = self._calls(('state', '=', 'done'))
        appraisals = dict(
            self.env['pharma.visit']._fields['appraisal']._description_selection(self.env))
        return {
            'key': 'calls', 'name': name,
            'action': self._open_rows('pharma.visit', name, domain),
            'rows': [{
                'text': visit.partner_id.display_name, 'sub': visit.summary or '',
                'badge': appraisals.get(visit.appraisal) or f'{visit.quality:g}',
                'tone': 'success' if visit.review_state == 'reviewed' else 'secondary',
                'date': fields.Date.to_string(visit.date), 'action': self._open_record(visit),
            } for visit in self.env['pharma.visit'].search(
                domain, order='date_start DESC, id DESC', limit=ROWS)]}

    def _get_page_customers(self):
        """Customers of this cycle by grade: how many, and how many were seen."""
        Target = self.env['pharma.cycle.target']
        domain = self._targets()
        seen = dict(Target._read_group(domain & Domain('actual', '>', 0), ['grade'], ['__count']))
        rows = Target._read_group(domain, ['grade'], ['__count', 'attainment:avg'], order='grade')
        name = self.env._("Customers of This Cycle")
        return rows and {
            'key': 'customers', 'name': name,
            'action': self._open_rows('pharma.cycle.target', name, domain, ('list',)),
            'rows': [{
                'text': self.env._("%(seen)s of %(all)s seen", seen=seen.get(grade, 0), all=count),
                'sub': self.env._("Attainment %s %%", f'{attainment or 0:.0f}'),
                'badge': grade or "–", 'tone': 'primary',
                'action': self._open_rows(
                    'pharma.cycle.target', name, domain & Domain('grade', '=', grade), ('list',)),
            } for grade, count, attainment in rows]}

    def _get_page_figures(self):
        """What came of it: opportunities and orders."""
        first, last = self._month()
        env, figures = self.env, []
        leads = [('user_id', '=', self.user_id.id), ('type', '=', 'opportunity'),
                 ('won_status', '=', 'pending')]
        orders = [('user_id', '=', self.user_id.id), ('state', '=', 'sale'),
                  ('date_order', '>=', first), ('date_order', '<', last + timedelta(days=1))]
        shows, name = env['pharma.access']._shows, env._("Opportunities")
        if shows('crm.lead'):
            figures.append({
                'label': name, 'value': env['crm.lead'].search_count(leads),
                'action': self._open_rows('crm.lead', name, leads)})
        if shows('crm.lead') and env['pharma.access']._sees_figures():
            [[revenue]] = env['crm.lead']._read_group(leads, [], ['expected_revenue:sum'])
            figures.append({
                'label': env._("Expected Revenue"), 'value': f'{revenue or 0:,.0f}',
                'action': self._open_rows('crm.lead', name, leads)})
        if shows('sale.order'):
            [[amount]] = env['sale.order']._read_group(orders, [], ['amount_untaxed:sum'])
            name = env._("Orders of This Month")
            figures.append({
                'label': name, 'value': f'{amount or 0:,.0f}',
                'action': self._open_rows('sale.order', name, orders)})
        return {'key': 'figures', 'name': env._("Figures"), 'figures': figures}
