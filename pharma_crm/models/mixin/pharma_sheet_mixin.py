import logging

from odoo import api, models
from odoo.exceptions import UserError

from ...tools.sheets import SheetError, read_workbook

_logger = logging.getLogger(__name__)


class PharmaSheetMixin(models.AbstractModel):
    """For models that take spreadsheets from people: read one, or say what to do about it.

    What became of a file is written by the model's own methods alone: the fields named in
    ``_result_fields`` cannot be set by hand, neither in a form nor over RPC nor by an import.
    """

    _name = 'pharma.sheet.mixin'
    _description = "Reads Spreadsheets"

    _result_fields = frozenset()

    @api.model
    def _has_field_access(self, field, operation):
        if operation == 'write' and field.name in self._result_fields and not self.env.su:
            return False
        return super()._has_field_access(field, operation)

    def _set_result(self, **vals):
        """Write what became of the files; the caller has checked that the user may do it.

        :param vals: values of ``_result_fields``
        """
        # sudo: these fields are closed to everybody
        self.sudo().write(vals)

    def _read_sheets(self, data, filename):
        """Read a file of any usual format in the limited child process.

        :param bytes data: the file
        :param str filename: its name, as people know it
        :return: list of ``tools.sheets.Sheet``
        :raise UserError: with the file's name, what is wrong and what to do
        """
        try:
            return read_workbook(data, filename)
        except SheetError as error:
            _logger.info("Spreadsheet refused: %s", error)
            raise UserError(self._sheet_error_message(error.reason, filename)) from error

    def _sheet_error_message(self, reason, filename):
        """What people are told about a file that cannot be read.

        :param str reason: one of ``tools.sheets.REASONS``
        """
        env = self.env
        messages = {
            'protected': env._(
                "The file %s is protected by a password. Open it in Excel, remove the password"
                " (File, Info, Protect Workbook), save it and upload it again.", filename),
            'damaged': env._(
                "The file %s is damaged and cannot be read. Open it in Excel or WPS, save it as"
                " .xlsx and upload it again, or ask the sender for it once more.", filename),
            'empty': env._(
                "The file %s is empty: no cell holds anything. Check whether it is the right"
                " file.", filename),
            'too_large': env._(
                "The file %s is too large. Split it, for instance by month, and upload the"
                " parts.", filename),
            'unknown_format': env._(
                "The file %s is neither an Excel workbook nor a text file with columns. Save it as"
                " .xlsx or .csv and upload it again.", filename),
            'timeout': env._(
                "Reading the file %s took too long. Save it as .xlsx without formulas and pictures,"
                " or split it, and upload it again.", filename),
            'memory': env._(
                "Reading the file %s needs too much memory. Save it as .xlsx without formulas and"
                " pictures, or split it, and upload it again.", filename),
            'archive': env._(
                "The file %s is an archive. Unpack it and upload the spreadsheets in it.",
                filename),
        }
        return messages[reason]
