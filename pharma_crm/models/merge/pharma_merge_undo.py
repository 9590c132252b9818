from collections import defaultdict

from odoo import fields, models
from odoo.tools import SQL

from .pharma_merge_change import QUIET
from .pharma_merge_line import CREATED, LEFT, MOVED
from .pharma_merge_link import PARTNER, Link


class PharmaMerge(models.Model):
    """How a merge is taken back: its journal from the end to the beginning, whole steps at once.

    A value that was changed since keeps its later change, a row that is gone stays gone; both are
    told.
    """

    _inherit = 'pharma.merge'

    def _undo(self):
        """Restore what the journal holds; rights, deadline and later merges were checked."""
        self.env.flush_all()
        last, pairs = self._get_last_step(), self._get_pairs()
        self.message_id.unlink()
        self._fill_map(pairs)
        restored = self._undo_steps()
        self.env.invalidate_all()
        self._follow_undo(restored)
        # What follows from the links is no part of the journal
        self.env.flush_all()
        self.env.cr.execute(
            "DELETE FROM pharma_merge_line WHERE merge_id = %s AND step > %s", [self.id, last])
        self.env.invalidate_all()
        self._end_run(pairs)
        self.env['pharma.score']._score_later(pairs)
        kept = self.env['pharma.merge.line'].search_count([
            ('merge_id', '=', self.id), ('state', '=', 'kept')])
        # The uid is the person's: only the mode is the superuser's
        self.write({
            'state': 'undone', 'undone_by_id': self.env.uid, 'undone_on': fields.Datetime.now(),
            'kept_count': kept})
        self.message_post(body=self._get_undo_message(), subtype_xmlid='mail.mt_note')

    def _get_pairs(self):
        """Who was merged into whom, in all levels.

        :return: as of ``_run``
        :rtype: dict[int, int]
        """
        self.env.cr.execute(
            """ SELECT res_id, (new->>'merged_into_id')::int FROM pharma_merge_line
                 WHERE merge_id = %s AND table_name = 'res_partner' AND kind = 'changed'
                   AND new ? 'merged_into_id' ORDER BY step DESC, id """, [self.id])
        return dict(self.env.cr.fetchall())

    def _undo_steps(self):
        """Take all steps back; extended where the results of other tables hang on rows.

        :return: ``{(table, column): ids of the rows that went back}``
        :rtype: dict[tuple, list[int]]
        """
        self.env.cr.execute(SQL(
            """ SELECT DISTINCT step, table_name, kind,
                       ARRAY(SELECT jsonb_object_keys(COALESCE(old, new)) ORDER BY 1) AS columns
                  FROM pharma_merge_line WHERE merge_id = %s AND kind != %s
              ORDER BY step DESC, columns """, self.id, LEFT))
        restored = defaultdict(list)
        for step, table, kind, columns in self.env.cr.fetchall():
            if kind == MOVED:
                column = self._get_moved_column(step)
                restored[table, column] += self._undo_links(step, table, column)
            elif kind == CREATED:
                self._undo_created(step, table, columns)
            else:
                self._undo_values(step, table, columns)
        return restored

    def _get_moved_column(self, step):
        """The link that a step moved."""
        self.env.cr.execute(
            """ SELECT key FROM pharma_merge_line line, jsonb_object_keys(line.new) key
                 WHERE merge_id = %s AND step = %s AND line.new->key != line.old->key LIMIT 1 """,
            [self.id, step])
        return self.env.cr.fetchone()[0]

    def _undo_links(self, step, table, column):
        """Move links back, unless that would meet a row that came since.

        :return: ids of the rows that went back
        :rtype: list[int]
        """
        catalogue = self.env['pharma.merge.link']
        columns = catalogue._get_columns(table)
        name = SQL.identifier(column)
        same = SQL("t.id = line.res_id") if 'id' in columns else SQL("to_jsonb(t) = line.new")
        self.env.cr.execute("TRUNCATE pharma_merge_row")
        self.env.cr.execute(SQL(
            """ INSERT INTO pharma_merge_row
                SELECT t.ctid, line.id, NULL, (line.old->>%(column)s)::int, line.id, NULL
                  FROM pharma_merge_line line
                  JOIN %(table)s t ON t.%(name)s = (line.new->>%(column)s)::int AND %(same)s
                 WHERE line.merge_id = %(merge)s AND line.step = %(step)s """,
            column=column, table=SQL.identifier(table), name=name, same=same, merge=self.id,
            step=step))
        keys = catalogue._get_keys([table])[table]
        self._mark_conflicts(Link(table, column), keys, columns)
        self.env.cr.execute(SQL(
            """ WITH back AS (
                    UPDATE %s t SET %s = r.value FROM pharma_merge_row r
                     WHERE t.ctid = r.tid AND r.reason IS NULL RETURNING r.res_id AS line_id)
                UPDATE pharma_merge_line line
                   SET state = CASE WHEN line.id IN (SELECT line_id FROM back)
                                    THEN 'undone' ELSE 'kept' END
                 WHERE line.merge_id = %s AND line.step = %s
             RETURNING line.res_id, line.state """,
            SQL.identifier(table), name, self.id, step))
        return [row_id for row_id, state in self.env.cr.fetchall()
                if row_id and state == 'undone']

    def _undo_values(self, step, table, columns):
        """Give rows their old values back where the new ones still stand."""
        names = [SQL.identifier(name) for name in columns]
        same = [SQL(
            "to_jsonb(t.%(name)s) IS NOT DISTINCT FROM NULLIF(line.new->%(text)s, 'null')",
            name=name, text=text) for name, text in zip(names, columns, strict=True)]
        written = SQL(", ").join(
            SQL("CASE WHEN %s THEN old.%s ELSE t.%s END", condition, name, name)
            for name, condition in zip(names, same, strict=True))
        self.env.cr.execute(SQL(
            """ WITH judged AS (
                    SELECT line.id, line.res_id, line.old, (%(all)s) AS whole
                      FROM pharma_merge_line line
                      JOIN %(table)s t ON t.id = line.res_id
                     WHERE line.merge_id = %(merge)s AND line.step = %(step)s
                       AND ARRAY(SELECT jsonb_object_keys(line.new) ORDER BY 1) = %(columns)s
                ), back AS (
                    UPDATE %(table)s t SET (%(names)s) = ROW(%(written)s)
                      FROM pharma_merge_line line
                CROSS JOIN LATERAL jsonb_populate_record(NULL::%(table)s, line.old) old
                     WHERE t.id = line.res_id
                       AND line.id IN (SELECT id FROM judged) RETURNING t.id)
                UPDATE pharma_merge_line line
                   SET state = CASE WHEN line.id IN (SELECT id FROM judged WHERE whole)
                                    THEN 'undone' ELSE 'kept' END
                 WHERE line.merge_id = %(merge)s AND line.step = %(step)s
                   AND ARRAY(SELECT jsonb_object_keys(line.new) ORDER BY 1) = %(columns)s """,
            all=SQL(" AND ").join(same), table=SQL.identifier(table), merge=self.id, step=step,
            columns=columns, names=SQL(", ").join(names), written=written))

    def _undo_created(self, step, table, columns):
        """Remove records that the merge made, unless people have changed them since."""
        same = SQL(" AND ").join(
            SQL("to_jsonb(t.%s) = line.new->%s", SQL.identifier(name), name) for name in columns)
        self.env.cr.execute(SQL(
            """ WITH gone AS (
                    DELETE FROM %(table)s t USING pharma_merge_line line
                     WHERE line.merge_id = %(merge)s AND line.step = %(step)s
                       AND t.id = line.res_id AND %(same)s RETURNING t.id)
                UPDATE pharma_merge_line line
                   SET state = CASE WHEN line.res_id IN (SELECT id FROM gone)
                                    THEN 'undone' ELSE 'kept' END
                 WHERE line.merge_id = %(merge)s AND line.step = %(step)s """,
            table=SQL.identifier(table), merge=self.id, step=step, same=same))

    def _follow_undo(self, restored):
        """What follows from links is worked out anew: rows may have come since.

        :param dict restored: as of ``_undo_steps``
        """
        self.env.cr.execute(
            """ SELECT array_agg(DISTINCT res_id) FROM pharma_merge_line
                 WHERE merge_id = %s AND table_name = 'res_partner' AND state = 'kept'
                   AND NOT COALESCE(new ? 'merged_into_id', FALSE) """, [self.id])
        [changed] = self.env.cr.fetchone()
        # Terms of those alone whose terms were changed since: all others have their own again
        below = self.env[PARTNER].with_context(**QUIET).browse(changed or []).exists()
        self._sync_commercial(
            {('res_partner', 'parent_id'): below.filtered('parent_id').ids})
        self._follow_changes(restored)
