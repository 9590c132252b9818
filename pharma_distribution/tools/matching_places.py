"""Find the places that names of institutions begin with: 江苏省苏州市昆山|中医院.

How to use
    places = PlaceTable([('32', "江苏省"), ('3205', "苏州市"), ('320583', "昆山市")])
    for mentions, rest in places.readings("苏州昆山中医院"): ...
    region = places.region("江苏省", "苏州", "", "江苏省昆山市前进路1号")

How it works
    All forms of all divisions stand in one table: full (昆山市), short (昆山), former (双流县). A
    name
    is cut from its beginning, each place inside the one before it. A full form is a place for sure;
    a short one may as well belong to what the institution is called (朝阳医院, 和平医院), so both
    readings are given. Codes of places are those of GB/T 2260, and one code lies in another when it
    begins with it.

No Odoo imports: testable alone.
"""

import re
from collections import defaultdict
from functools import lru_cache
from typing import NamedTuple

from odoo.addons.pharma_crm.tools.divisions import DivisionIndex
from odoo.addons.pharma_crm.tools.names import fold

_FULL = re.compile(r'.(?:省|市|县|区|旗|州|盟|地区|自治区)$')
_LONGEST = 15
# The level of a place that stands alone before the name's own words: 市一院, 县人民医院.
_LEVEL = re.compile(r'^(省|市|县|区|州|旗|盟)(?:属|级)?(?![立域场政民区])(?=.{2})')
LEVELS = "省市县区旗州盟"


class Mention(NamedTuple):
    """A place in a name.

    :ivar str text: as written, folded
    :ivar frozenset codes: codes of the divisions that it may mean
    :ivar str level: its last character when it says the level (市, 县 …), else ''
    """

    text: str
    codes: frozenset
    level: str


class Region(NamedTuple):
    """Where something lies, as far as known: codes, '' where not."""

    province: str
    city: str
    county: str

    def area(self):
        """Code of the city, or of what stands for it: the district of a municipality, a county
        directly below its province; '' when unknown."""
        return self.county if self.city[2:] in ('', '90') else self.city

    def holds(self, codes):
        """Whether one of the codes is this region, or around it, or unknown more exactly here.

        :return: True, False, or None when the region does not say
        """
        finest = self.county or self.city or self.province
        if not finest:
            return None
        for code in codes:
            if finest.startswith(code):
                return True
        for code in codes:
            if code.startswith(finest):
                return None
        return False


NOWHERE = Region('', '', '')


