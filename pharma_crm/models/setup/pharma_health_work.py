from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain

from ..list_import.pharma_import_mixin import FAILED, QUEUED, READY
from .pharma_health_check import BAD, GOOD, LOOK, Check

# A job that waits for so long, or works for so long, is stuck; minutes.
WAITING_MINUTES = 30
WORKING_MINUTES = 240
# A scheduled action that is late by so much does not run; minutes.
LATE_MINUTES = 120
# A checked list that nobody imports is forgotten after so many days.
FORGOTTEN_DAYS = 7


class PharmaHealthCheck(models.Model):
    """Jobs, scheduled actions and imports."""

    _inherit = 'pharma.health.check'

    @api.model
    def _get_health_checks(self):
        env = self.env
        section = env._("Background Work")
        return [
            *super()._get_health_checks(),
            Check('jobs_failed', section, env._("Failed Jobs"), env._(
                "Work in the background that ended with an error: its records were not changed.")),
            Check('jobs_stuck', section, env._("Stuck Jobs"), env._(
                "Work that waits or runs for too long: the job runner may stand still.")),
            Check('crons', section, env._("Scheduled Actions"), env._(
                "What runs by itself every day: lifecycle, posts, territories of today.")),
            Check('imports', section, env._("Imports"), env._(
                "Lists that failed, wait for nothing, or were checked and forgotten.")),
        ]

    # === JOBS === #

    @api.model
    def _jobs_button(self, domain):
        return self._open_button(self.env._("Open Jobs"), 'queue.job', domain)

    @api.model
    def _check_jobs_failed(self):
        # sudo: jobs belong to administrators of Odoo, here they are counted
        jobs = self.env['queue.job'].sudo()
        domain = [('state', '=', 'failed')]
        count = jobs.search_count(domain)
        if not count:
            return self._result(GOOD, self.env._("No job has failed."))
        last = jobs.search(domain, order='date_created DESC', limit=1)
        return self._result(BAD, self.env._(
            "%(count)s jobs have failed, the last one: %(name)s.", count=count, name=last.name),
            [self._jobs_button(domain)])

    @api.model
    def _check_jobs_stuck(self):
        now = fields.Datetime.now()
        waiting = now - timedelta(minutes=WAITING_MINUTES)
        domain = (
            Domain('state', 'in', ('pending', 'enqueued')) & Domain('date_created', '<', waiting)
            & (Domain('eta', '=', False) | Domain('eta', '<', waiting))
        ) | Domain('state', '=', 'started') & Domain(
            'date_started', '<', now - timedelta(minutes=WORKING_MINUTES))
        # sudo: jobs belong to administrators of Odoo, here they are counted
        count = self.env['queue.job'].sudo().search_count(domain)
        if not count:
            return self._result(GOOD, self.env._("No job waits or works for too long."))
        return self._result(BAD, self.env._(
            "%(count)s jobs wait for more than %(waiting)s or work for more than %(working)s"
            " minutes. Is the job runner started (server_wide_modules, section [queue_job])?",
            count=count, waiting=WAITING_MINUTES, working=WORKING_MINUTES),
            [self._jobs_button(list(domain))])

    # === SCHEDULED ACTIONS === #

    @api.model
    def _get_suite_crons(self):
        """The scheduled actions of the suite's addons, switched off ones too, as superuser."""
        # sudo: scheduled actions belong to administrators of Odoo
        ids = self.env['ir.model.data'].sudo().search([
            ('model', '=', 'ir.cron'), ('module', '=like', r'pharma\_%')]).mapped('res_id')
        return self.env['ir.cron'].sudo().with_context(active_test=False).browse(ids).exists()

    @api.model
    def _get_troubled_crons(self):
        """Scheduled actions that fail, are late, or are switched off though they are ours.

        :return: three recordsets, as superuser
        """
        crons = self.env['ir.cron'].sudo().search([])
        late = fields.Datetime.now() - timedelta(minutes=LATE_MINUTES)
        return (
            crons.filtered(lambda cron: cron.failure_count),
            crons.filtered(lambda cron: cron.nextcall < late),
            self._get_suite_crons().filtered(lambda cron: not cron.active))

    @api.model
    def _check_crons(self):
        failing, late, off = self._get_troubled_crons()
        troubled = failing | late | off
        if not troubled:
            return self._result(GOOD, self.env._(
                "All run in time, %s of them of this suite.", len(self._get_suite_crons())))
        message = self.env._(
            "%(failing)s fail, %(late)s are late by more than %(minutes)s minutes, %(off)s of this"
            " suite are switched off: %(names)s",
            failing=len(failing), late=len(late), minutes=LATE_MINUTES, off=len(off),
            names=", ".join(troubled.mapped('name')[:5]))
        return self._result(BAD if failing | late else LOOK, message, [self._open_button(
            self.env._("Open Scheduled Actions"), 'ir.cron', [('id', 'in', troubled.ids)],
            {'active_test': False})])

    # === IMPORTS === #

    @api.model
    def _get_import_models(self):
        """Models with ``pharma.import.mixin`` that are looked at.

        :rtype: list[str]
        """
        names = self.env.registry.descendants(['pharma.import.mixin'], '_inherit')
        return sorted(name for name in names if not self.env[name]._abstract)

    @api.model
    def _check_imports(self):
        texts, buttons, state = [], [], GOOD
        forgotten = fields.Datetime.now() - timedelta(days=FORGOTTEN_DAYS)
        for name in self._get_import_models():
            imports = self.env[name]
            failed = imports.search([('state', '=', FAILED)])
            waiting = imports.search([('state', '=', READY), ('write_date', '<', forgotten)])
            stuck = imports.search([('state', '=', QUEUED)]).filtered(
                lambda record: not self._has_live_job(f'{record._name}-{record.id}-%'))
            if not failed | waiting | stuck:
                continue
            state = BAD if stuck or state == BAD else LOOK
            label = imports._description
            texts.append(self.env._(
                "%(kind)s: %(failed)s failed, %(stuck)s wait for a job that is gone, %(waiting)s"
                " checked and not imported.", kind=label, failed=len(failed), stuck=len(stuck),
                waiting=len(waiting)))
            buttons.append(self._open_button(
                label, name, [('id', 'in', (failed | waiting | stuck).ids)]))
        return self._result(
            state, "\n".join(texts) or self.env._("No import failed or was left behind."), buttons)
