"""Tell whether two customers are suspected to be one.

How to use
    subject = Subject(Facts(id=7, kind='hospital', name="海州市第一人民医院", city=3301))
    suspicion = compare(subject, other)          # None, or
    suspicion.score, suspicion.reasons           # 0.95, ('name', 'phone')
    for one, other, suspicion in find_pairs(subjects): ...

How it works
    Each thing that two records share (tax number, phone, name, address …) is evidence of a known
    weight; the score is the chance that not all of it is wrong, between 0 and 1. What must not
    differ (the number N of 第N, the kind: 中医, 妇幼, 口腔, the campus, 县 or 市, hospital or
    pharmacy, the place that both names say) takes all weight from the name and most from what
    neighbours share. Two different tax numbers speak against as well.
    For many records the pairs worth a look are found by equal keys, and by similar names among
    those of one city whose number and kind agree; nothing is compared with everything.

No Odoo imports: testable alone.
"""

from collections import defaultdict
from functools import lru_cache
from itertools import combinations, islice
from typing import NamedTuple

from rapidfuzz import fuzz, process
from rapidfuzz.distance import Levenshtein

from .duplicate_names import agree, are_campuses, is_said, read_name
from .institution_words import TRADITIONAL
from .institutions import class_of
from .names import fold, normalise, pinyin_key

# From here on two records are shown to the data steward; from STRONG on whoever enters the second
# one is asked before it is saved. Whoever types sees weaker ones as well, from HINTED on: the city
# is not chosen yet, and a look costs him nothing.
HINTED, SUSPECTED, STRONG = 0.4, 0.6, 0.85
# Reason -> how sure it alone makes.
WEIGHTS = {
    'identity': 0.98, 'tax': 0.97, 'code': 0.97, 'private_phone': 0.9, 'phone': 0.6,
    'address': 0.45,
    'name': 0.93, 'alias': 0.9, 'short': 0.8, 'typo': 0.75, 'part': 0.65,
    'department': 0.95, 'hospital': 0.85, 'elsewhere': 0.65,
}
# Shops of one chain and campuses of one hospital share a phone.
_SHARED_PHONE = 0.35
# What is left of shared numbers and addresses where the names are those of two.
_DIFFERS = {'tax': 0.9, 'code': 0.97, 'phone': 0.3, 'address': 0.2}
# What is left of the score where both have a tax number, and not the same.
_OTHER_TAX = 0.5
# Two places that are not known to be one.
_UNKNOWN_PLACE, _SAID, _NO_PLACE, _OTHER_COUNTY = 0.85, 0.93, 0.6, 0.9
# Values that so many records share say nothing of two of them, such as a placeholder.
_TOO_MANY = 40
# Names less alike are not compared (rapidfuzz ratio of the own words), of two kinds even less.
_ALIKE, _NEARLY = 45, 75
_CLASSES = {
    'hospital': 'care', 'primary_care': 'care', 'campus': 'care', 'pharmacy': 'pharmacy',
    'distributor': 'company', 'agent': 'company', 'manufacturer': 'company', 'group': 'group',
    'department': 'department', 'person': 'person',
}


class Facts(NamedTuple):
    """What is known of a record; what is not is empty.

    :ivar id: of the record, None while it is being entered
    :ivar str kind: as ``pharma_type``
    :ivar str name: as people write it
    :ivar tuple other_names: former names, short names
    :ivar tuple places: names of its province, city and county, as far as known
    :ivar city: anything that is equal for records of one city, such as an id; ``county`` likewise
    :ivar str address: street and number
    :ivar frozenset phones: normalised numbers
    :ivar frozenset tax_numbers: normalised tax and registration numbers
    :ivar str code: our own code
    :ivar parent: id of the record above (department of a person), ``hospital`` of the top one
    :ivar frozenset identities: keyed hashes of identity numbers, ``private_phones`` likewise
    """

    id: int | None = None
    kind: str = 'hospital'
    name: str = ''
    other_names: tuple = ()
    places: tuple = ()
    city: int | None = None
    county: int | None = None
    address: str = ''
    phones: frozenset = frozenset()
    tax_numbers: frozenset = frozenset()
    code: str = ''
    parent: int | None = None
    hospital: int | None = None
    identities: frozenset = frozenset()
    private_phones: frozenset = frozenset()


