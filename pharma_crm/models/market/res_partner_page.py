from odoo import models

from ..customer.res_partner import TERMINAL_TYPES
from ..page.res_partner_page import ROWS


class ResPartner(models.Model):
    """Competitors and agents on the customer's 360° page."""

    _inherit = 'res.partner'

    def _get_page_sections(self):
        return [
            *super()._get_page_sections(),
            {'key': 'market', 'title': self.env._("Competitors' Products"),
             'model': 'pharma.market.fact', 'icon': 'fa-crosshairs', 'sequence': 70,
             'content': self._page_market},
            {'key': 'agents', 'title': self.env._("Agents"), 'model': 'pharma.agent.product',
             'icon': 'fa-users', 'sequence': 72, 'content': self._page_agents},
            {'key': 'news', 'title': self.env._("Market News"), 'model': 'pharma.intelligence',
             'icon': 'fa-newspaper-o', 'sequence': 74, 'content': self._page_news},
        ]

    def _page_market(self):
        if self.pharma_type not in (*TERMINAL_TYPES, 'manufacturer'):
            return None
        facts = self.env['pharma.market.fact']
        domain = self._get_market_domain(facts._name)
        rows = facts.search(domain, order='monthly_amount DESC, date DESC, id DESC', limit=ROWS)
        figures = [self._page_figure(
            self.env._("Competitors' Products"), facts.search_count(domain))]
        known = rows.filtered('own_quantity')[:1]
        if known and self.pharma_type != 'manufacturer':
            figures.append(self._page_figure(
                self.env._("Our Share"), known.own_share, text=f"{known.own_share:.0f} %",
                note=known.generic_name))
        by_name = self.pharma_type == 'manufacturer'
        return {
            'figures': figures,
            'rows': [self._page_row(
                (fact.partner_id if by_name else fact.product_id).name, self._page_record(fact),
                subtitle=" · ".join(filter(None, (
                    fact.product_id.name if by_name else fact.manufacturer_id.name,
                    self.env._("%s packs a month", self._page_text(
                        fact.monthly_quantity, 'count')) if fact.monthly_quantity else "",
                    self.env._("seen %s", self._page_day(fact.date))))),
                value=self._page_price(fact.price, fact.currency_id) if fact.price else "")
                for fact in rows],
            'empty': self.env._("Nobody has seen a competitor's product here yet."),
            'action': self._page_list(
                'pharma_crm.pharma_market_fact_action', self.env._("Market Facts"), domain),
        }

    def _page_agents(self):
        if self.pharma_type not in (*TERMINAL_TYPES, 'agent'):
            return None
        lines = self.env['pharma.agent.product']
        domain = self._get_market_domain(lines._name)
        rows = lines.search(
            domain, order='is_ours DESC, monthly_quantity DESC, id', limit=ROWS)
        by_terminal = self.pharma_type == 'agent'
        return {
            'figures': [self._page_figure(
                self.env._("Terminals") if by_terminal else self.env._("Agents"),
                len(lines._read_group(domain, ['partner_id' if by_terminal else 'agent_id'])))],
            'rows': [self._page_row(
                (line.partner_id if by_terminal else line.agent_id).name,
                self._page_record(line), subtitle=line.product_id.name,
                value=self._page_text(line.monthly_quantity, 'count')
                if line.monthly_quantity else "",
                badge=self.env._("Ours") if line.is_ours else None, badge_tone='success')
                for line in rows],
            'empty': self.env._("No agent is known here."),
            'action': self._page_list(
                'pharma_crm.pharma_agent_product_action', self.env._("Agents at Terminals"),
                domain),
        }

    def _page_news(self):
        if not self.pharma_type:
            return None
        news = self.env['pharma.intelligence']
        domain = self._get_market_domain(news._name)
        kinds = dict(news._fields['kind']._description_selection(self.env))
        return {
            'rows': [self._page_row(
                one.display_name, self._page_record(one), value=self._page_day(one.date),
                subtitle=" · ".join(filter(None, (
                    kinds[one.kind], one.manufacturer_id.name, one.user_id.name))),
                tone='danger' if one.importance == '2' else None)
                for one in news.search(domain, limit=ROWS)],
            'empty': self.env._("No market news were reported yet."),
            'action': self._page_list(
                'pharma_crm.pharma_intelligence_action', self.env._("Market News"), domain),
        }

    def _get_page_buttons(self):
        buttons = super()._get_page_buttons()
        if not self.pharma_type or not self.env['pharma.intelligence'].has_access('create'):
            return buttons
        label = self.env._("Report Market News")
        view_id = self.env['ir.model.data']._xmlid_to_res_id(
            'pharma_crm.pharma_intelligence_view_form_quick')
        key = 'manufacturer_id' if self.pharma_type == 'manufacturer' else 'partner_id'
        return [*buttons, {
            'key': 'pharma_intelligence', 'label': label, 'icon': 'fa-newspaper-o', 'action': {
                **self._page_form('pharma.intelligence', label), 'views': [[view_id, 'form']],
                'target': 'new', 'context': {f'default_{key}': self.id}}}]
