"""What is unusual about a person's calls, to be talked about. No Odoo imports.

How to use: :func:`find` takes all calls of one person in a span of days and tells what stands out,
with figures as evidence. One finding per call and kind, on the later of two calls.

How it works: overlaps and ways are looked at within a day, in the order of time. Texts are compared
as sets of their pairs of letters: the share is twice what two have in common by what both have.
Two texts that are alike have one of their rarest pairs in common, so only those are compared.
"""

import math
from collections import Counter, defaultdict
from datetime import datetime
from typing import NamedTuple

from .names import fold

OVERLAP, DISTANCE, TEXT, LATE, SHORT = KINDS = ('overlap', 'distance', 'text', 'late', 'short')
EARTH_KM = 6371.0088
# Beyond this way people take the train or fly
RAIL_KM = 100


class Call(NamedTuple):
    """A recorded call.

    ``day``: where the company is; ``place``: latitude and longitude in degrees, or None;
    ``lasts``: the form of contact takes time that nothing else can take; ``travels``: it takes
    place where the customer is; ``venue``: calls at one venue and time are one event, or None.
    """

    id: int
    day: object
    start: datetime
    end: datetime
    place: tuple[float, float] | None = None
    lasts: bool = True
    travels: bool = True
    venue: object = None
    entry_days: int = 0
    text: str = ''


class Limits(NamedTuple):
    """``speed``, ``rail_speed``: km/h, straight, up to and beyond :data:`RAIL_KM`; ``km``: shorter
    ways do not count; ``share``: percent; ``letters``: of the shortest text that is compared;
    ``text_days``: how far back; ``days``: until the record; ``minutes``: of a call.
    """

    speed: float
    rail_speed: float
    km: float
    share: int
    letters: int
    text_days: int
    days: int
    minutes: int


class Finding(NamedTuple):
    """What stands out: on which call, which kind, beside which other call, with its figures."""

    call_id: int
    kind: str
    other_id: int | None = None
    km: float = 0
    minutes: int = 0
    share: int = 0
    days: int = 0


def find(calls, limits, since=None):
    """Tell what stands out among the calls of one person.

    :param calls: iterable of :class:`Call`, in any order
    :param Limits limits: from where on something stands out
    :param datetime.date since: only findings on calls of this day or later
    :return: at most one finding per call and kind, in the order of time
    :rtype: list(Finding)
    """
    calls = sorted(calls, key=lambda call: (call.start, call.id))
    findings = [*_find_single(calls, limits), *_find_overlaps(calls), *_find_ways(calls, limits),
                *_find_texts(calls, limits)]
    order = {call.id: number for number, call in enumerate(calls)}
    return sorted(
        (finding for finding in findings
         if since is None or calls[order[finding.call_id]].day >= since),
        key=lambda finding: (order[finding.call_id], KINDS.index(finding.kind)))


def distance(place, other):
    """Kilometres between two places on the earth, straight.

    :param tuple place: latitude and longitude in degrees
    :param tuple other: likewise
    :rtype: float
    """
    lat1, lon1, lat2, lon2 = map(math.radians, (*place, *other))
    half = (math.sin((lat2 - lat1) / 2) ** 2
            + math.cos(lat1) * math.cos(lat2) * math.sin((lon2 - lon1) / 2) ** 2)
    return 2 * EARTH_KM * math.asin(min(1, math.sqrt(half)))


def _minutes(start, end):
    return int((end - start).total_seconds() // 60)


def _find_single(calls, limits):
    for call in calls:
        if call.entry_days > limits.days:
            yield Finding(call.id, LATE, days=call.entry_days)
        length = _minutes(call.start, call.end)
        if call.lasts and length < limits.minutes:
            yield Finding(call.id, SHORT, minutes=length)


def _find_overlaps(calls):
    """Calls that begin before an earlier one ends; beside the one that takes longest."""
    longest = None
    for call in calls:
        if not call.lasts:
            continue
        if longest and call.start < longest.end and not (
                call.venue and call.venue == longest.venue):
            minutes = _minutes(call.start, min(call.end, longest.end))
            if minutes > 0:
                yield Finding(call.id, OVERLAP, longest.id, minutes=minutes)
        if not longest or call.end > longest.end:
            longest = call


def _find_ways(calls, limits):
    """Ways between two calls of a day that nobody makes in the time between them."""
    last = None
    for call in calls:
        if not call.travels or not call.place:
            continue
        if last and last.day == call.day:
            km = distance(last.place, call.place)
            minutes = max(0, _minutes(last.end, call.start))
            speed = limits.speed if km <= RAIL_KM else limits.rail_speed
            if km > limits.km and km * 60 > speed * minutes:
                yield Finding(call.id, DISTANCE, last.id, km=round(km, 1), minutes=minutes)
        last = call


def _find_texts(calls, limits):
    """Calls whose text is that of an earlier one, word for word or nearly."""
    pairs = {}
    for call in calls:
        text = fold(call.text)
        if len(text) >= limits.letters:
            pairs[call.id] = _pairs(text)
    frequency = Counter(pair for grams in pairs.values() for pair in grams)
    seen = defaultdict(list)
    for call in calls:
        grams = pairs.get(call.id)
        if not grams:
            continue
        rarest = sorted(grams, key=lambda pair: (frequency[pair], pair))
        common = -(-len(rarest) * limits.share // (200 - limits.share))
        rarest = rarest[:len(rarest) - common + 1]
        others = {other.id: other for pair in rarest for other in seen[pair]
                  if (call.day - other.day).days <= limits.text_days}
        best = max(
            ((_share(grams, pairs[other.id]), other.start, other.id) for other in others.values()),
            default=None)
        if best and best[0] >= limits.share:
            yield Finding(call.id, TEXT, best[2], share=int(best[0]))
        for pair in rarest:
            seen[pair].append(call)


def _pairs(text):
    """Pairs of letters with their count so far: what occurs twice counts twice."""
    counts = Counter()
    grams = set()
    for pair in zip(text, text[1:], strict=False):
        counts[pair] += 1
        grams.add((pair, counts[pair]))
    return frozenset(grams)


def _share(grams, others):
    """How much two texts have in common, in percent."""
    return 200 * len(grams & others) / (len(grams) + len(others))
