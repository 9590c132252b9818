from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from ...tools.names import split_words


class ProductTemplate(models.Model):
    _name = 'product.template'
    _inherit = ['product.template', 'pharma.search.mixin']

    _search_name_columns = frozenset(('name', 'drug_generic_name'))
    # Odoo's own conditions on codes and variants stay beside ours: products are not so many.
    _search_name_complete = False

    # === CRUD === #

    def _create(self, data_list):
        # Unlike contacts, products have no stored computed name that is written afterwards.
        products = super()._create(data_list)
        self.env['pharma.search.name']._index(self._name, products.ids)
        return products

    # === SEARCH === #

    @api.model
    def _search_name_sources(self, record_ids):
        return SQL(
            """ SELECT p.id, 'name', translation.value, '', '', 0
                  FROM product_template p, LATERAL jsonb_each_text(p.name) AS translation
                 WHERE p.id = ANY(%(ids)s)
             UNION ALL
                SELECT id, 'generic_name', drug_generic_name, '', '', 0
                  FROM product_template WHERE id = ANY(%(ids)s)
             UNION ALL
                SELECT product_id, 'alias', name, '', '', 0
                  FROM pharma_alias
                 WHERE status = 'confirmed' AND automatic IS NOT TRUE
                   AND product_id = ANY(%(ids)s) """,
            ids=record_ids)


class ProductProduct(models.Model):
    _inherit = 'product.product'

    @api.model
    def _search_display_name(self, operator, value):
        domain = super()._search_display_name(operator, value)
        templates = self.env['product.template']
        if operator == 'ilike' and value and templates._search_name_applies():
            words = split_words(value)
            if words:
                domain = Domain(domain) | Domain(
                    'product_tmpl_id', 'any', templates._search_name_domain(words))
        return domain

    @api.model
    def name_search(self, name='', domain=None, operator='ilike', limit=100):
        templates = self.env['product.template']
        domain = Domain(domain or Domain.TRUE)
        code = Domain('default_code', '=', name) | Domain('barcode', '=', name)
        words = []
        if operator == 'ilike' and templates._search_name_applies():
            words = split_words(name)
        if not words or not limit or self.search_count(domain & code, limit=1):
            return super().name_search(name, domain, operator, limit)
        ranked = templates._search_name_ranked(name, words, Domain.TRUE, limit)
        rank = {template_id: position for position, template_id in enumerate(ranked.ids)}
        products = self.search(domain & Domain('product_tmpl_id', 'in', ranked.ids))
        products = products.sorted(lambda product: rank[product.product_tmpl_id.id])[:limit]
        found = [(product.id, product.display_name) for product in products.sudo()]
        if len(found) < limit:
            # parts of codes, vendors' names
            found += super().name_search(
                name, domain & Domain('id', 'not in', products.ids), operator, limit - len(found))
        return found
