"""Duplicates: while typing over 540,000 contacts, pairs of 40,000 terminals, precision and recall.

Contacts are those of ``search.py``; hospitals lie in the cities of their list, the others anywhere,
and have phones, addresses and tax numbers. Beside ours is measured what one would do without an
index: Odoo's own condition for the same question, and asking once for every customer.

* ``typing_ms``: p95 of ``res.partner.pharma_find_duplicates`` in the server, for names cut after
  four and seven characters and whole ones, with and without the city, new and known, as director,
  data steward and a representative; warm, caches of records emptied before each call;
* ``pairs_s``: the whole search, persons and departments included; ``pairs_terminals_s`` without;
* ``merge_s``: 20 customers with 10,000 messages, opportunities, persons and other names into one;
  ``merge_undo_s`` its undo;
* ``precision``, ``recall``: markets of ``pharma_crm/tests/duplicate/labelled.py`` with other seeds
  than those that the engine was written by; ``recall_findable`` leaves out hospitals that were
  renamed of which nothing else is known;
* ``real_alias_recall``: names and other names of real hospitals
  (``../shared/data/matching/hospital_alias_pairs.csv``) that are suspected by the name alone: other
  names are mostly other words, which is why they are kept.
"""

import csv
import os
import random
import statistics
import time
from pathlib import Path

from measure import p95, seconds
from search import fill, insert, vacuum

from odoo.addons.pharma_crm.tests.duplicate.labelled import judge, make_market
from odoo.addons.pharma_crm.tools.divisions import DivisionIndex
from odoo.addons.pharma_crm.tools.duplicates import SUSPECTED, Facts, Subject, compare, find_pairs

SHARED = Path(__file__).resolve().parents[3] / 'shared/data'
STREETS = ("健康路", "仁和路", "济民路", "百草街", "安康大道", "同仁巷", "惠民路", "杏林路")
TYPED = 60


def timed(env, call):
    """Duration of one call in ms, with empty caches of records."""
    env.invalidate_all()
    start = time.perf_counter()
    call()
    return (time.perf_counter() - start) * 1000


def make_places(env):
    """Give the terminals cities, phones, addresses and numbers.

    :return: how many hospitals lie where their list says
    """
    cr = env.cr
    divisions = env['pharma.division'].search([])
    index = DivisionIndex([(division.code, division.name) for division in divisions])
    ids = {division.code: division.id for division in divisions}
    cities = [division.id for division in divisions if division.level == 'city']
    path = Path(os.environ.get('PHARMA_HOSPITALS') or (
        SHARED / 'hospitals/hospitals_national_30k.csv'))
    places, streets = [], []
    if path.exists():
        with path.open(encoding='utf-8-sig', newline='') as file:
            for row in csv.DictReader(file):
                place = index.resolve(row['province'], row['city_or_district'])
                places.append((ids.get(place.city), ids.get(place.county)))
                streets.append(row['address'] or '')
    cr.execute("SELECT id, ref FROM res_partner WHERE ref ~ '^[HP][0-9]{6}$' ORDER BY ref")
    rows, listed = [], 0
    for partner_id, ref in cr.fetchall():
        number = int(ref[1:])
        city, county = places[number] if ref[0] == 'H' and number < len(places) else (None, None)
        listed += bool(city)
        street = streets[number] if ref[0] == 'H' and number < len(streets) else ''
        rows.append((
            partner_id, city or random.choice(cities), county,
            street or f"{random.choice(STREETS)}{random.randint(1, 900)}号",
            # As in most lists: a phone here and there, a tax number seldom
            f"0{random.randint(300, 999)}-{random.randint(2000000, 89999999)}"
            if random.random() < 0.6 else None,
            f"12{random.randint(10 ** 15, 10 ** 16 - 1)}" if random.random() < 0.3 else None))
    cr.execute(
        """ UPDATE res_partner p
               SET pharma_city_id = n.city, pharma_county_id = n.county, street = n.street,
                   phone = n.phone, vat = n.vat, state_id = d.state_id
              FROM unnest(%s::int[], %s::int[], %s::int[], %s::text[], %s::text[], %s::text[])
                   AS n(id, city, county, street, phone, vat)
              JOIN pharma_division d ON d.id = n.city
             WHERE p.id = n.id """, [*map(list, zip(*rows, strict=True))])
    return listed


def make_users(env):
    """A director, a data steward and a representative with the hospitals of one city."""
    cr = env.cr
    users = {}
    for role in ('director', 'steward', 'representative'):
        users[role] = env['res.users'].with_context(no_reset_password=True).create({
            'name': role, 'login': f'bench_duplicate_{role}', 'lang': env.lang,
            'group_ids': env.ref(f'pharma_crm.group_pharma_crm_{role}').ids})
    territory = env['pharma.territory'].create({'name': "Bench"})
    env['pharma.territory.assignment'].create({
        'territory_id': territory.id, 'user_id': users['representative'].id,
        'role': 'representative', 'date_from': '2020-01-01'})
    cr.execute("""
        SELECT array_agg(id) FROM (
            SELECT id FROM res_partner WHERE pharma_type = 'hospital' AND ref LIKE 'H%%'
             ORDER BY pharma_city_id, id LIMIT 120) AS p""")
    env['pharma.alignment'].create([
        {'partner_id': partner_id, 'territory_id': territory.id, 'date_from': '2020-01-01'}
        for partner_id in cr.fetchone()[0]])
    return users


