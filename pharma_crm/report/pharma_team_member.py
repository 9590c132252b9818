from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.tools import SQL

from ..models.territory.pharma_territory_assignment import ASSIGNMENT_ROLES


class PharmaTeamMember(models.Model):
    """The people whom the current user manages today, with their figures of this month: one row
    per person and territory.
    """

    _name = 'pharma.team.member'
    _description = "Person of the Team"
    _inherit = ['pharma.team.mixin']
    _auto = False
    _rec_name = 'user_id'
    _order = 'territory_id, user_id'
    _depends = {
        'pharma.territory.assignment': [
            'company_id', 'date_from', 'date_to', 'product_line_id', 'role', 'territory_id',
            'user_id'],
    }

    user_id = fields.Many2one(string="Team Member", required=False, readonly=True, default=None)
    company_id = fields.Many2one(required=False, default=None)
    territory_id = fields.Many2one(compute=None, store=True, readonly=True, help="")
    product_line_id = fields.Many2one(compute=None, store=True, readonly=True, help="")
    role = fields.Selection(ASSIGNMENT_ROLES, readonly=True)
    planned_count = fields.Integer(
        string="Still Planned", compute='_compute_figures',
        help="Calls of this month that are neither made nor missed")
    done_count = fields.Integer(string="Calls Made", compute='_compute_figures')
    missed_count = fields.Integer(string="Calls Missed", compute='_compute_figures')
    quality = fields.Float(compute='_compute_figures', digits=(5, 1), aggregator=None)
    todo_count = fields.Integer(string="To Review", compute='_compute_figures')
    flag_count = fields.Integer(string="Open Remarks", compute='_compute_figures')
    attainment = fields.Float(
        string="Attainment (%)", compute='_compute_figures', digits=(5, 1), aggregator=None)
    last_date = fields.Date(string="Last Call", compute='_compute_figures')

    @property
    def _table_query(self):
        today = self.env['pharma.access']._get_today()
        return SQL(
            """ SELECT DISTINCT ON (g.user_id, g.territory_id) g.id, g.user_id, g.company_id,
                       g.territory_id, g.product_line_id, g.role
                  FROM pharma_territory_assignment g
                 WHERE g.role != 'product_manager' AND g.date_from <= %(today)s
                   AND (g.date_to IS NULL OR g.date_to >= %(today)s)
              ORDER BY g.user_id, g.territory_id, g.date_from, g.id """, today=today)

    # === FIGURES === #

    @api.depends('user_id')
    @api.depends_context('uid', 'allowed_company_ids')
    def _compute_figures(self):
        """Of this month, by what the reader may see; as many queries for one as for all."""
        today = self.env['pharma.access']._get_today()
        first, last = today + relativedelta(day=1), today + relativedelta(day=31)
        people = [('user_id', 'in', self.user_id.ids)]
        Visit = self.env['pharma.visit']
        states, quality, dates = {}, {}, {}
        for user, state, count, average, latest in Visit._read_group(
                [*people, ('date', '>=', first), ('date', '<=', last)], ['user_id', 'state'],
                ['__count', 'quality:avg', 'date:max']):
            states[user.id, state] = count
            if state == 'done':
                quality[user.id], dates[user.id] = average, latest
        todo = self._count(Visit, [*people, ('review_state', '=', 'todo')])
        flags = self._count(
            self.env['pharma.visit.flag'], [*people, ('state', '=', 'open')])
        attainment = dict(self.env['pharma.cycle.target']._read_group(
            [*people, ('cycle_id.state', '=', 'open'), ('cycle_id.date_from', '<=', today),
             ('cycle_id.date_to', '>=', today)], ['user_id'], ['attainment:avg']))
        for member in self:
            user_id = member.user_id.id
            member.planned_count = states.get((user_id, 'planned'), 0)
            member.done_count = states.get((user_id, 'done'), 0)
            member.missed_count = states.get((user_id, 'missed'), 0)
            member.quality = quality.get(user_id) or 0
            member.last_date = dates.get(user_id, False)
            member.todo_count = todo.get(member.user_id, 0)
            member.flag_count = flags.get(member.user_id, 0)
            member.attainment = attainment.get(member.user_id) or 0

    def _count(self, model, domain):
        """How many records of people there are, by person."""
        return dict(model._read_group(domain, ['user_id'], ['__count']))

    # === ACTIONS === #

    def action_view_page(self):
        """Open the page of this person.

        :rtype: dict
        """
        self.ensure_one()
        action = self.env['ir.actions.client']._for_xml_id(
            'pharma_crm.pharma_team_member_action_page')
        return {**action, 'params': {'user_id': self.user_id.id}}
