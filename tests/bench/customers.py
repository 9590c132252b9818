"""What people of a large company wait for when they look at their customers.

40,000 terminals (those of ``search.py``, twice aligned: one row per product line, and rows that
ended), 100,000 departments and 500,000 persons, 3,000 users in four levels of territories. As
representative (some 30 terminals), as manager of 300 people, as director: list, kanban, count,
group-by, forms and 360° page; search box and drop-downs by frequent and rare words and by pinyin;
beside them the bare list of Odoo without any rule. Then 5,000 terminals change hands.

Measured in the server, warm, the caches of records emptied before each call.

Keys: ``screen_p95_ms``, ``search_p95_ms`` (the slowest of the three roles, each over all its
calls), ``page_queries`` (of the 360° page or its time line, the largest), ``realign_5000_s``.
"""

import os
import random
import statistics
import time

from measure import p95
from search import SPECIFICATION, fill, timed, vacuum

from odoo.fields import Domain
from odoo.tools import SQL

REPETITIONS = 10
REGIONS, PROVINCES, AREAS, POSITIONS = 10, 3, 10, 10  # 3,000 positions, 300 in a region
LIMIT_LIST, LIMIT_KANBAN, LIMIT_DROP_DOWN, COUNT_LIMIT = 80, 40, 8, 101
ORDER = 'pinyin_key'
TERMINALS = [('pharma_type', 'in', ('hospital', 'campus', 'primary_care', 'pharmacy'))]
PERSONS = [('pharma_type', '=', 'person')]
WORDS = ("医院", "北京", "人民", "内科", "张伟", "协和", "第一人民医院", "rmyy", "xh", "zw", "bjxh")
COLUMNS = {
    'display_name': {}, 'pharma_type': {}, 'hospital_level': {}, 'city': {}, 'phone': {},
    'state_id': {'fields': {'display_name': {}}}, 'territory_id': {'fields': {'display_name': {}}},
    'owner_ids': {'fields': {'display_name': {}}},
}


def fill_users(cr, count):
    """Users by SQL, as an import of staff leaves them; only those that are measured have groups.

    :return: ids of users
    """
    cr.execute(
        """ WITH p AS (
                INSERT INTO res_partner (name, complete_name, active, is_company, type, lang, tz,
                                         autopost_bills, pharma_verified, create_date,
                                         write_date)
                SELECT 'Bench ' || n, 'Bench ' || n, true, false, 'contact', 'zh_CN',
                       'Asia/Shanghai', 'ask', 'verified', now(), now()
                  FROM generate_series(1, %s) n RETURNING id, name)
            INSERT INTO res_users (login, partner_id, company_id, active, share, notification_type,
                                   create_date, write_date)
            SELECT lower(replace(name, ' ', '_')), id, 1, true, false, 'email', now(), now()
              FROM p RETURNING id """, [count])
    ids = [row[0] for row in cr.fetchall()]
    cr.execute("UPDATE res_partner SET commercial_partner_id = id WHERE name LIKE 'Bench %%'")
    cr.execute("INSERT INTO res_company_users_rel (cid, user_id) SELECT 1, unnest(%s)", [ids])
    return ids


