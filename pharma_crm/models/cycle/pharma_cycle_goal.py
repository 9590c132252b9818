from odoo import api, fields, models

from ..customer.res_partner import PHARMA_TYPES

# Kinds of customers that people call on as such
TARGET_TYPES = [
    (kind, label) for kind, label in PHARMA_TYPES
    if kind in ('person', 'hospital', 'primary_care', 'pharmacy')]


class PharmaCycleGoal(models.Model):
    """How many calls customers of a grade are to get in a cycle (拜访目标), by product line.

    Goals without a cycle are those that the first cycle of a company begins with.
    """

    _name = 'pharma.cycle.goal'
    _description = "Goal of a Call Cycle"
    _order = 'cycle_id, pharma_type, product_line_id NULLS FIRST, grade, id'
    _rec_name = 'grade'

    _grade_uniq = models.UniqueIndex(
        '(COALESCE(cycle_id, 0), pharma_type, grade, COALESCE(product_line_id, 0))',
        "There is a goal for this grade already.")
    _goal_check = models.Constraint(
        'CHECK(goal >= 0 AND maximum >= goal)',
        "The maximum cannot be less than the goal, nor the goal less than 0.")
    _weight_check = models.Constraint('CHECK(weight >= 0)', "The weight cannot be less than 0.")

    cycle_id = fields.Many2one('pharma.cycle', index=True, ondelete='cascade')
    company_id = fields.Many2one(related='cycle_id.company_id', store=True, index=True)
    pharma_type = fields.Selection(
        TARGET_TYPES, string="Customer Type", required=True, default='person',
        help="Customers of a type are targets once the cycle has goals for it")
    grade = fields.Char(
        string="Customer Grade", required=True,
        help="As the main score model of the customer type names it")
    product_line_id = fields.Many2one(
        'product.category', index='btree_not_null', ondelete='restrict',
        domain=[('is_product_line', '=', True)],
        help="Empty: for product lines without a goal of their own")
    goal = fields.Integer(string="Calls", required=True, aggregator=None)
    maximum = fields.Integer(
        compute='_compute_maximum', store=True, readonly=False, required=True, precompute=True,
        aggregator=None, help="More calls than these do not count")
    weight = fields.Float(
        required=True, default=1.0, digits=(6, 2), aggregator=None, help="Worth of one call")

    @api.depends('goal')
    def _compute_maximum(self):
        for goal in self:
            goal.maximum = max(goal.maximum, goal.goal)

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        goals = super().create(vals_list)
        goals.cycle_id._refresh_later()
        return goals

    def write(self, vals):
        cycles = self.cycle_id
        result = super().write(vals)
        (cycles | self.cycle_id)._refresh_later()
        return result

    def unlink(self):
        cycles = self.cycle_id
        result = super().unlink()
        cycles._refresh_later()
        return result
