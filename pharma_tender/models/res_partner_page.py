from odoo import models

from odoo.addons.pharma_crm.models.page.res_partner_page import ROWS

BUYERS = ('hospital', 'primary_care', 'pharmacy', 'group')


class ResPartner(models.Model):
    """Tenders that a customer organises, on its 360° page."""

    _inherit = 'res.partner'

    def _get_page_sections(self):
        return [*super()._get_page_sections(), {
            'key': 'tenders', 'title': self.env._("Tenders"), 'model': 'pharma.tender',
            'icon': 'fa-gavel', 'sequence': 75, 'content': self._page_tenders}]

    def _page_tenders(self):
        if self.pharma_type not in BUYERS:
            return None
        tenders, domain = self.env['pharma.tender'], self._get_page_domain()
        running = [*domain, ('results_public', '=', False)]
        label = self.env._("Tenders")

        def action(rows):
            return self._page_list('pharma_tender.pharma_tender_action', label, rows)

        return {
            'figures': [
                self._page_figure(
                    self.env._("Running"), tenders.search_count(running), action=action(running)),
                self._page_figure(
                    self.env._("In All"), tenders.search_count(domain), action=action(domain)),
            ],
            'rows': [self._page_row(
                tender.name, self._page_record(tender), badge=tender.stage_id.name,
                subtitle=tender.kind_id.name,
                value=self._page_day(tender.date_submission) if tender.date_submission else "")
                for tender in tenders.search(
                    domain, order='date_submission DESC NULLS LAST, id DESC', limit=ROWS)],
            'empty': self.env._("No tender of this customer."),
            'action': action(domain),
        }
