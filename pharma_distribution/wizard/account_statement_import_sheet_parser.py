import codecs

from odoo import api, models


class AccountStatementImportSheetParser(models.TransientModel):
    _inherit = 'account.statement.import.sheet.parser'

    @api.model
    def parse(self, data_file, mapping, filename):
        """Read files in the encoding that the layout names, where it is the Chinese one.

        The tool ignores that setting and guesses: it takes GB18030 for its small ancestor GB2312
        and stops at the first rarer character of a company's name (喆, 堃, 镕).
        """
        if mapping.file_encoding == 'gb18030':
            data_file = self._chinese_to_utf8(data_file)
        return super().parse(data_file, mapping, filename)

    @api.model
    def _chinese_to_utf8(self, data_file):
        """A file in GB18030 as UTF-8 with its mark; one that is UTF-8 already stays as it is."""
        try:
            data_file.decode('utf-8')
        except UnicodeDecodeError:
            return codecs.BOM_UTF8 + data_file.decode('gb18030').encode('utf-8')
        return data_file

    def _parse_one_line(self, mapping, currency_code, values, columns):
        """Keep the sign of reversals, which banks write as negative amounts (红字冲正).

        The tool takes absolute values, so that a reversed receipt would count as another receipt.
        """
        line = super()._parse_one_line(mapping, currency_code, values, columns)
        if line and mapping.amount_type == 'distinct_credit_debit':
            received, paid = (
                self._parse_decimal(
                    self._get_values_from_column(values, columns, column) or '', mapping)
                for column in ('amount_debit_column', 'amount_credit_column')
            )
            line['amount'] = (paid - received) if mapping.amount_inverse_sign else received - paid
        return line
