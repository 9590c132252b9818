import base64
import hashlib
from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

from odoo.addons.pharma_crm.tools.names import normalise
from odoo.addons.queue_job.job import identity_exact

from ...tools.flow_history import HistoryError, read_history, write_rows
from ...tools.flow_reader import FlowError
from ..posting.pharma_flow_line import FLOW_KINDS
from .pharma_flow_file import IMPORTABLE_STATES

HISTORY_STATES = [
    ('draft', "New"),
    ('queued', "Being Read"),
    ('read', "Read"),
    ('undoing', "Being Undone"),
    ('failed', "Failed"),
    ('undone', "Undone"),
]
# Rows of an open name that are named by their place in the table; more are counted.
PLACES_LISTED = 20


class PharmaFlowHistory(models.Model):
    """A cleaned table of years of sales of many distributors, imported in one go.

    A column says whose each row is. Each distributor's rows become a flow file of its own, which
    lives under the same laws as every other one: doubles, locked months, names, results. Its rows
    keep sheet and row of this table. Rows that belong to nobody known wait here, by the name that
    they carry.
    """

    _name = 'pharma.flow.history'
    _description = "History Table"
    _inherit = ['mail.thread', 'pharma.sheet.mixin']
    _order = 'id desc'
    _result_fields = frozenset((
        'sha256', 'user_id', 'state', 'message', 'row_count', 'skipped_text'))

    _content_uniq = models.UniqueIndex(
        '(company_id, sha256)', "This very table has been uploaded already.")

    name = fields.Char(string="File Name", required=True, tracking=True)
    data = fields.Binary(string="File", attachment=True, required=True, copy=False)
    sha256 = fields.Char(readonly=True, copy=False, export_string_translation=False)
    kind = fields.Selection(
        [kind for kind in FLOW_KINDS if kind[0] != 'stock'], string="Reports", required=True,
        default='sale')
    company_id = fields.Many2one(
        'res.company', required=True, index=True, default=lambda self: self.env.company)
    user_id = fields.Many2one(
        'res.users', string="Uploaded By", readonly=True, default=lambda self: self.env.user,
        copy=False)

    # state
    state = fields.Selection(
        HISTORY_STATES, required=True, readonly=True, default='draft', tracking=True, copy=False)
    message = fields.Text(string="Problem", readonly=True, copy=False)
    progress = fields.Integer(compute='_compute_figures', aggregator=None)

    # what became of it
    file_ids = fields.One2many('pharma.flow.file', 'history_id', string="Files")
    name_ids = fields.One2many(
        'pharma.flow.history.name', 'history_id', string="Rows of Nobody Known")
    row_count = fields.Integer(string="Rows", readonly=True, copy=False)
    skipped_text = fields.Text(string="What Was Left Out", readonly=True, copy=False)
    file_count = fields.Integer(string="Distributors", compute='_compute_figures')
    review_count = fields.Integer(string="To Review", compute='_compute_figures')
    warning_count = fields.Integer(string="Files with Warnings", compute='_compute_figures')
    failed_count = fields.Integer(string="Failed", compute='_compute_figures')
    posted_count = fields.Integer(string="Posted", compute='_compute_figures')
    open_row_count = fields.Integer(string="Open Rows", compute='_compute_figures')

    # === COMPUTE === #

    @api.depends('file_ids.state', 'file_ids.check_ids.is_warning', 'name_ids.row_count',
                 'name_ids.is_done')
    def _compute_figures(self):
        files = self.env['pharma.flow.file']
        counts = defaultdict(dict)
        for history, state, count in files._read_group(
                [('history_id', 'in', self.ids)], ['history_id', 'state'], ['__count']):
            counts[history][state] = count
        warned = dict(files._read_group(
            [('history_id', 'in', self.ids), ('state', '=', 'review'),
             ('check_ids.is_warning', '=', True)], ['history_id'], ['__count']))
        open_rows = dict(self.env['pharma.flow.history.name']._read_group(
            [('history_id', 'in', self.ids), ('is_done', '=', False)],
            ['history_id'], ['row_count:sum']))
        for history in self:
            states = counts[history]
            total, running = sum(states.values()), sum(
                states.get(state, 0) for state in ('queued', 'reading', 'draft'))
            history.update({
                'file_count': total, 'review_count': states.get('review', 0),
                'failed_count': states.get('failed', 0), 'posted_count': states.get('posted', 0),
                'warning_count': warned.get(history, 0),
                'open_row_count': open_rows.get(history, 0),
                'progress': 100 * (total - running) // total if total else 0,
            })

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        histories = super().create(vals_list)
        for history in histories:
            data = base64.b64decode(history.with_context(bin_size=False).data or b'')
            sha256 = hashlib.sha256(data).hexdigest()
            twin = self.search([
                ('sha256', '=', sha256), ('company_id', '=', history.company_id.id)], limit=1)
            if twin:
                raise UserError(self.env._(
                    "The table %(name)s was uploaded already, by %(user)s. Open that one: it can be"
                    " read again there.", name=twin.name, user=twin.user_id.sudo().name))
            history._set_result(sha256=sha256)
        return histories

    def write(self, vals):
        if {'data', 'company_id'} & set(vals):
            raise UserError(self.env._(
                "Another table, or one of another company, is uploaded by itself."))
        if 'kind' in vals and any(history.file_ids for history in self):
            raise UserError(self.env._("The table has been read: what it reports stays."))
        return super().write(vals)

    def unlink(self):
        self._check_no_rows()
        # What was taken back goes with its table
        self.file_ids.unlink()
        return super().unlink()

    def _check_no_rows(self):
        for history in self:
            if any(file.state not in IMPORTABLE_STATES for file in history.file_ids):
                raise UserError(self.env._(
                    "%s holds rows. Undo it before you delete it.", history.name))

    # === ACTIONS === #

    def action_import(self):
        """Read the tables in a job: a file for each distributor, read in jobs of their own."""
        self.check_access('write')
        for history in self:
            if history.state not in ('draft', 'queued', 'failed', 'undone'):
                raise UserError(self.env._(
                    "%s has been read already. Undo it before you read it again.", history.name))
            history._queue()
        return True

    def action_import_rest(self):
        """Import the rows of names for which somebody has said meanwhile whose they are."""
        self.check_access('write')
        for history in self:
            if history.state != 'read' or not history._get_chosen():
                raise UserError(self.env._(
                    "Choose a distributor for one of the open names first."))
            history._queue(rest=True)
        return True

    def action_post(self):
        """Post all files that are read, one job for each."""
        self.check_access('write')
        for file in self.file_ids:
            if file.state == 'review':
                file.with_delay(
                    description=self.env._("Post flow file %s", file.name),
                    identity_key=identity_exact)._job_post()
        return True

    def action_undo(self):
        """Take the whole import back in a job, or nothing of it; once more, where the job died."""
        self.check_access('write')
        for history in self:
            if history.state not in ('read', 'undoing'):
                raise UserError(self.env._("%s holds no rows that could be undone.", history.name))
            history.file_ids.filtered(lambda file: file.state == 'queued').action_cancel()
            if any(file.state == 'reading' for file in history.file_ids):
                raise UserError(self.env._("%s is being read: wait, or cancel its files.",
                                           history.name))
            history._set_result(state='undoing', message=False)
            history.with_delay(
                description=self.env._("Undo history table %s", history.name),
                identity_key=identity_exact)._job_undo()
        return True

    def action_view_files(self):
        """Open the files that came of the table; ``flow_state`` in the context names their state.
        """
        self.ensure_one()
        action = self.env['ir.actions.act_window']._for_xml_id(
            'pharma_distribution.pharma_flow_file_action')
        domain = [('history_id', '=', self.id)]
        state = self.env.context.get('flow_state')
        action.update(context={}, domain=domain + ([('state', '=', state)] if state else []))
        return action

    def _queue(self, rest=False):
        self.lock_for_update(allow_referencing=True)
        self._set_result(state='queued', message=False)
        self.with_delay(
            description=self.env._("Read history table %s", self.name),
            identity_key=identity_exact)._job_read(rest)

    # === JOBS === #

    def _job_read(self, rest=False):
        """Job: make the files of the distributors. A table that cannot be read changes nothing;
        running it twice does no harm.

        :param bool rest: only those of names whose distributor was chosen since
        """
        if not self.exists() or self.state != 'queued':
            return
        self.check_access('write')
        history = self.with_context(lang=self.env.user.lang)
        try:
            with self.env.cr.savepoint():
                files = history._make_files(rest)
                history._set_result(state='read', message=False)
                # Within: with jobs that run at once, reading them is a part of this
                files.action_import()
        except UserError as error:
            history._set_result(state='read' if rest else 'failed', message=error.args[0])
        history._notify()

    def _job_undo(self):
        """Job: take all files back in one transaction."""
        if not self.exists() or self.state != 'undoing':
            return
        self.check_access('write')
        history = self.with_context(lang=self.env.user.lang)
        files = history.file_ids
        try:
            with self.env.cr.savepoint():
                files.filtered(
                    lambda file: file.state in ('review', 'posted', 'failed')).action_undo()
                # sudo: open names belong to the table, whoever looked after them
                history.sudo().name_ids.filtered(lambda name: not name.distributor_id).unlink()
                history.sudo().name_ids.write({'is_done': False})
                history._set_result(state='undone', message=False, row_count=0, skipped_text=False)
        except UserError as error:
            history._set_result(state='read', message=error.args[0])
        history._notify()

    def _notify(self):
        """Tell the one who waits how the job ended."""
        if self.message:
            text = self.message
        elif self.state == 'undone':
            text = self.env._("The whole table was taken back.")
        else:
            text = self.env._(
                "%(rows)s rows of %(files)s distributors; %(open)s rows belong to nobody known.",
                rows=self.row_count, files=self.file_count, open=self.open_row_count)
        self.env.user._bus_send('simple_notification', {
            'type': 'danger' if self.message else 'success', 'title': self.name, 'message': text,
            'sticky': True})

    # === ROWS === #

    def _make_files(self, rest):
        """Divide the table among the distributors.

        :param bool rest: as of ``_job_read``
        :return: the pharma.flow.file that are to be read; not those that stand there already
        """
        self.ensure_one()
        chosen = self._get_chosen()
        rows = self._read_table()
        names = {row.distributor for row in rows}
        found = self._find_distributors(names)
        by_owner, open_rows = defaultdict(list), defaultdict(list)
        for distributor, row in rows:
            key = normalise(distributor)
            if rest and key not in chosen:
                continue  # stands in a file, or stays open
            distributor_id = found[distributor][0]
            if distributor_id:
                by_owner[distributor_id].append(row)
            else:
                open_rows[key].append((distributor, row))
        files = self.env['pharma.flow.file']
        for distributor_id, own_rows in sorted(by_owner.items()):
            files |= self._make_file(distributor_id, own_rows)
        if not rest:
            self._note_open(open_rows, found)
        self.name_ids.filtered('distributor_id')._set_result(is_done=True)
        return files

    def _get_chosen(self):
        """Keys of open names for which somebody has chosen the distributor since."""
        return set(self.name_ids.filtered(
            lambda name: name.distributor_id and not name.is_done).mapped(
                lambda name: name.key or ''))

    def _read_table(self):
        """The rows of the table.

        :return: list of tools.flow_history.HistoryRow
        :raise UserError: when it cannot be read
        """
        messages = self.env['pharma.flow.message']
        data = base64.b64decode(self.with_context(bin_size=False).data or b'')
        sheets = self._read_sheets(data, self.name)
        try:
            history = read_history(
                sheets, self.kind, name=self.name,
                known=self.env['pharma.flow.layout']._get_known_products())
        except HistoryError as error:
            raise UserError(messages._no_distributor_message(
                error.sheet_name, self.name)) from error
        except FlowError as error:
            raise UserError(messages._history_error_message(error, self.name)) from error
        labels = self.env['pharma.flow.file']._get_skip_labels()
        self._set_result(
            row_count=len(history.rows), skipped_text=", ".join(
                f"{labels[reason]}: {count}" for reason, count in history.flow.skipped.items()))
        return history.rows

    def _find_distributors(self, names):
        """Whom the names in the table mean: what was chosen before for such a table, or a
        distributor of this name, other name or code.

        :param set names: as the table writes them
        :return: dict name -> tuple (id or None, reason, ids of candidates)
        """
        before = self._get_decisions()
        recogniser = self.env['pharma.flow.upload']._get_recogniser()
        written = defaultdict(set)
        for distributor in recogniser.distributors:
            for text in (distributor.name, *distributor.others, distributor.code):
                written[normalise(text)].add(distributor.id)
        found = {}
        for name in names:
            key = normalise(name)
            same = written[key]
            if key in before:
                found[name] = before[key], 'told', ()
            elif not key:
                found[name] = None, 'missing', ()
            elif len(same) == 1:
                found[name] = *same, 'name', ()
            else:
                whose = recogniser.find(name)
                found[name] = whose.id, whose.reason, whose.candidates
        return found

    def _get_decisions(self):
        """What was chosen for names in tables: in earlier ones, and in this one. A name that is not
        written means something in its own table alone.

        :return: dict key -> id of the distributor
        """
        names = self.env['pharma.flow.history.name'].search([
            ('company_id', '=', self.company_id.id), ('distributor_id', '!=', False),
            '|', ('key', '!=', False), ('history_id', '=', self.id)], order='id')
        return {
            name.key or '': name.distributor_id.id
            for name in names.sorted(lambda name: name.history_id == self)}

    def _make_file(self, distributor_id, rows):
        """The flow file of a distributor's rows; empty where these very rows stand there already.

        :param list rows: of tools.flow_reader.FlowRow
        """
        content = write_rows(rows)
        distributor = self.env['res.partner'].browse(distributor_id)
        files = self.env['pharma.flow.file']
        twin = files._find_twin(content, distributor, self.company_id)
        if twin:
            return twin if twin.history_id == self and twin.state in IMPORTABLE_STATES else files
        file = files.create({
            'name': f"{distributor.name} {self.name}.csv", 'data': base64.b64encode(content),
            'distributor_id': distributor_id, 'company_id': self.company_id.id})
        # Closed to everybody: what comes of a table is read without a question
        file._set_result(history_id=self.id)
        return file

    def _note_open(self, open_rows, found):
        """List the names that nobody is known by, with what waits on each.

        :param dict open_rows: key -> list of (name, tools.flow_reader.FlowRow)
        :param dict found: as of ``_find_distributors``
        """
        # sudo: as in undoing
        self.sudo().name_ids.filtered(lambda name: not name.distributor_id).unlink()
        vals_list = []
        for key, rows in open_rows.items():
            name = rows[0][0]
            _id, reason, candidates = found[name]
            places = [f"{row.sheet_name} {row.row_number}".strip()
                      for _name, row in rows[:PLACES_LISTED]]
            vals_list.append({
                'history_id': self.id, 'name': name, 'key': key, 'reason': reason,
                'row_count': len(rows),
                'amount': float(sum(row.amount or 0 for _name, row in rows)),
                'places': ", ".join(places) + (" …" if len(rows) > len(places) else ""),
                'candidate_ids': [Command.set(candidates)]})
        self.env['pharma.flow.history.name'].sudo().create(vals_list)
