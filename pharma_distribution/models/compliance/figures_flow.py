"""What is a sales figure as a whole: flows, what was made of them, deliveries."""

from odoo import models


class PharmaFlowSummaryMixin(models.AbstractModel):
    _inherit = 'pharma.flow.summary.mixin'
    _pharma_figures = True


class PharmaFlowFile(models.Model):
    _inherit = 'pharma.flow.file'
    _pharma_figures = True


class PharmaFlowClaim(models.Model):
    """Who may not know what was sold cannot claim that it was."""

    _inherit = 'pharma.flow.claim'
    _pharma_figures = True


class PharmaFlowCheck(models.Model):
    _inherit = 'pharma.flow.check'
    _pharma_figures = True


class PharmaFlowCorrection(models.Model):
    _inherit = 'pharma.flow.correction'
    _pharma_figures = True


class PharmaFlowPeriod(models.Model):
    _inherit = 'pharma.flow.period'
    _pharma_figures = True


class StockPicking(models.Model):
    """Deliveries are papers of sale."""

    _inherit = 'stock.picking'
    _pharma_figures = True


class StockMove(models.Model):
    _inherit = 'stock.move'
    _pharma_figures = True


class StockMoveLine(models.Model):
    _inherit = 'stock.move.line'
    _pharma_figures = True


class ResPartner(models.Model):
    _inherit = 'res.partner'
    _pharma_figure_fields = ('flow_line_count',)


class ProductProduct(models.Model):
    _inherit = 'product.product'
    _pharma_figure_fields = ('stock_move_ids',)


class StockLocation(models.Model):
    _name = 'stock.location'
    _inherit = ['stock.location', 'pharma.figures.mixin']
    _pharma_figure_fields = ('incoming_move_line_ids', 'outgoing_move_line_ids')


class StockReference(models.Model):
    _name = 'stock.reference'
    _inherit = ['stock.reference', 'pharma.figures.mixin']
    _pharma_figure_fields = ('move_ids', 'picking_ids', 'sale_ids')
