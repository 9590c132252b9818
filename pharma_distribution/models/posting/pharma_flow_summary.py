from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from ...tools.session import MEMORY, STATISTICS

# What a cell of the results is, beside what it comes from in a row ``r``.
MONTH = SQL("date_trunc('month', r.date::timestamp)::date")
SOURCES = {
    'company_id': SQL("r.company_id"),
    'kind': SQL("r.kind"),
    'month': MONTH,
    'entry_month': SQL("COALESCE(r.entry_month, %s)", MONTH),
    'distributor_id': SQL("r.distributor_id"),
    'partner_id': SQL("r.partner_id"),
    'department_id': SQL("r.department_id"),
    'product_id': SQL("r.product_id"),
    'product_line_id': SQL("r.product_line_id"),
    'territory_id': SQL("r.territory_id"),
    'user_id': SQL("r.user_id"),
}
DIMENSIONS = tuple(SOURCES)
FLOATS = ('quantity', 'amount')
MEASURES = (*FLOATS, 'row_count')
# Columns of rows that decide where they count, and with what.
LINE_COLUMNS = (
    'file_id', 'company_id', 'kind', 'date', 'entry_month', 'distributor_id', 'partner_id',
    'department_id', 'product_id', 'product_line_id', 'territory_id', 'user_id', 'quantity',
    'amount', 'status')
# One row per cell. Customer and month in front: who sees a part of the customers reads their cells
# by this index as well.
CELL = (
    '(partner_id, month, product_id, distributor_id, territory_id, user_id, department_id, kind,'
    ' entry_month, product_line_id, company_id) NULLS NOT DISTINCT')
# How cells come into the table: by month, and within it as the index is sorted.
SORTED = ('month', 'partner_id', 'product_id', 'distributor_id')
# Changes that are folded in one transaction.
FOLD_ROWS = 200000
# Changes wait so long for others of the same cells, and are folded together. Results are right all
# the while.
FOLD_DELAY = timedelta(seconds=20)
REBUILD_MEMORY = '256MB'
# Decimal places that figures of cells are exact to.
PLACES = 6


def exact(value):
    """A sum of floats as the decimal number that it stands for.

    Cells hold floats, which the database adds up twice as fast as decimal numbers. Floats are not
    what decimal numbers are (0.1 + 0.2 - 0.3 is not 0), but they are exact enough to know which
    decimal number is meant: up to 9,000,000,000 with six places, with fewer places far more.

    :param SQL value: the sum
    :rtype: SQL
    """
    scale = SQL("%s::float8", 10 ** PLACES)
    # + 0: what is left of nothing has no sign
    return SQL("ROUND((%s) * %s) / %s + 0", value, scale, scale)


def names(columns, alias=None):
    """Names of columns, separated by commas.

    :param columns: names
    :param str alias: of the table, if any
    :rtype: SQL
    """
    return SQL(", ").join(
        SQL.identifier(alias, name) if alias else SQL.identifier(name) for name in columns)


