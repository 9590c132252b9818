from odoo import api, models
from odoo.fields import Domain


class PharmaWorkReport(models.Model):
    """Sections of work reports about goals, support, and what a manager's people did."""

    _inherit = 'pharma.work.report'

    @api.model
    def _get_sections(self):
        env = self.env
        return super()._get_sections() | {
            'attainment': env._("Attainment of the Cycle"),
            'support': env._("Requests for Support"),
            'team': env._("My People"),
        }

    def _section_attainment(self):
        """Per grade, as far as it was last calculated, with the working time that has passed."""
        targets = self.env['pharma.cycle.target']
        if not targets.has_access('read'):
            return []
        blocks = []
        # Who reads his targets may know their cycle
        cycles = self.env['pharma.cycle'].sudo().search([
            ('company_id', '=', self.company_id.id), ('state', '!=', 'draft'),
            ('date_from', '<=', self.date_to), ('date_to', '>=', self.date_from)])
        for cycle in cycles.sorted('date_from'):
            domain = Domain('cycle_id', '=', cycle.id) & Domain('user_id', '=', self.user_id.id)
            rows = targets._read_group(
                domain, ['grade'],
                ['__count', 'goal:sum', 'actual:sum', 'planned:sum', 'attainment:avg'],
                order='grade')
            if not rows:
                continue
            [[total]] = targets._read_group(domain, [], ['attainment:avg'])
            blocks += [
                self._block_figures([
                    (self.env._("Cycle"), cycle.name),
                    (self.env._("Attainment"), f"{total or 0:.0f} %"),
                    (self.env._("Working Time Elapsed"), f"{cycle.elapsed:.0f} %")]),
                self._block_table(
                    [self.env._("Customer Grade"), self.env._("Customers"),
                     self.env._("Calls Wanted"),
                     self.env._("Calls Made"), self.env._("Calls Planned"),
                     self.env._("Attainment")],
                    [[grade or '–', number, goal or 0, actual or 0, planned or 0,
                      f"{attained:.0f} %" if attained is not None else '–']
                     for grade, number, goal, actual, planned, attained in rows])]
        return blocks

    def _section_support(self):
        """What was asked, answered or brought to an end in the period, and what is still open."""
        requests = self.env['pharma.support.request']
        if not requests.has_access('read'):
            return []
        begin, end = self._get_moments()
        mine = Domain('user_id', '=', self.user_id.id) | Domain('manager_id', '=', self.user_id.id)
        moved = Domain('state', '=', 'open') & Domain('asked_at', '<', end)
        for name in ('asked_at', 'answered_at', 'done_at'):
            moved |= Domain(name, '>=', begin) & Domain(name, '<', end)
        found = requests.search(mine & moved, order='id')
        return [self._block_table(
            [self.env._("What For"), self.env._("Customer"), self.env._("By"),
             self.env._("Asked Of"), self.env._("State"), self.env._("It Brought")],
            [[request.name, request.partner_id.name, request.user_id.name,
              request.manager_id.name, self._label(request, 'state'),
              request.outcome or self._label(request, 'outcome_result')] for request in found])]

    def _section_team(self):
        """Everybody whom a manager leads: what he did, and where a word is needed."""
        days = self.env['pharma.work.day']
        if not days.has_access('read'):
            return []
        rows = []
        found = days.search([
            ('date', '>=', self.date_from), ('date', '<=', self.date_to),
            ('company_id', '=', self.company_id.id), ('user_id', '!=', self.user_id.id)])
        for user, part in found.grouped('user_id').items():
            rows.append([
                user.name, *(sum(part.mapped(name)) for name in (
                    'planned_count', 'done_count', 'missed_count', 'todo_count')),
                "；".join(dict.fromkeys(part.filtered('attention').mapped('attention')))])
        rows.sort(key=lambda row: (not row[-1], row[0]))
        return [self._block_table(
            [self.env._("Team Member"), self.env._("Planned"), self.env._("Done"),
             self.env._("Missed"), self.env._("To Review"), self.env._("Word Needed")], rows)]
