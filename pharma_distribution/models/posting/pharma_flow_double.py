from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

# What the judgement of doubles may change about a row.
CHANGED_COLUMNS = ('status', 'reason', 'entry_month')


class PharmaFlowDouble(models.AbstractModel):
    """Finds the rows of different files that are the same movement, so that each counts once.

    How it works: the judgement of names gives every row that could count an identity, a hash of
    distributor, kind, customer, product, day and quantity, by what the names mean. Rows of one file
    with the same identity are told apart by their number. A row is the double of the row of the
    same number in a posted file before it, with the same source, document and lot; so the file
    with more equal rows decides how many count. Where two files differ because one does not say
    source, document or lot, nobody can tell: the row is suspected and waits for a person. What
    both say and say differently are two movements.

    Rows that count in a locked month stay as they are, and come before all others. Files that are
    not posted are compared with posted files, and never the other way round. Only
    identities that a change touched are judged anew, all their rows at once. Approved claims come
    after all files of distributors.
    """

    _name = 'pharma.flow.double'
    _description = "Doubles among Flow Rows"

    # === JUDGEMENT === #

    @api.model
    def _identity_sql(self):
        """Hash of what equal movements have in common, within ``_sql_judgement``."""
        return SQL("""
            hashtextextended(concat(
                s.company_id, '|', s.distributor_id, '|', s.kind, '|', v.product_id, '|',
                COALESCE(v.partner_id::text, s.customer_key), '|',
                COALESCE(v.date, f.date_to) - DATE '2000-01-01', '|',
                trim_scale(v.quantity::numeric)), 0)
        """)

    @api.model
    def _superseded_sql(self):
        """Whether a posted file replaces the row's file for its day, within ``_sql_judgement``.

        A replacement that says what it reports replaces rows of that kind alone.
        """
        return SQL("""
            EXISTS (SELECT FROM pharma_flow_replacement newer
                     WHERE newer.posted AND newer.replaced_id = s.file_id
                       AND COALESCE(newer.kind, s.kind) = s.kind
                       AND COALESCE(v.date, f.date_to) BETWEEN newer.date_from AND newer.date_to)
        """)

    @api.model
    def _fill_replacements(self):
        """Put what replaces what, over any number of steps, into a temporary table."""
        self.env['pharma.flow.file'].flush_model()
        self.env.cr.execute("""
            DROP TABLE IF EXISTS pharma_flow_replacement;
            CREATE TEMPORARY TABLE pharma_flow_replacement ON COMMIT DROP AS
            WITH RECURSIVE chain(file_id, replaced_id) AS (
                SELECT id, replaces_id FROM pharma_flow_file WHERE replaces_id IS NOT NULL
                 UNION
                SELECT chain.file_id, f.replaces_id
                  FROM chain JOIN pharma_flow_file f ON f.id = chain.replaced_id
                 WHERE f.replaces_id IS NOT NULL
            ) SELECT chain.file_id, chain.replaced_id, f.date_from, f.date_to, f.kind,
                     f.state = 'posted' AS posted
                FROM chain JOIN pharma_flow_file f ON f.id = chain.file_id;
            CREATE INDEX ON pharma_flow_replacement (replaced_id);
            ANALYZE pharma_flow_replacement
        """)

    # === DOUBLES === #

    @api.model
    def _judge_files(self, files):
        """Compare the rows of files with those of all others, after one was read, posted or said to
        be of another source.

        :return: ids of the files of which rows changed
        :rtype: set[int]
        """
        self._begin()
        self._touch_files(files)
        return self._judge()

    @api.model
    def _begin(self):
        """Empty the list of identities that have to be judged anew."""
        self.env.cr.execute("""
            DROP TABLE IF EXISTS pharma_flow_touched;
            CREATE TEMPORARY TABLE pharma_flow_touched (
                distributor_id int, date date, identity bigint) ON COMMIT DROP
        """)
        self.env['pharma.flow.period']._fill_locked()

    @api.model
    def _touch_files(self, files):
        """List the identities of files that other files hold as well, or held."""
        self.env['pharma.flow.file'].flush_model()
        for file in files:
            if not self._get_overlapping(file):
                continue
            self.env.cr.execute("""
                INSERT INTO pharma_flow_touched (distributor_id, date, identity)
                SELECT DISTINCT line.distributor_id, line.date, line.identity
                  FROM pharma_flow_line line
                  JOIN pharma_flow_line other
                    ON other.distributor_id = line.distributor_id AND other.date = line.date
                   AND other.identity = line.identity AND other.file_id <> line.file_id
                 WHERE line.file_id = %(file)s
                UNION
                SELECT distributor_id, date, identity FROM pharma_flow_line
                 WHERE file_id = %(file)s AND identity IS NOT NULL
                   AND (date IS NULL OR status = 'duplicate')
            """, {'file': file.id})

    @api.model
    def _get_overlapping(self, file):
        """Files of the same distributor that hold rows and are about some of the same days."""
        period = Domain.TRUE
        if file.date_from:
            period &= Domain('date_to', '=', False) | Domain('date_to', '>=', file.date_from)
        if file.date_to:
            period &= Domain('date_from', '=', False) | Domain('date_from', '<=', file.date_to)
        # sudo: doubles are doubles, whoever may see the other file
        return self.env['pharma.flow.file'].sudo().search(period & Domain([
            ('id', '!=', file.id), ('distributor_id', '=', file.distributor_id.id),
            ('company_id', '=', file.company_id.id), ('row_count', '>', 0)]))

    @api.model
    def _lock_overlapping(self, files):
        """Lock files, and those that overlap with them. Of two that are posted or undone at the
        same time, the second has to see the first: it waits, fails on the changed row and is tried
        again.
        """
        overlapping = files.union(*map(self._get_overlapping, files))
        self.env.cr.execute(
            "SELECT id FROM pharma_flow_file WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE",
            [overlapping.ids])

    @api.model
    def _judge(self):
        """Judge all rows of the touched identities.

        :return: ids of the files of which rows changed
        :rtype: set[int]
        """
        self.env.cr.execute("SELECT EXISTS (SELECT FROM pharma_flow_touched)")
        if not self.env.cr.fetchone()[0]:
            return set()
        self._fill_replacements()
        self._fill_peers()
        summary = self.env['pharma.flow.summary']
        rows = self.env.execute_query(SQL("""
            WITH same AS (%(same)s), alike AS (%(alike)s), judged AS (%(judged)s),
                 changed AS (%(update)s), counted AS (%(counted)s)
            SELECT DISTINCT file_id FROM changed
        """, same=self._same_sql(), alike=self._alike_sql(), judged=self._judged_sql(),
            update=self._update_sql(), counted=summary._sql_changes('changed', CHANGED_COLUMNS)))
        if rows:
            summary._after_append()
        self.env['pharma.flow.line'].invalidate_model()
        return {file_id for file_id, in rows}

    @api.model
    def _judged_sql(self):
        """What every row of the touched identities is now, within ``_judge``."""
        return SQL("""
                SELECT peer.id,
                       CASE WHEN peer.id IN (SELECT id FROM same)
                              OR peer.id IN (SELECT id FROM alike)
                            THEN 'duplicate' ELSE 'ok' END AS new_status,
                       CASE WHEN peer.day IS NOT NULL AND peer.id IN (SELECT id FROM same)
                            THEN 'double'
                            WHEN peer.id IN (SELECT id FROM same)
                              OR peer.id IN (SELECT id FROM alike)
                            THEN 'suspected' END AS new_reason
                  FROM pharma_flow_peer peer WHERE NOT peer.locked
        """)

    @api.model
    def _update_sql(self):
        """Write on the rows what they are now, within ``_judge``."""
        return SQL("""
                UPDATE pharma_flow_line line
                   SET status = new.new_status, reason = new.new_reason, entry_month = %(entry)s
                  FROM (SELECT judged.*, l.status, l.reason, l.entry_month
                          FROM judged JOIN pharma_flow_line l ON l.id = judged.id) new
                 WHERE line.id = new.id
                   AND (new.status, new.reason) IS DISTINCT FROM (new.new_status, new.new_reason)
             RETURNING %(returned)s
        """, entry=self.env['pharma.flow.period']._entry_month_sql(
                SQL.identifier('new', 'new_status')),
            returned=self.env['pharma.flow.summary']._sql_returned(CHANGED_COLUMNS))

    @api.model
    def _fill_peers(self):
        """Collect all rows of the touched identities with their numbers.

        ``number`` counts the rows of a file that agree in everything, ``place`` those of one
        identity; ``silent`` has a bit for each of source, document and lot that the row lacks.
        """
        self.env['pharma.flow.correction'].flush_model()
        self.env.cr.execute(SQL("""
            DROP TABLE IF EXISTS pharma_flow_peer;
            CREATE TEMPORARY TABLE pharma_flow_peer ON COMMIT DROP AS
            WITH touched AS (
                SELECT DISTINCT * FROM pharma_flow_touched WHERE identity IS NOT NULL
            ), found AS (
                SELECT line.* FROM touched JOIN pharma_flow_line line
                    ON line.distributor_id = touched.distributor_id AND line.date = touched.date
                   AND line.identity = touched.identity
                 UNION ALL
                SELECT line.* FROM touched JOIN pharma_flow_line line
                    ON line.distributor_id = touched.distributor_id AND line.date IS NULL
                   AND line.identity = touched.identity
                 WHERE touched.date IS NULL
            ), peer AS (%s)
            SELECT *,
                   (source = '')::int + 2 * (document = '')::int + 4 * (lot = '')::int AS silent,
                   DENSE_RANK() OVER (
                       ORDER BY NOT posted, is_claim, posted_on, file_id) AS rank,
                   ROW_NUMBER() OVER (
                       PARTITION BY identity, file_id, source, document, lot, separate ORDER BY id
                   ) AS number,
                   ROW_NUMBER() OVER (
                       PARTITION BY identity, file_id, separate ORDER BY id) AS place
              FROM peer;
            ANALYZE pharma_flow_peer
        """, self._peer_sql()))

    @api.model
    def _peer_sql(self):
        """What rows are compared by, within ``_fill_peers``."""
        return SQL("""
                SELECT line.id, line.file_id, line.identity, line.kind,
                       COALESCE(line.date, f.date_to) AS day,
                       COALESCE(NULLIF(line.source, ''), f.source, '') AS source,
                       COALESCE(line.document_number, '') AS document,
                       COALESCE(line.lot, '') AS lot,
                       f.state = 'posted' AS posted, f.is_claim IS TRUE AS is_claim,
                       f.posted_on, separate.id IS NOT NULL AS separate, %s AS locked
                  FROM found line
                  JOIN pharma_flow_file f ON f.id = line.file_id
             LEFT JOIN pharma_flow_correction separate
                    ON separate.file_id = line.file_id AND separate.field = 'separate'
                   AND separate.row_number = line.row_number
                   AND separate.sheet_name = COALESCE(line.sheet_name, '')
        """, self.env['pharma.flow.period']._is_locked_sql())

    @api.model
    def _comes_before_sql(self):
        """Whether a row of ``other`` counts before one of ``peer``."""
        return SQL("""
            NOT peer.separate AND NOT other.separate AND other.posted
            AND (other.rank < peer.rank OR other.locked AND other.file_id <> peer.file_id)
            AND NOT EXISTS (
                SELECT FROM pharma_flow_replacement newer
                 WHERE NOT other.locked
                   AND newer.file_id = peer.file_id AND newer.replaced_id = other.file_id
                   AND COALESCE(newer.kind, other.kind) = other.kind
                   AND other.day BETWEEN newer.date_from AND newer.date_to)
        """)

    @api.model
    def _same_sql(self):
        """Rows that agree with one before them in everything, also in what neither says."""
        return SQL("""
            SELECT peer.id FROM pharma_flow_peer peer
              JOIN pharma_flow_peer other
                ON other.identity = peer.identity AND other.source = peer.source
               AND other.document = peer.document AND other.lot = peer.lot
               AND other.number = peer.number
             WHERE %s
        """, self._comes_before_sql())

    @api.model
    def _alike_sql(self):
        """Rows that differ from some before them only where one of both is silent; as many as there
        are before them.
        """
        return SQL("""
            SELECT peer.id
              FROM pharma_flow_peer peer
              JOIN (SELECT identity FROM pharma_flow_peer GROUP BY identity
                    HAVING COUNT(DISTINCT silent) > 1) mixed USING (identity)
              JOIN (SELECT identity, file_id, kind, day, source, document, lot, silent, posted,
                           rank, separate, locked, COUNT(*) AS count
                      FROM pharma_flow_peer
                     GROUP BY identity, file_id, kind, day, source, document, lot, silent, posted,
                           rank, separate, locked) other
                ON other.identity = peer.identity AND other.silent <> peer.silent
               AND (other.source = peer.source OR '' IN (other.source, peer.source))
               AND (other.document = peer.document OR '' IN (other.document, peer.document))
               AND (other.lot = peer.lot OR '' IN (other.lot, peer.lot))
             WHERE %s
             GROUP BY peer.id, peer.place, other.file_id
            HAVING peer.place <= SUM(other.count)
        """, self._comes_before_sql())
