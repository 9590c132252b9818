from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL


class PharmaLineMixin(models.AbstractModel):
    """A record of a product that is kept by who manages the product's line.

    How to use: inherit it beside the model, say in ``_pharma_line_column`` which stored column is
    the product template, and add a *global* record rule ``[('pharma_line', '=', True)]``. It
    narrows the rights of product managers; those of other roles are left to the access lines.
    """

    _name = 'pharma.line.mixin'
    _description = "Kept by the Manager of the Product Line"

    _pharma_line_column = 'product_id'

    pharma_line = fields.Boolean(
        compute='_compute_pharma_line', search='_search_pharma_line',
        export_string_translation=False, groups='base.group_user')

    @api.depends_context('uid')
    def _compute_pharma_line(self):
        domain = self._pharma_line_domain()
        allowed = domain.is_true() or set(self._search(
            Domain('id', 'in', self._origin.ids) & domain, bypass_access=True))
        for record in self:
            record.pharma_line = allowed is True or not record._origin or (
                record._origin.id in allowed)

    @api.model
    def _search_pharma_line(self, operator, value):
        return NotImplemented if operator != 'in' else self._pharma_line_domain()

    @api.model
    def _pharma_line_domain(self):
        """Domain of the records of products that the current user keeps.

        :rtype: Domain
        """
        access = self.env['pharma.access']
        if not access._manages_lines_only():
            return Domain.TRUE
        products = access._managed_products_sql()
        return Domain.custom(to_sql=lambda model, alias, query: SQL(
            "%s = ANY(ARRAY(%s))", SQL.identifier(alias, self._pharma_line_column), products))
