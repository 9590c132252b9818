"""Find customers that a list may have twice, or that are written alike once places are left out.

How it works
    浙江省台州医院 and 台州医院, 北京丰台医院 and 北京市丰台区医院, 新会市妇幼保健院 and
    江门市新会区妇幼保健院: each name is brought to the innermost place that it says, without its
    level, and to its own words without levels, in all the forms that they are short for; a name
    without a place takes the city's. Names of one province that are equal then are two only if both
    say a place and these places differ, as 海州市 and 海州县 do. Besides, hospitals of the army
    have one number in the whole country, and 甲医院乙医院 begins like 甲医院.

No Odoo imports: testable alone.
"""

import re
from bisect import bisect_left
from collections import defaultdict
from typing import NamedTuple

from . import matching_names as reader
from .matching_places import LEVELS

# Levels, and words that are left out as easily; 中西结合 has lost its 医.
_LEFT_OUT = re.compile(
    r'(?<=.)[市县区旗](?!立)|(?<=大学|学院|医大|药大)附属(?=第)|(?<=中西)(?=结合)')
_ARMY = re.compile(r'解放军(\d+)')
# A branch without a name of its own: any branch of the hospital may be called so.
_BARE_BRANCH = re.compile(r'分院|分部|院区|门诊部')
_MOST_PLACES = 3
_NUMBER = re.compile(r'\d')
# The least of a name that stands behind another.
_SHORTEST = 3


class Form(NamedTuple):
    """What a name says beside surrounding places and levels.

    :ivar str place: its innermost place without the level, '' when it says none
    :ivar frozenset codes: codes of the divisions that the place may mean
    :ivar bool sure: whether it says the level as well
    :ivar tuple words: its own words, and what they may be short for
    """

    place: str
    codes: frozenset
    sure: bool
    words: tuple


