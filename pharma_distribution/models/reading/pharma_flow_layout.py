import json

from markupsafe import Markup

from odoo import api, fields, models

from ...tools.flow_answers import describe_sheets
from ...tools.flow_layout import Layout
from ...tools.flow_values import word
from ..posting.pharma_flow_line import FLOW_KINDS

# Layouts of one distributor that are compared with a new file, the latest.
RECALLED = 50

# What reading a file teaches, beside when and by which file.
LEARNED = ('name', 'kind', 'content', 'sample', 'is_set', 'active', 'file_count')


class PharmaFlowLayout(models.Model):
    """What the sheets of a distributor look like, as the last file that was read had them."""

    _name = 'pharma.flow.layout'
    _description = "File Layout"
    _inherit = ['pharma.sheet.mixin']
    _order = 'distributor_id, last_used_on desc, id desc'
    _check_company_auto = True
    _result_fields = frozenset((
        'name', 'distributor_id', 'company_id', 'kind', 'fingerprint', 'content', 'sample',
        'last_used_on', 'last_file_id', 'file_count', 'is_set'))

    _fingerprint_uniq = models.UniqueIndex(
        '(distributor_id, company_id, fingerprint)', "This layout is remembered already.")

    name = fields.Char(string="Sheet", readonly=True)
    active = fields.Boolean(default=True, help="An archived layout is not used any more")
    distributor_id = fields.Many2one(
        'res.partner', required=True, readonly=True, index=True, ondelete='cascade',
        check_company=True)
    company_id = fields.Many2one('res.company', required=True, readonly=True, index=True)
    kind = fields.Selection(
        [*FLOW_KINDS, ('ignored', "Does Not Count")], string="Reports", required=True,
        readonly=True)
    is_set = fields.Boolean(
        string="Set by Hand", readonly=True, help="A person said which column holds what")
    last_used_on = fields.Datetime(readonly=True)
    last_file_id = fields.Many2one('pharma.flow.file', readonly=True, ondelete='set null')
    file_count = fields.Integer(string="Files", readonly=True)

    # technical
    fingerprint = fields.Char(required=True, readonly=True)
    content = fields.Text(required=True, readonly=True)
    sample = fields.Json(readonly=True)

    columns_text = fields.Char(string="Columns", compute='_compute_columns')
    preview = fields.Html(compute='_compute_columns', sanitize=False)

    # === COMPUTE === #

    @api.depends('name', 'kind')
    def _compute_display_name(self):
        kinds = dict(self._fields['kind']._description_selection(self.env))
        for layout in self:
            layout.display_name = f"{layout.name or ''} {kinds.get(layout.kind, '')}".strip()

    @api.depends('content', 'sample')
    def _compute_columns(self):
        labels = self.env['pharma.flow.message']._get_field_labels()
        for record in self:
            layout = Layout.from_json(record.content)
            named = {column: labels[field] for field, column in layout.columns.items()}
            record.columns_text = ", ".join(
                f"{self._column_letter(column)} {named[column]}" for column in sorted(named))
            record.preview = self._render_preview(record.sample or {}, named)

    @api.model
    def _column_letter(self, column):
        """The name of a column in a spreadsheet: A, B, … AA."""
        letters = ''
        column += 1
        while column:
            column, rest = divmod(column - 1, 26)
            letters = chr(ord('A') + rest) + letters
        return letters

    @api.model
    def _render_preview(self, sample, named):
        """The first rows of the last file with the meaning of each column above it."""
        rows = sample.get('rows') or []
        width = max(map(len, rows), default=0)
        head = Markup().join(
            Markup('<th class="%s">%s<br/>%s</th>') % (
                'table-primary' if column in named else 'text-muted',
                self._column_letter(column), named.get(column, ''))
            for column in range(width))
        body = Markup().join(
            Markup('<tr class="%s"><td class="text-muted">%s</td>%s</tr>') % (
                'fw-bold' if sample['first'] + index == sample['header'] else '',
                sample['first'] + index + 1,
                Markup().join(
                    Markup('<td class="text-nowrap">%s</td>') % cell
                    for cell in [*row, *[''] * (width - len(row))]))
            for index, row in enumerate(rows))
        return Markup(
            '<div class="table-responsive"><table class="table table-sm table-bordered small">'
            '<thead><tr><th></th>%s</tr></thead><tbody>%s</tbody></table></div>') % (head, body)

    # === MEMORY === #

    @api.model
    def _get_layouts(self, distributor, company):
        """What is remembered of a distributor's files, the latest last.

        :return: list of tools.flow_layout.Layout
        """
        records = self.search(
            [('distributor_id', '=', distributor.id), ('company_id', '=', company.id)],
            order='last_used_on desc, id desc', limit=RECALLED)
        return [Layout.from_json(record.content) for record in reversed(records)]

    @api.model
    def _get_known_products(self):
        """Names of our products, by which a column without heading is told.

        :return: frozenset of names as tools.flow_values.word() writes them
        """
        # sudo: which products there are is asked, whoever reads the file; nothing of it is shown
        products = self.env['product.template'].sudo().with_context(active_test=False).search_fetch(
            [('drug_generic_name', '!=', False)], ['name', 'drug_generic_name'])
        return frozenset(
            word(name) for product in products
            for name in (product.name, product.drug_generic_name) if name)

    @api.model
    def _remember(self, file, sheets, layouts):
        """Keep what the sheets of a file look like that has just been read.

        :param file: pharma.flow.file; the caller has checked that the user may read it in
        :param list sheets: of pharma_crm.tools.sheets.Sheet
        :param dict layouts: name of the sheet -> tools.flow_layout.Layout
        """
        # sudo: a layout is made by reading alone, nobody may write one by hand
        model = self.sudo().with_context(active_test=False)
        known = {record.fingerprint: record for record in model.search([
            ('distributor_id', '=', file.distributor_id.id),
            ('company_id', '=', file.company_id.id)])}
        samples = {sample['name']: sample for sample in describe_sheets(sheets, layouts)}
        before = {}
        for layout in layouts.values():
            key = self._get_key(layout)
            values = self._prepare_layout_vals(file, layout, samples.get(layout.sheet_name))
            record = known.get(key)
            if record:
                before.setdefault(record.id, record._get_values())
                record.write({
                    **values,
                    'file_count': record.file_count + (record.last_file_id != file)})
            else:
                record = known[key] = model.create({
                    **values, 'fingerprint': key, 'file_count': 1})
                before[record.id] = False
        file._set_result(layouts_before=before)

    def _get_values(self):
        """What the next file may change, as ``write`` takes it and JSON keeps it."""
        [values] = self.with_context(lang=None).read(
            [*LEARNED, 'last_used_on', 'last_file_id'], load=False)
        return {**values, 'last_used_on': fields.Datetime.to_string(values['last_used_on'])}

    @api.model
    def _forget(self, file):
        """Take back what reading a file has taught, as long as no later file was read by it. What a
        person set stays.

        :param file: pharma.flow.file that is taken back
        """
        before = file.layouts_before or {}
        # sudo: as in _remember
        records = self.sudo().browse(map(int, before)).exists()
        for record in records.filtered(lambda record: record.last_file_id == file):
            values = before[str(record.id)]
            if values:
                # The file that it was read by before may be deleted
                last = record.last_file_id.browse(values['last_file_id'] or []).exists()
                record.write({**values, 'last_file_id': last.id})
            elif not record.is_set:
                record.unlink()
        file._set_result(layouts_before=False)

    @api.model
    def _get_key(self, layout):
        """Equal for sheets that are read the same way.

        Sheets that do not count are told by their full name too: beside an old copy with the same
        headings stands the sheet that does.
        """
        if layout.kind == 'ignored':
            return f'{layout.fingerprint} {layout.sheet_name}'
        return layout.fingerprint

    @api.model
    def _prepare_layout_vals(self, file, layout, sample):
        return {
            'name': layout.sheet_name or file.name,
            'distributor_id': file.distributor_id.id,
            'company_id': file.company_id.id,
            'kind': layout.kind,
            'content': layout.to_json(),
            'sample': json.loads(json.dumps(sample)) if sample else False,
            'is_set': 'set' in layout.sources.values() or layout.kind == 'ignored',
            'last_used_on': fields.Datetime.now(),
            'last_file_id': file.id,
            'active': True,
        }