class PlaceTable:
    """The divisions of a country, ready to be found in names.

    :param divisions: (code, name) pairs; codes of 2 digits are provinces, 4 cities, 6 counties
    """

    def __init__(self, divisions):
        divisions = list(divisions)
        self._index = DivisionIndex(divisions)
        # A municipality and its city are one place.
        names = dict(divisions)
        self._same = {
            code: code[:2] for code, name in divisions
            if len(code) == 4 and names.get(code[:2]) == name}
        self._municipalities = set(self._same.values())
        self._forms = defaultdict(set)
        for text, code in self._index.forms():
            if len(fold(text)) > 1:
                self._forms[fold(text)].add(self.canonical(code))
        self._forms = {text: frozenset(codes) for text, codes in self._forms.items()}
        self._lengths = _lengths_by_beginning(self._forms)
        self.region = lru_cache(maxsize=65536)(self._region)
        self.readings = lru_cache(maxsize=65536)(self._readings)
        self._stem = lru_cache(maxsize=8192)(self._find_stem)
        self.stem_of = lru_cache(maxsize=8192)(self._find_stem_of)

    def canonical(self, code):
        """One code for one place: that of the province for the city of a municipality."""
        if code[:2] in self._municipalities and len(code) == 4:
            return code[:2]
        return code

    def is_place(self, text):
        """Whether a folded text is a place and nothing else."""
        return any(not rest for _mentions, rest in self.readings(text, whole=True))

    def codes(self, text):
        """Codes of the divisions that a folded text may mean, empty when none."""
        return self._forms.get(text, frozenset())

    def level_of(self, codes):
        """The official level of places, '' where they differ or there are none.

        :return: '省', '市', '县', '区', '旗', '州', '盟', '地区' or ''
        """
        found = {self._level(code) for code in codes}
        return found.pop() if len(found) == 1 else ''

    def stem(self, mention):
        """A place that a name says in its shortest form, without level and peoples: 管城 of
        管城回族区.

        :param Mention mention: the place
        :rtype: str
        """
        return self._stem(mention.text, mention.codes)

    def _find_stem(self, text, codes):
        return next((text[:end] for end in range(2, len(text))
                     if self._forms.get(text[:end], frozenset()) & codes), text)

    def _find_stem_of(self, code):
        """The shortest form with which the name of a division begins, '' of no code."""
        text = fold(self._index.names.get(code, ''))
        return self._stem(text, frozenset((code,))) if text else ''

    def _level(self, code):
        name = self._index.names[code]
        if len(code) == 2 and code not in self._municipalities:
            return '省'
        return '地区' if name.endswith('地区') else name[-1]

    def around(self, text, position):
        """Codes of the places in a folded text that hold a position, by their full or short forms.

        :rtype: set[str]
        """
        found = set()
        for start in range(max(0, position - 3), position + 1):
            for end in range(max(position + 1, start + 2), start + 5):
                found |= self._forms.get(text[start:end], frozenset())
        return found

    def _readings(self, text, whole=False):
        """Ways to cut a folded name into places and the rest, the most places first.

        :param str text: folded name
        :param bool whole: the rest may be empty
        :return: tuple of (tuple of Mention, rest)
        """
        found = []
        self._walk(text, 0, (), found, 0 if whole else 2)
        return tuple(found)

    def _walk(self, text, position, mentions, found, least):
        longest = len(text) - position - least
        for length in self._lengths.get(text[position:position + 2], ()):
            if length > longest:
                continue
            piece = text[position:position + length]
            codes = self._forms.get(piece)
            codes = codes and self._inside(piece, codes, mentions)
            if not codes:
                continue
            level = _level_in(piece)
            if not level:
                piece, codes, level = self._add_level(text, position, piece, codes)
            mention = Mention(piece, codes, level)
            self._walk(text, position + len(piece), (*mentions, mention), found, least)
            if level:
                return
            break
        rest = text[position:]
        found.append((mentions, rest))

    def _add_level(self, text, position, piece, codes):
        """Take the level after a short form along, where a former or later one is written: 双流县.

        :return: tuple (piece, codes, level or '')
        """
        end = position + len(piece)
        if text[end:end + 2] == '地区' or text[end:end + 1] == '盟':
            cities = frozenset(code for code in codes if len(code) == 4)
            if cities:
                level = '盟' if text[end] == '盟' else '地区'
                return piece + level, cities, level
        level = text[end:end + 1]
        if level and level in LEVELS and text[end + 1:end + 2] not in ('立', '域', '场'):
            exact = frozenset(code for code in codes if self._index.names[code].endswith(level))
            if not exact and level in '市县区旗':
                exact = frozenset(code for code in codes if len(code) == 6)
            if exact:
                return piece + level, exact, level
        return piece, codes, ''

    def _inside(self, piece, codes, mentions):
        """The codes that lie in the last place, or in full those of the same place said again."""
        if not mentions:
            return codes
        again = bool(_FULL.search(piece))
        around = mentions[-1].codes
        inside = frozenset(
            code for code in codes
            if any(code.startswith(outer) and (again or code != outer) for outer in around))
        if inside or not again:
            return inside
        # 六安市寿县: a county that belongs to another city of the province today; no former name,
        # for a 南郊区 has been in many cities
        return frozenset(
            code for code in codes if len(codes) == 1 and len(code) == 6
            and fold(self._index.names[code]) == piece
            and any(len(outer) == 4 and code[:2] == outer[:2] for outer in around))

    def _region(self, province, city, county, address=''):
        """The codes of a place from the columns of a row and, for the county, from its address.

        :rtype: Region
        """
        if not (province or city or county):
            return NOWHERE
        place = self._index.resolve(province, city, county)
        codes = [place.province, self.canonical(place.city), place.county]
        if codes[1] == codes[0]:
            codes[1] = ''
        if address and not codes[2]:
            codes[2] = self._county_of_address(address, codes[1] or codes[0])
        if codes[2] and codes[2][:2] not in self._municipalities:
            codes[1] = codes[2][:4]
        return Region(*codes)

    def _county_of_address(self, address, scope):
        mentions, _rest = self._readings(fold(address), whole=True)[0]
        found = {
            code for mention in mentions if mention.level for code in mention.codes
            if len(code) == 6 and scope and code.startswith(scope)}
        return found.pop() if len(found) == 1 else ''


def _lengths_by_beginning(forms):
    """How long the forms with the same first two characters are, the longest first: where a text
    goes on otherwise, no place begins.

    :return: dict two characters -> tuple of lengths
    """
    found = defaultdict(set)
    for text in forms:
        if len(text) <= _LONGEST:
            found[text[:2]].add(len(text))
    return {start: tuple(sorted(lengths, reverse=True)) for start, lengths in found.items()}


@lru_cache(maxsize=8192)
def _level_in(form):
    """The level that a form says: 市 of 苏州市, '' of 苏州."""
    return form[-1] if _FULL.search(form) and (len(form) > 2 or form[-1] == '县') else ''


def level_of(rest):
    """The level that stands alone before the own words: ('市', '1院') of 市一院.

    :return: tuple (level or '', rest)
    """
    match = _LEVEL.match(rest)
    return (match[1], rest[match.end():]) if match else ('', rest)
