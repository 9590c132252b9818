from collections import defaultdict
from dataclasses import dataclass, field

from odoo import api, models
from odoo.tools import SQL

PARTNER = 'res.partner'
# Names of the column that says which model the id beside it is of.
MODEL_COLUMNS = ('res_model', 'model')


def catalogue_sql(text):
    """A text of the database's own catalogue; the percent sign has a meaning for SQL().

    :param str text: an expression
    :rtype: SQL
    """
    return SQL(text.replace('%', '%%'))


@dataclass(frozen=True)
class Key:
    """What a table has once: the key of a unique index or of an exclusion constraint; without
    parts a condition that each row keeps.
    """

    # SQL of the parts, over the columns of the table
    parts: tuple
    # how two parts are compared: 'OPERATOR(pg_catalog.=)'
    operators: tuple
    # which rows the index holds, none: all; without parts the condition
    predicate: str | None = None
    nulls_distinct: bool = True
    definition: str = ''


@dataclass(frozen=True)
class Link:
    """A column of the database that points at partners."""

    table: str
    column: str
    # the rows of which it does
    condition: SQL = field(default_factory=lambda: SQL("TRUE"))


class PharmaMergeLink(models.AbstractModel):
    """What in the database points at partners: read from the catalogue at each merge, so that the
    tables of addons that come later are found as well.
    """

    _name = 'pharma.merge.link'
    _description = "Links to Merged Customers"

    # === LINKS === #

    @api.model
    def _get_links(self):
        """Columns with ids of partners: foreign keys, links without one, and pairs of a model and
        an id.

        :rtype: list[Link]
        """
        skipped = self._get_skipped_tables()
        columns = self._get_foreign_keys() | self._get_many2ones()
        links = [Link(table, column) for table, column in sorted(columns) if table not in skipped]
        for table, column, model_column in sorted(self._get_pairs()):
            if table not in skipped:
                condition = SQL("%s = %s", SQL.identifier('t', model_column), PARTNER)
                if table == 'ir_attachment':
                    # a picture is a value of its record, which is chosen as the others
                    condition = SQL("%s AND t.res_field IS NULL", condition)
                links.append(Link(table, column, condition))
        return links

    @api.model
    def _get_skipped_tables(self):
        """Tables that are not moved: dialogs, what is worked out from the rest, and our journal.
        Extended by the other addons of the suite.

        :rtype: set[str]
        """
        tables = {
            'pharma_merge', 'pharma_merge_line', 'pharma_merge_source_rel', 'pharma_search_name',
            'pharma_score', 'pharma_score_history', 'pharma_duplicate'}
        for model in self.env.registry.values():
            if model._transient:
                tables.add(model._table)
                tables |= {
                    many.relation for many in model._fields.values()
                    if many.type == 'many2many' and many.store}
        return tables

    @api.model
    def _get_foreign_keys(self):
        self.env.cr.execute("""
            SELECT c.conrelid::regclass::text, a.attname
              FROM pg_constraint c
              JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]
             WHERE c.contype = 'f' AND c.confrelid = 'res_partner'::regclass
               AND cardinality(c.conkey) = 1
        """)
        return set(self.env.cr.fetchall())

    @api.model
    def _get_many2ones(self):
        """Stored links whose column has no foreign key."""
        return {
            (model._table, link.name) for model in self._get_models()
            for link in model._fields.values()
            if link.type == 'many2one' and link.comodel_name == PARTNER and link.store
            and link.column_type and not link.company_dependent}

    @api.model
    def _get_models(self):
        """Models with a table of their own."""
        self.env.cr.execute(
            "SELECT relname FROM pg_class WHERE relkind IN ('r', 'p')"
            "   AND relnamespace = current_schema::regnamespace")
        tables = {name for name, in self.env.cr.fetchall()}
        return [model for model in self.env.registry.values()
                if not model._abstract and model._auto and model._table in tables]

    @api.model
    def _get_pairs(self):
        """(table, column of the id, column of the model) of links to records of any model."""
        pairs = {
            (model._table, link.name, link.model_field) for model in self._get_models()
            for link in model._fields.values()
            if link.type == 'many2one_reference' and link.store
            and model._fields[link.model_field].store}
        # Those that are declared as a plain number
        self.env.cr.execute("""
            SELECT res.attrelid::regclass::text, res.attname, model.attname
              FROM pg_attribute res
              JOIN pg_class c ON c.oid = res.attrelid AND c.relkind IN ('r', 'p')
               AND c.relnamespace = current_schema::regnamespace
              JOIN pg_attribute model ON model.attrelid = res.attrelid
             WHERE res.attname = 'res_id' AND res.atttypid = 'int4'::regtype
               AND model.attname = ANY(%s) AND model.atttypid = 'varchar'::regtype
        """, [list(MODEL_COLUMNS)])
        known = {pair[:2] for pair in pairs}
        return pairs | {pair for pair in self.env.cr.fetchall() if pair[:2] not in known}

    @api.model
    def _get_references(self):
        """(table, column) of texts such as ``res.partner,7``."""
        return sorted(
            (model._table, link.name) for model in self._get_models()
            for link in model._fields.values()
            if link.type == 'reference' and link.store and not model._transient)

    @api.model
    def _get_company_links(self):
        """(table, column) of links that each company has its own of."""
        return sorted(
            (self.env[link.model_name]._table, link.name)
            for link in self.env.registry.many2one_company_dependents[PARTNER])

    @api.model
    def _get_property_links(self):
        """Own fields that point at partners.

        :return: ``(table, column, names of the own fields)``
        :rtype: list[tuple]
        """
        found = []
        for model in self._get_models():
            for link in model._fields.values():
                if link.type != 'properties' or not link.store or not link.definition_record:
                    continue
                container = self.env[model._fields[link.definition_record].comodel_name]
                definition = container._fields[link.definition_record_field]
                if not definition.store or not definition.column_type:
                    continue
                self.env.cr.execute(SQL(
                    """ SELECT DISTINCT entry->>'name'
                          FROM %s, jsonb_array_elements(%s) entry
                         WHERE entry->>'comodel' = %s AND jsonb_typeof(%s) = 'array' """,
                    SQL.identifier(container._table), SQL.identifier(definition.name), PARTNER,
                    SQL.identifier(definition.name)))
                if names := [name for name, in self.env.cr.fetchall()]:
                    found.append((model._table, link.name, sorted(names)))
        return found

    # === KEYS === #

    @api.model
    def _get_keys(self, tables):
        """What tables have once.

        :param tables: names
        :return: ``{table: [Key]}``
        :rtype: dict[str, list[Key]]
        """
        self.env.cr.execute("""
            SELECT i.indrelid::regclass::text,
                   ARRAY(SELECT pg_get_indexdef(i.indexrelid, number, FALSE)
                           FROM generate_series(1, i.indnkeyatts) number ORDER BY number),
                   ARRAY(SELECT format('OPERATOR(%%I.%%s)', n.nspname, o.oprname)
                           FROM unnest(c.conexclop) WITH ORDINALITY operator(oid, place)
                           JOIN pg_operator o ON o.oid = operator.oid
                           JOIN pg_namespace n ON n.oid = o.oprnamespace
                          ORDER BY place),
                   pg_get_expr(i.indpred, i.indrelid), i.indnullsnotdistinct,
                   pg_get_indexdef(i.indexrelid)
              FROM pg_index i
         LEFT JOIN pg_constraint c ON c.conindid = i.indexrelid AND c.contype = 'x'
             WHERE i.indrelid::regclass::text = ANY(%s) AND (i.indisunique OR c.oid IS NOT NULL)
        """, [list(tables)])
        keys = defaultdict(list)
        for table, parts, operators, predicate, nulls_equal, definition in self.env.cr.fetchall():
            keys[table].append(Key(
                tuple(parts), tuple(operators or ['='] * len(parts)), predicate, not nulls_equal,
                definition))
        self.env.cr.execute("""
            SELECT conrelid::regclass::text, pg_get_expr(conbin, conrelid)
              FROM pg_constraint WHERE contype = 'c' AND conrelid::regclass::text = ANY(%s)
        """, [list(tables)])
        for table, condition in self.env.cr.fetchall():
            keys[table].append(Key((), (), condition, definition=condition))
        for table, columns in self._get_logical_keys():
            keys[table].append(Key(
                columns, ('=',) * len(columns), definition=' '.join(columns)))
        return keys

    @api.model
    def _get_logical_keys(self):
        """What nobody has twice although the database would allow it: ``(table, columns)``.
        Extended by the other addons of the suite.

        :rtype: list[tuple]
        """
        return [('calendar_attendee', ('event_id', 'partner_id'))]

    @api.model
    def _get_frozen(self):
        """Rows that never change: they stay with the customer that they were made for. Extended by
        the other addons of the suite.

        :return: ``{table: condition on the row t}``
        :rtype: dict[str, SQL]
        """
        posted = SQL(
            "EXISTS (SELECT FROM account_move posted WHERE posted.id = t.move_id"
            "         AND posted.state != 'draft')")
        return {
            'account_move': SQL("t.state != 'draft'"),
            'account_move_line': posted,
            'account_payment': SQL("(t.state NOT IN ('draft', 'canceled') OR %s)", posted),
            'account_bank_statement_line': posted,
            'account_analytic_line': SQL("t.move_line_id IS NOT NULL"),
        }

    @api.model
    def _get_columns(self, table):
        """Names of the columns of a table.

        :rtype: list[str]
        """
        self.env.cr.execute(
            "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0"
            "   AND NOT attisdropped AND attgenerated = '' ORDER BY attnum", [table])
        return [name for name, in self.env.cr.fetchall()]
