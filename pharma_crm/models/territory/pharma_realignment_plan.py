import time
from collections import Counter

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ...tools.alignment_plan import CHANGED, REFUSED, Row, Wanted, diff, refuse_doubles
from .pharma_realignment import DONE, DRAFT, UNDONE

# How many customers a message names.
EXAMPLES = 3


class PharmaRealignment(models.Model):
    """The plan of a re-alignment: made, kept as preview, applied, taken back."""

    _inherit = 'pharma.realignment'

    # === PLAN === #

    def _make_plan(self):
        """Decide what happens to every customer meant, by what stands in the database now.

        :return: list of ``tools.alignment_plan.Wanted``
        :raise UserError: when nobody is meant, or a list cannot be read
        """
        wanted = self._get_wanted()
        refuse_doubles(wanted)
        alignments = self.env['pharma.alignment']
        rows = alignments._get_rows([item.partner for item in wanted], self.company_id)
        managed = self.env['pharma.access']._get_managed()
        for item in wanted:
            item.stored = rows.get((item.partner, item.line), [])
            if not item.reason:
                item.plan(map(Row.from_values, item.stored))
                self._refuse_unmanaged(item, managed)
        return wanted

    def _refuse_unmanaged(self, item, managed):
        """Whoever does not divide everything may only move customers within what he manages.

        :param Wanted item: planned
        :param managed: set of (territory id, line id or 0), or None: everything
        """
        if managed is None:
            return
        outside = {
            territory for territory in item.touched_territories() | {item.territory}
            if (territory, 0) not in managed and (territory, item.line) not in managed}
        if outside:
            reason = 'target_not_managed' if item.territory in outside else 'source_not_managed'
            names = self.env['pharma.territory'].browse(sorted(outside)).mapped('name')
            item.refuse(reason, ", ".join(names))

    # === PREVIEW === #

    def _forget_preview(self):
        """The preview no longer holds."""
        self._drop_lines()
        # sudo: the state is written by these methods alone
        self.sudo().write({'state': DRAFT})

    def _store_plan(self, plan):
        """Keep a plan as the lines of this re-alignment."""
        self._forget_preview()
        values = [{
            'realignment_id': self.id, 'partner_id': item.partner or None,
            'name': item.name,
            'product_line_id': item.line or None, 'territory_id': item.territory or None,
            'from_territory_id': next(
                (row.territory for row in item.before if row.holds(item.day)), None),
            'date_from': item.day.isoformat() if item.day else None,
            'result': item.result, 'reason': item.reason or None, 'detail': item.detail or None,
            'sheet_name': item.sheet or None, 'row_number': item.number or None,
            'journal': self._prepare_journal(item),
        } for item in plan]
        self._insert_lines(values)

    def _prepare_journal(self, item):
        if item.result not in CHANGED:
            return None
        return {'before': item.stored, 'after': [row.to_json() for row in item.after]}

    def _read_plan(self):
        """The plan as it was kept, for comparison and for taking it back.

        :return: list of ``tools.alignment_plan.Wanted``
        """
        plan = []
        for (partner, line, territory, day, result, reason, sheet, number, journal, name
             ) in self.env.execute_query(SQL(
                 """ SELECT partner_id, product_line_id, territory_id, date_from, result, reason,
                            sheet_name, row_number, journal, name
                       FROM pharma_realignment_line WHERE realignment_id = %s ORDER BY id """,
                 self.id)):
            item = Wanted(
                partner=partner or 0, line=line or 0, territory=territory or 0, day=day,
                result=result, reason=reason or '', sheet=sheet or '', number=number or 0,
                name=name or '')
            if journal:
                item.stored = journal['before']
                item.before = list(map(Row.from_values, journal['before']))
                item.after = list(map(Row.from_json, journal['after']))
            plan.append(item)
        return plan

    # === APPLY === #

    def _apply(self):
        """Do what the preview told.

        :raise UserError: when it no longer holds; nothing is done then
        """
        start = time.monotonic()
        promised = self._read_plan()
        self._lock(promised)
        plan = self._make_plan()
        self._check_same(promised, plan)
        changed = [item for item in plan if item.result in CHANGED]
        if not changed:
            raise UserError(self.env._("No customer would change: there is nothing to apply."))
        self.env['pharma.alignment']._write_plan(changed, self.company_id, self.method)
        # sudo: the state is written by these methods alone
        self.sudo().write({
            'state': DONE, 'done_on': fields.Datetime.now(), 'done_by_id': self.env.uid,
            'seconds': time.monotonic() - start})
        self.message_post(body=self.env._(
            "%(changed)s customers re-aligned, %(stay)s stay, %(refused)s refused.",
            changed=len(changed), stay=self.stay_count, refused=self.refused_count))

    def _lock(self, plan):
        """One at a time: this re-alignment, and its customers.

        :raise UserError: when somebody else works on them at this moment
        """
        if not self.try_lock_for_update():
            raise UserError(self.env._("Somebody else applies or takes back this re-alignment."))
        partners = self.env['res.partner'].browse({item.partner for item in plan if item.partner})
        if not self.env['pharma.alignment']._lock_customers(partners):
            raise UserError(self.env._(
                "Somebody changes one of these customers at this moment. Nothing was done: try"
                " again."))

    def _check_same(self, promised, plan):
        """Refuse what people have not seen."""
        before, now = (Counter(item.key() for item in items) for items in (promised, plan))
        differing = {key for key in before.keys() | now.keys() if before[key] != now[key]}
        if differing:
            names = dict.fromkeys(
                item.name for item in (*plan, *promised) if item.key() in differing)
            raise UserError(self.env._(
                "Something changed since the preview, for %(count)s customers (%(examples)s)."
                " Nothing was done: preview again.",
                count=len(names), examples=", ".join(list(names)[:EXAMPLES])))

    # === UNDO === #

    def _undo(self):
        """Write all alignments as they were before.

        :raise UserError: when somebody changed them since; nothing is done then
        """
        plan = [item for item in self._read_plan() if item.result in CHANGED]
        self._lock(plan)
        rows = self.env['pharma.alignment']._get_rows(
            [item.partner for item in plan], self.company_id)
        now = [list(map(Row.from_values, rows.get((item.partner, item.line), ())))
               for item in plan]
        self._check_undo(plan, now)
        stored = {values['id']: values for item in plan for values in item.stored}
        changes = [diff(there, item.before) for item, there in zip(plan, now, strict=True)]
        alignments = self.env['pharma.alignment']
        alignments._delete_rows([row_id for change in changes for row_id in change.deleted])
        alignments._restore_rows([stored[row.id] for change in changes for row in change.updated])
        alignments._insert_rows([stored[row.id] for change in changes for row in change.created])
        alignments._after_rows_written([item.partner for item in plan])
        # sudo: the state is written by these methods alone
        self.sudo().state = UNDONE
        self.message_post(body=self.env._(
            "Taken back: %s customers have the territories that they had before.", len(plan)))

    def _check_undo(self, plan, now):
        """Refuse to overwrite what was done since, and what the user may not decide.

        :param plan: list of ``Wanted`` that were applied
        :param now: for each of them the customer's rows as they are
        """
        differing = [
            item.name for item, rows in zip(plan, now, strict=True)
            if not item.is_applied(rows)]
        if differing:
            raise UserError(self.env._(
                "The territories of %(count)s customers were changed since (%(examples)s), so this"
                " re-alignment cannot be taken back. Move them by a new one.",
                count=len(differing), examples=", ".join(differing[:EXAMPLES])))
        ids = {territory for item in plan for territory in item.touched_territories()}
        territories = self.env['pharma.territory'].sudo().browse(ids).exists()
        if len(territories) < len(ids) or not all(territories.mapped('active')):
            raise UserError(self.env._(
                "A former territory was archived or deleted since: restore it first."))
        managed = self.env['pharma.access']._get_managed()
        for item in plan:
            self._refuse_unmanaged(item, managed)
            if item.result == REFUSED:
                raise UserError(self.env._(
                    "You do not manage all territories of this re-alignment (%s).", item.detail))
