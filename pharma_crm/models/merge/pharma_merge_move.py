from collections import defaultdict

from odoo import api, models
from odoo.tools import SQL

from ...tools.names import normalise
from .pharma_merge_link import PARTNER, catalogue_sql

# Departments and persons that come to stand side by side are looked for in so many levels.
LEVELS = 4
# Rows that no user knows of.
UNTOLD = frozenset({'ir_model_data', 'pharma_search_name'})


class PharmaMerge(models.Model):
    """How links move: whole tables at once.

    For each link the rows that point at merged customers go into a temporary table. The unique
    indexes and exclusion constraints of the table then say which of them cannot move, since the
    kept customer has such a row already; the others are written in one statement, which writes
    the journal as well.
    """

    _inherit = 'pharma.merge'

    # === RUN === #

    def _run(self, pairs, values):
        """Merge pairs of customers at once.

        :param dict pairs: ``{id of the merged one: id of the kept one}``
        :param dict values: as of ``_merge``, for one kept customer
        """
        self.env.flush_all()
        self._fill_map(pairs)
        self._prepare_rows()
        moved = self._move_links()
        self._move_texts()
        self.env.invalidate_all()
        moved |= self._apply_values(pairs, values)
        self._keep_names(pairs)
        self._archive_sources()
        self._follow_links(moved)
        self._end_run(pairs)

    def _fill_map(self, pairs):
        """Put the pairs into the temporary tables that the statements join."""
        self.env.cr.execute("""
            DROP TABLE IF EXISTS pharma_merge_map, pharma_merge_row, pharma_merge_image;
            CREATE TEMPORARY TABLE pharma_merge_map (
                source int PRIMARY KEY, keep int, rank int) ON COMMIT DROP;
            CREATE TEMPORARY TABLE pharma_merge_row (
                tid tid, res_id int, source int, value int, rank int, reason text
            ) ON COMMIT DROP;
            CREATE TEMPORARY TABLE pharma_merge_image (id int, image jsonb) ON COMMIT DROP;
        """)
        self.env.cr.execute(
            "INSERT INTO pharma_merge_map SELECT * FROM unnest(%s::int[], %s::int[], %s::int[])",
            [list(pairs), list(pairs.values()), list(range(len(pairs)))])
        self.env.cr.execute("ANALYZE pharma_merge_map")

    def _prepare_rows(self):
        """What has to change before links can move: a person has one primary post."""
        self.env.cr.execute("""
            SELECT post.id
              FROM pharma_affiliation post JOIN pharma_merge_map map ON map.source = post.person_id
             WHERE post.is_primary AND EXISTS (
                   SELECT FROM pharma_affiliation other
                     LEFT JOIN pharma_merge_map earlier ON earlier.source = other.person_id
                    WHERE other.is_primary AND (other.person_id = map.keep
                          OR earlier.keep = map.keep AND earlier.rank < map.rank))
        """)
        posts = [post_id for post_id, in self.env.cr.fetchall()]
        with self._recording('pharma_affiliation', posts):
            self.env.cr.execute(
                "UPDATE pharma_affiliation SET is_primary = FALSE WHERE id = ANY(%s)", [posts])

    def _end_run(self, pairs):
        """What is kept beside the rows follows."""
        self.env.invalidate_all()
        # Names of records, rights and links of users may be remembered from before
        self.env.registry.clear_cache()
        self.env['pharma.access']._forget()
        self._index_names(pairs)
        self.env['pharma.score']._score_later(pairs.values())

    def _index_names(self, pairs):
        """The search names of the customers, and of everybody who came to another one."""
        self.env.cr.execute("""
            SELECT DISTINCT res_id FROM pharma_merge_line
             WHERE merge_id = %s AND table_name = 'res_partner' AND res_id IS NOT NULL
        """, [self.id])
        self.env['pharma.search.name']._index(
            PARTNER, {*pairs, *pairs.values(), *(row[0] for row in self.env.cr.fetchall())})

    # === DEPARTMENTS AND PERSONS === #

    def _run_alike(self):
        """Merge departments of one name that stand side by side now, then those in them, then
        persons: level by level, each level at once."""
        for _level in range(LEVELS):
            pairs = self._get_alike()
            if not pairs:
                break
            self._run(pairs, {})

    def _get_alike(self):
        """Departments, campuses and persons with the same name below the same superior, of which
        one came by this merge.

        :return: ``{id of the one that goes: id of the one that stays}``; those who were there
            already stay
        :rtype: dict[int, int]
        """
        self.env.flush_all()
        self.env.cr.execute("""
            WITH come AS (
                SELECT DISTINCT line.res_id AS id FROM pharma_merge_line line
                 WHERE line.merge_id = %s AND line.table_name = 'res_partner'
                   AND line.kind = 'moved' AND line.new ? 'parent_id')
            SELECT p.id, p.name, p.parent_id, p.pharma_type, come.id IS NOT NULL,
                   p.phone_sanitized
              FROM res_partner p LEFT JOIN come ON come.id = p.id
             WHERE p.active AND p.pharma_type IN ('campus', 'department', 'person')
               AND p.parent_id IN (SELECT parent_id FROM res_partner JOIN come USING (id))
             ORDER BY come.id IS NOT NULL, p.id
        """, [self.id])
        return self._pair_alike(self.env.cr.fetchall())

    @api.model
    def _pair_alike(self, rows):
        """Pairs of one name; two phone numbers are two persons.

        :param rows: ``(id, name, superior, kind, whether it came, phone)``, those who stay first
        :rtype: dict[int, int]
        """
        first, pairs = {}, {}
        for partner_id, name, superior, kind, came, phone in rows:
            key = superior, kind, normalise(name or '')
            known, number = first.setdefault(key, (partner_id, phone))
            if known != partner_id and came and key[-1] and not (
                    kind == 'person' and phone and number and phone != number):
                pairs[partner_id] = known
        return pairs

    @api.model
    def _get_alike_names(self, keep, partners):
        """Names of departments and persons that would be merged along.

        :param keep: the customer that stays; ``partners``: all of them
        :rtype: list[str]
        """
        # Where each one will stand: the name of its superior says it, level by level
        places = {partner.id: 0 for partner in partners}
        tops = {partner.id: partner.id for partner in partners}
        numbers, rows, names = {}, [], {}
        waiting = (partners._get_below() - partners).filtered('active')
        for _level in range(LEVELS):
            level = waiting.filtered(lambda partner: partner.parent_id.id in places)
            waiting -= level
            for partner in level:
                place = places[partner.parent_id.id]
                path = place, partner.pharma_type, normalise(partner.name or '')
                places[partner.id] = numbers.setdefault(path, len(numbers) + 1)
                tops[partner.id] = tops[partner.parent_id.id]
                names[partner.id] = partner.name
                rows.append((
                    partner.id, partner.name, place, partner.pharma_type,
                    tops[partner.id] != keep.id, partner.phone_sanitized))
        rows.sort(key=lambda row: (row[4], row[0]))
        return [names[partner_id] for partner_id in self._pair_alike(rows)]

    @api.model
    def _count_links(self, pairs):
        """How much hangs on customers, by kind of record.

        :param dict pairs: as of ``_run``
        :return: dicts of ``label`` and ``count``, the most first
        :rtype: list[dict]
        """
        self.env.flush_all()
        self._fill_map(pairs)
        counts = defaultdict(int)
        catalogue = self.env['pharma.merge.link']
        for link in catalogue._get_links():
            if (link.table, link.column) != ('res_partner', 'commercial_partner_id'):
                counts[link.table] += self._collect_rows(link, {})
        labels = self._get_table_labels(counts)
        return sorted(
            ({'label': labels[table], 'count': count} for table, count in counts.items()
             # tables without a model hold links of what is listed already
             if count and labels[table] != table and table not in UNTOLD),
            key=lambda row: (-row['count'], row['label']))

    # === LINKS === #

    def _move_links(self):
        """Move all links; extended where the results of other tables hang on them.

        :return: ``{(table, column): ids of the rows that moved}``
        :rtype: dict[tuple, list[int]]
        """
        catalogue = self.env['pharma.merge.link']
        links, frozen, moved = catalogue._get_links(), catalogue._get_frozen(), {}
        present = [link for link in links if self._collect_rows(link, frozen)]
        keys = catalogue._get_keys({link.table for link in present})
        for link in present:
            self._collect_rows(link, frozen)
            columns = catalogue._get_columns(link.table)
            self._mark_conflicts(link, keys[link.table], columns)
            self._archive_conflicts(link, columns)
            if ids := self._move_rows(link, columns):
                moved[link.table, link.column] = ids
        return moved

    def _collect_rows(self, link, frozen):
        """Fill the temporary table with the rows of a link to merged customers.

        :param Link link: the column
        :param dict frozen: conditions of rows that never change, by table
        :return: how many
        :rtype: int
        """
        columns = self.env['pharma.merge.link']._get_columns(link.table)
        row_id = SQL("t.id") if 'id' in columns else SQL("NULL::int")
        reason = SQL(
            "CASE WHEN %s THEN 'frozen' END", frozen.get(link.table, SQL("FALSE")))
        condition = link.condition
        if link.table == 'res_partner':
            # The customers themselves keep their own superiors; nobody becomes his own
            condition = SQL(
                "%s AND NOT EXISTS (SELECT FROM pharma_merge_map m WHERE m.source = t.id)",
                condition)
            reason = SQL("CASE WHEN t.id = map.keep THEN 'self' END")
        self.env.cr.execute("TRUNCATE pharma_merge_row")
        self.env.cr.execute(SQL(
            """ INSERT INTO pharma_merge_row
                SELECT t.ctid, %(row_id)s, map.source, map.keep, map.rank, %(reason)s
                  FROM %(table)s t JOIN pharma_merge_map map ON map.source = t.%(column)s
                 WHERE %(condition)s """,
            row_id=row_id, reason=reason, table=SQL.identifier(link.table),
            column=SQL.identifier(link.column), condition=condition))
        return self.env.cr.rowcount

    def _mark_conflicts(self, link, keys, columns):
        """Find out which rows of the temporary table cannot be written, because there is such a row
        already, or would be two.

        :param Link link: the column that gets a new value
        :param list[Key] keys: what the table has once
        :param list columns: of the table
        """
        self.env.cr.execute("ANALYZE pharma_merge_row")
        written = SQL(", ").join(
            SQL("r.value AS %s", SQL.identifier(name)) if name == link.column
            else SQL.identifier('t', name) for name in columns)
        for key in keys:
            if link.column in key.definition:
                statement = self._sql_conflicts if key.parts else self._sql_broken
                self.env.cr.execute(statement(link.table, key, written))

    @api.model
    def _sql_broken(self, table, key, written):
        """Statement that marks the rows that would break a condition of their table.

        Parameters as of ``_sql_conflicts``.
        """
        return SQL(
            """ UPDATE pharma_merge_row SET reason = 'conflict'
                 WHERE reason IS NULL AND tid IN (
                    SELECT pharma_tid
                      FROM (SELECT r.tid AS pharma_tid, %(written)s
                              FROM pharma_merge_row r JOIN %(table)s t ON t.ctid = r.tid
                             WHERE r.reason IS NULL) %(table)s
                     WHERE (%(condition)s) IS FALSE) """,
            written=written, table=SQL.identifier(table),
            condition=catalogue_sql(key.predicate))

    @api.model
    def _sql_conflicts(self, table, key, written):
        """Statement that marks the rows that meet others by a key.

        :param str table: its name
        :param Key key: one of the table
        :param SQL written: the columns as they would be
        :rtype: SQL
        """
        parts = list(map(catalogue_sql, key.parts))
        predicate = catalogue_sql(key.predicate or 'TRUE')
        names = [SQL.identifier(f'pharma_key_{place}') for place in range(len(parts))]
        selected = SQL(", ").join(
            SQL("%s AS %s", part, name) for part, name in zip(parts, names, strict=True))

        return SQL(
            """ WITH fresh AS MATERIALIZED (
                    SELECT pharma_tid, pharma_rank, %(selected)s
                      FROM (SELECT r.tid AS pharma_tid, r.rank AS pharma_rank, %(written)s
                              FROM pharma_merge_row r JOIN %(table)s t ON t.ctid = r.tid
                             WHERE r.reason IS NULL) %(table)s
                     WHERE %(predicate)s)
                UPDATE pharma_merge_row SET reason = 'conflict' WHERE reason IS NULL AND tid IN (
                    SELECT fresh.pharma_tid FROM fresh
                      JOIN (SELECT ctid AS pharma_tid, %(selected)s FROM %(table)s
                             WHERE %(predicate)s) old ON %(met_old)s
                     WHERE NOT EXISTS (SELECT FROM pharma_merge_row r
                                        WHERE r.tid = old.pharma_tid AND r.reason IS NULL)
                     UNION
                    SELECT later.pharma_tid FROM fresh later JOIN fresh earlier
                        ON %(met_earlier)s AND (earlier.pharma_rank, earlier.pharma_tid)
                                               < (later.pharma_rank, later.pharma_tid)) """,
            selected=selected, written=written, table=SQL.identifier(table),
            predicate=predicate, met_old=self._sql_met(key, names, SQL("fresh"), SQL("old")),
            met_earlier=self._sql_met(key, names, SQL("later"), SQL("earlier")))

    @api.model
    def _sql_met(self, key, names, one, other):
        """Condition that two rows have the same key.

        :param Key key: of the table
        :param list names: of the columns that hold its parts
        :param SQL one: alias of a row, ``other`` likewise
        :rtype: SQL
        """
        operators = [
            'IS NOT DISTINCT FROM' if operator == '=' and not key.nulls_distinct else operator
            for operator in key.operators]
        return SQL(" AND ").join(
            SQL("%s.%s %s %s.%s", one, name, catalogue_sql(operator), other, name)
            for name, operator in zip(names, operators, strict=True))

    def _archive_conflicts(self, link, columns):
        """Rows that cannot move are archived, or left as they are; the journal tells them."""
        archived = SQL("FALSE")
        if 'active' in columns:
            archived = SQL(
                "res_id IN (SELECT id FROM %s WHERE active)", SQL.identifier(link.table))
        self._journal(link.table, SQL(
            """ SELECT CASE WHEN %(archived)s AND reason = 'conflict' THEN 'archived' ELSE 'left'
                       END AS kind, res_id, source, CASE WHEN %(archived)s AND reason = 'conflict'
                       THEN '{"active": true}'::jsonb END AS old,
                       CASE WHEN %(archived)s AND reason = 'conflict'
                       THEN '{"active": false}'::jsonb END AS new, reason
                  FROM pharma_merge_row WHERE reason IS NOT NULL """, archived=archived))
        if 'active' in columns:
            # Rows that move keep their places in the table: these are others
            self.env.cr.execute(SQL(
                """ UPDATE %s t SET active = FALSE FROM pharma_merge_row r
                     WHERE t.ctid = r.tid AND r.reason = 'conflict' AND t.active """,
                SQL.identifier(link.table)))

    def _move_rows(self, link, columns):
        """Write the links of the rows that can move, and the journal.

        :return: their ids
        :rtype: list[int]
        """
        table, column = SQL.identifier(link.table), SQL.identifier(link.column)
        if 'id' in columns:
            returned = SQL(
                "t.id AS res_id, r.source, jsonb_build_object(%(name)s, r.source) AS old,"
                " jsonb_build_object(%(name)s, r.value) AS new", name=link.column)
        else:
            # Rows of a table without ids are known by all of their values
            returned = SQL(
                "NULL::int AS res_id, r.source, to_jsonb(t) || jsonb_build_object(%s, r.source)"
                " AS old, to_jsonb(t) AS new", link.column)
        update = SQL(
            """ UPDATE %s t SET %s = r.value FROM pharma_merge_row r
                 WHERE t.ctid = r.tid AND r.reason IS NULL RETURNING %s """,
            table, column, returned)
        return self._journal(link.table, SQL(
            "SELECT 'moved' AS kind, res_id, source, old, new, NULL AS reason FROM moved"),
            SQL("moved AS (%s)", update))

    # === JOURNAL === #

    def _journal(self, table, rows, before=None):
        """Write lines of the journal.

        :param str table: that they are about
        :param SQL rows: query of ``kind, res_id, source, old, new, reason``
        :param SQL before: a statement for a WITH, on which ``rows`` builds
        :return: ids of the rows that they are about
        :rtype: list[int]
        """
        models_by_table = {
            model._table: model._name for model in self.env.registry.values()
            if not model._abstract and model._auto}
        self.env.cr.execute(SQL(
            """ WITH %(before)s step AS (
                    SELECT COALESCE(MAX(step), 0) + 1 AS number FROM pharma_merge_line
                     WHERE merge_id = %(merge)s), line AS (
                INSERT INTO pharma_merge_line (
                       merge_id, step, kind, table_name, model, res_id, partner_id, old, new,
                       reason, state)
                SELECT %(merge)s, step.number, rows.kind, %(table)s, %(model)s, rows.res_id,
                       rows.source, rows.old, rows.new, rows.reason, 'done'
                  FROM (%(rows)s) rows, step
             RETURNING res_id)
                SELECT res_id FROM line WHERE res_id IS NOT NULL """,
            before=SQL("%s,", before) if before else SQL(), merge=self.id, table=table,
            model=models_by_table.get(table) or None, rows=rows))
        return [row_id for row_id, in self.env.cr.fetchall()]

    # === LINKS WITHIN TEXTS === #

    def _move_texts(self):
        """Links that are part of a text or a JSON value: references, own fields, and the links that
        each company has its own of."""
        catalogue = self.env['pharma.merge.link']
        for table, column in catalogue._get_references():
            name = SQL.identifier(column)
            self._rewrite(
                table, name, SQL("map.source::text = split_part(%s, ',', 2)"
                                 " AND starts_with(%s, 'res.partner,')", name, name),
                SQL("(SELECT 'res.partner,' || map.keep FROM pharma_merge_map map"
                    "  WHERE map.source::text = split_part(%s, ',', 2))", name))
        for table, column in catalogue._get_company_links():
            name = SQL.identifier(column)
            self._rewrite(
                table, name, SQL("EXISTS (SELECT FROM jsonb_each(%s) entry"
                                 "         WHERE entry.value = to_jsonb(map.source))", name),
                SQL("(SELECT jsonb_object_agg(entry.key, COALESCE(to_jsonb(map.keep), entry.value))"
                    "   FROM jsonb_each(%s) entry LEFT JOIN pharma_merge_map map"
                    "     ON entry.value = to_jsonb(map.source))", name))
        for table, column, properties in catalogue._get_property_links():
            self._rewrite_properties(table, SQL.identifier(column), properties)
        self._rewrite(
            'ir_default', SQL("json_value"), SQL(
                "json_value = map.source::text AND field_id IN (SELECT id FROM ir_model_fields"
                " WHERE relation = 'res.partner' AND ttype = 'many2one')"),
            SQL("(SELECT map.keep::text FROM pharma_merge_map map"
                "  WHERE json_value = map.source::text)"))

    def _rewrite(self, table, column, found, value):
        """Write a column of the rows that hold a merged customer.

        :param str table: its name
        :param SQL column: name of the column
        :param SQL found: condition on the row and ``map``
        :param SQL value: the new one
        """
        self.env.cr.execute(SQL(
            "SELECT DISTINCT id FROM %s JOIN pharma_merge_map map ON %s",
            SQL.identifier(table), found))
        ids = [row_id for row_id, in self.env.cr.fetchall()]
        with self._recording(table, ids):
            self.env.cr.execute(SQL(
                "UPDATE %s SET %s = %s WHERE id = ANY(%s)", SQL.identifier(table), column, value,
                ids))

    def _rewrite_properties(self, table, column, properties):
        """Write own fields that point at merged customers, single links and lists of them.

        :param str table: its name
        :param SQL column: name of the column
        :param list properties: names of the own fields
        """
        mapped = SQL("COALESCE(to_jsonb(map.keep), entry.value)")
        self._rewrite(
            table, column, SQL(
                "EXISTS (SELECT FROM jsonb_each(%s) entry WHERE entry.key = ANY(%s)"
                "         AND entry.value @> to_jsonb(map.source))", column, properties),
            SQL(""" (SELECT jsonb_object_agg(entry.key, CASE
                            WHEN entry.key = ANY(%(properties)s)
                                 AND jsonb_typeof(entry.value) = 'array'
                            THEN (SELECT COALESCE(jsonb_agg(DISTINCT
                                         COALESCE(to_jsonb(other.keep), item)), '[]')
                                    FROM jsonb_array_elements(entry.value) item
                               LEFT JOIN pharma_merge_map other ON item = to_jsonb(other.source))
                            WHEN entry.key = ANY(%(properties)s) THEN %(mapped)s
                            ELSE entry.value END)
                       FROM jsonb_each(%(column)s) entry
                  LEFT JOIN pharma_merge_map map ON entry.value = to_jsonb(map.source)) """,
                properties=properties, mapped=mapped, column=column))

    # === AFTERWARDS === #

    def _get_changed_fields(self, moved):
        """What moved, as fields.

        :param dict moved: as of ``_move_links``
        :return: ``{field: ids}``
        :rtype: dict
        """
        changes = defaultdict(set)
        tables = defaultdict(list)
        for model in self.env.registry.values():
            if not model._abstract and model._auto and not model._transient:
                tables[model._table].append(model)
        for (table, column), ids in moved.items():
            for model in tables[table]:
                if column in model._fields:
                    changes[model._fields[column]].update(ids)
        return changes
