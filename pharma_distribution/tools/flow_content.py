"""What the columns of a distributor's file hold, judged by their cells and not by their headings.

How to use
    profiles = {column: profile(cells) for column, cells in …}
    field, confidence = ...                       # guess_fields(profiles, table) names the columns
    differs(profile_of_today, profile_remembered) # how far two columns of numbers lie apart

How it works: each cell is one of some classes (day, number, unit, specification, approval number,
terminal, company, medicine); a column is the shares of the classes, and for numbers how large they
are. Prices are known by quantity × price = amount, and by being the same for the same product.

No Odoo imports: testable alone.
"""

import math
import re
from typing import NamedTuple

from .flow_values import (
    LONGEST,
    SPECIFICATION,
    parse_number,
    plain,
    read_day,
    split_product,
    word,
)
from .flow_words import CASE_UNITS, PACK_UNITS, UNITS

_APPROVAL = re.compile(r'(?:国药准字|国药准字号)?[HZSJBTF]J?C?\d{8}|国药准字\S+|(?:HC|ZC|SC)\d{8}')
_TERMINAL = re.compile(
    '医院|卫生院|卫生室|卫生所|卫生站|卫生服务|诊所|门诊|药房|药店|大药|医务室|保健院|保健所|疾控'
    '|疾病预防|中医馆|国医馆|药堂|血站|养老院|护理院|急救中心|健康管理|医疗美容|连锁|分店')
_COMPANY = re.compile('公司|药业|制药|集团|药厂|股份|生物|医药')
_MEDICINE = re.compile(
    '(?:片|胶囊|颗粒|注射液|注射剂|口服液|口服溶液|混悬液|糖浆|合剂|软膏|乳膏|凝胶|滴眼液|滴鼻液'
    '|滴丸|丸|散|栓|贴膏|贴剂|贴|喷雾剂|气雾剂|吸入剂|粉雾剂|滴剂|酊|洗剂|搽剂|冲剂|眼膏|膏|疫苗'
    '|注射用.+|.+注射用|溶液)$|^注射用')
_LOT = re.compile(r'(?=(?:\D*\d){4})[A-Za-z0-9][A-Za-z0-9/-]{4,19}')

# 3盒 is a quantity, 250ml a specification.
_COUNTED = PACK_UNITS | {*CASE_UNITS, '支'}

#: class of a cell -> field that a column of such cells is
FIELD_OF_CLASS = {
    'day': 'date', 'unit': 'unit', 'specification': 'spec', 'approval': 'approval',
    'terminal': 'customer', 'medicine': 'product',
}
# Share of the cells that must be of a class before the column is taken for the field.
NEEDED = {'day': 0.8, 'unit': 0.8, 'specification': 0.6, 'approval': 0.7, 'terminal': 0.5,
          'medicine': 0.5}


class Profile(NamedTuple):
    """What the cells of one column are like."""

    filled: int = 0  # cells that were looked at
    shares: dict = {}  # class -> share of the cells, above 0
    numbers: tuple = ()  # share of whole numbers, of negative ones; 10, 50, 90 % points of size
    words: tuple = ()  # the unit words, most frequent first


def classify(text, kind='t', known=frozenset()):
    """Class of one cell.

    :param str text: the cell, not ''
    :param str kind: its kind, as ``sheets`` gives it
    :param known: products' names as ``word()`` writes them
    :return: 'day', 'number', 'unit', 'specification', 'approval', 'terminal', 'company',
        'medicine', 'lot' or 'text'
    """
    value = plain(text[:LONGEST])
    if kind == 'd':
        return 'day'
    number, unit = parse_number(value)
    if number is not None and (not unit or unit in _COUNTED):
        # six digits may be a lot as well, five a quantity: as days they need a sign or a century
        is_day = re.fullmatch(r'(?:19|20)\d{6}', value) and read_day(value)
        return 'day' if is_day else 'number'
    if len(value) <= 4 and value.casefold() in UNITS:
        return 'unit'
    if any(sign in value for sign in '-/.年月') and (
            read_day(value) or re.fullmatch(r'\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}', value)):
        return 'day'
    if _APPROVAL.fullmatch(value):
        return 'approval'
    if SPECIFICATION.fullmatch(value):
        return 'specification'
    if _TERMINAL.search(value):
        return 'terminal'
    name = split_product(value)[0]
    bare = word(name)
    if bare in known or word(value) in known or _MEDICINE.search(bare):
        return 'medicine'
    if _COMPANY.search(value):
        return 'company'
    return 'lot' if _LOT.fullmatch(value) else 'text'


def profile(cells, known=frozenset()):
    """What a column is like.

    :param cells: list of tuples (text, kind) of its filled cells
    :param known: products' names as ``word()`` writes them
    :rtype: Profile
    """
    classes, numbers, units = {}, [], {}
    seen = {}
    for cell in cells:
        kind = seen.get(cell)
        if kind is None:
            kind = seen[cell] = classify(*cell, known)
        classes[kind] = classes.get(kind, 0) + 1
        if kind == 'number':
            number, unit = parse_number(cell[0])
            numbers.append(number)
            if unit:
                units[unit] = units.get(unit, 0) + 1
        elif kind == 'unit':
            unit = plain(cell[0]).casefold()
            units[unit] = units.get(unit, 0) + 1
    shares = {kind: round(count / len(cells), 3) for kind, count in sorted(classes.items())}
    words = tuple(sorted(units, key=units.get, reverse=True)[:5])
    return Profile(len(cells), shares, _number_profile(numbers), words)


