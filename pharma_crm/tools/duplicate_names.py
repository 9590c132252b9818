"""Compare the names of two institutions: what they share, and what must not differ.

How to use
    one = read_name('海州市第1人民医院', frozenset(("海州市",)))
    one.said, one.level, one.core                  # ('海州',), '市', '第1人民医院'
    agree(one, other)                              # 'name', 'short', 'typo', 'part', '' or None

How it works
    The places that both records lie in are taken off the front of the names; what remains is
    brought to one form. Numbers, kinds, campus, class, level and the place that a name says must
    agree; then the rest may be equal, a usual short form, a slip of the pen or a part of the other.

No Odoo imports: testable alone.
"""

import re
from functools import lru_cache
from typing import NamedTuple

from rapidfuzz.distance import Levenshtein

from .divisions import short_names
from .institution_words import CAMPUSES, TELLING
from .institutions import (
    alternatives,
    canonical,
    class_of,
    kinds,
    numbers,
    own_words,
    same_shape,
    usual_forms,
)
from .names import fold, pinyin_key

LEVELS = "省市县区旗州盟"
# 市立医院, 区域中心: there the character is no level.
_NO_LEVEL = "立域场政民区"
_LONE_LEVEL = re.compile(rf'^([{LEVELS}])(?:属|级)?(?![{_NO_LEVEL}])(?=.{{2}})')
_PLACE_LEVEL = re.compile(r'(?<=^[^\W\d_]{2})[省市](?=[^立].{2})')
# What the place in front is the name of, not the place: 朝阳医院.
_BARE = frozenset(("医院", "门诊部", "诊所", "卫生所", "总医院", "专科医院"))
# Words of the house that a hospital belongs to; many names leave them out.
_SOFT_KINDS = frozenset(("大学", "学院", "附属", "职工", "护理"))
_MAIN_CAMPUS = frozenset(("本部", "院本部", "总部", "总院区"))
_CAMPUS = re.compile(
    r'^(.*(?:医院|卫生院|保健院|中心|总院|[\d附]院))'
    rf'((?:{alternatives(map(fold, CAMPUSES))}'
    r'|(?:[^\W\d_]{1,6}?|第?\d+)(?:院区|分院|分部)))$')
# County and district of one place are one after a reform.
_REFORMED = frozenset("县区旗")
# An own word of so many characters is hardly shared by two of one city.
_OWN = 2
_SHORTEST_SLIP = 4


class Reading(NamedTuple):
    """A name, taken apart.

    :ivar tuple said: places that it says, without their levels, from large to small
    :ivar str level: level of the last one (市 or 县), or one that stands alone; ''
    :ivar str core: its own words in one form, without the campus
    :ivar str campus: '' for the main one
    :ivar str whole: all of it in one form
    """

    said: tuple
    level: str
    core: str
    campus: str
    whole: str

    def hard_kinds(self):
        """Kind words that two names of one institution share."""
        return kinds(self.core) - _SOFT_KINDS

    def block(self):
        """What names that are alike have in common for sure, to look only among these."""
        return numbers(self.core), self.campus


@lru_cache(maxsize=4096)
def _forms(places):
    """Ways to write places, the longest first: (form, stem, level or '')."""
    found = set()
    for place in places:
        full = fold(place)
        shorts = sorted((fold(short) for short in short_names(place)), key=len)
        stem = next((short for short in shorts if 1 < len(short) < len(full)), full)
        level = full[-1] if full[-1] in LEVELS and stem != full else ''
        found.add((full, stem, level))
        found.update((short, stem, '') for short in shorts if len(short) > 1 and short != full)
    return sorted(found, key=lambda form: (-len(form[0]), form))


@lru_cache(maxsize=262144)
def read_name(name, places=frozenset()):
    """Take a name apart.

    :param str name: :func:`~.names.normalise` of it
    :param frozenset places: names of divisions that it may begin with
    :rtype: Reading
    """
    rest, said, level = name, [], ''
    while True:
        for form, stem, its_level in _forms(places):
            if rest.startswith(form) and len(rest) - len(form) > 1 and (
                    its_level or rest[len(form):] not in _BARE):
                rest = rest[len(form):]
                if not its_level and rest[0] in LEVELS and len(rest) > 2 and (
                        rest[1] not in _NO_LEVEL):
                    its_level, rest = rest[0], rest[1:]
                said.append(stem)
                level = its_level
                break
        else:
            break
    lone = _LONE_LEVEL.match(rest)
    if lone and not level:
        level, rest = lone[1], rest[lone.end():]
    core = canonical(rest)
    campus = _CAMPUS.match(core)
    label = ''
    if campus:
        core, label = campus[1], '' if campus[2] in _MAIN_CAMPUS else campus[2]
    return Reading(tuple(dict.fromkeys(said)), level, core, label, canonical(name))


def is_said(name, places, own=_OWN):
    """Whether a name alone tells which institution it is: by its place, or by a word of its own.

    :param str name: normalised
    :param frozenset places: names of divisions
    :param int own: so many characters of its own at least
    :rtype: bool
    """
    reading = read_name(name, places)
    return bool(reading.said) or len(own_words(reading.core)) >= own


