from datetime import timedelta
from typing import NamedTuple

from odoo import models
from odoo.tools import SQL

from .row_journal import RowJournal

# What tells that an assignment made here was changed since
ASSIGNMENT_COLUMNS = ('territory_id', 'user_id', 'role', 'product_line_id', 'date_from', 'date_to')


class Move(NamedTuple):
    """What one go moves."""

    day: object     # the first day of the successors
    items: list     # all of it


class PharmaHandover(models.Model):
    """Things change hands, each kind in a few statements.

    Past Odoo's own ``write``: that would send a mail for every one of them, follow every record
    and ask each model's rules about the author, whose right was asked when it was planned. What
    follows from the owner is calculated anew all the same.
    """

    _inherit = 'pharma.handover'

    def _move(self, items, day):
        """Give the records to their successors.

        :param items: that move
        :param datetime.date day: the first day of the successors
        :return: (key, record id) -> entries of ``RowJournal``
        :rtype: dict
        """
        self.env.flush_all()
        journal = RowJournal(self.env)
        # sudo: the right was asked, item by item, when it was planned
        handover = self.sudo()
        for kind in self._get_moving_kinds():
            given = [item for item in items if item.key == kind.key]
            if given:
                getattr(handover, f'_move_{kind.how}')(kind, given, journal, Move(day, items))
        self.env.flush_all()
        self.env['pharma.access']._forget()
        return journal.close()

    def _keys(self, items):
        return [(item.key, item.record) for item in items]

    # === THE USUAL WAY === #

    def _move_owner(self, kind, items, journal, _move):
        """Another person stands in the field."""
        records = self.env[kind.model].browse(item.record for item in items)
        field = records._fields[kind.field]
        if field.type == 'many2many':
            self._move_link(kind, items, journal)
            return
        journal.watch(records, self._keys(items))
        self._set_owner(records, kind.field, [
            self._get_owner(kind, self.env['res.users'].browse(item.user)) for item in items])

    def _set_owner(self, records, name, owners):
        """Write a link on each record.

        :param str name: the field, to users or contacts
        :param list owners: an id for each of the records
        """
        stamp = SQL(", write_uid = %s, write_date = %s", self.env.uid, self.env.cr.now()) if (
            records._log_access) else SQL()
        self.env.cr.execute(SQL(
            """ UPDATE %(table)s SET %(column)s = given.owner %(stamp)s
                  FROM unnest(%(ids)s::int[], %(owners)s::int[]) given(id, owner)
                 WHERE %(table)s.id = given.id """,
            table=SQL.identifier(records._table), column=SQL.identifier(name), stamp=stamp,
            ids=records.ids, owners=owners))
        records.invalidate_recordset([name], flush=False)
        records.modified([name])

    def _move_link(self, kind, items, journal):
        """Another person stands among those in the field."""
        field = self.env[kind.model]._fields[kind.field]
        names = {'table': SQL.identifier(field.relation), 'one': SQL.identifier(field.column1),
                 'other': SQL.identifier(field.column2)}
        ids, users = [item.record for item in items], [item.user for item in items]
        self.env.cr.execute(SQL(
            "DELETE FROM %(table)s WHERE %(one)s = ANY(%(ids)s) AND %(other)s = %(old)s",
            ids=ids, old=self.user_id.id, **names))
        added = {row[0] for row in self.env.execute_query(SQL(
            """ INSERT INTO %(table)s (%(one)s, %(other)s)
                SELECT * FROM unnest(%(ids)s::int[], %(users)s::int[])
                    ON CONFLICT DO NOTHING RETURNING %(one)s """, ids=ids, users=users, **names))}
        journal.link(field, [
            ((item.key, item.record), item.record, self.user_id.id,
             item.user if item.record in added else None) for item in items])
        records = self.env[kind.model].browse(ids)
        records.invalidate_recordset([kind.field], flush=False)

    # === TERRITORIES === #

    def _move_assignment(self, _kind, items, journal, move):
        """The successor is assigned from the day on, the predecessor until the day before."""
        day = move.day
        assignments = self.env['pharma.territory.assignment'].browse(
            item.record for item in items)
        journal.watch(assignments, self._keys(items))
        begun = assignments.filtered(lambda one: one.date_from < day)
        ends = {one: one.date_to for one in begun}
        begun._end(day)
        made, keys = [], []
        for item, assignment in zip(items, assignments, strict=True):
            same = assignments.search([
                ('user_id', '=', item.user), ('role', '=', assignment.role),
                ('territory_id', '=', assignment.territory_id.id),
                ('product_line_id', '=', assignment.product_line_id.id)])
            last = ends[assignment] if assignment in begun else assignment.date_to
            first = day if assignment in begun else assignment.date_from
            same = same.filtered(
                lambda one, first=first, last=last: (not last or one.date_from <= last)
                and (not one.date_to or one.date_to >= first))
            if same:
                self._widen(same[0], first, last, journal, (item.key, item.record))
                if assignment not in begun:
                    journal.remove(assignment, [(item.key, item.record)])
                    assignment.unlink()
            elif assignment in begun:
                made.append({
                    'user_id': item.user, 'territory_id': assignment.territory_id.id,
                    'role': assignment.role, 'product_line_id': assignment.product_line_id.id,
                    'date_from': first, 'date_to': last})
                keys.append((item.key, item.record))
            else:
                assignment.user_id = item.user
        created = assignments.create(made)
        self.env.flush_all()
        journal.add(created, keys, ASSIGNMENT_COLUMNS)

    def _widen(self, assignment, first, last, journal, key):
        """What the successor has already holds at least as long."""
        journal.watch(assignment, [key])
        assignment.write({
            'date_from': min(assignment.date_from, first),
            'date_to': max(assignment.date_to, last) if assignment.date_to and last else False})

    def _move_entered(self, _kind, items, journal, move):
        """Customers that nobody has aligned become the successor's by his territory."""
        homes = {user: self._find_home(user, move.items) for user in {item.user for item in items}}
        alignments = self.env['pharma.alignment'].create([{
            'partner_id': item.record, 'territory_id': homes[item.user].id, 'date_from': move.day,
        } for item in items])
        self.env.flush_all()
        journal.add(alignments, self._keys(items), (
            'partner_id', 'territory_id', 'product_line_id', 'date_from', 'date_to'))

    # === PLANS === #

    def _move_visit(self, kind, items, journal, _move):
        """Calls find the week plan of their new owner, and leave a trip that stays behind."""
        visits = self.env[kind.model].browse(item.record for item in items)
        journal.watch(visits, self._keys(items))
        self._set_owner(visits, kind.field, [item.user for item in items])
        strays = visits.filtered(lambda visit: visit.trip_id.user_id != visit.user_id)
        strays.filtered('trip_id').trip_id = False

    def _move_target(self, _kind, items, journal, _move):
        """The successor is to make the calls that are still wanted; those made stay counted where
        they were made.
        """
        targets = self.env['pharma.cycle.target'].browse(item.record for item in items)
        journal.watch(targets, self._keys(items))
        created = targets.create([{
            'cycle_id': target.cycle_id.id, 'user_id': item.user,
            'partner_id': target.partner_id.id, 'goal': max(target.goal - target.actual, 0),
            'weight': target.weight,
        } for item, target in zip(items, targets, strict=True)])
        for actual, made in targets.grouped('actual').items():
            made.write({'goal': actual})
        self.env.flush_all()
        journal.add(created, self._keys(items), ('user_id', 'goal'))

    # === ODOO === #

    def _move_lead(self, kind, items, journal, _move):
        """Opportunities keep their sales team where the successor is in it; else they get his, which
        Odoo would ask for one by one.
        """
        leads = self.env[kind.model].browse(item.record for item in items)
        journal.watch(leads, self._keys(items))
        team = leads._fields['team_id']
        with self.env.protecting([team], leads):
            self._set_owner(leads, kind.field, [item.user for item in items])
            for alike in leads.grouped(
                    lambda lead: (lead.user_id, lead.team_id, lead.type, lead.company_id)).values():
                before = alike[0].team_id
                alike[0]._compute_team_id()
                alike[0].flush_recordset(['team_id'])
                if alike[0].team_id != before:
                    self._set_owner(alike, 'team_id', [alike[0].team_id.id or None] * len(alike))

    def _move_event(self, kind, items, journal, _move):
        """The successor is organiser, and takes part where the predecessor did."""
        events = self.env[kind.model].browse(item.record for item in items)
        journal.watch(events, self._keys(items))
        self._set_owner(events, kind.field, [item.user for item in items])
        old = self.user_id.partner_id.id
        users = {item.record: self.env['res.users'].browse(item.user) for item in items}
        partners = self.env['calendar.attendee'].search([
            ('event_id', 'in', events.ids), ('partner_id', '=', old)])
        taken = {(row.event_id.id, row.partner_id.id)
                 for row in self.env['calendar.attendee'].search([('event_id', 'in', events.ids)])}
        attendees = partners.filtered(lambda row: (
            row.event_id.id, users[row.event_id.id].partner_id.id) not in taken)
        keys = [('event', row.event_id.id) for row in attendees]
        journal.watch(attendees, keys)
        self._set_owner(attendees, 'partner_id', [
            users[row.event_id.id].partner_id.id for row in attendees])
        field = events._fields['partner_ids']
        self.env.cr.execute(SQL(
            """ UPDATE %(table)s SET %(other)s = given.partner
                  FROM unnest(%(ids)s::int[], %(partners)s::int[]) given(id, partner)
                 WHERE %(one)s = given.id AND %(other)s = %(old)s """,
            table=SQL.identifier(field.relation), one=SQL.identifier(field.column1),
            other=SQL.identifier(field.column2), old=old, ids=attendees.event_id.ids,
            partners=[users[event.id].partner_id.id for event in attendees.event_id]))
        journal.link(field, [
            (('event', event.id), event.id, old, users[event.id].partner_id.id)
            for event in attendees.event_id])
        events.invalidate_recordset(['partner_ids'], flush=False)

    def _move_author(self, kind, items, journal, _move):
        """Odoo sends a scheduled message with the rights of whoever made it."""
        messages = self.env[kind.model].browse(item.record for item in items)
        journal.watch(messages, self._keys(items))
        users = self.env['res.users'].browse([item.user for item in items])
        self._set_owner(messages, kind.field, [user.partner_id.id for user in users])
        self._set_owner(messages, 'create_uid', users._ids)

    def _move_follower(self, kind, items, journal, _move):
        """The successor follows; where he did already, the predecessor no longer does."""
        rows = self.env[kind.model].browse(item.record for item in items)
        partners = {item.record: self.env['res.users'].browse(item.user).partner_id.id
                    for item in items}
        known = {(row.res_model, row.res_id, row.partner_id.id) for row in rows.search([
            ('partner_id', 'in', list(partners.values())),
            ('res_id', 'in', rows.mapped('res_id'))])}
        double = rows.filtered(
            lambda row: (row.res_model, row.res_id, partners[row.id]) in known)
        subtypes = rows._fields['subtype_ids']
        journal.remove(double, [('follower', row.id) for row in double])
        journal.link(subtypes, [
            (('follower', row.id), row.id, subtype, None)
            for row in double for subtype in row.subtype_ids.ids])
        double.unlink()
        single = rows - double
        journal.watch(single, [('follower', row.id) for row in single])
        self._set_owner(single, kind.field, [partners[row.id] for row in single])

    # === AFTERWARDS === #

    def _after_rows(self, entries):
        """What hangs on rows that were written past their models.

        :param entries: of ``RowJournal``
        """
        self.env.invalidate_all()
        self.env['pharma.access']._forget()
        ids = {}
        for what, model, record, *_rest in entries:
            if what == 'row':
                ids.setdefault(model, set()).add(record)
        # sudo: bringing up to date what was decided
        weeks = self.env['pharma.week'].sudo().browse(ids.get('pharma.week', ()))
        visits = self.env['pharma.visit'].sudo().search([
            ('user_id', 'in', self._get_people().ids), ('date', 'in', [
                week.date_from + timedelta(days=number) for week in weeks for number in range(7)])])
        self.env.add_to_compute(visits._fields['week_id'], visits)
        assignments = self.env['pharma.territory.assignment'].sudo().browse(
            ids.get('pharma.territory.assignment', ())).exists()
        assignments._after_change()
        if assignments or 'pharma.cycle.target' in ids:
            self._refresh_cycles()
        self.env.flush_all()

    def _refresh_cycles(self):
        """Targets follow from assignments at once, not only at night."""
        today = self.env['pharma.access'].with_company(self.company_id)._get_today()
        cycle = self.env['pharma.cycle'].sudo()._get_current(self.company_id, today)
        if cycle:
            cycle._refresh(self._get_people().ids)

    def _get_people(self):
        """Whoever gives or gets something.

        :rtype: res.users
        """
        return self.sudo().line_ids.to_user_id | self.sudo().to_user_id | self.sudo().user_id

    def _get_deciding_columns(self):
        """Columns that tell whether a thing is still the successor's.

        :rtype: set(str)
        """
        return {kind.field for kind in self._get_kinds()
                if self.env[kind.model]._fields[kind.field].type == 'many2one'} | {'date_to'}
