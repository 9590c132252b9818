import base64
import hashlib
import logging
import time

from psycopg2 import OperationalError

from odoo import api, fields, models
from odoo.exceptions import RedirectWarning, UserError

from odoo.addons.queue_job.job import identity_exact

from ..tools.flow_reader import FlowError, read_flow
from .pharma_flow_line import FLOW_KINDS

_logger = logging.getLogger(__name__)

FILE_STATES = [
    ('draft', "New"),
    ('queued', "Waiting"),
    ('reading', "Reading"),
    ('review', "To Review"),
    ('posted', "Posted"),
    ('failed', "Failed"),
    ('undone', "Undone"),
]
# States from which a file may be read; the others hold rows or are about to.
IMPORTABLE_STATES = ('draft', 'failed', 'undone')
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
        'skipped_count', 'skipped_text'))

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
    name_count = fields.Integer(string="Names to Decide", compute='_compute_name_count')

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
        vals = self._with_fingerprint(vals)
        if vals.get('data'):
            for file in self:
                file._check_not_uploaded({
                    'distributor_id': file.distributor_id.id, 'company_id': file.company_id.id,
                    **vals})
        result = super().write(vals)
        if {'date_from', 'date_to'} & set(vals):
            self.filtered(lambda file: file.state in ('review', 'posted'))._apply_decisions()
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

    def action_import(self):
        """Queue the reading of the files; those that wait or run already are left alone."""
        self.check_access('write')
        for file in self:
            if file.state not in IMPORTABLE_STATES and not file._is_stuck():
                if file.state in ('queued', 'reading'):
                    continue
                raise UserError(self.env._(
                    "%s has been read already. Undo it before you read it again.", file.name))
            file.lock_for_update(allow_referencing=True)
            file._set_result(state='queued', message=False)
            job = file.with_delay(
                description=self.env._("Read flow file %s", file.name),
                identity_key=identity_exact)._job_import()
            # no job where jobs run at once
            file._set_result(job_uuid=getattr(job, 'uuid', False))
        return True

    def action_post(self):
        """Let the rows of reviewed files count. Rows with unknown names follow once decided."""
        self.check_access('write')
        for file in self:
            if file.state == 'posted':
                continue
            if file.state != 'review':
                raise UserError(self.env._(
                    "%s cannot be posted: it has not been read and reviewed.", file.name))
            file.lock_for_update(allow_referencing=True)
            file._set_result(
                state='posted', posted_by_id=self.env.uid, posted_on=fields.Datetime.now())
        return True

    def action_undo(self):
        """Take files back completely: their rows, and the open names that only they brought."""
        self.check_access('write')
        for file in self:
            if file.state == 'undone':
                continue
            if file.state not in ('review', 'posted', 'failed'):
                raise UserError(self.env._("%s holds no rows that could be undone.", file.name))
            file.lock_for_update(allow_referencing=True)
            file._delete_lines()
            file._set_result(
                state='undone', message=False, posted_by_id=False, posted_on=False)
        return True

    def action_resolve(self):
        """Look the names up again, for instance after new customers were created."""
        self.check_access('write')
        self.filtered(lambda file: file.state in ('review', 'posted'))._apply_decisions()
        return True

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
        action = self.env['ir.actions.act_window']._for_xml_id(
            'pharma_distribution.pharma_alias_action_decide')
        action['domain'] = self._get_open_name_domain()
        action['context'] = {}
        return action

    def _get_form_action(self):
        return {
            'type': 'ir.actions.act_window',
            'res_model': self._name,
            'res_id': self.id,
            'views': [(False, 'form')],
        }

    # === IMPORT === #

    def _is_stuck(self):
        """Whether a waiting or running file has no live job behind it, after a crash."""
        self.ensure_one()
        if self.state not in ('queued', 'reading'):
            return False
        # sudo: jobs belong to administrators, here is only asked whether one lives
        return not self.env['queue.job'].sudo().search_count([
            ('uuid', '=', self.job_uuid),
            ('state', 'in', ('wait_dependencies', 'pending', 'enqueued', 'started')),
        ], limit=1)

    def _job_import(self):
        """Job: import in a transaction of its own, after telling everybody that it began.

        The state is committed first, in a short transaction: in the long one it would stay
        invisible until the end, and changing it from outside then would break the long one.
        """
        self.ensure_one()
        # sudo: jobs belong to administrators, here is only asked whether this one is stored
        if not self.env['queue.job'].sudo().search_count(
                [('uuid', '=', self.env.context.get('job_uuid'))], limit=1):
            # Jobs run at once here (QUEUE_JOB__NO_DELAY), as a part of the caller's transaction
            self.with_context(lang=self.env.user.lang)._run_import()
            return
        context = dict(self.env.context, lang=self.env.user.lang)
        with self.env.registry.cursor() as cr:
            file = self.with_env(api.Environment(cr, self.env.uid, context)).exists()
            if file.state not in ('queued', 'reading'):
                return
            file._set_result(state='reading')
        with self.env.registry.cursor() as cr:
            file = self.with_env(api.Environment(cr, self.env.uid, context))
            file._run_import()
            file._notify_result()

    def _notify_result(self):
        """Tell the one who waits, wherever he is in the web client, how the reading ended."""
        if self.state == 'failed':
            message = self.message
        else:
            message = self.env._(
                "%(rows)s rows were read, %(ok)s of them count, %(open)s carry unknown names.",
                rows=self.row_count, ok=self.ok_count, open=self.unmatched_count)
        self.env.user._bus_send('simple_notification', {
            'type': 'danger' if self.state == 'failed' else 'success',
            'title': self.name, 'message': message, 'sticky': True})

    def _run_import(self):
        """Read the file now: afterwards it is in review, or failed with a message.

        Running it twice does no harm. A file that cannot be read changes nothing but its state.

        :return: dict phase -> seconds
        """
        self.ensure_one()
        self.check_access('write')
        if self.state in ('review', 'posted'):
            return {}
        try:
            with self.env.cr.savepoint():
                seconds = self._import_lines()
        except UserError as error:
            self._set_result(state='failed', message=error.args[0])
            return {}
        except OperationalError:
            raise  # a conflict with another transaction: the job is tried again
        except Exception:
            _logger.exception("Flow file %s (%d) cannot be read", self.name, self.id)
            self._set_result(state='failed', message=self.env._(
                "Reading %s stopped for a reason that lies in this program, not in the file. The"
                " administrator finds it in the server's log. Nothing of the file was kept; it can"
                " be read again.", self.name))
            return {}
        finally:
            self._report_progress(None)
        self._set_result(state='review', message=False)
        if self.company_id.pharma_flow_auto_post and self.ok_count == self.row_count:
            self.action_post()
        return seconds

    def _import_lines(self):
        """Read, stage, resolve and store all rows; the phases and their seconds are returned."""
        clock = time.monotonic()
        seconds = {}

        def done(phase, percent):
            nonlocal clock
            seconds[phase] = time.monotonic() - clock
            clock = time.monotonic()
            self._report_progress(percent)

        self._delete_lines()
        self._report_progress(5)
        data = base64.b64decode(self.with_context(bin_size=False).data or b'')
        sheets = self._read_sheets(data, self.name)
        done('read', 35)
        flow = self._parse_sheets(sheets)
        if not (self.date_from or self.date_to) and flow.period[0]:
            self.write({'date_from': flow.period[0], 'date_to': flow.period[1]})
        done('parse', 45)
        stage = self.env['pharma.flow.stage']
        keys = stage._fill(self, flow.rows)
        done('stage', 60)
        answers = stage._resolve(self, keys)
        done('resolve', 75)
        stage._store(self)
        done('store', 90)
        self.env['pharma.alias']._register_flow_names(self, keys, answers)
        self._note_result(flow)
        done('names', 95)
        _logger.info("Flow file %s (%d): %d rows, seconds: %s", self.name, self.id, len(flow.rows),
                     ', '.join(f"{phase} {value:.2f}" for phase, value in seconds.items()))
        return seconds

    def _parse_sheets(self, sheets):
        """Find the rows in the sheets, or say what the file lacks."""
        period = (self.date_from, self.date_to) if self.date_from and self.date_to else (None, None)
        try:
            return read_flow(sheets, self.kind or None, name=self.name, period=period)
        except FlowError as error:
            raise UserError(
                self.env['pharma.flow.message']._flow_error_message(error, self.name)) from error

    def _note_result(self, flow):
        """Write down the figures, the period and what was left out."""
        labels = self._get_skip_labels()
        listed = [
            self.env._("%(sheet)s row %(row)s (%(reason)s): %(text)s",
                       sheet=skipped.sheet_name or self.name, row=skipped.row_number,
                       reason=labels[skipped.reason], text=skipped.text)
            for skipped in flow.skipped_rows]
        totals = [f"{labels[reason]}: {count}" for reason, count in flow.skipped.items()]
        self._refresh_counts()
        figures = self.env['pharma.flow.line']._count_by_file(self).get(self.id, {})
        self._set_result(
            skipped_count=sum(flow.skipped.values()),
            skipped_text="\n".join([", ".join(totals), *listed]))
        self.write({
            'date_from': self.date_from or figures.get('first_date'),
            'date_to': self.date_to or figures.get('last_date'),
        })

    def _get_skip_labels(self):
        env = self.env
        return {
            'title': env._("title"), 'header': env._("heading"), 'blank': env._("blank row"),
            'total': env._("total"), 'subtotal': env._("subtotal"), 'signature': env._("signature"),
            'note': env._("note"), 'no_header': env._("sheet without headings"),
            'ignored': env._("sheet that does not count"),
        }

    def _report_progress(self, percent):
        """Tell the list how far the reading is, through a cursor of its own.

        :param int percent: 0 to 100, or None when it ended
        """
        with self.env.registry.cursor() as cr:
            self.env['pharma.flow.progress'].with_env(
                api.Environment(cr, self.env.uid, {})).sudo()._set(self.id, percent)

    # === ROWS === #

    def _delete_lines(self):
        """Remove the rows of the files and the open names that nothing else carries.

        SQL: a file has up to a million rows, and nothing refers to them.
        """
        lines = self.env['pharma.flow.line']
        if not self.ids or not lines.sudo().search_count([('file_id', 'in', self.ids)], limit=1):
            return
        self.env['pharma.alias']._count_flow_rows(self, -1)
        self.env.cr.execute("DELETE FROM pharma_flow_line WHERE file_id = ANY(%s)", [self.ids])
        lines.invalidate_model()
        self.env['pharma.alias']._forget_flow_names()
        self._set_result(**dict.fromkeys(FIGURES, 0), skipped_count=0, skipped_text=False)

    def _apply_decisions(self):
        """Judge the rows of the files anew."""
        if self:
            self.env['pharma.flow.resolver']._apply_to_files(self)
            self._refresh_counts()

    def _refresh_counts(self):
        """Bring the stored figures up to date with the rows."""
        figures = self.env['pharma.flow.line']._count_by_file(self)
        for file in self:
            counts = figures.get(file.id, {})
            # Figures follow from rows, also when the one who decided may not change files
            file._set_result(**{name: counts.get(name, 0) for name in FIGURES})
