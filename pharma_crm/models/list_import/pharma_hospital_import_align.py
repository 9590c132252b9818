from odoo import models

ALIGNMENT_FIELDS = ('territory_id', 'product_line_id', 'source')


class PharmaHospitalImport(models.Model):
    """Territories that a list of hospitals names."""

    _inherit = 'pharma.hospital.import'

    def _may_align(self):
        """Whether the author of the list may align customers: directors and administrators."""
        return self.env['pharma.alignment'].has_access('create')

    def _get_alignments(self, partner_ids):
        """The alignments of customers in the company of the list.

        :param partner_ids: ids of customers
        """
        return self.env['pharma.alignment'].search([
            ('partner_id', 'in', list(partner_ids)), ('company_id', '=', self.company_id.id)])

    def _add_territories(self, customers):
        """Tell the engine where the customers belong today.

        :param customers: list of Customer
        """
        by_id = {customer.id: customer for customer in customers}
        for partner, line, territories in self.env['pharma.alignment']._read_group(
                [('state', '=', 'current'), ('company_id', '=', self.company_id.id)],
                ['partner_id', 'product_line_id'], ['territory_id:array_agg']):
            if partner.id in by_id:
                by_id[partner.id].territories[line.id or 0] = set(territories)

    def _align_customers(self, plan, journals):
        """Align the customers of a plan from today on; what was there before goes to the journal.

        :param Plan plan: whose new customers have their ids
        :param dict journals: {customer id: journal}
        """
        moved = {item.customer.id: item.customer for item in plan.items
                 if item.customer and item.customer.moves}
        before = self._read_alignments(moved)
        targets = {}
        for customer in moved.values():
            for line_id, place in customer.moves.items():
                targets.setdefault((place.id, line_id), []).append(customer.id)
        today = self._get_company_today()
        for (territory_id, line_id), partner_ids in targets.items():
            self.env['pharma.alignment']._align(
                partner_ids, territory_id, line_id or False, today, 'file')
        after = self._read_alignments(moved)
        for partner_id in moved:
            journals.setdefault(partner_id, {})['alignments'] = {
                'old': before.get(partner_id, []), 'new': after.get(partner_id, [])}

    def _read_alignments(self, partner_ids):
        """{customer id: his alignments as a journal holds them}"""
        return {
            partner.id: self._read_dated(alignments, ALIGNMENT_FIELDS)
            for partner, alignments in self._get_alignments(partner_ids).grouped(
                'partner_id').items()}

    def _restore_alignments(self, partner, journal):
        """Give a customer his former territories back, unless they were changed again.

        :param partner: the customer, empty when he is gone
        :param journal: of :meth:`_align_customers`, or nothing
        :return: 1 when they are left as they are
        """
        if not (journal and partner and self._may_align()):
            return int(bool(journal))
        return int(not self._restore_dated(
            self._get_alignments(partner.ids), ALIGNMENT_FIELDS, journal,
            {'partner_id': partner.id}))
