"""Matching of names: 20,000 distinct names of distributors' files against 30,000 hospitals.

The archive and the names come from ``matching_names``: real hospitals where the shared list is at
hand, else invented ones; the noise classes as ``matching_noise`` says. Runs without Odoo as well:

    python tests/bench/matching.py names=20000 mode=files seed=2 rules=noise

``rules=habits`` takes the names of ``matching_habits`` instead: rules that the engine was not built
beside, among them names of institutions that do not exist or are in no archive, one step from one
that is; its precision counts such a name as wrong whenever it is decided.

Keys: ``precision`` (of automatic decisions, by name), ``precision_money``, ``recall_auto`` (of the
names that can be known, decided alone and right), ``top5`` (of the rest that can be known),
``match_s``, ``index_s``; ``wrong`` automatic decisions and how many of them lie in another
province, city or county (``wrong_province``, ``wrong_city``, ``wrong_county``) or are of another
kind or number than the name (``wrong_kind``, ``wrong_number``); ``classes``: by noise class how
many, precision and recall. Much of what counts as wrong is one institution under two names of the
list: ``wrong_twin`` says how many answers were a twin of whom the name means, and
``wrong_twin_listed`` how many of these had both in the archive, so that it should have been asked;
``wrong_namesake``: names that are letter for letter another institution's own, so that no label is
right. All of them count as wrong.
"""

import csv
import json
import re
import resource
import sys
import time
from collections import Counter, defaultdict
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from plain import REPOSITORY, make_importable

make_importable()

import matching_habits  # noqa: E402
import matching_noise  # noqa: E402
from matching_habits import county_of  # noqa: E402
from matching_names import KINDS, are_twins, compact, make_world  # noqa: E402

from odoo.addons.pharma_distribution.tools.matching import Archive, Query, Record  # noqa: E402
from odoo.addons.pharma_distribution.tools.matching_places import PlaceTable  # noqa: E402

# What is said of a wrong answer beside what it differs in.
NOTES = {
    'wrong_twin': 'the list has the institution twice',
    'wrong_twin_listed': 'both are in the archive: it should have asked',
    'wrong_namesake': 'the very name of the answer',
}


def read_places():
    """The divisions that the addon ships."""
    with (REPOSITORY / 'pharma_crm/data/pharma.division.csv').open(encoding='utf-8') as file:
        return PlaceTable((row['code'], row['name']) for row in csv.DictReader(file))


def make_archive(world):
    """The listed part of the world."""
    return Archive([
        Record(hospital.number, hospital.name, hospital.kind, hospital.province, hospital.city, '',
               hospital.address, hospital.known)
        for hospital in world if hospital.listed], read_places())


def make_query(case):
    """A case as the engine is asked."""
    return Query(case.raw, **{
        key: case.facts[key] for key in (
            'distributor', 'province', 'city', 'distributor_province', 'distributor_city')})


def rate(cases, matches, world):
    """Count what is right.

    :return: (result, errors as tuples (money, case, match))
    """
    total = defaultdict(lambda: defaultdict(float))
    errors = []
    for case, match in zip(cases, matches, strict=True):
        right = match.record_id == case.answer and case.answer is not None
        candidates = [candidate.record_id for candidate in match.candidates]
        for name in (case.noise, 'all'):
            count = total[name]
            count['names'] += 1
            count['knowable'] += case.knowable
            if match.automatic:
                count['automatic'] += 1
                count['money'] += case.money
                if right:
                    count['right'] += 1
                    count['right_money'] += case.money
                    count['found'] += case.knowable
            if case.knowable and not (match.automatic and right):
                count['rest'] += 1
                count['rest_top'] += case.answer in candidates
        if match.automatic and not right:
            errors.append((case.money, case, match))
            count_differences(total['all'], case, world[match.record_id], world)
    return total, sorted(errors, key=lambda error: -error[0])


def count_differences(count, case, chosen, world):
    """What a wrong automatic decision differs in, from the name or from whom it means."""
    meant = world[case.answer] if case.answer is not None else None
    name = meant.name if meant else case.raw
    province = meant.province if meant else case.facts['true_province']
    count['wrong_province'] += chosen.province != province
    count['wrong_city'] += chosen.city != (meant.city if meant else case.facts['true_city'])
    mine = county_of(meant) if meant else case.facts.get('true_county', '')
    its = county_of(chosen)
    twin = is_twin(case, chosen, world)
    count['wrong_twin'] += twin
    count['wrong_twin_listed'] += twin and meant is not None
    count['wrong_namesake'] += compact(case.raw) == compact(chosen.name)
    count['wrong_county'] += bool(mine and its) and mine != its
    count['wrong_kind'] += sorted(KINDS.findall(name)) != sorted(KINDS.findall(chosen.name))
    count['wrong_number'] += not set(re.findall(r'\d+', compact(name))) & set(
        re.findall(r'\d+', compact(chosen.name))) and bool(re.search(r'\d', compact(name)))


