from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import format_date, formatLang

# Competitors beside our product: more do not fit on a page
COLUMNS = 6


class ProductTemplate(models.Model):
    """A product beside its competitors, property by property."""

    _inherit = 'product.template'

    comparison = fields.Html(
        string="Comparison Table", compute='_compute_comparison', sanitize=False,
        groups='pharma_crm.group_pharma_crm_user')

    @api.depends_context('uid', 'lang', 'allowed_company_ids')
    @api.depends('rival_ids', 'drug_specification', 'drug_insurance_class', 'drug_is_essential',
                 'drug_evidence', 'drug_arguments', 'drug_consistency', 'drug_indications')
    def _compute_comparison(self):
        qweb = self.env['ir.qweb']
        for product in self:
            product.comparison = product._origin and qweb._render(
                'pharma_crm.product_comparison_table', {'table': product.get_comparison()})

    @api.readonly
    def get_comparison(self):
        """This product beside those that compete with it, ours first.

        :return: ``{'products': [{'id', 'name', 'is_ours'}], 'rows': [{'key', 'label', 'cells':
            [text]}]}``; rows that say nothing of any product are left out
        :rtype: dict
        :raise AccessError: for whoever may not read the product
        """
        self.ensure_one()
        self.check_access('read')
        rivals = self._get_rivals()[self][:COLUMNS]
        products = self | rivals if self.sale_ok else rivals | self
        rows = [{'key': key, 'label': label, 'cells': [cell or '' for cell in cells]}
                for key, label, cells in products._get_comparison_rows()]
        return {
            'products': [
                {'id': product.id, 'name': product.name, 'is_ours': product.sale_ok}
                for product in products],
            'rows': [row for row in rows if any(row['cells'])]}

    def _get_comparison_rows(self):
        """What products are compared by, one cell per product; extended by the other addons.

        :return: tuples of a key, a label and a list of texts
        :rtype: list
        """
        label = {name: self._fields[name]._description_string(self.env) for name in (
            'drug_manufacturer_id', 'drug_specification', 'drug_dosage_form',
            'drug_approval_number', 'drug_supply_class', 'drug_consistency',
            'drug_insurance_class', 'drug_is_essential', 'drug_storage', 'drug_indications',
            'drug_evidence', 'drug_arguments')}
        yes = self.env._("Yes")
        prices = self._get_seen_prices()
        price = self.env._("Price")
        seen = self.env._("Seen at Terminals")
        shelf_life = self._fields['drug_shelf_life']._description_string(self.env)
        return [
            ('maker', label['drug_manufacturer_id'],
             [product.drug_manufacturer_id.sudo().name for product in self]),
            *((name, label[name], self.mapped(lambda product, name=name: product[name] or ''))
              for name in ('drug_specification', 'drug_dosage_form', 'drug_approval_number')),
            ('price', price, [product._describe_price() for product in self]),
            ('seen', seen, [prices.get(product.id) for product in self]),
            *((name, label[name], [product._describe_choice(name) for product in self])
              for name in ('drug_supply_class', 'drug_consistency', 'drug_insurance_class')),
            ('drug_is_essential', label['drug_is_essential'],
             [yes if product.drug_is_essential else '' for product in self]),
            ('drug_shelf_life', shelf_life,
             [str(product.drug_shelf_life or '') for product in self]),
            *((name, label[name], self.mapped(lambda product, name=name: product[name] or ''))
              for name in ('drug_storage', 'drug_indications', 'drug_evidence',
                           'drug_arguments')),
        ]

    def _describe_choice(self, name):
        return dict(self._fields[name]._description_selection(self.env)).get(self[name])

    def _describe_price(self):
        """The sales price of ours; a competitor's product has none with us."""
        return self.sale_ok and self.list_price and formatLang(
            self.env, self.list_price, currency_obj=self.currency_id)

    def _get_seen_prices(self):
        """Prices of competitors' products at the terminals that the user sees: lowest to highest,
        and when last.

        :return: texts by id of the product
        :rtype: dict
        """
        facts = self.env['pharma.market.fact']
        if not facts.has_access('read'):
            return {}
        currency = self.env.company.currency_id
        texts = {}
        for product, low, high, last, count in facts._read_group(
                Domain('product_id', 'in', self.ids) & Domain('price', '>', 0)
                & Domain('is_latest', '=', True) & Domain('is_gone', '=', False)
                & Domain('company_id', '=', self.env.company.id),
                ['product_id'], ['price:min', 'price:max', 'date:max', '__count']):
            prices = " – ".join(dict.fromkeys(
                formatLang(self.env, price, currency_obj=currency) for price in (low, high)))
            texts[product.id] = self.env._(
                "%(prices)s (%(count)s terminals, last on %(date)s)", prices=prices, count=count,
                date=format_date(self.env, last))
        return texts

    def action_print_comparison(self):
        """Print the comparison."""
        self.check_access('read')
        return self.env.ref('pharma_crm.action_report_product_comparison').report_action(self)
