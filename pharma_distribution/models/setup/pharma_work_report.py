from odoo import api, models


class PharmaWorkReport(models.Model):
    """What was sold through in the territories of whoever reports."""

    _inherit = 'pharma.work.report'

    @api.model
    def _get_sections(self):
        return super()._get_sections() | {'sell_through': self.env._("Sell-Through of the Month")}

    def _section_sell_through(self):
        """Per product, as far as files have come: files of a day tell nothing of that day yet."""
        figures = self.env['pharma.flow.report']
        if not self.env['pharma.access']._shows('pharma.flow.report'):
            return []
        rows = [
            [product.display_name or self.env._("Unknown"), round(quantity, 2), round(amount, 2),
             round(before or 0, 2)]
            for product, quantity, amount, before in figures._read_group(
                [('kind', '=', 'sale'), ('user_id', '=', self.user_id.id),
                 ('company_id', '=', self.company_id.id),
                 ('month', '=', self.date_to.replace(day=1))],
                ['product_id'], ['quantity:sum', 'amount:sum', 'amount_month_before:sum'])]
        rows.sort(key=lambda row: -row[2])
        return [self._block_table(
            [self.env._("Product"), self.env._("Quantity"), self.env._("Amount"),
             self.env._("Amount, Month Before")], rows)]
