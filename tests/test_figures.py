import json
import re
from datetime import timedelta
from unittest.mock import patch

from lxml import etree
from opens_menus import OpensMenus
from rights_world import RightsWorld

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.service.model import call_kw
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

QUIET = ('odoo.addons.base.models.ir_rule', 'odoo.addons.base.models.ir_model', 'odoo.models',
         'odoo.http')
# Numbers that may be figures of sales: a new one is hidden, or stands below with the reason
SUSPECTS = re.compile(r'amount|balance|credit|debit|price|quantity|qty|revenue|sale|total|value')
# Whole models whose numbers are no figures of sales or money owed
SHOWN_MODELS = {
    'prices and terms, not what was sold': (
        'account.payment.term', 'account.payment.term.line', 'account.tax',
        'product.attribute.value', 'product.combo', 'product.combo.item', 'product.pricelist.item',
        'product.supplierinfo', 'product.template.attribute.value'),
    'public prices and results of tenders': (
        'pharma.price', 'pharma.tender.bid', 'pharma.tender.item'),
    'what the company has in stock': (
        'report.stock.quantity', 'stock.location', 'stock.quant',
        'stock.storage.category.capacity', 'stock.warehouse.orderpoint'),
    'grades, those of figures are left out by rows': (
        'pharma.score', 'pharma.score.curve', 'pharma.score.history'),
    'gifts given in calls': ('pharma.gift.item', 'pharma.visit.gift'),
    'what people saw at a terminal and entered; our share of it by the reader\'s own rights': (
        'pharma.agent.product', 'pharma.competitor', 'pharma.market.fact'),
    'packs that a defect concerns': ('pharma.product.defect',),
    'mails of the company': ('digest.digest',),
}
# Single fields, with the reason
SHOWN_FIELDS = {
    ('crm.lead.scoring.frequency', 'won_count'): 'statistics of Odoo without customers',
    ('product.product', 'lst_price'): 'price', ('product.product', 'price_extra'): 'price',
    ('product.product', 'standard_price'): 'cost, which Odoo shows to staff',
    ('product.template', 'list_price'): 'price', ('product.template', 'standard_price'): 'cost',
    ('product.product', 'avg_cost'): 'cost', ('product.product', 'total_value'): 'stock',
    ('product.template', 'sale_delay'): 'days',
    ('product.template', 'pharma_price_count'): 'public prices',
    ('product.template.attribute.line', 'value_count'): 'variants',
    ('account.account', 'related_taxes_amount'): 'taxes set up',
    ('pharma.tender', 'price_count'): 'public prices',
    ('res.partner', 'sale_order_count'): 'counts what the reader sees: 0, and Odoo reads it',
    ('pharma.stakeholder', 'stance_value'): 'how somebody stands to a product',
    ('pharma.agent', 'funds'): 'what an agent could pay, as people heard',
    ('pharma.territory', 'total_customer_count'): 'customers',
    ('pharma.territory', 'total_people_count'): 'people',
    ('pharma.trip', 'advance'): 'advance for one\'s own trip',
}
# Of products: what is in the warehouse
STOCK = re.compile(r'^(qty_available|virtual_available|free_qty|(incoming|outgoing)_qty'
                   r'|reordering_(min|max)_qty)$')
# Attributes of views that ask for nothing
WORDS = ('class', 'help', 'icon', 'id', 'placeholder', 'string', 'title')


