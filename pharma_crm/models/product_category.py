from odoo import fields, models


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
