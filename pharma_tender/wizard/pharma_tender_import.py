import base64

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

from ..tools.results import parse_results

# Rows with remarks shown on the screen; the counts tell about the rest.
MAX_LINES = 200


class PharmaTenderImport(models.TransientModel):
    """Screen that loads published results out of a file, after showing what would happen."""

    _name = 'pharma.tender.import'
    _description = "Import of Tender Results"
    _inherit = ['pharma.sheet.mixin']

    data = fields.Binary(string="File", required=True, attachment=False)
    filename = fields.Char()
    kind_id = fields.Many2one(
        'pharma.tender.kind', required=True,
        default=lambda self: self.env['pharma.tender.kind'].search([], limit=1))
    batch = fields.Char(help="Batch of the rows, where the file has no column for it")
    is_shared = fields.Boolean(
        string="Shared by All Companies", default=True,
        help="Published results are the same for all companies")
    state = fields.Selection(
        [('draft', "File"), ('checked', "Checked"), ('done', "Imported")], default='draft')
    row_count = fields.Integer(string="Rows Read", readonly=True)
    new_count = fields.Integer(string="New Prices", readonly=True)
    changed_count = fields.Integer(string="Corrected Prices", readonly=True)
    known_count = fields.Integer(string="Known Prices", readonly=True)
    skipped_count = fields.Integer(string="Rows Left Out", readonly=True)
    line_ids = fields.One2many(
        'pharma.tender.import.line', 'import_id', string="Remarks", readonly=True)

    # === ACTIONS === #

    def action_check(self):
        """Read the file and show what importing it would do."""
        self.ensure_one()
        self.env['pharma.tender.results']._check_loader()
        found = self._parse()
        new, changed, known = self.env['pharma.tender.results']._plan(
            found.rows, self.kind_id, self._owner())
        self.write({
            'state': 'checked',
            'row_count': found.row_count,
            'new_count': len(new),
            'changed_count': len(changed),
            'known_count': known,
            'skipped_count': len({p.number for p in found.problems if p.skipped}),
            'line_ids': [Command.clear()] + [
                Command.create(self._prepare_line_vals(problem))
                for problem in found.problems[:MAX_LINES]],
        })
        return self._reopen()

    def action_import(self):
        """Enter the results of the file into the price book."""
        self.ensure_one()
        counts = self.env['pharma.tender.results']._import_rows(
            self._parse().rows, self.kind_id, self._owner())
        self.write({
            'state': 'done',
            'new_count': counts['created'],
            'changed_count': counts['updated'],
            'known_count': counts['unchanged'],
        })
        return self._reopen()

    def action_view_prices(self):
        """Open the price book."""
        return self.env['ir.actions.act_window']._for_xml_id('pharma_tender.pharma_price_action')

    # === BUSINESS === #

    def _owner(self):
        return self.env['res.company'] if self.is_shared else self.env.company

    def _reopen(self):
        return {
            'type': 'ir.actions.act_window',
            'res_model': self._name,
            'res_id': self.id,
            'views': [(False, 'form')],
            'target': 'new',
            'name': self.env._("Import Tender Results"),
        }

    def _parse(self):
        """Results of the first sheet that has the columns.

        :return: tools.results.Results
        :raise UserError: when no sheet has them, or the file cannot be read
        """
        name = self.filename or self.env._("unnamed")
        for sheet in self._read_sheets(base64.b64decode(self.data), name):
            found = parse_results(list(enumerate(sheet.rows, start=1)), self.batch or '')
            if not any(problem.code == 'no_header' for problem in found.problems):
                return found
        raise UserError(self.env._(
            "No sheet of the file %s has the columns of a list of results: province, generic name,"
            " specification, company and price. Name the columns so in the first row (or 省份,"
            " 通用名, 规格, 生产企业, 中选价格) and upload the file again.", name))

    def _prepare_line_vals(self, problem):
        return {
            'row_number': problem.number,
            'is_skipped': problem.skipped,
            'value': (
                self._column_label(problem.value) if problem.code == 'missing' else problem.value),
            'reason': self._problem_message(problem.code),
        }

    def _column_label(self, field):
        return {
            'batch': self.env._("Batch"),
            'province': self.env._("Province"),
            'generic_name': self.env._("Generic Name"),
            'specification': self.env._("Specification"),
            'company': self.env._("Manufacturer"),
            'price': self.env._("Price per Pack"),
        }[field]

    def _problem_message(self, code):
        """What people are told about a row.

        :param str code: one of ``tools.results.PROBLEMS``
        """
        return {
            'missing': self.env._("This column is empty: the row is left out."),
            'unknown_province': self.env._("This is no province: left out."),
            'bad_price': self.env._("This is no price: the row is left out."),
            'double': self.env._("The row is in the file twice: taken once."),
            'contradiction': self.env._(
                "The file names two prices for it: the first one is taken."),
            'form_is_province': self.env._(
                "A province stands in the column of the dosage form: the row is taken without "
                "dosage form."),
            'unknown_units': self.env._(
                "The units in a pack cannot be told: taken without unit price."),
        }[code]


class PharmaTenderImportLine(models.TransientModel):
    """A remark about one row of the file."""

    _name = 'pharma.tender.import.line'
    _description = "Remark on a Row of Tender Results"
    _order = 'row_number, id'

    import_id = fields.Many2one(
        'pharma.tender.import', required=True, index=True, ondelete='cascade')
    row_number = fields.Integer(string="Row")
    is_skipped = fields.Boolean(string="Left Out")
    value = fields.Char()
    reason = fields.Char()
