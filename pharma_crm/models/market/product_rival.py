from collections import defaultdict

from odoo import api, fields, models


class ProductTemplate(models.Model):
    """Who competes with whom: products of the same generic name on the two sides, and those that
    somebody names beside them, such as another statin.
    """

    _inherit = 'product.template'

    # Two names for one table: each side of the competition enters it from its own form
    rival_own_ids = fields.Many2many(
        'product.template', 'pharma_product_rival_rel', 'competitor_id', 'product_id',
        string="Also Competes With", domain=[('sale_ok', '=', True)],
        groups='pharma_crm.group_pharma_crm_user',
        help="Products of ours with another generic name that it takes business from")
    rival_their_ids = fields.Many2many(
        'product.template', 'pharma_product_rival_rel', 'product_id', 'competitor_id',
        string="Also Competed By", domain=[('sale_ok', '=', False)],
        groups='pharma_crm.group_pharma_crm_user',
        help="Competitors' products with another generic name")
    rival_ids = fields.Many2many(
        'product.template', string="Competing Products", compute='_compute_rival_ids',
        groups='pharma_crm.group_pharma_crm_user')

    @api.depends('drug_generic_name', 'sale_ok', 'rival_own_ids', 'rival_their_ids')
    def _compute_rival_ids(self):
        rivals = self._get_rivals()
        for product in self:
            product.rival_ids = rivals[product]

    def _get_rivals(self):
        """The products on the other side, those of the same generic name first.

        :return: products by product
        :rtype: dict
        """
        names = {product.drug_generic_name for product in self if product.drug_generic_name}
        same = defaultdict(self.browse)
        for product in self.search([('drug_generic_name', 'in', list(names))], order='name, id'):
            same[product.drug_generic_name, product.sale_ok] |= product
        found = {}
        for product in self:
            named = product.rival_their_ids if product.sale_ok else product.rival_own_ids
            alike = same[product.drug_generic_name, not product.sale_ok] if (
                product.drug_generic_name) else self.browse()
            found[product] = (alike | named.filtered('active')) - product._origin
        return found
