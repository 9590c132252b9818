from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL


class MailActivity(models.Model):
    _name = 'mail.activity'
    _inherit = ['mail.activity', 'pharma.access.mixin', 'pharma.customer.mixin']
    _pharma_access_columns = ()

    @api.model
    def _search_pharma_access(self, operator, value):
        """To-dos that are not on a hidden customer, also one's own: Odoo shows these to whoever
        has to do them, whether or not he sees the document.
        """
        if operator != 'in':
            return NotImplemented
        hidden = self.env['pharma.access']._hidden_sql('p')
        if not hidden:
            return Domain.TRUE
        return Domain('res_model', '!=', 'res.partner') | Domain.custom(
            to_sql=lambda model, alias, query: SQL(
                "NOT EXISTS (SELECT FROM res_partner p WHERE p.id = %s AND %s)",
                SQL.identifier(alias, 'res_id'), hidden))

    @api.model
    def _pharma_customer_sql(self, alias, within):
        """To-dos on the customers, and on their opportunities and orders."""
        self.flush_model(['res_model', 'res_id'])
        return SQL("(%s)", SQL(" OR ").join(
            SQL(
                "(%s = %s AND %s = ANY(ARRAY(SELECT doc.id FROM %s doc WHERE %s)))",
                SQL.identifier(alias, 'res_model'), model, SQL.identifier(alias, 'res_id'),
                SQL.identifier(self.env[model]._table),
                self.env[model]._pharma_customer_sql('doc', within))
            for model in self.env['res.partner']._get_page_documents()))
