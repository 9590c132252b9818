import base64
import json
import logging
import time

from psycopg2 import OperationalError

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, file_open, groupby, split_every

from odoo.addons.queue_job.exception import RetryableJobError

from ..tools.hospital_plan import PROBLEM, RESULTS, UPDATE
from .pharma_hospital_import_line import PARTNER_FIELDS, read_plain

_logger = logging.getLogger(__name__)

DRAFT, READY, QUEUED, DONE, UNDONE, FAILED = 'draft', 'ready', 'queued', 'done', 'undone', 'failed'
IMPORT_STATES = [
    (DRAFT, "New"),
    (READY, "Checked"),
    (QUEUED, "Running"),
    (DONE, "Imported"),
    (UNDONE, "Undone"),
    (FAILED, "Failed"),
]
OFFICIAL_LIST = 'pharma_crm/data/official/hospitals.csv'
# Above this many rows an import runs in the background; checking is ten times as fast.
QUEUE_ROWS = 500
QUEUE_BYTES = 2 * 1024 * 1024
BATCH = 500


class PharmaHospitalImport(models.Model):
    """A list of hospitals (.xls, .xlsx, .csv) on its way to the customers, and what became of it.

    Checking reads the file and tells row by row what an import would do. The import reads and
    decides again, for the customers may have changed since, and does it in one transaction: all or
    nothing, so that it can be run twice without harm. Its rows are kept as the journal by which it
    can be undone.
    """

    _name = 'pharma.hospital.import'
    _description = "Hospital List Import"
    _inherit = ['pharma.sheet.mixin']
    _order = 'id desc'
    _result_fields = frozenset((
        'state', 'columns_found', 'sheets_ignored', 'row_count', 'new_count', 'update_count',
        'unchanged_count', 'duplicate_count', 'skipped_count', 'problem_count', 'remark_count',
        'message', 'done_on', 'seconds'))

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
    skipped_count = fields.Integer(string="No Customer", readonly=True, copy=False)
    problem_count = fields.Integer(string="Refused", readonly=True, copy=False)
    remark_count = fields.Integer(string="With Remarks", readonly=True, copy=False)
    message = fields.Text(readonly=True, copy=False)
    done_on = fields.Datetime(string="Imported On", readonly=True, copy=False)
    seconds = fields.Float(string="Duration (s)", digits=(16, 1), readonly=True, copy=False)

    line_ids = fields.One2many('pharma.hospital.import.line', 'import_id', copy=False)
    progress_ids = fields.One2many(
        'pharma.hospital.import.progress', 'import_id', string="Progress Rows", copy=False)
    progress = fields.Integer(compute='_compute_progress')

    # === COMPUTE === #

    @api.depends('progress_ids.percent')
    def _compute_progress(self):
        for record in self:
            record.progress = record.progress_ids[:1].percent

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

    # === ACTIONS === #

    def action_check(self):
        """Read the file and show what an import would do; changes no customer."""
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

    def action_view_partners(self):
        """Open the customers of this list."""
        self.ensure_one()
        action = self.env['ir.actions.act_window']._for_xml_id(
            'pharma_crm.res_partner_action_terminal')
        partners = self.line_ids.partner_id
        return {**action, 'domain': [('id', 'in', partners.ids)], 'context': {}}

    def action_view_lines(self):
        """Open the rows of this list; the context may choose a result by its filter."""
        self.ensure_one()
        action = self.env['ir.actions.act_window']._for_xml_id(
            'pharma_crm.pharma_hospital_import_line_action')
        chosen = {
            key: value for key, value in self.env.context.items()
            if key.startswith('search_default_')}
        return {**action, 'domain': [('import_id', '=', self.id)], 'context': chosen}

    @api.model
    def action_load_official(self):
        """Load the list of 6,753 hospitals that comes with the addon, in the background.

        :return: the action that opens the import
        :raise AccessError: unless the user may import lists
        """
        record = self._create_official()
        record._enqueue('_run')
        return {
            'type': 'ir.actions.act_window',
            'res_model': self._name,
            'res_id': record.id,
            'view_mode': 'form',
            'views': [(False, 'form')],
        }

    @api.model
    def _load_official_now(self):
        """Load the list that comes with the addon at once.

        :return: the import
        :raise UserError: when it cannot be done
        """
        record = self._create_official()
        record._import()
        return record

    @api.model
    def _create_official(self):
        self.check_access('create')
        with file_open(OFFICIAL_LIST, 'rb') as file:
            return self.create({
                'name': self.env._("Hospitals with fever clinics (2020).csv"),
                'data': base64.b64encode(file.read()),
            })

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
        self.sudo().progress_ids.unlink()
        self.env['pharma.hospital.import.progress'].sudo().create({'import_id': self.id})
        self._set_result(state=QUEUED, message=False)
        delayed = self.with_delay(
            description=self.env._("Hospital list %s", self.name),
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
            self._set_result(state=DONE if self.done_on else FAILED, message=str(error))
        except (RetryableJobError, OperationalError):
            raise  # the queue runs the job again
        except Exception:
            # The job's own transaction is lost; people must see that it failed all the same.
            message = self.env._(
                "This failed for a technical reason, nothing of it was kept. An administrator finds"
                " the details in the job queue.")
            with self.env.registry.cursor() as cr:
                cr.execute(SQL(
                    "UPDATE pharma_hospital_import SET state = %s, message = %s WHERE id = %s",
                    DONE if self.done_on else FAILED, message, self.id))
            raise
        return self.message

    def _lock(self):
        """One import at a time: two of them could bring the same hospital, and it would be double.

        The sequence's row is drawn from, so that a transaction that began before another import
        ended is refused by PostgreSQL and repeated, instead of working on what it saw before.
        """
        sequence = self.env.ref('pharma_crm.seq_pharma_hospital_import').sudo()
        if not (self.try_lock_for_update() and sequence.try_lock_for_update()):
            message = self.env._(
                "Another import of hospitals is running: try again when it is done.")
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
                "UPDATE pharma_hospital_import_progress SET percent = %s WHERE import_id = %s"
                " RETURNING cancelled", percent, self.id))
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
        divisions = self._get_division_ids()
        self._create_partners(plan, divisions)
        journals = self._update_partners(plan, divisions)
        self._create_aliases(plan, journals)
        self._write_outcome(plan, journals)
        self._set_result(
            state=DONE, message=False, done_on=fields.Datetime.now(),
            seconds=time.monotonic() - start)
        _logger.info(
            "Hospital list %s: %s", self.id,
            json.dumps({result: self[f'{result}_count'] for result in RESULTS}))

    def _get_division_ids(self):
        """{code: (field, id, name)} of all divisions, provinces as states."""
        divisions = {}
        for division in self.env['pharma.division'].search([]):
            record = division.state_id if division.level == 'province' else division
            divisions[division.code] = (record.id, division.name)
        return divisions

    def _get_quiet_partners(self):
        """Contacts without messages and followers: thousands at once, told by the import itself."""
        return self.env['res.partner'].with_context(
            tracking_disable=True, mail_create_nolog=True, mail_create_nosubscribe=True,
            mail_notrack=True, no_vat_validation=True, _partners_skip_fields_sync=True)

    def _prepare_partner_vals(self, changes, divisions):
        """Values of a contact.

        :param dict changes: fields of the engine and their values; places as codes
        :param dict divisions: from ``_get_division_ids``
        """
        vals = {}
        for name, value in changes.items():
            if name in ('province', 'city', 'county'):
                value = divisions[value][0] if value else False
            vals[PARTNER_FIELDS[name]] = value
        if changes.get('province'):
            # The cached look-up: env.ref() would ask the database for every row
            vals['country_id'] = self.env['ir.model.data']._xmlid_to_res_id('base.cn')
        # Where counties stand right below a province, the county is the city of the address.
        place = changes.get('city') or ''
        if place[2:] == '90':
            place = changes.get('county') or ''
        if place:
            vals['city'] = divisions[place][1]
        return vals

    def _create_partners(self, plan, divisions):
        partners = self._get_quiet_partners()
        done = 0
        for customers in split_every(BATCH, plan.created):
            created = partners.create([
                {'is_company': True, **self._prepare_partner_vals(customer.changes, divisions)}
                for customer in customers])
            for customer, partner in zip(customers, created, strict=True):
                customer.id = partner.id
            self.env.flush_all()
            done += len(customers)
            self._report_progress(5 + 85 * done // len(plan.created))

    def _update_partners(self, plan, divisions):
        """Write what changed, equal changes together.

        :return: {partner id: journal} of the customers that were there before
        """
        partners = self._get_quiet_partners()
        changed = {
            item.customer.id: item.customer for item in plan.items
            if item.result == UPDATE and item.customer.changes}
        partners.browse(changed).fetch([*PARTNER_FIELDS.values(), 'city', 'country_id'])
        journals = {}
        changes = [
            (partner, self._prepare_partner_vals(changed[partner.id].changes, divisions))
            for partner in partners.browse(changed)]
        for partner, vals in changes:
            old = read_plain(partner, vals)
            journals[partner.id] = {'old': old, 'new': vals}
        for _key, same in groupby(changes, lambda change: json.dumps(change[1], sort_keys=True)):
            partners.concat(*(partner for partner, _vals in same)).write(same[0][1])
        return journals

    def _create_aliases(self, plan, journals):
        """Record the other names; those of customers that were there before go to the journal."""
        owners = {id(item.customer): item.customer for item in plan.items if item.customer}
        vals_list = [
            {'name': name, 'kind': 'partner', 'partner_id': customer.id, 'status': 'confirmed'}
            for customer in owners.values() for name in customer.other_names]
        aliases = self.env['pharma.alias'].with_context(
            tracking_disable=True, mail_create_nolog=True, mail_create_nosubscribe=True,
        ).create(vals_list)
        created = {customer.id for customer in plan.created}
        for alias in aliases:
            if alias.partner_id.id not in created:
                journal = journals.setdefault(alias.partner_id.id, {})
                journal.setdefault('alias_ids', []).append(alias.id)

    def _write_outcome(self, plan, journals):
        """Replace the rows of the import by those of a plan, and count them.

        :param Plan plan: finished
        :param dict journals: {partner id: journal}, empty while only checking
        """
        lines = self.env['pharma.hospital.import.line'].sudo()  # people only read them
        self.env.cr.execute(SQL(
            "DELETE FROM pharma_hospital_import_line WHERE import_id = %s", self.id))
        self.invalidate_recordset(['line_ids'])
        names = dict(self._get_division_names())
        vals_list = []
        for item in plan.items:
            values = item.row.values
            codes = dict.fromkeys(filter(None, map(values.get, ('province', 'city', 'county'))))
            vals_list.append({
                'import_id': self.id,
                'sheet_name': item.row.sheet,
                'row_number': item.row.number,
                'name': values.get('name'),
                'place': " ".join(dict.fromkeys(names[code] for code in codes)),
                'result': item.result,
                'remark': "\n".join(map(lines._describe_problem, item.problems)) or False,
                'partner_id': item.customer.id or False if item.customer else False,
                'journal': item.result == UPDATE and journals.get(item.customer.id) or False,
            })
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