def fill_territories(env, users):
    """Four levels, a manager for each of the upper three, a representative for each position;
    of the ten positions of an area the first five work for one line, the others for the other.

    :return: positions by area, lines, the users that are measured by role
    """
    lines = env['product.category'].create([
        {'name': "线一", 'is_product_line': True}, {'name': "线二", 'is_product_line': True}])
    territories = env['pharma.territory']

    def below(parents, count, level):
        return territories.create([
            {'name': f"{parent.name or '区'}{number}", 'parent_id': parent.id, 'level': level}
            for parent in (parents or [territories]) for number in range(count)])

    regions = below(None, REGIONS, 'region')
    provinces = below(regions, PROVINCES, 'province')
    areas = below(provinces, AREAS, 'area')
    positions = below(areas, POSITIONS, 'position')
    pool = iter(users)
    vals, chosen = [], {}
    for territory in regions + provinces + areas:
        chosen.setdefault('manager', user_id := next(pool))
        vals.append({'territory_id': territory.id, 'user_id': user_id, 'role': 'manager'})
    for number, position in enumerate(positions):
        chosen.setdefault('representative', user_id := next(pool))
        line = lines[number % POSITIONS * 2 // POSITIONS]
        vals.append({'territory_id': position.id, 'user_id': user_id, 'product_line_id': line.id})
    for val in vals:
        val['date_from'] = '2025-01-01'
    env['pharma.territory.assignment'].create(vals)
    return areas, positions, lines, chosen


def fill_alignments(env, areas, positions, lines):
    """Each terminal with two positions of its area, one per line; others had it last year."""
    cr = env.cr
    cr.execute("SELECT id FROM res_partner WHERE pharma_type IN ('hospital', 'pharmacy')")
    terminals = [row[0] for row in cr.fetchall()]
    half, rows = POSITIONS // 2, []
    for number, terminal in enumerate(terminals):
        area = number % len(areas)
        for index, line in enumerate(lines):
            for past in (True, False):
                position = area * POSITIONS + index * half + random.randrange(half)
                rows.append((
                    terminal, positions[position].id, line.id,
                    '2024-01-01' if past else '2025-01-01', '2024-12-31' if past else None))
    cr.execute(
        """ INSERT INTO pharma_alignment (partner_id, territory_id, product_line_id, date_from,
                                          date_to, company_id, source, create_date, write_date)
            SELECT *, 1, 'file', now(), now()
              FROM unnest(%s::int[], %s::int[], %s::int[], %s::date[], %s::date[]) """,
        list(map(list, zip(*rows, strict=True))))
    env.invalidate_all()
    env['pharma.alignment']._refresh_territories()
    return terminals


def make(env, terminals, people, users):
    """All data; what was made before is taken again.

    :return: positions, and the ids of the users that are measured by role
    """
    random.seed(20)
    departments = people // 5
    counts = fill(env, terminals * 3 // 4, terminals // 4, departments, people)
    env.cr.execute(
        """ UPDATE res_partner SET hospital_level = (id %% 4)::text, state_id = s.ids[1 + id %% 31]
              FROM (SELECT array_agg(id) AS ids FROM res_country_state WHERE country_id = %s) s
             WHERE pharma_type IN ('hospital', 'pharmacy') """, [env.ref('base.cn').id])
    env['pharma.search.name']._rebuild('res.partner')
    user_ids = fill_users(env.cr, max(users, REGIONS * PROVINCES * AREAS * (POSITIONS + 1) + 500))
    areas, positions, lines, chosen = fill_territories(env, user_ids)
    fill_alignments(env, areas, positions, lines)
    chosen['director'] = user_ids[-1]
    for role, group in (('representative', 'representative'), ('manager', 'area_manager'),
                        ('director', 'director')):
        env['res.users'].browse(chosen[role]).group_ids = [
            (4, env.ref('base.group_user').id),
            (4, env.ref(f'pharma_crm.group_pharma_crm_{group}').id)]
    env.cr.commit()
    vacuum(env, 'res_partner', 'pharma_search_name', 'pharma_alignment', 'pharma_territory',
           'pharma_territory_assignment', 'pharma_affiliation', 'res_users',
           'res_company_users_rel')
    return counts, positions, lines, chosen


def screens(partners, customer, person):
    """The calls that screens make."""
    def group(field, domain):
        return lambda: partners.formatted_read_group(domain, [field], ['__count'])

    def read(domain, limit):
        return lambda: partners.web_search_read(
            domain, COLUMNS, limit=limit, count_limit=COUNT_LIMIT, order=ORDER)

    form = dict.fromkeys(
        ('display_name', 'parent_id', 'user_id', 'lifecycle_stage_id', 'completeness',
         'alignment_ids', 'pharma_child_ids', 'department_count', 'person_count'), {})
    return {
        'list_terminals': read(TERMINALS, LIMIT_LIST),
        'list_persons': read(PERSONS, LIMIT_LIST),
        'kanban': read(TERMINALS, LIMIT_KANBAN),
        'mine': read([*TERMINALS, ('owner_ids', 'in', partners.env.uid)], LIMIT_LIST),
        'count': lambda: partners.search_count(TERMINALS),
        'count_persons': lambda: partners.search_count(PERSONS),
        'group_level': group('hospital_level', TERMINALS),
        'group_territory': group('territory_id', TERMINALS),
        'group_province': group('state_id', TERMINALS),
        'form': lambda: customer.web_read(form),
        # two requests of the client, which shows each as soon as it is there
        'page_hospital': customer.get_customer_page,
        'page_person': person.get_customer_page,
        'timeline_hospital': customer.get_customer_timeline,
        'timeline_person': person.get_customer_timeline,
    }


def searches(partners, text):
    box = [('search_name', 'ilike', text)]
    return {
        'name_search': lambda: partners.name_search(text, limit=LIMIT_DROP_DOWN),
        'name_search_terminal': lambda: partners.name_search(
            text, TERMINALS, limit=LIMIT_DROP_DOWN),
        'box': lambda: partners.web_search_read(
            box, SPECIFICATION, limit=LIMIT_LIST, count_limit=COUNT_LIMIT, order=ORDER),
        'box_terminals': lambda: partners.web_search_read(
            [*TERMINALS, *box], SPECIFICATION, limit=LIMIT_LIST, count_limit=COUNT_LIMIT,
            order=ORDER),
    }


def repeat(env, call, repetitions):
    timed(env, call)
    return [timed(env, call) for _ in range(repetitions)]


def queries(env, call):
    """How many queries a call needs."""
    env.invalidate_all()
    before = env.cr.sql_log_count
    call()
    return env.cr.sql_log_count - before


def scans_contacts(partners):
    """Whether the database reads the whole table of contacts for lists of a user."""
    found = {}
    for name, domain in (('terminals', TERMINALS), ('persons', PERSONS), ('all', [])):
        query = partners._search(domain, limit=LIMIT_LIST, order=ORDER)
        plan = partners.env.execute_query(SQL("EXPLAIN %s", query.select()))
        found[name] = any('Seq Scan on res_partner' in line for line, in plan)
    return found


def realign(env, positions, lines):
    """5,000 terminals change hands today, as a director does it; all of it is rolled back.

    :return: seconds of the preview, of applying and of taking back, and whether the new
        representative sees the terminals at once
    """
    rows = env['pharma.alignment'].search([
        ('product_line_id', '=', lines[0].id), ('state', '=', 'current'),
        ('territory_id', '!=', positions[0].id)], limit=5000)
    partners = rows.partner_id
    user = env['pharma.territory.assignment'].search(
        [('territory_id', '=', positions[0].id)]).user_id
    record = env['pharma.realignment'].create({
        'territory_id': positions[0].id, 'product_line_id': lines[0].id,
        'partner_ids': [(6, 0, partners.ids)]})
    seconds = {}
    for step in ('preview', 'apply', 'undo'):
        env.flush_all()
        env.invalidate_all()
        start = time.perf_counter()
        getattr(record, f'action_{step}')()
        env.flush_all()
        seconds[step] = time.perf_counter() - start
        if step == 'apply':
            seen = env['res.partner'].with_user(user).search_count([('id', 'in', partners.ids)])
    env.cr.rollback()
    return seconds, seen == len(partners)


def coverage(env):
    """The calls of the coverage screen."""
    reports = env['pharma.coverage.report']
    findings = [('status', '!=', 'covered')]
    return {
        'groups': lambda: reports.formatted_read_group(findings, ['status'], ['__count']),
        'list': lambda: reports.web_search_read(
            findings, {'partner_id': {'fields': {'display_name': {}}}, 'status': {}},
            limit=LIMIT_LIST, count_limit=COUNT_LIMIT),
    }


def run(env, terminals='40000', people='500000', users='3000', repetitions=REPETITIONS):
    """Make the data, measure.

    :param env: environment of the superuser; the database is changed
    :return: the keys of the module, details by role
    :rtype: dict
    """
    start = time.perf_counter()
    counts, positions, lines, chosen = make(env, int(terminals), int(people), int(users))
    result = {'data': counts, 'data_s': round(time.perf_counter() - start, 1)}
    screen_p95, search_p95, page_queries = [], [], []
    for role in ('representative', 'manager', 'director'):
        partners = env['res.partner'].with_user(chosen[role]).with_context(lang='zh_CN')
        person = partners.search(PERSONS, limit=1)
        customer = person.commercial_partner_id
        calls = screens(partners, customer, person)
        times = {name: repeat(env, call, int(repetitions)) for name, call in calls.items()}
        words = {text: {name: repeat(env, call, int(repetitions))
                        for name, call in searches(partners, text).items()} for text in WORDS}
        pages = [queries(env, call) for name, call in calls.items()
                 if name.startswith(('page_', 'timeline_'))]
        screen = [value for series in times.values() for value in series]
        search = [value for texts in words.values() for series in texts.values()
                  for value in series]
        screen_p95.append(p95(screen))
        search_p95.append(p95(search))
        page_queries += pages
        slowest = sorted(
            ((round(statistics.median(series), 1), f'{name} {text}')
             for text, texts in words.items() for name, series in texts.items()), reverse=True)
        result[role] = {
            'visible': partners.search_count(TERMINALS), 'screen_p95_ms': round(p95(screen), 1),
            'search_p95_ms': round(p95(search), 1),
            'screens': {name: round(statistics.median(series), 1)
                        for name, series in times.items()},
            'coverage': {name: round(statistics.median(repeat(env, call, 3)), 1)
                         for name, call in coverage(partners.env).items()}
            if role != 'representative' else {},
            'slowest_searches': slowest[:8], 'page_queries': pages,
            'seq_scan': scans_contacts(partners),
        }
    bare = env['res.partner'].with_user(env.ref('base.user_root'))
    result['odoo_bare_list_ms'] = round(statistics.median(repeat(
        env, lambda: bare.web_search_read(
            list(Domain(TERMINALS)), {'display_name': {}}, limit=LIMIT_LIST), 5)), 1)
    seconds, visible = realign(env, positions, lines)
    result.update({
        'screen_p95_ms': round(max(screen_p95), 1), 'search_p95_ms': round(max(search_p95), 1),
        'page_queries': max(page_queries), 'realign_5000_s': round(seconds['apply'], 2),
        'realign_s': {step: round(value, 2) for step, value in seconds.items()},
        'realigned_visible_at_once': visible, 'load': os.getloadavg()[0],
    })
    env.cr.rollback()
    return result
