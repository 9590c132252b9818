"""What people of a large company wait for when they plan, record and review calls.

3,000 representatives in four levels of territories, 225,000 doctors, each of them a target of two
people (one per product line), 2,000,000 calls of a year, some planned. As representative, as
manager of 300 people, as director: the week in the calendar (his own, that of ten people), the list
of calls, the review queue, targets and attainment by person and territory, home screens. Then all
targets are made and measured as every night, and once more without a change.

Measured in the server, warm, the caches of records emptied before each call. ``queries`` tells for
each screen how many queries it needs on a short and on a long page: the number does not grow.

Keys: ``screen_p95_ms`` (the worst screen), ``nightly_s`` (all targets brought up to date and
measured, after a day's calls), ``record_ms`` (recording one call, the targets of the person
measured), ``queries_grow`` (screens whose number of queries depends on the rows: none).
"""

import os
import random
import statistics
import time
from datetime import timedelta

from customers import fill_alignments, fill_territories, fill_users, queries, repeat
from measure import p95, seconds
from search import fill, vacuum

from odoo import fields

REPETITIONS = 20
POSITIONS = 3000
# People that a manager chooses in the calendar, beside which more can hardly be seen
PEOPLE = 10
CALL_COLUMNS = {
    'display_name': {}, 'date_start': {}, 'partner_id': {'fields': {'display_name': {}}},
    'hospital_id': {'fields': {'display_name': {}}}, 'user_id': {'fields': {'display_name': {}}},
    'channel': {}, 'purpose_id': {'fields': {'display_name': {}}},
    'result_id': {'fields': {'display_name': {}}}, 'state': {}, 'review_state': {}, 'quality': {}}
REVIEW_COLUMNS = {**CALL_COLUMNS, 'summary': {}, 'need': {}, 'solution': {}, 'duration': {}}
CALENDAR_COLUMNS = ['display_name', 'date_start', 'date_end', 'partner_id', 'user_id', 'state']
TARGET_COLUMNS = {
    'partner_id': {'fields': {'display_name': {}}}, 'hospital_id': {'fields': {'display_name': {}}},
    'user_id': {'fields': {'display_name': {}}}, 'grade': {}, 'goal': {}, 'actual': {},
    'planned': {}, 'attainment': {}, 'interaction_goal': {}, 'last_date': {}, 'problem': {}}
REPORT_COLUMNS = dict.fromkeys(
    ('name', 'interaction_goal', 'earned', 'attainment', 'elapsed', 'gap', 'planned'), {})
SUMS = ['__count', 'interaction_goal:sum', 'earned:sum', 'actual:sum', 'attainment:avg']


def fill_grades(env):
    """A grade for each doctor, as the score model leaves them."""
    model = env.ref('pharma_crm.pharma_score_model_doctor')
    env.cr.execute(
        """ WITH graded AS (
                INSERT INTO pharma_score (model_id, partner_id, value, grade, create_date)
                SELECT %s, id, 50, (ARRAY['A', 'B', 'B', 'C', 'C', 'C', 'C', 'D', 'D', 'D'])
                                   [1 + id %% 10], now()
                  FROM res_partner WHERE pharma_type = 'person'
             RETURNING id, partner_id)
            UPDATE res_partner p SET main_score_id = g.id FROM graded g WHERE g.partner_id = p.id
        """, [model.id])


