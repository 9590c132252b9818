from odoo.tests import HttpCase, tagged

from .common_money import MoneyCommon


@tagged('post_install', '-at_install')
class TestMoneyUi(MoneyCommon, HttpCase):
    """From the order to the money, with the accountant in the browser."""

    def test_order_to_reconciled_bank_line(self):
        """The accountant imports the bank's file and reconciles a receipt with the invoice."""
        self.env['account.journal'].create({
            'name': "TOURBANK", 'code': 'TOUR', 'type': 'bank', 'company_id': self.company.id,
            'show_on_dashboard': True,
            'default_sheet_mapping_id': self.env.ref(
                'pharma_distribution.sheet_mapping_cn_debit_credit').id,
        })
        order = self._create_order(self.distributor, quantity=40)
        picking = self._deliver(order)
        self.assertEqual(picking.state, 'done')
        self.assertEqual(picking.move_line_ids.lot_id, self.lot)
        self.assertEqual(picking.move_line_ids.expiration_date, self.lot.expiration_date)
        invoice = self._invoice(order)
        self.assertEqual(invoice.amount_total, 4520.0)  # what the tour's file says
        self.assertEqual(invoice.payment_state, 'not_paid')

        self.start_tour('/odoo', 'pharma_distribution.accountant_tour', login='pharma_accountant')

        line = self.env['account.bank.statement.line'].search(
            [('journal_id.name', '=', 'TOURBANK')])
        self.assertEqual(line.amount, 4520.0)
        self.assertTrue(line.is_reconciled)
        self.assertEqual(invoice.payment_state, 'paid')
        self.assertEqual(invoice.amount_residual, 0.0)
