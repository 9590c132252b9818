from odoo import fields, models


class PharmaChangeRefusal(models.TransientModel):
    """Why a change request is refused, and which customer a new one is the same as."""

    _name = 'pharma.change.refusal'
    _description = "Refusal of a Change Request"
    _rec_name = 'reason'

    request_id = fields.Many2one(
        'pharma.change.request', required=True, readonly=True, ondelete='cascade')
    is_new = fields.Boolean(related='request_id.is_new')
    partner_id = fields.Many2one(related='request_id.partner_id')
    suspect_ids = fields.Many2many(related='request_id.suspect_ids')
    same_as_id = fields.Many2one(
        'res.partner', ondelete='cascade',
        domain="[('pharma_type', '!=', False), ('id', '!=', partner_id)]",
        help="The customer is in our data already")
    reason = fields.Text(required=True)

    def action_refuse(self):
        """Refuse with this reason; a new customer that is there already is merged next."""
        self.ensure_one()
        request = self.request_id
        request._refuse(self.reason, self.same_as_id)
        if request.is_new and request.may_merge:
            return request.action_merge()
        return {'type': 'ir.actions.act_window_close'}
