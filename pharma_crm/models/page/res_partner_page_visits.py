from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from .res_partner_page import ROWS

# Days of which the page counts calls
RECENT = 90


class PharmaVisit(models.Model):
    _inherit = 'pharma.visit'

    @api.model
    def _pharma_customer_sql(self, alias, within):
        """Calls on one of the customers, or in which one of them was met."""
        self.flush_model(['partner_id', 'person_ids'])
        return SQL(
            "(%s = ANY(ARRAY(%s)) OR %s = ANY(ARRAY("
            "SELECT met.visit_id FROM pharma_visit_person_rel met"
            " WHERE met.partner_id = ANY(ARRAY(%s)))))",
            SQL.identifier(alias, 'partner_id'), within, SQL.identifier(alias, 'id'), within)

    @api.model
    def default_get(self, fields):
        """A call that is entered from a customer's page begins as one that was planned does."""
        values = super().default_get(fields)
        if self.env.context.get('pharma_prefill') and values.get('partner_id'):
            visit = self.new({'partner_id': values['partner_id'], 'user_id': self.env.uid})
            values |= {name: value for name, value in visit._get_usual_values().items()
                       if name in fields and not values.get(name)}
        return values


class ResPartner(models.Model):
    """Calls on the customer's 360° page, on its time line and on the form."""

    _inherit = 'res.partner'

    visit_count = fields.Integer(
        string="Number of Calls", compute='_compute_visit_count',
        groups='pharma_crm.group_pharma_crm_person')

    @api.depends_context('uid', 'allowed_company_ids')
    def _compute_visit_count(self):
        """Of one customer at a time, on its form: all below it count as well."""
        visits = self.env['pharma.visit']
        seen = visits.has_access('read')
        for customer in self:
            customer.visit_count = seen and bool(customer._origin) and visits.search_count(
                customer._origin._get_page_domain())

    def action_view_visits(self):
        """Open the calls on this customer and on everybody below."""
        self.ensure_one()
        return {
            **self.env['ir.actions.act_window']._for_xml_id('pharma_crm.pharma_visit_action'),
            'domain': self._get_page_domain(), 'context': {'default_partner_id': self.id}}

    # === PAGE === #

    def _get_page_sections(self):
        return [
            *super()._get_page_sections(),
            {'key': 'visits', 'title': self.env._("Calls"), 'model': 'pharma.visit',
             'icon': 'fa-handshake-o', 'sequence': 15, 'content': self._page_visits},
        ]

    def _page_visits(self):
        domain, visits = self._get_page_domain(), self.env['pharma.visit']
        today = fields.Date.context_today(self)
        since = today - timedelta(days=RECENT)
        held = visits.search([*domain, ('state', '=', 'done')], limit=ROWS)
        planned = visits.search([*domain, ('state', '=', 'planned')],
                                order='date_start, id', limit=ROWS)
        recent = [*domain, ('state', '=', 'done'), ('date', '>=', since)]
        coming = planned.filtered(lambda visit: visit.date >= today)[:1]
        action = self._page_list('pharma_crm.pharma_visit_action', self.env._("Calls"), domain)
        return {
            'figures': [
                self._page_figure(
                    self.env._("Last Call"), held[:1].date, 'date', timeline=['visit'],
                    note=self._page_distance(held[0].date) if held else ""),
                self._page_figure(
                    self.env._("Next Call"), coming.date, 'date',
                    action=self._page_record(coming) if coming else None,
                    note=self._page_distance(coming.date) if coming else ""),
                self._page_figure(
                    self.env._("In %s Days", RECENT), visits.search_count(recent),
                    action={**action, 'domain': recent}),
            ],
            'rows': [self._get_visit_row(visit, today)
                     for visit in (*planned[:2], *held)[:ROWS]],
            'empty': self.env._("No call was planned or recorded yet."),
            'action': action,
        }

    def _get_visit_row(self, visit, today):
        late = visit.state == 'planned' and visit.date < today
        return self._page_row(
            visit.result_id.name or visit.purpose_id.name or visit._get_channel(),
            self._page_record(visit), value=self._page_day(visit.date),
            subtitle=" · ".join(filter(None, (
                visit.user_id.name, self._get_about(visit.partner_id), visit._get_channel()))),
            tone='danger' if late else None,
            badge=self.env._("Planned") if visit.state == 'planned' else None)

    def _get_page_buttons(self):
        buttons = super()._get_page_buttons()
        if not self.pharma_type or not self.env['pharma.visit'].has_access('create'):
            return buttons
        label = self.env._("Record Call")
        view_id = self.env['ir.model.data']._xmlid_to_res_id(
            'pharma_crm.pharma_visit_view_form_record')
        return [*buttons, {
            'key': 'pharma_visit', 'label': label, 'icon': 'fa-handshake-o', 'action': {
                **self._page_form('pharma.visit', label), 'views': [[view_id, 'form']],
                'target': 'new',
                'context': {'default_partner_id': self.id, 'pharma_prefill': True}}}]

    def _get_last_contact(self, types):
        dates = [super()._get_last_contact(types)]
        if self.env['pharma.visit'].has_access('read'):
            dates += self.env['pharma.visit']._read_group(
                self._get_page_domain(state='done'), [], ['date_start:max'])[0]
        return max(filter(None, dates), default=None)

    def _get_next_contact_figure(self, planned, meeting, planned_action, today):
        visit = self.env['pharma.visit']
        if visit.has_access('read'):
            visit = visit.search(
                [*self._get_page_domain(state='planned'), ('date', '>=', today)],
                order='date_start, id', limit=1)
        if visit and (not planned or visit.date < planned):
            planned, planned_action = visit.date, self._page_record(visit)
        return super()._get_next_contact_figure(planned, meeting, planned_action, today)

    # === TIME LINE === #

    def _get_timeline_sources(self):
        return [
            *super()._get_timeline_sources(),
            {'key': 'visit', 'label': self.env._("Calls"), 'icon': 'fa-handshake-o',
             'model': 'pharma.visit', 'entries': self._timeline_visits},
        ]

    def _timeline_visits(self, cursor, limit):
        domain = self._get_page_domain(state='done')
        return [self._timeline_entry(
            'visit', visit, visit.date_start,
            self.env._("Call: %s", visit.purpose_id.name or visit._get_channel()),
            icon='fa-handshake-o', who=visit.user_id.name or "", text=visit.summary or "",
            badge=visit.result_id.name or visit._get_channel(),
            tone='success' if visit.result_id.is_reached else 'info',
            about=self._get_about(visit.partner_id), action=self._page_record(visit))
            for visit in self._search_timeline(
                cursor, limit, 'visit', 'pharma.visit', domain, 'date_start',
                ['user_id', 'purpose_id', 'result_id', 'channel', 'summary', 'partner_id'])]
