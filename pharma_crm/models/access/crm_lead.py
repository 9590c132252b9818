from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL


class CrmLead(models.Model):
    _name = 'crm.lead'
    _inherit = ['crm.lead', 'pharma.access.mixin', 'pharma.customer.mixin']
    _pharma_access_lead = 'id'

    pharma_shared = fields.Boolean(
        compute='_compute_pharma_shared', search='_search_pharma_shared',
        export_string_translation=False, groups='base.group_user')
    pharma_shared_work = fields.Boolean(
        compute='_compute_pharma_shared', search='_search_pharma_shared_work',
        export_string_translation=False, groups='base.group_user')

    @api.depends_context('uid')
    def _compute_pharma_shared(self):
        for name in ('pharma_shared', 'pharma_shared_work'):
            shared = set(self._search([('id', 'in', self._origin.ids), (name, '=', True)]))
            for lead in self:
                lead[name] = lead._origin.id in shared

    @api.model
    def _search_pharma_shared(self, operator, value):
        """Opportunities that a colleague shares with the current user."""
        return self._shared_domain('read') if operator == 'in' else NotImplemented

    @api.model
    def _search_pharma_shared_work(self, operator, value):
        """Those that he may work on."""
        return self._shared_domain('work') if operator == 'in' else NotImplemented

    @api.model
    def _shared_domain(self, mode):
        access = self.env['pharma.access']
        access._flush()
        return Domain.custom(to_sql=lambda model, alias, query: SQL(
            "%s = ANY(ARRAY(%s))", SQL.identifier(alias, 'id'), access._shared_leads_sql(mode)))

    def _prepare_partner_name_from_partner(self, partner):
        if partner._is_below_hospital() and partner.parent_id:
            # The company of a doctor is his hospital, not his department
            return {'partner_name': partner.sudo().commercial_partner_id.name}
        return super()._prepare_partner_name_from_partner(partner)

    def _prepare_address_values_from_partner(self, partner):
        source = partner._get_address_partner() if partner else partner
        return super()._prepare_address_values_from_partner(source)

    def action_share(self):
        """Open the dialog that shares this opportunity with a colleague."""
        self.ensure_one()
        action = self.env['ir.actions.act_window']._for_xml_id(
            'pharma_crm.pharma_share_action_new')
        return {**action, 'context': {'default_lead_id': self.id}}
