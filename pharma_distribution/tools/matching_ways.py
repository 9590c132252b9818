"""Ways to see another name in a name: joined, with a department, cut off, with a slip of the pen.

Each is a function of the chooser, the reading and the scope, and gives a Finding or None.
No Odoo imports: testable alone.
"""

import re

from . import matching_names as reader
from .matching_choice import Finding
from .matching_result import REASONS
from .matching_slips import is_slip

_SURE = 0.98
# Two names without a mark between them, of which only one is known.
_GLUED = 0.95
_DIRECTIONS = "东西南北中新老旧总本院区"


def find_joined(chooser, reading, scope):
    """Two names of one institution in one text: 甲医院〓乙医院, 甲医院乙医院, 甲医院（乙医院）."""
    pairs = [(reading.main, *reading.others)] if reading.others else reader.glued(reading.main)
    for texts in pairs:
        if len({reader.class_of(text) for text in texts} - {''}) > 1:
            continue  # 甲医院便民大药房 is a shop
        findings = [chooser.resolve(text, scope) for text in texts]
        sure = [finding for finding in findings if finding and finding.confidence >= _SURE]
        numbers = {finding.number for finding in sure}
        if len(numbers) > 1:
            return Finding(None, 0.0, 'ambiguous', dict.fromkeys(numbers, 0.5))
        if numbers:
            finding = sure[0]
            # without a mark between them, what follows a name may make it another's
            trust = 1.0 if reading.others or len(sure) == len(texts) else _GLUED
            finding = finding._replace(
                reason='joined', confidence=min(finding.confidence, REASONS['joined'][0], trust))
            other = _joined_customer(chooser, texts[0], finding.number)
            if other is None:
                other = _joined_customer(
                    chooser, chooser.index.entries[finding.number].text, finding.number)
            return finding if other is None else finding.as_twin(other)
    return None


def _joined_customer(chooser, text, chosen):
    """Another customer that has two names as well, of which this is the first."""
    return next((number for name, number in chooser.index.begin_with(text)
                 if number != chosen and name != text and reader.glued(name)), None)


def find_part(chooser, reading, scope):
    """A department or a campus of a customer: 甲医院门诊药房, 甲医院（东院区）."""
    parts = [
        (reading.main, label, reader.relation_of(label)) for label in reading.labels[:1]
    ] if reading.labels else reader.split_tail(reading.main)
    for name, label, relation in parts:
        finding = chooser.resolve(name, scope)
        if not finding or finding.number is None:
            continue
        confidence = min(finding.confidence, REASONS[relation][0])
        if relation == 'campus':
            confidence = min(confidence, _trust_campus(chooser, finding.number, label))
        return finding._replace(
            reason=relation, relation=relation, confidence=confidence,
            data=(('label', label),))
    return None


def _trust_campus(chooser, number, label):
    """A campus by its direction is the hospital's; one with a name may be an institution itself."""
    own = label
    for end in ('院区', '分院', '分部', '门诊部', '院', '区', '部'):
        own = own.removesuffix(end)
    if not own.strip(_DIRECTIONS):
        return 1.0
    codes = chooser.places.codes(own)
    if codes and chooser.index.entries[number].region.holds(codes) is False:
        return 0.6
    return 1.0 if label.endswith('院区') else 0.93


def find_cut(chooser, reading, scope):
    """A name that a column's width cut off: the only one that begins so."""
    if not reading.cut or reading.others or len(reading.main) < 7:
        return None
    found = {}
    for name, number in chooser.index.begin_with(reading.main):
        region = chooser.index.entries[number].region
        if scope.fits_row(region) is not False and name != reading.main:
            found.setdefault(number, name)
    near = {number: name for number, name in found.items()
            if not scope.distributor.province
            or chooser.index.entries[number].region.province == scope.distributor.province}
    if len(near) == 1:
        found = near
    if not found:
        return None
    chances = dict.fromkeys(found, 1 / len(found))
    if len(found) > 1:
        return Finding(None, 0.0, 'ambiguous', chances)
    number, name = next(iter(found.items()))
    sure = reader.numbers(name) == reader.numbers(reading.main) and (
        len(reader.own_words(name)) <= len(reader.own_words(reading.main))
        and not reader.kinds_behind(name, len(reading.main)))
    confidence = REASONS['cut'][0] if sure else 0.95
    return Finding(number, confidence, 'cut', chances, data=(('length', len(reading.main)),))


def find_university(chooser, reading, scope):
    """A university's hospital by the university's short name: 郑大一附院, 徐医附院."""
    match = reader.UNIVERSITY_SHORT.match(reading.main)
    if not match or not re.search(r'附|\d', reading.main):
        return None
    short, number = match[1], match[2] or match[3] or ''
    found = {}
    for name, other, entry in chooser.index.universities.get(short[0], ()):
        region = chooser.index.entries[entry].region
        if other == number and scope.fits_row(region) is not False and _stands_for(short, name):
            found[entry] = region
    home = scope.row.province or scope.distributor.province
    near = {entry: region for entry, region in found.items() if region.province == home}
    if len(near) == 1 and len(found) > 1:
        found = near
    chances = dict.fromkeys(found, 1 / max(1, len(found)))
    if len(found) != 1:
        return Finding(None, 0.0, 'ambiguous', chances) if found else None
    entry, region = next(iter(found.items()))
    trust = REASONS['university'][0] if region.province == home else 0.95
    return Finding(entry, trust, 'university', chances)


def _stands_for(short, name):
    """Whether the characters of a short name stand in a full one, in their order."""
    characters = iter(name)
    return all(char in characters for char in short)


def find_slip(chooser, reading, scope):
    """A long name with one wrong, missing or superfluous character."""
    text = reading.main
    if reading.others or reading.labels or reading.notes or (
            reader.class_of(text) in ('company', 'pharmacy')):
        return None
    found = {}
    for name, number in chooser.near(text, scope):
        if number in found or abs(len(name) - len(text)) > 1:
            continue
        region = chooser.index.entries[number].region
        slip = is_slip(text, name, chooser.places)
        if slip and scope.fits_row(region) is not False:
            found[number] = slip
    chances = dict.fromkeys(found, 0.7)
    if len(found) != 1:
        return Finding(None, 0.0, 'ambiguous', chances) if found else None
    number, (written, correct) = next(iter(found.items()))
    return Finding(number, REASONS['slip'][0], 'slip', chances,
                   data=(('written', written), ('correct', correct)))
