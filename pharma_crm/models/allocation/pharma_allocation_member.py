from odoo import fields, models


class PharmaAllocationMember(models.Model):
    """Somebody who gets leads in turn, more or less often than the others."""

    _name = 'pharma.allocation.member'
    _description = "Person in Turn"
    _order = 'rule_id, sequence, id'
    _rec_name = 'user_id'

    _user_uniq = models.Constraint(
        'UNIQUE(rule_id, user_id)', "This person is among them already.")
    _weight_check = models.Constraint(
        'CHECK(weight BETWEEN 0 AND 20)', "Weights go from 0, pauses, to 20.")

    rule_id = fields.Many2one(
        'pharma.allocation.rule', required=True, index=True, ondelete='cascade')
    company_id = fields.Many2one(related='rule_id.company_id', store=True, index=True)
    sequence = fields.Integer(default=10)
    user_id = fields.Many2one(
        'res.users', string="Team Member", required=True, index=True, ondelete='cascade',
        domain="[('share', '=', False)]")
    weight = fields.Integer(
        required=True, default=1, help="2 gets twice as many leads as 1; 0 pauses")
