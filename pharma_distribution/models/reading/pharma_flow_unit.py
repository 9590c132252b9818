from odoo import api, models
from odoo.tools import SQL

from ...tools.flow_units import pack_factor, read_packing
from ...tools.flow_words import UNITS


class PharmaFlowResolver(models.AbstractModel):
    """What the units of files are in sales packs."""

    _inherit = 'pharma.flow.resolver'

    @api.model
    def _fill_units(self, source):
        """Put what the units of rows are in packs of the products that they may mean into a
        temporary table that the judgement joins; a pair that is not in it is a pack.

        :param SQL source: as of ``_sql_judgement``
        """
        units = [unit for unit, in self.env.execute_query(SQL(
            """ SELECT DISTINCT raw_unit FROM %s s WHERE raw_unit IS NOT NULL
                 UNION SELECT unit FROM pharma_flow_correction WHERE unit IS NOT NULL """, source))]
        rows = []
        for product_id, packing in self._get_packings().items() if units else ():
            for unit in units:
                factor, reason = pack_factor(unit, packing)
                if factor != 1:
                    rows.append((product_id, unit, reason or None,
                                 factor and factor.numerator, factor and factor.denominator))
        self.env.cr.execute("""
            DROP TABLE IF EXISTS pharma_flow_unit;
            CREATE TEMPORARY TABLE pharma_flow_unit (
                product_id int, name text, reason text, packs numeric, pieces numeric
            ) ON COMMIT DROP
        """)
        columns = list(zip(*rows, strict=True)) if rows else [()] * 5
        self.env.cr.execute(SQL("""
            INSERT INTO pharma_flow_unit SELECT * FROM unnest(
                %s::int[], %s::text[], %s::text[], %s::numeric[], %s::numeric[])
        """, *map(list, columns)))
        self.env.cr.execute("ANALYZE pharma_flow_unit")

    @api.model
    def _get_packings(self):
        """How the products are packed that the answers and corrections name.

        :return: dict id of the product template -> tools.flow_units.Packing
        """
        ids = [product_id for product_id, in self.env.execute_query(SQL(
            """ SELECT target_id FROM pharma_flow_answer
                 WHERE kind = 'product' AND target_id IS NOT NULL
                 UNION SELECT product_id FROM pharma_flow_correction
                 WHERE product_id IS NOT NULL """))]
        # sudo: the packs are what they are, whoever reads a file or decides on a name
        products = self.env['product.template'].sudo().with_context(lang='zh_CN').browse(ids)
        return {
            product.id: read_packing(
                product.drug_specification, product.drug_units_per_pack,
                product.drug_packs_per_case, self._get_pack_unit(product))
            for product in products}

    @api.model
    def _get_pack_unit(self, product):
        """How a product's sales pack is called: its unit of measure, where files say it as well."""
        name = product.uom_id.name or ''
        return name if name in UNITS else ''

    @api.model
    def _get_quantity_digits(self):
        """Decimals of a quantity: what has more is no exact number of packs."""
        return self.env['decimal.precision'].precision_get('Product Unit')
