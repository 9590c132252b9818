"""Find customers with similar names, the best first, to suggest them.

How it works
    Each pair of neighbouring characters leads to the names that have it, in the whole archive and
    in each province. The names that share the most and the rarest pairs are compared in full with
    rapidfuzz, and what agrees or differs besides (numbers, kind words, places) moves them up or
    down.

No Odoo imports: testable alone.
"""

import math
from collections import defaultdict
from functools import lru_cache

from rapidfuzz import fuzz

from odoo.addons.pharma_crm.tools.names import bigrams

from .matching_names import canonical, class_of, kinds, numbers

# Names looked at by their pairs, and compared in full.
_POSTINGS, _COMPARED = 4000, 40
# Of the weight of the pairs that the best one shares; names with less are not compared.
_SHARED = 0.45
# Far above the error of sums, far below a weight.
_ROUNDING = 1e-6
# What a fact that differs takes off the likeness, and what one that agrees adds.
_PENALTIES = {
    'number': 0.22, 'kind': 0.18, 'class': 0.25, 'province': 0.4, 'city': 0.12, 'county': 0.06,
    'distributor_province': 0.08, 'place': 0.15,
}
_BONUSES = {'city': 0.08, 'county': 0.06, 'province': 0.04, 'distributor_province': 0.04,
            'distributor_city': 0.04, 'place': 0.08}


class Ranking:
    """All names of the archive by their pairs of characters."""

    def __init__(self):
        self.texts = []  # (text, number of the entry)
        self._all = defaultdict(list)
        self._by_province = defaultdict(lambda: defaultdict(list))
        self.near = lru_cache(maxsize=4096)(self._near)

    def add(self, text, number, province):
        """Take a folded name of an entry in."""
        position = len(self.texts)
        self.texts.append((text, number))
        tokens = _tokens(text)
        for pair in tokens:
            self._all[pair].append(position)
        if province:
            listed = self._by_province[province]
            for pair in tokens:
                listed[pair].append(position)

    def _near(self, text, province=''):
        """Names that share pairs with a folded text.

        :param str province: code of the only province to look in, '' for all
        :return: list of (text, number of the entry), the likeliest first
        """
        found = defaultdict(float)
        postings = []
        pairs = self._by_province.get(province, {}) if province else self._all
        for pair in _tokens(text):
            listed = pairs.get(pair)
            if listed:
                postings.append((len(listed), listed))
        postings.sort(key=lambda item: item[0])
        seen, rest = 0, sum(_weight(count) for count, _listed in postings)
        for count, listed in postings:
            seen += count
            if seen > _POSTINGS and count != postings[0][0]:
                break
            weight = _weight(count)
            listed = listed[:_POSTINGS]
            if rest + _ROUNDING < max(found.values(), default=0.0) * _SHARED:
                # what has none of the rarer pairs has too few of them, whatever comes
                listed = found.keys() & listed
            for position in listed:
                found[position] += weight
            rest -= weight
        least = max(found.values(), default=0.0) * _SHARED
        length = len(text)
        best = sorted(
            (-weight / (len(self.texts[position][0]) + length), position)
            for position, weight in found.items() if weight >= least)
        return [self.texts[position] for _value, position in best[:_COMPARED]]


def _weight(count):
    """What a pair weighs that so many names have."""
    return 1 / math.log(count + 2)


def _tokens(text):
    """Pairs of characters of a folded name, and its first character as such."""
    text = canonical(text)
    return [*bigrams(text), '^' + text[:1]]


def likeness(one, other):
    """How alike two folded names are, 0 to 1; a short form is like what it is short for."""
    one, other = canonical(one), canonical(other)
    whole = fuzz.ratio(one, other)
    share = min(1.0, 0.5 + 0.5 * min(len(one), len(other)) / max(len(one), len(other)))
    # what is less than the whole counts for nothing, and need not be known
    within = fuzz.partial_ratio(one, other, score_cutoff=whole / share - _ROUNDING) * share
    return max(whole, within) / 100


def facts(text, place_codes, entry_text, entry, scope):
    """What agrees and what differs between a name and a customer.

    :param str text: folded name
    :param frozenset place_codes: codes of the place that the name says, empty when none
    :param str entry_text: the customer's name that is compared
    :param Entry entry: the customer
    :param Scope scope: the places known beside the name
    :return: (tuple of codes of FACTS that agree, tuple of those that differ)
    """
    agrees, differs = [], []

    def note(fact, same):
        (agrees if same else differs).append(fact)

    mine, its = numbers(text), numbers(entry_text)
    if mine or its:
        note('number', mine == its)
    mine, its = kinds(text), kinds(entry_text)
    if mine or its:
        note('kind', mine == its)
    cls = class_of(text)
    if cls and entry.cls:
        note('class', cls == entry.cls)
    region, row, home = entry.region, scope.row, scope.distributor
    if place_codes:
        held = region.holds(place_codes)
        if held is not None:
            note('place', held)
    for fact, code, known in (
            ('province', row.province, region.province), ('city', row.city, region.city),
            ('county', row.county, region.county),
            ('distributor_province', home.province, region.province)):
        if code and known:
            note(fact, code == known)
    if home.city and home.city == region.city:
        agrees.append('distributor_city')
    return tuple(agrees), tuple(differs)


def score(text, entry_text, value, agrees, differs):
    """Order of suggestions: likeness of the names with what agrees and differs besides.

    :param float value: the likeness
    :rtype: float
    """
    value += sum(_BONUSES.get(fact, 0) for fact in agrees)
    value -= sum(_PENALTIES.get(fact, 0) for fact in differs)
    if 'kind' in differs and kinds(text) < kinds(entry_text):
        value += _PENALTIES['kind'] * 0.7  # 骨料医院 for 骨科医院: a wrong character hides the kind
    return value
