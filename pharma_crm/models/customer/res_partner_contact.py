from odoo import models


class ResPartner(models.Model):
    """Statistics of the contacts with a key person."""

    _inherit = 'res.partner'

    def action_view_contact_report(self):
        """Contacts with this person, year by year, as far as the user may see the calls."""
        self.ensure_one()
        action = self.env['ir.actions.act_window']._for_xml_id(
            'pharma_crm.pharma_contact_report_action')
        return {**action, 'domain': [('partner_id', '=', self.id)], 'context': {}}