def _number_profile(numbers):
    if not numbers:
        return ()
    sizes = sorted(abs(float(number)) for number in numbers)
    points = [sizes[min(len(sizes) - 1, int(len(sizes) * part))] for part in (0.1, 0.5, 0.9)]
    whole = sum(number == number.to_integral_value() for number in numbers) / len(numbers)
    negative = sum(number < 0 for number in numbers) / len(numbers)
    return (round(whole, 3), round(negative, 3), *(round(point, 4) for point in points))


def distance(one, other):
    """How far two columns of numbers are from each other.

    :param Profile one: a column
    :param Profile other: another, or the same of an earlier file
    :return: 0.0 for the same, 1.0 for ten times as much or whole numbers against broken ones; None
        where one of them holds no numbers
    """
    if not one.numbers or not other.numbers:
        return None
    sizes = [abs(math.log10(max(mine, 0.01)) - math.log10(max(theirs, 0.01)))
             for mine, theirs in zip(one.numbers[2:], other.numbers[2:], strict=True)]
    return sum(sizes) / 3 + abs(one.numbers[0] - other.numbers[0])


# === COLUMNS === #

def guess_fields(profiles, table):
    """Which columns are what, by their cells.

    :param dict profiles: column -> Profile, of the columns whose heading says nothing
    :param list table: sampled rows, dict column -> Decimal or None for number columns and
        column -> text for others
    :return: tuple (dict field -> (column, confidence), dict field -> columns that are alike)
    """
    found, unclear = {}, {}
    for name, field in FIELD_OF_CLASS.items():
        scores = sorted(
            ((content.shares.get(name, 0), -column) for column, content in profiles.items()
             if content.filled >= 2 and content.shares.get(name, 0) >= NEEDED[name]), reverse=True)
        if len(scores) == 1 or len(scores) > 1 and scores[0][0] - scores[1][0] > 0.3:
            found[field] = (-scores[0][1], scores[0][0])
        elif scores:
            unclear[field] = tuple(sorted(-column for _score, column in scores))
    numeric = [column for column, content in profiles.items()
               if content.shares.get('number', 0) >= 0.8 and content.filled >= 2]
    numeric = [column for column in numeric if not _is_counter(column, table)]
    figures, alike = _guess_figures(numeric, profiles, table)
    found.update(figures)
    if alike:
        unclear['quantity'] = alike
    return found, unclear


def _is_counter(column, table):
    """Whether a column numbers the rows."""
    values = [row[column] for row in table if row.get(column) is not None]
    steps = {after - before for before, after in zip(values, values[1:])}  # noqa: B905
    return len(values) > 2 and steps == {1}


def _guess_figures(numeric, profiles, table):
    """Quantity, price and amount among columns of numbers.

    :return: tuple (dict field -> (column, confidence), columns that may be the quantity)
    """
    triple = _find_product(numeric, table)
    if triple:
        one, two, amount = triple
        quantity, price = _tell_apart(one, two, profiles, table)
        if quantity is None:
            return {'amount': (amount, 1.0)}, (one, two)
        return {'quantity': (quantity, 0.95), 'price': (price, 0.95), 'amount': (amount, 1.0)}, ()
    whole = [column for column in numeric if profiles[column].numbers[0] >= 0.98
             and profiles[column].numbers[3] < 10_000]
    if len(numeric) == 1 and whole:
        return {'quantity': (numeric[0], 0.85)}, ()
    if len(whole) == 1 and len(numeric) == 2:
        other = next(column for column in numeric if column != whole[0])
        # whole numbers beside broken ones: quantities beside prices or amounts, nobody knows which
        return {'quantity': (whole[0], 0.85)}, () if profiles[other].numbers[0] < 0.7 else ()
    return {}, tuple(numeric) if len(numeric) > 1 else ()


def _find_product(numeric, table):
    """Three columns of which the first two multiplied give the third, in nearly all rows."""
    for amount in numeric:
        for one in numeric:
            for two in numeric:
                if one < two and amount not in (one, two):
                    good = count = varied = 0
                    for row in table:
                        first, second, third = row.get(one), row.get(two), row.get(amount)
                        if None in (first, second, third) or not third:
                            continue
                        count += 1
                        good += abs(first * second - third) <= max(
                            abs(third) / 200, abs(first) / 100, abs(second) / 100)
                        varied += first != 1 and second != 1
                    if count >= 3 and good >= count * 0.9 and varied >= 2:
                        return one, two, amount
    return None


def _tell_apart(one, two, profiles, table):
    """Which of two columns is the quantity and which the price.

    :return: tuple (quantity, price) of columns; (None, None) where nothing tells
    """
    first, second = profiles[one].numbers, profiles[two].numbers
    votes = (first[0] - second[0]) * 2  # quantities are whole
    votes += (first[1] > 0) - (second[1] > 0)  # returns have negative quantities, not prices
    votes += _steadiness(two, table) - _steadiness(one, table)  # a product has one price
    if abs(votes) < 0.5:
        return None, None
    return (one, two) if votes > 0 else (two, one)


def _steadiness(column, table):
    """1.0 where a column has one value per product, towards 0.0 where it changes row by row."""
    groups = {}
    for row in table:
        if row.get(column) is not None and row.get('key'):
            groups.setdefault(row['key'], []).append(row[column])
    groups = [values for values in groups.values() if len(values) > 2]
    if not groups:
        return 0.5
    return sum(1 - (len(set(values)) - 1) / (len(values) - 1) for values in groups) / len(groups)


def in_cases(content):
    """Whether the units of a column are cases."""
    return bool(content.words) and content.words[0] in CASE_UNITS
