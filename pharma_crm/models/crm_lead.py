from odoo import models


class CrmLead(models.Model):
    _inherit = 'crm.lead'

    def _prepare_partner_name_from_partner(self, partner):
        if partner._is_below_hospital() and partner.parent_id:
            # The company of a doctor is his hospital, not his department
            return {'partner_name': partner.sudo().commercial_partner_id.name}
        return super()._prepare_partner_name_from_partner(partner)

    def _prepare_address_values_from_partner(self, partner):
        source = partner._get_address_partner() if partner else partner
        return super()._prepare_address_values_from_partner(source)
