from odoo import models


class PharmaAlias(models.Model):
    _inherit = 'pharma.alias'

    # === CRUD === #

    def _create(self, data_list):
        aliases = super()._create(data_list)
        aliases._index_targets(aliases._targets())
        return aliases

    def _write_multi(self, vals_list):  # pylint: disable=missing-return  # it returns nothing
        # those that the names stood for until now lose them
        targets = self._targets()
        super()._write_multi(vals_list)
        self._index_targets(targets | self._targets())

    def unlink(self):
        self.flush_recordset()
        targets = self._targets()
        result = super().unlink()
        self._index_targets(targets)
        return result

    # === BUSINESS === #

    def _targets(self):
        """What the names stand for in the database.

        :return: ``(partner id or None, product id or None)`` of the confirmed ones
        :rtype: set[tuple]
        """
        self.env.cr.execute(
            """ SELECT DISTINCT partner_id, product_id
                  FROM pharma_alias WHERE id = ANY(%s) AND status = 'confirmed' """,
            [self.ids])
        return set(self.env.cr.fetchall())

    def _index_targets(self, targets):
        """Bring the search names of the targets up to date."""
        search_names = self.env['pharma.search.name']
        search_names._index('res.partner', [partner for partner, _ in targets if partner])
        search_names._index('product.template', [product for _, product in targets if product])
