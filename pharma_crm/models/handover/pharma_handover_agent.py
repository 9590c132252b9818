import logging
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import SQL

from .pharma_handover import DONE, PLANNED, RUNNING
from .pharma_handover_plan import MOVE

_logger = logging.getLogger(__name__)


class PharmaHandover(models.Model):
    """What happens by itself: handovers whose day has come, and agents for some days.

    An agent sees and does what the person may by a ``pharma.delegation``; to-dos and approvals of
    these days go to him as well, those that come in later too, and come back at the end.
    """

    _inherit = 'pharma.handover'

    # === AGENT === #

    def _make_delegation(self, day=None):
        """The agent acts for the person.

        :param datetime.date day: from this day instead of the first one
        """
        # sudo: managers appoint agents of their people; the right was asked
        delegation = self.env['pharma.delegation'].sudo().create({
            'user_id': self.user_id.id, 'delegate_id': self.to_user_id.id,
            'date_from': day or self.date_from, 'date_to': max(self.date_to, day or self.date_to),
            'company_id': self.company_id.id, 'reason': self.reason})
        self.sudo().delegation_id = delegation

    def _end_delegation(self):
        """The agent no longer acts: from today on; one that has not begun is deleted."""
        # sudo: as above
        delegation = self.sudo().delegation_id
        yesterday = self._get_today() - timedelta(days=1)
        if delegation.date_from and delegation.date_from > yesterday:
            delegation.unlink()
        elif delegation:
            delegation.date_to = min(delegation.date_to, yesterday)

    def _take_more(self):
        """To-dos and approvals that came in since go to the agent as well."""
        known = {(key, record) for key, record in self.env.execute_query(SQL(
            "SELECT key, res_id FROM pharma_handover_line WHERE handover_id = %s", self.id))}
        more = [item for item in self._make_plan()
                if item.result == MOVE and (item.key, item.record) not in known]
        if not more:
            return
        models_by_key = {kind.key: kind.model for kind in self._get_kinds()}
        entries = self._move(more, self._get_today())
        self._insert_lines([{
            'handover_id': self.id, 'key': item.key, 'res_model': models_by_key[item.key],
            'res_id': item.record, 'name': item.name or None, 'to_user_id': item.user,
            'result': MOVE} for item in more])
        self._write_lines(more, entries)

    def _end(self):
        """The days are over: what is still open comes back."""
        kept = self._give_back()
        # sudo: the state is written by these methods alone
        self.sudo().write({'state': DONE, 'ended_on': fields.Datetime.now()})
        self._tell_back(kept)

    # === CRON === #

    @api.model
    def _cron_handover(self):
        """Do what is planned for today, serve agents, bring back what agents had."""
        for handover in self.search([('state', 'in', (PLANNED, RUNNING))], order='id'):
            try:
                with self.env.cr.savepoint():
                    handover._run_due()
            except (AccessError, UserError, ValidationError) as error:
                handover._tell_error(str(error))
            self.env['ir.cron']._commit_progress(1)

    def _run_due(self):
        """Do what this day asks for, with the rights of whoever planned it.

        :raise AccessError: if he may not any more
        :raise UserError: if something stands in the way
        """
        author = self.planned_by_id
        handover = self.with_user(author).with_company(self.company_id).with_context(
            allowed_company_ids=self.company_id.ids, lang=author.lang)
        today = handover._get_today()
        if self.state == RUNNING:
            handover._lock()
            if self.date_to < today:
                handover._end()
            else:
                handover._take_more()
        elif self.date_from <= today:
            handover._run_planned()

    def _run_planned(self):
        """The day has come: by the rules that were chosen, with what the person has today."""
        self._lock()
        if not self.env.user.active:
            raise UserError(self.env._("%s, who planned it, is archived.", self.env.user.name))
        self._check_right()
        self._check_people()
        promised = self._read_plan()
        plan = self._make_plan(tried=True)
        differing = self._find_differing(promised, plan)
        self._store_plan(plan)
        # sudo: the state is written by these methods alone
        self.sudo().state = PLANNED
        self._run(plan)
        if differing:
            self._log_changes(promised, plan)
        self._close_to_dos()

    def _tell_error(self, message):
        """What stands in the way of a planned handover: once, to whoever planned it and to the
        managers.
        """
        _logger.warning("Handover %s was not done: %s", self.id, message)
        if self.error == message:
            return
        self.error = message
        people = self.planned_by_id.filtered('active') or self._get_told_managers()
        for user in people:
            self.activity_schedule(
                'mail.mail_activity_data_todo', user_id=user.id,
                summary=self.env._("Not handed over: %s", self.display_name), note=message)