def fill_calls(env, cycle, calls):
    """A year of calls on targets, more on better grades; the last days are not reviewed yet, some
    are planned for the next days.

    :return: how many calls
    """
    today = env['pharma.access']._get_today()
    cr = env.cr
    cr.execute("SELECT setseed(0.5)")
    cr.execute(
        """ CREATE TEMPORARY TABLE bench_call AS
            SELECT t.user_id, t.partner_id, t.hospital_id, t.territory_id, t.product_line_id,
                   %s::date + (16 - ceil(random() * 381))::int AS date,
                   (ARRAY[1, 2, 3, 5, 6, 7, 8, 9])[1 + floor(random() * 8)::int] AS hour,
                   random() AS chance
              FROM pharma_cycle_target t
        CROSS JOIN generate_series(1, CASE t.grade WHEN 'A' THEN 12 WHEN 'B' THEN 7
                                                   WHEN 'C' THEN 4 ELSE 2 END)
             WHERE t.cycle_id = %s LIMIT %s """, [today, cycle.id, calls])
    purposes = env['pharma.visit.purpose'].search([]).ids
    results = env['pharma.visit.result'].search([]).ids
    cr.execute(
        """ INSERT INTO pharma_visit (
                   user_id, company_id, territory_id, product_line_id, partner_id, hospital_id,
                   state, channel, date_start, date_end, date, duration, is_planned, purpose_id,
                   result_id, summary, recorded_at, entry_days, quality, review_state,
                   reason,
                   create_uid, create_date, write_uid, write_date)
            SELECT user_id, 1, territory_id, product_line_id, partner_id, hospital_id,
                   CASE WHEN date > %(today)s THEN 'planned' WHEN chance < 0.03 THEN 'missed'
                        ELSE 'done' END,
                   CASE WHEN chance < 0.8 THEN 'face' WHEN chance < 0.9 THEN 'phone'
                        ELSE 'online' END,
                   date + hour * interval '1 hour', date + hour * interval '1 hour 5 minutes',
                   date, 20, chance < 0.85, (%(purposes)s)[1 + floor(chance * %(purpose_count)s)],
                   CASE WHEN date <= %(today)s
                        THEN (%(results)s)[1 + floor(chance * %(result_count)s)] END,
                   CASE WHEN date <= %(today)s THEN 'Asked for the data of the last study; '
                        || 'wants to see them compared ' || user_id END,
                   CASE WHEN date <= %(today)s THEN date + interval '10 hours' END, 0,
                   CASE WHEN date <= %(today)s THEN 40 + chance * 60 END,
                   CASE WHEN date > %(today)s OR chance < 0.03 THEN NULL
                        WHEN date > %(today)s::date - 3 THEN 'todo' ELSE 'reviewed' END,
                   CASE WHEN date <= %(today)s AND chance < 0.03 THEN 'In surgery' END,
                   user_id, date, user_id, date
              FROM bench_call """,
        {'today': today, 'purposes': purposes, 'purpose_count': len(purposes), 'results': results,
         'result_count': len(results)})
    made = cr.rowcount
    # at each twentieth call another doctor of the hospital is met
    cr.execute(
        """ INSERT INTO pharma_visit_person_rel (visit_id, partner_id)
            SELECT v.id, m.id
              FROM pharma_visit v
        CROSS JOIN LATERAL (SELECT p.id FROM res_partner p
                             WHERE p.commercial_partner_id = v.hospital_id
                               AND p.pharma_type = 'person' LIMIT 1) m
             WHERE v.id % 20 = 0 """)
    cr.execute("DROP TABLE bench_call")
    return made