class Twins:
    """Names of customers by what they have in common.

    :param PlaceTable places: the known divisions
    """

    def __init__(self, places):
        self.places = places
        self._forms = defaultdict(list)  # (province, place and words) -> [(number, Form, own)]
        self._army = defaultdict(set)  # number of the army -> numbers
        self._owns = []  # (own name, number), sorted by ``close``
        self._own_names = ()  # the names of these alone
        self._regions = {}
        self._own = {}  # number -> its own name
        self._own_forms = {}  # number -> Form of its own name
        self._texts = defaultdict(set)  # number -> all its names

    def add(self, number, region, text, own):
        """Take a folded name of a customer in.

        :param bool own: it is its name, not another or former one
        """
        self._regions[number] = region
        self._texts[number].add(text)
        form = self._add_form(number, region, text, own)
        for _first, second in reader.glued(text):
            self._add_form(number, region, second, False)
        found = _army_number(text)
        if found:
            self._army[found].add(number)
        if own:
            self._own[number], self._own_forms[number] = text, form
            self._owns.append((text, number))

    def _add_form(self, number, region, text, own):
        form = self._form(text, region)
        for key in self._keys(form, region):
            self._forms[region.province, key].append((number, form, own))
        return form

    def close(self):
        """Sort what was added, before anything is looked up."""
        self._owns.sort()
        self._own_names = [name for name, _number in self._owns]

    def written_like(self, text, number):
        """Customers that a text without its levels and outer places would be written for as well.

        :param str text: folded name
        :param int number: the customer that it is taken for
        :rtype: set[int]
        """
        region = self._regions[number]
        found = self._army.get(_army_number(text), set()) - {number}
        return found | self._alike(self._form(text, region), region, number, False)

    def of(self, number):
        """Customers whose own names are so like a customer's that they may be one institution.

        :rtype: set[int]
        """
        region, text = self._regions[number], self._own.get(number, '')
        found = self._alike(self._form(text, region), region, number, True)
        return found | {other for other, rest in (*self._shorter(number), *self._longer(number))
                        if _is_name(rest)}

    def besides(self, number):
        """Customers that a customer's own name may mean as well: 甲医院, also known as 乙医院, by
        甲医院乙医院; 甲医院 by 甲医院分院, for any branch may be called so; 第3医院 by 3院.

        :rtype: set[int]
        """
        found = {other for other, rest in self._shorter(number)
                 if _BARE_BRANCH.fullmatch(rest) or rest in self._texts[other]}
        region = self._regions[number]
        form = self._own_forms.get(number) or self._form('', region)
        longer = [word for core in form.words[:1]
                  for word in (*reader.short_forms(core), *reader.short_forms(core, True))
                  if _NUMBER.search(word)]
        return found | (self._alike(
            form._replace(words=tuple(longer)), region, number, True) if longer else set())

    def _alike(self, form, region, number, own):
        found = set()
        for key in self._keys(form, region):
            for other, its, is_own in self._forms.get((region.province, key), ()):
                if other != number and (is_own or not own) and self._in_one_city(
                        region, self._regions[other]) and _may_be_one(form, its):
                    found.add(other)
        return found

    @staticmethod
    def _in_one_city(one, other):
        return not one.city or not other.city or one.city == other.city

    def _shorter(self, number):
        """(other, what follows its name) of customers of the city whose name begins this one."""
        text = self._own.get(number, '')
        for end in range(4, len(text) - 1):
            if not reader.ends_as_institution(text[:end]):
                continue
            start = bisect_left(self._own_names, text[:end])
            for name, other in self._owns[start:start + 20]:
                if name != text[:end]:
                    break
                if self._is_near(number, other):
                    yield other, text[end:]

    def _longer(self, number):
        """(other, the rest of its name) of customers of the city whose name begins with this."""
        text = self._own.get(number, '')
        start = bisect_left(self._own_names, text)
        for name, other in self._owns[start:start + 60]:
            if not name.startswith(text):
                break
            if name != text and self._is_near(number, other):
                yield other, name[len(text):]

    def _is_near(self, number, other):
        mine, its = self._regions[number], self._regions[other]
        return mine.province == its.province and self._in_one_city(mine, its)

    def _form(self, text, region):
        # a column may have lost what stood before 区天津市血液中心
        mentions, rest = [], text[1:] if text[:1] in LEVELS and self.places.readings(
            text[1:])[0][0] else text
        for _place in range(_MOST_PLACES):
            found, behind = self.places.readings(rest)[0] if len(rest) > 2 else ((), rest)
            if not found:
                break
            mentions += found
            rest = behind
        if mentions and mentions[-1].level and rest.startswith('立'):
            rest = mentions[-1].level + rest
        words = reader.canonical(rest)
        words = tuple(dict.fromkeys(
            _LEFT_OUT.sub(_plain, form) for form in (words, *reader.short_forms(words))))
        if not mentions:
            return Form('', frozenset(), False, words)
        last = mentions[-1]
        return Form(self.places.stem(last), last.codes, bool(last.level), words)

    def _keys(self, form, region):
        place = form.place or self.places.stem_of(region.city or region.province)
        return [place + words for words in form.words]


def _army_number(text):
    """The number of a hospital of the army in a folded name, '' in others."""
    match = '解放军' in text and _ARMY.search(reader.canonical(text))
    return match[1] if match else ''


def _is_name(rest):
    """Whether what follows a name is the name of an institution, and no campus or department."""
    return len(rest) > _SHORTEST and reader.ends_as_institution(rest) and not reader.is_label(rest)


def _plain(match):
    return '' if match[0] else '医'


def _may_be_one(one, other):
    """Whether two forms of equal words may be of one place: not where both say the level, and
    neither is the other nor lies in it under another name."""
    if not (one.sure and other.sure):
        return True
    if one.codes & other.codes:
        return True
    if one.place == other.place:
        return False
    return any(mine.startswith(its) or its.startswith(mine)
               for mine in one.codes for its in other.codes)
