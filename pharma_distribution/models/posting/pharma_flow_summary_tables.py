from odoo import models

from .pharma_flow_summary import DIMENSIONS


class PharmaFlowSummaryYear(models.Model):
    """Every dimension by whole years: a few times smaller than the complete table, for questions
    that ask for no months.
    """

    _name = 'pharma.flow.summary.year'
    _description = "Results by Year"
    _inherit = ['pharma.flow.summary.mixin']
    _log_access = False
    _dimensions = tuple(name for name in DIMENSIONS if name != 'entry_month')
    _grain = 'year'


class PharmaFlowSummaryCustomer(models.Model):
    """What customers bought of each line and who worked there, for readers who see a part."""

    _name = 'pharma.flow.summary.customer'
    _description = "Results by Customer"
    _inherit = ['pharma.flow.summary.mixin']
    _log_access = False
    _dimensions = (
        'company_id', 'kind', 'month', 'entry_month', 'partner_id', 'department_id',
        'product_line_id', 'territory_id', 'user_id')

    _month_idx = models.Index('USING brin (month)')


class PharmaFlowSummaryTerminal(models.Model):
    """What customers bought by month, for counting them and for figures by place."""

    _name = 'pharma.flow.summary.terminal'
    _description = "Results by Terminal"
    _inherit = ['pharma.flow.summary.mixin']
    _log_access = False
    _dimensions = ('company_id', 'kind', 'month', 'entry_month', 'partner_id')

    _month_idx = models.Index('USING brin (month)')


class PharmaFlowSummaryTrade(models.Model):
    """What distributors sold of each product, whoever bought it."""

    _name = 'pharma.flow.summary.trade'
    _description = "Results by Distributor and Product"
    _inherit = ['pharma.flow.summary.mixin']
    _log_access = False
    _dimensions = (
        'company_id', 'kind', 'month', 'entry_month', 'distributor_id', 'product_id',
        'product_line_id')

    _month_idx = models.Index('USING brin (month)')


class PharmaFlowSummaryTerritory(models.Model):
    """What was sold in each territory and by whom, whatever it was and to whom."""

    _name = 'pharma.flow.summary.territory'
    _description = "Results by Territory and Person"
    _inherit = ['pharma.flow.summary.mixin']
    _log_access = False
    _dimensions = (
        'company_id', 'kind', 'month', 'entry_month', 'product_line_id', 'territory_id', 'user_id')

    # Every comparison asks for the last month
    _month_idx = models.Index('(month)')


class PharmaFlowSummaryTerminalYear(models.Model):
    """What customers bought by whole years, whatever it was: for rankings and kinds of customers.
    """

    _name = 'pharma.flow.summary.terminal.year'
    _description = "Results by Terminal and Year"
    _inherit = ['pharma.flow.summary.mixin']
    _log_access = False
    _dimensions = ('company_id', 'kind', 'month', 'partner_id')
    _grain = 'year'


class PharmaFlowSummaryPerson(models.Model):
    """What was sold of each product in each territory and by whom, by month."""

    _name = 'pharma.flow.summary.person'
    _description = "Results by Person and Product"
    _inherit = ['pharma.flow.summary.mixin']
    _log_access = False
    _dimensions = (
        'company_id', 'kind', 'month', 'entry_month', 'product_id', 'product_line_id',
        'territory_id', 'user_id')

    _month_idx = models.Index('USING brin (month)')


class PharmaFlowSummaryPersonYear(models.Model):
    """What was sold of each product in each territory and by whom, by whole years."""

    _name = 'pharma.flow.summary.person.year'
    _description = "Results by Person, Product and Year"
    _inherit = ['pharma.flow.summary.mixin']
    _log_access = False
    _dimensions = (
        'company_id', 'kind', 'month', 'product_id', 'product_line_id', 'territory_id', 'user_id')
    _grain = 'year'
