from odoo import fields, models
from odoo.tools import SQL

from ..models.customer.res_partner import HOSPITAL_LEVELS
from ..models.territory.pharma_alignment import ALIGNMENT_TYPES

COVERAGE_STATUSES = [
    ('no_territory', "No Territory"),
    ('no_person', "Nobody in the Territory"),
    ('overlap', "Several Territories"),
    ('several', "Several Representatives"),
    ('ending', "Ends, and Nobody After"),
    ('covered', "Covered"),
]


class PharmaCoverageReport(models.Model):
    """Whether every customer has one territory and one representative for every product line.

    One row per customer and product line that the company works with; a company that does not
    divide its people and customers by line has one row per customer. A row tells the worst of its
    findings; the numbers tell all of them.
    """

    _name = 'pharma.coverage.report'
    _description = "Coverage"
    _inherit = ['pharma.access.mixin']
    _auto = False
    _rec_name = 'partner_id'
    _order = 'status, partner_id, product_line_id'
    _depends = {
        'res.partner': [
            'active', 'commercial_partner_id', 'company_id', 'hospital_level', 'pharma_city_id',
            'pharma_type', 'state_id'],
        'pharma.alignment': [
            'company_id', 'date_from', 'date_to', 'partner_id', 'product_line_id',
            'territory_id'],
        'pharma.territory': ['active', 'company_id'],
        'pharma.territory.assignment': [
            'company_id', 'date_from', 'date_to', 'product_line_id', 'role', 'territory_id',
            'user_id'],
    }

    partner_id = fields.Many2one('res.partner', string="Customer", readonly=True)
    product_line_id = fields.Many2one('product.category', readonly=True)
    company_id = fields.Many2one('res.company', readonly=True)
    state_id = fields.Many2one('res.country.state', string="Province", readonly=True)
    pharma_city_id = fields.Many2one('pharma.division', string="City", readonly=True)
    pharma_type = fields.Selection(ALIGNMENT_TYPES, string="Customer Type", readonly=True)
    hospital_level = fields.Selection(HOSPITAL_LEVELS, readonly=True)
    territory_id = fields.Many2one(
        'pharma.territory', readonly=True, help="Of today; the first one if there are several")
    user_id = fields.Many2one(
        'res.users', string="Representative", readonly=True,
        help="Of today; the first one if there are several")
    territory_count = fields.Integer(string="Number of Territories", readonly=True, aggregator=None)
    person_count = fields.Integer(
        string="Number of Representatives", readonly=True, aggregator=None)
    gap_date = fields.Date(
        string="Nobody From", readonly=True, help="The first day without a representative")
    status = fields.Selection(COVERAGE_STATUSES, readonly=True)

    @property
    def _table_query(self):
        """Rows of every customer and line with what covers them.

        Days are compared as ranges: of the days from today on, those on which an alignment and an
        assignment of its territory hold are taken away; the first that is left is the gap.
        """
        today = self.env['pharma.access']._get_today()
        return SQL(
            """ WITH used AS (%(used)s),
                     cover AS (%(cover)s),
                     best AS (
              SELECT partner_id, number, gaps,
                     CASE WHEN own_territories > 0 THEN own_territories ELSE all_territories END
                         AS territories,
                     COALESCE(own_territory, all_territory) AS territory_id,
                     CASE WHEN own_territories > 0 THEN own_people ELSE all_people END AS people,
                     CASE WHEN own_territories > 0 THEN own_person ELSE all_person END AS user_id
                FROM cover)
              SELECT p.id * 10000::bigint + used.number AS id, p.id AS partner_id,
                     used.product_line_id, used.company_id, p.state_id, p.pharma_city_id,
                     p.pharma_type, p.hospital_level, c.territory_id, c.user_id,
                     COALESCE(c.territories, 0) AS territory_count,
                     COALESCE(c.people, 0) AS person_count,
                     CASE WHEN c.partner_id IS NULL THEN %(today)s::date
                          ELSE lower(c.gaps) END AS gap_date,
                     CASE WHEN COALESCE(c.territories, 0) = 0 THEN 'no_territory'
                          WHEN c.people = 0 THEN 'no_person'
                          WHEN c.territories > 1 THEN 'overlap'
                          WHEN c.people > 1 THEN 'several'
                          WHEN NOT isempty(c.gaps) THEN 'ending'
                          ELSE 'covered' END AS status
                FROM res_partner p
                JOIN used ON p.company_id IS NULL OR p.company_id = used.company_id
           LEFT JOIN best c ON c.partner_id = p.id AND c.number = used.number
               WHERE p.active AND p.pharma_type = ANY(%(types)s)
                 AND p.commercial_partner_id = p.id """,
            used=self._used_sql(), cover=self._cover_sql(today), today=today,
            types=[kind for kind, _label in ALIGNMENT_TYPES])

    def _used_sql(self):
        """Query of the product lines that each company with territories works with, numbered."""
        return SQL(
            """ SELECT company.id AS company_id, line.id AS product_line_id,
                       row_number() OVER (ORDER BY company.id, line.id) AS number
                  FROM (SELECT DISTINCT company_id AS id FROM pharma_territory WHERE active) company
             LEFT JOIN (SELECT company_id, product_line_id AS id FROM pharma_alignment
                         WHERE product_line_id IS NOT NULL
                         UNION
                        SELECT company_id, product_line_id FROM pharma_territory_assignment
                         WHERE product_line_id IS NOT NULL) line ON line.company_id = company.id """
        )

    def _cover_sql(self, today):
        """Query of what covers customers, from today on, by line.

        As in the attribution of figures, alignments for the line itself (``own_…``) go before those
        for all lines (``all_…``).

        :param datetime.date today: the company's day
        """
        return SQL(
            """ SELECT a.partner_id, used.number, %(counts)s,
                       datemultirange(daterange(%(today)s, NULL)) - COALESCE(range_agg(
                           daterange(a.date_from, a.date_to, '[]')
                           * daterange(g.date_from, g.date_to, '[]')
                       ) FILTER (WHERE g.id IS NOT NULL), '{}'::datemultirange) AS gaps
                  FROM pharma_alignment a
                  JOIN used ON used.company_id = a.company_id AND (
                       a.product_line_id IS NULL OR a.product_line_id = used.product_line_id)
             LEFT JOIN pharma_territory_assignment g ON g.territory_id = a.territory_id
                   AND g.role = 'representative' AND (g.date_to IS NULL OR g.date_to >= %(today)s)
                   AND (g.product_line_id IS NULL OR g.product_line_id = used.product_line_id)
                 WHERE a.date_to IS NULL OR a.date_to >= %(today)s
              GROUP BY a.partner_id, used.number """,
            today=today, counts=SQL(", ").join(
                self._counts_sql(today, prefix, condition) for prefix, condition in (
                    ('own_', SQL("a.product_line_id IS NOT NULL")),
                    ('all_', SQL("a.product_line_id IS NULL")))))

    def _counts_sql(self, today, prefix, condition):
        """Columns of the territories and people of today.

        :param str prefix: of the columns' names
        :param SQL condition: on the alignment ``a``
        """
        return SQL(
            """ count(DISTINCT a.territory_id) FILTER (WHERE %(here)s) AS %(territories)s,
                min(a.territory_id) FILTER (WHERE %(here)s) AS %(territory)s,
                count(DISTINCT g.user_id) FILTER (WHERE %(here)s AND g.date_from <= %(today)s)
                    AS %(people)s,
                min(g.user_id) FILTER (WHERE %(here)s AND g.date_from <= %(today)s) AS %(person)s
            """,
            here=SQL("a.date_from <= %s AND %s", today, condition), today=today,
            **{name: SQL.identifier(prefix + name)
               for name in ('territories', 'territory', 'people', 'person')})
