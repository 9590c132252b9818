from odoo import api, models
from odoo.tools import SQL

PRODUCT_MANAGER_GROUP = 'pharma_crm.group_pharma_crm_product_manager'
# Product managers of all lines
ALL_LINES_GROUPS = (
    'pharma_crm.group_pharma_crm_director',
    'pharma_crm.group_pharma_crm_steward',
)


class PharmaAccess(models.AbstractModel):
    """Whose product a product is."""

    _inherit = 'pharma.access'

    @api.model
    def _manages_lines_only(self):
        """Whether the current user keeps products of his own lines alone: a product manager who is
        nothing more.
        """
        user = self.env.user
        return user.has_group(PRODUCT_MANAGER_GROUP) and not any(
            user.has_group(group) for group in ALL_LINES_GROUPS)

    @api.model
    def _managed_products_sql(self):
        """Query of the ids of product templates of the lines that the current user, or whom he acts
        for, manages today. What belongs to no line, such as most competitors' products, is kept by
        every product manager.

        :rtype: SQL
        """
        self._flush()
        self.env['product.template'].flush_model(['categ_id'])
        self.env['product.category'].flush_model(['is_product_line', 'parent_id', 'parent_path'])
        return SQL(
            """ SELECT t.id
                  FROM product_template t
             LEFT JOIN (%(lines)s) line ON line.category_id = t.categ_id
                 WHERE line.line_id IS NULL OR EXISTS (
                       SELECT FROM pharma_territory_assignment g
                        WHERE g.role = 'product_manager' AND %(valid)s
                          AND g.user_id = ANY(ARRAY(%(users)s))
                          AND (g.product_line_id IS NULL OR g.product_line_id = line.line_id)) """,
            lines=self.env['product.category']._product_lines_sql(), valid=self._valid_sql('g'),
            users=self._users_sql())
