from odoo import fields, models

from ..models.allocation.pharma_allocation import DECLINE_REASONS


class PharmaAllocationDecline(models.TransientModel):
    """Why somebody declines a lead."""

    _name = 'pharma.allocation.decline'
    _description = "Decline a Lead"
    _rec_name = 'note'

    lead_id = fields.Many2one('crm.lead', required=True, readonly=True, ondelete='cascade')
    reason = fields.Selection(DECLINE_REASONS, required=True, default='busy')
    note = fields.Char(string="In Your Words")

    def action_decline(self):
        """Decline with this reason; who may is checked by the lead."""
        self.ensure_one()
        self.check_access('write')
        self.lead_id._decline(self.reason, self.note)
        action = self.env['ir.actions.act_window']._for_xml_id(
            'pharma_crm.pharma_allocation_action')
        return {**action, 'target': 'main'}
