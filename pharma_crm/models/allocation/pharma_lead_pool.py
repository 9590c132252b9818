from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL


class PharmaLeadPool(models.Model):
    """A lead that waits for somebody to take it (线索池), as those see it who may take it.

    The customer is named only to whoever may see him: nobody learns of customers by looking into
    the pool. The id is that of the lead.
    """

    _name = 'pharma.lead.pool'
    _description = "Lead in the Pool"
    _auto = False
    _order = 'allocation_since, id'
    _depends = {'crm.lead': [
        'active', 'allocation_round', 'allocation_since', 'allocation_state', 'city',
        'company_id', 'expected_revenue', 'partner_id', 'priority', 'product_line_id',
        'source_id', 'state_id', 'territory_id', 'type', 'won_status']}

    name = fields.Char(string="Lead", compute='_compute_customer')
    customer_name = fields.Char(string="Customer", compute='_compute_customer')
    type = fields.Selection([('lead', "Lead"), ('opportunity', "Opportunity")], readonly=True)
    allocation_state = fields.Selection(
        [('pool', "In the Pool"), ('returned', "Back in the Pool")], string="Allocation",
        readonly=True)
    company_id = fields.Many2one('res.company', readonly=True)
    currency_id = fields.Many2one(related='company_id.currency_id')
    territory_id = fields.Many2one('pharma.territory', readonly=True)
    state_id = fields.Many2one('res.country.state', string="Province", readonly=True)
    city = fields.Char(readonly=True)
    product_line_id = fields.Many2one('product.category', readonly=True)
    source_id = fields.Many2one('utm.source', readonly=True)
    expected_revenue = fields.Monetary(readonly=True)
    priority = fields.Selection(
        [('0', "Low"), ('1', "Medium"), ('2', "High"), ('3', "Very High")], readonly=True)
    allocation_round = fields.Integer(string="Times Offered", readonly=True, aggregator=None)
    allocation_since = fields.Datetime(string="In the Pool Since", readonly=True)
    waiting_days = fields.Integer(compute='_compute_waiting_days', string="Days in the Pool")
    pharma_takeable = fields.Boolean(
        compute='_compute_pharma_takeable', search='_search_pharma_takeable',
        export_string_translation=False)

    @property
    def _table_query(self):
        return SQL(
            """ SELECT l.id, l.type, l.allocation_state, l.company_id, l.territory_id,
                       COALESCE(c.state_id, l.state_id) AS state_id,
                       CASE WHEN l.partner_id IS NULL THEN l.city ELSE d.name END AS city,
                       l.product_line_id, l.source_id, l.expected_revenue, l.priority,
                       l.allocation_round, l.allocation_since, l.partner_id
                  FROM crm_lead l
             LEFT JOIN res_partner p ON p.id = l.partner_id
             LEFT JOIN res_partner c ON c.id = p.commercial_partner_id
             LEFT JOIN pharma_division d ON d.id = c.pharma_city_id
                 WHERE l.active AND l.won_status = 'pending'
                   AND l.allocation_state IN ('pool', 'returned') """)

    # === COMPUTE === #

    @api.depends_context('uid', 'lang')
    def _compute_customer(self):
        """The words of a lead often name the customer: shown with him, or not at all."""
        leads = self.env['crm.lead'].browse(self.ids)
        readable = leads._filtered_access('read')
        # sudo: the customer decides, who may be seen though the lead is hidden in the pool
        partners = {lead.id: lead.partner_id for lead in leads.sudo()}
        customers = self.env['res.partner'].browse(
            {partner.id for partner in partners.values() if partner})
        visible = customers._filtered_access('read')
        for row in self:
            lead = leads.browse(row.id).sudo()
            partner = partners[row.id].with_env(self.env)
            shown = lead.with_env(self.env) in readable or partner and partner in visible
            row.name = lead.name if shown else self.env._("Lead no. %s", row.id)
            row.customer_name = (
                partner.sudo().display_name or lead.partner_name or lead.contact_name
            ) if shown else self.env._("Shown when you take it")

    @api.depends('allocation_since')
    def _compute_waiting_days(self):
        now = fields.Datetime.now()
        for row in self:
            row.waiting_days = (now - (row.allocation_since or now)).days

    @api.depends('name')
    def _compute_display_name(self):
        for row in self:
            row.display_name = row.name

    @api.depends_context('uid', 'allowed_company_ids')
    def _compute_pharma_takeable(self):
        allowed = set(self._search(
            Domain('id', 'in', self._origin.ids) & Domain('pharma_takeable', '=', True)))
        for row in self:
            row.pharma_takeable = row._origin.id in allowed

    @api.model
    def _search_pharma_takeable(self, operator, value):
        if operator != 'in':
            return NotImplemented
        leads = self.env['crm.lead']
        leads.flush_model(['partner_id', 'territory_id', 'product_line_id', 'company_id'])
        return Domain.custom(
            to_sql=lambda model, alias, query: leads._takeable_sql(alias))

    # === ACTIONS === #

    def action_take(self):
        """Take this lead; the first one gets it.

        :return: the action that opens it
        :rtype: dict
        :raise AccessError: for a lead of others' territories or customers
        :raise UserError: if somebody was quicker
        """
        self.ensure_one()
        # Not of the row, which is gone when somebody was quicker: the lead tells that
        self.browse().check_access('read')
        lead = self.env['crm.lead'].browse(self.id)
        lead._take()
        return lead._get_records_action()
