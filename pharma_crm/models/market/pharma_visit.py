from odoo import models


class PharmaVisit(models.Model):
    """News that were heard in a call."""

    _inherit = 'pharma.visit'

    def action_report_news(self):
        """Open the short form of market news, filled with what the call says."""
        self.ensure_one()
        person = self.person_ids[:1]
        if self.partner_id.pharma_type == 'person':
            person = self.partner_id
        action = self.env['ir.actions.act_window']._for_xml_id(
            'pharma_crm.pharma_intelligence_action_quick')
        return {**action, 'context': {
            'default_visit_id': self.id, 'default_source': 'call',
            'default_partner_id': self.hospital_id.id, 'default_informant_id': person.id}}
