from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from .common_money import MoneyCommon


@tagged('post_install', '-at_install')
class TestPortalCustomer(MoneyCommon, HttpCase):
    """A distributor in the portal sees what is his, and nothing else, whatever way he asks.

    ============== ============================ =================================
    user           works for                    has
    ============== ============================ =================================
    customer       distributor                  order, delivery, invoice
    other_customer other_distributor            order, delivery, invoice
    ============== ============================ =================================
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.documents = {}
        for distributor in (cls.distributor, cls.other_distributor):
            order = cls._create_order(distributor)
            picking = cls._deliver(order)
            cls.documents[distributor] = (order, picking, cls._invoice(order))
        cls.hospital = cls._create_hospital(name="海州市第九医院")
        cls.department = cls._create_department(cls.hospital)
        cls.doctor = cls._create_person(cls.department, name="林守拙")
        # A person may also stand below the distributor himself
        cls.own_person = cls._create_person(cls.distributor, name="贺兰山")

    def _rpc(self, model, method, args=(), **kwargs):
        """call_kw as the web client does it; the user is the authenticated one."""
        return self.make_jsonrpc_request(
            f'/web/dataset/call_kw/{model}/{method}',
            {'model': model, 'method': method, 'args': list(args), 'kwargs': kwargs})

    def _json2(self, user, model, method, **arguments):
        """An external program's call with an API key of the user."""
        key = self.env['res.users.apikeys'].with_user(user)._generate(
            'rpc', 'test', fields.Datetime.now() + timedelta(hours=1))
        return self.url_open(
            f'/json/2/{model}/{method}', json=arguments,
            headers={'Authorization': f'bearer {key}'})

    # === PAGES === #

    def test_pages_show_own_documents(self):
        """Orders, deliveries with lot and expiry date, and invoices are on his pages."""
        order, picking, invoice = self.documents[self.distributor]
        other_order, other_picking, other_invoice = self.documents[self.other_distributor]
        self.authenticate('pharma_customer', 'pharma_customer')
        for url, own, foreign in (
                ('/my/orders', order, other_order),
                ('/my/deliveries', picking, other_picking),
                ('/my/invoices', invoice, other_invoice)):
            with self.subTest(url=url):
                page = self.url_open(url)
                self.assertEqual(page.status_code, 200)
                self.assertIn(own.name, page.text)
                self.assertNotIn(foreign.name, page.text)
        page = self.url_open(f'/my/deliveries/{picking.id}')
        self.assertEqual(page.url.split('?')[0], f'{self.base_url()}/my/deliveries/{picking.id}')
        self.assertIn(self.lot.name, page.text)
        self.assertIn(f'{self.lot.expiration_date:%Y}', page.text)
        counters = self.make_jsonrpc_request('/my/counters', {'counters': ['delivery_count']})
        self.assertEqual(counters, {'delivery_count': 1})

    def test_delivery_slip(self):
        """The slip can be opened by everybody of the company, not by another one's."""
        _order, picking, _invoice = self.documents[self.distributor]
        Picking = self.env['stock.picking']
        self.assertTrue(picking.with_user(self.customer).has_access('read'))
        self.assertFalse(picking.with_user(self.other_customer).has_access('read'))
        self.assertFalse(picking.with_user(self.customer).has_access('write'))
        self.authenticate('pharma_other_customer', 'pharma_other_customer')
        self.assertEqual(self.url_open(f'/my/picking/pdf/{picking.id}').status_code, 404)
        self.assertEqual(Picking.with_user(self.other_customer).search([]),
                         self.documents[self.other_distributor][1])

    def test_receipts_from_suppliers_stay_hidden(self):
        """The rule opens deliveries of orders, not the other transfers of the warehouse."""
        order, picking, _invoice = self.documents[self.distributor]
        internal = self.env['stock.picking'].create({
            'picking_type_id': self.warehouse.int_type_id.id,
            'location_id': self.warehouse.lot_stock_id.id,
            'location_dest_id': self.warehouse.lot_stock_id.id,
        })
        self.assertEqual(self.env['stock.picking'].with_user(self.customer).search([]), picking)
        self.assertFalse(internal.with_user(self.customer).has_access('read'))
        self.assertEqual(order.picking_ids, picking)

    def test_pages_of_another_company(self):
        """Addresses of another customer's documents lead back to the own page."""
        order, picking, invoice = self.documents[self.other_distributor]
        self.authenticate('pharma_customer', 'pharma_customer')
        for url in (f'/my/orders/{order.id}', f'/my/deliveries/{picking.id}',
                    f'/my/invoices/{invoice.id}', '/my/deliveries/999999999'):
            with self.subTest(url=url):
                page = self.url_open(url)
                self.assertTrue(page.url.split('?')[0].rstrip('/').endswith('/my'), page.url)

    def test_no_visitor(self):
        """Without a login there is only the login page."""
        for url in ('/my/deliveries', f'/my/deliveries/{self.documents[self.distributor][1].id}'):
            self.assertIn('/web/login', self.url_open(url).url)

    # === RPC === #

    def test_call_kw(self):
        """The web client's way: own documents only, no persons, departments, hospitals."""
        order, picking, invoice = self.documents[self.distributor]
        self.authenticate('pharma_customer', 'pharma_customer')
        for own in (order, picking, invoice):
            model = own._name
            found = self._rpc(model, 'search_read', [[]], fields=['name'])
            self.assertEqual([row['id'] for row in found], own.ids, model)
        partners = {
            row['id'] for row in self._rpc('res.partner', 'search_read', [[]], fields=['name'])}
        for hidden in (self.hospital, self.department, self.doctor, self.own_person,
                       self.other_distributor):
            self.assertNotIn(hidden.id, partners)
        self.assertEqual(
            self._rpc('res.partner', 'search_count', [[('name', '=', self.own_person.name)]]), 0)
        self.assertFalse(self._rpc('res.partner', 'name_search', [self.doctor.name]))

    def test_json2(self):
        """An external program's way, with an API key."""
        order = self.documents[self.distributor][0]
        answer = self._json2(self.customer, 'sale.order', 'search_read', domain=[], fields=['name'])
        self.assertEqual([row['id'] for row in answer.json()], order.ids)
        with mute_logger('odoo.http', 'odoo.addons.base.models.ir_rule'):
            answer = self._json2(
                self.customer, 'res.partner', 'read', ids=self.doctor.ids, fields=['name'])
        self.assertEqual(answer.status_code, 403)
        self.assertNotIn(self.doctor.name, answer.text)

    @mute_logger('odoo.http', 'odoo.addons.base.models.ir_model', 'odoo.models')
    def test_models_of_the_suite(self):
        """None of the suite's models gives a portal user anything, now and for models to come."""
        models = sorted(
            name for name, model in self.env.registry.items()
            if name.startswith('pharma.') and not model._abstract)
        self.assertIn('pharma.alias', models)
        for model in models:
            with self.subTest(model=model):
                self.assertFalse(self.env[model].with_user(self.customer).has_access('read'))
                answer = self._json2(self.customer, model, 'search_read', domain=[])
                self.assertEqual(answer.status_code, 403)

    def test_fields_of_the_suite_on_contacts(self):
        """What we know about a customer is not told to him: our fields are for employees."""
        own_fields = [
            name for name, field in self.env['res.partner']._fields.items()
            if field._module and field._module.startswith('pharma_')]
        self.assertIn('pharma_type', own_fields)
        readable = [
            name for name in own_fields
            if self.env['res.partner'].with_user(self.customer)._has_field_access(
                self.env['res.partner']._fields[name], 'read')]
        self.assertEqual(readable, [])
        with self.assertRaises(AccessError):
            self.distributor.with_user(self.customer).read(['pharma_type'])


