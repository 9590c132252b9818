from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL


class PharmaCustomerMixin(models.AbstractModel):
    """A record of a customer is found by that customer or anybody above him: the orders of a
    hospital are those of its campuses, departments and persons as well.

    How to use: inherit it beside the model and say in ``_pharma_customer_column`` which stored
    link to contacts counts, or extend ``_pharma_customer_sql``. A domain such as
    ``[('pharma_customer_id', '=', hospital.id)]`` then stands for the hospital with all below it,
    by one index, in figures of the 360° page and in the lists behind them alike.
    """

    _name = 'pharma.customer.mixin'
    _description = "Belongs to a Customer"

    # Stored many2one field to res.partner
    _pharma_customer_column = 'partner_id'

    pharma_customer_id = fields.Many2one(
        'res.partner', string="Customer with All Below", store=False,
        search='_search_pharma_customer_id', groups='base.group_user',
        help="The customer or somebody below: of a hospital its campuses, departments and persons")

    @api.model
    def _search_pharma_customer_id(self, operator, value):
        """Records of customers and of everybody below them; who sees them is left to the rules."""
        if operator != 'in':
            return NotImplemented
        within = self.env['res.partner'].browse(id_ for id_ in value if id_)._within_sql()
        return Domain.custom(
            to_sql=lambda model, alias, query: self._pharma_customer_sql(alias, within))

    @api.model
    def _pharma_customer_sql(self, alias, within):
        """Condition that a record belongs to certain customers.

        :param str alias: of the model's table in the query
        :param SQL within: query of the ids of contacts
        :rtype: SQL
        """
        self.flush_model([self._pharma_customer_column])
        return SQL("%s = ANY(ARRAY(%s))",
                   SQL.identifier(alias, self._pharma_customer_column), within)
