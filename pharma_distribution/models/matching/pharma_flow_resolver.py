import csv
import io
from collections import defaultdict

from odoo import api, models
from odoo.tools import SQL

from odoo.addons.pharma_crm.models.territory.pharma_alignment import OWNER_ORDER
from odoo.addons.pharma_crm.tools.names import normalise

from ...tools.flow_values import NO_NUMBER
from ...tools.matching_products import maker_name, same_maker
from ...tools.session import MEMORY
from .pharma_flow_matcher import FlowName

# What the judgement says about a row.
JUDGED_COLUMNS = (
    'date', 'has_other_date', 'read_date', 'partner_id', 'department_id', 'product_id',
    'product_line_id', 'territory_id', 'user_id', 'quantity', 'amount', 'has_other_amount',
    'read_amount', 'identity', 'status', 'reason')


class PharmaFlowResolver(models.AbstractModel):
    """Says which customer and which product a name of a file means, for many rows at once.

    How it works: names are compared by their key (``pharma_crm.tools.names.normalise``). For each
    key the first answer counts: what people decided for the distributor, what they decided for all,
    what was decided alone and remembered; on all others ``pharma.flow.matcher`` decides. The
    answers go into a temporary table, and one SQL statement judges all rows by it; the same
    judgement serves new files and changed decisions.
    """

    _name = 'pharma.flow.resolver'
    _description = "Resolves Names of Flow Files"

    # === NAMES === #

    @api.model
    def _customer_key(self, name, code):
        return normalise(name or code)

    @api.model
    def _product_key(self, name, specification, code):
        """Key of a product: name and specification, since one name is sold in several strengths."""
        return normalise(f"{name} {specification}" if name else code)

    @api.model
    def _resolve_keys(self, kind, names, distributor_id, company_id, file=None):
        """Decide what names mean at one distributor.

        :param str kind: 'partner' or 'product'
        :param dict names: key -> FlowName
        :param int distributor_id: id of the distributor
        :param int company_id: id of the company
        :param file: the pharma.flow.file that is being read, if any
        :return: dict key -> (id of the partner or the product template or None, outcome); the
            outcome is 'ok', 'ignored', 'ambiguous' or 'unknown'
        """
        answers = self._resolve_by_alias(kind, list(names), distributor_id, company_id)
        open_names = {key: name for key, name in names.items() if key not in answers}
        if open_names:
            answers |= self.env['pharma.flow.matcher']._decide(
                kind, open_names, distributor_id, company_id, answers, file)
        return answers

    @api.model
    def _resolve_by_alias(self, kind, keys, distributor_id, company_id):
        """Answers of decided aliases: people's before automatic ones, then the narrower scope.

        :return: dict as of ``_resolve_keys``, with the decided keys alone
        """
        rows = self.env.execute_query(SQL("""
            SELECT key, CASE status WHEN 'confirmed' THEN COALESCE(partner_id, product_id) END,
                   CASE status WHEN 'confirmed' THEN 'ok' ELSE 'ignored' END
              FROM %s decision
        """, self._sql_decisions(kind, keys, distributor_id, company_id)))
        return {key: (target, outcome) for key, target, outcome in rows}

    @api.model
    def _get_decisions(self, kind, keys, distributor_id, company_id):
        """The names whose decisions hold: as ``_resolve_by_alias``.

        :return: dict key -> pharma.alias
        """
        rows = self.env.execute_query(SQL("SELECT key, id FROM %s decision", self._sql_decisions(
            kind, list(keys), distributor_id, company_id)))
        return {key: self.env['pharma.alias'].browse(alias_id) for key, alias_id in rows}

    @api.model
    def _sql_decisions(self, kind, keys, distributor_id, company_id):
        """SQL of a sub-query: the decision that holds for each key."""
        self.env['pharma.alias'].flush_model()
        self.env['res.partner'].flush_model(['active'])
        self.env['product.template'].flush_model(['active'])
        return SQL("""(
            SELECT DISTINCT ON (a.key) a.*
              FROM pharma_alias a
         LEFT JOIN res_partner p ON p.id = a.partner_id
         LEFT JOIN product_template t ON t.id = a.product_id
             WHERE a.kind = %s AND a.key = ANY(%s) AND a.status IN ('confirmed', 'ignored')
               AND COALESCE(a.distributor_id, 0) IN (0, %s)
               AND COALESCE(a.company_id, 0) IN (0, %s)
               AND (a.automatic IS NOT TRUE
                    OR (a.ask_again IS NOT TRUE AND COALESCE(p.active, t.active)))
             ORDER BY a.key, COALESCE(a.automatic, FALSE), a.distributor_id NULLS LAST,
                      a.company_id NULLS LAST
        )""", kind, keys, distributor_id, company_id)

    @api.model
    def _find_own_products(self, names, company_id):
        """Products by name, by generic name with or without specification, or by our code.

        A code counts only together with a name that fits: the codes in a file are the
        distributor's, and may be those of other products of ours by chance. Competitors' products
        (not for sale) carry the same generic names: they count only where none of ours fits. A
        product of another maker than the file says is another one.

        :param dict names: key -> FlowName
        :return: dict key -> id of the only product template that fits
        """
        self.env['product.template'].flush_model()
        rows = self.env.execute_query(SQL("""
            SELECT t.id, t.name, t.drug_generic_name, t.drug_specification, t.default_code,
                   t.sale_ok, maker.name
              FROM product_template t
         LEFT JOIN res_partner maker ON maker.id = t.drug_manufacturer_id
             WHERE t.active AND (t.company_id IS NULL OR t.company_id = %s)
        """, company_id))
        makers = {row[0]: maker_name(row[-1]) for row in rows if row[-1]}
        ours = {row[0] for row in rows if row[5]}
        result = {}
        for key, product_ids in self._find_by_name_or_code(names, rows).items():
            fitting = {
                product_id for product_id in product_ids & ours or product_ids
                if self._fits_maker(names[key].maker, makers.get(product_id))}
            if len(fitting) == 1:
                result[key] = fitting.pop()
        return result

    @api.model
    def _find_by_name_or_code(self, names, rows):
        """Products whose name a name of a file is; by code those whose names it resembles.

        :param list rows: of the products, as ``_find_own_products`` reads them
        :return: dict key -> set of ids
        """
        found, by_code = defaultdict(set), defaultdict(list)
        for product_id, translations, generic, specification, code, _ours, _maker in rows:
            own_names = {*translations.values(), generic or ''} - {''}
            for name in own_names:
                for text in (name, f"{name} {specification}" if specification else name):
                    key = normalise(text)
                    if key in names:
                        found[key].add(product_id)
            if code:
                by_code[normalise(code)].append(
                    (product_id, [normalise(name) for name in own_names]))
        for key, name in names.items():
            if key not in found:
                for product_id, own_keys in by_code.get(normalise(name.code), ()):
                    if key == normalise(name.code) or any(
                            own in key or key in own for own in own_keys):
                        found[key].add(product_id)
        return found

    @api.model
    def _fits_maker(self, written, maker):
        """Whether a maker in a file may be a product's; an unknown one may be anybody."""
        return not written or not maker or same_maker(maker_name(written), maker)

    # === ROWS === #

    @api.model
    def _fill_answers(self, answers):
        """Put answers into the temporary table that the judgement joins.

        :param list answers: tuples (kind, distributor id, company id, key, target id, outcome)
        """
        cr = self.env.cr
        cr.execute("""
            DROP TABLE IF EXISTS pharma_flow_answer;
            CREATE TEMPORARY TABLE pharma_flow_answer (
                kind text, distributor_id int, company_id int, key text, outcome text,
                target_id int, department_id int
            ) ON COMMIT DROP
        """)
        departments = self.env['pharma.flow.department']._split({
            (key, target_id) for kind, _distributor, _company, key, target_id, _outcome in answers
            if kind == 'partner' and target_id})
        buffer = io.StringIO()
        write = csv.writer(buffer).writerow
        for kind, distributor_id, company_id, key, target_id, outcome in answers:
            target = target_id, None
            if kind == 'partner':
                target = departments.get((key, target_id), target)
            write((kind, distributor_id, company_id, key, outcome, *target))
        buffer.seek(0)
        cr.copy_expert("COPY pharma_flow_answer FROM STDIN WITH (FORMAT csv)", buffer)
        cr.execute("ANALYZE pharma_flow_answer")

    @api.model
    def _sql_judgement(self, source, key):
        """The one place where rows get their status; fills what units are in packs.

        :param SQL source: table or sub-query of rows, with the columns that the reader fills and
            file_id, distributor_id, company_id, customer_key, product_key, file_quantity, reason,
            read_date, has_other_date, read_amount, has_other_amount
        :param str key: column that tells the rows apart
        :return: SQL of a sub-query, in the order of ``key``: all columns of ``source``, and
            ``new_<column>`` for each of ``JUDGED_COLUMNS``
        """
        self._fill_units(source)
        return SQL("""(
            SELECT DISTINCT ON (%(key)s) s.*, %(columns)s
              FROM %(source)s s
              JOIN pharma_flow_file f ON f.id = s.file_id
         LEFT JOIN (%(corrections)s) fix
                   ON fix.file_id = s.file_id AND fix.row_number = s.row_number
                   AND fix.sheet_name = COALESCE(s.sheet_name, '')
         LEFT JOIN pharma_flow_answer c
                   ON c.kind = 'partner' AND c.key = s.customer_key
                   AND c.distributor_id = s.distributor_id AND c.company_id = s.company_id
         LEFT JOIN pharma_flow_answer p
                   ON p.kind = 'product' AND p.key = s.product_key
                   AND p.distributor_id = s.distributor_id AND p.company_id = s.company_id
         LEFT JOIN res_partner own ON own.id = COALESCE(fix.partner_id, c.target_id)
         LEFT JOIN product_template t ON t.id = COALESCE(fix.product_id, p.target_id)
         LEFT JOIN (%(lines)s) line ON line.category_id = t.categ_id
        %(values)s
        %(owner)s
        CROSS JOIN LATERAL (SELECT %(reason)s AS reason OFFSET 0) r  -- OFFSET: worked out once
             ORDER BY %(key)s, %(first)s
        )""", source=source, key=SQL.identifier('s', key), columns=self._sql_new_columns(),
            reason=self._sql_reason(), values=self._sql_values(), first=SQL(OWNER_ORDER),
            corrections=self.env['pharma.flow.correction']._values_sql(),
            lines=self.env['product.category']._product_lines_sql(),
            owner=self.env['pharma.alignment']._owner_sql(
                SQL.identifier('own', 'commercial_partner_id'), SQL.identifier('line', 'line_id'),
                SQL.identifier('v', 'date'), SQL.identifier('s', 'company_id')))

    @api.model
    def _sql_values(self):
        """SQL of the joins of ``v``, within ``_sql_judgement``: date, quantity in packs, customer
        and product of a row, with what was corrected."""
        digits = self._get_quantity_digits()
        return SQL("""
        CROSS JOIN LATERAL (
            SELECT COALESCE(fix.date, CASE WHEN s.has_other_date THEN s.read_date
                                           ELSE s.date END) AS date,
                   CASE WHEN s.has_other_date THEN s.read_date ELSE s.date END AS read_date,
                   COALESCE(fix.quantity, s.file_quantity) AS file_quantity,
                   CASE WHEN s.has_other_amount THEN s.read_amount
                        ELSE s.amount END AS read_amount,
                   COALESCE(s.date_precision = 'month' AND fix.date IS NULL, FALSE)
                       AS is_month,
                   own.id AS partner_id, t.id AS product_id,
                   CASE WHEN fix.partner_id IS NULL THEN c.department_id END AS department_id) w
         LEFT JOIN pharma_flow_unit unit
                ON unit.product_id = t.id AND unit.name = COALESCE(fix.unit, s.raw_unit)
        CROSS JOIN LATERAL (
            SELECT w.*, COALESCE(unit.reason, CASE
                            WHEN MOD(w.file_quantity * unit.packs * %(scale)s, unit.pieces) <> 0
                            THEN 'pack_not_whole' END) AS unit_reason) u
        CROSS JOIN LATERAL (
            SELECT u.*, CASE WHEN unit.packs IS NOT NULL AND u.unit_reason IS NULL
                             THEN ROUND(u.file_quantity * unit.packs / unit.pieces, %(digits)s)
                             ELSE u.file_quantity END AS quantity) v
        """, scale=10 ** digits, digits=digits)

    @api.model
    def _sql_new_columns(self):
        """What the judged columns become, within ``_sql_judgement``."""
        return SQL("""
                   v.date AS new_date,
                   CASE WHEN fix.date IS NOT NULL THEN TRUE END AS new_has_other_date,
                   CASE WHEN fix.date IS NOT NULL THEN v.read_date END AS new_read_date,
                   v.partner_id AS new_partner_id, v.department_id AS new_department_id,
                   v.product_id AS new_product_id,
                   line.line_id AS new_product_line_id, a.territory_id AS new_territory_id,
                   g.user_id AS new_user_id, v.quantity AS new_quantity,
                   %(amount)s AS new_amount,
                   CASE WHEN COALESCE(fix.amount, fix.quantity) IS NOT NULL
                        THEN TRUE END AS new_has_other_amount,
                   CASE WHEN COALESCE(fix.amount, fix.quantity) IS NOT NULL
                        THEN v.read_amount END AS new_read_amount,
                   CASE WHEN r.reason IS NULL THEN %(identity)s END AS new_identity,
                   r.reason AS new_reason,
                   CASE WHEN r.reason IS NULL THEN 'ok'
                        WHEN r.reason = 'name_ignored' THEN 'ignored'
                        WHEN r.reason IN ('customer_unknown', 'customer_ambiguous')
                             THEN 'unmatched_customer'
                        WHEN r.reason IN ('product_unknown', 'product_ambiguous')
                             THEN 'unmatched_product'
                        WHEN r.reason = 'out_of_period' THEN 'out_of_period'
                        WHEN r.reason = 'superseded' THEN 'duplicate'
                        ELSE 'error' END AS new_status
        """, identity=self.env['pharma.flow.double']._identity_sql(), amount=self._sql_amount())

    @api.model
    def _sql_amount(self):
        """The money of a row, within ``_sql_judgement``: what the file says, until somebody
        corrects it, or the quantity.

        A corrected quantity takes the amount with it by the row's own unit price, that is in
        proportion, so that discounts and taxes of the row stay in it. Not so where the file's
        amount is that of the new quantity by the file's price: then the quantity alone had slipped.
        """
        # A sub-query where it is needed, since next to no row is corrected
        digits = SQL("""(
            SELECT currency.decimal_places FROM res_company company
              JOIN res_currency currency ON currency.id = company.currency_id
             WHERE company.id = s.company_id)""")
        return SQL("""
            CASE WHEN fix.amount IS NOT NULL THEN fix.amount
                 WHEN fix.quantity IS NULL THEN v.read_amount
                 WHEN v.read_amount IS NULL OR v.read_amount = 0 AND s.file_quantity = 0
                      THEN COALESCE(ROUND(s.price * fix.quantity, %(digits)s), v.read_amount)
                 WHEN COALESCE(s.file_quantity, 0) = 0
                      OR ABS(s.price * fix.quantity - v.read_amount) < LEAST(
                         ABS(s.price * s.file_quantity - v.read_amount),
                         ABS(v.read_amount) * 0.01) THEN v.read_amount
                 ELSE ROUND(v.read_amount * fix.quantity / s.file_quantity, %(digits)s) END
        """, digits=digits)

    @api.model
    def _sql_reason(self):
        """Why a row does not count, within ``_sql_judgement``; NULL where it may.

        What the reader found is known by the values, since a correction may hide it and be undone.
        A corrected amount needs no price.
        """
        return SQL("""
            CASE WHEN COALESCE(s.product_key, fix.product_id::text) IS NULL THEN 'product_missing'
                 WHEN s.kind = 'sale' AND COALESCE(s.customer_key, fix.partner_id::text) IS NULL
                      THEN 'customer_missing'
                 WHEN v.file_quantity IS NULL THEN
                      CASE WHEN s.raw_quantity <> '' THEN 'quantity_invalid'
                           ELSE 'quantity_missing' END
                 WHEN v.date IS NULL AND s.raw_date <> '' THEN 'date_invalid'
                 WHEN v.date IS NULL AND (s.kind <> 'stock' OR s.reason = 'date_missing')
                      THEN 'date_missing'
                 WHEN fix.amount IS NULL AND v.read_amount IS NULL AND s.raw_amount <> ''
                      AND lower(s.raw_amount) <> ALL(%(no_number)s) THEN 'amount_invalid'
                 WHEN fix.amount IS NULL AND s.price IS NULL AND s.raw_price <> ''
                      AND lower(s.raw_price) <> ALL(%(no_number)s) THEN 'price_invalid'
                 WHEN c.outcome = 'ignored' AND fix.partner_id IS NULL
                      OR p.outcome = 'ignored' AND fix.product_id IS NULL THEN 'name_ignored'
                 WHEN s.kind = 'sale' AND v.partner_id IS NULL THEN
                      CASE c.outcome WHEN 'ambiguous' THEN 'customer_ambiguous'
                                     ELSE 'customer_unknown' END
                 WHEN v.product_id IS NULL THEN
                      CASE p.outcome WHEN 'ambiguous' THEN 'product_ambiguous'
                                     ELSE 'product_unknown' END
                 WHEN v.unit_reason IS NOT NULL THEN v.unit_reason
                 -- of a month whose day is not known, any day may be meant
                 WHEN v.date > f.date_to OR f.date_from > CASE
                          WHEN v.is_month THEN (v.date + INTERVAL '1 month - 1 day')::date
                          ELSE v.date END THEN 'out_of_period'
                 WHEN %(superseded)s THEN 'superseded'
            END
        """, no_number=list(NO_NUMBER), superseded=self.env['pharma.flow.double']._superseded_sql())

    @api.model
    def _flush_judgement(self):
        """Master data that was just written counts in the judgement."""
        self.env['pharma.flow.file'].flush_model()
        self.env['res.partner'].flush_model(['commercial_partner_id'])
        self.env['res.company'].flush_model(['currency_id'])
        self.env['res.currency'].flush_model(['decimal_places'])
        self.env['product.template'].flush_model(['categ_id'])
        self.env['pharma.flow.correction'].flush_model()
        for model in ('product.category', 'pharma.alignment', 'pharma.territory.assignment'):
            self.env[model].flush_model()
        self.env['pharma.flow.double']._fill_replacements()

    @api.model
    def _apply_to_lines(self, where, scopes=None):
        """Judge existing rows anew, in one statement; not those that count in locked months.

        :param SQL where: condition on ``pharma_flow_line line`` that picks the rows
        :param scopes: (kind, key) of the names that were decided on, where no others changed: what
            the rows say of others is kept, which saves looking them up
        :return: ids of the files whose figures changed
        :rtype: list[int]
        """
        self._fill_answers(self._collect_answers(where, scopes))
        self._flush_judgement()
        doubles = self.env['pharma.flow.double']
        doubles._begin()
        self.env.cr.execute(SQL(MEMORY))
        rows = self.env.execute_query(SQL("""
            WITH changed AS (%(update)s), counted AS (%(counted)s), touched AS (
                INSERT INTO pharma_flow_touched (distributor_id, date, identity)
                SELECT distributor_id, unnest(ARRAY[date, old_date]),
                       unnest(ARRAY[identity, old_identity])
                  FROM changed WHERE identity IS DISTINCT FROM old_identity
            ) SELECT DISTINCT file_id FROM changed
        """, update=self._sql_update(where), counted=self.env['pharma.flow.summary']._sql_changes(
            'changed', (*JUDGED_COLUMNS, 'entry_month'))))
        self.env['pharma.flow.summary']._after_append()
        file_ids = {file_id for file_id, in rows} | doubles._judge()
        self.env['pharma.flow.line'].invalidate_model()
        return list(file_ids)

    @api.model
    def _sql_update(self, where):
        """Statement that writes what a new judgement says on the rows that it changes.

        :param SQL where: condition on ``pharma_flow_line line``
        :return: SQL; it gives the columns of ``pharma.flow.summary._sql_returned``, ``identity``
            and ``old_identity``
        """
        source = SQL("(SELECT * FROM pharma_flow_line line WHERE %s)", where)
        old, new = (
            SQL(", ").join(judged(name) for name in JUDGED_COLUMNS)
            for judged in (lambda name: SQL.identifier('line', name), self._sql_new_value))
        periods = self.env['pharma.flow.period']
        return SQL("""
                UPDATE pharma_flow_line line SET (%(columns)s, entry_month) = (%(new)s, %(entry)s)
                  FROM %(judged)s new
                 WHERE line.id = new.id AND (%(old)s) IS DISTINCT FROM (%(new)s)
                   AND NOT %(locked)s
             RETURNING %(returned)s, line.identity, new.identity AS old_identity
        """, columns=SQL(", ").join(map(SQL.identifier, JUDGED_COLUMNS)), old=old, new=new,
            judged=self._sql_judgement(source, 'id'), locked=periods._is_locked_sql(),
            entry=periods._entry_month_sql(self._sql_new_value('status')),
            returned=self.env['pharma.flow.summary']._sql_returned(
                (*JUDGED_COLUMNS, 'entry_month')))

    @api.model
    def _sql_new_value(self, name):
        """What a judged column becomes: a row that is the same movement as before stays the double
        that it was, or was not.
        """
        value = SQL.identifier('new', f'new_{name}')
        if name in ('status', 'reason'):
            return SQL("CASE WHEN new.new_identity = line.identity THEN %s ELSE %s END",
                       SQL.identifier('line', name), value)
        return value

    @api.model
    def _apply_to_files(self, files):
        """Judge all rows of files anew."""
        return self._apply_to_lines(SQL("line.file_id = ANY(%s)", files.ids))

    @api.model
    def _collect_answers(self, where, scopes=None):
        """Answers for every name in existing rows.

        :param SQL where: with ``scopes`` as of ``_apply_to_lines``
        :return: list for ``_fill_answers``
        """
        names = defaultdict(lambda: ({}, {}))
        answers = []
        for position, query in enumerate(self._sql_names(where)):
            kind = ('partner', 'product')[position]
            for distributor_id, company_id, key, target_id, *name in self.env.execute_query(query):
                if target_id and scopes is not None and (kind, key) not in scopes:
                    answers.append((kind, distributor_id, company_id, key, target_id, 'ok'))
                else:
                    names[distributor_id, company_id][position][key] = FlowName(*name)
        for (distributor_id, company_id), both in names.items():
            for kind, found in zip(('partner', 'product'), both, strict=True):
                resolved = self._resolve_keys(kind, found, distributor_id, company_id)
                answers += [(kind, distributor_id, company_id, key, target_id, outcome)
                            for key, (target_id, outcome) in resolved.items()]
        return answers

    @api.model
    def _sql_names(self, where):
        """SQL of the distinct names in existing rows.

        :return: list of two queries, of customers and of products: distributor id, company id, key,
            whom the rows mean now, if it is one (single rows may be corrected), and what a
            FlowName holds
        """
        query = """
            SELECT distributor_id, company_id, %(key)s,
                   CASE WHEN MIN(%(target)s) = MAX(%(target)s) AND COUNT(%(target)s) = COUNT(*)
                        THEN MIN(%(target)s) END,
                   MIN(%(name)s), MIN(%(code)s), BOOL_OR(%(needed)s),
                   CASE WHEN MIN(%(maker)s) = MAX(%(maker)s) THEN MIN(%(maker)s) ELSE '' END
              FROM pharma_flow_line line WHERE %(where)s AND %(key)s IS NOT NULL
             GROUP BY distributor_id, company_id, %(key)s
        """
        return [
            SQL(query, where=where, key=SQL.identifier('customer_key'),
                target=SQL("COALESCE(department_id, partner_id)"),
                name=SQL("COALESCE(raw_customer, raw_customer_code, '')"),
                code=SQL("COALESCE(raw_customer_code, '')"), needed=SQL("kind = 'sale'"),
                maker=SQL("''")),
            SQL(query, where=where, key=SQL.identifier('product_key'),
                target=SQL.identifier('product_id'),
                name=SQL("COALESCE(TRIM(CONCAT(raw_product, ' ', raw_spec)), '')"),
                code=SQL("COALESCE(raw_product_code, '')"), needed=SQL("TRUE"),
                maker=SQL("COALESCE(raw_maker, '')")),
        ]
