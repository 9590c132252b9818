"""Grades of all doctors of a large company: 500,000 of them, 8 criteria.

Facts of three tables: level and beds of the hospital, primary post with its title, own fields of
the doctor, meetings. All are graded once, then again without a change, then after weights changed
so that some 30 % of the grades move; then one doctor, by hand and by a change of his own. Grown by
the same way from a tenth. Beside it the naive way on a sample: a loop in Python that reads and
writes records.

Keys: ``regrade_s``, ``noop_s``, ``one_ms`` (slowest of 20), ``moved_share``, ``scale_10x`` (time of
grading after the change, how many times that of a tenth), ``ratio_naive`` (doctors per second, how
many times those of the loop).
"""

import random

from measure import seconds
from search import fill, vacuum

from odoo.fields import Command

SAMPLE = 2000
CHANGED = {'title': 100, 'outpatients': 5, 'influence': 5}  # weights after the change


def fill_doctors(env, hospitals, people):
    """Doctors with posts, titles and own fields; a meeting with each tenth."""
    random.seed(7)
    cr = env.cr
    counts = fill(env, hospitals, hospitals // 3, people // 5, people)
    cr.execute(
        """ UPDATE res_partner SET hospital_level = (1 + id % 3)::text,
                   pharma_properties = jsonb_build_object('bed_count', 50 + id * 37 % 1900)
             WHERE pharma_type = 'hospital' """)
    cr.execute(
        """ UPDATE res_partner SET pharma_properties = jsonb_build_object(
                   'weekly_outpatients', id * 31 % 140,
                   'influence', (ARRAY['National', 'Provincial', 'City', 'Own Hospital'])
                                [1 + id * 13 % 4],
                   'cooperation', (ARRAY['Speaks for Us', 'Open', 'Neutral', 'Declines'])
                                  [1 + id * 7 % 4])
             WHERE pharma_type = 'person' """)
    titles = env['pharma.title'].search([('series', '=', 'doctor')], limit=4).ids
    cr.execute(
        """ INSERT INTO pharma_affiliation (person_id, place_id, hospital_id, title_id, is_primary,
                                            date_from, create_date, write_date)
            SELECT id, parent_id, commercial_partner_id, (%s::int[])[1 + id * 17 %% 4], true,
                   '2020-01-01', now(), now()
              FROM res_partner WHERE pharma_type = 'person' """, [titles])
    cr.execute(
        """ WITH e AS (
                INSERT INTO calendar_event (name, start, stop, active, privacy, show_as,
                                            create_date, write_date)
                SELECT id::text, now() - interval '9 days', now() - interval '9 days', true,
                       'public', 'busy', now(), now()
                  FROM res_partner WHERE pharma_type = 'person' AND id % 10 = 0
             RETURNING id, name)
            INSERT INTO calendar_event_res_partner_rel (calendar_event_id, res_partner_id)
            SELECT id, name::int FROM e """)
    env.cr.commit()
    vacuum(env, 'res_partner', 'pharma_affiliation', 'calendar_event')
    env.invalidate_all()
    return counts


def eight_criteria(env):
    """The shipped grading of doctors, with three criteria more."""
    model = env.ref('pharma_crm.pharma_score_model_doctor')
    model.criterion_ids = [
        Command.create({
            'name': "beds", 'field_path': 'commercial_partner_id.pharma_properties.bed_count',
            'method': 'percentile', 'weight': 10, 'point_ids': [
                Command.create({'limit': share, 'points': share + 10}) for share in (0, 40, 80)]}),
        Command.create({
            'name': "meetings", 'source': 'metric', 'metric': 'contacts', 'method': 'linear',
            'low': 0, 'high': 4, 'weight': 5}),
        Command.create({
            'name': "since", 'field_path': 'create_date', 'method': 'linear', 'low': 0,
            'high': 1000, 'weight': 5}),
    ]
    env.cr.commit()
    return model


def grade(env, model):
    """Grade all; seconds and how many changed."""
    taken, changed = seconds(model._compute_all)
    env.cr.commit()
    return round(taken, 2), changed


def change_weights(env, model, weights):
    """Other weights by the key of the shipped criteria; returns those before."""
    before = {}
    for key, weight in weights.items():
        criterion = env.ref(f'pharma_crm.pharma_score_criterion_doctor_{key}')
        before[key], criterion.weight = criterion.weight, weight
    env.cr.commit()
    return before


def grade_one(env, model):
    """The slowest of 20 doctors, each changed and graded, in milliseconds."""
    persons = env['res.partner'].search([('pharma_type', '=', 'person')], limit=20)
    slowest = 0
    for number, person in enumerate(persons):
        env.cr.execute(
            "UPDATE pharma_affiliation SET title_id = (SELECT id FROM pharma_title"
            " ORDER BY sequence LIMIT 1 OFFSET %s) WHERE person_id = %s", [number % 4, person.id])
        slowest = max(slowest, seconds(model._compute_partners, person.ids)[0])
        env.cr.commit()
    return round(slowest * 1000, 1)


def grade_naively(env, model):
    """The way without the engine: record by record.

    :return: doctors per second
    """
    criteria = [criterion._to_engine() for criterion in model.criterion_ids]
    persons = env['res.partner'].search([('pharma_type', '=', 'person')], limit=SAMPLE)
    scores = env['pharma.score'].search([('partner_id', 'in', persons.ids)])
    by_person = {score.partner_id: score for score in scores}

    def loop():
        for person in persons:
            post = person.affiliation_ids.filtered('is_primary')
            facts = (
                person.commercial_partner_id.hospital_level, str(post.title_id.id),
                *person.pharma_properties.values(), person.meeting_count)
            value = sum(
                dict(criterion.limits).get(fact, 0) * criterion.weight
                for criterion, fact in zip(criteria, facts, strict=False))
            by_person[person].value = value
        env.flush_all()

    taken, _result = seconds(loop)
    env.cr.rollback()
    return len(persons) / taken


def measure(env, hospitals, people):
    """Everything once, on data made for it.

    :return: details of this size
    :rtype: dict
    """
    counts = fill_doctors(env, hospitals, people)
    model = eight_criteria(env)
    first, graded = grade(env, model)
    vacuum(env, 'pharma_score', 'res_partner')
    noop, unchanged = grade(env, model)
    assert not unchanged, f"{unchanged} changed without a reason"
    before = change_weights(env, model, CHANGED)
    regrade, changed = grade(env, model)
    moved = env['pharma.score.history'].search_count([('model_id', '=', model.id)])
    one = grade_one(env, model)
    return before, model, {
        'data': counts, 'graded': graded, 'first_s': first, 'noop_s': noop, 'regrade_s': regrade,
        'changed': changed, 'moved_share': round(moved / graded, 3), 'one_ms': one}


def run(env, people='500000', hospitals='30000'):
    """Make the data, measure; first a tenth of it.

    :param env: environment of the superuser; the database is changed
    :rtype: dict
    """
    people, hospitals = int(people), int(hospitals)
    before, model, small = measure(env, hospitals // 10, people // 10)
    change_weights(env, model, before)
    model.criterion_ids.filtered(lambda line: line.name in ('beds', 'meetings', 'since')).unlink()
    for table in ('pharma_score_history', 'pharma_score', 'pharma_affiliation'):
        env.cr.execute(f"DELETE FROM {table}")  # pylint: disable=sql-injection
    env.cr.execute(
        "DELETE FROM res_partner WHERE pharma_type IS NOT NULL")
    env.cr.commit()
    env.invalidate_all()
    _before, model, result = measure(env, hospitals, people)
    result['scale_10x'] = round(result['regrade_s'] / small['regrade_s'], 1)
    result['small'] = small
    result['ratio_naive'] = round(
        result['graded'] / result['regrade_s'] / grade_naively(env, model), 1)
    return result
