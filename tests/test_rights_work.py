from lxml import etree

from odoo.fields import Command
from odoo.tests import Form, new_test_user, tagged

from odoo.addons.pharma_tender.tests.common import PharmaTenderCommon


@tagged('post_install', '-at_install')
class TestRightsWork(PharmaTenderCommon):
    """Those without territories do their work on the documents of customers, whoever looks after
    these; a representative does his.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.own = cls._create_hospital(name="自家医院")
        cls.hospital = cls._create_hospital(
            name="别家医院", territory=cls._create_territory(name="别处"))
        cls.department = cls._create_department(cls.hospital, name="药剂科")
        cls.person = cls._create_person(cls.department, name="别家医生")
        cls.product.is_storable = False
        cls.variant = cls.product.product_variant_id

    def _user(self, group):
        return new_test_user(self.env, login=f'work_{group}', groups=group)

    def _open(self, record):
        """Read all that the form of a record shows, as the web client does."""
        arch = etree.fromstring(
            record.get_views([(False, 'form')], {'toolbar': True})['views']['form']['arch'])
        names = {
            node.get('name') for node in arch.iter('field')
            if not any(parent.tag == 'field' for parent in node.iterancestors())}
        self.env.invalidate_all()
        specification = {
            name: {'fields': {'display_name': {}}} if record._fields[name].relational else {}
            for name in names}
        return record.web_read({**specification, 'display_name': {}})[0]

    def _order(self, partner, user=None):
        return self.env['sale.order'].with_user(user or self.env.user).create({
            'partner_id': partner.id, 'order_line': [Command.create({
                'product_id': self.variant.id, 'product_uom_qty': 2, 'price_unit': 10,
                'tax_ids': [Command.clear()]})]})

    def test_accountants(self):
        """They bill hospitals and departments, post, register payments, and open all of it."""
        self.env['account.journal'].create({'name': "银行", 'code': 'RWB', 'type': 'bank'})
        for group in ('account.group_account_invoice', 'account.group_account_user'):
            accountant = self._user(group)
            self._open(self.hospital.with_user(accountant))
            by_hand = Form(self.env['account.move'].with_user(accountant).with_context(
                default_move_type='out_invoice'))
            by_hand.partner_id = self.person.commercial_partner_id
            with by_hand.invoice_line_ids.new() as line:
                line.product_id = self.variant
                line.price_unit = 10
            order = self._order(self.department)
            order.action_confirm()
            order.order_line.qty_delivered = 2
            for invoice in (by_hand.save(), order._create_invoices().with_user(accountant)):
                with self.subTest(group=group, partner=invoice.partner_id.sudo().name):
                    invoice.action_post()
                    self._open(invoice)
                    self.env['account.payment.register'].with_user(accountant).with_context(
                        active_model='account.move', active_ids=invoice.ids,
                    ).create({}).action_create_payments()
                    self.assertIn(invoice.payment_state, ('paid', 'in_payment'))

    def test_warehouse(self):
        """It ships what hospitals and departments ordered, and opens the order behind it."""
        keeper = self._user('stock.group_stock_user')
        for partner in (self.hospital, self.department):
            order = self._order(partner)
            order.action_confirm()
            picking = order.picking_ids.with_user(keeper)
            with self.subTest(partner=partner.name):
                self._open(picking)
                picking.move_ids.quantity = 2
                picking.move_ids.picked = True
                picking.button_validate()
                self.assertEqual(picking.state, 'done')
                # Odoo's own form of the order asks for invoices, which no warehouse may read
                names = order.with_user(keeper).read(['partner_id', 'state'])[0]
                self.assertEqual(names['partner_id'][0], partner.id)

    def test_service(self):
        """Service opens a hospital of any territory, writes a note and a to-do, and does it."""
        hospital = self.hospital.with_user(self.user_service)
        self._open(hospital)
        hospital.message_post(body="来电", subtype_xmlid='mail.mt_note')
        activity = hospital.activity_schedule(
            'mail.mail_activity_data_todo', summary="回电", user_id=self.user_service.id)
        self._open(activity)
        activity.action_feedback(feedback="已回电")
        self.assertEqual(activity.state, 'done')

    def test_salesperson(self):
        """Odoo's salesperson without a role of the suite sells to any hospital."""
        seller = self._user('sales_team.group_sale_salesman')
        order = Form(self.env['sale.order'].with_user(seller))
        order.partner_id = self.hospital
        with order.order_line.new() as line:
            line.product_id = self.variant
        order = order.save()
        order.action_confirm()
        self.assertEqual(order.state, 'sale')
        self._open(order)

    def test_representative(self):
        """A representative sells to his hospital and its department, and follows the delivery."""
        for partner in (self.own, self._create_department(self.own)):
            order = self._order(partner, self.user_representative)
            self._open(order)
            order.action_confirm()
            self.assertEqual(order.state, 'sale')
            self._open(order)
            self._open(order.picking_ids)

    def test_quantities(self):
        """What is promised to customers that one does not see is not available to others."""
        self.product.is_storable = True
        warehouse = self.env['stock.warehouse'].search(
            [('company_id', '=', self.env.company.id)], limit=1)
        self.env['stock.quant']._update_available_quantity(
            self.variant, warehouse.lot_stock_id, 5)
        self._order(self.hospital).action_confirm()
        for user in (self.user_representative, self._user('stock.group_stock_user')):
            product = self.variant.with_user(user)
            product.invalidate_recordset()
            self.assertEqual((product.qty_available, product.virtual_available), (5, 3))
