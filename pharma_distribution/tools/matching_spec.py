"""Read the specification of a drug: how strong, how much, how many in a pack.

How to use
    read_spec("10mg×7片×2板/盒") == read_spec("10mg*14片")      # Spec(masses=(10000,), …, count=14)
    split_spec("阿托伐他汀钙片(立普妥)20mg*7s")                  # ('阿托伐他汀钙片(立普妥)',
    '20mg*7s')
    read_spec("5mg*28片").compare(read_spec("5mg"))              # {'strength': True}

How it works
    Units of one quantity become one unit (micrograms, microlitres, international units). Numbers
    before or behind a sign of multiplication that count pieces, blisters and inner boxes are
    multiplied to the pieces of a pack; pieces, not boxes, make two packs comparable.

No Odoo imports: testable alone.
"""

import re
import unicodedata
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

# Unit as written -> (quantity, how many of the smallest unit)
_UNITS = {
    'kg': ('mass', 10**9), 'g': ('mass', 10**6), 'mg': ('mass', 1000), 'ug': ('mass', 1),
    'mcg': ('mass', 1), '克': ('mass', 10**6), '毫克': ('mass', 1000), '微克': ('mass', 1),
    'l': ('volume', 10**6), 'ml': ('volume', 1000), 'ul': ('volume', 1), '升': ('volume', 10**6),
    '毫升': ('volume', 1000), '微升': ('volume', 1), '%': ('percent', 1000), 'iu': ('units', 1),
    'u': ('units', 1), '单位': ('units', 1), '国际单位': ('units', 1), '万iu': ('units', 10**4),
    '万u': ('units', 10**4), '万单位': ('units', 10**4), '万国际单位': ('units', 10**4),
    '亿u': ('units', 10**8), '亿单位': ('units', 10**8), 'cm': ('length', 1), 'mm': ('length', 1),
    'kiu': ('units', 1000), 'ku': ('units', 1000), 'mol': ('amount', 1), 'mmol': ('amount', 1),
}
# What is counted in a pack: the piece itself, or what holds pieces.
_PIECES = '片|粒|支|丸|袋|瓶|贴|枚|揿|喷|吸|颗|包|块|套|管|安瓿|泡|锭|帖|张|枝|只|s|t|c'
_HOLDERS = '板|小盒|盒|小袋|大袋|塑料瓶|铝塑板|条|罐|筒|排|小瓶|箱|件'
# Behind counted pieces they say how many packs are in a case, not what is in a pack.
_OUTER = ('盒', '瓶', '箱', '件', '罐', '大袋', '包')
_TOKEN = re.compile(
    r'(?P<number>\d+(?:\.\d+)?)\s*(?:'
    rf"(?P<unit>{'|'.join(sorted(_UNITS, key=len, reverse=True))})(?![a-z])"
    rf"|'?(?P<piece>{_PIECES})(?![a-z])|(?P<holder>{_HOLDERS}))?", re.I)
_SPEC_START = re.compile(
    r"(?<![A-Za-z\d.])[\[(【（]?\s*\d+(?:\.\d+)?\s*(?:万|亿)?\s*(?:"
    rf"(?:{'|'.join(sorted(_UNITS, key=len, reverse=True))})(?![a-z])"
    rf"|[*×xX:：]\s*\d|'?(?:{_PIECES})(?![a-z]))", re.I)
_TIMES = re.compile(r'[×✕✖＊∗]|(?<=[\d\u4e00-\u9fffglsuGLSU])[xX](?=\d)')
_REMARK = re.compile(r'[(（【\[][^\d()（）]*[)）】\]]')


class Spec(NamedTuple):
    """A specification in comparable form; what is not said is empty.

    :ivar tuple masses: micrograms, sorted; several of a combination
    :ivar tuple volumes: microlitres, sorted
    :ivar tuple others: (quantity, value) of units and percents, sorted
    :ivar count: pieces in a pack, None when not said
    """

    masses: tuple
    volumes: tuple
    others: tuple
    count: object

    def compare(self, other):
        """What both say, and whether they say the same.

        :return: dict 'strength', 'volume', 'count' -> True or False; without what one leaves open
        """
        found = {}
        mine, its = (self.masses, self.others), (other.masses, other.others)
        if any(mine) and any(its):
            found['strength'] = mine == its
        if self.volumes and other.volumes:
            found['volume'] = self.volumes == other.volumes
        if self.count and other.count:
            found['count'] = self.count == other.count
        return found


def plain(text):
    """A specification with one form of letters and signs."""
    text = unicodedata.normalize('NFKC', text or '').casefold().replace('μ', 'u').replace('µ', 'u')
    return _TIMES.sub('*', re.sub(r'\s+', '', text))


@lru_cache(maxsize=16384)
def read_spec(text):
    """Read a specification; what cannot be read is left out.

    :param str text: for example 10mg*14片, 0.1g:10片, 2ml:10mg×5支/盒
    :rtype: Spec
    """
    text = plain(_REMARK.sub('', text or ''))
    found = {'mass': [], 'volume': [], 'other': []}
    count, counted = 1, False
    for match in _TOKEN.finditer(text):
        number = Decimal(match['number'])
        if match['unit']:
            quantity, factor = _UNITS[match['unit'].lower()]
            value = int(number * factor)
            if quantity in ('mass', 'volume'):
                found[quantity].append(value)
            else:
                found['other'].append((quantity, value))
        elif match['piece'] or match['holder'] or _is_factor(text, match):
            outer = counted and (match['holder'] or match['piece']) in _OUTER
            if number == int(number) and number and not outer:
                count *= int(number)
                counted = counted or not match['holder']
    return Spec(
        tuple(sorted(set(found['mass']))), tuple(sorted(set(found['volume']))),
        tuple(sorted(set(found['other']))), count if counted else None)


def _is_factor(text, match):
    """Whether a number without unit counts: beside a sign of multiplication, or behind a colon."""
    return text[match.start() - 1:match.start()] == '*' or text[match.end():match.end() + 1] == '*'


def split_spec(text):
    """Cut a specification off a drug's name when one is glued to it.

    :return: tuple (name, specification or '')
    """
    text = _TIMES.sub('*', unicodedata.normalize('NFKC', text or ''))
    match = _SPEC_START.search(text)
    if not match or match.start() < 2:
        return text, ''
    return text[:match.start()].strip(' -_*,，/'), text[match.start():].strip('[](（）)【】 ')
