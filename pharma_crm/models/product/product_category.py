from odoo import api, fields, models
from odoo.tools import SQL


class ProductCategory(models.Model):
    _inherit = 'product.category'

    is_product_line = fields.Boolean(
        string="Product Line",
        help="People are assigned and customers are aligned by product line. Products of the "
             "categories below belong to the line, too.")

    def _get_product_line(self):
        """The product line of this category: itself, or the nearest one above it.

        :return: a category, empty if none is a line
        """
        self.ensure_one()
        category = self
        while category and not category.is_product_line:
            category = category.parent_id
        return category

    @api.model
    def _product_lines_sql(self):
        """Query of the product line of each category that has one.

        :return: query of ``(category_id, line_id)``
        :rtype: SQL
        """
        return SQL(
            """ SELECT DISTINCT ON (c.id) c.id AS category_id, up.id AS line_id
                  FROM product_category c
                  JOIN product_category up
                    ON up.is_product_line AND c.parent_path LIKE up.parent_path || '%%'
              ORDER BY c.id, length(up.parent_path) DESC """)
