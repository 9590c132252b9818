from odoo import fields, models
from odoo.exceptions import UserError


class PharmaDataErase(models.TransientModel):
    """Asks the director who decides on an erasure to write the number of the record."""

    _name = 'pharma.data.erase'
    _description = "Erase a Person"

    request_id = fields.Many2one(
        'pharma.data.request', required=True, readonly=True, ondelete='cascade')
    plan = fields.Html(related='request_id.plan')
    partner_number = fields.Integer(related='request_id.partner_number')
    number = fields.Integer(
        string="Confirmation", help="Write the number of the record: this cannot be undone")

    def action_erase(self):
        """Erase the person of the request."""
        self.ensure_one()
        if self.number != self.partner_number:
            raise UserError(self.env._(
                "Write the number of the record, %s, to confirm.", self.partner_number))
        self.request_id._erase()
        return {'type': 'ir.actions.act_window_close'}
