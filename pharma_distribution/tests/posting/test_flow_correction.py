import base64

from psycopg2.errors import UniqueViolation

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..common import HEADINGS
from .test_flow_doubles import FlowDoublesCommon


@tagged('post_install', '-at_install')
class TestFlowCorrection(FlowDoublesCommon):
    """What a person says about a row stands beside what the file says, and counts."""

    def _correct(self, line, field, user=None, **values):
        user = user or self.user_commercial
        action = line.with_user(user).action_correct()
        return self.env['pharma.flow.correction'].with_user(user).with_context(
            **action['context']).create({'field': field, **values})

    def test_dialog_of_a_file_without_sheets(self):
        """The form sends nothing for a sheet without a name."""
        line = self._make_file({}).line_ids
        correction = self._correct(line, 'quantity', quantity=4, sheet_name=False)
        self.assertEqual((correction.sheet_name, line.quantity), ('', 4))

    def test_date(self):
        file = self._make_file({}, {'date': '2026-01-07'})
        line = file.line_ids.sorted('row_number')[0]
        correction = self._correct(line, 'date', date='2026-01-20', reason="电话确认")
        self.assertEqual((str(line.date), str(line.read_date), line.raw_date),
                         ('2026-01-20', '2026-01-05', '2026-01-05'))
        self.assertEqual((correction.raw_value, correction.user_id),
                         ('2026-01-05', self.user_commercial))
        self.assertEqual(line.correction_ids, correction)
        correction.action_undo()
        self.assertEqual((str(line.date), line.read_date), ('2026-01-05', False))
        self.assertFalse(line.correction_ids)

    def test_quantity_and_unit(self):
        line = self._make_file({'quantity': '3'}).line_ids
        quantity = self._correct(line, 'quantity', quantity=4)
        self.assertEqual((line.quantity, line.file_quantity, line.raw_quantity), (4, 3, '3'))
        self.assertEqual(line.file_id.quantity, 4)
        unit = self._correct(line, 'unit', unit="件")
        self.assertEqual((line.quantity, line.raw_unit), (400, "盒"))
        quantity.action_undo()
        self.assertEqual(line.quantity, 300)
        unit.action_undo()
        self.assertEqual(line.quantity, 3)

    def _amounts(self, line):
        self.env.invalidate_all()
        cells = self.env['pharma.flow.report'].search(
            [('distributor_id', '=', self.distributor.id)])
        return (line.amount, line.read_amount, line.file_id.amount,
                round(sum(cells.mapped('amount')), 2))

    def test_amount_follows_the_quantity(self):
        """By the row's own unit price; the results follow, undo brings the file's amount back."""
        line = self._make_file({'quantity': '3', 'amount': '33.90'}).line_ids
        correction = self._correct(line, 'quantity', quantity=4, reason="电话确认")
        self.assertEqual(self._amounts(line), (45.2, 33.9, 45.2, 45.2))
        self.assertEqual((line.raw_amount, line.has_other_amount), ('33.90', True))
        correction.action_undo()
        self.assertEqual(self._amounts(line), (33.9, 0, 33.9, 33.9))
        self.assertFalse(line.has_other_amount)
        # a return
        self._correct(line, 'quantity', quantity=-1)
        self.assertEqual(self._amounts(line)[0], -11.3)

    def test_amount_given_holds(self):
        """Whichever is corrected first; each is taken back by itself."""
        line = self._make_file({'quantity': '3', 'amount': '30'}).line_ids
        amount = self._correct(line, 'amount', amount=37.5, reason="发票金额")
        self.assertEqual((amount.value, amount.raw_value), ('37.5', '30'))
        self.assertEqual(self._amounts(line), (37.5, 30, 37.5, 37.5))
        quantity = self._correct(line, 'quantity', quantity=4)
        self.assertEqual(self._amounts(line), (37.5, 30, 37.5, 37.5))
        amount.action_undo()
        self.assertEqual(self._amounts(line), (40, 30, 40, 40))
        gift = self._correct(line, 'amount', amount=0)
        self.assertEqual(self._amounts(line), (0, 30, 0, 0))
        (quantity | gift).action_undo()
        self.assertEqual(self._amounts(line), (30, 0, 30, 30))

    def test_amount_of_a_quantity_that_slipped(self):
        """The file's amount stays where it is that of the right quantity by the file's price;
        without an amount or quantity in the file the price tells."""
        headings = (*HEADINGS, "单价")
        rows = [
            (*self._make_row(quantity='10', amount='500'), '5'),
            (*self._make_row(quantity='', amount='', date='2026-01-06'), '5'),
            (*self._make_row(quantity='', amount='60', date='2026-01-07'), '5'),
            (*self._make_row(quantity='3', amount='', date='2026-01-08'), '5')]
        lines = self._import(self._make_csv(rows, headings)).line_ids.sorted('row_number')
        for line, quantity in zip(lines, (100, 7, 12, 2), strict=True):
            self._correct(line, 'quantity', quantity=quantity)
        self.assertEqual(lines.mapped('amount'), [500, 35, 60, 10])
        self.assertEqual(lines.mapped('quantity'), [100, 7, 12, 2])

    def test_money_that_waits_on_a_name(self):
        """It is what the files say, so that undoing a file takes off what reading it added."""
        file = self._make_file({'customer': "望澜人医", 'amount': '88'})
        name = self._find_name("望澜人医")
        name.partner_id = self.hospital
        self._correct(file.line_ids, 'amount', amount=20)
        self.assertEqual((name.line_amount, file.line_ids.amount), (88, 20))
        name._recount_flow_rows()
        self.assertEqual(name.line_amount, 88)
        file.action_undo()
        self.assertEqual(name.line_amount, 0)

    def test_amount_that_cannot_be_read(self):
        line = self._make_file({'amount': '三十块'}, post=False).line_ids
        self.assertEqual(line.reason, 'amount_invalid')
        quantity = self._correct(line, 'quantity', quantity=2)
        self.assertEqual(line.reason, 'amount_invalid')
        amount = self._correct(line, 'amount', amount=30)
        self.assertEqual((line.status, line.amount), ('ok', 30))
        (amount | quantity).action_undo()
        self.assertEqual((line.reason, line.amount), ('amount_invalid', 0))

    def test_quantity_of_nothing(self):
        line = self._make_file({}).line_ids
        self._correct(line, 'quantity', quantity=0)
        self.assertEqual((line.quantity, line.status), (0, 'ok'))

    def test_customer_and_product(self):
        line = self._make_file({'customer': "望澜人医"}).line_ids
        self.assertEqual(line.status, 'unmatched_customer')
        customer = self._correct(line, 'partner', partner_id=self.hospital.id)
        self.assertEqual((line.status, line.partner_id, line.user_id),
                         ('ok', self.hospital, self.user_representative))
        product = self._create_product(name="另一产品")
        self._correct(line, 'product', product_id=product.id)
        self.assertEqual(line.product_id, product)
        # a decision about the name does not reach the corrected row
        self._find_name("望澜人医").partner_id = self.clinic_hospital
        self.assertEqual(line.partner_id, self.hospital)
        customer.action_undo()
        self.assertEqual(line.partner_id, self.clinic_hospital)

    def test_row_with_an_error(self):
        file = self._import()
        lines = {line.row_number: line for line in file.line_ids}
        day = self._correct(lines[10], 'date', date='2026-01-15')
        amount = self._correct(lines[11], 'quantity', quantity=5)
        self.assertEqual((lines[10].status, lines[11].status, lines[11].quantity),
                         ('ok', 'ok', 5))
        self.assertEqual((file.ok_count, file.error_count), (4, 1))
        (day | amount).action_undo()
        self.assertEqual((lines[10].reason, lines[11].reason),
                         ('date_invalid', 'quantity_invalid'))

    def test_they_survive_reading_again(self):
        file = self._make_file({}, {'quantity': '2'})
        self._correct(file.line_ids.sorted('row_number')[1], 'quantity', quantity=9)
        file.action_undo()
        file._run_import()
        self.assertEqual(file.line_ids.sorted('row_number').mapped('quantity'), [1, 9])

    def test_other_bytes_have_other_rows(self):
        file = self._make_file({})
        self._correct(file.line_ids, 'quantity', quantity=9)
        file.action_undo()
        file.data = base64.b64encode(self._make_csv([self._make_row(quantity='5')]))
        file._run_import()
        self.assertEqual(file.line_ids.quantity, 5)
        self.assertFalse(self.env['pharma.flow.correction'].search([('file_id', '=', file.id)]))

    def test_corrected_rows_are_doubles_by_what_is_right(self):
        first = self._make_file({'quantity': '5'})
        second = self._make_file({'quantity': '6'})
        self.assertReasons(second, False)
        correction = self._correct(second.line_ids, 'quantity', quantity=5)
        self.assertReasons(second, 'double')
        day = self._correct(first.line_ids, 'date', date='2026-01-09')
        self.assertReasons(second, False)
        day.action_undo()
        self.assertReasons(second, 'double')
        correction.action_undo()
        self.assertReasons(second, False)

    def test_locked_rows_wait(self):
        line = self._make_file({}).line_ids
        period = self.env['pharma.flow.period'].create({'month': '2026-01-01'})
        period.action_lock()
        self._correct(line, 'quantity', quantity=9)
        self.assertEqual(line.quantity, 1)
        period.action_find_pending()
        self.assertEqual(period.pending_count, 1)
        period.action_unlock()
        period._apply_pending()
        self.assertEqual(line.quantity, 9)

    def test_a_value_is_needed_and_only_one(self):
        line = self._make_file({}).line_ids
        with self.assertRaises(ValidationError):
            self._correct(line, 'date')
        self._correct(line, 'date', date='2026-01-09')
        with self.assertRaises(UniqueViolation), mute_logger('odoo.sql_db'), \
                self.env.cr.savepoint():
            self._correct(line, 'date', date='2026-01-10')

    def test_who_corrects(self):
        line = self._make_file({}).line_ids
        self._correct(line, 'quantity', self.user_steward, quantity=2).action_undo()
        correction = self._correct(line, 'quantity', quantity=2, user_id=self.env.uid)
        self.assertEqual(correction.user_id, self.user_commercial, "nobody corrects for others")
        for user in (self.user_representative, self.user_director):
            with self.assertRaises(AccessError):
                line.with_user(user).action_correct()
            with self.assertRaises(AccessError):
                correction.with_user(user).action_undo()
        with self.assertRaises(AccessError):
            correction.with_user(self.user_commercial).quantity = 7
        self.assertTrue(line.with_user(self.user_representative).correction_ids)
