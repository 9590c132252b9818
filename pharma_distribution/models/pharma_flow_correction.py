from odoo import api, fields, models

# What a correction says about a row.
CORRECTION_FIELDS = [
    ('separate', "A movement of its own"),
]


class PharmaFlowCorrection(models.Model):
    """What a person said about a row of a file, beside what the file says.

    It names the row by file, sheet and number, not the line: lines go when a file is read again,
    corrections stay and hold for the new ones.
    """

    _name = 'pharma.flow.correction'
    _description = "Correction of a Flow Row"
    _order = 'id desc'
    _rec_name = 'field'
    _check_company_auto = True

    _row_uniq = models.Constraint(
        'UNIQUE(file_id, row_number, sheet_name, field)',
        "This of the row has been corrected already: undo that correction first.")

    # which row
    file_id = fields.Many2one(
        'pharma.flow.file', required=True, readonly=True, ondelete='cascade', check_company=True)
    sheet_name = fields.Char(string="Sheet", required=True, readonly=True, default='')
    row_number = fields.Integer(string="Row", required=True, readonly=True, aggregator=None)
    company_id = fields.Many2one(related='file_id.company_id', store=True, index=True)

    # what
    field = fields.Selection(
        CORRECTION_FIELDS, string="Corrected", required=True, readonly=True)
    user_id = fields.Many2one(
        'res.users', string="Corrected By", readonly=True, default=lambda self: self.env.user)

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        corrections = super().create(vals_list)
        lines = corrections._get_lines()
        lines._judge_identities(lines)
        return corrections

    def unlink(self):
        lines = self._get_lines()
        result = super().unlink()
        lines._judge_identities(lines)
        return result

    # === BUSINESS === #

    def _get_lines(self):
        """The rows that are corrected, of files that are read."""
        lines = self.env['pharma.flow.line'].search([
            ('file_id', 'in', self.file_id.ids), ('row_number', 'in', self.mapped('row_number'))])
        rows = {(found.file_id.id, found.sheet_name, found.row_number) for found in self}
        return lines.filtered(
            lambda line: (line.file_id.id, line.sheet_name or '', line.row_number) in rows)

    @api.model
    def _prepare_vals(self, line, field):
        return {
            'file_id': line.file_id.id, 'sheet_name': line.sheet_name or '',
            'row_number': line.row_number, 'field': field,
        }

    @api.model
    def _find(self, lines, field=None):
        """Corrections of rows.

        :param lines: pharma.flow.line
        :param str field: what was corrected; nothing for all
        """
        rows = {(line.file_id.id, line.sheet_name or '', line.row_number) for line in lines}
        domain = [
            ('file_id', 'in', lines.file_id.ids), ('row_number', 'in', lines.mapped('row_number'))]
        if field:
            domain.append(('field', '=', field))
        return self.search(domain).filtered(
            lambda found: (found.file_id.id, found.sheet_name, found.row_number) in rows)
