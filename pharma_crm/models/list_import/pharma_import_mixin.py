import base64
import json
import logging
import time

from psycopg2 import OperationalError

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import NO_ACCESS
from odoo.tools import SQL, split_every

from odoo.addons.queue_job.exception import RetryableJobError

from ...tools.list_table import PROBLEM, RESULTS

_logger = logging.getLogger(__name__)

DRAFT, READY, QUEUED, DONE, UNDONE, FAILED = 'draft', 'ready', 'queued', 'done', 'undone', 'failed'
IMPORT_STATES = [
    (DRAFT, "Draft"),
    (READY, "Checked"),
    (QUEUED, "Running"),
    (DONE, "Imported"),
    (UNDONE, "Undone"),
    (FAILED, "Failed"),
]
# Above this many rows an import runs in the background; checking is ten times as fast.
QUEUE_ROWS = 500
QUEUE_BYTES = 2 * 1024 * 1024


class PharmaImportMixin(models.AbstractModel):
    """A list (.xls, .xlsx, .csv) on its way to the records, and what became of it.

    Checking reads the file and tells row by row what an import would do. The import reads and
    decides again, for the records may have changed since, and does it in one transaction: all or
    nothing, so that it can be run twice without harm. Its rows are kept as the journal by which it
    can be undone.

    How to use: set ``_import_sequence``, add ``line_ids`` to a model with
    ``pharma.import.line.mixin``, and implement :meth:`_make_plan`, :meth:`_apply_plan`,
    :meth:`_undo` and :meth:`_prepare_lines_vals`.
    """

    _name = 'pharma.import.mixin'
    _description = "Import of a List"
    _inherit = ['pharma.sheet.mixin']
    _order = 'id desc'

    _result_fields = frozenset((
        'state', 'columns_found', 'sheets_ignored', 'row_count', 'new_count', 'update_count',
        'unchanged_count', 'duplicate_count', 'skipped_count', 'problem_count', 'remark_count',
        'message', 'done_on', 'seconds'))

    # XML id of a sequence that every import of this kind draws from: see :meth:`_lock`
    _import_sequence = None

    name = fields.Char(string="File Name", required=True)
    company_id = fields.Many2one(
        'res.company', required=True, index=True, default=lambda self: self.env.company)
    state = fields.Selection(
        IMPORT_STATES, required=True, readonly=True, default=DRAFT, copy=False)

    # file
    data = fields.Binary(string="File", attachment=True, required=True, copy=False)
    columns_found = fields.Text(readonly=True, copy=False)
    sheets_ignored = fields.Char(readonly=True, copy=False)

    # outcome
    row_count = fields.Integer(string="Rows", readonly=True, copy=False)
    new_count = fields.Integer(string="New", readonly=True, copy=False)
    update_count = fields.Integer(string="Updated", readonly=True, copy=False)
    unchanged_count = fields.Integer(string="Unchanged", readonly=True, copy=False)
    duplicate_count = fields.Integer(string="Twice in the List", readonly=True, copy=False)
    skipped_count = fields.Integer(string="Left Out", readonly=True, copy=False)
    problem_count = fields.Integer(string="Refused", readonly=True, copy=False)
    remark_count = fields.Integer(string="With Remarks", readonly=True, copy=False)
    message = fields.Text(readonly=True, copy=False)
    done_on = fields.Datetime(string="Imported On", readonly=True, copy=False)
    seconds = fields.Float(string="Duration (s)", digits=(16, 1), readonly=True, copy=False)

    progress_ids = fields.One2many(
        'pharma.import.progress', 'res_id', string="Progress Rows", copy=False,
        groups=NO_ACCESS,  # people see the percentage
        domain=lambda self: [('model', '=', self._name)])
    progress = fields.Integer(compute='_compute_progress')

    # === COMPUTE === #

    @api.depends('progress_ids.percent')
    def _compute_progress(self):
        for record in self:
            # sudo: whoever may read the import may know how far it is
            record.progress = record.sudo().progress_ids[:1].percent

    # === CRUD === #

    def write(self, vals):
        if 'data' in vals:
            if any(record.state in (QUEUED, DONE, UNDONE) for record in self):
                raise UserError(self.env._(
                    "This list is imported already. Start a new import for another file."))
            self._set_result(state=DRAFT, message=False)
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_running(self):
        if any(record.state == QUEUED for record in self):
            raise UserError(self.env._("The import is running. Stop it first."))

    def unlink(self):
        # sudo: people only look at the progress
        self.sudo().progress_ids.unlink()
        return super().unlink()

    # === ACTIONS === #

    def action_check(self):
        """Read the file and show what an import would do; changes no record."""
        self.ensure_one()
        self._check_state(DRAFT, READY, FAILED)
        if len(self.data or b'') > QUEUE_BYTES:
            self._enqueue('_run_check')
        else:
            self._check()

    def action_import(self):
        """Import the checked list: a short one now, a long one in the background."""
        self.ensure_one()
        self._check_state(READY)
        if self.row_count > QUEUE_ROWS:
            self._enqueue('_run')
        else:
            self._import()

    def action_undo(self):
        """Take the import back: delete what it brought and is unused, restore what it changed."""
        self.ensure_one()
        self._check_state(DONE)
        if self.new_count + self.update_count > QUEUE_ROWS:
            self._enqueue('_run_undo')
        else:
            self._undo()

    def action_cancel(self):
        """Stop a running import; nothing of it stays."""
        self.ensure_one()
        self._check_state(QUEUED)
        if self.try_lock_for_update():
            self._set_result(state=DONE if self.done_on else READY, message=False)
        else:
            # The job works on it: it looks here between its batches.
            self.sudo().progress_ids.write({'cancelled': True})

    def action_refresh(self):
        """Nothing to do: the web client reads the record again after a button."""
        self.check_access('read')

    def _open_lines(self, action_xmlid):
        """Open the rows of this list; the context may choose a result by its filter.

        :param str action_xmlid: the action of the rows
        """
        self.ensure_one()
        action = self.env['ir.actions.act_window']._for_xml_id(action_xmlid)
        chosen = {
            key: value for key, value in self.env.context.items()
            if key.startswith('search_default_')}
        return {**action, 'domain': [('import_id', '=', self.id)], 'context': chosen}

    def _check_state(self, *states):
        """Refuse what a second click or a second window asks for.

        The rights are those of the import itself: whoever may write it.
        """
        self.check_access('write')
        if self.state not in states:
            label = dict(self._fields['state']._description_selection(self.env))[self.state]
            raise UserError(self.env._(
                "This cannot be done now: the import \"%(name)s\" is in state \"%(state)s\".",
                name=self.name, state=label))

    # === JOB === #

    def _enqueue(self, method):
        # sudo: people only look at the progress
        self.sudo().progress_ids.unlink()
        self.env['pharma.import.progress'].sudo().create({'model': self._name, 'res_id': self.id})
        self._set_result(state=QUEUED, message=False)
        delayed = self.with_delay(
            description=self.env._("Import of the list %s", self.name),
            identity_key=f'{self._name}-{self.id}-{method}')
        getattr(delayed, method)()

    def _run_check(self):
        """Job: check a large file."""
        return self._run_job(self._check)

    def _run(self):
        """Job: import a queued list. Run again after a crash it starts anew, run twice it stops."""
        return self._run_job(self._import)

    def _run_undo(self):
        """Job: take an import back."""
        return self._run_job(self._undo)

    def _run_job(self, work):
        self.ensure_one()
        if self.state != QUEUED:
            return self.env._("Nothing to do.")
        try:
            with self.env.cr.savepoint():
                work()
        except UserError as error:
            self._set_result(
                state=DONE if self.done_on else FAILED, message=str(error))
        except (RetryableJobError, OperationalError):
            raise  # the queue runs the job again
        except Exception:
            # The job's own transaction is lost; people must see that it failed all the same.
            message = self.env._(
                "This failed for a technical reason, nothing of it was kept. An administrator finds"
                " the details in the job queue.")
            with self.env.registry.cursor() as cr:
                cr.execute(SQL(
                    "UPDATE %s SET state = %s, message = %s WHERE id = %s",
                    SQL.identifier(self._table), DONE if self.done_on else FAILED, message,
                    self.id))
            raise
        return self.message

    def _lock(self):
        """One import of a kind at a time: two of them could bring the same record twice.

        The sequence's row is drawn from, so that a transaction that began before another import
        ended is refused by PostgreSQL and repeated, instead of working on what it saw before.
        """
        sequence = self.env.ref(self._import_sequence).sudo()
        if not (self.try_lock_for_update() and sequence.try_lock_for_update()):
            message = self.env._(
                "Another import of this kind is running: try again when it is done.")
            if self.env.context.get('job_uuid'):
                raise RetryableJobError(message, seconds=15, ignore_retry=True)
            raise UserError(message)
        self.env.cr.execute(SQL(
            "UPDATE ir_sequence SET number_next = number_next + 1 WHERE id = %s", sequence.id))

    def _report_progress(self, percent):
        """Write the progress where others see it, and stop when somebody asked for it."""
        if not self.env.context.get('job_uuid'):
            return
        with self.env.registry.cursor() as cr:
            cr.execute(SQL(
                "UPDATE pharma_import_progress SET percent = %s WHERE model = %s AND res_id = %s"
                " RETURNING cancelled", percent, self._name, self.id))
            row = cr.fetchone()
        if row and row[0]:
            raise UserError(self.env._("The import was stopped; nothing of it was kept."))

    # === IMPORT === #

    def _check(self):
        """Read the list and write down what an import would do."""
        self._write_outcome(self._make_plan(), {})
        self._set_result(state=READY, message=False)

    def _import(self):
        """Read the list once more and do what it says, in this transaction.

        :raise UserError: when the file cannot be read, another import runs, or it was stopped
        """
        start = time.monotonic()
        self._lock()
        self._report_progress(1)
        plan = self._make_plan()
        self._report_progress(5)
        journals = self._apply_plan(plan)
        self._write_outcome(plan, journals)
        self._set_result(
            state=DONE, message=False, done_on=fields.Datetime.now(),
            seconds=time.monotonic() - start)
        _logger.info(
            "%s %s: %s", self._name, self.id,
            json.dumps({result: self[f'{result}_count'] for result in RESULTS}))

    def _make_plan(self):
        """Read the file and decide about all rows.

        :return: a plan with ``items``, one per row in the list's order; each with ``row`` (that
            has ``number`` and ``sheet``), ``result`` (one of ``RESULTS``) and ``problems``
        """
        raise NotImplementedError

    def _apply_plan(self, plan):
        """Do what a plan says.

        :param plan: from :meth:`_make_plan`
        :return: {key that :meth:`_prepare_lines_vals` knows: journal for taking it back}
        :rtype: dict
        """
        raise NotImplementedError

    def _undo(self):
        """Take back what this import did, and only that."""
        raise NotImplementedError

    def _prepare_lines_vals(self, plan, journals):
        """Values of the rows of the import, beside place, result and remarks.

        :param plan: from :meth:`_make_plan`
        :param dict journals: from :meth:`_apply_plan`, empty while only checking
        :return: one dictionary per item of the plan, in their order
        """
        raise NotImplementedError

    def _read_tables(self, find_table, names, advice):
        """The lists in the file: (sheet name, table) pairs; also notes the columns found.

        :param find_table: function that finds the table in the rows of a sheet
        :param dict names: {column of the engine: what people call it}
        :param str advice: what a file of this kind must have, for a file that is another one
        :raise UserError: when the file cannot be read or no sheet holds a list
        """
        sheets = self._read_sheets(base64.b64decode(self.data or b''), self.name)
        tables = []
        ignored = []
        columns = []
        for sheet in sheets:
            table = find_table(sheet.rows)
            if table is None:
                ignored.append(sheet.name)
                continue
            tables.append((sheet.name, table))
            columns.append(", ".join(
                f"{table.titles[column]} → {names[column]}"
                for column in sorted(table.columns, key=table.columns.get)))
        if not tables:
            cells = [cell for sheet in sheets for row in sheet.rows[:3] for cell in row if cell]
            raise UserError("\n".join((advice, self.env._(
                "The file %(file)s begins with: %(cells)s", file=self.name,
                cells=", ".join(cells[:12])))))
        self._set_result(
            columns_found="\n".join(dict.fromkeys(columns)),
            sheets_ignored=", ".join(filter(None, ignored)))
        return tables

    def _write_outcome(self, plan, journals):
        """Replace the rows of the import by those of a plan, and count them.

        :param plan: from :meth:`_make_plan`, applied or not
        :param dict journals: from :meth:`_apply_plan`, empty while only checking
        """
        lines = self.env[self.line_ids._name].sudo()  # people only read them
        self.env.cr.execute(SQL(
            "DELETE FROM %s WHERE import_id = %s", SQL.identifier(lines._table), self.id))
        self.invalidate_recordset(['line_ids'])
        vals_list = [{
            'import_id': self.id,
            'sheet_name': item.row.sheet,
            'row_number': item.row.number,
            'result': item.result,
            'remark': "\n".join(map(lines._describe_problem, item.problems)) or False,
            **vals,
        } for item, vals in zip(
            plan.items, self._prepare_lines_vals(plan, journals), strict=True)]
        # What needs a look comes first.
        vals_list.sort(key=lambda vals: (vals['result'] != PROBLEM, not vals['remark']))
        for batch in split_every(2000, vals_list):
            lines.create(batch)
        counts = {f'{result}_count': 0 for result in RESULTS}
        for item in plan.items:
            counts[f'{item.result}_count'] += 1
        self._set_result(
            **counts, row_count=len(plan.items),
            remark_count=sum(bool(item.problems) for item in plan.items))

    # === UNDO === #

    @api.model
    def _get_references(self, table, unused_by=()):
        """(table, column) of all foreign keys to a table whose rows mean that a record is in use.

        :param str table: the table that is referred to
        :param unused_by: tables whose rows say nothing about use
        """
        return [row for row in self.env.execute_query(SQL(
            """
            SELECT relation.relname, attribute.attname
              FROM pg_constraint AS key
              JOIN pg_class AS relation ON relation.oid = key.conrelid
              JOIN pg_attribute AS attribute
                ON attribute.attrelid = key.conrelid AND attribute.attnum = key.conkey[1]
             WHERE key.contype = 'f' AND key.confrelid = %s::regclass
            """, table)) if row[0] not in unused_by]

    @api.model
    def _get_referenced_ids(self, references, table, record_ids):
        """The records that rows of other records, or notes on them, point to.

        :param references: from :meth:`_get_references`
        :param str table: their table; its own rows among the records do not count
        :param list[int] record_ids: records
        :rtype: set[int]
        """
        used = set()
        for other, column in references:
            itself = SQL("AND id != ALL(%s)", record_ids) if other == table else SQL()
            used.update(row[0] for row in self.env.execute_query(SQL(
                "SELECT DISTINCT %(column)s FROM %(table)s"
                " WHERE %(column)s = ANY(%(ids)s) %(itself)s",
                column=SQL.identifier(column), table=SQL.identifier(other), ids=record_ids,
                itself=itself)))
        return used
