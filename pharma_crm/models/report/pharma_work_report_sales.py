from datetime import datetime, time, timedelta

import pytz

from odoo import models


class PharmaWorkReport(models.Model):
    """Sections of work reports about what came of the work: opportunities and orders."""

    _inherit = 'pharma.work.report'

    def _get_moments(self):
        """Beginning and end of the period in UTC, the end not within.

        :rtype: tuple(datetime.datetime, datetime.datetime)
        """
        zone = pytz.timezone(self.with_company(self.company_id).env['pharma.access']._get_zone())
        return tuple(
            zone.localize(datetime.combine(day, time())).astimezone(pytz.utc).replace(tzinfo=None)
            for day in (self.date_from, self.date_to + timedelta(days=1)))

    def _section_opportunities(self):
        """Each opportunity of the person whose stage changed: from which to which."""
        leads = self.env['crm.lead']
        if not leads.has_access('read'):
            return []
        begin, end = self._get_moments()
        leads = leads.with_context(active_test=False).search([
            ('user_id', '=', self.user_id.id), ('company_id', 'in', (self.company_id.id, False)),
            ('date_last_stage_update', '>=', begin)])
        # sudo: what Odoo noted of opportunities that the person may read
        moves = self.env['mail.tracking.value'].sudo().search([
            ('field_id', '=', self.env['ir.model.fields'].sudo()._get('crm.lead', 'stage_id').id),
            ('mail_message_id.model', '=', 'crm.lead'),
            ('mail_message_id.res_id', 'in', leads.ids),
            ('mail_message_id.date', '>=', begin), ('mail_message_id.date', '<', end)],
            order='id')
        rows, money = [], self.env['pharma.access']._sees_figures()
        for lead_id, steps in moves.grouped(lambda move: move.mail_message_id.res_id).items():
            lead = leads.browse(lead_id)
            rows.append([
                lead.name, lead.partner_id.name or '', steps[0].old_value_char or '',
                steps[-1].new_value_char or '',
                *([round(lead.expected_revenue, 2)] if money else [])])
        columns = [self.env._("Opportunity"), self.env._("Customer"), self.env._("From Stage"),
                   self.env._("To Stage")]
        if money:
            columns.append(self.env._("Expected Revenue"))
        return [self._block_table(columns, rows)]

    def _section_orders(self):
        """Confirmed orders of the person by customer."""
        orders = self.env['sale.order']
        if not self.env['pharma.access']._shows('sale.order'):
            return []
        begin, end = self._get_moments()
        rows = [
            [partner.name, number, round(amount, 2)]
            for partner, number, amount in orders._read_group(
                [('user_id', '=', self.user_id.id), ('company_id', '=', self.company_id.id),
                 ('state', '=', 'sale'), ('date_order', '>=', begin), ('date_order', '<', end)],
                ['partner_id'], ['__count', 'amount_untaxed:sum'])]
        rows.sort(key=lambda row: -row[2])
        return [self._block_table(
            [self.env._("Customer"), self.env._("Orders"), self.env._("Untaxed Amount")], rows)]
