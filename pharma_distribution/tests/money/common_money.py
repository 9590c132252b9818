from datetime import timedelta

from odoo import fields
from odoo.fields import Command
from odoo.tests import new_test_user

from odoo.addons.pharma_crm.tests.common import PharmaCrmCommon

# A name with a character that GB2312, the small ancestor of GB18030, does not have.
PAYER = "海州喆康医药有限公司"


class MoneyCommon(PharmaCrmCommon):
    """Two distributors with portal users, a product with lots, orders up to their invoices.

    Resources:

    * ``company`` with a chart of accounts; ``accountant`` (full accounting features, none of our
      roles), ``stock_user``;
    * ``distributor`` and ``other_distributor`` with a contact each, ``customer`` and
      ``other_customer``: the portal users of these contacts;
    * ``product`` (tracked by lot, with expiry dates), ``lot`` with 500 packs in stock;
    * ``_create_order(partner)`` and ``_deliver(order)``, ``_invoice(order)``.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env.company
        if not cls.company.chart_template:
            cls.env['account.chart.template'].try_loading('generic_coa', cls.company)
        cls.accountant = new_test_user(
            cls.env, login='pharma_accountant', password='pharma_accountant',
            groups='account.group_account_user')
        cls.distributor, cls.customer = cls._create_customer(PAYER, 'pharma_customer')
        cls.other_distributor, cls.other_customer = cls._create_customer(
            "海州康达药业有限公司", 'pharma_other_customer')
        cls.tax = cls.env['account.tax'].create({
            'name': "13% of the test", 'amount': 13, 'type_tax_use': 'sale',
            'price_include_override': 'tax_excluded',
        })
        cls.product = cls._create_product(
            name="阿托伐他汀钙片 20mg*7片", is_storable=True, tracking='lot',
            use_expiration_date=True, expiration_time=730, list_price=100.0,
            invoice_policy='delivery',
            taxes_id=[Command.set(cls.tax.ids)]).product_variant_id
        cls.lot = cls.env['stock.lot'].create({
            'name': "PT260101", 'product_id': cls.product.id, 'company_id': cls.company.id,
            'expiration_date': fields.Datetime.now() + timedelta(days=400),
        })
        cls.warehouse = cls.env['stock.warehouse'].search(
            [('company_id', '=', cls.company.id)], limit=1)
        cls.env['stock.quant']._update_available_quantity(
            cls.product, cls.warehouse.lot_stock_id, 500, lot_id=cls.lot)

    @classmethod
    def _create_customer(cls, name, login):
        distributor = cls._create_distributor(name=name)
        contact = cls.env['res.partner'].create({
            'name': f"{name} 采购", 'parent_id': distributor.id, 'email': f'{login}@example.com'})
        user = new_test_user(
            cls.env, login=login, password=login, groups='base.group_portal', partner_id=contact.id)
        return distributor, user

    @classmethod
    def _create_order(cls, partner, quantity=10):
        """A confirmed order for packs at 100.00 plus 13 % tax."""
        order = cls.env['sale.order'].create({
            'partner_id': partner.id,
            'warehouse_id': cls.warehouse.id,
            'order_line': [Command.create({
                'product_id': cls.product.id, 'product_uom_qty': quantity, 'price_unit': 100.0,
                'tax_ids': [Command.set(cls.tax.ids)]})],
        })
        order.action_confirm()
        return order

    @classmethod
    def _deliver(cls, order):
        """Ship everything that was ordered."""
        picking = order.picking_ids
        picking.action_assign()
        picking.move_ids.picked = True
        picking.button_validate()
        return picking

    @classmethod
    def _invoice(cls, order):
        """The posted invoice of what was shipped."""
        invoice = order._create_invoices()
        invoice.action_post()
        return invoice
