from odoo.tests import tagged

from odoo.addons.pharma_crm.models.demo.pharma_demo import DEMO_MODULE
from odoo.addons.pharma_crm.tests.common import PharmaCrmCommon

COUNTED = (
    'res.partner', 'res.users', 'product.template', 'stock.lot', 'stock.quant', 'stock.move',
    'stock.move.line', 'stock.picking', 'stock.reference', 'sale.order', 'account.move',
    'account.move.line', 'account.journal', 'account.account', 'account.bank.statement',
    'account.bank.statement.line', 'account.partial.reconcile', 'pharma.alias', 'pharma.flow.file',
    'pharma.flow.history', 'pharma.flow.line',
)


@tagged('post_install', '-at_install')
class TestDemoDocuments(PharmaCrmCommon):
    """Demo orders, deliveries, invoices, bank entries and flow come and go without a trace.

    They are loaded once for all tests, without departments and persons, which pharma_crm tests.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        if not cls.env.company.chart_template:
            cls.env['account.chart.template'].try_loading('generic_coa', cls.env.company)
        cls.demo = cls.env['pharma.demo']
        for name in ('_load_departments', '_load_persons', '_load_posts', '_load_profiles'):
            cls.classPatch(type(cls.demo), name, lambda demo: None)
        cls.demo.remove_demo()  # the tests' database may have it
        cls.before = cls._counts()
        cls.demo.load_demo()
        cls.loaded = cls._counts()

    @classmethod
    def _counts(cls):
        return {
            model: cls.env[model].with_context(active_test=False).search_count([])
            for model in COUNTED if model in cls.env
        }

    def test_loading_twice_changes_nothing(self):
        self.demo.load_demo()
        self.assertEqual(self._counts(), self.loaded)

    def test_removing_leaves_nothing(self):
        self.assertEqual(self.demo.remove_demo(), [])
        self.assertEqual(self._counts(), self.before)
        self.assertFalse(self.env['ir.model.data'].search_count([('module', '=', DEMO_MODULE)]))

    def test_documents(self):
        """What the demo promises to whoever tries the money side."""
        demo = self.demo._demo_env()
        journal = demo._get('journal_sale')
        invoices = self.env['account.move'].search([('journal_id', '=', journal.id)])
        self.assertEqual(set(invoices.mapped('state')), {'posted'})
        self.assertEqual(len(invoices.filtered(lambda move: move.payment_state == 'paid')), 4)
        lines = self.env['account.bank.statement.line'].search([
            ('journal_id', '=', demo._get('journal_bank').id)])
        self.assertEqual(lines.mapped('is_reconciled').count(True), 4)
        self.assertEqual(lines.mapped('is_reconciled').count(False), 4)
        self.assertTrue(lines.statement_id.is_valid)
        picking = demo._get('order_01').picking_ids
        self.assertEqual(picking.state, 'done')
        self.assertTrue(all(line.lot_id.expiration_date for line in picking.move_line_ids))
        customer = self.env['res.users'].search([('login', '=', 'distributor1')])
        self.assertTrue(customer._is_portal())
        self.assertEqual(customer.commercial_partner_id, demo._get('distributor_1'))
        states = self.env['sale.order'].with_user(customer).search([]).mapped('state')
        self.assertEqual(set(states), {'sent', 'sale'})

    def test_history_table(self):
        """Two distributors' months before all files count, and a name waits for somebody."""
        history = self.demo._demo_env()._get('flow_history_1')
        self.assertEqual(history.file_ids.mapped('state'), ['posted'] * 2)
        self.assertGreater(sum(history.file_ids.mapped('ok_count')), 0.9 * history.row_count)
        self.assertEqual(history.open_row_count, 8)
        self.assertLess(
            max(history.file_ids.mapped('date_to')),
            min(self.env['pharma.flow.period'].search([('state', '=', 'locked')]).mapped('month')))

    def test_removal_keeps_other_stock_right(self):
        """Goods of a demo product that somebody else moved stay where they are."""
        demo = self.demo._demo_env()
        product = demo._get('product_01').product_variant_id
        location = demo._warehouse().lot_stock_id
        lot = self.env['stock.lot'].create({
            'name': "OWN-1", 'product_id': product.id, 'company_id': self.env.company.id})
        self.env['stock.quant'].with_context(inventory_mode=True).create({
            'product_id': product.id, 'location_id': location.id, 'lot_id': lot.id,
            'inventory_quantity': 7}).action_apply_inventory()
        kept = self.demo.remove_demo()
        self.assertIn(product.product_tmpl_id.display_name, kept)
        self.assertEqual(self.env['stock.quant']._get_available_quantity(product, location), 7)
