import logging
import time
from typing import NamedTuple

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL, plaintext2html

_logger = logging.getLogger(__name__)

GOOD, LOOK, BAD = 'good', 'look', 'bad'
HEALTH_STATES = [
    (GOOD, "Good"),
    (LOOK, "Have a Look"),
    (BAD, "Bad"),
]
# States of a job that will still do something
LIVE_JOBS = ('wait_dependencies', 'pending', 'enqueued', 'started')
# With more contacts than this the long checks and repairs run in the background.
SMALL_DATABASE = 20000


class Check(NamedTuple):
    """One check of the health page, as :meth:`PharmaHealthCheck._get_health_checks` names it."""

    key: str         # never changes: results and activities hang on it
    section: str     # heading on the page, translated
    name: str        # translated
    purpose: str     # one sentence: what is looked at, and why; translated
    #: whether it takes long: it runs at night and on demand, the page shows the last result
    heavy: bool = False


class PharmaHealthCheck(models.Model):
    """The health page, and what the checks found last.

    How to add a check: extend :meth:`_get_health_checks` and write ``_check_<key>``, which returns
    :meth:`_result`. It runs with the rights of the administrator who looks, at night as superuser;
    what it may not read it asks for by sudo, for it tells figures only. Failing is no way out: an
    exception is a bad result.
    """

    _name = 'pharma.health.check'
    _description = "Health Check"
    _inherit = ['mail.thread', 'mail.activity.mixin']
    _rec_name = 'key'
    _mail_post_access = 'read'  # who reads a result may tick off its activity

    _key_uniq = models.UniqueIndex('(key)', "There is one result per check.")

    key = fields.Char(required=True, readonly=True)
    name = fields.Char(compute='_compute_name')
    state = fields.Selection(HEALTH_STATES, readonly=True)
    message = fields.Text(readonly=True)
    buttons = fields.Json(readonly=True)
    checked_on = fields.Datetime(readonly=True)
    seconds = fields.Float(string="Duration (s)", digits=(16, 2), readonly=True)
    queued_on = fields.Datetime(
        string="Asked For On", readonly=True, help="The check waits in the background")

    # === COMPUTE === #

    @api.depends('key')
    @api.depends_context('lang')
    def _compute_name(self):
        names = {check.key: check.name for check in self._get_health_checks()}
        for record in self:
            # What an addon brought that is gone keeps its key
            record.name = names.get(record.key, record.key)

    @api.depends('name')
    def _compute_display_name(self):
        for record in self:
            record.display_name = record.name

    # === HOOK === #

    @api.model
    def _get_health_checks(self):
        """The checks of the health page, in its order; extended by the other addons of the suite.

        :rtype: list[Check]
        """
        return []

    @api.model
    def _result(self, state, message, buttons=()):
        """What a check returns.

        :param str state: GOOD, LOOK or BAD
        :param str message: what was found, in figures
        :param buttons: from :meth:`_open_button` and :meth:`_repair_button`; None is left out
        :rtype: dict
        """
        return {'state': state, 'message': message, 'buttons': [b for b in buttons if b]}

    @api.model
    def _open_button(self, label, model, domain, context=None):
        """A button that opens records, for whoever may read them.

        :return: the button, or None
        """
        if not self.env[model].has_access('read'):
            return None
        return {'label': label, 'action': {
            'type': 'ir.actions.act_window',
            'name': label,
            'res_model': model,
            'views': [[False, 'list'], [False, 'form']],
            'domain': domain,
            'context': {'create': False, **(context or {})},
        }}

    @api.model
    def _repair_button(self, label, key):
        """A button that calls ``_repair_<key>``: something safe that may be done twice."""
        return {'label': label, 'method': 'action_repair', 'args': [key]}

    # === PAGE === #

    @api.model
    def _check_admin(self):
        """Methods of the page can be called by anybody who is logged in: check who it is.

        :raise AccessError: for whoever does not administer the suite
        """
        if not self.env.user.has_group('pharma_crm.group_pharma_crm_admin'):
            raise AccessError(self.env._("Only an administrator of the suite may look at this."))

    @api.model
    def get_page(self):
        """The health page: quick checks are run now, of long ones the last result is shown.

        :return: ``{'sections': [{'name', 'cards': […]}], 'counts': {state: number}}``
        :rtype: dict
        :raise AccessError: for whoever does not administer the suite
        """
        self._check_admin()
        stored = {record.key: record for record in self.search([])}
        sections, counts = {}, {}
        for check in self._get_health_checks():
            card = self._get_card(check, stored.get(check.key))
            counts[card['state']] = counts.get(card['state'], 0) + 1
            sections.setdefault(check.section, []).append(card)
        return {
            'sections': [{'name': name, 'cards': cards} for name, cards in sections.items()],
            'counts': counts,
            'labels': {
                **dict(self._fields['state']._description_selection(self.env)),
                'unknown': self.env._("Not Checked"),
            },
        }

    @api.model
    def _get_card(self, check, stored):
        """What the page shows of one check."""
        card = {'key': check.key, 'name': check.name, 'purpose': check.purpose}
        if not check.heavy:
            return {**card, **self._run_check(check)}
        # One whose job is gone may be asked for again
        waits = bool(stored and stored.queued_on) and self._has_live_job(
            f'{self._name}-%-{check.key}')
        card.update(
            state=stored.state if stored and stored.state else 'unknown',
            message=stored.message if stored and stored.state else self.env._("Not checked yet."),
            buttons=list(stored.buttons or []) if stored else [])
        if stored and stored.checked_on:
            card['checked_on'] = fields.Datetime.to_string(stored.checked_on)
        if waits:
            card['waits'] = True
        else:
            card['buttons'].append({
                'label': self.env._("Check Now"), 'method': 'action_run', 'args': [check.key]})
        return card

    # === RUNNING === #

    @api.model
    def _run_check(self, check):
        """Run one check.

        :param Check check: one of the page
        :return: as of :meth:`_result`, with ``seconds``
        """
        start = time.monotonic()
        try:
            with self.env.cr.savepoint():
                result = getattr(self, f'_check_{check.key}')()
        except Exception as error:
            # One that fails must not hide the others; it is told on the page as well
            _logger.exception("Health check %s", check.key)
            result = self._result(BAD, self.env._("The check itself failed: %s", error))
        return {**result, 'seconds': round(time.monotonic() - start, 3)}

    @api.model
    def _get_check(self, key):
        """One check of the page.

        :raise UserError: when there is none
        """
        for check in self._get_health_checks():
            if check.key == key:
                return check
        raise UserError(self.env._("There is no check \"%s\".", key))

    @api.model
    def _get_record(self, key):
        # sudo: results are written by the checks alone
        records = self.sudo()
        return records.search([('key', '=', key)]) or records.create({'key': key})

    @api.model
    def _store(self, check, result):
        """Keep the result of a check.

        :return: its record, as superuser
        """
        record = self._get_record(check.key)
        record.write({
            'state': result['state'], 'message': result['message'], 'buttons': result['buttons'],
            'seconds': result['seconds'], 'checked_on': fields.Datetime.now(), 'queued_on': False})
        return record

    @api.model
    def _is_small(self):
        """Whether the long checks may be waited for."""
        rows = self.env.execute_query(SQL(
            "SELECT count(*) FROM (SELECT FROM res_partner LIMIT %s) few", SMALL_DATABASE + 1))
        return rows[0][0] <= SMALL_DATABASE

    @api.model
    def action_run(self, key):
        """Run a long check: at once in a small database, else in the background.

        :param str key: of the check
        :raise AccessError: for whoever does not administer the suite
        """
        self._check_admin()
        check = self._get_check(key)
        if self._is_small():
            self._store(check, self._run_check(check))
        else:
            self._enqueue('_job_check', key, check.name)

    @api.model
    def action_repair(self, key):
        """Repair what a check found, where that is safe; then check again.

        :param str key: of a check with a repair
        :raise AccessError: for whoever does not administer the suite
        """
        self._check_admin()
        check = self._get_check(key)
        if not hasattr(self, f'_repair_{key}'):
            raise UserError(self.env._("\"%s\" cannot be repaired by a button.", check.name))
        if not check.heavy or self._is_small():
            self._job_repair(key)
        else:
            self._enqueue('_job_repair', key, check.name)

    @api.model
    def _has_live_job(self, pattern):
        """Whether a job waits or runs.

        :param str pattern: of its identity key, as of LIKE
        """
        # sudo: jobs belong to administrators of Odoo, here is only asked whether one lives
        return bool(self.env['queue.job'].sudo().search_count([
            ('identity_key', '=like', pattern), ('state', 'in', LIVE_JOBS)], limit=1))

    @api.model
    def _enqueue(self, method, key, name):
        self._get_record(key).queued_on = fields.Datetime.now()
        delayed = self.with_delay(
            description=self.env._("Health: %s", name),
            identity_key=f'{self._name}-{method}-{key}')
        getattr(delayed, method)(key)

    @api.model
    def _job_check(self, key):
        """Job: run a long check."""
        check = self._get_check(key)
        self._store(check, self._run_check(check))

    @api.model
    def _job_repair(self, key):
        """Job: repair, and check again."""
        getattr(self, f'_repair_{key}')()
        check = self._get_check(key)
        self._store(check, self._run_check(check))

    # === CRON === #

    @api.model
    def _cron_run_checks(self):
        """Run all checks at night; administrators get an activity for each one that is bad, which
        goes away when it is good again.
        """
        admins = self.env.ref('pharma_crm.group_pharma_crm_admin').all_user_ids.filtered(
            lambda user: user.active and not user._is_superuser())
        checks = self.with_context(lang=admins[:1].lang)
        for check in checks._get_health_checks():
            checks._store(check, checks._run_check(check))._tell(admins)

    def _tell(self, admins):
        """One open activity per administrator as long as the check is bad.

        :param admins: users
        """
        self.ensure_one()
        kind = 'pharma_crm.mail_activity_type_health'
        if self.state != BAD:
            self.activity_unlink([kind])
            return
        told = self.activity_ids.filtered(
            lambda activity: activity.activity_type_id == self.env.ref(kind)).user_id
        for user in admins - told:
            self.activity_schedule(
                kind, summary=self.name, note=plaintext2html(self.message), user_id=user.id)
