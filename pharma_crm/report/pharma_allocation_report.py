from odoo import fields, models
from odoo.tools import SQL

from ..models.allocation.pharma_allocation import ALLOCATION_RESULTS


class PharmaAllocationReport(models.Model):
    """How soon leads are answered, how many too late, and what comes of them (线索响应分析)."""

    _name = 'pharma.allocation.report'
    _description = "Answers to Leads"
    _inherit = ['pharma.team.mixin']
    _auto = False
    _order = 'offered_at DESC, id DESC'
    _rec_name = 'user_id'
    _depends = {
        'pharma.allocation': [
            'answer_hours', 'company_id', 'lead_id', 'offered_at', 'product_line_id', 'result',
            'rule_id', 'territory_id', 'user_id'],
        'crm.lead': ['source_id', 'team_id', 'type', 'won_status'],
    }

    user_id = fields.Many2one('res.users', string="Offered To", readonly=True, default=None)
    company_id = fields.Many2one('res.company', readonly=True, default=None)
    territory_id = fields.Many2one('pharma.territory', compute=None, readonly=True)
    product_line_id = fields.Many2one('product.category', compute=None, readonly=True)
    rule_id = fields.Many2one('pharma.allocation.rule', readonly=True)
    team_id = fields.Many2one('crm.team', readonly=True)
    source_id = fields.Many2one('utm.source', readonly=True)
    offered_at = fields.Datetime(string="Offered On", readonly=True)
    result = fields.Selection(ALLOCATION_RESULTS, readonly=True)
    offer_count = fields.Integer(string="Offers", readonly=True)
    answer_hours = fields.Float(
        string="Working Hours until Answer", readonly=True, aggregator='avg', digits=(9, 1))
    late_share = fields.Float(
        string="Late (%)", readonly=True, aggregator='avg', digits=(5, 1),
        help="Of the offers that were answered or late")
    accepted_share = fields.Float(
        string="Accepted (%)", readonly=True, aggregator='avg', digits=(5, 1),
        help="Of the offers that were answered or late")
    opportunity_share = fields.Float(
        string="Became Opportunities (%)", readonly=True, aggregator='avg', digits=(5, 1),
        help="Of the accepted leads")
    won_share = fields.Float(
        string="Won (%)", readonly=True, aggregator='avg', digits=(5, 1),
        help="Of the accepted leads")

    @property
    def _table_query(self):
        # Averages leave out what is null: open offers are neither in time nor late
        return SQL(
            """ SELECT a.id, a.user_id, a.company_id, a.territory_id, a.product_line_id,
                       a.rule_id, l.team_id, l.source_id, a.offered_at, a.result,
                       1 AS offer_count, a.answer_hours,
                       CASE WHEN a.result = 'late' THEN 100.0
                            WHEN a.result IN ('open', 'moved', 'closed') THEN NULL
                            ELSE 0 END AS late_share,
                       CASE WHEN a.result IN ('accepted', 'contacted', 'taken') THEN 100.0
                            WHEN a.result IN ('open', 'moved', 'closed') THEN NULL
                            ELSE 0 END AS accepted_share,
                       CASE WHEN a.result NOT IN ('accepted', 'contacted', 'taken') THEN NULL
                            WHEN l.type = 'opportunity' THEN 100.0 ELSE 0
                        END AS opportunity_share,
                       CASE WHEN a.result NOT IN ('accepted', 'contacted', 'taken') THEN NULL
                            WHEN l.won_status = 'won' THEN 100.0 ELSE 0 END AS won_share
                  FROM pharma_allocation a
                  JOIN crm_lead l ON l.id = a.lead_id """)
