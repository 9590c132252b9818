from psycopg2.errors import ForeignKeyViolation, RestrictViolation

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools.results import short_company


class ProductTemplate(models.Model):
    _inherit = 'product.template'

    pharma_price_ids = fields.One2many(
        'pharma.price', 'product_id', string="Prices",
        groups='pharma_tender.group_pharma_tender_reader')
    pharma_price_count = fields.Integer(
        string="Price Count", compute='_compute_pharma_price_count',
        groups='pharma_tender.group_pharma_tender_reader')
    from_tender_results = fields.Boolean(
        readonly=True, copy=False, index='btree_not_null',
        groups='base.group_user',
        help="The product was made by loading official results and goes when they are removed")

    # === COMPUTE === #

    def _compute_pharma_price_count(self):
        counts = dict(self.env['pharma.price']._read_group(
            [('product_id', 'in', self.ids)], ['product_id'], ['__count']))
        for product in self:
            product.pharma_price_count = counts.get(product, 0)

    # === ACTIONS === #

    def action_view_pharma_prices(self):
        """Open the price book at these products."""
        action = self.env['ir.actions.act_window']._for_xml_id('pharma_tender.pharma_price_action')
        action['domain'] = [('product_id', 'in', self.ids)]
        action['context'] = {'default_product_id': self.id if len(self) == 1 else False}
        return action

    # === BUSINESS === #

    @api.model
    def _prepare_competitor_vals(
            self, manufacturer, generic_name, specification, dosage_form='', units_per_pack=0.0):
        """Values of a drug that is not for sale: somebody else's.

        :param manufacturer: res.partner
        :param generic_name: name of the drug
        :param specification: strength and pack
        :param dosage_form: form as printed
        :param units_per_pack: smallest units in one pack; 0 when unknown
        """
        return {
            # Competitors sell the same drug in the same pack: the name tells whose it is
            'name': " ".join(
                filter(None, (generic_name, specification, short_company(manufacturer.name)))),
            'drug_generic_name': generic_name,
            'drug_specification': specification,
            'drug_dosage_form': dosage_form,
            'drug_manufacturer_id': manufacturer.id,
            'drug_units_per_pack': units_per_pack,
            'sale_ok': False,
            'purchase_ok': False,
            'list_price': 0.0,
            'company_id': False,
        }

    def _unlink_or_archive(self):
        """Delete products; those that other records use are archived.

        :return: names of the archived ones
        :rtype: list[str]
        """
        if not self:
            return []
        try:
            with self.env.cr.savepoint():
                self.unlink()
            return []
        except (ForeignKeyViolation, RestrictViolation, UserError):
            if len(self) == 1:
                self.action_archive()
                return self.mapped('name')
        # Halves, so that a few used ones do not cost one savepoint per product
        half = len(self) // 2
        return self[:half]._unlink_or_archive() + self[half:]._unlink_or_archive()
