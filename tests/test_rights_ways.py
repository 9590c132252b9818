import base64
from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tools import mute_logger

from odoo.addons.pharma_tender.tests.common import PharmaTenderCommon

QUIET = ('odoo.http', 'odoo.addons.base.models.ir_rule', 'odoo.addons.base.models.ir_model')


@tagged('post_install', '-at_install')
class TestRightsWays(PharmaTenderCommon, HttpCase):
    """A stranger's customer is hidden from integrations, portal users and addresses of files too;
    and those without territories can do their work on his documents.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.own = cls._create_hospital(name="自家医院")
        cls.hospital = cls._create_hospital(
            name="别家医院", territory=cls._create_territory(name="别处"))
        cls.person = cls._create_person(
            cls._create_department(cls.hospital), name="别家医生", phone='13900001111')
        cls.distributor = cls._create_distributor(name="权方医药")
        cls.attachment = cls.env['ir.attachment'].create({
            'name': "合同.txt", 'raw': b'secret', 'res_model': 'res.partner',
            'res_id': cls.hospital.id})
        cls.env.flush_all()

    # === HIDDEN === #

    def _json2(self, user, model, method, **arguments):
        """Call a method as an integration does.

        :return: status, answer
        """
        key = self.env['res.users.apikeys'].with_user(user).sudo()._generate(
            'rpc', "test", fields.Datetime.now() + timedelta(days=1))
        response = self.url_open(f'/json/2/{model}/{method}', json=arguments, headers={
            'Authorization': f'bearer {key}', 'X-Odoo-Database': self.env.cr.dbname})
        return response.status_code, response.json()

    @mute_logger(*QUIET)
    def test_integration(self):
        """/json/2 as the representative of another territory."""
        user = self.user_representative
        user.group_ids += self.env.ref('base.group_allow_export')
        ids = (self.own + self.hospital + self.person).ids
        status, rows = self._json2(
            user, 'res.partner', 'search_read', domain=[('id', 'in', ids)], fields=['name'])
        self.assertEqual((status, [row['name'] for row in rows]), (200, ["自家医院"]))
        for method, arguments in (
            ('read', {'fields': ['phone']}), ('get_customer_page', {}),
            ('get_customer_timeline', {}), ('write', {'vals': {'phone': '1'}}),
            ('export_data', {'fields_to_export': ['phone']}),
        ):
            with self.subTest(method=method):
                status, _answer = self._json2(
                    user, 'res.partner', method, ids=self.person.ids, **arguments)
                self.assertEqual(status, 403)
        status, count = self._json2(
            user, 'res.partner', 'search_count', domain=[('phone', '=', '13900001111')])
        self.assertEqual((status, count), (200, 0))

    @mute_logger(*QUIET)
    def test_portal(self):
        """The logins of a hospital and of a distributor, by RPC and not by pages."""
        pharmacist = self._create_person(self.own, name="药师", email='a@example.com')
        buyer = self.env['res.partner'].create({
            'name': "采购", 'parent_id': self.distributor.id, 'email': 'b@example.com'})
        for partner in (pharmacist, buyer):
            login = f'portal_{partner.id}'
            new_test_user(
                self.env, login=login, password=login, groups='base.group_portal',
                partner_id=partner.id)
            self.authenticate(login, login)
            everybody = self.own + self.hospital + self.person + self.distributor + partner
            with self.subTest(login=partner.name):
                found = self._call('search_read', [('id', 'in', everybody.ids)], ['name'])
                self.assertEqual(
                    {row['id'] for row in found['result']},
                    {partner.id, partner.commercial_partner_id.id})
                for name in ('pharma_type', 'territory_id', 'owner_ids', 'alignment_ids'):
                    answer = self._call('read', partner.ids, [name])
                    self.assertIn('AccessError', answer['error']['data']['name'])
                for method in ('get_customer_page', 'get_customer_timeline'):
                    answer = self._call(method, self.hospital.ids)
                    self.assertIn('error', answer)

    def _call(self, method, *args):
        return self.url_open(f'/web/dataset/call_kw/res.partner/{method}', json={
            'jsonrpc': '2.0', 'params': {
                'model': 'res.partner', 'method': method, 'args': args, 'kwargs': {}}}).json()

    def test_address_of_a_file(self):
        """The number of a file does not open it."""
        for user, status in ((self.user_representative, 404), (self.user_director, 200)):
            self.authenticate(user.login, user.login)
            response = self.url_open(f'/web/content/{self.attachment.id}')
            self.assertEqual(response.status_code, status)

    # === WORK === #

    def test_accountant(self):
        """An accountant bills a hospital and a department, posts, and registers payments."""
        accountant = new_test_user(
            self.env, login='rights_accountant', groups='account.group_account_user')
        self.env['account.journal'].create({'name': "银行", 'code': 'RWB', 'type': 'bank'})
        for partner in (self.hospital, self.person.parent_id):
            invoice = self.env['account.move'].with_user(accountant).create({
                'move_type': 'out_invoice', 'partner_id': partner.id,
                'invoice_date': fields.Date.today(),
                'invoice_line_ids': [Command.create({
                    'name': "药品", 'quantity': 1, 'price_unit': 10,
                    'tax_ids': [Command.clear()]})]})
            invoice.action_post()
            wizard = self.env['account.payment.register'].with_user(accountant).with_context(
                active_model='account.move', active_ids=invoice.ids).create({})
            wizard.action_create_payments()
            self.assertIn(invoice.payment_state, ('paid', 'in_payment'))

    def test_delivery(self):
        """A representative sells to his hospital, the warehouse delivers it."""
        order = self.env['sale.order'].with_user(self.user_representative).create({
            'partner_id': self.own.id, 'order_line': [Command.create({
                'product_id': self.product.product_variant_id.id, 'product_uom_qty': 2})]})
        order.action_confirm()
        keeper = new_test_user(
            self.env, login='rights_keeper', groups='stock.group_stock_user')
        picking = order.sudo().picking_ids.with_user(keeper)
        if picking:
            picking.move_ids.quantity = 2
            picking.move_ids.picked = True
            picking.button_validate()
            self.assertEqual(picking.state, 'done')
        with self.assertRaises(AccessError), mute_logger(*QUIET):
            self.env['sale.order'].with_user(self.user_representative).create({
                'partner_id': self.hospital.id}).check_access('read')

    def test_service(self):
        """Service reads a hospital of any territory and notes what to do."""
        hospital = self.hospital.with_user(self.user_service)
        self.assertEqual(hospital.read(['name'])[0]['name'], "别家医院")
        activity = hospital.activity_schedule(
            'mail.mail_activity_data_todo', summary="回电", user_id=self.user_service.id)
        activity.action_feedback(feedback=base64.b64encode(b'ok').decode())

    def test_salesperson(self):
        """Odoo's salesperson without a role of the suite sells to any hospital."""
        seller = new_test_user(
            self.env, login='rights_seller', groups='sales_team.group_sale_salesman')
        order = self.env['sale.order'].with_user(seller).create({
            'partner_id': self.hospital.id, 'order_line': [Command.create({
                'product_id': self.product.product_variant_id.id})]})
        order.action_confirm()
        self.assertEqual(order.state, 'sale')
