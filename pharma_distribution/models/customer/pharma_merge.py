from odoo import models
from odoo.tools import SQL

from odoo.addons.pharma_crm.models.merge.pharma_merge_link import Link


class PharmaMergeLink(models.AbstractModel):
    _inherit = 'pharma.merge.link'

    def _get_skipped_tables(self):
        # Results follow from rows
        return super()._get_skipped_tables() | {
            table._table for table in self.env['pharma.flow.summary']._get_tables()}

    def _get_frozen(self):
        """Rows that count in locked months stay with the merged customer, as the files of
        distributors with such rows do; a file and its rows have one distributor.
        """
        self.env['pharma.flow.period']._fill_locked()
        locked = self.env['pharma.flow.period']._is_locked_sql('t')
        return {
            **super()._get_frozen(),
            'pharma_flow_line': locked,
            'pharma_flow_file': SQL(
                "EXISTS (SELECT FROM pharma_flow_line line WHERE line.file_id = t.id AND %s)",
                self.env['pharma.flow.period']._is_locked_sql('line')),
        }

    def _get_links(self):
        # Rows repeat the distributor of their file: they follow it
        own = self._get_line_distributor()
        return [link for link in super()._get_links()
                if (link.table, link.column) != (own.table, own.column)]

    def _get_line_distributor(self):
        """The link of rows to the distributor of their file."""
        return Link('pharma_flow_line', 'distributor_id')


class PharmaMerge(models.Model):
    """The rows of flow files move with their customers, and the results with the rows.

    Nothing is judged anew: a row that counted for one of the merged customers counts for the kept
    one, in the territory that it was counted in. What people decide later is judged as always.
    """

    _inherit = 'pharma.merge'

    def _move_links(self):
        ids = self._get_flow_rows()
        rows = SQL("line.id = ANY(%s)", ids)
        summary = self.env['pharma.flow.summary']
        summary._take(rows)
        moved = super()._move_links()
        files = moved.get(('pharma_flow_file', 'distributor_id'))
        if files:
            moved['pharma_flow_line', 'distributor_id'] = self._move_file_rows(files)
        self._write_identities(ids)
        summary._give(rows)
        return moved

    def _end_run(self, pairs):
        """Merged customers, and who stands below them, may have another province or level."""
        result = super()._end_run(pairs)
        self.env.flush_all()
        self.env.cr.execute(
            """ SELECT id FROM res_partner
                 WHERE id = ANY(%(ids)s) OR commercial_partner_id = ANY(%(ids)s) """,
            {'ids': [*pairs, *pairs.values()]})
        self.env['pharma.flow.customer']._mark([row_id for row_id, in self.env.cr.fetchall()])
        return result

    def _get_flow_rows(self):
        """Ids of the rows of merged customers, departments and distributors.

        :rtype: list[int]
        """
        self.env.cr.execute(
            """ SELECT line.id FROM pharma_merge_map map
                  JOIN pharma_flow_line line ON line.partner_id = map.source
                 UNION
                SELECT line.id FROM pharma_merge_map map
                  JOIN pharma_flow_line line ON line.department_id = map.source
                 UNION
                SELECT line.id FROM pharma_merge_map map
                  JOIN pharma_flow_file file ON file.distributor_id = map.source
                  JOIN pharma_flow_line line ON line.file_id = file.id """)
        return [row_id for row_id, in self.env.cr.fetchall()]

    def _write_identities(self, ids):
        """Equal movements are known by the kept customer from now on, rows of locked months as
        well: a file that reports them again adds nothing.

        :param list ids: rows of the merged customers
        """
        with self._recording('pharma_flow_line', ids):
            self.env.cr.execute(SQL(
                """ UPDATE pharma_flow_line line SET identity = new.identity
                      FROM (SELECT s.id, %s AS identity
                              FROM pharma_flow_line s
                              JOIN pharma_flow_file f ON f.id = s.file_id
                         LEFT JOIN pharma_merge_map map ON map.source = s.partner_id
                        CROSS JOIN LATERAL (
                            SELECT s.product_id, s.date, s.quantity,
                                   COALESCE(map.keep, s.partner_id) AS partner_id) v
                             WHERE s.id = ANY(%s) AND s.identity IS NOT NULL) new
                     WHERE line.id = new.id """,
                self.env['pharma.flow.double']._identity_sql(), ids))

    def _move_file_rows(self, files):
        """Let rows have the distributor that their files have now."""
        self.env.cr.execute("TRUNCATE pharma_merge_row")
        self.env.cr.execute(
            """ INSERT INTO pharma_merge_row
                SELECT t.ctid, t.id, map.source, map.keep, map.rank, NULL
                  FROM pharma_flow_line t
                  JOIN pharma_merge_map map ON map.source = t.distributor_id
                 WHERE t.file_id = ANY(%s) """, [files])
        catalogue = self.env['pharma.merge.link']
        link = catalogue._get_line_distributor()
        return self._move_rows(link, catalogue._get_columns(link.table))

    def _keep_names(self, pairs):
        created = super()._keep_names(pairs)
        created._recount_flow_rows()
        return created

    def _undo_steps(self):
        self.env.cr.execute(
            """ SELECT DISTINCT res_id FROM pharma_merge_line
                 WHERE merge_id = %s AND table_name = 'pharma_flow_line' AND kind = 'moved' """,
            [self.id])
        rows = SQL("line.id = ANY(%s)", [row_id for row_id, in self.env.cr.fetchall()])
        summary = self.env['pharma.flow.summary']
        summary._take(rows)
        restored = super()._undo_steps()
        summary._give(rows)
        return restored

    def _undo(self):
        keys = self._get_made_keys()
        result = super()._undo()
        self._judge_later_rows(keys)
        return result

    def _get_made_keys(self):
        """Names that stand for the kept customer since this merge."""
        self.env.cr.execute(
            """ SELECT alias.key FROM pharma_alias alias
                  JOIN pharma_merge_line line ON line.res_id = alias.id
                 WHERE line.merge_id = %s AND line.table_name = 'pharma_alias' """, [self.id])
        return [key for key, in self.env.cr.fetchall()]

    def _judge_later_rows(self, keys):
        """Rows that came since the merge, under a name that the undo gave back, are asked about
        anew: they may be the other customer's.

        :param list keys: of these names
        """
        files = self.env['pharma.flow.resolver']._apply_to_lines(SQL(
            """ line.customer_key = ANY(%s) AND line.partner_id = %s AND line.id NOT IN (
                    SELECT res_id FROM pharma_merge_line journal
                     WHERE journal.merge_id = %s AND journal.table_name = 'pharma_flow_line'
                       AND journal.state = 'kept') """,
            keys, self.partner_id.id, self.id)) if keys else []
        # sudo: the figures of all files with these names change
        self.env['pharma.flow.file'].sudo().browse(files)._refresh_counts()