def typed_values(env):
    """What people type: parts of names that are there, names that are not."""
    cr = env.cr
    cr.execute(
        """ SELECT name, pharma_city_id, state_id, phone FROM res_partner
             WHERE ref LIKE 'H%%' ORDER BY md5(ref) LIMIT %s """, [TYPED])
    found = []
    for name, city, state, phone in cr.fetchall():
        for text in {name[:4], name[:7], name, name + "新院"}:
            values = {'name': text, 'pharma_type': 'hospital'}
            found += [values, {**values, 'pharma_city_id': city, 'state_id': state}]
        found.append({'name': name, 'pharma_type': 'hospital', 'phone': phone or False})
    return found


def measure_typing(env, users, values):
    """Times of ours, by user, and of Odoo's own condition for the same question."""
    times = {}
    for role, user in users.items():
        partners = env['res.partner'].with_user(user)
        for typed in values[:20]:
            partners.pharma_find_duplicates(typed)
        times[role] = [
            timed(env, lambda typed=typed, partners=partners: (
                partners.pharma_find_duplicates(typed))) for typed in values]
    director = env['res.partner'].with_user(users['director'])

    def odoo(typed):
        domain = [('name', 'ilike', typed['name'])]
        if typed.get('phone'):
            domain = ['|', ('phone', 'like', typed['phone']), *domain]
        return director.search_read(domain, ['name', 'city', 'phone'], limit=8)
    sample = values[::9]
    naive = [timed(env, lambda typed=typed: odoo(typed)) for typed in sample]
    return times, statistics.mean(naive)


def measure_pairs(env):
    """The search over everything, once more, and over what changed in a day (100 terminals).

    :return: figures of the result
    """
    cr, pairs, result = env.cr, env['pharma.duplicate'], {}
    cr.execute("SELECT count(*) FROM res_partner WHERE pharma_type IN ('hospital', 'pharmacy')")
    result['terminals'] = cr.fetchone()[0]
    spent, facts = seconds(env['res.partner']._duplicate_facts, pairs._institutions_sql())
    finding, found = seconds(pairs._find, facts, None)
    result['pairs_terminals_s'] = round(spent + finding, 1)
    result['pairs_found'] = len(found)
    result['pairs_s'] = round(seconds(pairs._search_all)[0], 1)
    result['pairs_again_s'] = round(seconds(pairs._search_all)[0], 1)
    cr.execute("UPDATE res_partner SET write_date = '2000-01-01'")
    cr.execute("UPDATE res_partner SET write_date = now() AT TIME ZONE 'UTC' + interval '1 minute'"
               " WHERE ref ~ '^H000[0-9]{2}0$'")
    result['pairs_night_s'] = round(seconds(pairs._search_changed)[0], 1)
    return result


