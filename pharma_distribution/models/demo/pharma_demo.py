import base64
import csv
import io
from datetime import timedelta

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tools import SQL

DISTRIBUTION_USERS = [
    ('commercial', "钱立群", "商务", ['pharma_distribution.group_pharma_distribution_commercial']),
    ('accountant', "吴静", "会计", ['account.group_account_user']),
    ('distributor1', "郑海波", "经销商门户（浙江泽沛医药）", ['base.group_portal']),
]
# As in the layout 'sheet_mapping_cn_debit_credit'
BANK_COLUMNS = ['交易日期', '摘要', '对方户名', '对方账号', '借方发生额', '贷方发生额', '余额']
# What becomes of a demo order, each including what stands before it.
ORDER_STEPS = ['draft', 'sent', 'confirmed', 'delivered', 'invoiced', 'overdue', 'paid']


class PharmaDemo(models.AbstractModel):
    """Stock with lots, orders, deliveries, invoices and a bank account for the demo customers.

    Invoices and bank entries are made in journals of their own, so that removing them leaves no gap
    in the numbers of the company's journals.
    """

    _inherit = 'pharma.demo'

    # === LOADING === #

    def _load_demo_records(self):
        result = super()._load_demo_records()
        if not self.env.company.chart_template:
            raise UserError(self.env._(
                "The demo data needs a chart of accounts: choose the country's in the settings of "
                "Invoicing first."))
        self._load_stock()
        self._load_journals()
        self._load_orders()
        self._load_statement()
        return result

    def _user_rows(self):
        return super()._user_rows() + DISTRIBUTION_USERS

    def _user_partner_vals(self, login):
        vals = super()._user_partner_vals(login)
        if login == 'distributor1':
            distributor = self._get('distributor_1')
            vals['parent_id'] = distributor.id if distributor else False
        return vals

    def _load_organisations(self):
        result = super()._load_organisations()
        # The portal's user is made with the other users, before the company that he works for.
        contact = self._get('user_partner_distributor1')
        if not contact.parent_id:
            contact.parent_id = self._get('distributor_1')
        return result

    def _product_vals(self, row, line_id):
        vals = super()._product_vals(row, line_id)
        if row['price']:
            vals.update(
                is_storable=True, tracking='lot', use_expiration_date=True, expiration_time=730,
                alert_time=180, removal_time=30, invoice_policy='delivery')
        return vals

    def _products(self):
        """Demo name -> product, of our own products."""
        rows = self._read_csv('pharma_crm/demo/products.csv')
        return {row['key']: self._get(row['key']) for row in rows if row['price']}

    def _load_stock(self):
        """Two lots of each product in the main warehouse, one of them near its expiry date."""
        if self._get('stock_move_1'):
            return
        products = self._products()
        # Loaded before this addon was there
        products_without_lots = self.env['product.template'].union(*products.values()).filtered(
            lambda product: product.tracking != 'lot')
        products_without_lots.write({
            'is_storable': True, 'tracking': 'lot', 'use_expiration_date': True,
            'expiration_time': 730, 'alert_time': 180, 'removal_time': 30,
            'invoice_policy': 'delivery'})
        chance = self._random('stock')
        today = fields.Datetime.now().replace(hour=0, minute=0, second=0)
        lot_vals, quantities = {}, {}
        for key, product in products.items():
            for number, days in enumerate((chance.randint(90, 200), chance.randint(400, 680)), 1):
                made = today + timedelta(days=days - 730)
                name = f'lot_{key}_{number}'
                lot_vals[name] = {
                    'name': f"{made:%y%m}{chance.randint(1, 30):02d}{number}",
                    'product_id': product.product_variant_id.id,
                    'company_id': self.env.company.id,
                    'expiration_date': today + timedelta(days=days),
                }
                quantities[name] = chance.randrange(1500, 4000, 100)
        lots = self._make('stock.lot', lot_vals)
        location = self._warehouse().lot_stock_id
        quants = self.env['stock.quant'].with_context(inventory_mode=True).create([{
            'product_id': lot.product_id.id,
            'location_id': location.id,
            'lot_id': lot.id,
            'inventory_quantity': quantities[name],
        } for name, lot in lots.items()])
        quants.action_apply_inventory()
        moves = self.env['stock.move.line'].search([
            ('lot_id', 'in', [lot.id for lot in lots.values()])]).move_id
        self._name_records({f'stock_move_{number}': move for number, move in enumerate(moves, 1)})

    def _warehouse(self):
        return self.env['stock.warehouse'].search(
            [('company_id', '=', self.env.company.id)], limit=1)

    def _load_journals(self):
        if self._get('journal_bank'):
            return
        company = self.env.company
        accounts = self._make('account.account', {'account_bank': {
            'name': "演示银行存款",
            'code': self.env['account.account']._search_new_account_code(
                f'{company.bank_account_code_prefix or "1002"}01'),
            'account_type': 'asset_cash',
            'company_ids': [Command.set(company.ids)],
        }})
        mapping = self.env.ref(
            'pharma_distribution.sheet_mapping_cn_debit_credit', raise_if_not_found=False)
        self._make('account.journal', {
            'journal_sale': {'name': "演示销售", 'code': 'YSXS', 'type': 'sale'},
            'journal_bank': {
                'name': "演示银行（基本户）", 'code': 'YSYH', 'type': 'bank',
                'default_account_id': accounts['account_bank'].id,
                'default_sheet_mapping_id': mapping.id if mapping else False,
            },
        })

    def _load_orders(self):
        for row in self._read_csv('pharma_distribution/demo/orders.csv'):
            if not self._get(row['key']):
                self._load_order(row)

    def _load_order(self, row):
        """One order, brought to its state with its delivery and invoice, dated in the past."""
        date = fields.Datetime.now() - timedelta(days=int(row['days_ago']))
        order = self._make('sale.order', {row['key']: {
            'partner_id': self._get(row['distributor']).id,
            'user_id': self._get('user_commercial').id,
            'warehouse_id': self._warehouse().id,
            'journal_id': self._get('journal_sale').id,
            'payment_term_id': self.env.ref('account.account_payment_term_30days').id,
            'date_order': date,
            'order_line': [
                Command.create({
                    'product_id': self._get(key).product_variant_id.id,
                    'product_uom_qty': float(quantity),
                }) for key, quantity in (line.split(':') for line in row['lines'].split(';'))
            ],
        }})[row['key']]
        step = ORDER_STEPS.index(row['state'])
        if step == ORDER_STEPS.index('sent'):
            order.action_quotation_sent()
        if step >= ORDER_STEPS.index('confirmed'):
            order.action_confirm()
            order.date_order = date
        if step >= ORDER_STEPS.index('delivered'):
            self._deliver(order, date + timedelta(days=2))
        if step >= ORDER_STEPS.index('invoiced'):
            invoice = order._create_invoices()
            invoice.invoice_date = (date + timedelta(days=2)).date()
            invoice.action_post()

    def _deliver(self, order, date):
        """Ship everything: Odoo reserves the lots that expire first."""
        # Nobody is written to about a demo delivery
        picking = order.picking_ids.with_context(skip_sms=True)
        picking.action_assign()
        picking.move_ids.picked = True
        picking._action_done()
        picking.write({'date_done': date, 'scheduled_date': date})
        picking.move_ids.date = date

    def _load_statement(self):
        """A bank's file: receipts that name the invoice, others that do not, a fee.

        It goes through the import like a user's file. Receipts that name the invoice are reconciled
        at once, the others wait for the accountant.
        """
        if self._get('statement_1'):
            return
        journal = self._get('journal_bank')
        if not journal.default_sheet_mapping_id:
            return
        orders = {
            row['key']: row['state']
            for row in self._read_csv('pharma_distribution/demo/orders.csv')
        }
        receipts = []
        for key, state in orders.items():
            for invoice in self._get(key).invoice_ids:
                if state == 'paid':
                    receipts.append((invoice, invoice.name, 33))
                elif key in ('order_04', 'order_09'):
                    receipts.append((invoice, "货款", 12 if key == 'order_09' else 41))
        file = self._bank_file(receipts)
        wizard = self.env['account.statement.import'].with_context(journal_id=journal.id).create({
            'statement_filename': "账户明细.csv",
            'statement_file': base64.b64encode(file),
            'sheet_mapping_id': journal.default_sheet_mapping_id.id,
        })
        statement_ids = wizard._import_file()['statement_ids']
        statements = self.env['account.bank.statement'].browse(statement_ids)
        wizard.unlink()  # with its file, which the statement keeps
        self._name_records({'statement_1': statements})
        # The import reconciles by itself, but not while Odoo's tests run.
        statements.line_ids.filtered(lambda line: not line.is_reconciled)._auto_reconcile()

    def _bank_file(self, receipts):
        """The bank's CSV in GB18030: receipts as (invoice, text, days after the invoice)."""
        today = fields.Date.context_today(self)
        rows = [
            (min(invoice.invoice_date + timedelta(days=days), today), text,
             invoice.partner_id.name, invoice.amount_total)
            for invoice, text, days in receipts
        ]
        rows.append((today - timedelta(days=10), "账户管理费", "", -60.0))
        rows.append((today - timedelta(days=6), "往来款", "杭州远桥医药推广有限公司", 18000.0))
        balance = 268450.0
        text = io.StringIO()
        writer = csv.writer(text)
        writer.writerow(BANK_COLUMNS)
        for date, label, partner, amount in sorted(rows, key=lambda row: row[0]):
            balance += amount
            writer.writerow([
                date.isoformat(), label, partner, "",
                f'{-amount:,.2f}' if amount < 0 else "", f'{amount:,.2f}' if amount > 0 else "",
                f'{balance:,.2f}'])
        return text.getvalue().encode('gb18030')

    # === REMOVING === #

    def _remove_documents(self):
        """Everything in the demo journals and every document of the demo orders.

        Numbers of orders and deliveries that were used are not used again.
        """
        self._remove_entries()
        orders = self.env['sale.order'].union(*(
            order for row in self._read_csv('pharma_distribution/demo/orders.csv')
            if (order := self._get(row['key']))))
        self._remove_deliveries(orders)
        orders.action_unlock()
        orders._action_cancel()
        orders.unlink()
        products = self.env['product.template'].union(*(
            product for row in self._read_csv('pharma_crm/demo/products.csv')
            if (product := self._get(row['key']))))
        self.env['product.value'].search([
            ('product_id', 'in', products.product_variant_ids.ids)]).unlink()
        return super()._remove_documents()

    def _remove_entries(self):
        journals = self.env['account.journal'].union(*filter(
            None, (self._get('journal_bank'), self._get('journal_sale'))))
        lines = self.env['account.bank.statement.line'].search([('journal_id', 'in', journals.ids)])
        lines.action_undo_reconciliation()
        lines.statement_id.unlink()  # a line of a complete statement cannot be deleted
        lines.unlink()
        moves = self.env['account.move'].search([('journal_id', 'in', journals.ids)])
        moves.filtered(lambda move: move.state == 'posted').button_draft()
        moves.with_context(force_delete=True).unlink()

    def _remove_deliveries(self, orders):
        """Take shipments and the initial stock out of the books, as if they had never been.

        Odoo forbids deleting done moves, with good reason for real ones; here the quantities are
        put back first, so that whatever else was done with the demo products stays right.
        """
        pickings = orders.picking_ids
        moves = pickings.move_ids
        for number in range(1, 2 * len(self._products()) + 1):
            moves |= self._get(f'stock_move_{number}') or moves.browse()
        moves.filtered(lambda move: move.state not in ('done', 'cancel'))._action_cancel()
        Quant = self.env['stock.quant']
        for line in moves.move_line_ids.filtered(lambda line: line.state == 'done'):
            for location, quantity in (
                    (line.location_dest_id, -line.quantity_product_uom),
                    (line.location_id, line.quantity_product_uom)):
                Quant._update_available_quantity(
                    line.product_id, location, quantity, lot_id=line.lot_id)
        Quant._quant_tasks()
        self.env.flush_all()
        self.env.execute_query(SQL(
            'DELETE FROM stock_move_line WHERE move_id IN %s', tuple(moves.ids) or (0,)))
        self.env.execute_query(SQL(
            'DELETE FROM stock_move WHERE id IN %s', tuple(moves.ids) or (0,)))
        self.env.invalidate_all()
        pickings.unlink()
        orders.stock_reference_ids.unlink()
