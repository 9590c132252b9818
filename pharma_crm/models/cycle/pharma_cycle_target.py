from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from ...tools import cycle as engine

PROBLEMS = [
    ('no_grade', "No Grade"),
    ('no_goal', "No Goal for This Grade"),
]
# What managers say of a target, and what they name when they add one
GOAL_FIELDS = frozenset({'goal', 'maximum', 'weight'})
KEY_FIELDS = frozenset({'cycle_id', 'user_id', 'partner_id'})


def sum_attainment(model, query):
    """Attainment of several rows: of their sums, for that of a team is not the mean of that of its
    people.

    :param model: with the fields ``earned`` and ``interaction_goal``
    :param Query query: of the model
    :return: percent, NULL where nothing is wanted
    :rtype: SQL
    """
    earned, wanted = (
        model._field_to_sql(model._table, name, query) for name in ('earned', 'interaction_goal'))
    return SQL("SUM(%s) * 100 / NULLIF(SUM(%s), 0)", earned, wanted)


class PharmaCycleTarget(models.Model):
    """How often a person is to call on a customer in a cycle, and how far that is done (目标客户).

    Made from alignments and grades; managers add customers and change goals, and what they enter
    by hand stays. Figures are written by the calculation alone.
    """

    _name = 'pharma.cycle.target'
    _description = "Call Target"
    _inherit = ['pharma.team.mixin', 'pharma.access.mixin', 'pharma.customer.mixin']
    _order = 'cycle_id DESC, grade, id'
    _rec_name = 'partner_id'

    _target_uniq = models.UniqueIndex(
        '(cycle_id, user_id, partner_id)', "This person has this target in the cycle already.")
    _goal_check = models.Constraint(
        'CHECK(goal >= 0 AND maximum >= goal)',
        "The maximum cannot be less than the goal, nor the goal less than 0.")
    _weight_check = models.Constraint('CHECK(weight >= 0)', "The weight cannot be less than 0.")
    _territory_idx = models.Index('(cycle_id, territory_id)')

    cycle_id = fields.Many2one(
        'pharma.cycle', required=True, index=True, ondelete='cascade',
        default=lambda self: self.env['pharma.cycle']._get_current())
    company_id = fields.Many2one(
        related='cycle_id.company_id', store=True, precompute=True, default=None)
    partner_id = fields.Many2one(
        'res.partner', string="Customer", required=True, index=True, ondelete='cascade',
        domain=[('pharma_type', '!=', False)])
    hospital_id = fields.Many2one(
        'res.partner', string="Hospital or Pharmacy", compute='_compute_hospital_id', store=True,
        precompute=True, index='btree_not_null', ondelete='set null')
    grade = fields.Char(string="Customer Grade", readonly=True)
    goal = fields.Integer(string="Calls Wanted")
    maximum = fields.Integer(
        compute='_compute_maximum', store=True, readonly=False, precompute=True,
        help="More calls than these do not count")
    weight = fields.Float(
        default=1.0, digits=(6, 2), aggregator=None, help="Worth of one call")
    actual = fields.Integer(string="Calls Made", readonly=True)
    planned = fields.Integer(string="Calls Planned", readonly=True)
    last_date = fields.Date(
        string="Last Call", readonly=True, help="Of this person, in any cycle")
    interaction_goal = fields.Float(
        compute='_compute_measures', store=True, digits=(16, 2), help="Calls wanted × weight")
    earned = fields.Float(
        compute='_compute_measures', store=True, digits=(16, 2),
        help="Calls made, at most the maximum, × weight")
    attainment = fields.Float(
        string="Attainment (%)", compute='_compute_measures', store=True, digits=(16, 2),
        aggregator='avg', help="Earned out of the interaction goal; of several: of their sums")
    problem = fields.Selection(PROBLEMS, string="To Mend", readonly=True)
    is_manual = fields.Boolean(string="Added by Hand", readonly=True, default=True)
    is_goal_manual = fields.Boolean(string="Goal Changed by Hand", readonly=True)
    is_left = fields.Boolean(
        string="No Longer Theirs", readonly=True,
        help="The customer belongs to somebody else by now: no more calls are wanted than were "
             "made")
    # the customer's, to search by
    pharma_type = fields.Selection(related='partner_id.pharma_type', string="Customer Type")
    specialty_id = fields.Many2one(related='partner_id.specialty_id')
    elapsed = fields.Float(related='cycle_id.elapsed', aggregator=None)

    # === COMPUTES === #

    @api.depends('partner_id')
    def _compute_hospital_id(self):
        for target in self:
            target.hospital_id = target.partner_id.commercial_partner_id

    @api.depends('goal')
    def _compute_maximum(self):
        for target in self:
            target.maximum = max(target.maximum, target.goal)

    @api.depends('goal', 'maximum', 'weight', 'actual')
    def _compute_measures(self):
        for target in self:
            target.interaction_goal, target.earned, target.attainment = engine.measure(
                target.goal, target.maximum, target.weight, target.actual)

    @api.depends('user_id', 'hospital_id', 'cycle_id')
    def _compute_territory(self):
        return super()._compute_territory()

    def _get_team_date(self):
        return self.cycle_id._get_day() if self.cycle_id else super()._get_team_date()

    def _get_team_customer(self):
        return self.hospital_id

    @api.model
    def _read_group_select(self, aggregate_spec, query):
        if aggregate_spec == 'attainment:avg':
            return sum_attainment(self, query)
        return super()._read_group_select(aggregate_spec, query)

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_fields(vals, KEY_FIELDS | GOAL_FIELDS)
        vals_list = [
            dict(vals, is_manual=True, is_goal_manual='goal' in vals) for vals in vals_list]
        targets = super().create(vals_list)
        targets._check_managed()
        for cycle, added in targets.grouped('cycle_id').items():
            cycle._refresh(added.user_id.ids)
        return targets

    def write(self, vals):
        self._check_fields(vals, GOAL_FIELDS)
        self._check_managed()
        if GOAL_FIELDS.isdisjoint(vals):
            return super().write(vals)
        vals = dict(vals, is_goal_manual=True, problem=False)
        # In one statement: the database refuses a goal above the maximum even for a moment
        low = self.filtered(lambda target: 'goal' in vals and 'maximum' not in vals
                            and target.maximum < vals['goal'])
        if low:
            super(PharmaCycleTarget, low).write(dict(vals, maximum=vals['goal']))
        return super(PharmaCycleTarget, self - low).write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_only_manual(self):
        self._check_managed()
        if not self.env.su and not all(self.mapped('is_manual')):
            raise UserError(self.env._(
                "This target follows from the alignment and would come back: set its goal to 0."))

    def _check_fields(self, vals, allowed):
        """Refuse what is calculated.

        :raise AccessError: for a value that nobody enters
        """
        if not self.env.su and not allowed.issuperset(vals):
            raise AccessError(self.env._("Only goal, maximum and weight are set by hand."))

    def _check_managed(self):
        """Refuse changes of one's own goals, and of cycles that are over.

        :raise AccessError: for one's own goals
        :raise UserError: for targets of a closed cycle
        """
        if self.env.su:
            return
        if self.env.user in self.user_id and not self.env['pharma.access']._sees_all_people():
            raise AccessError(self.env._("Your own goals are changed by your manager."))
        closed = self.cycle_id.filtered(lambda cycle: cycle.state == 'closed')
        if closed:
            raise UserError(self.env._("%s is closed: its goals stay as they are.", closed[0].name))

    # === ACTIONS === #

    def action_view_visits(self):
        """The calls that count for this target, and those planned."""
        self.ensure_one()
        action = self.env['ir.actions.act_window']._for_xml_id('pharma_crm.pharma_visit_action')
        return {**action, 'context': {}, 'domain': [
            ('user_id', '=', self.user_id.id), ('state', 'in', ['done', 'planned']),
            ('date', '>=', self.cycle_id.date_from), ('date', '<=', self.cycle_id.date_to),
            '|', ('partner_id', '=', self.partner_id.id),
            ('person_ids', 'in', self.partner_id.ids)]}
