"""Search on names over 540,000 contacts, as a representative, beside Odoo's own.

Measured in the server, warm, the caches of records emptied before each call:

* ``name_search`` with 8 results, as drop-downs ask;
* the search box: ``web_search_read`` with 80 rows and the bounded count, in the order and with the
  count limit of our lists (``box``) and of Odoo's (``box_odoo_list``).

Contacts: the hospitals of ``../shared/data/hospitals/hospitals_national_30k.csv`` when it is there
(or of the file named by ``PHARMA_HOSPITALS``), else invented ones; pharmacies, departments and
persons with invented names.
"""

import csv
import os
import random
import statistics
import time
from pathlib import Path

import psycopg2

from odoo.models import BaseModel
from odoo.tools import SQL

REPETITIONS = 15
LIMIT_DROP_DOWN = 8
LIMIT_LIST = 80
COUNT_LIMIT_OURS = 101
COUNT_LIMIT_ODOO = 10001
SPECIFICATION = {
    'display_name': {}, 'pharma_type': {}, 'hospital_level': {}, 'city': {}, 'phone': {},
    'state_id': {'fields': {'display_name': {}}},
}
QUERIES = {
    'two_rare': ("协和", "同济", "湘雅", "华西", "齐鲁"),
    'two_frequent': ("医院", "北京", "人民", "内科", "张伟"),
    'initials': ("xh", "bjxh", "xhyy", "rmyy", "zw"),
    'one': ("北", "张"),
    'longer': ("第一人民医院", "北京协和医院", "3院"),
    'words': ("北京 协和", "协和 张伟"),
    'code': ("H012345", "h0123"),
}
SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩邓冯曹彭曾肖田董潘袁蔡蒋余"
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华建国文玉兰红梅春雷志新海燕晓东宇浩然子涵"
DEPARTMENTS = (
    "心血管内科", "呼吸内科", "消化内科", "神经内科", "肾内科", "内分泌科", "血液内科", "普外科",
    "骨科", "泌尿外科", "神经外科", "妇产科", "儿科", "肿瘤科", "急诊科", "药剂科", "眼科",
    "皮肤科",
)
PLACES = (
    "北京", "上海", "重庆", "长沙", "海州", "临川", "南湖", "东山", "青石", "平阳", "西岭", "云溪",
)
KINDS = (
    "人民医院", "中医院", "妇幼保健院", "协和医院", "骨伤医院", "口腔医院", "社区卫生服务中心",
)


def hospital_names(count):
    """Real names where the list is at hand, invented ones up to ``count``.

    :return: names, and how many of them are real
    :rtype: tuple[list[str], int]
    """
    path = Path(os.environ.get('PHARMA_HOSPITALS') or (
        Path(__file__).resolve().parents[3]
        / 'shared/data/hospitals/hospitals_national_30k.csv'))
    names = []
    if path.exists():
        with path.open(encoding='utf-8-sig', newline='') as file:
            names = [row['name_raw'] for row in csv.DictReader(file)][:count]
    real = len(names)
    names += [
        f"{random.choice(PLACES)}{random.choice('东西南北中新')}第{number}{random.choice(KINDS)}"
        for number in range(count - real)
    ]
    return names, real


def insert(cr, rows):
    """Insert contacts by SQL, as a later import would.

    :param rows: ``(name, complete name, type, parent id or None, reference, e-mail)``
    :return: ids in the order of the rows
    """
    ids = []
    for start in range(0, len(rows), 20000):
        chunk = rows[start:start + 20000]
        cr.execute("SELECT nextval('res_partner_id_seq') FROM generate_series(1, %s)", [len(chunk)])
        new = [row[0] for row in cr.fetchall()]
        cr.execute(
            """ INSERT INTO res_partner (
                    id, name, complete_name, pharma_type, parent_id, ref, email,
                    commercial_partner_id, commercial_company_name, is_company, active, type, lang,
                    autopost_bills, pharma_verified, create_date, write_date, create_uid, write_uid)
                SELECT n.id, n.name, n.complete_name, n.kind, n.parent_id, n.ref, n.email,
                       COALESCE(parent.commercial_partner_id, n.id),
                       COALESCE(parent.commercial_company_name, n.name),
                       n.parent_id IS NULL, true, 'contact', 'zh_CN', 'ask', 'verified',
                       now(), now(), 1, 1
                  FROM unnest(%s::int[], %s::text[], %s::text[], %s::text[], %s::int[], %s::text[],
                              %s::text[]) AS n(id, name, complete_name, kind, parent_id, ref, email)
             LEFT JOIN res_partner parent ON parent.id = n.parent_id """,
            [new, *map(list, zip(*chunk, strict=True))])
        ids += new
    return ids


