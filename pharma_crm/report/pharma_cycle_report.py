from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..models.cycle.pharma_cycle_target import sum_attainment
from ..models.territory.pharma_territory import TERRITORY_LEVELS

# Keeps territories and people apart in one number
FACTOR = 1000000


class PharmaCycleReport(models.Model):
    """What of the goals of a cycle is reached, by territory with all below it, and by person.

    Made of the targets that the reader may see, nothing else: the attainment of a territory is
    what was earned out of the interaction goals of all below it.
    """

    _name = 'pharma.cycle.report'
    _description = "Attainment of Call Goals"
    _auto = False
    _rec_name = 'name'
    _order = 'cycle_id DESC, name, id'
    _depends = {
        'pharma.cycle.target': [
            'actual', 'cycle_id', 'earned', 'interaction_goal', 'partner_id', 'planned', 'problem',
            'territory_id', 'user_id'],
        'pharma.territory': ['complete_name', 'level', 'parent_id', 'parent_path'],
    }

    name = fields.Char(string="Territory or Person", readonly=True)
    cycle_id = fields.Many2one('pharma.cycle', readonly=True)
    territory_id = fields.Many2one('pharma.territory', readonly=True)
    parent_id = fields.Many2one('pharma.territory', string="Belongs To", readonly=True)
    level = fields.Selection(TERRITORY_LEVELS, readonly=True)
    user_id = fields.Many2one(
        'res.users', string="Representative", readonly=True,
        help="Empty: the territory with all below it")
    people_count = fields.Integer(string="People", readonly=True, aggregator=None)
    target_count = fields.Integer(string="Number of Targets", readonly=True, aggregator=None)
    problem_count = fields.Integer(string="To Mend", readonly=True, aggregator=None)
    actual = fields.Integer(string="Calls Made", readonly=True, aggregator=None)
    planned = fields.Integer(string="Calls Planned", readonly=True, aggregator=None)
    interaction_goal = fields.Float(readonly=True, digits=(16, 2), aggregator=None)
    earned = fields.Float(readonly=True, digits=(16, 2), aggregator=None)
    attainment = fields.Float(
        string="Attainment (%)", readonly=True, digits=(16, 1), aggregator='avg')
    elapsed = fields.Float(related='cycle_id.elapsed')
    gap = fields.Float(
        string="Ahead of Time (%)", compute='_compute_gap', digits=(16, 1),
        help="Attainment less the share of working time that has passed")

    @property
    def _table_query(self):
        """A row per cycle and territory, and one per person in it."""
        targets = self.env['pharma.cycle.target']
        # Who may not read any has an empty report
        query = targets._search([('territory_id', '!=', False)]) if (
            targets.has_access('read')) else targets.sudo()._search(Domain.FALSE)
        visible = query.select(*(
            SQL.identifier(query.table, name)
            for name in ('cycle_id', 'territory_id', 'user_id', 'actual', 'planned',
                         'interaction_goal', 'earned', 'problem')))
        return SQL(
            """ WITH person AS MATERIALIZED (
                SELECT cycle_id, territory_id, user_id, COUNT(*) AS target_count,
                       COUNT(problem) AS problem_count, SUM(actual) AS actual,
                       SUM(planned) AS planned, SUM(interaction_goal) AS interaction_goal,
                       SUM(earned) AS earned
                  FROM (%(visible)s) visible
                 GROUP BY cycle_id, territory_id, user_id),
            summed AS (
                SELECT cycle_id, territory_id, user_id, 1 AS people_count, target_count,
                       problem_count, actual, planned, interaction_goal, earned
                  FROM person
             UNION ALL
                SELECT p.cycle_id, above.id, NULL, COUNT(DISTINCT p.user_id), SUM(p.target_count),
                       SUM(p.problem_count), SUM(p.actual), SUM(p.planned),
                       SUM(p.interaction_goal), SUM(p.earned)
                  FROM person p
                  JOIN pharma_territory below ON below.id = p.territory_id
                  JOIN pharma_territory above
                    ON above.id = ANY(string_to_array(TRIM('/' FROM below.parent_path), '/')::int[])
                 GROUP BY p.cycle_id, above.id)
                SELECT (s.cycle_id * %(factor)s::bigint + s.territory_id) * %(factor)s
                           + COALESCE(s.user_id, 0) AS id,
                       CASE WHEN s.user_id IS NULL THEN t.complete_name
                            ELSE t.complete_name || ' / ' || who.name END AS name,
                       t.parent_id, t.level, s.*,
                       COALESCE(s.earned * 100 / NULLIF(s.interaction_goal, 0), 0) AS attainment
                  FROM summed s
                  JOIN pharma_territory t ON t.id = s.territory_id
             LEFT JOIN res_users u ON u.id = s.user_id
             LEFT JOIN res_partner who ON who.id = u.partner_id """,
            visible=visible, factor=FACTOR)

    @api.depends('attainment', 'cycle_id')
    def _compute_gap(self):
        for row in self:
            row.gap = row.attainment - row.cycle_id.elapsed if row.interaction_goal else 0

    @api.model
    def _read_group_select(self, aggregate_spec, query):
        if aggregate_spec == 'attainment:avg':
            return sum_attainment(self, query)
        return super()._read_group_select(aggregate_spec, query)

    # === ACTIONS === #

    def action_view_targets(self):
        """The targets behind a row."""
        self.ensure_one()
        action = self.env['ir.actions.act_window']._for_xml_id(
            'pharma_crm.pharma_cycle_target_action')
        domain = [('cycle_id', '=', self.cycle_id.id)]
        if self.user_id:
            domain += [('territory_id', '=', self.territory_id.id),
                       ('user_id', '=', self.user_id.id)]
        else:
            domain += [('territory_id', 'child_of', self.territory_id.id)]
        return {**action, 'domain': domain, 'context': {}, 'display_name': self.name}