def is_twin(case, chosen, world):
    """Whether the answer is, in the list, the institution that was meant once more; never of a name
    that was made to be another's."""
    if case.noise.startswith('other_'):
        return False
    return are_twins(world[case.facts['true_number']], chosen)


def share(part, whole):
    """A share with four digits, None of nothing."""
    return round(part / whole, 4) if whole else None


def summary(count):
    """Figures of one noise class."""
    return {
        'names': int(count['names']), 'precision': share(count['right'], count['automatic']),
        'recall': share(count['found'], count['knowable']), 'knowable': int(count['knowable']),
        'top5': share(count['rest_top'], count['rest'])}


def run(env=None, names='20000', mode='files', seed='2', world='1', show='50', missed='0',
    provinces='0', worst='0', rules='noise'):
    """Precision, recall and time of matching."""
    hospitals = make_world(int(world), provinces=int(provinces))
    makers = {'noise': matching_noise, 'habits': matching_habits}
    cases = makers[rules].make_cases(hospitals, int(names), int(seed), mode)
    start = time.perf_counter()
    archive = make_archive(hospitals)
    index_s = time.perf_counter() - start
    start, cpu = time.perf_counter(), time.process_time()
    matches = archive.match([make_query(case) for case in cases])
    match_s, cpu_s = time.perf_counter() - start, time.process_time() - cpu
    total, errors = rate(cases, matches, hospitals)
    print_errors(errors[:int(show)], hospitals)
    print_missed(cases, matches, hospitals, int(missed), int(worst))
    classes = {name: summary(count) for name, count in sorted(total.items()) if name != 'all'}
    for name, figures in classes.items():
        print(f'{name:16}', figures)
    every = total['all']
    return {
        'names': len(cases), 'hospitals': sum(hospital.listed for hospital in hospitals),
        'knowable': int(every['knowable']), 'automatic': int(every['automatic']),
        'precision': share(every['right'], every['automatic']),
        'precision_money': share(every['right_money'], every['money']),
        'recall_auto': share(every['found'], every['knowable']),
        'top5': share(every['rest_top'], every['rest']),
        'wrong': len(errors), 'wrong_province': int(every['wrong_province']),
        'wrong_city': int(every['wrong_city']), 'wrong_county': int(every['wrong_county']),
        'wrong_kind': int(every['wrong_kind']),
        'wrong_number': int(every['wrong_number']),
        'wrong_twin': int(every['wrong_twin']),
        'wrong_twin_listed': int(every['wrong_twin_listed']),
        'wrong_namesake': int(every['wrong_namesake']),
        'index_s': round(index_s, 2), 'match_s': round(match_s, 2),
        'match_cpu_s': round(cpu_s, 2),
        'peak_mb': resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        'classes': classes,
    }


def print_errors(errors, hospitals):
    """Wrong automatic decisions, the costliest first."""
    for money, case, match in errors:
        meant = hospitals[case.answer].name if case.answer is not None else '-'
        chosen = hospitals[match.record_id]
        count = Counter()
        count_differences(count, case, chosen, hospitals)
        differs = ' '.join(name.removeprefix('wrong_') for name, value in count.items()
                           if value and name not in NOTES)
        notes = '; '.join(text for name, text in NOTES.items() if count[name])
        print(f"WRONG {money:12,.0f} {case.noise:14} {case.raw!r} -> {chosen.name} ({chosen.city})"
              f" [{match.reason} {match.confidence:.3f}] meant {meant}"
              f" {case.facts['true_city']} / {case.facts['city']}"
              f" {case.facts['distributor_city']}: {differs or 'the institution alone'}"
              f"{notes and ' (' + notes + ')'}")


def print_missed(cases, matches, hospitals, count, worst):
    """Names that can be known and were not decided; ``worst``: that were not suggested either."""
    shown = not_shown = 0
    for case, match in zip(cases, matches, strict=True):
        place = [candidate.record_id for candidate in match.candidates]
        hidden = case.answer not in place
        if case.knowable and not match.automatic and (
                shown < count or (hidden and not_shown < worst)):
            shown += 1
            not_shown += hidden
            print(f"MISSED {case.noise:14} {case.raw!r} meant {hospitals[case.answer].name}"
                  f" ({hospitals[case.answer].city}) [{match.reason} {match.confidence:.3f}]"
                  f" {place.index(case.answer) + 1 if case.answer in place else '-'} "
                  f"{case.facts['city'] or '/' + case.facts['distributor_city']}")


if __name__ == '__main__':
    options = dict(word.split('=', 1) for word in sys.argv[1:])
    print(json.dumps(run(**options), ensure_ascii=False))
