from odoo import api, fields, models
from odoo.tools import SQL

from .pharma_flow_customer import FACTS
from .pharma_flow_summary import DIMENSIONS, MEASURES, names


class PharmaFlowSummaryFactsMixin(models.AbstractModel):
    """A table of results by facts of customers, which follows them (``pharma.flow.customer``).

    How to use: as ``pharma.flow.summary.mixin``; ``_dimensions`` may hold names of FACTS as well,
    and ``_cell_uniq`` is an index of all of them.
    """

    _name = 'pharma.flow.summary.facts.mixin'
    _inherit = ['pharma.flow.summary.mixin']
    _description = "Table of Results by Facts of Customers"

    state_id = fields.Integer(aggregator=None)
    pharma_type = fields.Char(export_string_translation=False)
    hospital_level = fields.Char(export_string_translation=False)
    hospital_grade = fields.Char(export_string_translation=False)

    @api.model
    def _get_facts(self):
        return tuple(name for name in FACTS if name in self._dimensions)

    @api.model
    def _get_cell_columns(self):
        return self._get_dimensions()

    @api.model
    def _sql_told(self, source):
        return SQL(
            "(SELECT cell.*, %s FROM (SELECT %s FROM %s) cell"
            " LEFT JOIN (%s) fact ON fact.id = cell.partner_id) cell",
            names(self._get_facts(), 'fact'), names((*DIMENSIONS, *MEASURES)), source,
            self.env['pharma.flow.customer']._sql_facts())


class PharmaFlowSummaryMarket(models.Model):
    """What was sold of each product in each province, to which type, level and grade of customers.
    """

    _name = 'pharma.flow.summary.market'
    _description = "Results by Product and Kind of Customer"
    _inherit = ['pharma.flow.summary.facts.mixin']
    _log_access = False
    _dimensions = (
        'company_id', 'kind', 'month', 'entry_month', 'product_id', 'product_line_id', *FACTS)

    _cell_uniq = models.UniqueIndex(
        '(state_id, month, product_id, pharma_type, hospital_level, hospital_grade, kind,'
        ' entry_month, product_line_id, company_id) NULLS NOT DISTINCT')


class PharmaFlowSummaryPlace(models.Model):
    """What each distributor sold in each province."""

    _name = 'pharma.flow.summary.place'
    _description = "Results by Distributor and Province"
    _inherit = ['pharma.flow.summary.facts.mixin']
    _log_access = False
    _dimensions = ('company_id', 'kind', 'month', 'entry_month', 'distributor_id', 'state_id')

    _cell_uniq = models.UniqueIndex(
        '(state_id, month, distributor_id, kind, entry_month, company_id) NULLS NOT DISTINCT')
