"""Figures over 10,000,000 posted rows: from the tables of results, and from the rows themselves.

30,000 terminals, 60 products of two lines, 300 distributors, 3,000 positions in four levels of
territories, 24 months; rows are made by SQL (a few large terminals order most, each terminal its
own products, each mostly from one distributor), the tables of results by ``_rebuild``. As a
director, who sees everything, each question of the pivot is asked twice by the same call, with the
tables of results and with the rows in their place, and both answers are compared.

Questions in ``COARSE`` (month, product, line, distributor and its tier, territory and those above
it, person) are answered by two small tables; those in ``CUSTOMER`` (customer, its place, type,
level, chain) by customers and years, or months, or by place; those in ``FINE`` combine a product or
a distributor *with* a customer, place, territory or person, by years. ``FINE_MONTHS`` asks for the
same by months, or for a part of a year: products with province, level, territory or person and
distributors with provinces come from tables of their own. ``COMPLETE`` is what only the complete
table knows by months, which has half as many cells as there are rows: products or distributors with
cities, chains or single customers, distributors with persons; it has keys of its own.
None is answered by the rows. Manager and representative,
whose rights need customer and product line, are asked from the tables alone; so are the groups of
a list, which count the lines of the complete table.

Keys: ``pivot_s`` (the slowest of all these questions, warm, in the server), ``ratio_rows`` (how
many times as long the rows take, the smallest over all of the director), both without those of
``COMPLETE``, whose are ``pivot_complete_s`` and ``ratio_complete``; beside them both for each group
of questions, each question by itself, ``list_s`` and ``page_s``.
"""

import os
import random
from unittest.mock import patch

from customers import fill_alignments, fill_territories, fill_users
from measure import seconds
from search import vacuum

from odoo.tools import SQL

from odoo.addons.pharma_distribution.report.pharma_flow_report import TABLES

TERMINALS, PRODUCTS, DISTRIBUTORS, CHAINS, MONTHS = 30000, 60, 300, 200, 24
FIRST_MONTH = '2024-07-01'
USERS = 3500
ROLES = {
    'representative': 'pharma_crm.group_pharma_crm_representative',
    'manager': 'pharma_crm.group_pharma_crm_area_manager',
    'director': 'pharma_crm.group_pharma_crm_director',
}
MONTH, MEASURES = 'month:month', ['quantity:sum', 'amount:sum']
GROWTH = ['amount:sum', 'amount_year_before:sum', 'growth_year:avg']
# name -> groups and measures
COARSE = {
    'month': ([MONTH], MEASURES),
    'quarter': (['month:quarter'], MEASURES),
    'growth_month': ([MONTH], GROWTH),
    'line_month': (['product_line_id', MONTH], MEASURES),
    'product_month': (['product_id', MONTH], MEASURES),
    'product_growth': (['product_id'], GROWTH),
    'distributor': (['distributor_id'], MEASURES),
    'distributor_year': (['distributor_id', 'month:year'], MEASURES),
    'tier_month': (['distributor_tier', MONTH], MEASURES),
    'region_month': (['region_id', MONTH], MEASURES),
    'person': (['user_id'], MEASURES),
    'territory': (['territory_id'], MEASURES),
}
CUSTOMER = {
    'terminal': (['partner_id'], MEASURES),
    'province_month': (['state_id', MONTH], MEASURES),
    'level_type': (['hospital_level', 'pharma_type'], MEASURES),
    'chain': (['group_id'], MEASURES),
    'terminals_month': ([MONTH], ['terminal_count:count_distinct']),
}
FINE = {
    'product_province': (['product_id', 'state_id'], MEASURES),
    'product_region': (['product_id', 'region_id'], MEASURES),
    'product_person': (['product_id', 'user_id'], MEASURES),
    'distributor_province': (['distributor_id', 'state_id'], MEASURES),
    'distributor_person': (['distributor_id', 'user_id'], MEASURES),
}
YEAR = [('month', '>=', '2025-01-01'), ('month', '<=', '2025-12-31')]
# Two months short of everything: one whole year, and months on both sides of it
PART = [('month', '>=', '2024-08-01'), ('month', '<', '2026-06-01')]
FINE_MONTHS = {
    'product_month_of_province': (
        ['product_id', MONTH], MEASURES, [*YEAR, ('state_id.code', '=', '浙')]),
    'tier_province_month': (['distributor_tier', 'state_id', MONTH], MEASURES, YEAR),
    'product_province_month': (['product_id', 'state_id', MONTH], MEASURES, YEAR),
    'product_level_month': (['product_id', 'hospital_level', MONTH], MEASURES, YEAR),
    'product_region_month': (['product_id', 'region_id', MONTH], MEASURES, YEAR),
    'product_person_part': (['product_id', 'user_id'], MEASURES, PART),
    'distributor_province_part': (['distributor_id', 'state_id'], MEASURES, PART),
}
COMPLETE = {
    'product_chain_month': (['product_id', 'group_id', MONTH], MEASURES, YEAR),
    'product_terminal_part': (['product_id', 'partner_id'], MEASURES, PART),
    'distributor_person_month': (['distributor_id', 'user_id', MONTH], MEASURES, YEAR),
}
LISTS = ([MONTH], ['product_id'], ['partner_id'], ['state_id'], ['user_id'])
KINDS = {'coarse': COARSE, 'customer': CUSTOMER, 'fine': FINE, 'fine_months': FINE_MONTHS,
         'complete': COMPLETE}
