from odoo import api, fields, models
from odoo.tools import SQL, split_every

from ...tools.names import fold, initials, kind_token, tokens

SEARCH_NAME_SOURCES = [
    ('name', "Name"),
    ('generic_name', "Generic Name"),
    ('alias', "Other Name"),
    ('code', "Code or Address"),
]
# Records whose names are read, computed and written at once.
CHUNK = 10000


class PharmaSearchName(models.Model):
    """Every name under which a record is found: the one index of names of the suite.

    A table beside its records, since an index on the record's own table would be rewritten by every
    bulk write there. One GIN index over the tokens of :func:`~..tools.names.tokens` answers one
    character, two characters, more of them, and pinyin initials; ``pg_trgm`` needs three, and a
    locale that knows Chinese.

    How it is kept: models with ``pharma.search.mixin`` call :meth:`_index` when a name reaches the
    database; who writes names by SQL calls it as well. Nobody reads or writes the table through the
    ORM: the names of records that a user may not see stand in it.
    """

    _name = 'pharma.search.name'
    _description = "Search Name"
    _log_access = False
    _rec_name = 'text'

    # fastupdate would make every search read the list of rows that are not in the index yet
    _grams_idx = models.Index('USING gin (grams) WITH (fastupdate = off)')
    _record_idx = models.Index('(res_id, model)')
    _owner_idx = models.Index('(owner)')

    model = fields.Char(required=True)
    res_id = fields.Many2oneReference(string="Record", model_field='model', required=True)
    source = fields.Selection(SEARCH_NAME_SOURCES, required=True)
    text = fields.Char(required=True, help="The name as names are compared")
    letters = fields.Char(required=True, help="Its pinyin initials")
    sort_key = fields.Char(required=True, help="Where the record stands in lists")
    kind = fields.Char(help="What lists of one kind ask for, such as hospitals; a token as well")
    owner = fields.Integer(
        required=True, aggregator=None,
        help="Id of the record on which it depends who sees this one; 0: everybody sees it")

    def _auto_init(self):
        """The tokens are an array, which Odoo has no field for."""
        cr = self.env.cr
        cr.execute("SELECT to_regclass('pharma_search_name')")
        if cr.fetchone()[0] is None:
            cr.execute("""
                CREATE TABLE pharma_search_name (
                    id serial PRIMARY KEY,
                    res_id integer NOT NULL,
                    model varchar NOT NULL,
                    source varchar NOT NULL,
                    text varchar NOT NULL,
                    letters varchar NOT NULL,
                    sort_key varchar NOT NULL,
                    kind varchar,
                    owner integer NOT NULL,
                    grams text[] NOT NULL
                )
            """)
            # more of the common tokens known to the planner than the hundred that it keeps usually
            cr.execute("ALTER TABLE pharma_search_name ALTER COLUMN grams SET STATISTICS 500")
            # fewer than usual: it compares each of them with thousands of visible customers
            cr.execute("ALTER TABLE pharma_search_name ALTER COLUMN owner SET STATISTICS 10")
        return super()._auto_init()

    # === KEEPING === #

    @api.model
    def _indexed_models(self):
        """Models whose names are kept here.

        :rtype: list[str]
        """
        return [
            name for name, model in self.pool.items()
            if not model._abstract and getattr(model, '_search_name_columns', None)
        ]

    @api.model
    def _index(self, model_name, record_ids):
        """Bring the names of records up to date with the database, in a few statements.

        Called by the models themselves; to be called by whoever writes names by SQL.

        :param str model_name: a model with ``pharma.search.mixin``
        :param record_ids: ids of existing or deleted records, any iterable
        """
        for ids in split_every(CHUNK, sorted(set(record_ids)), list):
            expected = self._expected_rows(model_name, ids)
            stored = self._stored_rows(model_name, ids)
            stale = [row_id for row, row_id in stored.items() if row not in expected]
            if stale:
                self.env.cr.execute("DELETE FROM pharma_search_name WHERE id = ANY(%s)", [stale])
            self._insert_rows(model_name, expected - stored.keys())

    @api.model
    def _expected_rows(self, model_name, record_ids):
        """Rows that the records should have.

        :param str model_name: a model with ``pharma.search.mixin``
        :param list[int] record_ids: records
        :return: distinct ``(record id, source, text, letters, sort key, kind, owner)``
        :rtype: set[tuple]
        """
        rows = set()
        self.env.cr.execute(self.env[model_name]._search_name_sources(record_ids))
        for res_id, source, name, sort_key, kind, owner in self.env.cr.fetchall():
            text = fold(name)
            if text:
                rows.add((
                    res_id, source, text, initials(name), sort_key or '', kind or '', owner or 0))
        return rows

    @api.model
    def _stored_rows(self, model_name, record_ids):
        """Rows that the records have: the rows of :meth:`_expected_rows` with their ids."""
        self.env.cr.execute(
            """ SELECT id, res_id, source, text, letters, sort_key, COALESCE(kind, ''), owner
                  FROM pharma_search_name
                 WHERE model = %s AND res_id = ANY(%s) """,
            [model_name, record_ids])
        return {tuple(row): row_id for row_id, *row in self.env.cr.fetchall()}

    @api.model
    def _insert_rows(self, model_name, rows):
        """Insert rows as of :meth:`_expected_rows`, with their tokens, in one statement."""
        if not rows:
            return
        rows = sorted(rows)
        self.env.cr.execute(
            """ INSERT INTO pharma_search_name (
                       model, res_id, source, text, letters, sort_key, kind, owner, grams)
                SELECT %s, new.res_id, new.source, new.text, new.letters, new.sort_key, new.kind,
                       new.owner, string_to_array(new.grams, ' ')
                  FROM unnest(%s::int[], %s::text[], %s::text[], %s::text[], %s::text[],
                              %s::text[], %s::int[], %s::text[])
                       AS new(res_id, source, text, letters, sort_key, kind, owner, grams) """,
            [model_name, *map(list, zip(*rows, strict=True)),
             [' '.join(sorted(self._row_tokens(row))) for row in rows]])

    @api.model
    def _row_tokens(self, row):
        """Tokens of a row as of :meth:`_expected_rows`: of its name, and of its kind."""
        _res_id, _source, text, letters, _sort_key, kind, _owner = row
        found = tokens(text, letters)
        return found | {kind_token(kind)} if kind else found

    @api.model
    def _rebuild(self, model_name):
        """Write all names of a model anew, for instance after a change of the normaliser.

        :param str model_name: a model with ``pharma.search.mixin``
        :return: number of rows
        :rtype: int
        """
        cr = self.env.cr
        self.env[model_name].flush_model()
        cr.execute("DELETE FROM pharma_search_name WHERE model = %s", [model_name])
        cr.execute("SELECT count(*) FROM pharma_search_name")
        # An index over everything at once is built many times faster than row by row.
        alone = cr.fetchone()[0] == 0
        if alone:
            cr.execute("DROP INDEX IF EXISTS pharma_search_name_grams_idx")
        count = 0
        for ids in self._all_ids(model_name):
            self.env[model_name]._search_name_prepare(ids)
            rows = self._expected_rows(model_name, ids)
            self._insert_rows(model_name, rows)
            count += len(rows)
        if alone:
            self._grams_idx.apply_to_database(self)
        # The choice between the ways to search rests on how frequent each token is.
        cr.execute("ANALYZE pharma_search_name")
        return count

    @api.model
    def _all_ids(self, model_name):
        """Yield the ids of all records of a model, in lists of at most ``CHUNK``."""
        self.env.cr.execute(SQL(
            "SELECT id FROM %s ORDER BY id", SQL.identifier(self.env[model_name]._table)))
        yield from split_every(CHUNK, [row[0] for row in self.env.cr.fetchall()], list)

    @api.model
    def _check_consistency(self):
        """Compare the table with the names that it stands for.

        :return: what differs, by model: ``missing`` rows, ``surplus`` rows and rows with wrong
            ``tokens``, each a list of rows as of :meth:`_expected_rows`; nothing when equal
        :rtype: dict[str, dict[str, list]]
        """
        found = {}
        self.env.flush_all()
        for model_name in self._indexed_models():
            differences = {'missing': [], 'surplus': [], 'tokens': []}
            for ids in self._all_ids(model_name):
                expected = self._expected_rows(model_name, ids)
                stored = self._stored_tokens(SQL(
                    "model = %s AND res_id = ANY(%s)", model_name, ids))
                differences['missing'] += sorted(expected - stored.keys())
                differences['surplus'] += sorted(stored.keys() - expected)
                differences['tokens'] += sorted(
                    row for row, grams in stored.items() if grams != self._row_tokens(row))
            orphans = self._stored_tokens(SQL(
                "model = %s AND res_id NOT IN (SELECT id FROM %s)",
                model_name, SQL.identifier(self.env[model_name]._table)))
            differences['surplus'] += sorted(orphans)
            found[model_name] = {kind: rows for kind, rows in differences.items() if rows}
        return {model_name: differences for model_name, differences in found.items() if differences}

    @api.model
    def _stored_tokens(self, condition):
        """Stored rows as of :meth:`_expected_rows`, with the set of their tokens."""
        self.env.cr.execute(SQL(
            """ SELECT res_id, source, text, letters, sort_key, COALESCE(kind, ''), owner, grams
                  FROM pharma_search_name WHERE %s """,
            condition))
        return {tuple(row): set(grams) for *row, grams in self.env.cr.fetchall()}
