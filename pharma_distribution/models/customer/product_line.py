from odoo import api, models
from odoo.exceptions import UserError

# Fields that decide which categories are below which product line.
LINE_FIELDS = {'is_product_line', 'parent_id'}


class ProductCategory(models.Model):
    _inherit = 'product.category'

    @api.model_create_multi
    def create(self, vals_list):
        categories = super().create(vals_list)
        # A new product line may be one that somebody sees
        self.env['pharma.access']._forget()
        return categories

    def write(self, vals):
        # Those that leave a line, and those that come to one
        products = self._get_products() if LINE_FIELDS & vals.keys() else None
        result = super().write(vals)
        if products is not None:
            self.env['pharma.access']._forget()
            (products | self._get_products())._restate_product_lines()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_in_flows(self):
        """Rows of locked months keep the line that they had, also when no product has it any more.
        """
        # sudo: also rows that the author may not see
        row = self.env['pharma.flow.line'].sudo().search(
            [('product_line_id', 'child_of', self.ids)], limit=1)
        if row:
            raise UserError(self.env._(
                "%s cannot be deleted: rows of flow files belong to it.",
                row.product_line_id.display_name))

    def _get_products(self):
        """Products of these categories and of all below, archived ones included."""
        products = self.env['product.template'].sudo().with_context(active_test=False)
        return products.search([('categ_id', 'child_of', self.ids)])


class ProductTemplate(models.Model):
    _inherit = 'product.template'

    def write(self, vals):
        result = super().write(vals)
        if 'categ_id' in vals:
            self._restate_product_lines()
        return result

    def _restate_product_lines(self):
        """Flow lines of these products may belong to another product line than before; a job writes
        it.
        """
        lines = self.env['pharma.flow.line'].sudo()  # also rows that the author may not see
        if lines.search_count([('product_id', 'in', self.ids)], limit=1):
            delayed = lines.with_delay(description=self.env._("Product lines of flow lines"))
            delayed._restate_products(self.ids)
