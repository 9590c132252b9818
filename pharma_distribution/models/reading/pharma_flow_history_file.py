import base64

from odoo import fields, models
from odoo.exceptions import UserError

from ...tools.flow_history import read_rows
from ...tools.flow_reader import FlowError


class PharmaFlowFile(models.Model):
    """A file that was made of a distributor's rows in a history table: its rows are known already.
    """

    _inherit = 'pharma.flow.file'

    history_id = fields.Many2one(
        'pharma.flow.history', string="History Table", readonly=True, index='btree_not_null',
        ondelete='restrict', copy=False)

    def write(self, vals):
        if 'data' in vals and any(file.history_id for file in self):
            raise UserError(self.env._(
                "The rows come of a history table. Upload what is right as a file of its own."))
        return super().write(vals)

    def _read_sheets(self, data, filename):
        return [] if self.history_id else super()._read_sheets(data, filename)

    def _parse_sheets(self, sheets):
        if not self.history_id:
            return super()._parse_sheets(sheets)
        try:
            return read_rows(base64.b64decode(self.with_context(bin_size=False).data))
        except FlowError as error:
            raise UserError(
                self.env['pharma.flow.message']._flow_error_message(error, self.name)) from error

    def _job_post(self):
        """Job: post the file after its reading; what its checks warn of is kept in its messages."""
        if self.exists():
            self.with_context(lang=self.env.user.lang)._post_acknowledged()
