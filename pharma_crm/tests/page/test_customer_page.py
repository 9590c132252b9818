# pylint: disable=translation-required  # texts that people wrote
from datetime import datetime, timedelta

from odoo import fields
from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from ..common import PharmaCrmCommon

DONE = "谈了新的临床数据"


class CustomerPageCase(PharmaCrmCommon):
    """A hospital with a campus, a department and two doctors, and what happened with it.

    * ``hospital``, ``campus``, ``department``, ``head`` and ``doctor``; ``stranger``, a
      representative of another territory; ``accountant``, without any role of ours;
    * helpers ``_page(partner, user)``, ``_section(page, key)``, ``_figure(page, key, index)``,
      ``_timeline(partner, user, **)``, ``_rows(action, user)``, ``_create_order``,
      ``_create_invoice``, ``_done(record, days)``.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        if not cls.env.company.chart_template:
            cls.env['account.chart.template'].try_loading('generic_coa', cls.env.company)
        cls.today = fields.Date.context_today(cls.user_representative)
        cls.stranger = new_test_user(
            cls.env, login='pharma_stranger', tz='Asia/Shanghai',
            groups='pharma_crm.group_pharma_crm_representative')
        cls.accountant = new_test_user(
            cls.env, login='pharma_accountant', tz='Asia/Shanghai',
            groups='account.group_account_user')
        cls.hospital = cls._create_hospital(name="云山绿川医院", hospital_level='3')
        cls.campus = cls._create_campus(cls.hospital)
        cls.department = cls._create_department(cls.campus, name="心内一科")
        cls.head = cls._create_person(cls.department, name="林知远", function="科主任")
        cls.doctor = cls._create_person(cls.hospital, name="安若溪", function="主治医师")
        cls.product = cls._create_product(taxes_id=[Command.clear()]).product_variant_id

    # === HELPERS === #

    def _as(self, partner, user):
        return partner.with_user(user).with_context(tz='Asia/Shanghai', lang='en_US')

    def _page(self, partner, user=None):
        return self._as(partner, user or self.user_representative).get_customer_page()

    def _timeline(self, partner, user=None, **values):
        return self._as(
            partner, user or self.user_representative).get_customer_timeline(**values)

    def _section(self, page, key):
        return next((section for section in page['sections'] if section['key'] == key), None)

    def _figure(self, page, key, index):
        return self._section(page, key)['figures'][index]

    def _rows(self, action, user=None):
        """The records that a click on a figure opens."""
        model = action.get('res_model') or self.env.ref(action['xmlid']).res_model
        records = self.env[model].with_user(user or self.user_representative)
        if action.get('res_id'):
            return records.browse(action['res_id'])
        return records.with_context(**action['context']).search(action['domain'])

    def _create_order(self, partner, days=0, price=10.0, quantity=1, state='sale', product=None,
                      **values):
        order = self.env['sale.order'].create({
            'partner_id': partner.id, 'user_id': self.user_representative.id,
            'order_line': [Command.create({
                'product_id': (product or self.product).id, 'product_uom_qty': quantity,
                'price_unit': price, 'tax_ids': [Command.clear()]})], **values})
        if state == 'sale':
            order.action_confirm()
        order.date_order = datetime.now().replace(microsecond=0) - timedelta(days=days)
        return order

    def _create_invoice(self, partner, amount, due, paid=None, **values):
        """A posted invoice, due so many days ago, paid so many days ago if at all."""
        invoice = self.env['account.move'].create({
            'move_type': 'out_invoice', 'partner_id': partner.id,
            'invoice_user_id': self.user_representative.id,
            'invoice_date': self.today - timedelta(days=due + 30),
            'invoice_payment_term_id': False,
            'invoice_date_due': self.today - timedelta(days=due),
            'invoice_line_ids': [Command.create({
                'name': "药品", 'quantity': 1, 'price_unit': amount,
                'tax_ids': [Command.clear()]})],
            **values})
        invoice.action_post()
        if paid is not None:
            self.env['account.payment.register'].with_context(
                active_model='account.move', active_ids=invoice.ids,
            ).create({'payment_date': self.today - timedelta(days=paid)})._create_payments()
        return invoice

    def _plan(self, record, days, kind='mail.mail_activity_data_call', **values):
        # Without telling him by mail
        return record.with_context(mail_activity_quick_update=True).activity_schedule(
            kind, user_id=self.user_representative.id,
            date_deadline=self.today + timedelta(days=days), **values)

    def _done(self, record, days, kind='mail.mail_activity_data_call'):
        """A call that is over, so many days ago."""
        activity = self._plan(record, -days, kind).with_user(self.user_representative)
        message = self.env['mail.message'].browse(activity.action_feedback(feedback=DONE))
        message.date = datetime.now().replace(microsecond=0) - timedelta(days=days)
        message.flush_recordset()  # Odoo's search of messages does not
        return message


@tagged('post_install', '-at_install')
class TestCustomerPage(CustomerPageCase):
    """The 360° page: right figures, each with its rows, and no more than the reader may see."""

    # === WHO === #

    @mute_logger('odoo.addons.base.models.ir_rule')
    def test_stranger(self):
        """Who may not see a customer gets nothing, by either method; portal users never do."""
        own = self.user_portal.partner_id
        for partner, user in ((self.hospital, self.stranger), (self.head, self.stranger),
                              (self.head, self.user_service), (self.head, self.accountant),
                              (own, self.user_portal)):
            for method in ('get_customer_page', 'get_customer_timeline',
                           'action_view_page_documents'):
                with self.subTest(user=user.login, method=method), self.assertRaises(AccessError):
                    getattr(self._as(partner, user), method)()

    def test_head(self):
        """Who it is: superiors, badges, facts; a doctor leads to his hospital."""
        head = self._page(self.head)['head']
        self.assertEqual(head['name'], "林知远")
        self.assertEqual(
            [link['text'] for link in head['above']], ["心内一科", "东院区", "云山绿川医院"])
        self.assertEqual(head['above'][-1]['action'], {'page': self.hospital.id})
        self.assertIn("科主任", [fact['text'] for fact in head['facts']])
        head = self._page(self.hospital)['head']
        self.assertIn("Level 3", [badge['text'] for badge in head['badges']])
        self.assertEqual(head['lifecycle']['stages'][0]['state'], 'current')
        self.assertEqual(head['completeness'], self.hospital.completeness)

    def test_head_shared(self):
        """Of a shared doctor the names above are shown, but they do not open a hidden hospital."""
        self.env['pharma.share'].create({
            'user_id': self.stranger.id, 'partner_id': self.head.id})
        head = self._page(self.head, self.stranger)['head']
        self.assertEqual(head['above'][-1], {'text': "云山绿川医院", 'action': None})

    def test_all_kinds(self):
        """Every kind of customer has a page, for whoever sees it."""
        kinds = [key for key, _label in self.env['res.partner']._fields['pharma_type'].selection]
        for kind in kinds:
            partner = self._create_partner_of_type(
                kind, **({'parent_id': self.hospital.id} if kind in (
                    'campus', 'department', 'person') else {}))
            for user in (self.user_director, self.user_representative):
                with self.subTest(kind=kind, user=user.login):
                    page = self._page(partner, user)
                    self.assertTrue(self._section(page, 'contact'))
                    self.assertEqual(len(self._timeline(partner, user)['entries']) > 0, True)

    def test_without_persons(self):
        """Service sees the hospital, but no doctor: neither among people nor in any number."""
        self._done(self.head, 3)
        self._done(self.hospital, 5)
        for partner in (self.hospital, self.head):
            self.env['ir.attachment'].create({
                'name': "文件", 'raw': b'x', 'res_model': 'res.partner', 'res_id': partner.id})
        page = self._page(self.hospital, self.user_service)
        self.assertFalse(self._section(page, 'people'))
        self.assertEqual(self._figure(page, 'documents', 0)['value'], 1)
        self.assertEqual(
            self._figure(page, 'contact', 0)['value'], self.today - timedelta(days=5))
        self.assertNotIn("林知远", str(page) + str(self._timeline(
            self.hospital, self.user_service)))
        page = self._page(self.hospital)
        self.assertEqual(self._figure(page, 'documents', 0)['value'], 2)
        self.assertEqual(
            self._figure(page, 'contact', 0)['value'], self.today - timedelta(days=3))

    # === FIGURES === #

    def assertOpens(self, figure, records, user=None):
        self.assertEqual(self._rows(figure['action'], user), records)

    def test_people(self):
        """Everybody of the hospital is counted, heads come first; a campus counts its own."""
        page = self._page(self.hospital)
        departments, persons = self._section(page, 'people')['figures']
        self.assertEqual((departments['value'], persons['value']), (1, 2))
        self.assertOpens(persons, self.head | self.doctor)
        self.assertEqual(
            [row['title'] for row in self._section(page, 'people')['rows']], ["林知远", "安若溪"])
        persons = self._figure(self._page(self.campus), 'people', 1)
        self.assertEqual(persons['value'], 1)
        self.assertOpens(persons, self.head)
        self.assertEqual(self._section(self._page(self.head), 'posts')['rows'][0]['title'],
                         self.department.complete_name)

    def test_owners(self):
        """Who is responsible today and soon, by product line; also on the page of a doctor."""
        line = self.env['product.category'].create({'name': "心血管线", 'is_product_line': True})
        area = self._create_territory(name="临川地区")
        self._assign(self.stranger, area, product_line_id=line.id)
        self._align(self.hospital, area, product_line_id=line.id)
        self._align(self.hospital, self._create_territory(name="空地区"),
                    date_from=self.today + timedelta(days=7))
        self.env['pharma.alignment'].create({
            'partner_id': self.hospital.id, 'territory_id': self._create_territory().id,
            'date_from': '2021-01-01', 'date_to': '2021-12-31'})
        for partner in (self.hospital, self.head):
            rows = self._section(self._page(partner), 'owners')['rows']
            self.assertEqual(
                [(row['title'], row['badge'], bool(row['value'])) for row in rows],
                [(self.user_representative.name, "All Product Lines", False),
                 (self.stranger.name, "心血管线", False),
                 ("Nobody", "All Product Lines", True)])

    def test_contact(self):
        """Calls, visits and meetings are contacts, work at the desk is not."""
        page = self._page(self.hospital)
        self.assertEqual([figure['value'] for figure in self._section(page, 'contact')['figures']],
                         [None, None, 0])
        self._done(self.head, 10)
        self._done(self.hospital, 2, 'mail.mail_activity_data_todo')
        late = self._plan(self.hospital, -1, 'mail.mail_activity_data_todo', summary="补充文献")
        call = self._plan(self.head, 3)
        lead = self.env['crm.lead'].create({'name': "进院", 'partner_id': self.doctor.id})
        on_lead = self._plan(lead, 8)
        start = datetime.now().replace(microsecond=0)
        meeting, _past = self.env['calendar.event'].create([
            {'name': name, 'start': start + timedelta(days=days), 'user_id': False,
             'stop': start + timedelta(days=days, hours=1),
             'partner_ids': [Command.set(self.doctor.ids)]}
            for name, days in (("科室会", 1), ("产品介绍会", -4))])
        last, coming, to_dos = self._section(self._page(self.hospital), 'contact')['figures']
        self.assertEqual(last['value'], self.today - timedelta(days=4))
        self.assertEqual(coming['value'], self.today + timedelta(days=1))
        self.assertOpens(coming, meeting)
        self.assertEqual((to_dos['value'], to_dos['tone']), (3, 'danger'))
        self.assertOpens(to_dos, late | call | on_lead)
        meeting.unlink()
        page = self._page(self.hospital)
        self.assertOpens(self._figure(page, 'contact', 1), call | on_lead)
        self.assertEqual(self._section(page, 'contact')['rows'][0]['title'], "补充文献")

    def test_sales(self):
        """Opportunities, quotations and orders of everybody in the hospital, with their rows."""
        leads = self.env['crm.lead'].create([
            {'name': f"商机{amount}", 'type': 'opportunity', 'partner_id': partner.id,
             'expected_revenue': amount, 'user_id': self.user_representative.id}
            for partner, amount in (
                (self.hospital, 100), (self.head, 20), (self.doctor, 3),
                (self._create_hospital(name="别处"), 1000))])
        leads[2].action_set_won()
        page = self._page(self.hospital)
        count, revenue, won = self._section(page, 'opportunities')['figures']
        self.assertEqual((count['value'], revenue['value'], won['value']), (2, 120, 3))
        self.assertOpens(revenue, leads[:2])
        self.assertOpens(won, leads[2])
        orders = [
            self._create_order(self.hospital, 3, quantity=7), self._create_order(self.head, 40),
            self._create_order(self.hospital, 500)]
        quotation = self._create_order(self.department, 1, price=9.0, state='draft')
        self._create_order(self.hospital, 2, state='draft').action_cancel()
        page = self._page(self.hospital)
        ordered, last = self._section(page, 'orders')['figures']
        self.assertEqual(ordered['value'], 80)
        self.assertOpens(ordered, orders[0] | orders[1])
        self.assertOpens(last, orders[0])
        points = self._section(page, 'orders')['chart']['points']
        self.assertEqual(len(points), 12)
        self.assertEqual(sum(point['value'] for point in points), 80)
        self.assertEqual(
            sum(sum(self._rows(point['action']).mapped('amount_total'))
                for point in points if point['action']), 80)
        count, amount = self._section(page, 'prices')['figures']
        self.assertEqual((count['value'], amount['value']), (1, 9))
        self.assertOpens(amount, quotation)

    def test_price_history(self):
        """Per product the last price with those before; the price after the discount counts."""
        other = self._create_product(name="别的药", taxes_id=[Command.clear()]).product_variant_id
        for days, price in ((300, 12.0), (200, 11.0), (100, 10.5), (90, 10.4), (30, 10.0)):
            self._create_order(self.hospital, days, price)
        last = self._create_order(self.hospital, 5, price=10.0, state='draft')
        last.order_line.discount = 10
        self._create_order(self.head, 60, product=other)
        first, second = self._section(self._page(self.hospital), 'prices')['rows']
        self.assertIn("9.00", first['value'])
        self.assertEqual((first['badge'], first['trend']), ("Quoted", 'down'))
        self.assertIn("10.00", first['note'])
        self.assertIn("10.50", first['note'])
        self.assertNotIn("11.00", first['note'])
        self.assertEqual(len(self._rows(first['action'])), 6)
        self.assertEqual((second['badge'], second['note']), ("Sold", ""))

    def test_money(self):
        """The accountant sees balance, what is overdue and how late the customer pays."""
        invoices = [
            self._create_invoice(self.hospital, 100, due=60, paid=40),  # 20 days late
            self._create_invoice(self.hospital, 200, due=50, paid=55),  # in time
            self._create_invoice(self.hospital, 30, due=40),  # open, 40 days late
            self._create_invoice(self.hospital, 7, due=-10),  # not due yet
            self._create_invoice(self.hospital, 500, due=500, paid=400),  # too long ago
        ]
        self._create_invoice(self._create_hospital(name="别处"), 1000, due=90)
        page = self._page(self.hospital, self.accountant)
        balance, overdue, days, invoiced = self._section(page, 'money')['figures']
        self.assertEqual((balance['value'], overdue['value']), (37, 30))
        self.assertEqual(days['value'], 20)
        self.assertEqual(invoiced['value'], 337)
        self.assertOpens(overdue, invoices[2], self.accountant)
        self.assertOpens(days, invoices[0] | invoices[1] | invoices[2], self.accountant)
        self.assertEqual(
            sum(self._rows(balance['action'], self.accountant).mapped('amount_residual')), 37)
        self.assertEqual(self._section(page, 'money')['rows'][0]['title'], invoices[2].name)

    def test_orders_of_doctors(self):
        """The accountant sees the orders of a doctor with their names, as on their forms."""
        order = self._create_order(self.head, 1)
        page = self._page(self.hospital, self.accountant)
        self.assertOpens(self._figure(page, 'orders', 0), order, self.accountant)
        self.assertIn("林知远", self._section(page, 'orders')['rows'][0]['subtitle'])
        self.assertIn('order', [
            entry['key'] for entry in self._timeline(self.hospital, self.accountant)['entries']])

    def test_money_hidden(self):
        """Salespersons see single invoices at most: no balance that would be a part of it."""
        self._create_invoice(self.hospital, 100, due=60)
        for user in (self.user_representative, self.user_area_manager, self.user_director):
            self.assertFalse(self._section(self._page(self.hospital, user), 'money'))
        for user in (self.user_service, self.user_product_manager):
            page = self._page(self.hospital, user)
            for key in ('money', 'orders', 'prices', 'opportunities'):
                self.assertFalse(self._section(page, key), user.login)
            self.assertNotIn('invoice', [source['key'] for source in page['sources']])
            self.assertNotIn('invoice', [
                entry['key'] for entry in self._timeline(self.hospital, user)['entries']])

    def test_money_of_department(self):
        """Invoices made out to a department are its own and its hospital's, not another's."""
        self._create_invoice(self.department, 100, due=10)
        with_rights = self.user_representative
        with_rights.group_ids += self.env.ref('account.group_account_invoice')
        for partner, amount in (
                (self.department, 100), (self.hospital, 100), (self.doctor, 0)):
            figures = self._section(self._page(partner, with_rights), 'money')['figures']
            self.assertEqual([figure['value'] for figure in figures[:2]], [amount, amount])

    def test_documents(self):
        """Files of the hospital, of its people and of their opportunities and orders."""
        lead = self.env['crm.lead'].create({
            'name': "进院", 'partner_id': self.head.id, 'user_id': self.user_representative.id})
        other = self._create_hospital(name="别处")
        files = self.env['ir.attachment'].create([
            {'name': record.display_name, 'raw': b'x', 'res_model': record._name,
             'res_id': record.id}
            for record in (self.hospital, self.head, lead, other)])
        page = self._page(self.hospital)
        self.assertEqual(self._figure(page, 'documents', 0)['value'], 3)
        action = self._as(self.hospital, self.user_representative).action_view_page_documents()
        self.assertEqual(self._rows(action), files[:3])

    def test_every_figure_opens(self):
        """No figure without its rows."""
        self.accountant.group_ids += self.env.ref('pharma_crm.group_pharma_crm_director')
        self._create_order(self.hospital)
        self._create_invoice(self.hospital, 100, due=10)
        self._done(self.head, 1)
        self._plan(self.head, 1)
        page = self._page(self.hospital, self.accountant)
        self.assertGreater(len(page['sections']), 7)
        for section in page['sections']:
            for figure in section['figures']:
                if figure['value']:
                    self.assertTrue(figure.get('action') or figure.get('timeline'), figure)
            self.assertTrue(section.get('empty'), section['key'])

    def test_other_company(self):
        """Orders and invoices of a company that the reader does not work in are in no figure."""
        self._create_order(self.hospital, price=10)
        company = self.env['res.company'].create({'name': "另一公司"})
        order = self._create_order(
            self.hospital, price=1000, state='draft', company_id=company.id)
        order.state = 'sale'
        self.assertEqual(self._figure(self._page(self.hospital), 'orders', 0)['value'], 10)

    # === COST === #

    def _count_queries(self, partner, user):
        """Queries of the page and of the time line, once everything is warm."""
        partner, counts = self._as(partner, user), []
        for call in (partner.get_customer_page, partner.get_customer_timeline) * 2:
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            call()
            counts.append(self.env.cr.sql_log_count - before)
        return counts[2:]

    def test_queries(self):
        """As many queries for a hospital with 200 people and what they cause as for one with 5."""
        hospitals = [self._create_hospital(name=f"医院{size}") for size in (5, 200)]
        for hospital, size in zip(hospitals, (5, 200), strict=True):
            department = self._create_department(hospital)
            persons = self.env['res.partner'].create([
                {'name': f"医生{number}", 'pharma_type': 'person', 'parent_id': department.id,
                 'function': "主任医师"} for number in range(size)])
            self.env['ir.attachment'].create([
                {'name': "文件", 'raw': b'x', 'res_model': 'res.partner', 'res_id': person.id}
                for person in persons])
            # Of persons who are on the page anyway, and of others: names that were read already
            # would save a query here or there
            self.env['crm.lead'].create([
                {'name': "商机", 'partner_id': person.id, 'type': 'opportunity',
                 'expected_revenue': revenue, 'user_id': self.user_representative.id}
                for person, revenue in (
                    *((persons[0], 100) for _number in range(6)),
                    *((person, 1) for person in persons[size // 2:]))])
            self.env['mail.activity'].create([
                {'res_model_id': self.env['ir.model']._get_id('res.partner'), 'res_id': person.id,
                 'activity_type_id': self.env.ref('mail.mail_activity_data_call').id,
                 'user_id': self.user_representative.id} for person in persons])
            for person in persons[:size // 2]:
                person.message_post(body="备注", message_type='comment')
            for days in range(size // 20 + 7):
                self._create_order(hospital, days)
            self._create_invoice(hospital, 100, due=10)
        for user in (self.user_representative, self.user_director, self.accountant):
            small, large = (self._count_queries(hospital, user) for hospital in hospitals)
            self.assertEqual(small, large, user.login)
            self.assertLess(sum(large), 160, user.login)
