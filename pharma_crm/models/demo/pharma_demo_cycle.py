from dateutil.relativedelta import relativedelta

from odoo import models

from ...tools import cycle as engine
from .pharma_demo import DEMO_MODULE

# grade -> calls a month: what two representatives can do; the other grades have no goal
GOALS = {'A': 2}


class PharmaDemo(models.AbstractModel):
    _inherit = 'pharma.demo'

    def _load_masters(self):
        result = super()._load_masters()
        self._load_cycle()
        return result

    def _load_cycle(self):
        """The cycle of last month, closed, and that of this month with its targets."""
        # Grades are given at the end of the transaction, targets need them now
        self.env['pharma.score']._score_waiting()
        today = self.env['pharma.access']._get_today()
        for name, day in (('cycle_last', today - relativedelta(months=1)),
                          ('cycle_current', today)):
            first, last = engine.month_of(day)
            cycles = self.env['pharma.cycle']
            if self._get(name) or cycles.search_count(
                    cycles._overlap_domain(self.env.company, first, last), limit=1):
                continue  # it is there, or the company has its own
            cycle = self._make('pharma.cycle', {name: {
                'company_id': self.env.company.id, 'date_from': first, 'date_to': last}})[name]
            for goal in cycle.goal_ids:
                goal.goal = GOALS.get(goal.grade, 0)
            cycle.state = 'open'
            cycle._refresh()
            if last < today:
                cycle.state = 'closed'
        self._load_goal_by_hand()

    def _load_goal_by_hand(self):
        """One goal that the area manager raised: a customer to win back."""
        target = self.env['pharma.cycle.target'].search(
            [('cycle_id', '=', self._get('cycle_current').id), ('grade', '=', 'B')], limit=1
        ) if self._get('cycle_current') else None
        if target and not target.is_goal_manual:
            target.goal = 3

    def _remove_documents(self):
        # Cycles that were opened cannot be deleted, and targets keep people
        data = self.env['ir.model.data'].search([('module', '=', DEMO_MODULE)])
        users = data.filtered(lambda entry: entry.model == 'res.users').mapped('res_id')
        self.env['pharma.cycle.target'].search([('user_id', 'in', users)]).unlink()
        cycles = data.filtered(lambda entry: entry.model == 'pharma.cycle').mapped('res_id')
        self.env['pharma.cycle'].browse(cycles).exists().state = 'draft'
        return super()._remove_documents()
