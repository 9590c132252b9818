from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL


class CalendarEvent(models.Model):
    _name = 'calendar.event'
    _inherit = ['calendar.event', 'pharma.access.mixin', 'pharma.customer.mixin']
    _pharma_access_columns = ()

    @api.model
    def _pharma_link_domain(self, mode):
        """Meetings without a hidden customer, and one's own: hidden are those with such a customer
        among the invited, on his page, or on an opportunity of his.
        """
        access = self.env['pharma.access']
        hidden = access._hidden_sql('p', companies=True)
        if not hidden:
            return Domain.TRUE
        self.flush_model(['partner_ids', 'opportunity_id', 'res_model', 'res_id'])
        self.env['crm.lead'].flush_model(['partner_id'])
        own = self.env.user.partner_id.id
        # The relation has no model: its table and columns are those of Odoo's field
        return Domain('user_id', '=', self.env.uid) | Domain('partner_ids', 'in', own) | (
            Domain.custom(to_sql=lambda model, alias, query: SQL(
                """ NOT EXISTS (
                        SELECT FROM (
                            SELECT rel.res_partner_id AS id FROM calendar_event_res_partner_rel rel
                             WHERE rel.calendar_event_id = %(id)s
                             UNION ALL
                            SELECT %(res_id)s WHERE %(res_model)s = 'res.partner'
                             UNION ALL
                            SELECT lead.partner_id FROM crm_lead lead
                             WHERE lead.id = %(lead)s AND lead.id != ALL(ARRAY(%(shared)s))
                             ) linked
                          JOIN res_partner p ON p.id = linked.id
                         WHERE %(hidden)s) """,
                id=SQL.identifier(alias, 'id'), res_id=SQL.identifier(alias, 'res_id'),
                res_model=SQL.identifier(alias, 'res_model'),
                lead=SQL.identifier(alias, 'opportunity_id'),
                shared=access._shared_leads_sql('read'), hidden=hidden)))

    @api.model
    def _pharma_customer_sql(self, alias, within):
        """Meetings with one of the customers among those invited, or on their opportunities."""
        self.flush_model(['partner_ids', 'opportunity_id'])
        self.env['crm.lead'].flush_model(['partner_id'])
        return SQL(
            """ %s = ANY(ARRAY(
                    SELECT rel.calendar_event_id FROM calendar_event_res_partner_rel rel
                     WHERE rel.res_partner_id = ANY(ARRAY(%s))
                     UNION ALL
                    SELECT event.id FROM calendar_event event
                      JOIN crm_lead lead ON lead.id = event.opportunity_id
                     WHERE lead.partner_id = ANY(ARRAY(%s)))) """,
            SQL.identifier(alias, 'id'), within, within)
