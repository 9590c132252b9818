"""Texts of a distributor's cells as values: days, numbers, names.

How to use
    style, doubt = find_date_style(cells, period)      # once per column: what 5/1/2026 means
    read_day('2026年1月5日', 't', style)                 # (date, 'day')
    parse_number('1,234.5盒')                           # (Decimal('1234.5'), '盒')
    split_product('阿托伐他汀钙片10mg*14片')              # ('阿托伐他汀钙片', '10mg*14片')

How it works: every function takes one text and says None, or a reason, where it does not know.

No Odoo imports: testable alone.
"""

import datetime
import re
import unicodedata
from decimal import Decimal
from typing import NamedTuple

FIRST_YEAR, LAST_YEAR = 1990, 2099
# A quantity or an amount beyond this is a typing error (and would not fit the column).
LARGEST = Decimal(10) ** 12
# Longer texts are no day, no number, no heading; looking at them would only take time.
LONGEST = 200
# What systems write into a cell of a number that is not there.
NO_NUMBER = frozenset(('-', '--', '/', '无', 'n/a', 'null', '#n/a', 'none'))

_ORDERS = ('ymd', 'dmy', 'mdy')
_EPOCH = datetime.date(1899, 12, 30)
_EPOCH_1904 = datetime.date(1904, 1, 1)
_BRACKETS = re.compile(r'[(\[【〔{].*?[)\]】〕}]')
_SPACES = re.compile(r'\s+')


class DateStyle(NamedTuple):
    """What the dates of one column mean where a text alone does not tell."""

    order: str = ''  # 'dmy' or 'mdy' of 5/1/2026; '': not known
    short_order: str = ''  # 'ymd', 'dmy' or 'mdy' of 5/1/26; '': not known
    sixes: str = 'month'  # six digits are 'month' (202601) or 'day' (260105)
    period: tuple = (None, None)  # gives the year of 1月5日
    date1904: bool = False


# === TEXTS === #

def plain(text):
    """NFKC and without white space at the ends: full-width digits and signs become usual ones."""
    if text.isascii():
        return text.strip()
    return unicodedata.normalize('NFKC', text).replace('\u2212', '-').replace('—', '-').strip()


def word(text):
    """A heading or a label as it is compared: no brackets with content, no spaces, no colon."""
    full = plain(text[:LONGEST])
    return _SPACES.sub('', _BRACKETS.sub('', full) or full).strip(':*.-_/').casefold()


# === DAYS === #

_TIME = (r'(?:[T\s]*(?:上午|下午|am|pm)?\s*\d{1,2}[:时点]\s*\d{1,2}(?:[:分]\s*\d{1,2}(?:\.\d+)?)?'
         r'\s*[秒分]?\s*(?:am|pm|z)?)?(?:\s*\(?(?:星期|周)[一二三四五六日天]\)?)?')
_YEAR_FIRST = re.compile(
    r'(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*[日号]?' + _TIME, re.I)
_SHORT_YEAR = re.compile(r'(\d{2})\s*年\s*(\d{1,2})\s*月\s*(\d{1,2})\s*[日号]?' + _TIME, re.I)
_THREE = re.compile(r'(\d{1,2})\s*([-/.])\s*(\d{1,2})\s*\2\s*(\d{4}|\d{1,2})' + _TIME, re.I)
_COMPACT = re.compile(r'(\d{4})(\d{2})(\d{2})(?:T?\s*\d{2}:?\d{2}(?::?\d{2})?)?')
_SERIAL = re.compile(r'\d{5}(?:\.\d+)?')
_MONTH = re.compile(r'(\d{4})\s*[-/.年]\s*(\d{1,2})\s*(?:月份?)?')
_SIX = re.compile(r'\d{6}')
_NO_YEAR = re.compile(r'(\d{1,2})\s*月\s*(\d{1,2})\s*[日号]?' + _TIME, re.I)
_NAMES = ('jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec')
_NAMED = re.compile(
    r'(\d{1,2})[-\s/.]*(' + '|'.join(_NAMES) + r')[a-z]*[-\s/.,]*(\d{4}|\d{2})' + _TIME, re.I)
_NAMED_FIRST = re.compile(
    r'(' + '|'.join(_NAMES) + r')[a-z]*\.?\s*(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})' + _TIME, re.I)
_CHINESE_DIGITS = str.maketrans('〇零○一二三四五六七八九', '000123456789')


def parse_date(text, kind='t', style=DateStyle()):  # noqa: B008  (a constant)
    """The day that a cell means.

    :param str text: the cell
    :param str kind: its kind, as ``sheets`` gives it
    :param DateStyle style: what is known about the column
    :return: datetime.date, or None when it is no full date
    """
    found = read_day(text, kind, style)
    return found[0] if found and found[1] == 'day' else None