class PharmaFlowSummaryMixin(models.AbstractModel):
    """What all tables of results are: the same columns, of which each table fills those that its
    cells are told apart by.

    How to use: inherit it, say in ``_dimensions`` which ones, list the model in
    ``pharma.flow.summary._get_tables`` and in the report's ``TABLES``.

    Ids are plain numbers: rows have the foreign keys, and a cell without rows goes away. So
    nothing that is deleted or merged is held, or emptied, by the tables of results.
    """

    _name = 'pharma.flow.summary.mixin'
    _description = "Table of Results"
    # Names among DIMENSIONS; the columns of the others stay empty
    _dimensions = DIMENSIONS
    # 'year': the months of a year are one cell, in the year's first month
    _grain = 'month'

    _cell_uniq = models.UniqueIndex(CELL)

    company_id = fields.Integer(aggregator=None)
    distributor_id = fields.Integer(aggregator=None)
    partner_id = fields.Integer(aggregator=None)
    department_id = fields.Integer(aggregator=None)
    product_id = fields.Integer(aggregator=None)
    product_line_id = fields.Integer(aggregator=None)
    territory_id = fields.Integer(aggregator=None)
    user_id = fields.Integer(aggregator=None)
    month = fields.Date(string="Month of Truth")
    entry_month = fields.Date(string="Month of Entry")
    kind = fields.Char(export_string_translation=False)

    # Without digits: see ``exact``
    quantity = fields.Float()
    amount = fields.Float()
    row_count = fields.Integer(string="Rows")

    @api.model
    def _get_dimensions(self):
        """Names of the dimensions of this table: those of ``DIMENSIONS`` in their order, then
        those that follow from them.
        """
        return (*(name for name in DIMENSIONS if name in self._dimensions), *self._get_facts())

    @api.model
    def _get_facts(self):
        """Names of the dimensions that are facts of customers."""
        return ()

    @api.model
    def _get_cell_columns(self):
        """Names of the columns of the unique index of cells."""
        return DIMENSIONS

    @api.model
    def _sql_told(self, source):
        """Cells by every dimension, with what else this table tells cells apart by.

        :param SQL source: table with all of ``DIMENSIONS`` and ``MEASURES``, or such a table with
            a condition
        :rtype: SQL
        """
        return source

    @api.model
    def _sql_dimension(self, name, named=False):
        """What a dimension of a cell by every dimension is in this table.

        :param str name: one of ``_get_dimensions``
        :param bool named: with its name, as a column
        :rtype: SQL
        """
        column = SQL.identifier(name)
        if name != 'month' or self._grain == 'month':
            return column
        # as a timestamp: without looking up time zones for each cell
        year = SQL("date_trunc('year', month::timestamp)::date")
        return SQL("%s AS %s", year, column) if named else year

    @api.model
    def _sql_cells_of(self, source):
        """Query of the cells of this table that others add up to.

        :param SQL source: table with all of ``_get_dimensions`` and ``MEASURES``, or such a table
            with a condition
        :return: query of ``_get_dimensions`` and ``MEASURES``
        :rtype: SQL
        """
        dimensions = self._get_dimensions()
        return SQL(
            "SELECT %s, %s FROM %s GROUP BY %s",
            SQL(", ").join(self._sql_dimension(name, named=True) for name in dimensions),
            self._sql_sums(), source, SQL(", ").join(map(self._sql_dimension, dimensions)))

    @api.model
    def _sql_sums(self):
        return SQL(", ").join(
            SQL("%s AS %s", exact(total) if name in FLOATS else total, SQL.identifier(name))
            for name in MEASURES for total in [SQL("SUM(%s)", SQL.identifier(name))])

    @api.model
    def _add_cells(self, source):
        """Add cells to this table: new ones are inserted, known ones grow, empty ones vanish.

        :param SQL source: table with all of ``DIMENSIONS`` and ``MEASURES``
        """
        table = SQL.identifier(self._table)
        rows = self.env.execute_query(SQL("""
            WITH touched AS (
                INSERT INTO %(table)s AS cell (%(dimensions)s, %(measures)s)
                SELECT * FROM (%(cells)s) change
                 WHERE change.row_count != 0 OR change.quantity != 0 OR change.amount != 0
                 ORDER BY %(order)s
                    ON CONFLICT (%(unique)s) %(folded)s DO UPDATE
                   SET quantity = %(quantity)s, amount = %(amount)s,
                       row_count = cell.row_count + EXCLUDED.row_count
             RETURNING cell.id, cell.quantity, cell.amount, cell.row_count
            ) SELECT id FROM touched WHERE row_count = 0 AND quantity = 0 AND amount = 0
        """, table=table, dimensions=names(self._get_dimensions()), measures=names(MEASURES),
            quantity=exact(SQL("cell.quantity + EXCLUDED.quantity")),
            amount=exact(SQL("cell.amount + EXCLUDED.amount")),
            cells=self._sql_cells_of(self._sql_told(source)),
            unique=names(self._get_cell_columns()),
            order=names(name for name in SORTED if name in self._dimensions),
            folded=SQL("WHERE pending IS NOT TRUE") if 'pending' in self._fields else SQL("")))
        self.env.cr.execute(SQL(
            "DELETE FROM %s WHERE id = ANY(%s)", table, [row_id for row_id, in rows]))


