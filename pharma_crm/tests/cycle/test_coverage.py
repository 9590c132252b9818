from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..common_territory import TerritoryCase


@tagged('post_install', '-at_install')
class TestCoverage(TerritoryCase):
    """Customers without a territory or a representative, with several, and gaps to come."""

    def _row(self, partner, line=None, user=None):
        """What is told of a customer: finding, territories, people, first day without anybody."""
        self.env.invalidate_all()  # rows of a query know no changes within a transaction
        domain = [('partner_id', '=', partner.id)]
        if line:
            domain.append(('product_line_id', '=', line.id))
        row = self.env['pharma.coverage.report'].with_user(
            user or self.user_director).search(domain)
        row.ensure_one()
        self.assertFalse(row.product_line_id - (line or row.product_line_id))
        return row.status, row.territory_count, row.person_count, row.gap_date

    def test_findings(self):
        """The worst finding is told, the numbers tell all."""
        self.assertEqual(self._row(self.hospital_free), ('no_territory', 0, 0, self.today))
        self.assertEqual(self._row(self.hospital_a), ('no_person', 1, 0, self.today))
        self._assign(self.user_area_manager, self.area_a, role='manager')
        self.assertEqual(self._row(self.hospital_a), ('no_person', 1, 0, self.today))
        self._assign(self.user_representative, self.area_a)
        self.assertEqual(self._row(self.hospital_a), ('covered', 1, 1, False))
        self._assign(self.colleague, self.area_a)
        self.assertEqual(self._row(self.hospital_a), ('several', 1, 2, False))
        self._align(self.hospital_a, self.area_b)
        self.assertEqual(self._row(self.hospital_a), ('overlap', 2, 2, False))

    def test_gaps(self):
        """The first day without anybody, whether the alignment or the assignment ends."""
        assignment = self._assign(self.user_representative, self.area_a, date_to=self._day(9))
        self.assertEqual(self._row(self.hospital_a), ('ending', 1, 1, self._day(10)))
        successor = self._assign(self.colleague, self.area_a, date_from=self._day(10))
        self.assertEqual(self._row(self.hospital_a), ('covered', 1, 1, False))
        successor.date_from = self._day(12)
        self.assertEqual(self._row(self.hospital_a), ('ending', 1, 1, self._day(10)))
        assignment.date_to = False
        self.hospital_a.alignment_ids.date_to = self._day(4)
        self.assertEqual(self._row(self.hospital_a), ('ending', 1, 1, self._day(5)))
        self._align(self.hospital_a, self.area_b, date_from=self._day(5))
        self._assign(self.colleague, self.area_b, date_from=self.today)
        self.assertEqual(self._row(self.hospital_a), ('covered', 1, 1, False))
        self._align(self.hospital_free, self.area_a, date_from=self._day(3))
        self.assertEqual(self._row(self.hospital_free), ('no_territory', 0, 0, self.today))

    def test_lines(self):
        """One row per product line that the company works with; the line's own alignment goes
        before that for all lines."""
        self._assign(self.user_representative, self.area_a, product_line_id=self.line_x.id)
        self.assertEqual(self._row(self.hospital_a, self.line_x), ('covered', 1, 1, False))
        self.assertFalse(self.env['pharma.coverage.report'].search(
            [('product_line_id', '=', self.line_y.id)]))
        self._assign(self.colleague, self.area_b, product_line_id=self.line_y.id)
        self.assertEqual(
            self._row(self.hospital_a, self.line_y), ('no_person', 1, 0, self.today))
        self._align(self.hospital_a, self.area_b, product_line_id=self.line_y.id)
        self.assertEqual(self._row(self.hospital_a, self.line_y), ('covered', 1, 1, False))
        self.assertEqual(self._row(self.hospital_a, self.line_x), ('covered', 1, 1, False))

    def test_what_counts(self):
        """Hospitals as a whole, pharmacies and agents; no departments, no distributors, nothing
        archived."""
        department = self._create_department(self.hospital_a)
        distributor = self._create_distributor()
        self.hospital_b.active = False
        found = self.env['pharma.coverage.report'].search([('partner_id', 'in', (
            self.hospital_a + self.hospital_b + department + distributor).ids)])
        self.assertEqual(found.partner_id, self.hospital_a)

    def test_companies(self):
        """A company without territories has no rows; each sees its own."""
        other = self.env['res.company'].create({'name': "另一家公司"})
        reports = self.env['pharma.coverage.report']
        domain = [('partner_id', '=', self.hospital_a.id)]
        self.assertEqual(reports.search(domain).company_id, self.env.company)
        self._create_territory(name="外地", company_id=other.id)
        rows = reports.search(domain)
        self.assertEqual(rows.company_id, self.env.company + other)
        self.assertEqual(
            rows.filtered(lambda row: row.company_id == other).status, 'no_territory')
        self.assertEqual(
            reports.with_user(self.user_director).search(domain).company_id, self.env.company)

    @mute_logger('odoo.addons.base.models.ir_model')
    def test_rights(self):
        """A manager sees the findings of his customers, in sums too; representatives none."""
        self._assign(self.user_area_manager, self.region, role='manager')
        partners = self.hospital_a + self.hospital_x + self.hospital_free
        domain = [('partner_id', 'in', partners.ids)]
        for user, seen in ((self.user_area_manager, self.hospital_a),
                           (self.user_director, partners), (self.user_steward, partners)):
            reports = self.env['pharma.coverage.report'].with_user(user)
            self.assertEqual(set(reports.search(domain).partner_id.ids), set(seen.ids))
            self.assertEqual(
                sum(count for _status, count in reports._read_group(
                    domain, ['status'], ['__count'])), len(seen))
        for user in (self.user_representative, self.user_service, self.user_portal):
            with self.assertRaises(AccessError):
                self.env['pharma.coverage.report'].with_user(user).search([])