def read_day(text, kind='t', style=DateStyle()):  # noqa: B008
    """The day or the month that a cell means, with how exactly it says so.

    :param str text: the cell
    :param str kind: its kind, as ``sheets`` gives it
    :param DateStyle style: what is known about the column
    :return: tuple (datetime.date, 'day' or 'month'), a month being its first day; or None
    """
    if kind == 'd':
        try:
            return _exact(datetime.date.fromisoformat(text[:10]))
        except ValueError:
            return None
    if len(text) > LONGEST:
        return None
    value = plain(text)
    for pattern in (_YEAR_FIRST, _COMPACT):
        match = pattern.fullmatch(value)
        if match:
            return _exact(_day(*match.groups()))
    if _SERIAL.fullmatch(value):
        # Excel's serial number of a day; five digits are 1927 to 2173
        epoch = _EPOCH_1904 if style.date1904 and kind == 'n' else _EPOCH
        return _exact(epoch + datetime.timedelta(days=int(float(value))))
    match = _THREE.fullmatch(value)
    if match:
        first, _sign, second, third = match.groups()
        order = style.order if len(third) == 4 else style.short_order
        return _exact(_ordered(first, second, third, order or _only_order(*match.groups())))
    return _read_words(value, kind, style)


def _read_words(value, kind, style):
    """``read_day`` of the rarer forms: months alone, names of months, Chinese numerals."""
    match = _MONTH.fullmatch(value)
    # the number 2026.1 may be 2026.10, which lost its zero
    if match and not (kind == 'n' and len(match.group(2)) < 2):
        return _month(*match.groups())
    if _SIX.fullmatch(value):
        if style.sixes == 'month':
            return _month(value[:4], value[4:])
        return _exact(_day(value[:2], value[2:4], value[4:]))
    match = _NAMED.fullmatch(value)
    if match:
        return _exact(_day(match[3], _NAMES.index(match[2].lower()) + 1, match[1]))
    match = _NAMED_FIRST.fullmatch(value)
    if match:
        return _exact(_day(match[3], _NAMES.index(match[1].lower()) + 1, match[2]))
    if '年' in value or '月' in value:
        western = _western_digits(value)
        for pattern in (_YEAR_FIRST, _SHORT_YEAR):
            match = pattern.fullmatch(western)
            if match:
                return _exact(_day(*match.groups()))
        match = _MONTH.fullmatch(western)
        if match:
            return _month(*match.groups())
        match = _NO_YEAR.fullmatch(western)
        if match:
            return _exact(_in_period(match[1], match[2], style.period))
    return None


def _exact(day):
    return (day, 'day') if day and FIRST_YEAR <= day.year <= LAST_YEAR else None


def _month(year, month):
    first = _day(year, month, 1)
    return (first, 'month') if first and FIRST_YEAR <= first.year <= LAST_YEAR else None


def _day(year, month, day):
    try:
        number = int(year)
        return datetime.date(
            number + 2000 if len(str(year)) <= 2 else number, int(month), int(day))
    except ValueError:
        return None


def _ordered(first, second, third, order):
    """The day of three numbers in an order such as 'dmy'; None where the order is not known."""
    if not order or (order == 'ymd' and len(third) == 4):
        return None
    parts = dict(zip(order, (first, second, third), strict=True))
    return _day(parts['y'].zfill(2), parts['m'], parts['d'])


def _only_order(first, _sign, second, third):
    """The order of three short numbers that needs no other cell to be known, or ''."""
    orders = [order for order in _ORDERS if _likely(_ordered(first, second, third, order), third)]
    return orders[0] if len(orders) == 1 else ''


def _likely(day, third):
    """Whether a day may be meant; years of two figures are those of this age."""
    return bool(day) and (len(third) == 4 or 2010 <= day.year <= 2049)


def _in_period(month, day, period):
    """The day of a month and a day whose year the period tells."""
    first, last = period
    if not first or not last:
        return None
    days = [_day(str(year), month, day) for year in range(first.year, last.year + 1)]
    inside = [found for found in days if found and first <= found <= last]
    return inside[0] if len(inside) == 1 else None


def _western_digits(text):
    """二〇二六年十一月二十日 -> 2026年11月20日"""
    def tens(match):
        before, after = match.groups()
        return (before or '一') + (after or '〇')
    text = text.replace('元月', '一月').replace('廿', '二十').replace('卅', '三十')
    text = re.sub('([一二三四五六七八九])?十([一二三四五六七八九])?', tens, text)
    return text.translate(_CHINESE_DIGITS)


def find_date_style(texts, period=(None, None), date1904=False):
    """What the dates of a column mean, from all of them together.

    An order of day, month and year counts when it makes days of more of the cells than the others,
    then when it puts more of them into the period, then when the days lie clearly closer together.

    :param texts: distinct texts of the column's cells
    :param tuple period: (first, last) day that the file names, or (None, None)
    :param bool date1904: numbers count from 1904
    :return: tuple (DateStyle, doubt): doubt is '' or 'date_order' or 'year_missing'
    """
    values = [plain(text) for text in texts if text and len(text) <= LONGEST]
    style = DateStyle(period=tuple(period), date1904=date1904)
    if not period[0]:
        # cells that are clear tell the time of those that are not
        clear = [read_day(value) for value in values if not _THREE.fullmatch(value)]
        days = [found[0] for found in clear if found]
        if days:
            margin = datetime.timedelta(days=31)
            style = style._replace(period=(min(days) - margin, max(days) + margin))
    sixes = [value for value in values if _SIX.fullmatch(value)]
    if sixes and not all(_month(value[:4], value[4:]) for value in sixes):
        style = style._replace(sixes='day')
    doubt = ''
    for name, is_long in (('order', True), ('short_order', False)):
        threes = [match.groups() for match in map(_THREE.fullmatch, values)
                  if match and (len(match[4]) == 4) == is_long]
        if threes:
            order = _find_order(threes, style.period)
            style = style._replace(**{name: order})
            if not order and not all(_only_order(*three) for three in threes):
                doubt = 'date_order'
    if not doubt and not style.period[0] and any(
            _NO_YEAR.fullmatch(_western_digits(value)) for value in values if '月' in value):
        doubt = 'year_missing'
    return style, doubt


