from collections import defaultdict

from odoo import api, models
from odoo.tools import SQL

from odoo.addons.pharma_crm.tools.names import normalise

from ..tools.flow_words import CASE_UNITS
from .pharma_flow_line import PARSE_REASONS

# Whom distributors sell to or buy from: organisations, never departments or persons.
CUSTOMER_TYPES = (
    'hospital', 'campus', 'primary_care', 'pharmacy', 'group', 'distributor', 'agent',
    'manufacturer',
)
# What the judgement says about a row.
JUDGED_COLUMNS = (
    'partner_id', 'product_id', 'product_line_id', 'territory_id', 'user_id', 'quantity', 'status',
    'reason')


class PharmaFlowResolver(models.AbstractModel):
    """Says which customer and which product a name of a file means, for many rows at once.

    How it works: names are compared by their key (``pharma_crm.tools.names.normalise``). For each
    key the first answer counts: the distributor's own alias, an alias valid everywhere, the name
    of exactly one customer or product of ours. The answers go into a temporary table, and one SQL
    statement judges all rows by it; the same judgement serves new files and changed decisions.
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
    def _resolve_keys(self, kind, keys, distributor_id, company_id):
        """Decide what keys mean at one distributor.

        :param str kind: 'partner' or 'product'
        :param dict keys: key -> the distributor's code of it, or '' (products alone use it)
        :param int distributor_id: id of the distributor
        :param int company_id: id of the company
        :return: dict key -> (id of the partner or the product template or None, outcome); the
            outcome is 'ok', 'ignored', 'ambiguous' or 'unknown'
        """
        answers = self._resolve_by_alias(kind, list(keys), distributor_id, company_id)
        open_keys = {key: code for key, code in keys.items() if key not in answers}
        if open_keys:
            find = self._find_partners if kind == 'partner' else self._find_products
            found = find(open_keys, company_id)
            for key in open_keys:
                ids = found.get(key, ())
                if len(ids) == 1:
                    answers[key] = (next(iter(ids)), 'ok')
                else:
                    answers[key] = (None, 'ambiguous' if ids else 'unknown')
        return answers

    @api.model
    def _resolve_by_alias(self, kind, keys, distributor_id, company_id):
        """Answers of decided aliases; the narrower scope wins.

        :return: dict as of ``_resolve_keys``, with the decided keys alone
        """
        self.env['pharma.alias'].flush_model()
        rows = self.env.execute_query(SQL("""
            SELECT DISTINCT ON (key) key,
                   CASE status WHEN 'confirmed' THEN COALESCE(partner_id, product_id) END,
                   CASE status WHEN 'confirmed' THEN 'ok' ELSE 'ignored' END
              FROM pharma_alias
             WHERE kind = %s AND key = ANY(%s) AND status IN ('confirmed', 'ignored')
               AND (distributor_id = %s OR distributor_id IS NULL)
               AND (company_id = %s OR company_id IS NULL)
             ORDER BY key, distributor_id NULLS LAST, company_id NULLS LAST
        """, kind, keys, distributor_id, company_id))
        return {key: (target, outcome) for key, target, outcome in rows}

    @api.model
    def _find_partners(self, keys, company_id):
        """Customers by their own names; a campus by its name together with the hospital's.

        :return: dict key -> set of partner ids
        """
        self.env['res.partner'].flush_model(
            ['name', 'complete_name', 'pharma_type', 'active', 'company_id'])
        rows = self.env.execute_query(SQL("""
            SELECT id, CASE pharma_type WHEN 'campus' THEN complete_name ELSE name END
              FROM res_partner
             WHERE pharma_type = ANY(%s) AND active AND (company_id IS NULL OR company_id = %s)
        """, list(CUSTOMER_TYPES), company_id))
        found = defaultdict(set)
        for partner_id, name in rows:
            key = normalise(name)
            if key in keys:
                found[key].add(partner_id)
        return found

    @api.model
    def _find_products(self, keys, company_id):
        """Products by name, by generic name with or without specification, or by our code.

        A code counts only together with a name that fits: the codes in a file are the
        distributor's, and may be those of other products of ours by chance. Competitors' products
        (not for sale) carry the same generic names: they count only where none of ours fits.

        :return: dict key -> set of product template ids
        """
        self.env['product.template'].flush_model()
        rows = self.env.execute_query(SQL("""
            SELECT id, name, drug_generic_name, drug_specification, default_code, sale_ok
              FROM product_template WHERE active AND (company_id IS NULL OR company_id = %s)
        """, company_id))
        found, by_code = defaultdict(set), defaultdict(list)
        ours = {row[0] for row in rows if row[-1]}
        for product_id, translations, generic, specification, code, _ours in rows:
            names = {*translations.values(), generic or ''} - {''}
            for name in names:
                for text in (name, f"{name} {specification}" if specification else name):
                    key = normalise(text)
                    if key in keys:
                        found[key].add(product_id)
            if code:
                by_code[normalise(code)].append((product_id, [normalise(name) for name in names]))
        for key, code in keys.items():
            if key not in found:
                for product_id, names in by_code.get(normalise(code), ()):
                    if key == normalise(code) or any(name in key or key in name for name in names):
                        found[key].add(product_id)
        return {key: product_ids & ours or product_ids for key, product_ids in found.items()}

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
                kind text, distributor_id int, company_id int, key text, target_id int, outcome text
            ) ON COMMIT DROP
        """)
        columns = list(zip(*answers, strict=True)) if answers else [()] * 6
        cr.execute(SQL("""
            INSERT INTO pharma_flow_answer SELECT * FROM unnest(
                %s::text[], %s::int[], %s::int[], %s::text[], %s::int[], %s::text[])
        """, *map(list, columns)))
        cr.execute("ANALYZE pharma_flow_answer")

    @api.model
    def _sql_judgement(self, source):
        """The one place where rows get their status.

        :param SQL source: table or sub-query of rows, with the columns that the reader fills and
            file_id, distributor_id, company_id, customer_key, product_key, file_quantity, reason
        :return: SQL of a sub-query: all columns of ``source``, and ``new_<column>`` for each of
            ``JUDGED_COLUMNS``
        """
        parse_reasons = [reason for reason, _label in PARSE_REASONS]
        is_case = SQL("lower(s.raw_unit) = ANY(%s)", list(CASE_UNITS))
        reason = SQL("""
            CASE WHEN s.reason = ANY(%(parse_reasons)s) THEN s.reason
                 WHEN s.kind = 'sale' AND s.customer_key IS NULL THEN 'customer_missing'
                 WHEN s.product_key IS NULL THEN 'product_missing'
                 WHEN c.outcome = 'ignored' OR p.outcome = 'ignored' THEN 'name_ignored'
                 WHEN s.kind = 'sale' AND c.target_id IS NULL THEN
                      CASE c.outcome WHEN 'ambiguous' THEN 'customer_ambiguous'
                                     ELSE 'customer_unknown' END
                 WHEN p.target_id IS NULL THEN
                      CASE p.outcome WHEN 'ambiguous' THEN 'product_ambiguous'
                                     ELSE 'product_unknown' END
                 WHEN %(is_case)s AND COALESCE(t.drug_packs_per_case, 0) = 0
                      THEN 'case_size_missing'
                 WHEN s.date < f.date_from OR s.date > f.date_to THEN 'out_of_period'
            END
        """, parse_reasons=parse_reasons, is_case=is_case)
        return SQL("""(
            SELECT s.*, c.target_id AS new_partner_id, p.target_id AS new_product_id,
                   line.line_id AS new_product_line_id, area.territory_id AS new_territory_id,
                   area.user_id AS new_user_id,
                   CASE WHEN %(is_case)s AND t.drug_packs_per_case > 0
                        THEN s.file_quantity * t.drug_packs_per_case
                        ELSE s.file_quantity END AS new_quantity,
                   r.reason AS new_reason,
                   CASE WHEN r.reason IS NULL THEN 'ok'
                        WHEN r.reason = 'name_ignored' THEN 'ignored'
                        WHEN r.reason IN ('customer_unknown', 'customer_ambiguous')
                             THEN 'unmatched_customer'
                        WHEN r.reason IN ('product_unknown', 'product_ambiguous')
                             THEN 'unmatched_product'
                        WHEN r.reason = 'out_of_period' THEN 'out_of_period'
                        ELSE 'error' END AS new_status
              FROM %(source)s s
              JOIN pharma_flow_file f ON f.id = s.file_id
         LEFT JOIN pharma_flow_answer c
                   ON c.kind = 'partner' AND c.key = s.customer_key
                   AND c.distributor_id = s.distributor_id AND c.company_id = s.company_id
         LEFT JOIN pharma_flow_answer p
                   ON p.kind = 'product' AND p.key = s.product_key
                   AND p.distributor_id = s.distributor_id AND p.company_id = s.company_id
         LEFT JOIN res_partner own ON own.id = c.target_id
         LEFT JOIN product_template t ON t.id = p.target_id
         LEFT JOIN (%(lines)s) line ON line.category_id = t.categ_id
         LEFT JOIN LATERAL (%(area)s) area ON TRUE
        CROSS JOIN LATERAL (SELECT %(reason)s AS reason) r
        )""", is_case=is_case, source=source, reason=reason,
            lines=self.env['product.category']._product_lines_sql(),
            area=self.env['pharma.alignment']._owner_sql(
                SQL.identifier('own', 'commercial_partner_id'), SQL.identifier('line', 'line_id'),
                SQL.identifier('s', 'date'), SQL.identifier('s', 'company_id')))

    @api.model
    def _flush_judgement(self):
        """Master data that was just written counts in the judgement."""
        self.env['pharma.flow.file'].flush_model()
        self.env['res.partner'].flush_model(['commercial_partner_id'])
        self.env['product.template'].flush_model(['drug_packs_per_case', 'categ_id'])
        for model in ('product.category', 'pharma.alignment', 'pharma.territory.assignment'):
            self.env[model].flush_model()

    @api.model
    def _apply_to_lines(self, where):
        """Judge existing rows anew after a decision, in one statement.

        :param SQL where: condition on ``pharma_flow_line line`` that picks the rows
        :return: ids of the files whose figures changed
        :rtype: list[int]
        """
        self._fill_answers(self._collect_answers(where))
        self._flush_judgement()
        summary = self.env['pharma.flow.summary']
        source = SQL("(SELECT * FROM pharma_flow_line line WHERE %s)", where)
        old, new = (
            SQL(", ").join(SQL.identifier(table, prefix + name) for name in JUDGED_COLUMNS)
            for table, prefix in (('line', ''), ('new', 'new_')))
        rows = self.env.execute_query(SQL("""
            WITH changed AS (
                UPDATE pharma_flow_line line SET (%(columns)s) = (%(new)s)
                  FROM %(judged)s new
                 WHERE line.id = new.id AND (%(old)s) IS DISTINCT FROM (%(new)s)
             RETURNING %(returned)s
            ), counted AS (%(counted)s)
            SELECT DISTINCT file_id FROM changed
        """, columns=SQL(", ").join(map(SQL.identifier, JUDGED_COLUMNS)), old=old, new=new,
            judged=self._sql_judgement(source),
            returned=summary._sql_returned(JUDGED_COLUMNS),
            counted=summary._sql_changes('changed', JUDGED_COLUMNS)))
        summary._after_append()
        self.env['pharma.flow.line'].invalidate_model()
        return [file_id for file_id, in rows]

    @api.model
    def _apply_to_files(self, files):
        """Judge all rows of files anew."""
        return self._apply_to_lines(SQL("line.file_id = ANY(%s)", files.ids))

    @api.model
    def _collect_answers(self, where):
        """Answers for every name in existing rows.

        :param SQL where: as of ``_apply_to_lines``
        :return: list for ``_fill_answers``
        """
        rows = self.env.execute_query(SQL("""
            SELECT distributor_id, company_id, customer_key, product_key, MIN(raw_product_code)
              FROM pharma_flow_line line WHERE %s
             GROUP BY distributor_id, company_id, customer_key, product_key
        """, where))
        names = defaultdict(lambda: ({}, {}))
        for distributor_id, company_id, customer_key, product_key, code in rows:
            customers, products = names[distributor_id, company_id]
            if customer_key:
                customers[customer_key] = ''
            if product_key:
                products[product_key] = code or ''
        answers = []
        for (distributor_id, company_id), both in names.items():
            for kind, keys in zip(('partner', 'product'), both, strict=True):
                resolved = self._resolve_keys(kind, keys, distributor_id, company_id)
                answers += [(kind, distributor_id, company_id, key, target_id, outcome)
                            for key, (target_id, outcome) in resolved.items()]
        return answers