# Thousands of groups are read by the page, the largest first, as lists do: all are added up, but
# only their names on one page are looked up.
PAGED = ('person', 'territory', 'terminal', 'product_person', 'distributor_province',
         'distributor_person', 'product_province_month', 'product_region_month',
         'product_person_part', 'distributor_province_part', *COMPLETE)
PAGE = 80
QUESTIONS = COARSE | CUSTOMER | FINE | FINE_MONTHS | COMPLETE
OWN = ('month', 'growth_month', 'product_month', 'terminal', 'person')


def fill_partners(env):
    """Terminals, distributors and chains by SQL, as an import leaves them."""
    env.cr.execute(
        """ INSERT INTO res_partner (name, complete_name, active, is_company, type, pharma_type,
                                     hospital_level, distributor_tier, state_id, autopost_bills,
                                     pharma_verified, lang, create_date, write_date)
            SELECT kind.label || n, kind.label || n, true, true, 'contact', kind.code,
                   CASE kind.code WHEN 'hospital' THEN (n %% 4)::text END,
                   CASE kind.code WHEN 'distributor' THEN (1 + n %% 2)::text END,
                   states.ids[1 + n %% 31], 'ask', 'verified', 'zh_CN', now(), now()
              FROM (SELECT array_agg(id ORDER BY id) AS ids FROM res_country_state
                     WHERE country_id = %(china)s) states,
                   (VALUES ('hospital', '海州第', %(hospitals)s), ('pharmacy', '大药房', %(shops)s),
                           ('distributor', '医药公司', %(distributors)s),
                           ('group', '医联体', %(chains)s)) kind(code, label, count),
                   generate_series(1, kind.count) n """,
        {'china': env.ref('base.cn').id, 'hospitals': TERMINALS * 3 // 4, 'shops': TERMINALS // 4,
         'distributors': DISTRIBUTORS, 'chains': CHAINS})
    env.cr.execute(
        """ UPDATE res_partner SET commercial_partner_id = id WHERE commercial_partner_id IS NULL;
            UPDATE res_partner p SET parent_organisation_id = chain.ids[1 + p.id %% %s]
              FROM (SELECT array_agg(id) AS ids FROM res_partner
                     WHERE pharma_type = 'group') chain
             WHERE p.pharma_type IN ('hospital', 'pharmacy') AND p.id %% 3 = 0 """, [CHAINS])
    env.invalidate_all()


def fill_products(env, lines):
    return env['product.template'].create([{
        'name': f"海州片 {number}mg", 'drug_generic_name': "海州片", 'list_price': 10 + number,
        'drug_specification': f"{number}mg*14片", 'categ_id': lines[number % 2].id,
    } for number in range(PRODUCTS)])