def are_campuses(one, other):
    """Whether two names are those of two campuses of one hospital.

    :param str one: normalised
    :param str other: normalised
    :rtype: bool
    """
    mine, its = read_name(one).campus, read_name(other).campus
    return bool(mine and its and mine != its)


def agree(one, other, shared_county=False, one_county=True, exact_only=False, placeless=False):
    """How two names may be those of one institution.

    :param Reading one: a name, read with the places of both records
    :param Reading other: a name, likewise
    :param bool shared_county: both are known to lie in one county
    :param bool one_county: nothing says that they lie in two
    :param bool exact_only: names of a chain's shops: what differs is another shop
    :param bool placeless: where one of them lies is not known
    :return: 'name' the same words, 'short' a usual short form, 'typo' a slip, 'part' the one is in
        the other; '' two different names; None where they are those of two institutions
    :rtype: str or None
    """
    if one.campus != other.campus or _other_class(one, other) or (
            _other_level(one, other, shared_county, one_county or placeless)):
        return None
    same_place = one.said[-1:] == other.said[-1:]
    own = len(own_words(one.core)) >= _OWN and len(own_words(other.core)) >= _OWN
    if one.said and other.said and not same_place and not (own and one_county):
        return None
    if not one_county and not own and not (same_place and one.said):
        return None
    if numbers(one.core) != numbers(other.core):
        return '' if _is_renamed(one, other) else None
    if one.hard_kinds() != other.hard_kinds():
        return 'typo' if same_place and _is_slip(one.core, other.core, 3, strict=True) else None
    if one.core == other.core:
        return 'name' if same_place else 'short'
    if exact_only:
        return 'typo' if _is_slip(one.core, other.core, 8, strict=True) else None
    if other.core in usual_forms(one.core) or one.core in usual_forms(other.core):
        return 'short'
    if _without_places(one.whole) == _without_places(other.whole):
        return 'short'
    if same_place and _is_slip(one.core, other.core, _SHORTEST_SLIP):
        return 'typo'
    if _is_abbreviation(*sorted((one.whole, other.whole), key=lambda text: (len(text), text))):
        return 'short'
    return 'part' if own and _is_part(one.core, other.core) else ''


def _other_class(one, other):
    mine, its = class_of(one.core), class_of(other.core)
    return bool(mine and its and mine != its)


def _without_places(text):
    """A name without the 省 and 市 of places that nobody knows: 湖原市听涛医院."""
    return _PLACE_LEVEL.sub('', text)


def _is_renamed(one, other):
    """Whether one has a number and the other a name of its own instead: 第3人民医院, 康宁医院."""
    plain = [reading for reading in (one, other) if not numbers(reading.core)]
    return len(plain) == 1 and len(own_words(plain[0].core)) >= _OWN


def _other_level(one, other, shared_county, one_county):
    """Whether the one is of the 县 and the other of the 市, in or beside which it lies."""
    if one.level == other.level:
        return False
    if not one.level or not other.level:
        return not one_county  # 清石中医院 is of the 市 where the other is of the 县
    if one.said[-1:] != other.said[-1:] and one.said and other.said:
        return False  # two places: said, not levels, decide
    return not (shared_county and {one.level, other.level} <= _REFORMED)


@lru_cache(maxsize=65536)
def _is_slip(one, other, shortest, strict=False):
    """Whether two cores differ by one slip of the pen.

    :param int shortest: cores of fewer characters are two
    :param bool strict: only a character for one that looks or sounds like it
    """
    if min(len(one), len(other)) < shortest:
        return False
    if len(one) == len(other) and sorted(one) == sorted(other):
        return True  # two characters have changed places
    if Levenshtein.distance(one, other, score_cutoff=1) != 1:
        return False
    step = Levenshtein.editops(one, other)[0]
    mine = one[step.src_pos] if step.tag != 'insert' else ''
    its = other[step.dest_pos] if step.tag != 'delete' else ''
    idle = own_words(one) == own_words(other)
    if not mine or not its:
        return not strict and idle and (mine or its) not in TELLING and (mine or its) not in '医第'
    if same_shape(mine, its) or pinyin_key(mine) == pinyin_key(its):
        return True
    # a wrong character in words that every institution has: 人民医晥
    return not strict and not {mine, its} & TELLING and '' in (own_words(one), own_words(other))


@lru_cache(maxsize=65536)
def _is_abbreviation(short, long):
    """Whether a name is made of characters of the other, in order: 苏大附1院, 苏州大学附属第1医院.

    Only with a number or 附, for 海州医院 is not 海州市人民医院.
    """
    if not 2 < len(short) < len(long) or short[0] != long[0] or short[-1] != long[-1]:
        return False
    if not numbers(short) and '附' not in short:
        return False
    letters = iter(long)
    return all(char in letters for char in short)


def _is_part(one, other):
    """Whether a core is the other with more before it, or has the same own words."""
    if own_words(one) == own_words(other):
        return True
    short, long = sorted((one, other), key=lambda text: (len(text), text))
    return long.endswith(short)
