from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL


class CalendarEvent(models.Model):
    _name = 'calendar.event'
    _inherit = ['calendar.event', 'pharma.access.mixin', 'pharma.customer.mixin']
    _pharma_access_columns = ()

    @api.model
    def _search_pharma_access(self, operator, value):
        """Meetings without a hidden customer among those invited, and one's own."""
        if operator != 'in':
            return NotImplemented
        hidden = self.env['pharma.access']._hidden_sql('p')
        if not hidden:
            return Domain.TRUE
        own = self.env.user.partner_id.id
        # The relation has no model: its table and columns are those of Odoo's field
        return Domain('user_id', '=', self.env.uid) | Domain('partner_ids', 'in', own) | (
            Domain.custom(to_sql=lambda model, alias, query: SQL(
                """ NOT EXISTS (SELECT FROM calendar_event_res_partner_rel rel
                                  JOIN res_partner p ON p.id = rel.res_partner_id
                                 WHERE rel.calendar_event_id = %s AND %s) """,
                SQL.identifier(alias, 'id'), hidden)))

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