class Suspicion(NamedTuple):
    """Why two records may be one.

    :ivar float score: between 0 and 1
    :ivar tuple reasons: keys of WEIGHTS, the weightiest first
    """

    score: float
    reasons: tuple


class Subject:
    """A record ready to be compared.

    :param Facts facts: of the record
    """

    __slots__ = ('address', 'facts', 'group', 'keys', 'own_key')

    def __init__(self, facts):
        self.facts = facts
        self.group = _CLASSES.get(facts.kind, '')
        self.own_key = _key(facts.name)
        self.keys = frozenset(filter(None, (
            self.own_key, *(_key(name) for name in facts.other_names))))
        self.address = fold(facts.address)


def _key(name):
    """A name as names are compared, in simplified characters."""
    return normalise((name or '').translate(TRADITIONAL))


def compare(one, other):
    """Why two records may be one; the order of the two makes no difference.

    :param Subject one: a record
    :param Subject other: a record
    :return: None where nothing speaks for it
    :rtype: Suspicion or None
    """
    mine, its = one.facts, other.facts
    if one is other or (mine.id is not None and mine.id == its.id):
        return Suspicion(1.0, ('same',))
    if one.group != other.group or not one.group:
        return None
    if one.group == 'person':
        return _conclude(_person_evidence(one, other))
    if one.group == 'department' or mine.kind == its.kind == 'campus':
        return _conclude(_inner_evidence(one, other))
    if not {mine.hospital, mine.id}.isdisjoint({its.hospital, its.id} - {None}):
        return None  # a campus is no double of its hospital
    if are_campuses(one.own_key, other.own_key):
        return None  # with one tax number, one switchboard and one address
    differs, name_reason, name_weight = _compare_names(one, other)
    evidence = {}
    if name_weight:
        evidence[name_reason] = name_weight
    if mine.tax_numbers & its.tax_numbers:
        evidence['tax'] = WEIGHTS['tax']
    if mine.code and mine.code == its.code:
        evidence['code'] = WEIGHTS['code']
    if mine.phones & its.phones:
        evidence['phone'] = (
            _SHARED_PHONE if one.group == 'pharmacy' and not name_weight else WEIGHTS['phone'])
    if _same_address(one, other):
        evidence['address'] = WEIGHTS['address']
    if differs:
        evidence = {reason: _DIFFERS[reason] for reason in evidence if reason in _DIFFERS}
    suspicion = _conclude(evidence)
    if suspicion and 'tax' not in evidence and mine.tax_numbers and its.tax_numbers:
        return suspicion._replace(score=round(suspicion.score * _OTHER_TAX, 3))
    return suspicion


def _conclude(evidence):
    """Join evidence to one score: the chance that not all of it is wrong."""
    if not evidence:
        return None
    wrong = 1.0
    for weight in sorted(evidence.values()):
        wrong *= 1.0 - weight
    reasons = sorted(evidence, key=lambda reason: (-evidence[reason], reason))
    return Suspicion(round(1.0 - wrong, 3), tuple(reasons))


# === INSTITUTIONS === #


def _compare_names(one, other):
    """How far the names are those of one institution.

    :return: (whether they are those of two, reason or '', weight)
    :rtype: tuple[bool, str, float]
    """
    mine, its = one.facts, other.facts
    if not one.own_key or not other.own_key:
        return False, '', 0.0
    if mine.city and its.city and mine.city != its.city:
        return True, '', 0.0
    places = frozenset(filter(None, (*mine.places, *its.places)))
    factor = 1.0
    if not mine.city or not its.city:
        # 仁爱医院 is in many cities
        said = is_said(one.own_key, places, 3) and is_said(other.own_key, places, 3)
        factor = _UNKNOWN_PLACE if said else _NO_PLACE
    elif mine.county and its.county and mine.county != its.county:
        factor = _OTHER_COUNTY
    if one.own_key == other.own_key:
        # a name that says neither a place nor anything of its own is that of one in each county
        if factor != 1.0 and not is_said(one.own_key, places):
            return True, '', 0.0
        # 湖原市听涛医院 is hardly in two cities
        factor = _SAID if factor == _UNKNOWN_PLACE else factor
        return False, 'name', WEIGHTS['name'] * factor
    if one.own_key in other.keys or other.own_key in one.keys:
        return False, 'alias', WEIGHTS['alias'] * factor
    return _best_names(one, other, places, factor)