def fill_pairs(env, products, rows):
    """What each terminal buys, from whom, in whose territory, and how many rows of it there are."""
    env.cr.execute(
        """ CREATE TEMPORARY TABLE pair AS
            WITH terminal AS (
                SELECT id, name, row_number() OVER (ORDER BY md5(id::text)) AS rank
                  FROM res_partner WHERE pharma_type IN ('hospital', 'pharmacy')),
            chosen AS (
                SELECT t.id AS partner_id, t.name, p.id AS product_id, p.list_price,
                       p.name->>'en_US' AS product, p.categ_id AS line_id,
                       power(t.rank, -0.4) * (0.2 + random()) AS weight,
                       dealer.ids[1 + (t.id + p.id %% 3) %% %(distributors)s] AS distributor_id
                  FROM terminal t
                  JOIN product_template p ON p.id = ANY(%(products)s)
                       AND abs(hashint8(t.id::bigint * 1000 + p.id)) %% 60 < 7,
                       (SELECT array_agg(id) AS ids FROM res_partner
                         WHERE pharma_type = 'distributor') dealer)
            SELECT c.*, a.territory_id, g.user_id,
                   greatest(1, round(%(rows)s * weight / sum(weight) OVER ()))::int AS rows
              FROM chosen c
         LEFT JOIN pharma_alignment a ON a.partner_id = c.partner_id AND a.date_to IS NULL
               AND a.product_line_id = c.line_id
         LEFT JOIN pharma_territory_assignment g ON g.territory_id = a.territory_id
               AND g.role = 'representative' """,
        {'products': products.ids, 'distributors': DISTRIBUTORS, 'rows': rows})


def fill_files(env):
    """One posted file of each distributor and month."""
    env.cr.execute(
        """ INSERT INTO pharma_flow_file (name, distributor_id, company_id, state, total_state,
                                          sha256, date_from, date_to, create_date, write_date)
            SELECT 'bench', d.id, 1, 'posted', 'none', md5(d.id || m::text), m,
                   m + interval '1 month - 1 day', now(), now()
              FROM res_partner d,
                   generate_series(%s::date, %s::date + interval '%s month', '1 month') m
             WHERE d.pharma_type = 'distributor' """, [FIRST_MONTH, FIRST_MONTH, MONTHS - 1])


def fill_lines(env):
    """Rows month by month, without their indexes and foreign keys, which are made afterwards."""
    cr = env.cr
    cr.execute("SELECT indexname, indexdef FROM pg_indexes WHERE tablename = 'pharma_flow_line'"
               " AND indexname != 'pharma_flow_line_pkey'")
    indexes = cr.fetchall()
    for name, _definition in indexes:
        cr.execute(SQL("DROP INDEX %s", SQL.identifier(name)))
    cr.execute("SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint"
               " WHERE conrelid = 'pharma_flow_line'::regclass AND contype = 'f'")
    keys = cr.fetchall()
    for name, _definition in keys:
        cr.execute(SQL("ALTER TABLE pharma_flow_line DROP CONSTRAINT %s", SQL.identifier(name)))
    for number in range(MONTHS):
        cr.execute(
            """ INSERT INTO pharma_flow_line (
                    file_id, kind, company_id, distributor_id, row_number, raw_customer,
                    raw_product, raw_spec, raw_unit, raw_date, raw_quantity, raw_amount,
                    document_number, lot,
                    date, file_quantity, quantity, price, amount, partner_id, product_id,
                    product_line_id, territory_id, user_id, status, customer_key, product_key)
                SELECT f.id, 'sale', 1, f.distributor_id, n, p.name, p.product, '10mg*14片', '盒',
                       d.day::text, q.packs::text, (q.packs * p.list_price)::text,
                       'XS' || f.id || '-' || n, '2401' || n %% 50, d.day, q.packs, q.packs,
                       p.list_price, round(q.packs * p.list_price, 2), p.partner_id, p.product_id,
                       p.line_id, p.territory_id, p.user_id, 'ok', p.name, p.product
                  FROM pair p
                  JOIN pharma_flow_file f ON f.distributor_id = p.distributor_id
                   AND f.date_from = %(first)s::date + interval '%(number)s month'
            CROSS JOIN LATERAL generate_series(
                       1, p.rows / %(months)s
                          + (random() < (p.rows %% %(months)s) / %(months)s::float)::int) n
            CROSS JOIN LATERAL (SELECT f.date_from + (n * 7 + p.product_id) %% 28 AS day) d
            CROSS JOIN LATERAL (SELECT (1 + (n * 13 + p.partner_id) %% 40)::numeric AS packs) q
            """, {'first': FIRST_MONTH, 'number': number, 'months': MONTHS})
        cr.commit()
    for _name, definition in indexes:
        cr.execute(definition)
    for name, definition in keys:
        cr.execute(SQL("ALTER TABLE pharma_flow_line ADD CONSTRAINT %s %s",
                       SQL.identifier(name), SQL(definition)))
    cr.commit()


