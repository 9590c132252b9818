from odoo import api, fields, models


class PharmaDelegation(models.Model):
    """A person acts for another one for some days: he sees and does what that one may with his
    customers.
    """

    _name = 'pharma.delegation'
    _description = "Delegation"
    _inherit = ['pharma.period.mixin']
    _order = 'date_from DESC, id DESC'

    _dates_check = models.Constraint(
        'CHECK(date_to >= date_from)', "A delegation cannot end before it begins.")
    _persons_check = models.Constraint(
        'CHECK(user_id != delegate_id)', "A person cannot act for himself.")

    user_id = fields.Many2one(
        'res.users', string="Person Away", required=True, index=True, ondelete='cascade',
        default=lambda self: self.env.user, domain=[('share', '=', False)])
    delegate_id = fields.Many2one(
        'res.users', required=True, index=True, ondelete='cascade',
        domain=[('share', '=', False)])
    company_id = fields.Many2one(
        'res.company', required=True, index=True, default=lambda self: self.env.company)
    date_to = fields.Date(required=True)
    reason = fields.Char()

    @api.depends('user_id', 'delegate_id')
    def _compute_display_name(self):
        for delegation in self:
            names = (delegation.user_id.name, delegation.delegate_id.name)
            delegation.display_name = " → ".join(name for name in names if name)