def _best_names(one, other, places, factor):
    """The same over all names of the two, other names included.

    :param frozenset places: names of divisions that either lies in
    :param float factor: share of the weights that counts
    """
    mine, its = one.facts.county, other.facts.county
    differs, best = True, ('', 0.0)
    names = [(first, second) for first in sorted(one.keys) for second in sorted(other.keys)]
    for first, second in islice(names, _TOO_MANY):
        reason = agree(
            read_name(first, places), read_name(second, places),
            shared_county=bool(mine) and mine == its, one_county=factor == 1.0,
            exact_only=one.group == 'pharmacy',
            placeless=not one.facts.city or not other.facts.city)
        if reason is None:
            continue
        differs = False
        weight = WEIGHTS.get(reason, 0.0) * factor
        if weight > best[1]:
            best = reason, weight
    return differs, *best


def _same_address(one, other):
    """Whether two addresses are one: the same street with the same number."""
    mine, its = one.address, other.address
    if not mine or not its or not any(char.isdigit() for char in mine):
        return False
    if mine == its:
        return True
    shorter, longer = sorted((mine, its), key=lambda text: (len(text), text))
    # 海州市健康路153号 and 健康路153号
    return len(shorter) >= 5 and longer.endswith(shorter) and not (
        longer[-len(shorter) - 1].isdigit() and shorter[0].isdigit())


# === PERSONS, DEPARTMENTS, CAMPUSES === #


def _person_evidence(one, other):
    """What two doctors or key persons share."""
    mine, its = one.facts, other.facts
    same_name = bool(one.own_key) and one.own_key == other.own_key
    evidence = {}
    if mine.identities & its.identities:
        evidence['identity'] = WEIGHTS['identity']
    if mine.private_phones & its.private_phones:
        evidence['private_phone'] = WEIGHTS['private_phone']
    if same_name and mine.phones & its.phones:
        evidence['phone'] = WEIGHTS['phone']
    if mine.hospital is None or mine.hospital != its.hospital:
        if same_name and evidence:
            evidence['name'] = WEIGHTS['name'] / 2
        return evidence
    if same_name:
        if mine.parent == its.parent and mine.parent is not None:
            evidence['department'] = WEIGHTS['department']
        elif mine.hospital in (mine.parent, its.parent) or None in (mine.parent, its.parent):
            evidence['hospital'] = WEIGHTS['hospital']  # one of them without a department
        else:
            evidence['elsewhere'] = WEIGHTS['elsewhere']
    elif mine.parent == its.parent and _sounds_alike(one.own_key, other.own_key):
        evidence['typo'] = WEIGHTS['part']
    return evidence


@lru_cache(maxsize=65536)
def _sounds_alike(one, other):
    """Whether two names of persons sound alike and share a character: 林志远, 林知远."""
    return bool(one) and len(one) == len(other) and Levenshtein.distance(one, other) == 1 and (
        pinyin_key(one) == pinyin_key(other))


def _inner_evidence(one, other):
    """What two departments, or two campuses, of one hospital share."""
    if one.facts.parent is None or one.facts.parent != other.facts.parent:
        return {}
    return {'name': WEIGHTS['name']} if one.own_key and one.own_key == other.own_key else {}


# === MANY RECORDS === #


def find_pairs(subjects, changed=None, told=None):
    """The suspected pairs among many records.

    :param subjects: list of Subject
    :param changed: ids of records; only pairs with one of them are looked for; None: all
    :param told: called with the share done, between 0 and 1, now and then
    :return: yields (Subject, Subject, Suspicion), each pair once, the lower id first
    """
    seen = set()
    for one, other in _candidates(subjects, changed, told or (lambda share: None)):
        if one.facts.id > other.facts.id:
            one, other = other, one
        pair = one.facts.id, other.facts.id
        if one is other or pair in seen:
            continue
        seen.add(pair)
        suspicion = compare(one, other)
        if suspicion and suspicion.score >= SUSPECTED:
            yield one, other, suspicion


