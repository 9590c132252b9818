from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

GRADE_FIELDS = ('grade', 'grade_color')


class ResPartner(models.Model):
    """What a customer owes and bought, and a grade that was made of it.

    ``grade`` is computed here and is no link: one that was made of figures is hidden, those of
    doctors and hospitals, made of facts, are not.
    """

    _name = 'res.partner'
    _inherit = ['res.partner', 'pharma.figures.mixin']
    _pharma_figure_buttons = (
        'action_view_partner_invoices', 'action_view_sale_order', 'open_partner_ledger')
    _pharma_figure_fields = (
        'account_move_count', 'credit', 'credit_limit', 'credit_to_invoice',
        'days_sales_outstanding', 'debit', 'invoice_ids', 'sale_order_ids',
        'supplier_invoice_count', 'total_invoiced', 'trust', 'use_partner_credit_limit')

    # === GRADES === #

    @api.depends('main_score_id.grade', 'main_score_id.color')
    @api.depends_context('uid')
    def _compute_grade(self):
        hidden = self.env['pharma.score']._get_hidden_models()
        for partner in self:
            score = partner.main_score_id
            if score.model_id.id in hidden:
                score = score.browse()
            partner.grade, partner.grade_color = score.grade, score.color

    @api.model
    def _search_grade(self, operator, value):
        return self._search_by_grade('grade', operator, value)

    @api.model
    def _search_grade_color(self, operator, value):
        return self._search_by_grade('color', operator, value)

    @api.model
    def _search_by_grade(self, name, operator, value):
        """Customers by what their main score says, as far as the current user sees it."""
        if operator not in ('in', 'like', 'ilike', '=like', '=ilike', '<', '>', '<=', '>='):
            return NotImplemented
        hidden = self.env['pharma.score']._get_hidden_models()
        # any!: whose customer the user sees, his grade he sees
        scores = Domain(name, operator, value) & Domain('model_id', 'not in', list(hidden))
        domain = Domain('main_score_id', 'any!', scores)
        if operator == 'in' and not all(value):
            domain |= Domain('main_score_id', '=', False)
            if hidden:
                domain |= Domain(
                    'main_score_id', 'any!', Domain('model_id', 'in', list(hidden)))
        return domain

    def _field_to_sql(self, alias, field_expr, query=None):
        """Lists are ordered and grouped by the grade, as far as the current user sees it."""
        if field_expr not in GRADE_FIELDS:
            return super()._field_to_sql(alias, field_expr, query)
        self._check_field_access(self._fields[field_expr], 'read')
        scores, score = self._fields['main_score_id'].join(self.sudo(), alias, query)
        value = scores._field_to_sql(
            score, 'grade' if field_expr == 'grade' else 'color', query)
        hidden = self.env['pharma.score']._get_hidden_models()
        if not hidden:
            return value
        return SQL("CASE WHEN %s = ANY(%s) THEN NULL ELSE %s END",
                   SQL.identifier(score, 'model_id'), list(hidden), value)