def fill(env, hospital_count, pharmacy_count, department_count, person_count):
    """Make contacts; real hospitals where the list is at hand.

    :return: how many of each kind
    :rtype: dict[str, int]
    """
    random.seed(19)
    cr = env.cr
    hospitals, real = hospital_names(hospital_count)
    hospital_ids = insert(cr, [
        (name, name, 'hospital', None, f'H{number:06}', None)
        for number, name in enumerate(hospitals)])
    pharmacies = [
        f"{random.choice(PLACES)}{random.choice(SURNAMES)}氏大药房第{number}分店"
        for number in range(pharmacy_count)]
    insert(cr, [
        (name, name, 'pharmacy', None, f'P{number:06}', f'store{number}@example.com')
        for number, name in enumerate(pharmacies)])
    homes = [random.randrange(len(hospitals)) for _ in range(department_count)]
    departments = [random.choice(DEPARTMENTS) for _ in homes]
    department_ids = insert(cr, [
        (name, f"{hospitals[home]}, {name}", 'department', hospital_ids[home], None, None)
        for home, name in zip(homes, departments, strict=True)])
    persons = []
    for _ in range(person_count):
        place = random.randrange(len(department_ids))
        name = random.choice(SURNAMES) + ''.join(random.choices(GIVEN, k=random.choice((1, 2, 2))))
        full_name = f"{hospitals[homes[place]]}, {name}"
        persons.append((name, full_name, 'person', department_ids[place], None, None))
    insert(cr, persons)
    return {
        'hospitals': len(hospitals), 'real_hospitals': real, 'pharmacies': len(pharmacies),
        'departments': len(departments), 'persons': person_count,
    }


def vacuum(env, *tables):
    """What autovacuum does within minutes on a database that lives."""
    connection = psycopg2.connect(env.cr._cnx.dsn)
    connection.autocommit = True
    with connection.cursor() as cr:
        for table in tables:
            cr.execute(SQL("VACUUM ANALYZE %s", SQL.identifier(table)).code)
    connection.close()


def timed(env, call):
    """Duration of one call in ms, with empty caches of records and of the transaction."""
    env.invalidate_all()
    env.cr.cache.clear()
    start = time.perf_counter()
    call()
    return (time.perf_counter() - start) * 1000


def percentile(values, share):
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


def searches(partners, text):
    """The calls that are measured for one typed text."""
    box = [('search_name', 'ilike', text)]
    return {
        'name_search': lambda: partners.name_search(text, limit=LIMIT_DROP_DOWN),
        'box': lambda: partners.web_search_read(
            box, SPECIFICATION, limit=LIMIT_LIST, count_limit=COUNT_LIMIT_OURS, order='pinyin_key'),
        'box_odoo_list': lambda: partners.web_search_read(
            box, SPECIFICATION, limit=LIMIT_LIST, count_limit=COUNT_LIMIT_ODOO),
    }


def odoo_searches(partners, text):
    """The same with Odoo's own conditions."""
    fields = ('complete_name', 'ref', 'email', 'vat', 'company_registry')
    box = ['|'] * (len(fields) - 1) + [(field, 'ilike', text) for field in fields]

    def name_search():
        domain = BaseModel._search_display_name(partners, 'ilike', text)
        records = partners.search_fetch(domain, ['display_name'], limit=LIMIT_DROP_DOWN)
        return [(record.id, record.display_name) for record in records.sudo()]

    return {
        'name_search': name_search,
        'box': lambda: partners.web_search_read(
            box, SPECIFICATION, limit=LIMIT_LIST, count_limit=COUNT_LIMIT_ODOO),
    }


def measure(partners, make_calls, repetitions):
    """Time every text.

    :return: ``{kind of text: {call: {text: [ms, ...]}}}``
    """
    times = {}
    for kind, texts in QUERIES.items():
        for text in texts:
            for name, call in make_calls(partners, text).items():
                timed(partners.env, call)
                times.setdefault(kind, {}).setdefault(name, {})[text] = [
                    timed(partners.env, call) for _ in range(repetitions)]
    return times


