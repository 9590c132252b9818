from odoo import fields, models


class PharmaInfluenceKind(models.Model):
    """Why one person listens to another: superior, teacher, assistant, relative."""

    _name = 'pharma.influence.kind'
    _description = "Kind of Influence"
    _order = 'sequence, id'

    name = fields.Char(required=True, translate=True, help="What the one is to the other")
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    is_sensitive = fields.Boolean(
        string="Private",
        help="Kept only where the company keeps sensitive facts, and seen only by those who may "
             "open the private profiles of both persons")
