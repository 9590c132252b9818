from odoo import fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..models.customer.res_partner import HOSPITAL_LEVELS, PHARMA_TYPES, TERMINAL_TYPES

# Months in which an order of ours shows that we are present
MONTHS = 12
# A row's number is the same for every reader, and exact in a browser: 53 bits
NUMBER_MASK = 2 ** 53 - 1


class PharmaAgentOpening(models.Model):
    """Which terminals an agent could open for us: where he works with others' products, or near
    where he does, with how many products of ours are there already.

    A row is an agent and a terminal. What is counted are the agent's terminals that the reader
    sees; that is why the query asks who he is.
    """

    _name = 'pharma.agent.opening'
    _description = "Terminal That an Agent Could Open"
    _inherit = ['pharma.access.mixin', 'pharma.customer.mixin']
    _auto = False
    _rec_name = 'partner_id'
    _order = 'reason, monthly_quantity DESC, id'
    _pharma_access_columns = ('partner_id', 'agent_id')
    _depends = {
        'pharma.agent.product': [
            'agent_id', 'company_id', 'date_from', 'date_to', 'is_ours', 'monthly_quantity',
            'partner_id', 'product_id'],
        'res.partner': [
            'active', 'commercial_partner_id', 'company_id', 'hospital_level', 'pharma_city_id',
            'pharma_county_id', 'pharma_type', 'state_id', 'territory_id'],
        'product.template': ['sale_ok'],
        'sale.order': ['company_id', 'date_order', 'partner_id', 'state'],
        'sale.order.line': ['order_id', 'product_id'],
    }

    agent_id = fields.Many2one('res.partner', readonly=True)
    partner_id = fields.Many2one('res.partner', string="Terminal", readonly=True)
    company_id = fields.Many2one('res.company', readonly=True)
    pharma_type = fields.Selection(PHARMA_TYPES, string="Customer Type", readonly=True)
    hospital_level = fields.Selection(HOSPITAL_LEVELS, readonly=True)
    state_id = fields.Many2one('res.country.state', string="Province", readonly=True)
    pharma_city_id = fields.Many2one('pharma.division', string="City", readonly=True)
    pharma_county_id = fields.Many2one('pharma.division', string="County", readonly=True)
    territory_id = fields.Many2one('pharma.territory', readonly=True)
    reason = fields.Selection([
        ('1', "Sells Others' Products Here"),
        ('2', "Sells in the Same County"),
        ('3', "Sells in the Same City"),
    ], readonly=True)
    product_count = fields.Integer(
        string="Products of Others", readonly=True, aggregator=None,
        help="That he sells here, in this county or in this city")
    terminal_count = fields.Integer(
        string="His Terminals Near", readonly=True, aggregator=None,
        help="In this county or city; 1: he is here")
    monthly_quantity = fields.Float(
        string="Packs per Month", digits='Product Unit', readonly=True, aggregator=None,
        help="What he sells of others' products here, in this county or in this city")
    own_count = fields.Integer(
        string="Products of Ours Here", readonly=True, aggregator=None,
        help="That an agent works with here, or that were sold here in the last 12 months")
    missing_product_id = fields.Many2one(
        'product.template', string="Without Our Product", store=False,
        search='_search_missing_product_id')

    def _search_missing_product_id(self, operator, value):
        """Terminals where these products of ours are not present."""
        if operator != 'in':
            return NotImplemented
        products = [id_ for id_ in value if id_]
        return Domain.custom(to_sql=lambda model, alias, query: SQL(
            "NOT EXISTS (SELECT FROM (%s) there JOIN res_partner p"
            " ON p.commercial_partner_id = there.partner_id"
            " WHERE p.id = %s AND there.product_id = ANY(%s))",
            self._present_sql(), SQL.identifier(alias, 'partner_id'), products))

    @property
    def _table_query(self):
        """Rows of every agent with the terminals that he works at and those near them.

        His nearest reason counts: at the terminal, in its county, in its city.
        """
        return SQL(
            """ WITH work AS (%(work)s),
                     present AS MATERIALIZED (%(present)s),
                     near AS (%(near)s),
                     found AS (
                  SELECT DISTINCT ON (p.id, near.agent_id, near.company_id)
                         p.id AS partner_id, p.pharma_type, p.hospital_level, p.state_id,
                         p.pharma_city_id, p.pharma_county_id, p.territory_id,
                         p.commercial_partner_id, near.*
                    FROM res_partner p
              CROSS JOIN LATERAL (VALUES ('1', p.id), ('2', p.pharma_county_id),
                                         ('3', p.pharma_city_id)) AS spot(reason, place_id)
                    JOIN near USING (reason, place_id)
                   WHERE p.active AND p.pharma_type = ANY(%(types)s)
                     AND (p.company_id IS NULL OR p.company_id = near.company_id)
                ORDER BY p.id, near.agent_id, near.company_id, near.reason)
              SELECT hashtextextended(concat_ws('/', f.partner_id, f.agent_id, f.company_id), 0)
                         & %(mask)s AS id,
                     f.partner_id, f.agent_id, f.company_id, f.pharma_type, f.hospital_level,
                     f.state_id, f.pharma_city_id, f.pharma_county_id, f.territory_id, f.reason,
                     f.product_count, f.terminal_count, f.monthly_quantity,
                     COALESCE(own.product_count, 0) AS own_count
                FROM found f
           LEFT JOIN (SELECT partner_id, company_id, count(DISTINCT product_id) AS product_count
                        FROM present GROUP BY partner_id, company_id) own
                     ON own.partner_id = f.commercial_partner_id
                     AND own.company_id = f.company_id """,
            work=self._work_sql(), present=self._present_sql(), types=list(TERMINAL_TYPES),
            near=self._near_sql(), mask=NUMBER_MASK)

    def _near_sql(self):
        """Query of what an agent does at each terminal, in each county and in each city."""
        return SQL(
            """ SELECT agent_id, company_id, reason, place_id,
                       count(DISTINCT product_id) AS product_count,
                       count(DISTINCT partner_id) AS terminal_count,
                       sum(monthly_quantity) AS monthly_quantity
                  FROM work
            CROSS JOIN LATERAL (VALUES ('1', partner_id), ('2', county_id), ('3', city_id))
                       AS spot(reason, place_id)
                 WHERE place_id IS NOT NULL
              GROUP BY agent_id, company_id, reason, place_id """)

    def _work_sql(self):
        """Query of what agents do today with others' products, at the terminals that the current
        user sees.
        """
        access = self.env['pharma.access']
        visible = access._link_sql('p') or SQL("TRUE")
        return SQL(
            """ SELECT a.agent_id, a.company_id, a.partner_id, a.product_id, a.monthly_quantity,
                       p.pharma_county_id AS county_id, p.pharma_city_id AS city_id
                  FROM pharma_agent_product a
                  JOIN res_partner p ON p.id = a.partner_id
                 WHERE a.is_ours IS NOT TRUE AND %(today)s AND %(visible)s """,
            today=self._today_sql(), visible=visible)

    def _today_sql(self):
        """Condition that a line ``a`` of an agent holds today."""
        today = self.env['pharma.access']._get_today()
        return SQL("(a.date_from IS NULL OR a.date_from <= %s)"
                   " AND (a.date_to IS NULL OR a.date_to >= %s)", today, today)

    def _present_sql(self):
        """Hook: query of where our products are: an agent works with them, or we sold them to the
        hospital as a whole in the last 12 months.

        :return: query of ``(partner_id, product_id, company_id)``: hospitals as a whole, whichever
            campus or department it was
        :rtype: SQL
        """
        since = fields.Date.subtract(self.env['pharma.access']._get_today(), months=MONTHS)
        return SQL(
            """ SELECT p.commercial_partner_id AS partner_id, a.product_id, a.company_id
                  FROM pharma_agent_product a
                  JOIN res_partner p ON p.id = a.partner_id
                 WHERE a.is_ours AND %(today)s
             UNION ALL
                SELECT p.commercial_partner_id, v.product_tmpl_id, o.company_id
                  FROM sale_order o
                  JOIN sale_order_line l ON l.order_id = o.id
                  JOIN product_product v ON v.id = l.product_id
                  JOIN res_partner p ON p.id = o.partner_id
                 WHERE o.state = 'sale' AND o.date_order >= %(since)s """,
            today=self._today_sql(), since=since)

    def action_view_agent_products(self):
        """Open what the agent works with at this terminal, and near it."""
        self.ensure_one()
        action = self.env['ir.actions.act_window']._for_xml_id(
            'pharma_crm.pharma_agent_product_action')
        near = {
            '1': Domain('partner_id', '=', self.partner_id.id),
            '2': Domain('partner_id.pharma_county_id', '=', self.pharma_county_id.id),
            '3': Domain('partner_id.pharma_city_id', '=', self.pharma_city_id.id),
        }[self.reason]
        return {**action, 'context': {}, 'domain': list(
            near & Domain('agent_id', '=', self.agent_id.id) & Domain('is_current', '=', True))}