def _candidates(subjects, changed, told):
    """Pairs worth a look, some of them more than once."""
    for groups, share in ((_by_key(subjects), 0.2), (_by_name(subjects), None)):
        count = len(groups)
        for number, group in enumerate(groups):
            if share is None and number % 500 == 0:
                told(0.2 + 0.8 * number / count)
            if len(group) < 2 or (changed is not None and not any(
                    subject.facts.id in changed for subject in group)):
                continue
            pairs = combinations(group, 2) if share else _similar(group)
            for one, other in pairs:
                if changed is None or one.facts.id in changed or other.facts.id in changed:
                    yield one, other
        if share:
            told(share)
    yield from _without_city(subjects, changed)
    told(1.0)


def _by_key(subjects):
    """Records with an equal number, phone, address or name; values of too many left out."""
    groups = defaultdict(list)
    for subject in subjects:
        facts = subject.facts
        keys = {('tax', number) for number in facts.tax_numbers}
        keys.update(('phone', number) for number in facts.phones)
        keys.update(('identity', number) for number in facts.identities | facts.private_phones)
        if facts.code:
            keys.add(('code', facts.code))
        if subject.group in ('person', 'department'):
            keys.add((subject.group, facts.hospital, subject.own_key))
        else:
            keys.update((subject.group, facts.city, name) for name in subject.keys)
        for key in keys:
            groups[key].append(subject)
    return [group for group in groups.values() if 1 < len(group) <= _TOO_MANY]


def _by_name(subjects):
    """Institutions of one city whose numbers and kinds agree; the rest of the name may differ."""
    groups = defaultdict(list)
    for subject in subjects:
        facts = subject.facts
        if subject.group not in ('care', 'company', 'group') or not facts.city:
            continue
        places = frozenset(filter(None, facts.places))
        for key in {read_name(name, places).block() for name in subject.keys}:
            groups[subject.group, facts.city, key].append(subject)
    return list(groups.values())


def _similar(group):
    """Pairs of a block whose names are at all alike; where their kinds differ, nearly equal."""
    readings = [read_name(
        subject.own_key, frozenset(filter(None, subject.facts.places))) for subject in group]
    kinds = [reading.hard_kinds() for reading in readings]
    texts = [reading.core for reading in readings]
    for position, text in enumerate(texts):
        # rapidfuzz compares one with all the rest at once
        for _text, score, found in process.extract(
                text, texts[position + 1:], scorer=fuzz.ratio, score_cutoff=_ALIKE, limit=None):
            other = position + 1 + found
            if score >= _NEARLY or kinds[position] == kinds[other]:
                yield group[position], group[other]
    for subject in group:
        # other names are few, and look like anything
        if len(subject.keys) > 1:
            yield from ((subject, other) for other in group[:200] if other is not subject)


def _without_city(subjects, changed):
    """Records whose city nobody knows, with those that share a rare pair of characters."""
    homeless = [subject for subject in subjects if not subject.facts.city
                and subject.group in ('care', 'company', 'group')]
    if not homeless:
        return
    index = defaultdict(list)
    for subject in subjects:
        if subject.group in ('care', 'company', 'group'):
            for pair in _pairs_of(subject):
                index[subject.group, pair].append(subject)
    for subject in homeless:
        for pair in _pairs_of(subject):
            found = index[subject.group, pair]
            if len(found) > _TOO_MANY * 2:
                continue
            for other in found:
                if changed is None or subject.facts.id in changed or other.facts.id in changed:
                    yield subject, other


def _pairs_of(subject):
    """Neighbouring characters of all names of a record."""
    return {name[at:at + 2] for name in subject.keys for at in range(len(name) - 1)}


def institution_class(kind, name):
    """Class that a name says, where the kind of customer leaves it open.

    :param str kind: as ``pharma_type``, may be empty
    :param str name: as people write it
    :return: a kind
    :rtype: str
    """
    if kind:
        return kind
    return {'care': 'hospital', 'pharmacy': 'pharmacy', 'company': 'distributor'}.get(
        class_of(fold(name)), 'hospital')
