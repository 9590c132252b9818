from odoo import api, fields, models
from odoo.fields import Domain


class ProductTemplate(models.Model):
    """What happened with a product: opportunities, orders, calls, defects; as far as the user sees
    them.
    """

    _inherit = 'product.template'

    pharma_lead_count = fields.Integer(
        string="Number of Opportunities", compute='_compute_history_counts',
        groups='pharma_crm.group_pharma_crm_user')
    pharma_order_count = fields.Integer(
        string="Number of Orders", compute='_compute_history_counts',
        groups='pharma_crm.group_pharma_crm_user')
    pharma_visit_count = fields.Integer(
        string="Number of Calls", compute='_compute_history_counts',
        groups='pharma_crm.group_pharma_crm_user')
    pharma_defect_count = fields.Integer(
        string="Number of Defects", compute='_compute_history_counts',
        groups='pharma_crm.group_pharma_crm_user')
    pharma_fact_count = fields.Integer(
        string="Terminals with It", compute='_compute_history_counts',
        groups='pharma_crm.group_pharma_crm_user')
    pharma_intelligence_count = fields.Integer(
        string="Market News about It", compute='_compute_history_counts',
        groups='pharma_crm.group_pharma_crm_user')

    may_see_policies = fields.Boolean(
        compute='_compute_may_see_policies', groups='base.group_user',
        export_string_translation=False)

    @api.depends_context('uid')
    def _compute_may_see_policies(self):
        may = self.env['pharma.product.policy'].has_access('read')
        for product in self:
            # Of a line that is not his, a product manager sees neither cost nor limits
            product.may_see_policies = may and product.pharma_line

    @api.depends_context('uid', 'allowed_company_ids')
    def _compute_history_counts(self):
        """Of one product at a time, on its form."""
        names = {
            'pharma_lead_count': 'crm.lead', 'pharma_order_count': 'sale.order',
            'pharma_visit_count': 'pharma.visit', 'pharma_defect_count': 'pharma.product.defect',
            'pharma_fact_count': 'pharma.market.fact',
            'pharma_intelligence_count': 'pharma.intelligence'}
        for product in self:
            for name, model in names.items():
                product[name] = bool(product._origin) and self._may_read_history(model) and (
                    self.env[model].search_count(product._get_history_domain(model)))

    def _may_read_history(self, model):
        """Whether the current user can be told about records of a model."""
        # Opportunities are found by their quotations
        return all(self.env['pharma.access']._shows(name) for name in (
            [model, 'sale.order', 'sale.order.line'] if model == 'crm.lead' else [model]))

    def _get_history_domain(self, model):
        """Records of a model that are about these products.

        :param str model: name of the model
        :rtype: Domain
        """
        return {
            # Opportunities have no products of their own: those of their quotations count
            'crm.lead': Domain(
                'order_ids.order_line.product_id.product_tmpl_id', 'in', self.ids),
            'sale.order': Domain('order_line.product_id.product_tmpl_id', 'in', self.ids),
            'pharma.visit': Domain('product_ids.product_id.product_tmpl_id', 'in', self.ids),
            'pharma.product.defect': Domain('product_id', 'in', self.ids),
            'pharma.market.fact': (
                Domain('product_id', 'in', self.ids) & Domain('is_latest', '=', True)
                & Domain('is_gone', '=', False)),
            'pharma.intelligence': Domain('product_id', 'in', self.ids),
        }[model]

    def _action_history(self, xmlid, **context):
        action = self.env['ir.actions.act_window']._for_xml_id(xmlid)
        domain = self._get_history_domain(action['res_model'])
        return {**action, 'domain': list(domain), 'context': context}

    def action_view_leads(self):
        """Open the opportunities with quotations of these products."""
        return self._action_history('crm.crm_lead_opportunities')

    def action_view_orders(self):
        """Open the quotations and orders of these products."""
        return self._action_history('sale.action_quotations_with_onboarding')

    def action_view_visits(self):
        """Open the calls in which these products were presented."""
        return self._action_history('pharma_crm.pharma_visit_action')

    def action_view_defects(self):
        """Open the defects and complaints of these products."""
        return self._action_history(
            'pharma_crm.pharma_product_defect_action', default_product_id=self[:1].id)

    def action_view_market_facts(self):
        """Open the terminals where these products were seen, with the history."""
        action = self._action_history(
            'pharma_crm.pharma_market_fact_action', default_product_id=self[:1].id,
            search_default_latest=1)
        return {**action, 'domain': [('product_id', 'in', self.ids)]}

    def action_view_intelligence(self):
        """Open the market news about these products."""
        return self._action_history(
            'pharma_crm.pharma_intelligence_action', default_product_id=self[:1].id)

    def action_view_policies(self):
        """Open what these products cost, and how far their prices may go down."""
        action = self.env['ir.actions.act_window']._for_xml_id(
            'pharma_crm.pharma_product_policy_action')
        return {**action, 'domain': [('product_id', 'in', self.ids)],
                'context': {'default_product_id': self[:1].id}}