def make_linked(env, sources=20, rows=10000):
    """A hospital and others to be merged into it, with linked rows: messages, opportunities,
    persons, other names.

    :return: the hospital, the others, and how many rows hang on these
    """
    cr = env.cr
    names = [f"合并市听涛第{number}医院" for number in range(sources + 1)]
    ids = insert(cr, [(name, name, 'hospital', None, None, None) for name in names])
    owners = [ids[1 + number % sources] for number in range(rows)]
    half, fifth = rows // 2, rows // 5
    cr.execute(
        """ INSERT INTO mail_message (model, res_id, message_type, body, date, create_date)
            SELECT 'res.partner', o.id, 'comment', 'note', now(), now()
              FROM unnest(%s::int[]) AS o(id) """, [owners[:half]])
    cr.execute(
        """ INSERT INTO crm_lead (name, type, partner_id, active, priority, create_date, write_date)
            SELECT 'lead', 'opportunity', o.id, true, '0', now(), now()
              FROM unnest(%s::int[]) AS o(id) """, [owners[:fifth]])
    cr.execute(
        """ INSERT INTO pharma_alias (name, key, kind, partner_id, status, create_date, write_date)
            SELECT 'bench ' || o.number, 'bench' || o.number, 'partner', o.id, 'confirmed', now(),
                   now()
              FROM unnest(%s::int[]) WITH ORDINALITY AS o(id, number) """, [owners[:fifth // 2]])
    people = rows - half - fifth - fifth // 2
    persons = insert(cr, [
        (f"林{number}", f"林{number}", 'person', owner, None, None)
        for number, owner in enumerate(owners[:people])])
    env.invalidate_all()
    env['pharma.search.name']._index('res.partner', [*ids, *persons])
    cr.execute("ANALYZE mail_message, crm_lead, pharma_alias, res_partner")
    partners = env['res.partner'].browse(ids)
    return partners[0], partners[1:], rows


def measure_merge(env):
    """One merge of 20 customers with 10,000 linked rows, its undo, and writing row by row."""
    keep, sources, rows = make_linked(env)

    def merge():
        record = env['pharma.merge']._merge(keep, sources)
        env.flush_all()
        return record
    spent, record = seconds(merge)
    undone, _answer = seconds(lambda: (record.action_undo(), env.flush_all()))
    env.cr.execute("SELECT id FROM mail_message WHERE model = 'res.partner' AND res_id = ANY(%s)"
                   " ORDER BY id LIMIT 1000", [sources.ids])
    messages = env['mail.message'].browse(row[0] for row in env.cr.fetchall())

    def one_by_one():
        for message in messages:
            message.res_id = keep.id
            message.flush_recordset()
    naive, _nothing = seconds(one_by_one)
    return {
        'merge_s': round(spent, 2), 'merge_moved': record.moved_count,
        'merge_undo_s': round(undone, 2),
        'ratio_merge_one_by_one': round(naive / len(messages) * rows / spent, 1)}


def measure_quality(seeds=range(201, 206)):
    """Precision and recall over markets that the engine was not written by."""
    precisions, recalls, findable = [], [], []
    for seed in seeds:
        subjects, doubles = make_market(random.Random(seed), cities=30)
        found = {(one.facts.id, other.facts.id) for one, other, _why in find_pairs(subjects)}
        precision, recall = judge(found, doubles)
        by_id = {subject.facts.id: subject.facts for subject in subjects}
        known = {pair for pair in doubles if not lost(by_id[pair[0]], by_id[pair[1]])}
        precisions.append(precision)
        recalls.append(recall)
        findable.append(judge(found, known)[1])
    return (round(statistics.mean(values), 4) for values in (precisions, recalls, findable))


def lost(one, other):
    """Whether nobody could tell that two records are one: renamed, and nothing else is shared."""
    renamed = not other.address and not other.phones & one.phones and (
        not other.tax_numbers & one.tax_numbers) and not other.other_names
    return renamed and len(set(one.name) & set(other.name)) < len(set(one.name)) / 2


def measure_real_aliases():
    """Share of real other names that are suspected by the name alone, None without the list."""
    path = SHARED / 'matching/hospital_alias_pairs.csv'
    if not path.exists():
        return None
    with path.open(encoding='utf-8-sig', newline='') as file:
        rows = list(csv.DictReader(file))
    hits = 0
    for row in rows:
        places = tuple(filter(None, (row['province'], row['city'])))
        one, other = (Subject(Facts(
            id=number, name=row[column], places=places, city=row['city'] or row['province']))
            for number, column in enumerate(('name', 'alias')))
        why = compare(one, other)
        hits += bool(why and why.score >= SUSPECTED)
    return round(hits / len(rows), 3)


def run(env, contacts='540000'):
    """Make the data, measure.

    :param env: environment of the superuser; the database is changed
    :param contacts: how many there shall be
    :return: ``typing_ms`` (gate 50), ``pairs_s`` (gate 60), ``merge_s`` (gate 5), ``precision``,
        ``recall`` and, each measured in the same run, ``ratio_typing_odoo`` (Odoo's condition by
        ours, mean), ``ratio_pairs_one_by_one`` (asking for every terminal, from a sample, by ours)
        and ``ratio_merge_one_by_one`` (writing a thousand links one by one, for all, by ours)
    :rtype: dict
    """
    random.seed(19)
    cr, result = env.cr, {}
    if not env['res.partner'].search_count([('ref', '=like', 'H0%')], limit=1):
        share = int(contacts) / 54
        result['data'] = fill(
            env, round(share * 3), round(share), round(share * 10), round(share * 40))
        result['placed'] = make_places(env)
        env['pharma.search.name']._rebuild('res.partner')
        cr.commit()
        vacuum(env, 'res_partner', 'pharma_search_name')
    env.registry.clear_cache()
    users = make_users(env)
    env.flush_all()
    values = typed_values(env)
    times, naive = measure_typing(env, users, values)
    ours = [value for series in times.values() for value in series]
    result.update({
        'typing_ms': round(p95(ours), 1), 'typing_mean_ms': round(statistics.mean(ours), 1),
        'typing_worst_ms': round(max(ours), 1),
        'typing_by_role_ms': {role: round(p95(series), 1) for role, series in times.items()},
        'ratio_typing_odoo': round(naive / statistics.mean(ours), 1)})
    result |= measure_pairs(env)
    result['ratio_pairs_one_by_one'] = round(
        statistics.mean(times['director']) / 1000 * result['terminals']
        / result['pairs_terminals_s'], 1)
    result['precision'], result['recall'], result['recall_findable'] = measure_quality()
    result |= {'real_alias_recall': measure_real_aliases(), **measure_merge(env)}
    cr.rollback()
    return {**result, 'load': os.getloadavg()[0]}
