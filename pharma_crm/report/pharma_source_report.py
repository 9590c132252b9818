from odoo import fields, models
from odoo.tools import SQL

from ..models.customer.res_partner import PHARMA_TYPES


class PharmaSourceReport(models.Model):
    """What became of the customers that a source brought.

    One row per customer, per opportunity and per confirmed order, each with the company that it
    belongs to; the source is the customer's, for departments and persons that of their hospital.
    Amounts are in the currency of their company.
    """

    _name = 'pharma.source.report'
    _description = "Yield of Customer Sources"
    _inherit = ['pharma.figures.mixin']
    _pharma_figure_fields = ('expected_revenue', 'order_amount', 'order_count')
    _auto = False
    _rec_name = 'partner_id'
    _order = 'source_id, id'
    _depends = {
        'res.partner': [
            'active', 'commercial_partner_id', 'company_id', 'lifecycle_stage_id', 'pharma_type',
            'source_id', 'state_id', 'user_id'],
        'crm.lead': [
            'active', 'company_id', 'create_date', 'expected_revenue', 'partner_id', 'type',
            'user_id', 'won_status'],
        'sale.order': [
            'amount_untaxed', 'company_id', 'currency_rate', 'date_order', 'partner_id', 'state',
            'user_id'],
    }

    partner_id = fields.Many2one('res.partner', string="Customer", readonly=True)
    source_id = fields.Many2one('utm.source', string="Customer Source", readonly=True)
    pharma_type = fields.Selection(PHARMA_TYPES, string="Customer Type", readonly=True)
    lifecycle_stage_id = fields.Many2one('pharma.lifecycle.stage', readonly=True)
    state_id = fields.Many2one('res.country.state', string="Province", readonly=True)
    user_id = fields.Many2one('res.users', string="Salesperson", readonly=True)
    company_id = fields.Many2one('res.company', readonly=True)
    date = fields.Date(readonly=True)
    customer_count = fields.Integer(string="Customers", readonly=True)
    opportunity_count = fields.Integer(string="Opportunities", readonly=True)
    won_count = fields.Integer(string="Won Opportunities", readonly=True)
    expected_revenue = fields.Float(readonly=True)
    order_count = fields.Integer(string="Orders", readonly=True)
    order_amount = fields.Float(string="Orders, Untaxed", readonly=True)

    @property
    def _table_query(self):
        """Rows of customers, opportunities and orders; ids stay apart by their remainder."""
        return SQL("""
            SELECT p.id * 3 AS id, p.id AS partner_id, p.source_id, p.pharma_type,
                   p.lifecycle_stage_id, p.state_id, p.user_id, p.company_id,
                   p.create_date::date AS date, 1 AS customer_count, 0 AS opportunity_count,
                   0 AS won_count, 0.0 AS expected_revenue, 0 AS order_count, 0.0 AS order_amount
              FROM res_partner p
             WHERE p.active AND p.pharma_type IS NOT NULL
               AND p.pharma_type NOT IN ('campus', 'department', 'person')
         UNION ALL
            SELECT l.id * 3 + 1, c.id, c.source_id, c.pharma_type, c.lifecycle_stage_id,
                   c.state_id, l.user_id, l.company_id, l.create_date::date, 0, 1,
                   CASE WHEN l.won_status = 'won' THEN 1 ELSE 0 END,
                   COALESCE(l.expected_revenue, 0.0), 0, 0.0
              FROM crm_lead l
              JOIN res_partner p ON p.id = l.partner_id
              JOIN res_partner c ON c.id = p.commercial_partner_id
             WHERE l.type = 'opportunity' AND c.pharma_type IS NOT NULL
               AND (l.active OR l.won_status = 'lost')
         UNION ALL
            SELECT o.id * 3 + 2, c.id, c.source_id, c.pharma_type, c.lifecycle_stage_id,
                   c.state_id, o.user_id, o.company_id, o.date_order::date, 0, 0, 0, 0.0, 1,
                   o.amount_untaxed / COALESCE(NULLIF(o.currency_rate, 0), 1.0)
              FROM sale_order o
              JOIN res_partner p ON p.id = o.partner_id
              JOIN res_partner c ON c.id = p.commercial_partner_id
             WHERE o.state = 'sale' AND c.pharma_type IS NOT NULL
        """)
