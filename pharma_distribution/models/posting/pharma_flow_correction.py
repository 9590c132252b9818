from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL
from odoo.tools.misc import format_date

# What a correction says about a row, and the field that holds the new value.
CORRECTION_FIELDS = [
    ('date', "Date"),
    ('quantity', "Quantity"),
    ('unit', "Unit"),
    ('amount', "Amount"),
    ('partner', "Customer"),
    ('product', "Product"),
    ('separate', "A movement of its own"),
]
VALUE_FIELDS = {
    'date': 'date', 'quantity': 'quantity', 'unit': 'unit', 'amount': 'amount',
    'partner': 'partner_id', 'product': 'product_id',
}
# Of which nought is a value as well
NUMBERS = ('quantity', 'amount')


class PharmaFlowCorrection(models.Model):
    """What a person said about a row of a file, beside what the file says.

    It names the row by file, sheet and number, not the line: lines go when a file is read again,
    corrections stay and hold for the new ones. The judgement of rows takes its values first.
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
        'pharma.flow.file', required=True, ondelete='cascade', check_company=True)
    sheet_name = fields.Char(string="Sheet", required=True, default='')
    row_number = fields.Integer(string="Row", required=True, aggregator=None)
    company_id = fields.Many2one(related='file_id.company_id', store=True, index=True)

    # what
    field = fields.Selection(
        CORRECTION_FIELDS, string="Corrected", required=True, default='quantity')
    date = fields.Date()
    quantity = fields.Float(
        digits='Product Unit',
        help="In the unit of the file's row. The amount follows by the row's unit price, unless it"
             " is corrected itself")
    currency_id = fields.Many2one(related='company_id.currency_id')
    amount = fields.Monetary(help="Holds whatever the quantity is")
    unit = fields.Char(help="As files write it: 盒, 件")
    partner_id = fields.Many2one(
        'res.partner', string="Customer", index='btree_not_null', ondelete='restrict',
        check_company=True)
    product_id = fields.Many2one(
        'product.template', index='btree_not_null', ondelete='restrict', check_company=True)
    value = fields.Char(string="New Value", compute='_compute_value')
    raw_value = fields.Char(string="In the File", compute='_compute_raw_value')
    reason = fields.Char(help="Why, for those who come later")
    user_id = fields.Many2one(
        'res.users', string="Corrected By", readonly=True, default=lambda self: self.env.user)

    # === COMPUTE === #

    @api.depends('field', *VALUE_FIELDS.values())
    @api.depends_context('lang')
    def _compute_value(self):
        for correction in self:
            value = correction[VALUE_FIELDS.get(correction.field, 'field')]
            if correction.field == 'date':
                value = value and format_date(self.env, value)
            elif correction.field in NUMBERS:
                value = f'{value:,.12g}'
            elif correction.field in ('partner', 'product'):
                # sudo: a name on a row that its reader sees
                value = value.sudo().display_name
            elif correction.field == 'separate':
                value = False
            correction.value = value

    @api.depends('field', 'file_id', 'sheet_name', 'row_number')
    def _compute_raw_value(self):
        lines = {line._get_row(): line for line in self._get_lines()}
        for correction in self:
            line = lines.get(correction._get_row())
            raw = 'customer' if correction.field == 'partner' else correction.field
            correction.raw_value = (
                line[f'raw_{raw}'] if line and correction.field != 'separate' else False)

    # === CONSTRAINTS === #

    @api.constrains('field', *VALUE_FIELDS.values())
    def _check_value(self):
        for correction in self:
            name = VALUE_FIELDS.get(correction.field)
            if name and name not in NUMBERS and not correction[name]:
                raise ValidationError(self.env._("Say what is right instead."))

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        corrections = super().create([
            self._with_sheet({**vals, 'user_id': self.env.uid}) for vals in vals_list])
        corrections._apply()
        return corrections

    @api.model
    def _with_sheet(self, vals):
        """The form says False for the one sheet of a text file, which has no name."""
        if 'sheet_name' in vals:
            vals['sheet_name'] = vals['sheet_name'] or ''
        return vals

    def unlink(self):
        lines, separate = self._get_lines(), {found.field for found in self} == {'separate'}
        result = super().unlink()
        self._apply_to(lines, separate)
        return result

    # === ACTIONS === #

    def action_undo(self):
        """Take corrections back: what the file says counts again."""
        self.check_access('unlink')
        self.unlink()
        return {'type': 'ir.actions.client', 'tag': 'soft_reload'}

    # === BUSINESS === #

    def _get_row(self):
        self.ensure_one()
        return self.file_id.id, self.sheet_name or '', self.row_number

    def _get_lines(self):
        """The rows that are corrected, of files that are read."""
        lines = self.env['pharma.flow.line'].search([
            ('file_id', 'in', self.file_id.ids), ('row_number', 'in', self.mapped('row_number'))])
        rows = {found._get_row() for found in self}
        return lines.filtered(lambda line: line._get_row() in rows)

    def _apply(self):
        self._apply_to(self._get_lines(), {found.field for found in self} == {'separate'})

    @api.model
    def _apply_to(self, lines, separate):
        """Judge rows anew after something was said about them, or taken back.

        :param bool separate: whether only that they are movements of their own
        """
        if separate:
            lines._judge_identities(lines)
        elif lines:
            file_ids = self.env['pharma.flow.resolver']._apply_to_lines(
                SQL("line.id = ANY(%s)", lines.ids))
            # sudo: the figures of all files with these rows change
            self.env['pharma.flow.file'].sudo().browse(file_ids)._refresh_counts()

    @api.model
    def _values_sql(self):
        """What was corrected, one row for each row of a file."""
        return SQL("""
            SELECT file_id, sheet_name, row_number,
                   MAX(correction.date) FILTER (WHERE field = 'date') AS date,
                   MAX(quantity) FILTER (WHERE field = 'quantity') AS quantity,
                   MAX(unit) FILTER (WHERE field = 'unit') AS unit,
                   MAX(amount) FILTER (WHERE field = 'amount') AS amount,
                   MAX(partner_id) FILTER (WHERE field = 'partner') AS partner_id,
                   MAX(product_id) FILTER (WHERE field = 'product') AS product_id
              FROM pharma_flow_correction correction WHERE field <> 'separate'
             GROUP BY file_id, sheet_name, row_number
        """)

    @api.model
    def _prepare_vals(self, line, field):
        file_id, sheet_name, row_number = line._get_row()
        return {
            'file_id': file_id, 'sheet_name': sheet_name, 'row_number': row_number, 'field': field,
        }

    @api.model
    def _find(self, lines, field=None):
        """Corrections of rows.

        :param lines: pharma.flow.line
        :param str field: what was corrected; nothing for all
        """
        rows = {line._get_row() for line in lines}
        domain = [
            ('file_id', 'in', lines.file_id.ids), ('row_number', 'in', lines.mapped('row_number'))]
        if field:
            domain.append(('field', '=', field))
        return self.search(domain).filtered(lambda found: found._get_row() in rows)
