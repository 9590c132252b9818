from odoo import api, fields, models
from odoo.tools import SQL


class PharmaScoreCurve(models.Model):
    """Scores with the customer's place among all of his model: how many are how high, and which
    share of all value the best hold (80/20).
    """

    _name = 'pharma.score.curve'
    _description = "Share of Customers"
    _inherit = ['pharma.access.mixin']
    _auto = False
    _rec_name = 'partner_id'
    _order = 'id'
    _pharma_access_companies = True
    _depends = {'pharma.score': ['model_id', 'partner_id', 'value', 'grade']}

    model_id = fields.Many2one('pharma.score.model', string="Score Model", readonly=True)
    partner_id = fields.Many2one('res.partner', string="Customer", readonly=True)
    grade = fields.Char(string="Customer Grade", readonly=True)
    value = fields.Float(string="Score Value", digits=(16, 2), readonly=True, aggregator='avg')
    value_range = fields.Char(string="Range of Values", readonly=True)
    customer_share = fields.Integer(
        string="Best Customers (%)", readonly=True, aggregator=None,
        help="In steps of five: 20 means among the best fifth")
    value_share = fields.Float(
        string="Share of All Value (%)", digits=(16, 1), readonly=True, aggregator='max',
        help="That this customer and all better ones hold together")

    @api.model
    def _pharma_figures_domain(self):
        return self.env['pharma.score.model']._get_factual_domain()

    @property
    def _table_query(self):
        return SQL("""
            SELECT s.id, s.model_id, s.partner_id, s.grade, s.value,
                   LPAD((LEAST(FLOOR(s.value / 10), 9) * 10)::int::text, 2, '0') || '–'
                   || (LEAST(FLOOR(s.value / 10), 9) * 10 + 10)::int AS value_range,
                   (CEIL(20.0 * ROW_NUMBER() OVER best / COUNT(*) OVER everyone) * 5)::int
                   AS customer_share,
                   100 * SUM(s.value) OVER best / NULLIF(SUM(s.value) OVER everyone, 0)
                   AS value_share
              FROM pharma_score s
            WINDOW everyone AS (PARTITION BY s.model_id),
                   best AS (PARTITION BY s.model_id ORDER BY s.value DESC, s.id
                            ROWS UNBOUNDED PRECEDING)
        """)
