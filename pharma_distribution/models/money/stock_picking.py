from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from .sale_order import ORDER_GROUPS


class StockPicking(models.Model):
    _name = 'stock.picking'
    _inherit = ['stock.picking', 'pharma.access.mixin']
    _pharma_access_groups = ORDER_GROUPS

    @api.model
    def _pharma_line_domain(self, mode):
        """Domain on lines of deliveries: of none, or of one whose customer is not hidden.

        :param str mode: 'read' or 'work'
        :rtype: Domain
        """
        visible = self.env['pharma.access']._link_sql('p', self._pharma_access_groups, mode)
        if not visible:
            return Domain.TRUE
        self.flush_model(['partner_id'])
        return Domain.custom(to_sql=lambda model, alias, query: SQL(
            """ (%(picking)s IS NULL OR EXISTS (
                    SELECT FROM stock_picking k LEFT JOIN res_partner p ON p.id = k.partner_id
                     WHERE k.id = %(picking)s AND (p.id IS NULL OR %(visible)s))) """,
            picking=SQL.identifier(alias, 'picking_id'), visible=visible))


class StockMove(models.Model):
    """Goes with its delivery."""

    _name = 'stock.move'
    _inherit = ['stock.move', 'pharma.access.mixin']
    _pharma_access_groups = ORDER_GROUPS

    @api.model
    def _pharma_link_domain(self, mode):
        return super()._pharma_link_domain(mode) & self.env['stock.picking']._pharma_line_domain(
            mode)


class StockMoveLine(models.Model):
    """Goes with its delivery. Odoo lets every employee read what was moved: to whom is for those
    alone who read deliveries.
    """

    _name = 'stock.move.line'
    _inherit = ['stock.move.line', 'pharma.access.mixin']
    _pharma_access_columns = ()

    @api.model
    def _pharma_link_domain(self, mode):
        pickings = self.env['stock.picking']
        # The rights of the user, not of the mode in which rules are evaluated
        if not pickings.with_user(self.env.user).browse().has_access('read'):
            return Domain('picking_id', '=', False)
        return pickings._pharma_line_domain(mode)