def summary(times):
    """p50, p95 and the slowest text by kind and call."""
    report = {}
    for kind, calls in times.items():
        for name, texts in calls.items():
            values = [value for series in texts.values() for value in series]
            slowest = max(texts, key=lambda text: statistics.median(texts[text]))
            report.setdefault(kind, {})[name] = {
                'p50': round(percentile(values, 0.5), 1), 'p95': round(percentile(values, 0.95), 1),
                'slowest': slowest, 'slowest_p50': round(statistics.median(texts[slowest]), 1),
            }
    return report


def create_cost(env, count=1000):
    """Seconds to create contacts through the ORM, with and without their search names."""
    search_names = type(env['pharma.search.name'])
    values = [
        {'name': f"海州{random.choice(PLACES)}{number}号医院", 'pharma_type': 'hospital',
         'is_company': True, 'ref': f'B{number:05}'} for number in range(count)]
    seconds = {}
    index = search_names._index
    for round_ in range(2):
        for label, method in (('without', lambda *args: None), ('with', index)):
            search_names._index = method
            try:
                with env.cr.savepoint() as savepoint:
                    start = time.perf_counter()
                    env['res.partner'].with_context(tracking_disable=True).create(values)
                    env.flush_all()
                    if round_:
                        seconds[label] = round(time.perf_counter() - start, 2)
                    savepoint.rollback()
            finally:
                search_names._index = index
            env.invalidate_all()
    return seconds


def run(env, contacts='540000', repetitions=REPETITIONS):
    """Make the data, measure.

    :param env: environment of the superuser; the database is changed
    :param contacts: how many there shall be
    :param repetitions: timed calls per text
    :return: ``p95_ms`` over drop-downs and our lists, ``p95_odoo_list_ms`` over Odoo's list of
        contacts with our search, ``ratio_odoo`` (mean over drop-down and search box of Odoo's time
        for all texts by ours), details; ``load`` of the machine, for judging the figures
    :rtype: dict
    """
    cr = env.cr
    result = {}
    cr.execute("SELECT count(*) FROM res_partner WHERE ref LIKE 'H0%%'")
    if not cr.fetchone()[0]:
        start = time.perf_counter()
        # In the proportions of a large company
        share = int(contacts) / 54
        result['data'] = fill(
            env, round(share * 3), round(share), round(share * 10), round(share * 40))
        result['data_s'] = round(time.perf_counter() - start, 1)
        start = time.perf_counter()
        result['rows'] = env['pharma.search.name']._rebuild('res.partner')
        result['rebuild_s'] = round(time.perf_counter() - start, 1)
        cr.commit()
        vacuum(env, 'res_partner', 'pharma_search_name')
    cr.execute("""
        SELECT pg_relation_size('pharma_search_name') >> 20,
               pg_relation_size('pharma_search_name_grams_idx') >> 20,
               (SELECT count(*) FROM res_partner)""")
    result['table_mb'], result['index_mb'], result['contacts'] = cr.fetchone()
    # Who sees everybody: others have less to look through
    user = env['res.users'].search([('login', '=', 'bench_director')]) or env[
        'res.users'].with_context(no_reset_password=True).create({
            'name': "Bench Director", 'login': 'bench_director', 'lang': env.lang,
            'group_ids': env.ref('pharma_crm.group_pharma_crm_director').ids})
    partners = env['res.partner'].with_user(user)
    ours = measure(partners, searches, int(repetitions))
    theirs = measure(partners, odoo_searches, max(2, int(repetitions) // 5))
    values = {
        odoo_list: [
            value for calls in ours.values() for name, texts in calls.items()
            if (name == 'box_odoo_list') == odoo_list
            for series in texts.values() for value in series]
        for odoo_list in (False, True)}
    medians = {
        name: [[statistics.median(series) for texts in times.values()
                for series in texts[name].values()] for times in (theirs, ours)]
        for name in ('name_search', 'box')}
    result.update({
        'p50_ms': round(percentile(values[False], 0.5), 1),
        'p95_ms': round(percentile(values[False], 0.95), 1),
        'p95_odoo_list_ms': round(percentile(values[True], 0.95), 1),
        'load': os.getloadavg()[0],
        'ratio_odoo': round(statistics.mean(
            sum(odoo) / sum(own) for odoo, own in medians.values()), 1),
        'ours': summary(ours), 'odoo': summary(theirs), 'create_1000_s': create_cost(env),
    })
    cr.rollback()
    return result