def make(env, rows):
    """All data.

    :return: the users that are measured by role
    """
    random.seed(31)
    fill_partners(env)
    areas, positions, lines, chosen = fill_territories(env, fill_users(env.cr, USERS))
    fill_alignments(env, areas, positions, lines)
    products = fill_products(env, lines)
    env.flush_all()
    fill_pairs(env, products, rows)
    fill_files(env)
    fill_lines(env)
    chosen['director'] = env['res.users'].search([('login', 'like', 'bench_%')])[-1].id
    for role, group in ROLES.items():
        env['res.users'].browse(chosen[role]).group_ids = [
            (4, env.ref('base.group_user').id), (4, env.ref(group).id)]
    env.cr.commit()
    return chosen


def find(env):
    """The users that are measured, where the rows were made before; None without rows."""
    if not env['pharma.flow.file'].search_count([('name', '=', 'bench')], limit=1):
        return None
    return {role: env.ref(group).user_ids.filtered_domain([('login', 'like', 'bench_')]).id
            for role, group in ROLES.items()}


def count_up(env, anew):
    """The tables of results from the rows.

    :param bool anew: whether to write them now
    :return: seconds, cells of each table
    """
    tables = env['pharma.flow.summary']._get_tables()
    rebuild = seconds(env['pharma.flow.summary']._rebuild)[0] if anew else 0
    env.cr.commit()
    vacuum(env, 'res_partner', 'pharma_flow_line', 'pharma_flow_file', 'pharma_alignment',
           'pharma_territory', 'pharma_territory_assignment', *(table._table for table in tables))
    return rebuild, {table._name: table.search_count([]) for table in tables}


def ask(report, name):
    """One question as pivot and list ask it, with cold caches of records.

    :return: (seconds, groups)
    """
    groupby, measures, *period = QUESTIONS[name]
    options = {'limit': PAGE, 'order': f'{measures[-1]} DESC'} if name in PAGED else {}
    report.env.invalidate_all()
    return seconds(lambda: report.formatted_read_group(
        [('kind', '=', 'sale'), *sum(period, [])], groupby, measures, **options))


def ask_page(report):
    """Seconds of the page of pictures, which asks some thirty questions about a month."""
    report.env.invalidate_all()
    return seconds(report.get_sales_page)[0]


def ask_list(report, groupby):
    """Seconds of a list's groups, which tell how many lines they have."""
    report.env.invalidate_all()
    return seconds(lambda: report.web_read_group(
        [('kind', '=', 'sale')], groupby, MEASURES, limit=PAGE))[0]


def without_columns(plan):
    """A plan that adds nothing up before Odoo groups it, and reads what every row has."""
    def without(self, *question):
        found = plan(self, *question)
        return found._replace(
            table=TABLES[-1], columns=None, once=False, years=(None, None),
            all_customers=found.all_customers or bool(found.facts))
    return without