@tagged('post_install', '-at_install')
class TestAccountantContacts(MoneyCommon):
    """Accountants see no persons and departments, and still do all their work."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.hospital = cls._create_hospital()
        cls.department = cls._create_department(cls.hospital, name="药剂科")
        cls.person = cls._create_person(cls.department)

    def test_persons_are_hidden(self):
        partners = self.env['res.partner'].with_user(self.accountant)
        self.assertIn(self.hospital, partners.search([]))
        self.assertFalse(partners.search([('id', 'in', (self.department | self.person).ids)]))

    def test_invoice_addressed_to_a_department(self):
        """An invoice of an order that the hospital's pharmacy placed is posted, paid and opened."""
        order = self._create_order(self.department)
        self._deliver(order)
        invoice = order._create_invoices().with_user(self.accountant)
        self.assertEqual(invoice.commercial_partner_id, self.hospital)
        invoice.action_post()
        invoice.web_read({'name': {}, 'partner_id': {'fields': {'display_name': {}}},
                          'partner_shipping_id': {'fields': {'display_name': {}}}})
        self.env['account.payment.register'].with_user(self.accountant).with_context(
            active_model='account.move', active_ids=invoice.ids).create({}).action_create_payments()
        self.assertIn(invoice.payment_state, ('paid', 'in_payment'))

    def test_invoice_by_hand(self):
        """The accountant writes an invoice to a hospital with people below it."""
        invoice = self.env['account.move'].with_user(self.accountant).create({
            'move_type': 'out_invoice',
            'partner_id': self.hospital.id,
            'invoice_line_ids': [fields.Command.create({
                'product_id': self.product.id, 'quantity': 2, 'price_unit': 10,
                'tax_ids': [fields.Command.set(self.tax.ids)]})],
        })
        invoice.action_post()
        self.assertEqual(invoice.amount_total, 22.6)
        self.assertEqual(self.hospital.with_user(self.accountant).total_invoiced, 20.0)

    def test_statement_of_a_customer(self):
        """The list of open items of a hospital, as the accountant prints it."""
        order = self._create_order(self.hospital)
        self._deliver(order)
        invoice = self._invoice(order)
        wizard = self.env['outstanding.statement.wizard'].with_user(self.accountant).with_context(
            active_ids=self.hospital.ids, active_model='res.partner').create({})
        report = self.env['report.partner_statement.outstanding_statement']
        values = report.with_user(self.accountant)._get_report_values(
            self.hospital.ids, wizard._prepare_statement())
        currencies = values['data'][self.hospital.id]['currencies']
        names = [line['move_id'] for data in currencies.values() for line in data['lines']]
        self.assertIn(invoice.name, names)
