"""Quantities of a distributor's file in sales packs, exactly or not at all.

How to use
    packing = read_packing('10mg*14片/盒', packs_per_case=200)
    pack_factor('件', packing)                           # (Fraction(200), '')
    pack_factor('片', packing)                           # (Fraction(1, 14), '')
    pack_factor('瓶', read_packing(''))                  # (None, 'unit_ambiguous')
    to_packs(Decimal(28), '片', packing)                 # (Fraction(2), '')

How it works: 盒 is a pack everywhere; 件 is a case; 片 or 支 is what is in a pack; 瓶 and 袋 are
the one or the other. What a unit is of a product, its pack data say, or its specification; where
they do not, a reason is given instead of a guess.

No Odoo imports: testable alone.
"""

import re
from fractions import Fraction
from typing import NamedTuple

from .flow_values import LONGEST, plain
from .flow_words import CASE_UNITS, PACK_UNITS, SMALL_UNITS
from .matching_spec import read_spec

_SPACES = re.compile(r'\s+')
_UNIT_SIZE = re.compile(r'(.*?)[(/\[*]?(\d+)(?:盒|瓶|支|袋)?[)\]]?')
# No pieces: nobody says how many of them are in a pack.
_MEASURES = frozenset(('毫升', '克', 'ml', 'g'))
# What never stands alone: a bottle or bag around it is the pack.
_LOOSE = frozenset(('片', '粒', '丸', '枚', '颗'))
_SMALL = '|'.join(sorted(SMALL_UNITS - _MEASURES, key=len, reverse=True))
_PACK = '|'.join(sorted(PACK_UNITS | SMALL_UNITS, key=len, reverse=True))
# 14片 and 5支, no strength; what stands behind the last stroke is what holds them.
_COUNTED = re.compile(rf'(\d+(?:\.\d+)?)\s*({_SMALL})(?!\w)|(\d+(?:\.\d+)?)\s*({_SMALL})')
_HELD = re.compile(rf'/\s*(?:1\s*)?({_PACK})\s*$', re.I)


class Packing(NamedTuple):
    """How a product is packed, as far as known.

    :ivar units_per_pack: pieces in a sales pack, 0 where not known
    :ivar packs_per_case: sales packs in a case, 0 where not known
    :ivar str pack_unit: how the sales pack is called, '' where not known
    :ivar str small_unit: how a piece is called (片, 支, 瓶, …), '' where not known
    :ivar frozenset inner: names of what holds pieces inside of the pack (瓶 of 24粒*1瓶/盒)
    """

    units_per_pack: object = 0
    packs_per_case: object = 0
    pack_unit: str = ''
    small_unit: str = ''
    inner: frozenset = frozenset()


def read_packing(spec, units_per_pack=0, packs_per_case=0, pack_unit=''):
    """Put together what fields and specification of a product say about its packs.

    :param str spec: such as 10mg*14片 or 2ml:10mg*5支/盒; may be empty
    :param units_per_pack: of the product's field, 0 when empty; counts before the specification
    :param packs_per_case: of the product's field, 0 when empty
    :param str pack_unit: of the product's field, '' when it says nothing
    :rtype: Packing
    """
    text = plain((spec or '')[:LONGEST])
    held = _HELD.search(text)
    pieces = [match[2] or match[4] for match in _COUNTED.finditer(text)]
    held_unit = held[1] if held else ''
    if pieces and pieces[0] == held_unit:
        held_unit = ''
    return Packing(
        units_per_pack or read_spec(text).count or 0, packs_per_case or 0,
        held_unit or pack_unit, pieces[0] if pieces else '',
        frozenset(pieces[1:]) - {held_unit})


def pack_factor(unit, packing):
    """How many sales packs one of a unit is.

    :param str unit: as the file says it; '' is a sales pack; 件(200盒) says its own size
    :param Packing packing: of the product
    :return: tuple (Fraction, '') or (None, reason): 'case_size_missing', 'case_size_differs',
        'pack_size_missing', 'unit_ambiguous', 'unit_unknown'
    """
    name = _SPACES.sub('', plain(unit[:LONGEST])).casefold()
    stated = 0
    sized = _UNIT_SIZE.fullmatch(name)
    if sized and sized.group(1) in CASE_UNITS:
        name, stated = sized.group(1), int(sized.group(2))
    if name in CASE_UNITS:
        if stated and packing.packs_per_case and stated != packing.packs_per_case:
            return None, 'case_size_differs'
        size = stated or packing.packs_per_case
        return (Fraction(size), '') if size else (None, 'case_size_missing')
    if name in ('', '盒') or (name == packing.pack_unit and name != packing.small_unit):
        return Fraction(1), ''
    if name in packing.inner:
        return None, 'unit_ambiguous'
    if name == packing.small_unit:
        size = packing.units_per_pack
        return (1 / Fraction(size), '') if size else (None, 'pack_size_missing')
    return _other_factor(name, packing)


def _other_factor(name, packing):
    """The factor of a unit of which the product's specification says nothing."""
    if name in _MEASURES or name not in PACK_UNITS | SMALL_UNITS:
        return None, 'unit_unknown'
    if name not in SMALL_UNITS:
        return Fraction(1), ''
    if name in PACK_UNITS:
        # 瓶 is what the pack is called where 片 are in it; else it may be one of ten in it
        known = not packing.pack_unit and packing.small_unit in _LOOSE or (
            packing.units_per_pack == 1)
        return (Fraction(1), '') if known else (None, 'unit_ambiguous')
    if packing.small_unit:
        return None, 'unit_ambiguous'  # 粒 of a product that comes in 片
    if packing.units_per_pack:
        return 1 / Fraction(packing.units_per_pack), ''
    return None, 'pack_size_missing'


def to_packs(quantity, unit, packing):
    """A quantity of a file in sales packs.

    :param quantity: Decimal or int, in ``unit``
    :return: as :func:`pack_factor`
    """
    factor, reason = pack_factor(unit, packing)
    return (None, reason) if reason else (Fraction(quantity) * factor, '')