class PharmaFlowSummary(models.Model):
    """What posted rows add up to, by every dimension; kept up to date with each change of rows.

    How it works: whoever changes rows that count takes them out before (``_take``) and gives them
    back afterwards (``_give``), in the same transaction. Both only *append* pending rows, with the
    sign of the change; the sum over all rows of a cell, pending ones included, is right at any
    moment. A job folds pending rows into one row per cell, and into the smaller tables.

    Why not at once: files that are posted at the same time touch the same cells. Writers who add
    to one row would wait for each other, in any order, and under Odoo's isolation the second of
    them starts again from the beginning, with a file of a million rows. Appending never waits; the
    folding alone writes folded rows, and one folding at a time (see ``_fold``).
    """

    _name = 'pharma.flow.summary'
    _description = "Results by Every Dimension"
    _inherit = ['pharma.flow.summary.mixin']
    _log_access = False

    _cell_uniq = models.UniqueIndex(f'{CELL} WHERE pending IS NOT TRUE')
    # Months come one after the other, in the table as well
    _month_idx = models.Index('USING brin (month)')
    _pending_idx = models.Index('(id) WHERE pending')

    pending = fields.Boolean(help="A change that is not folded into its cell yet")

    # === CHANGES OF ROWS === #

    @api.model
    def _take(self, where):
        """Posted rows are about to change or go: take what they count out of the results.

        :param SQL where: condition on ``pharma_flow_line line``. Where rows change, ``_give`` is
            called afterwards with a condition that picks the same rows, such as their ids
        """
        self._append(where, -1)

    @api.model
    def _give(self, where):
        """Posted rows have changed or come: count them.

        :param SQL where: condition on ``pharma_flow_line line``
        """
        self._append(where, 1)

    @api.model
    def _append(self, where, sign):
        self.env['pharma.flow.file'].flush_model(['state'])
        self.env.cr.execute(self._sql_append(SQL(
            "(SELECT %s, %s AS sign FROM pharma_flow_line line WHERE %s)",
            names(LINE_COLUMNS, 'line'), sign, where)))
        self._after_append()

    @api.model
    def _after_append(self):
        """Pending rows wait for the folding."""
        self.env.ref('pharma_distribution.ir_cron_fold_flow_summary')._trigger(
            fields.Datetime.now() + FOLD_DELAY)

    @api.model
    def _sql_cells(self, rows):
        """Query of the cells that rows add up to, in the order of ``DIMENSIONS`` and ``MEASURES``.

        :param SQL rows: query of ``LINE_COLUMNS`` and ``sign``
        :rtype: SQL
        """
        return SQL("""
            SELECT %(dimensions)s,
                   SUM(r.sign * ROUND(COALESCE(r.quantity, 0), %(places)s))::float8 AS quantity,
                   SUM(r.sign * ROUND(COALESCE(r.amount, 0), %(places)s))::float8 AS amount,
                   SUM(r.sign) AS row_count
              FROM %(rows)s r
              JOIN pharma_flow_file file ON file.id = r.file_id AND file.state = 'posted'
             WHERE r.status = 'ok'
             GROUP BY %(groups)s""",
            dimensions=SQL(", ").join(
                SQL("%s AS %s", source, SQL.identifier(name)) for name, source in SOURCES.items()),
            groups=SQL(", ").join(SOURCES.values()), places=PLACES, rows=rows)

    @api.model
    def _sql_append(self, rows):
        """Statement that appends what rows change in the results; parameters as above."""
        return SQL("""
            INSERT INTO pharma_flow_summary (%(columns)s, pending)
            SELECT cell.*, TRUE FROM (%(cells)s) cell
             WHERE cell.row_count != 0 OR cell.quantity != 0 OR cell.amount != 0""",
            columns=names((*DIMENSIONS, *MEASURES)), cells=self._sql_cells(rows))

    @api.model
    def _sql_returned(self, changed_columns):
        """What an ``UPDATE pharma_flow_line line … FROM … new`` has to return for
        ``_sql_changes``, where ``new`` holds the columns of the row as it was.

        :param changed_columns: columns that the statement may change
        :rtype: SQL
        """
        return SQL(", ").join(
            column for name in LINE_COLUMNS for column in (
                [SQL("new.%s AS %s", SQL.identifier(name), SQL.identifier(f'old_{name}')),
                 SQL("line.%s AS %s", SQL.identifier(name), SQL.identifier(name))]
                if name in changed_columns else [SQL.identifier('line', name)]))

    @api.model
    def _sql_changes(self, changed, changed_columns):
        """Statement, for a WITH, that takes rows out as they were and gives them as they are.

        :param str changed: name of what ``_sql_returned`` gave
        :param changed_columns: as there
        :rtype: SQL
        """
        before = SQL(", ").join(
            SQL("%s AS %s", SQL.identifier(f'old_{name}'), SQL.identifier(name))
            if name in changed_columns else SQL.identifier(name) for name in LINE_COLUMNS)
        changed = SQL.identifier(changed)
        return self._sql_append(SQL(
            "(SELECT %s, -1 AS sign FROM %s UNION ALL SELECT %s, 1 FROM %s)",
            before, changed, names(LINE_COLUMNS), changed))

    # === FOLDING === #

    @api.model
    def _has_pending(self):
        """Whether changes wait for the folding.

        :rtype: bool
        """
        [[found]] = self.env.execute_query(
            SQL("SELECT EXISTS (SELECT FROM pharma_flow_summary WHERE pending)"))
        return found

    @api.model
    def _get_tables(self):
        """Tables of results, the complete one first.

        :return: list of empty recordsets
        """
        return [self, *(self.env[f'pharma.flow.summary.{name}'] for name in (
            'year', 'customer', 'terminal', 'trade', 'territory', 'person', 'terminal.year',
            'person.year', 'market', 'place'))]

    @api.model
    def _fold(self, limit=None):
        """Fold pending rows into their cells; cells without rows vanish.

        One at a time: whoever comes second leaves it to the first. Should both see the same rows
        all the same, the database refuses the second, and it is tried again later.

        :param int limit: how many pending rows at most
        :return: how many were folded
        :rtype: int
        """
        cr = self.env.cr
        cr.execute("SELECT pg_try_advisory_xact_lock(hashtext('pharma_flow_summary'))")
        if not cr.fetchone()[0]:
            return 0
        columns = (*DIMENSIONS, *MEASURES)
        cr.execute(SQL(f'{MEMORY}; {STATISTICS}'))
        cr.execute(SQL("""
            DROP TABLE IF EXISTS pharma_flow_folding;
            CREATE TEMPORARY TABLE pharma_flow_folding ON COMMIT DROP AS
                SELECT %s FROM pharma_flow_summary WHERE FALSE;
            WITH gone AS (
                DELETE FROM pharma_flow_summary WHERE pending AND id <= (
                    SELECT MAX(id) FROM (SELECT id FROM pharma_flow_summary WHERE pending
                                          ORDER BY id LIMIT %s) first)
             RETURNING %s
            ) INSERT INTO pharma_flow_folding SELECT * FROM gone""",
            names(columns), limit, names(columns)))
        folded = cr.rowcount
        self.env['pharma.flow.customer']._follow()
        if folded:
            cr.execute("ANALYZE pharma_flow_folding")
            self.env['pharma.flow.customer']._learn(SQL("pharma_flow_folding"))
            for table in self._get_tables():
                table._add_cells(SQL.identifier('pharma_flow_folding'))
        return folded

    @api.model
    def _cron_fold(self):
        """Fold what is pending, in portions."""
        cron = self.env['ir.cron']
        while folded := self._fold(FOLD_ROWS):
            remaining = FOLD_ROWS if folded == FOLD_ROWS else 0
            if not cron._commit_progress(folded, remaining=remaining):
                break

    # === CHECK AND REPAIR === #

    @api.model
    def _sql_recount(self):
        """Query of the cells as the rows tell them now."""
        return self._sql_cells(SQL(
            "(SELECT %s, 1 AS sign FROM pharma_flow_line)", names(LINE_COLUMNS)))

    @api.model
    def _count_differences(self):
        """Compare the results with the rows, all in one view of the database.

        :return: dict name of the model -> number of cells that differ, and 'pending' -> number of
            rows that wait for the folding
        """
        self.env['pharma.flow.file'].flush_model(['state'])
        stored = SQL("SELECT %s, %s FROM pharma_flow_summary GROUP BY %s", names(DIMENSIONS),
                     self._sql_sums(), names(DIMENSIONS))
        counts = {self._name: self._count_apart(self._sql_recount(), stored)}
        for table in self._get_tables()[1:]:
            folded, own = (table._sql_cells_of(source) for source in (
                table._sql_told(SQL("pharma_flow_summary WHERE pending IS NOT TRUE")),
                SQL.identifier(table._table)))
            counts[table._name] = self._count_apart(folded, own)
        self.env.cr.execute("SELECT COUNT(*) FROM pharma_flow_summary WHERE pending")
        counts['pending'] = self.env.cr.fetchone()[0]
        return counts

    @api.model
    def _count_apart(self, first, second):
        """How many rows only one of two queries of cells has; cells of nothing do not count."""
        first, second = (
            SQL("(SELECT * FROM (%s) cell"
                " WHERE row_count != 0 OR quantity != 0 OR amount != 0)", query)
            for query in (first, second))
        [[count]] = self.env.execute_query(SQL(
            "SELECT (SELECT COUNT(*) FROM (%(first)s EXCEPT ALL %(second)s) a)"
            "     + (SELECT COUNT(*) FROM (%(second)s EXCEPT ALL %(first)s) b)",
            first=first, second=second))
        return count

    @api.model
    def _rebuild(self):
        """Write all tables of results anew from the rows.

        May run while others work: it replaces what it sees, and what they append meanwhile is
        added to it later, as always.
        """
        self.env['pharma.flow.file'].flush_model(['state'])
        # Millions of cells are added up in memory, not on disk
        self.env.cr.execute(SQL("SET LOCAL work_mem = %s", REBUILD_MEMORY))
        for table in self._get_tables():
            self.env.cr.execute(SQL("DELETE FROM %s", SQL.identifier(table._table)))
        self.env.cr.execute(SQL(
            "INSERT INTO pharma_flow_summary (%s) SELECT * FROM (%s) cell ORDER BY %s",
            names((*DIMENSIONS, *MEASURES)), self._sql_recount(), names(SORTED)))
        self.env['pharma.flow.customer']._relearn()
        for table in self._get_tables()[1:]:
            table._add_cells(SQL.identifier(self._table))
