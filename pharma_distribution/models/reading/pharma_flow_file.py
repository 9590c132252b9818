import base64
import hashlib

from odoo import api, fields, models
from odoo.exceptions import RedirectWarning, UserError

from ..posting.pharma_flow_line import FLOW_KINDS

FILE_STATES = [
    ('draft', "New"),
    ('queued', "Waiting"),
    ('reading', "Reading"),
    ('review', "To Review"),
    ('posted', "Posted"),
    ('failed', "Failed"),
    ('undone', "Undone"),
    ('unpacked', "Unpacked"),
]
TOTAL_STATES = [
    ('none', "None"),
    ('ok', "Agree"),
    ('differs', "Differ"),
]
# States from which a file may be read; the others hold rows or are about to.
IMPORTABLE_STATES = ('draft', 'failed', 'undone', 'unpacked')
COUNTERS = ('row_count', 'ok_count', 'unmatched_count', 'error_count', 'ignored_count')
FIGURES = (*COUNTERS, 'quantity', 'amount')


class PharmaFlowFile(models.Model):
    """A file in which a distributor reports sales, purchases or stock, and what became of it."""

    _name = 'pharma.flow.file'
    _description = "Flow File"
    _inherit = ['mail.thread', 'mail.activity.mixin', 'pharma.sheet.mixin']
    _order = 'id desc'
    _check_company_auto = True
    _result_fields = frozenset((
        'user_id', 'state', 'message', 'job_uuid', 'posted_by_id', 'posted_on', *FIGURES,
        'skipped_count', 'skipped_text', 'question', 'has_question', 'answers', 'change_text',
        'total_state', 'total_text', 'archive_id', 'history_id', 'has_own_period', 'layouts_before',
        'is_claim'))

    # The same bytes of the same distributor are the same report.
    _content_uniq = models.UniqueIndex(
        '(distributor_id, company_id, sha256)',
        "This very file of the distributor has been uploaded already.")

    # identity
    name = fields.Char(string="File Name", required=True, tracking=True)
    data = fields.Binary(string="File", attachment=True, required=True, copy=False)
    sha256 = fields.Char(
        string="SHA-256", readonly=True, copy=False, help="Fingerprint of the untouched file")

    # parties
    distributor_id = fields.Many2one(
        'res.partner', required=True, index=True, tracking=True,
        ondelete='restrict', check_company=True, domain="[('pharma_type', '=', 'distributor')]")
    user_id = fields.Many2one(
        'res.users', string="Uploaded By", readonly=True, default=lambda self: self.env.user,
        copy=False)
    company_id = fields.Many2one(
        'res.company', required=True, index=True, default=lambda self: self.env.company)
    currency_id = fields.Many2one(related='company_id.currency_id')

    # content
    kind = fields.Selection(
        FLOW_KINDS, string="Reports",
        help="Empty: the titles and headings of each sheet tell")
    date_from = fields.Date(
        string="Period From", tracking=True,
        help="Rows outside of the period do not count. Empty: as the file's title or its rows say")
    date_to = fields.Date(string="Period To", tracking=True)
    has_own_period = fields.Boolean(
        readonly=True, copy=False, export_string_translation=False,
        help="The period was read from the file, and goes when the file is undone")
    source = fields.Char(
        string="Warehouse or Branch", tracking=True,
        help="Who at the distributor reports, where several do: equal rows of two sources are two"
             " sales. A column of the file that says so comes first")
    is_claim = fields.Boolean(
        string="Claims", readonly=True, copy=False,
        help="Holds the approved claims of a month, no report of the distributor")
    replaces_id = fields.Many2one(
        'pharma.flow.file', index='btree_not_null', tracking=True, ondelete='restrict', copy=False,
        check_company=True,
        domain="[('distributor_id', '=', distributor_id), ('state', '=', 'posted'),"
               " ('is_claim', '=', False)]",
        help="Once this file is posted, rows of that file do not count any more in the period of"
             " this one")
    replaced_by_ids = fields.One2many('pharma.flow.file', 'replaces_id')

    # state
    state = fields.Selection(
        FILE_STATES, required=True, readonly=True, default='draft', index=True, tracking=True)
    progress = fields.Integer(compute='_compute_progress', aggregator=None)
    message = fields.Text(string="Problem", readonly=True, copy=False)
    job_uuid = fields.Char(readonly=True, copy=False, export_string_translation=False)
    posted_by_id = fields.Many2one('res.users', readonly=True, copy=False)
    posted_on = fields.Datetime(readonly=True, copy=False)

    # figures
    line_ids = fields.One2many('pharma.flow.line', 'file_id', string="Lines")
    row_count = fields.Integer(string="Rows", readonly=True, copy=False)
    ok_count = fields.Integer(string="Counted Rows", readonly=True, copy=False)
    unmatched_count = fields.Integer(string="Rows with Unknown Names", readonly=True, copy=False)
    error_count = fields.Integer(string="Rows with Errors", readonly=True, copy=False)
    ignored_count = fields.Integer(string="Ignored Rows", readonly=True, copy=False)
    skipped_count = fields.Integer(
        string="Rows Left Out", readonly=True, copy=False,
        help="Titles, headings, totals, signatures and blank rows")
    skipped_text = fields.Text(string="What Was Left Out", readonly=True, copy=False)
    quantity = fields.Float(
        string="Counted Quantity", digits='Product Unit', readonly=True, copy=False)
    amount = fields.Monetary(string="Counted Amount", readonly=True, copy=False)
    total_state = fields.Selection(
        TOTAL_STATES, string="Totals of the File", required=True, readonly=True, default='none',
        copy=False, help="Whether the totals that stand in the file are the sums of its rows")
    layouts_before = fields.Json(
        readonly=True, copy=False,
        help="The layouts that reading this file changed, as they were: undoing it takes that back")
    total_text = fields.Text(string="Totals That Differ", readonly=True, copy=False)
    name_count = fields.Integer(string="Names to Decide", compute='_compute_name_count')
    check_ids = fields.One2many('pharma.flow.check', 'file_id', string="Checks")
    warning_count = fields.Integer(string="Warnings", compute='_compute_warning_count')

    # === COMPUTE === #

    @api.depends('state')
    def _compute_progress(self):
        running = dict(self.env['pharma.flow.progress'].sudo()._read_group(
            [('file_id', 'in', self.ids)], ['file_id'], ['percent:max']))
        for file in self:
            if file.state == 'reading':
                file.progress = running.get(file.id, 0)
            else:
                file.progress = 100 if file.state in ('review', 'posted') else 0

    @api.depends('unmatched_count')
    def _compute_name_count(self):
        for file in self:
            file.name_count = (
                self.env['pharma.alias'].search_count(file._get_open_name_domain())
                if file.unmatched_count else 0)

    @api.depends('check_ids.is_warning')
    def _compute_warning_count(self):
        for file in self:
            file.warning_count = len(file.check_ids.filtered('is_warning'))

    def _get_open_name_domain(self):
        """Names of this file on which nobody has decided."""
        self.ensure_one()
        lines = self.env['pharma.flow.line'].sudo()._read_group(
            [('file_id', '=', self.id),
             ('status', 'in', ('unmatched_customer', 'unmatched_product'))],
            aggregates=['customer_key:array_agg_distinct', 'product_key:array_agg_distinct'])
        customer_keys, product_keys = lines[0]
        return [
            ('status', 'in', ('todo', 'suggested')),
            ('distributor_id', '=', self.distributor_id.id),
            ('company_id', '=', self.company_id.id),
            '|',
            '&', ('kind', '=', 'partner'), ('key', 'in', customer_keys or []),
            '&', ('kind', '=', 'product'), ('key', 'in', product_keys or []),
        ]

    # === CONSTRAINTS === #

    @api.constrains('date_from', 'date_to')
    def _check_period(self):
        for file in self:
            if file.date_from and file.date_to and file.date_from > file.date_to:
                raise UserError(self.env._("The period of %s ends before it begins.", file.name))

    @api.constrains('replaces_id', 'distributor_id')
    def _check_replaces(self):
        if self._has_cycle('replaces_id'):
            raise UserError(self.env._("A file cannot replace itself."))
        for file in self:
            if file.replaces_id and file.replaces_id.distributor_id != file.distributor_id:
                raise UserError(self.env._(
                    "%(file)s is of another distributor than %(replaced)s, which it should"
                    " replace.",
                    file=file.name, replaced=file.replaces_id.name))

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        vals_list = [self._with_fingerprint(vals) for vals in vals_list]
        for vals in vals_list:
            self._check_not_uploaded(vals)
        return super().create(vals_list)

    def write(self, vals):
        if {'data', 'distributor_id', 'company_id', 'kind'} & set(vals):
            for file in self:
                if file.state not in IMPORTABLE_STATES:
                    raise UserError(self.env._(
                        "%s has been read: the file, its distributor and what it reports cannot"
                        " change any more. Undo it first.", file.name))
        if {'replaces_id', 'date_from', 'date_to'} & set(vals):
            for file in self:
                if file.state == 'posted' and (file.replaces_id or vals.get('replaces_id')):
                    raise UserError(self.env._(
                        "%s is posted: what it replaces and for which period cannot change any"
                        " more. Undo it first.", file.name))
        vals = self._with_fingerprint(vals)
        if vals.get('data'):
            for file in self:
                file._check_not_uploaded({
                    'distributor_id': file.distributor_id.id, 'company_id': file.company_id.id,
                    **vals})
            # Other bytes have other rows. sudo: who may replace the file, may replace what it holds
            self.env['pharma.flow.correction'].sudo().search([
                ('file_id', 'in', self.ids), ('file_id.sha256', '!=', vals['sha256'])]).unlink()
        result = super().write(vals)
        if {'date_from', 'date_to'} & set(vals):
            read = self.filtered(lambda file: file.state in ('review', 'posted'))
            read._set_result(has_own_period=False)
            read._apply_decisions()
        if {'source', 'replaces_id'} & set(vals):
            self.filtered(lambda file: file.state in ('review', 'posted'))._judge_doubles()
        return result

    @api.model
    def _with_fingerprint(self, vals):
        """Complete values: SHA-256 of the bytes, which nobody but us can set."""
        vals = {key: value for key, value in vals.items() if key != 'sha256'}
        if vals.get('data'):
            vals['sha256'] = hashlib.sha256(base64.b64decode(vals['data'])).hexdigest()
        return vals

    def _check_not_uploaded(self, vals):
        """Refuse bytes that the same distributor has sent before, and show where they are."""
        twin = self.search([
            ('sha256', '=', vals.get('sha256')),
            ('distributor_id', '=', vals.get('distributor_id')),
            ('company_id', '=', vals.get('company_id') or self.env.company.id),
            ('id', 'not in', self.ids),
        ], limit=1) if vals.get('sha256') else self.browse()
        if twin:
            raise RedirectWarning(
                self.env._(
                    "The file %(name)s of %(distributor)s was uploaded already on %(date)s by"
                    " %(user)s. Open that one: it can be read again there.",
                    name=twin.name, distributor=twin.distributor_id.display_name,
                    date=fields.Datetime.context_timestamp(self, twin.create_date).strftime(
                        '%Y-%m-%d %H:%M'),
                    user=twin.user_id.sudo().name),
                twin._get_form_action(), self.env._("Open the File"))

    @api.ondelete(at_uninstall=False)
    def _unlink_except_imported(self):
        for file in self:
            if file.state not in IMPORTABLE_STATES:
                raise UserError(self.env._(
                    "%s holds rows. Undo it before you delete it.", file.name))

    # === ACTIONS === #

    def action_view_lines(self):
        """Open the rows of the file; ``flow_filter`` in the context names the first filter."""
        action = self.env['ir.actions.act_window']._for_xml_id(
            'pharma_distribution.pharma_flow_line_action')
        flow_filter = self.env.context.get('flow_filter')
        action['domain'] = [('file_id', 'in', self.ids)]
        action['context'] = {f'search_default_{flow_filter}': 1} if flow_filter else {}
        return action

    def action_view_names(self):
        """Open the names of the file on which somebody has to decide."""
        self.ensure_one()
        action = self.env['ir.actions.client']._for_xml_id(
            'pharma_distribution.pharma_alias_action_workbench')
        action['params'] = {'file_id': self.id, 'file_name': self.name}
        return action

    def _get_form_action(self):
        return {
            'type': 'ir.actions.act_window',
            'res_model': self._name,
            'res_id': self.id,
            'views': [(False, 'form')],
        }