def ask_rows(report, name):
    """The same question with the posted rows in the place of the tables."""
    rows = SQL(
        """ SELECT line.id, line.company_id, line.kind,
                   date_trunc('month', line.date)::date AS month,
                   COALESCE(line.entry_month, date_trunc('month', line.date)::date) AS entry_month,
                   line.distributor_id, line.partner_id, line.department_id, line.product_id,
                   line.product_line_id, line.territory_id, line.user_id, line.quantity,
                   line.amount, 1 AS row_count
              FROM pharma_flow_line line
              JOIN pharma_flow_file file ON file.id = line.file_id AND file.state = 'posted'
             WHERE line.status = 'ok' """)
    # Joined and grouped as Odoo does it with any table, not added up before
    with patch.object(type(report), '_sql_cells', lambda self, table: rows), \
            patch.object(type(report), '_plan', without_columns(type(report)._plan)):
        return ask(report, name)


def compare(groupby, first, second):
    """Both answers hold the same groups with the same figures."""
    def figures(groups):
        return {
            tuple(str(group[spec]) for spec in groupby): {
                name: round(float(value or 0), 2) for name, value in group.items() if ':' in name
                and name not in groupby}
            for group in groups}
    if figures(first) != figures(second):
        raise AssertionError(f"tables and rows differ by {groupby}")


def measure(report, questions, repeat):
    """Each question from the tables and from the rows.

    :return: dict name -> (seconds from the tables, from the rows)
    """
    found = {}
    for name, question in questions.items():
        ask(report, name)
        tables = [ask(report, name) for _number in range(repeat)]
        rows, groups = ask_rows(report, name)
        compare(question[0], tables[0][1], groups)
        found[name] = (sorted(duration for duration, _groups in tables)[repeat // 2], rows)
        plan = report._plan([('kind', '=', 'sale'), *sum(question[2:], [])], *question[:2]).table
        print(f"{name:22}{found[name][0]:8.3f} s {rows:8.2f} s {rows / found[name][0]:8.1f}"
              f"  {len(groups):6} groups  {plan}", flush=True)
    return found


def run(env, rows='10000000', repeat='3', rebuild='1'):
    """Pivot over many rows; those of an earlier run in the same database are taken again, with
    ``rebuild=0`` its tables of results as well.

    :return: the keys of the module, and each question by itself
    :rtype: dict
    """
    repeat = int(repeat)
    duration, chosen = seconds(lambda: find(env) or make(env, int(rows)))
    rebuild, cells = count_up(env, bool(int(rebuild)))
    env.cr.execute("SELECT COUNT(*) FROM pharma_flow_line")
    [count] = env.cr.fetchone()
    print(f"{count} rows in {duration:.0f} s, {cells} cells in {rebuild:.0f} s", flush=True)
    report = env['pharma.flow.report'].with_user(chosen['director']).with_context(lang='zh_CN')
    ask_rows(report, 'month')  # into the memory of the system
    kinds = {kind: measure(report, questions, repeat) for kind, questions in KINDS.items()}
    summed = [found for name, kind in kinds.items() if name != 'complete'
              for found in kind.values()]
    own = {}
    for role in ('manager', 'representative'):
        his = report.with_user(chosen[role])
        for name in OWN:
            ask(his, name)
            own[f'{role}_{name}'] = min(ask(his, name)[0] for _number in range(repeat))
    lists = {groupby[0]: min(ask_list(report, groupby) for _number in range(repeat))
             for groupby in LISTS}
    pages = {
        role: min(ask_page(report.with_user(chosen[role])) for _number in range(repeat))
        for role in ('director', 'manager', 'representative')}
    return {
        'rows': count, 'cells': cells, 'rebuild_s': round(rebuild, 1),
        'pivot_s': round(max(*(tables for tables, _rows in summed), *own.values()), 3),
        'ratio_rows': round(min(rows / tables for tables, rows in summed), 1),
        **{f'pivot_{name}_s': round(max(tables for tables, _rows in kind.values()), 3)
           for name, kind in kinds.items()},
        **{f'ratio_{name}': round(min(rows / tables for tables, rows in kind.values()), 1)
           for name, kind in kinds.items()},
        'questions': {name: (round(tables, 3), round(rows, 2))
                      for kind in kinds.values() for name, (tables, rows) in kind.items()},
        'list_s': {name: round(value, 3) for name, value in lists.items()},
        'page_s': {role: round(value, 3) for role, value in pages.items()},
        'own': {name: round(value, 3) for name, value in own.items()},
        'load': os.getloadavg()[0],
    }