def _find_order(threes, period):
    """The order of day, month and year that a column's cells have in common, or ''."""
    found = []
    for order in _ORDERS:
        days = [_ordered(first, second, third, order) for first, _sign, second, third in threes]
        good = [day for day, three in zip(days, threes, strict=True) if _likely(day, three[3])]
        outside = sum(not period[0] <= day <= period[1] for day in good) if period[0] else 0
        span = (max(good) - min(good)).days if good else 0
        found.append((len(days) - len(good), outside, span, order, days))
    found.sort(key=lambda item: item[:3])
    best, second = found[:2]
    if best[0] > len(threes) / 5:
        return ''
    if best[:2] != second[:2]:
        # one cell more or less may be a typing error; then the rest has to be clear as well
        return best[3] if second[0] + second[1] - best[0] - best[1] > len(threes) / 10 else ''
    if best[4] == second[4]:
        return best[3]
    clear = len(set(threes)) > 2 and (best[2] + 1) * 4 <= second[2] + 1
    # where nothing else speaks, the year of two figures comes first, as China writes
    return best[3] if clear or (best[3] == 'ymd' and best[2] <= second[2]) else ''


# === NUMBERS === #

_NUMBER = re.compile(r'([+-]?)((?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d*)?|\.\d+)(-?)\s*([^\d.,%+()-]*)')
_CURRENCY = re.compile(r'^(?:¥|￥|\$|rmb|cny)|¥', re.I)


def parse_number(text):
    """A quantity or an amount.

    Understands thousands separators, currency signs, brackets, signs before and behind for negative
    numbers, full-width digits and a unit behind the number.

    :param str text: the cell
    :return: tuple (Decimal or None, unit text); None when it is no number
    """
    if len(text) > LONGEST:
        return None, ''
    value = _CURRENCY.sub('', _SPACES.sub('', plain(text)))
    negative = value.startswith('(') and value.endswith(')')
    if negative:
        value = _CURRENCY.sub('', value[1:-1])
    if value[:1] in ('负', '△', '▲'):
        value = '-' + value[1:]
    if value[:1] in '+-':
        value = value[:1] + _CURRENCY.sub('', value[1:])
    match = _NUMBER.fullmatch(value)
    if not match:
        return None, ''
    sign, digits, trailing, unit = match.groups()
    if unit[:1] in ('万', '亿', 'e', 'E'):  # 1.2万 is a rounded figure, 1e5 an accident of formats
        return None, ''
    # \d takes the digits of all scripts, and so does Decimal
    number = Decimal(digits.replace(',', ''))
    if number > LARGEST:
        return None, ''
    minus = (sign == '-') + bool(trailing) + negative
    if minus > 1:
        return None, ''
    return -number if minus else number, '' if unit in ('元', '元整') else unit


# === PRODUCTS === #

# no unit is made of two others: else texts of thousand units would be tried in all ways
_SPEC_UNIT = (r'(?:mmol|mcg|μg|mg|kg|ml|iu|mm|cm|万单位|单位|万iu|万u|[gltsuμ%]'
              r'|片|粒|支|丸|袋|瓶|枚|贴|板|盒|包|吸|喷|揿|毫克|毫升|克|升)')
_SPEC = (r'\d+(?:\.\d+)?\s*' + _SPEC_UNIT
         + r'(?:[\s*×xX:/,+~()\[\]-]|\d|\.|' + _SPEC_UNIT + r')*')
SPECIFICATION = re.compile(_SPEC, re.I)
_SPEC_START = re.compile(r'(?<![\d.])\d')
_SPEC_END = re.compile(r'(' + _SPEC + r')[\])】]*', re.I)
_HAN = re.compile(r'[\u4e00-\u9fff]')


def split_product(text):
    """Name and specification where a cell holds both.

    :param str text: such as 阿托伐他汀钙片10mg*14片
    :return: tuple (name, specification); the specification is '' where none stands at the end
    """
    value = plain(text)
    for start in _SPEC_START.finditer(value[:LONGEST]):
        name = value[:start.start()].rstrip(' ([【*-')
        match = _SPEC_END.fullmatch(value, start.start()) if len(value) <= LONGEST else None
        if match and len(name) > 1 and _HAN.search(name):
            spec = match[1].strip()
            return name, spec.rstrip(')') if spec.count(')') > spec.count('(') else spec
    return text.strip(), ''
