from odoo import api, models

from .pharma_filing import FILED_TYPES

# What a filing depends on
CHECKED = frozenset({'user_id', 'partner_id', 'date_start', 'state', 'product_ids', 'company_id'})


class PharmaVisit(models.Model):
    """Calls are planned within the filing of the representative."""

    _inherit = 'pharma.visit'

    def _needs_filing(self):
        """Whether this call is a plan that has to lie within a filing.

        :rtype: bool
        """
        self.ensure_one()
        return (
            self.state == 'planned' and self.company_id.pharma_filing_check != 'off'
            and self.hospital_id.pharma_type in FILED_TYPES
            and self.date >= self.env['pharma.access']._get_today())

    def _get_usual_products(self, last):
        return self._keep_filed(super()._get_usual_products(last))

    def _keep_filed(self, products):
        """Those of products that may be planned for this call.

        :param products: ``product.product``
        :rtype: product.product
        """
        if self.company_id.sudo().pharma_filing_check == 'off':
            return products
        filings = self.env['pharma.filing']._get_filings(self)
        named = filings._get_products()
        if not named or not all(filing.product_ids for filing in filings):
            return products
        return products.filtered(lambda product: product.product_tmpl_id in named)

    @api.model_create_multi
    def create(self, vals_list):
        visits = super().create(vals_list)
        self.env['pharma.filing']._check_calls(visits)
        return visits

    def write(self, vals):
        result = super().write(vals)
        if not CHECKED.isdisjoint(vals):
            self.env['pharma.filing']._check_calls(self)
        return result


class PharmaVisitProduct(models.Model):
    _inherit = 'pharma.visit.product'

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        self.env['pharma.filing']._check_calls(lines.visit_id)
        return lines
