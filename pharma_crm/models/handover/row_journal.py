"""What happened to rows of the database, line by line, and the way back."""

import json
from collections import defaultdict

from psycopg2 import IntegrityError

from odoo.tools import SQL, mute_logger

#: Of every row, and nobody's decision
IGNORED = ('write_uid', 'write_date')


def read_rows(records):
    """The rows of records as the database has them.

    :param records: flushed
    :return: id -> column -> value as JSON has it
    :rtype: dict(int, dict)
    """
    if not records:
        return {}
    return dict(records.env.execute_query(SQL(
        "SELECT t.id, to_jsonb(t) - %s::text[] FROM %s t WHERE t.id = ANY(%s)",
        list(IGNORED), SQL.identifier(records._table), records.ids)))


class RowJournal:
    """Notes what a change does to rows.

    How to use: ``watch`` rows before they change, ``add`` those that were made, ``remove`` those
    that will be deleted, ``link`` what changes in the table of a many2many field; in the end
    ``close`` returns the entries of each line, for :class:`RowRestore`. All keys are the lines'.

    An entry is ``['row', model, id, before, after]`` with the columns that differ; no ``before``:
    it was made, no ``after``: deleted; or ``['link', model, field, id, old, new]`` with ids of the
    other side, or none.
    """

    def __init__(self, env):
        self.env = env
        self.before = defaultdict(dict)     # model -> id -> row
        self.owner = {}                     # (model, id) -> key of the line
        self.entries = defaultdict(list)    # key of the line -> entries

    def watch(self, records, keys):
        """Note rows before they change.

        :param records: flushed
        :param keys: of the line that each of them belongs to
        """
        self.before[records._name].update(read_rows(records))
        self.owner.update(
            ((records._name, record_id), key)
            for record_id, key in zip(records.ids, keys, strict=True))

    def add(self, records, keys, columns):
        """Note rows that were made.

        :param records: flushed
        :param keys: of the line that each of them belongs to
        :param columns: names of those that tell later whether somebody changed the row
        """
        rows = read_rows(records)
        for record_id, key in zip(records.ids, keys, strict=True):
            after = {name: rows[record_id][name] for name in columns}
            self.entries[key].append(['row', records._name, record_id, None, after])

    def remove(self, records, keys):
        """Note rows before they are deleted."""
        rows = read_rows(records)
        for record_id, key in zip(records.ids, keys, strict=True):
            self.entries[key].append(['row', records._name, record_id, rows[record_id], None])

    def link(self, field, changes):
        """Note changes in the table of a many2many field.

        :param field: the field
        :param changes: tuples (key of the line, id, old other id or None, new one or None)
        """
        for key, record_id, old, new in changes:
            self.entries[key].append(
                ['link', field.model_name, field.name, record_id, old, new])

    def close(self):
        """Compare what was watched with what stands there now.

        :return: key of the line -> entries
        :rtype: dict
        """
        for model, rows in self.before.items():
            now = read_rows(self.env[model].browse(rows))
            for record_id, row in rows.items():
                columns = [name for name, value in row.items()
                           if record_id in now and now[record_id][name] != value]
                if columns:
                    self.entries[self.owner[model, record_id]].append([
                        'row', model, record_id, {name: row[name] for name in columns},
                        {name: now[record_id][name] for name in columns}])
        return self.entries


