from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

# Documents whose to-dos are hidden with their customer
DOCUMENTS = ('crm.lead', 'sale.order', 'account.move')


class MailActivity(models.Model):
    _name = 'mail.activity'
    _inherit = ['mail.activity', 'pharma.access.mixin', 'pharma.customer.mixin']
    _pharma_access_columns = ()

    @api.model
    def _pharma_link_domain(self, mode):
        """To-dos that are not on a hidden customer, also one's own: Odoo shows these to whoever
        has to do them, whether or not he sees the document.
        """
        hidden = self.env['pharma.access']._hidden_sql('p', companies=True)
        domain = Domain.TRUE
        if hidden:
            domain = Domain('res_model', '!=', 'res.partner') | Domain.custom(
                to_sql=lambda model, alias, query: SQL(
                    "NOT EXISTS (SELECT FROM res_partner p WHERE p.id = %s AND %s)",
                    SQL.identifier(alias, 'res_id'), hidden))
        return Domain.AND([domain, *map(self._pharma_document_domain, DOCUMENTS)])

    @api.model
    def _pharma_document_domain(self, name):
        """To-dos that are not on a document of a hidden customer.

        :param str name: a model with ``pharma.access.mixin``
        :rtype: Domain
        """
        # sudo: as in a rule, the user counts and not the mode
        documents = self.env[name].sudo()
        visible = documents._pharma_link_domain('read')
        if visible.is_true():
            return visible
        query = documents.with_context(active_test=False)._search(visible)
        return Domain('res_model', '!=', name) | Domain.custom(
            to_sql=lambda model, alias, _query: SQL(
                "EXISTS (SELECT FROM %s visible WHERE visible.id = %s)",
                query.subselect(), SQL.identifier(alias, 'res_id')))

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