def make(env, people, calls):
    """All data.

    :return: details, the cycle, the users that are measured by role
    """
    random.seed(20)
    counts = fill(env, 30000, 10000, people // 5, people)
    users = fill_users(env.cr, 330 + POSITIONS + 200)
    areas, positions, lines, chosen = fill_territories(env, users)
    chosen['director'] = users[-1]
    for role, group in (('representative', 'representative'), ('manager', 'area_manager'),
                        ('director', 'director')):
        env['res.users'].browse(chosen[role]).group_ids = [
            (4, env.ref('base.group_user').id),
            (4, env.ref(f'pharma_crm.group_pharma_crm_{group}').id)]
    fill_alignments(env, areas, positions, lines)
    fill_grades(env)
    env.cr.commit()
    vacuum(env, 'res_partner', 'pharma_score', 'pharma_alignment', 'pharma_territory',
           'pharma_territory_assignment', 'res_users', 'res_company_users_rel')
    cycles = env['pharma.cycle']
    cycles.search([]).sudo().write({'state': 'draft'})
    cycles.search([]).unlink()
    cycle = cycles.create({})
    cycle.sudo().state = 'open'
    first, _none = seconds(cycle._refresh)
    env.cr.commit()
    counts |= {'targets': env['pharma.cycle.target'].search_count([]), 'first_s': round(first, 1),
               'calls': fill_calls(env, cycle, calls)}
    env.cr.commit()
    vacuum(env, 'pharma_visit', 'pharma_visit_person_rel', 'pharma_cycle_target')
    env.invalidate_all()
    return counts, cycle, chosen


def nightly(env, cycle):
    """Seconds of bringing all targets up to date and measuring them."""
    taken, _none = seconds(cycle._refresh)
    env.cr.commit()
    return round(taken, 1)


def screens(env, cycle, short):
    """The calls that screens make, on a short or a long page."""
    visits, targets = env['pharma.visit'], env['pharma.cycle.target']
    today = env['pharma.access']._get_today()
    monday = today - timedelta(days=today.weekday())
    days = 1 if short else 7
    week = [('date_start', '>=', fields.Datetime.to_datetime(monday)),
            ('date_start', '<', fields.Datetime.to_datetime(monday + timedelta(days=days)))]
    review = [('review_state', '=', 'todo'), ('pharma_team_lead', '=', True)]
    first = visits.search(review, order='date_start, id', limit=1) or visits.search([], limit=1)
    limit = 10 if short else 80
    mine = [('cycle_id', '=', cycle.id)]
    people = env['pharma.access']._get_managed_users()[:2 if short else PEOPLE].ids
    return {
        'calendar': lambda: visits.search_read(
            [*week, ('user_id', '=', env.uid)], CALENDAR_COLUMNS),
        'calendar_people': lambda: visits.search_read(
            [*week, ('user_id', 'in', people)], CALENDAR_COLUMNS),
        'list': lambda: visits.web_search_read([], CALL_COLUMNS, limit=limit, count_limit=1001),
        'list_week': lambda: visits.web_search_read(
            week, CALL_COLUMNS, limit=limit, count_limit=1001),
        'review': lambda: visits.web_search_read(
            review, REVIEW_COLUMNS, limit=limit, count_limit=1001),
        'review_queue': lambda: visits.get_review_queue(limit=limit),
        'review_card': first.get_review_card,
        'targets': lambda: targets.web_search_read(
            mine, TARGET_COLUMNS, limit=limit, count_limit=1001),
        'targets_missing': lambda: targets.web_search_read(
            [*mine, ('interaction_goal', '!=', 0), ('attainment', '<', 100)], TARGET_COLUMNS,
            limit=limit, count_limit=1001),
        'attainment_people': lambda: targets.web_read_group(
            mine, ['user_id'], SUMS, limit=limit),
        'attainment_territories': lambda: targets.formatted_read_group(
            mine, ['territory_id'], SUMS, limit=limit),
        'attainment_whole': lambda: targets.formatted_read_group(mine, [], SUMS),
        'attainment_report': lambda: env['pharma.cycle.report'].web_search_read(
            mine, REPORT_COLUMNS, limit=limit, count_limit=1001),
        'cycle': lambda: cycle.with_env(env).web_read({
            'name': {}, 'target_count': {}, 'problem_count': {}, 'attainment': {}, 'elapsed': {}}),
        'home': env['pharma.home'].get_home,
    }


def record(env, user_id, repetitions):
    """The slowest of some calls recorded by a representative, in milliseconds."""
    user = env(user=user_id)
    targets = user['pharma.cycle.target'].search([('user_id', '=', user_id)], limit=repetitions)
    slowest = 0
    for target in targets:
        env.invalidate_all()
        taken, _visit = seconds(
            user['pharma.visit'].create,
            {'partner_id': target.partner_id.id, 'state': 'done',
             'date_start': fields.Datetime.now() - timedelta(hours=1)})
        slowest = max(slowest, taken * 1000)
    env.cr.rollback()
    return round(slowest, 1)


def run(env, people='225000', calls='2000000', repetitions=REPETITIONS):
    """Make the data, measure.

    :param env: environment of the superuser; the database is changed
    :param people: doctors; each is a target of two people
    :param calls: at most so many of a year
    :return: the keys of the module, details by role
    :rtype: dict
    """
    start = time.perf_counter()
    counts, cycle, chosen = make(env, int(people), int(calls))
    result = {'data': counts, 'data_s': round(time.perf_counter() - start, 1)}
    return measure(env, cycle, chosen, int(repetitions), result)


def measure(env, cycle, chosen, repetitions, result):
    """All figures on the data made."""
    result['nightly_s'] = nightly(env, cycle)
    vacuum(env, 'pharma_cycle_target')
    result['nightly_again_s'] = nightly(env, cycle)
    worst, growing = {}, []
    for role in ('representative', 'manager', 'director'):
        user = env(user=chosen[role], context={'lang': 'zh_CN', 'tz': 'Asia/Shanghai'})
        calls, short = screens(user, cycle, False), screens(user, cycle, True)
        times = {name: repeat(user, call, repetitions) for name, call in calls.items()}
        counted = {name: (queries(user, short[name]), queries(user, call))
                   for name, call in calls.items()}
        growing += [f'{role} {name}' for name, (few, many) in counted.items() if many > few]
        if role != 'director':
            worst |= {f'{role} {name}': p95(series) for name, series in times.items()}
        result[role] = {
            'p95': {name: round(p95(series), 1) for name, series in times.items()},
            'median': {name: round(statistics.median(series), 1)
                       for name, series in times.items()},
            'queries': counted,
        }
    result.update({
        'record_ms': record(env, chosen['representative'], repetitions),
        'screen_p95_ms': round(max(worst.values()), 1), 'worst': max(worst, key=worst.get),
        'queries_grow': growing, 'load': os.getloadavg()[0],
    })
    env.cr.rollback()
    return result