class RowRestore:
    """Takes entries of :class:`RowJournal` back, as many as nobody changed since.

    A line comes back as a whole or not at all: each of its rows must still hold in the deciding
    columns what the change left there, and the database must take it back. Other columns that
    somebody changed since stay changed.
    """

    def __init__(self, env, lines, deciding):
        """
        :param env: as superuser, flushed
        :param dict lines: key of the line -> entries
        :param deciding: names of columns that say whose a row is
        """
        self.env = env
        self.lines = lines
        self.deciding = set(deciding)
        self.now = {}           # model -> id -> row
        self.linked = set()     # (model, field, id, other id) that stand there

    def restore(self):
        """Write back what can be.

        :return: keys of the lines that were changed since, and stay
        :rtype: set
        """
        self._read()
        changed = {key for key, entries in self.lines.items()
                   if not all(map(self._is_untouched, entries))}
        return changed | self._restore_lines([key for key in self.lines if key not in changed])

    def _restore_lines(self, keys):
        """Write lines back; where the database refuses, as when somebody made the same thing anew,
        halves of them, until those that it refuses are known.

        :return: keys of the lines that it refused
        :rtype: set
        """
        try:
            with self.env.cr.savepoint(), mute_logger('odoo.sql_db'):
                self._write_back([entry for key in keys for entry in self.lines[key]])
            return set()
        except IntegrityError:
            if len(keys) == 1:
                return set(keys)
        half = len(keys) // 2
        return self._restore_lines(keys[:half]) | self._restore_lines(keys[half:])

    def _write_back(self, entries):
        rows = [entry for entry in entries if entry[0] == 'row']
        self._delete([entry for entry in rows if entry[3] is None])
        self._insert([entry for entry in rows if entry[4] is None])
        self._update([entry for entry in rows if entry[3] is not None and entry[4] is not None])
        self._relink([entry for entry in entries if entry[0] == 'link'])
        self.env.flush_all()

    def _read(self):
        rows, links = defaultdict(set), defaultdict(set)
        for entries in self.lines.values():
            for what, model, *rest in entries:
                if what == 'row':
                    rows[model].add(rest[0])
                else:
                    links[model, rest[0]].add(rest[1])
        for model, ids in rows.items():
            self.now[model] = read_rows(self.env[model].browse(ids))
        for (model, name), ids in links.items():
            field = self.env[model]._fields[name]
            self.linked.update((model, name, *row) for row in self.env.execute_query(SQL(
                "SELECT %(one)s, %(other)s FROM %(table)s WHERE %(one)s = ANY(%(ids)s)",
                one=SQL.identifier(field.column1), other=SQL.identifier(field.column2),
                table=SQL.identifier(field.relation), ids=list(ids))))

    def _is_untouched(self, entry):
        if entry[0] == 'link':
            _what, model, name, record_id, old, new = entry
            return (model, name, record_id, old) not in self.linked and (
                not new or (model, name, record_id, new) in self.linked)
        _what, model, record_id, before, after = entry
        row = self.now[model].get(record_id)
        if after is None:
            return row is None
        if row is None:
            return False
        columns = after.keys() if before is None else self.deciding & after.keys() or after.keys()
        return all(row[name] == after[name] for name in columns)

    def _by_model(self, entries):
        groups = defaultdict(list)
        for entry in entries:
            groups[entry[1]].append(entry)
        return groups.items()

    def _delete(self, entries):
        for model, found in self._by_model(entries):
            self.env[model].browse(entry[2] for entry in found).unlink()

    def _insert(self, entries):
        for model, found in self._by_model(entries):
            table = SQL.identifier(self.env[model]._table)
            self.env.cr.execute(SQL(
                """ INSERT INTO %(table)s
                    SELECT * FROM jsonb_populate_recordset(NULL::%(table)s, %(rows)s)
                        ON CONFLICT DO NOTHING """,
                table=table, rows=json.dumps([entry[3] for entry in found])))
            self.env[model].browse(entry[2] for entry in found).modified(
                list(self.env[model]._fields))

    def _update(self, entries):
        written = []        # (records, columns)
        for model, found in self._by_model(entries):
            written += self._write_changes(model, {
                record_id: {name: value for name, value in before.items()
                            if self.now[model][record_id][name] == after[name]}
                for _what, _model, record_id, before, after in found})
        # What hangs on these in other tables follows; the rows themselves are as they were,
        # whatever would follow in them from what stands elsewhere now
        protected = [
            ([field for field in records._fields.values() if field.store and field.compute],
             records) for records, _columns in written]
        with self.env.protecting(protected):
            for records, columns in written:
                records.modified(columns)
            self.env.flush_all()

    def _write_changes(self, model, changes):
        """Write columns of rows, in one statement for all that differ in the same ones.

        :param dict changes: id -> column -> value
        :return: list of (records, columns)
        """
        groups = defaultdict(list)
        for record_id, values in changes.items():
            if values:
                groups[tuple(sorted(values))].append({'id': record_id, **values})
        written = []
        for columns, rows in groups.items():
            records = self.env[model].browse(row['id'] for row in rows)
            self._write(records, columns, rows)
            written.append((records, columns))
        return written

    def _write(self, records, columns, rows):
        table = SQL.identifier(records._table)
        assignments = SQL(", ").join([
            SQL("%s = was.%s", SQL.identifier(name), SQL.identifier(name)) for name in columns])
        self.env.cr.execute(SQL(
            """ UPDATE %(table)s SET %(assignments)s
                  FROM jsonb_populate_recordset(NULL::%(table)s, %(rows)s) was
                 WHERE %(table)s.id = was.id """,
            table=table, assignments=assignments, rows=json.dumps(rows)))
        records.invalidate_recordset(flush=False)

    def _relink(self, entries):
        groups = defaultdict(list)
        for _what, model, name, record_id, old, new in entries:
            groups[model, name].append((record_id, old, new))
        for (model, name), changes in groups.items():
            field = self.env[model]._fields[name]
            names = {'table': SQL.identifier(field.relation), 'one': SQL.identifier(field.column1),
                     'other': SQL.identifier(field.column2)}
            gone = [(one, new) for one, _old, new in changes if new]
            back = [(one, old) for one, old, _new in changes if old]
            self.env.cr.execute(SQL(
                """ DELETE FROM %(table)s USING unnest(%(ones)s::int[], %(others)s::int[]) g(a, b)
                     WHERE %(one)s = g.a AND %(other)s = g.b """,
                ones=[one for one, _other in gone], others=[other for _one, other in gone],
                **names))
            self.env.cr.execute(SQL(
                """ INSERT INTO %(table)s (%(one)s, %(other)s)
                    SELECT * FROM unnest(%(ones)s::int[], %(others)s::int[]) g(a, b)
                     WHERE EXISTS (SELECT FROM %(main)s WHERE id = g.a)
                        ON CONFLICT DO NOTHING """,
                main=SQL.identifier(self.env[model]._table),
                ones=[one for one, _other in back], others=[other for _one, other in back],
                **names))
            self.env[model].browse(one for one, *_rest in changes).invalidate_recordset(
                [name], flush=False)
