from odoo import fields, models


class PharmaStakeholderRole(models.Model):
    """A part that people play in a decision: decides, advises, uses, blocks (决策角色)."""

    _name = 'pharma.stakeholder.role'
    _description = "Role in a Decision"
    _order = 'sequence, id'

    _weight_check = models.Constraint(
        'CHECK(weight BETWEEN 1 AND 10)', "Weights go from 1 to 10.")

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    weight = fields.Integer(
        string="Usual Weight", required=True, default=3,
        help="What persons with this role begin with, from 1 to 10")
    description = fields.Char(translate=True)
