import base64

from psycopg2.errors import UniqueViolation

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .test_flow_doubles import FlowDoublesCommon


@tagged('post_install', '-at_install')
class TestFlowCorrection(FlowDoublesCommon):
    """What a person says about a row stands beside what the file says, and counts."""

    def _correct(self, line, field, user=None, **values):
        user = user or self.user_commercial
        action = line.with_user(user).action_correct()
        return self.env['pharma.flow.correction'].with_user(user).with_context(
            **action['context']).create({'field': field, **values})

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
