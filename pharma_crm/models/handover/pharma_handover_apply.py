import json
from collections import Counter

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from .pharma_handover import DONE, DRAFT, PLANNED, RUNNING, UNDONE
from .pharma_handover_plan import MOVE
from .row_journal import RowRestore

# How many things a message names.
EXAMPLES = 3


class PharmaHandover(models.Model):
    """A handover is done, and taken back."""

    _inherit = 'pharma.handover'

    # === APPLY === #

    def _apply(self):
        """Do what the preview told, today or on its day.

        :return: a notice, when something changed since the preview
        :raise UserError: when nothing would move, or somebody else is at it
        """
        self._lock()
        promised = self._read_plan()
        differing = self._find_differing(promised, self._make_plan())
        if differing:
            self._store_plan(self._make_plan(tried=True))
            return self._tell_changed(differing)
        if not any(item.result == MOVE for item in promised) and self.duration == 'permanent':
            raise UserError(self.env._("Nothing would move: there is nothing to apply."))
        # sudo: state and planner are written by these methods alone
        self.sudo().write({'state': PLANNED, 'planned_by_id': self.env.uid, 'error': False})
        if self.duration == 'temporary':
            self._make_delegation()
        if self.date_from <= self._get_today():
            self._run(promised)
        return None

    def _get_today(self):
        return self.env['pharma.access'].with_company(self.company_id)._get_today()

    def _run(self, plan):
        """Move what the plan says; the successors must see all of it.

        :raise UserError: when one of them does not; nothing is done then
        """
        moving = [item for item in plan if item.result == MOVE]
        entries = self._move(moving, max(self.date_from, self._get_today()))
        blind = self._find_blind(moving)
        if blind:
            raise UserError(self.env._(
                "Something changed since the preview: the successors may not see %(count)s things"
                " (%(examples)s). Nothing was done: preview again.",
                count=len(blind), examples=self._name_examples(blind)))
        self._write_lines(moving, entries)
        self._after_rows([entry for found in entries.values() for entry in found])
        # sudo: as above
        self.sudo().write({
            'state': RUNNING if self.duration == 'temporary' else DONE, 'error': False,
            'done_on': fields.Datetime.now(), 'done_by_id': self.env.uid})
        self._tell_done(moving)

    def _lock(self):
        """One at a time: this handover, and the people in it.

        :raise UserError: when somebody else hands over for one of them at this moment
        """
        people = self.sudo().user_id | self.sudo().to_user_id | (
            self.sudo().kind_ids.other_user_id | self.sudo().line_ids.to_user_id)
        locked = people.try_lock_for_update(allow_referencing=True)
        if not self.try_lock_for_update() or locked != people:
            raise UserError(self.env._(
                "Somebody else hands over the work of one of these people at this moment. Nothing"
                " was done: try again."))

    def _find_differing(self, promised, plan):
        """What people have not seen.

        :rtype: list[Item]
        """
        before, now = (Counter(item.promise() for item in items) for items in (promised, plan))
        differing = {key for key in before.keys() | now.keys() if before[key] != now[key]}
        things = {item.promise()[:2]: item for item in (*promised, *plan)
                  if item.promise() in differing}
        return list(things.values())

    def _name_examples(self, items):
        labels = dict(self._select_kinds())
        return ", ".join(item.name or labels[item.key] for item in items[:EXAMPLES])

    def _tell_changed(self, differing):
        """A notice that the preview was made anew; nothing was done."""
        message = self.env._(
            "Something changed since the preview: %(count)s things (%(examples)s). Nothing was"
            " done. The preview is made anew: look at it and apply again.",
            count=len(differing), examples=self._name_examples(differing))
        return {
            'type': 'ir.actions.client', 'tag': 'display_notification', 'params': {
                'type': 'warning', 'sticky': True, 'message': message,
                'next': {'type': 'ir.actions.client', 'tag': 'soft_reload'}},
        }

    def _write_lines(self, items, entries):
        """Keep on the lines what was done."""
        rows = [{'key': item.key, 'res_id': item.record,
                 'journal': entries.get((item.key, item.record), [])} for item in items]
        self.env['pharma.handover.line'].flush_model()
        self.env.cr.execute(SQL(
            """ UPDATE pharma_handover_line line
                   SET result = 'moved', journal = given.journal, write_date = %(now)s,
                       write_uid = %(user)s
                  FROM jsonb_to_recordset(%(rows)s) given(key text, res_id int, journal jsonb)
                 WHERE line.handover_id = %(handover)s AND line.key = given.key
                   AND line.res_id = given.res_id """,
            rows=json.dumps(rows), handover=self.id, now=self.env.cr.now(), user=self.env.uid))
        self.env['pharma.handover.line'].invalidate_model()
        self.invalidate_recordset()

    # === UNDO === #

    def _undo(self):
        """Give everything back that nobody changed since.

        :raise UserError: when that is nothing
        """
        self._lock()
        if not self.sudo().user_id.active:
            raise UserError(self.env._(
                "%s is archived: nothing can go back to him. Hand over to somebody else instead.",
                self.sudo().user_id.name))
        kept = self._give_back()
        if self.duration == 'temporary':
            self._end_delegation()
        elif kept and not self.line_ids.filtered(lambda line: line.result == 'returned'):
            raise UserError(self.env._(
                "Everything was changed since (%s): nothing can be given back. Hand it over by a"
                " new handover.", ", ".join(kept[:EXAMPLES])))
        # sudo: the state is written by these methods alone
        self.sudo().write({'state': UNDONE, 'ended_on': fields.Datetime.now()})
        self._tell_back(kept)

    def _give_back(self):
        """Run the journal backwards.

        :return: names of what was changed since and stays
        :rtype: list(str)
        """
        # sudo: the journal is not for reading
        lines = self.sudo().line_ids.filtered(lambda line: line.result == 'moved')
        journals = {line.id: line.journal or [] for line in lines}
        self.env.flush_all()
        changed = RowRestore(
            self.sudo().env, journals, self._get_deciding_columns()).restore()
        stay = lines.filtered(lambda line: line.id in changed)
        stay.write({'result': 'skipped', 'refusal': 'changed'})
        (lines - stay).write({'result': 'returned'})
        self._after_rows([entry for found in journals.values() for entry in found])
        labels = dict(self._select_kinds())
        return [line.name or labels[line.key] for line in stay]

    def _cancel_plan(self):
        """What was planned is a draft again."""
        self._lock()
        self._end_delegation()
        # sudo: the state is written by these methods alone
        self.sudo().write({'state': DRAFT, 'error': False})
        self._close_to_dos()

    def _close_to_dos(self):
        # sudo: the to-do tells what stood in the way, and may be a colleague's
        self.sudo().activity_unlink(['mail.mail_activity_data_todo'])
