import base64

from odoo.exceptions import UserError
from odoo.tests import tagged

from .common_money import PAYER, MoneyCommon

HEADER = "交易日期,摘要,对方户名,对方账号,借方发生额,贷方发生额,余额"


@tagged('post_install', '-at_install')
class TestBankStatement(MoneyCommon):
    """Files of Chinese banks become bank statements."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.mapping = cls.env.ref('pharma_distribution.sheet_mapping_cn_debit_credit')
        cls.journal = cls.env['account.journal'].create({
            'name': "测试银行", 'code': 'CSYH', 'type': 'bank', 'company_id': cls.company.id,
            'default_sheet_mapping_id': cls.mapping.id,
        })

    def _import(self, lines, encoding='gb18030', mapping=None):
        wizard = self.env['account.statement.import'].with_user(self.accountant).with_context(
            journal_id=self.journal.id).create({
                'statement_filename': 'detail.csv',
                'statement_file': base64.b64encode("\r\n".join(lines).encode(encoding)),
                'sheet_mapping_id': (mapping or self.mapping).id,
            })
        wizard.import_file_button()
        return self.env['account.bank.statement.line'].search(
            [('journal_id', '=', self.journal.id)], order='date, id')

    def test_receipts_and_payments(self):
        """Receipts are positive, payments negative; the payer is found though his name is rare."""
        lines = self._import([
            HEADER,
            f'2026-01-05,货款,{PAYER},6222 0000 1111,,"12,345.60","112,345.60"',
            '2026-01-06,手续费,,,12.00,,"112,333.60"',
            '2026-01-07,往来款,某某公司,,0.00,500.00,"112,833.60"',
        ])
        self.assertEqual(lines.mapped('amount'), [12345.6, -12.0, 500.0])
        self.assertEqual(lines[0].partner_name, PAYER)
        self.assertEqual(lines[0].partner_id, self.distributor)
        self.assertEqual(lines[0].payment_ref, "货款")
        self.assertEqual(lines.statement_id.balance_start, 100000.0)
        self.assertEqual(lines.statement_id.balance_end_real, 112833.6)
        self.assertTrue(lines.statement_id.is_valid)

    def test_reversal_keeps_its_sign(self):
        """A receipt that the bank takes back stands as a negative receipt."""
        lines = self._import([
            HEADER,
            '2026-01-05,货款,某某公司,,,800.00,1800.00',
            '2026-01-06,冲正,某某公司,,,-800.00,1000.00',
        ])
        self.assertEqual(lines.mapped('amount'), [800.0, -800.0])
        self.assertEqual(lines.statement_id.balance_end_real, 1000.0)

    def test_same_file_twice(self):
        """A file imported again, or one that overlaps it, brings no transaction twice."""
        first = [
            HEADER,
            '2026-01-05,货款,甲公司,,,800.00,1800.00',
            '2026-01-05,货款,甲公司,,,800.00,2600.00',
        ]
        self.assertEqual(len(self._import(first)), 2)
        with self.assertRaises(UserError):
            self._import(first)
        self.assertEqual(len(self._import([*first, '2026-01-08,货款,乙公司,,,1.00,2601.00'])), 3)

    def test_utf8(self):
        """A file that somebody saved as UTF-8 is read as well."""
        for encoding, day in (('utf-8', '05'), ('utf-8-sig', '06')):
            lines = self._import(
                [HEADER, f'2026-01-{day},货款,{PAYER},,,800.00,1800.00'], encoding=encoding)
            self.assertEqual(lines[-1].partner_name, PAYER)

    def test_other_layouts(self):
        """The other shipped layouts read a file of their kind."""
        lines = self._import([
            "交易时间,本方账号,对方单位,对方账号,摘要,附言,用途,转出金额,转入金额,余额",
            f'2026-02-05 10:11:12,1,{PAYER},,货款,一月,购药,,300.00,300.00',
        ], mapping=self.env.ref('pharma_distribution.sheet_mapping_cn_in_out'))
        self.assertEqual((lines.amount, lines.partner_name), (300.0, PAYER))
        lines = self._import([
            "流水号,交易日,交易时间,收(付)方名称,收(付)方账号,交易类型,业务摘要,其它摘要,用途,借方金额,贷方金额,余额",
            f'A0001,20260306,101112,{PAYER},,转账,货款,,购药,25.00,,275.00',
        ], mapping=self.env.ref('pharma_distribution.sheet_mapping_cn_serial'))
        self.assertEqual((lines[-1].amount, lines[-1].partner_name), (-25.0, PAYER))

    def test_other_encodings_stay_with_the_tool(self):
        """Only layouts that name the Chinese encoding are touched."""
        parser = self.env['account.statement.import.sheet.parser']
        self.assertEqual(parser._chinese_to_utf8("甲,乙".encode()), "甲,乙".encode())
        self.assertEqual(
            parser._chinese_to_utf8("喆".encode('gb18030')).decode('utf-8-sig'), "喆")
