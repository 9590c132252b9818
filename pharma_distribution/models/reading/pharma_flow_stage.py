import csv
import io

from odoo import api, models
from odoo.tools import SQL

from ...tools.flow_reader import STORED_FIELDS
from ...tools.session import KEYS_BY_INDEX, MEMORY, STATISTICS
from ..matching.pharma_flow_matcher import FlowName
from ..matching.pharma_flow_resolver import JUDGED_COLUMNS

# Stored fields of FlowRow under the names of pharma.flow.line.
COLUMNS = [{'quantity': 'file_quantity'}.get(name, name) for name in STORED_FIELDS]
STAGED = (*COLUMNS, 'source', 'customer_key', 'product_key')
# Those that are numbers; the others are texts, but for the date.
TYPES = {
    'row_number': 'int', 'date': 'date', 'file_quantity': 'numeric', 'price': 'numeric',
    'amount': 'numeric',
}


class PharmaFlowStage(models.AbstractModel):
    """Brings the rows of one file into the database: COPY into a temporary table, then one INSERT.

    So every row is written once where the indexes are, already judged.
    """

    _name = 'pharma.flow.stage'
    _description = "Staging of Flow Rows"

    @api.model
    def _fill(self, file, rows):
        """Copy rows into the temporary table ``pharma_flow_stage``.

        :param file: pharma.flow.file
        :param list rows: of tools.flow_reader.FlowRow
        :return: the distinct names: dict kind -> dict key -> FlowName
        """
        resolver = self.env['pharma.flow.resolver']
        names = {'partner': {}, 'product': {}}
        customers, products = {}, {}  # texts -> key: the same names come again and again
        buffer = io.StringIO()
        write = csv.writer(buffer).writerow
        stored = len(COLUMNS)
        for row in rows:
            is_sale = row.kind == 'sale'
            customer = row.raw_customer, row.raw_customer_code, is_sale
            key = customers.get(customer)
            if key is None:
                key = customers[customer] = resolver._customer_key(*customer[:2])
                if key and (is_sale or key not in names['partner']):
                    name, code = customer[:2]
                    names['partner'][key] = FlowName(name or code, code, is_sale)
            product = row.raw_product, row.raw_spec, row.raw_product_code, row.raw_maker
            product_key = products.get(product)
            if product_key is None:
                product_key = products[product] = resolver._product_key(*product[:3])
                self._note_product(names['product'], product_key, product)
            write((*row[:stored], row.source, key, product_key))
        self._copy(buffer)
        return names

    @api.model
    def _note_product(self, names, key, product):
        """Add a product's name to those of the file.

        :param tuple product: name, specification, code and maker
        """
        name, specification, code, maker = product
        known = names.get(key)
        if key and known is None:
            names[key] = FlowName(f"{name} {specification}".strip() or code, code, True, maker)
        elif key and known.maker != maker:
            names[key] = known._replace(maker='')

    @api.model
    def _copy(self, buffer):
        columns = SQL(', ').join(
            SQL("%s %s", SQL.identifier(name), SQL(TYPES.get(name, 'text')))
            for name in STAGED)
        self.env.cr.execute(SQL(
            "DROP TABLE IF EXISTS pharma_flow_stage;"
            "CREATE TEMPORARY TABLE pharma_flow_stage ("
            " %s, position int GENERATED ALWAYS AS IDENTITY) ON COMMIT DROP;"
            "DROP TABLE IF EXISTS pharma_flow_counted;"
            "CREATE TEMPORARY TABLE pharma_flow_counted (alias_id int) ON COMMIT DROP", columns))
        self.env.cr.execute(SQL(f'{MEMORY}; {STATISTICS}'))
        buffer.seek(0)
        # in this format nothing between two commas is NULL
        self.env.cr.copy_expert(
            f"COPY pharma_flow_stage ({', '.join(STAGED)}) FROM STDIN WITH (FORMAT csv)", buffer)
        self.env.cr.execute(
            "ANALYZE pharma_flow_stage (customer_key, product_key, raw_unit, date, position)")

    @api.model
    def _resolve(self, file, names):
        """Find out what the names mean, for the judgement.

        :param dict names: as ``_fill`` returns them
        :return: dict kind -> dict key -> (target id or None, outcome)
        """
        resolver = self.env['pharma.flow.resolver']
        distributor_id, company_id = file.distributor_id.id, file.company_id.id
        answers = {
            kind: resolver._resolve_keys(kind, found, distributor_id, company_id, file)
            for kind, found in names.items()}
        resolver._fill_answers([
            (kind, distributor_id, company_id, key, target_id, outcome)
            for kind, found in answers.items()
            for key, (target_id, outcome) in found.items()])
        return answers

    @api.model
    def _sql_name_rows(self, kind, file):
        """Query of the rows of each name in the file that is being read; of none, without a file.

        :param str kind: 'partner' or 'product'
        :return: SQL of ``(key, count, amount)``
        """
        if not file:
            return SQL("SELECT NULL AS key, 0 AS count, 0 AS amount WHERE FALSE")
        key = SQL.identifier('customer_key' if kind == 'partner' else 'product_key')
        return SQL("SELECT %(key)s AS key, COUNT(*) AS count, SUM(amount) AS amount"
                   "  FROM pharma_flow_stage GROUP BY %(key)s", key=key)

    @api.model
    def _insert_names(self, statement, file):
        """Insert names; those that come with a file are counted already, and need no second
        version.

        :param SQL statement: gives (id, key, status, whether it is new)
        :return: what it gives
        """
        if not file:
            return self.env.execute_query(statement)
        return self.env.execute_query(SQL("""
            WITH name(id, key, status, new) AS (%s), counted AS (
                INSERT INTO pharma_flow_counted SELECT id FROM name WHERE new
            ) SELECT * FROM name
        """, statement))

    @api.model
    def _store(self, file):
        """Judge the staged rows and store them as lines."""
        self._complete_period(file)
        file.flush_recordset()
        resolver = self.env['pharma.flow.resolver']
        resolver._flush_judgement()
        self.env.cr.execute(SQL(KEYS_BY_INDEX))
        source = SQL("""(
            SELECT *, %s::int AS file_id, %s::int AS distributor_id, %s::int AS company_id,
                   NULL::date AS read_date, NULL::boolean AS has_other_date,
                   NULL::numeric AS read_amount, NULL::boolean AS has_other_amount
              FROM pharma_flow_stage)""", file.id, file.distributor_id.id, file.company_id.id)
        columns = SQL(', ').join(map(SQL.identifier, (
            name for name in (*STAGED, 'file_id', 'distributor_id', 'company_id')
            if name not in JUDGED_COLUMNS)))
        self.env.cr.execute(SQL("""
            INSERT INTO pharma_flow_line (%(columns)s, %(judged_columns)s)
            SELECT %(columns)s, %(new_columns)s FROM %(judged)s judged
             ORDER BY judged.position  -- rows stand in the order of the file
        """, columns=columns,
            judged_columns=SQL(", ").join(map(SQL.identifier, JUDGED_COLUMNS)),
            new_columns=SQL(", ").join(SQL.identifier(f'new_{name}') for name in JUDGED_COLUMNS),
            judged=resolver._sql_judgement(source, 'position')))
        self.env['pharma.flow.line'].invalidate_model()
        self.env['pharma.flow.double']._judge_files(file)

    @api.model
    def _complete_period(self, file):
        """A file that names no period is about the days of its rows; known before they are judged,
        since rows without a day belong to its last.
        """
        self.env.cr.execute("""
            SELECT MIN(date), MAX(CASE date_precision
                                  WHEN 'month' THEN (date + INTERVAL '1 month - 1 day')::date
                                  ELSE date END)
              FROM pharma_flow_stage
        """)
        first, last = self.env.cr.fetchone()
        file.write({'date_from': file.date_from or first, 'date_to': file.date_to or last})
