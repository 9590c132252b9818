from odoo import api, fields, models
from odoo.exceptions import UserError


class ResPartner(models.Model):
    """The market around a customer: competitors' products, news, agents."""

    _inherit = 'res.partner'

    market_fact_count = fields.Integer(
        string="Competitors' Products", compute='_compute_market_counts',
        groups='pharma_crm.group_pharma_crm_user')
    intelligence_count = fields.Integer(
        string="Number of Market News", compute='_compute_market_counts',
        groups='pharma_crm.group_pharma_crm_user')
    agent_product_count = fields.Integer(
        string="Agents' Products", compute='_compute_market_counts',
        groups='pharma_crm.group_pharma_crm_user')

    @api.depends_context('uid', 'allowed_company_ids')
    def _compute_market_counts(self):
        """Of one customer at a time, on its form: all below it count as well."""
        names = {
            'market_fact_count': 'pharma.market.fact',
            'intelligence_count': 'pharma.intelligence',
            'agent_product_count': 'pharma.agent.product'}
        for partner in self:
            for name, model in names.items():
                records = self.env[model]
                partner[name] = bool(partner._origin) and records.has_access('read') and (
                    records.search_count(partner._origin._get_market_domain(model)))

    def _get_market_domain(self, model):
        """Records of a model that are about this customer today.

        :param str model: name of the model
        :rtype: list
        """
        self.ensure_one()
        if model == 'pharma.market.fact':
            about = ([('manufacturer_id', '=', self.id)] if self.pharma_type == 'manufacturer'
                     else self._get_page_domain())
            return [*about, ('is_latest', '=', True), ('is_gone', '=', False)]
        if model == 'pharma.agent.product':
            about = ([('agent_id', '=', self.id)] if self.pharma_type == 'agent'
                     else self._get_page_domain())
            return [*about, ('is_current', '=', True)]
        if self.pharma_type == 'manufacturer':
            return [('manufacturer_id', '=', self.id)]
        return self._get_page_domain()

    def action_view_market_facts(self):
        """Open what was seen of competitors here, or of this competitor, with the history."""
        self.ensure_one()
        action = self.env['ir.actions.act_window']._for_xml_id(
            'pharma_crm.pharma_market_fact_action')
        domain = ([('manufacturer_id', '=', self.id)] if self.pharma_type == 'manufacturer'
                  else self._get_page_domain())
        context = {'search_default_latest': 1}
        if self.pharma_type != 'manufacturer':
            context['default_partner_id'] = self.id
        return {**action, 'domain': domain, 'context': context}

    def action_view_intelligence(self):
        """Open the market news about this customer or competitor."""
        self.ensure_one()
        action = self.env['ir.actions.act_window']._for_xml_id(
            'pharma_crm.pharma_intelligence_action')
        key = 'manufacturer_id' if self.pharma_type == 'manufacturer' else 'partner_id'
        return {**action, 'domain': self._get_market_domain('pharma.intelligence'),
                'context': {f'default_{key}': self.id}}

    def action_view_agent_products(self):
        """Open which agents work here with what, or where this agent works."""
        self.ensure_one()
        action = self.env['ir.actions.act_window']._for_xml_id(
            'pharma_crm.pharma_agent_product_action')
        key = 'agent_id' if self.pharma_type == 'agent' else 'partner_id'
        domain = ([('agent_id', '=', self.id)] if key == 'agent_id' else self._get_page_domain())
        return {**action, 'domain': domain,
                'context': {f'default_{key}': self.id, 'search_default_current': 1}}

    def action_view_market_file(self):
        """Open the competitor file of this manufacturer or the file of this agent, a new one if
        there is none.

        :raise UserError: for other customers, and where there is none and one may not make it
        """
        self.ensure_one()
        self.check_access('read')
        model = {'manufacturer': 'pharma.competitor', 'agent': 'pharma.agent'}.get(
            self.pharma_type)
        if not model:
            raise UserError(self.env._("Only manufacturers and agents have such a file."))
        records = self.env[model].with_context(active_test=False)
        file = records.search([
            ('partner_id', '=', self.id), ('company_id', '=', self.env.company.id)], limit=1)
        if not file and not records.has_access('create'):
            raise UserError(self.env._("Nobody has made this file yet; managers can."))
        return {
            'type': 'ir.actions.act_window', 'res_model': model, 'views': [[False, 'form']],
            'name': records._description, 'res_id': file.id,
            'context': {'default_partner_id': self.id}}
