import base64
import contextlib
import logging
import time

from psycopg2 import OperationalError

from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from odoo.addons.pharma_crm.tools.sheets import is_archive
from odoo.addons.queue_job.job import identity_exact

from ...tools.flow_answers import describe_sheets
from ...tools.flow_reader import FlowError, read_flow
from ...tools.memory import keeping_objects
from .pharma_flow_file import IMPORTABLE_STATES
from .pharma_flow_question import FlowQuestion

# Totals that differ and are listed; more are counted.
TOTALS_LISTED = 50

# States of a job that has not begun.
OPEN_JOBS = ('wait_dependencies', 'pending', 'enqueued')

_logger = logging.getLogger(__name__)


class FlowCancelled(Exception):
    """Somebody wants the reading to stop."""


class PharmaFlowFile(models.Model):
    """Reading: from the untouched file to judged rows, in a job."""

    _inherit = 'pharma.flow.file'

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
            file._report_progress(None)  # also an old wish to stop
            file._set_result(state='queued', message=False)
            job = file.with_delay(
                description=self.env._("Read flow file %s", file.name),
                identity_key=identity_exact)._job_import()
            # no job where jobs run at once
            file._set_result(job_uuid=getattr(job, 'uuid', False))
        return True

    def action_cancel(self):
        """Take waiting files back at once, and stop those that are read at their next step."""
        self.check_access('write')
        for file in self:
            if file.state not in ('queued', 'reading'):
                continue
            file.lock_for_update(allow_referencing=True)
            if file.state == 'reading' and not file._is_stuck():
                file._ask_to_stop()
                continue
            # sudo: jobs belong to administrators; this one is the file's own
            job = self.env['queue.job'].sudo().search([('uuid', '=', file.job_uuid)])
            job.filtered(lambda job: job.state in OPEN_JOBS).button_cancelled()
            file._set_result(state='draft', message=False, job_uuid=False)
        return True

    # === JOB === #

    def _is_stuck(self):
        """Whether a waiting or running file has no live job behind it, after a crash."""
        self.ensure_one()
        if self.state not in ('queued', 'reading'):
            return False
        # sudo: jobs belong to administrators, here is only asked whether one lives
        return not self.env['queue.job'].sudo().search_count([
            ('uuid', '=', self.job_uuid),
            ('state', 'in', (*OPEN_JOBS, 'started')),
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
        elif self.state == 'draft':
            message = self.env._("The reading was cancelled.")
        elif self.state == 'unpacked':
            message = self.env._("%s files are in the archive.", self.member_count)
        else:
            message = self.env._(
                "%(rows)s rows were read, %(ok)s of them count, %(open)s carry unknown names.",
                rows=self.row_count, ok=self.ok_count, open=self.unmatched_count)
        self.env.user._bus_send('simple_notification', {
            'type': {'failed': 'danger', 'draft': 'info'}.get(self.state, 'success'),
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
        data = base64.b64decode(self.with_context(bin_size=False).data or b'')
        try:
            with self.env.cr.savepoint():
                if is_archive(data):
                    self._import_archive(data)
                    return {}
                with keeping_objects():
                    seconds = self._import_lines(data)
        except UserError as error:
            sheets = getattr(error, 'sheets', False)
            self._set_result(
                state='failed', message=error.args[0], question=sheets, has_question=bool(sheets))
            return {}
        except FlowCancelled:
            self._set_result(state='draft', message=False)
            return {}
        except OperationalError:
            raise  # a conflict with another transaction: the job is tried again
        except Exception:
            _logger.exception("Flow file %s (%d) cannot be read", self.name, self.id)
            self._set_result(state='failed', message=self._get_fault_message())
            return {}
        finally:
            self._report_progress(None)
        self._finish_import()
        return seconds

    def _finish_import(self):
        """The rows are there: the file is in review, and posted where nothing has to be looked
        at.
        """
        self._set_result(state='review', message=False, question=False, has_question=False)
        self.env['pharma.flow.duty']._refresh_for_files(self)
        if (self.company_id.pharma_flow_auto_post and self.ok_count == self.row_count
                and not self.warning_count):
            self.action_post()

    def _get_fault_message(self):
        return self.env._(
            "Reading %s stopped for a reason that lies in this program, not in the file. The"
            " administrator finds it in the server's log. Nothing of the file was kept; it can"
            " be read again.", self.name)

    def _import_lines(self, data):
        """Read, stage, resolve and store all rows.

        :param bytes data: the file
        :return: dict phase -> seconds
        """
        clock = time.monotonic()
        seconds = {}

        def done(phase, percent):
            nonlocal clock
            seconds[phase] = time.monotonic() - clock
            clock = time.monotonic()
            self._report_progress(percent)

        self._delete_lines()
        self._set_result(has_own_period=not (self.date_from or self.date_to))
        self._report_progress(5)
        sheets = self._read_sheets(data, self.name)
        done('read', 35)
        flow = self._parse_sheets(sheets)
        if not (self.date_from or self.date_to) and flow.period[0]:
            self.write({'date_from': flow.period[0], 'date_to': flow.period[1]})
        done('parse', 45)
        stage = self.env['pharma.flow.stage']
        keys = stage._fill(self, flow.rows)
        done('stage', 60)
        stage._resolve(self, keys)
        done('resolve', 75)
        stage._store(self)
        done('store', 90)
        self.env['pharma.alias']._count_flow_rows(
            self, 1, SQL("a.id NOT IN (SELECT alias_id FROM pharma_flow_counted)"))
        self._note_result(flow)
        self.env['pharma.flow.layout']._remember(self, sheets, flow.layouts)
        self._refresh_checks()
        done('names', 95)
        _logger.info("Flow file %s (%d): %d rows, seconds: %s", self.name, self.id, len(flow.rows),
                     seconds)
        return seconds

    def _parse_sheets(self, sheets):
        """Find the rows in the sheets, or say what the file lacks."""
        period = (self.date_from, self.date_to) if self.date_from and self.date_to else (None, None)
        memory = self.env['pharma.flow.layout']
        try:
            return read_flow(
                sheets, self.kind or None, name=self.name, period=period,
                layouts=memory._get_layouts(self.distributor_id, self.company_id),
                known=memory._get_known_products(), answers=self.answers)
        except FlowError as error:
            raise FlowQuestion(
                self.env['pharma.flow.message']._flow_error_message(error, self.name),
                describe_sheets(sheets, error.layouts)) from error

    def _note_result(self, flow):
        """Write down the figures, the period and what was left out."""
        labels = self._get_skip_labels()
        listed = [
            self.env._("%(sheet)s row %(row)s (%(reason)s): %(text)s",
                       sheet=skipped.sheet_name or self.name, row=skipped.row_number,
                       reason=labels[skipped.reason], text=skipped.text)
            for skipped in flow.skipped_rows]
        totals = [f"{labels[reason]}: {count}" for reason, count in flow.skipped.items()]
        figures = self._refresh_counts().get(self.id, {})
        self._set_result(
            skipped_count=sum(flow.skipped.values()),
            skipped_text="\n".join([", ".join(totals), *listed]),
            change_text=self.env['pharma.flow.message']._change_text(flow.layouts) or False,
            **self._prepare_total_vals(flow.totals))
        self.write({
            'date_from': self.date_from or figures.get('first_date'),
            'date_to': self.date_to or figures.get('last_date'),
        })

    def _prepare_total_vals(self, totals):
        """What the file's own totals say about its rows.

        :param list totals: of tools.flow_totals.Total
        """
        wrong = [total for total in totals if not total.ok]
        message = self.env['pharma.flow.message']
        lines = [message._total_text(total, self.name) for total in wrong[:TOTALS_LISTED]]
        if len(wrong) > TOTALS_LISTED:
            lines.append(self.env._("and %s more", len(wrong) - TOTALS_LISTED))
        return {
            'total_state': 'differs' if wrong else 'ok' if totals else 'none',
            'total_text': "\n".join(lines) or False,
        }

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
        :raise FlowCancelled: when somebody wants it to stop
        """
        with self._open_progress() as progress:
            is_cancelled = progress._set(self.id, percent)
        if is_cancelled:
            raise FlowCancelled

    def _ask_to_stop(self):
        """Tell the job that reads the file to stop at its next step."""
        with self._open_progress() as progress:
            progress._cancel(self.id)

    @contextlib.contextmanager
    def _open_progress(self):
        """The progress in a short transaction of its own, which holds up nobody."""
        with self.env.registry.cursor() as cr:
            # sudo: nobody reads or writes the progress by himself
            yield self.env['pharma.flow.progress'].with_env(
                api.Environment(cr, self.env.uid, {})).sudo()