@tagged('post_install', '-at_install')
class TestFigures(OpensMenus, RightsWorld, HttpCase):
    """A filed representative sees no sales figures and receivables where the company hides them:
    on no screen and over no channel, and nothing breaks for him.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rep = cls.users['rep']
        cls.env['pharma.filing'].create({
            'number': "备案001", 'user_id': cls.rep.id, 'holder_id': cls.maker.id,
            'date_from': cls.today, 'date_to': cls.today})
        cls.graded = cls.distributors['own']
        cls.env.ref('pharma_crm.pharma_score_model_value')._compute_scores(cls.graded.ids)
        cls.lead = cls._record('crm.lead', 'of a person', 'own')
        cls.lead.expected_revenue = 77341
        cls.env.flush_all()
        cls.env.company.pharma_hide_figures = True

    def setUp(self):
        super().setUp()
        self.enterContext(mute_logger(*QUIET))

    def _call(self, model, method, *args, user=None, **kwargs):
        """As a client calls it."""
        self.env.invalidate_all()  # a client finds nothing in the cache
        return call_kw(self.env[model].with_user(user or self.rep), method, args, kwargs)

    def _get_readable(self):
        """Models that the representative may read, as far as lists of rights go."""
        return [
            name for name in sorted(self.env['ir.model.access'].with_user(
                self.rep)._get_allowed_models('read'))
            if name in self.env and not self.env[name]._transient and not self.env[name]._abstract]

    # === EVERY MODEL === #

    def test_the_switch_decides(self):
        """Off by default; on, it hides from whoever is filed, and from nobody else."""
        access = self.env['pharma.access']
        self.assertFalse(access.with_user(self.rep)._sees_figures())
        for role in ('area', 'prod', 'com', 'stew', 'acc', 'dir', 'adm'):
            self.assertTrue(access.with_user(self.users[role])._sees_figures(), role)
        self.env.company.pharma_hide_figures = False
        self.assertTrue(access.with_user(self.rep)._sees_figures())
        self.assertFalse(self.env['res.company'].create({'name': "丙"}).pharma_hide_figures)

    def test_models_of_figures_are_empty(self):
        """No record of them is found, counted, summed, named, read, written or entered."""
        tried = set()
        for name in self._get_readable():
            model = self.env[name]
            if not model._pharma_figures:
                continue
            with self.subTest(model=name):
                found = model.with_context(active_test=False).search([], limit=3)
                tried |= {name} if found else set()
                self.assertEqual(self._call(name, 'search_count', []), 0)
                self.assertEqual(self._call(name, 'search', [('id', 'in', found.ids)]), [])
                self.assertEqual(self._call(name, 'name_search', ''), [])
                self.assertEqual(self._call(name, 'search_read', [], ['id']), [])
                [group] = self._call(name, 'formatted_read_group', [], [], ['__count'])
                self.assertEqual(group['__count'], 0)
                if found and model._auto:
                    with self.assertRaises(AccessError):
                        self._call(name, 'read', found.ids, ['display_name'])
                    with self.assertRaises(AccessError):
                        self._call(name, 'export_data', found.ids, ['display_name'])
                    self.assertFalse(found.with_user(self.rep).has_access('write'))
        self.assertLessEqual({
            'account.move', 'account.move.line', 'pharma.flow.line', 'pharma.flow.report',
            'sale.order', 'sale.order.line', 'sale.report', 'stock.picking', 'stock.move'}, tried)

    def test_fields_of_figures_cannot_be_asked_for(self):
        """They are neither read nor guessed by conditions, orders, groups, sums or exports."""
        tried, mixin = 0, self.env.registry['pharma.figures.mixin']
        for name in self._get_readable():
            model = self.env[name]
            for fname in sorted(model._get_figure_fields() & model._fields.keys()):
                field, one = model._fields[fname], model.search([], limit=1)
                with self.subTest(model=name, field=fname):
                    tried += 1
                    self.assertIn(mixin, type(model).mro())
                    self.assertNotIn(fname, self._call(name, 'fields_get'))
                    calls = [
                        ('read', one.ids, [fname]), ('web_read', one.ids, {fname: {}}),
                        ('export_data', one.ids, [fname])] if one else []
                    calls.append(('search_read', [], [fname]))
                    if field._description_searchable:
                        calls.append(('search_count', [(fname, '!=', False)]))
                        calls.append(('search', [(fname, '>', 5)]))
                    if field.store:
                        calls += [('search', [], 0, None, f'{fname} DESC'),
                                  ('formatted_read_group', [], [], [f'{fname}:sum'])]
                    for method, *args in calls:
                        try:
                            self._call(name, method, *args)
                        except (AccessError, ValueError):
                            continue
                        self.fail(method)
        self.assertGreater(tried, 30)

    def test_every_number_is_hidden_or_known_to_be_none(self):
        """A number that may be a figure of sales is hidden, or stands in this file's lists."""
        shown = {name for names in SHOWN_MODELS.values() for name in names}
        unknown = []
        for name in self._get_readable():
            model = self.env[name]
            if model._pharma_figures or name in shown or model._module == 'base':
                continue
            for fname, field in model._fields.items():
                suspect = field.type == 'monetary' or (
                    field.type in ('float', 'integer') and SUSPECTS.search(fname))
                if (suspect and not field.inherited and fname not in model._get_figure_fields()
                        and model.with_user(self.rep)._has_field_access(field, 'read')
                        and (name, fname) not in SHOWN_FIELDS
                        and not (name.startswith('product.') and STOCK.match(fname))):
                    unknown.append(f'{name}.{fname}')
        self.assertFalse(unknown)

    def test_links_to_figures_are_empty(self):
        """Lists of orders, invoices, rows of files on visible records show none of them, and do not
        tell whether there are any.
        """
        for name in self._get_readable():
            model = self.env[name]
            if model._pharma_figures:
                continue
            for fname, field in model._fields.items():
                if (field.type not in ('one2many', 'many2many')
                        or not self.env[field.comodel_name]._pharma_figures
                        or not model.with_user(self.rep)._has_field_access(field, 'read')):
                    continue
                with self.subTest(model=name, field=fname):
                    try:
                        rows = self._call(name, 'search_read', [], [fname], limit=20)
                        found = field._description_searchable and self._call(
                            name, 'search_count', [(fname, '!=', False)])
                    except AccessError:  # goes through a field that is hidden
                        continue
                    self.assertFalse(found or [row for row in rows if row[fname]])

    # === SCREENS === #

    def test_every_menu_opens_and_none_is_empty(self):
        """What he sees of the menus opens without an error; what would be empty is not shown."""
        actions = self._get_actions(self.rep)
        self.assertGreater(len(actions), 15)
        for action in actions:
            with self.subTest(action=action.xml_id):
                self.assertFalse(self.env[action.res_model]._pharma_figures)
                self._open(action, self.rep)
        menus = self._call('ir.ui.menu', 'load_menus', False)
        hidden = self.env.ref('pharma_distribution.pharma_distribution_menu_sales').id
        self.assertNotIn(hidden, menus)
        self.assertNotIn(self.env.ref('sale.menu_sale_order').id, menus)
        for menu in menus.values():
            self.assertTrue(menu['children'] or menu.get('action_id'), menu['name'])
        everything = self._call('ir.ui.menu', 'load_menus', False, user=self.users['area'])
        self.assertIn(hidden, everything)
        self.env.company.pharma_hide_figures = False
        self.assertIn(hidden, self._call('ir.ui.menu', 'load_menus', False))

    def test_no_view_asks_for_a_figure(self):
        """All views of all models that he may read ask for fields that he may read alone, also in
        the expressions that the web client evaluates.
        """
        views = self.env['ir.ui.view'].search([
            ('mode', '=', 'primary'), ('type', 'in', (
                'form', 'list', 'kanban', 'search', 'pivot', 'graph', 'calendar')),
            ('model', 'in', [name for name in self._get_readable()
                             if self.env[name]._get_figure_fields()])])
        self.assertGreater(len(views), 30)
        for view in views:
            model = self.env[view.model].with_user(self.rep)
            with self.subTest(view=view.xml_id or view.name):
                found = model.get_views([(view.id, view.type)])
                arch = found['views'][view.type]['arch']
                known = found['models'][view.model]['fields']
                figures = self.env[view.model]._get_figure_fields()
                self.assertFalse(figures & known.keys())
                for node in etree.fromstring(arch).iter():
                    if any(parent.tag == 'field' for parent in node.iterancestors()):
                        continue
                    for key, value in node.attrib.items():
                        if key in WORDS or key == 'name' and node.tag != 'field':
                            continue
                        words = set(re.findall(r'\w+', value))
                        self.assertFalse(figures & words, (node.tag, key, value))

    def test_customer_page_and_time_line(self):
        """The 360° page of a customer has neither sections nor figures about sales."""
        hospital = self.customers['own']['hospital']
        for partner in (hospital, self.graded, self.customers['own']['person']):
            page = self._call('res.partner', 'get_customer_page', partner.ids)
            keys = {section['key'] for section in page['sections']}
            self.assertFalse(keys & {'prices', 'orders', 'money', 'flow'})
            self.assertFalse({source['key'] for source in page['sources']} & {'order', 'invoice'})
            self.assertNotIn('sale_order', {button['key'] for button in page['head']['buttons']})
            line = self._call('res.partner', 'get_customer_timeline', partner.ids)
            for told in (page, line):
                self.assertNotIn('77,341', json.dumps(told, default=str))
        # What the cards of contacts count
        [row] = self._call('res.partner', 'read', hospital.ids, [
            'sale_order_count', 'application_statistics'])
        self.assertEqual(row['sale_order_count'], 0)
        page = self._call('res.partner', 'get_customer_page', hospital.ids,
                          user=self.users['area'])
        self.assertLessEqual({'prices', 'orders', 'flow'},
                             {section['key'] for section in page['sections']})
        self.assertIn('77,341', json.dumps(page, default=str))

    # === GRADES === #

    def test_grades_made_of_figures(self):
        """The grade of a distributor by turnover and payment is hidden, also from conditions,
        orders and groups; that of a hospital by its facts is not.
        """
        partners, hospital = self.env['res.partner'], self.customers['own']['hospital']
        self.assertTrue(self.graded.grade)
        rows = self._call('res.partner', 'read', (self.graded | hospital).ids, ['grade'])
        self.assertEqual(
            {row['id']: row['grade'] for row in rows},
            {self.graded.id: False, hospital.id: hospital.grade})
        both = [('id', 'in', (self.graded | hospital).ids)]
        for domain, found in (
                ([('grade', '=', self.graded.grade)], hospital.filtered(
                    lambda partner: partner.grade == self.graded.grade)),
                ([('grade', '!=', False)], hospital), ([('grade', '=', False)], self.graded),
                ([('grade', '!=', self.graded.grade)], (self.graded | hospital).filtered(
                    lambda partner: partner == self.graded
                    or partner.grade != self.graded.grade))):
            self.assertEqual(
                set(self._call('res.partner', 'search', [*both, *domain])), set(found.ids), domain)
        groups = self._call('res.partner', 'formatted_read_group', both, ['grade'], ['__count'])
        self.assertEqual({group['grade'] for group in groups}, {False, hospital.grade})
        groups = partners.formatted_read_group(both, ['grade'], ['__count'])
        self.assertEqual({group['grade'] for group in groups}, {self.graded.grade, hospital.grade})
        for model in ('pharma.score', 'pharma.score.curve'):
            self.assertFalse(
                self._call(model, 'search_count', [('partner_id', '=', self.graded.id)]))
            self.assertTrue(self._call(model, 'search_count', [('partner_id', '=', hospital.id)]))

    # === WORK === #

    def test_opportunities_are_worked_on(self):
        """Opportunities are entered, changed, copied, merged, converted, won and lost without the
        money that is expected of them.
        """
        leads = self.env['crm.lead'].with_user(self.rep)
        person = self.customers['own']['person']
        values = {'name': "进院", 'type': 'opportunity', 'partner_id': person.id}
        first, second = leads.create([values, {**values, 'name': "进院二"}])
        self.env.flush_all()
        self.env.invalidate_all()
        first.write({'priority': '2'})
        first.copy()
        first.action_set_won_rainbowman()
        with self.assertRaises(AccessError):
            first.write({'expected_revenue': 5})
        third = leads.create({**values, 'type': 'lead', 'name': "线索"})
        third.convert_opportunity(person)
        (second | third).merge_opportunity()
        leads.create(values).action_set_lost()

    def test_reports_and_mails(self):
        """Sections on sales are in no report, neither of today nor of a time when he saw them; and
        the digest of the company tells him nothing.
        """
        reports = self.env['pharma.work.report']
        self.env.company.pharma_hide_figures = False
        report = reports._open(self.rep, self.env.company, 'month', self.today)
        sections = [
            {'key': 'opportunities', 'title': "机会", 'blocks': [{
                'title': '', 'columns': ["机会", "客户", "从", "到", "预期收入"],
                'rows': [["进院", "医院", "新", "赢", 77341]], 'more': ''}]},
            {'key': 'orders', 'title': "订单", 'blocks': [{
                'title': '', 'columns': ["客户", "订单", "金额"], 'rows': [["医院", 1, 88.5]],
                'more': ''}]},
            {'key': 'sell_through', 'title': "纯销", 'blocks': [{
                'title': '', 'columns': ["产品", "数量", "金额", "上月"],
                'rows': [["药", 99.25, 1, 1]], 'more': ''}]}]
        report.sudo().write({'state': 'closed', 'facts': {'sections': sections}})
        self.assertIn('77341', str(report.with_user(self.rep).content))
        self.env.company.pharma_hide_figures = True
        self.env.invalidate_all()
        content = str(report.with_user(self.rep).content)
        self.assertIn("进院", content)
        for number in ('77341', '88.5', '99.25'):
            self.assertNotIn(number, content)
        self.assertIn('88.5', str(report.with_user(self.users['area']).content))
        with patch.object(type(reports), '_get_managers', lambda self: self.user_id):
            before = self.env['mail.mail'].sudo().search([])
            report._mail_to(self.rep | self.users['area'])
            mails = (self.env['mail.mail'].sudo().search([]) - before).sorted('id')
        self.assertEqual(['88.5' in mail.body_html for mail in mails], [False, True])
        digest = self.env['digest.digest'].create({
            'name': "摘要", 'kpi_account_total_revenue': True, 'kpi_crm_lead_created': True})
        told = {kpi['kpi_name'] for kpi in digest._compute_kpis(self.env.company, self.rep)}
        self.assertIn('kpi_crm_lead_created', told)
        self.assertNotIn('kpi_account_total_revenue', told)

    def test_statements_on_paper(self):
        """What a customer owes cannot be printed, also by its address."""
        report = self.env['ir.actions.report'].with_user(self.rep)
        with self.assertRaisesRegex(AccessError, "Receivables|应收"):
            report._render_qweb_html(
                'partner_statement.outstanding_statement', self.graded.ids, {
                    'company_id': self.env.company.id})

    # === WHO === #

    def test_who_is_filed(self):
        """From the day on which the filing begins until it is archived, also when it has ended."""
        access = self.env['pharma.access'].with_user(self.rep)
        filings = self.env['pharma.filing'].search([('user_id', '=', self.rep.id)])
        filings[1:].active = False
        filing = filings[0]
        for first, last, sees in (
                (-10, -1, False), (0, 0, False), (1, 9, True), (-10, 10, False)):
            filing.write({'date_from': self._day(first), 'date_to': self._day(last)})
            self.assertEqual(access._sees_figures(), sees, (first, last))
        filing.active = False
        self.assertTrue(access._sees_figures())
        filing.active = True
        self.assertFalse(access._sees_figures())
        # Who does other work as well
        self.rep.write({'group_ids': [Command.link(
            self.env.ref('pharma_crm.group_pharma_crm_director').id)]})
        access._forget()
        self.assertTrue(access._sees_figures())

    def test_a_filed_manager(self):
        """The rules ask for the filing, not for the rank."""
        area = self.users['area']
        self.env['pharma.filing'].create({
            'number': "备案002", 'user_id': area.id, 'holder_id': self.maker.id,
            'date_from': self.today, 'date_to': self.today})
        self.assertFalse(self.env['pharma.access'].with_user(area)._sees_figures())
        for action in self._get_actions(area):
            with self.subTest(action=action.xml_id):
                self._open(action, area)

    def _day(self, days):
        return self.today + timedelta(days=days)
