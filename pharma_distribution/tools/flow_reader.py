"""Find the flow rows in the sheets of a distributor's file, whatever else stands around them.

How to use
    flow = read_flow(sheets)            # sheets of pharma_crm.tools.sheets.read_workbook
    for row in flow.rows: ...           # FlowRow, one per data row, faulty ones included

How it works
    Per sheet, the header is the first row in which a product, a quantity and another column are
    found by known words (``flow_words``); what stands above it is title. Below it, every row is
    either data or has a reason for being none: blank, total, subtotal, signature, note, repeated
    header. Data rows are parsed cell by cell; what cannot be parsed gives the row a reason, never
    an end to the file. Nothing is guessed: raw texts stay beside the parsed values.

No Odoo imports: testable alone.
"""

import datetime
import re
import unicodedata
from collections import Counter
from decimal import Decimal, InvalidOperation
from typing import NamedTuple

from .flow_words import (
    COLUMN_WORDS,
    PURCHASE_WORDS,
    RETURN_WORDS,
    SALE_WORDS,
    SIGNATURE_WORDS,
    STOCK_WORDS,
    SUBTOTAL_WORDS,
    TOTAL_WORDS,
)

# The header stands within the first rows that hold anything.
HEADER_SEARCH_ROWS = 60
# Data rows that are not read are listed up to this number, and counted beyond.
SKIPPED_LISTED = 200
FIRST_YEAR, LAST_YEAR = 1990, 2099
# A quantity or an amount beyond this is a typing error (and would not fit the column).
LARGEST = Decimal(10) ** 12

_EPOCH = datetime.date(1899, 12, 30)
_BRACKETS = re.compile(r'[(\[【〔{].*?[)\]】〕}]')
_SPACES = re.compile(r'\s+')
_DATE = re.compile(r'(\d{4}|\d{2})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*[日号]?(?!\d)')
_COMPACT_DATE = re.compile(r'(\d{4})(\d{2})(\d{2})(?:\s*\d{2}:?\d{2}(?::?\d{2})?)?')
_CHINESE_DIGITS = str.maketrans('〇零○一二三四五六七八九', '000123456789')
_NUMBER = re.compile(r'([+-]?)((?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d*)?|\.\d+)(-?)\s*([^\d.,%+()-]*)')
_PERIOD = re.compile(r'(\d{4}\D\d{1,2}\D\d{1,2}\s*日?).{0,12}?(?:至|到|-|~|—|–)\s*.{0,6}?'
                     r'(\d{4}\D\d{1,2}\D\d{1,2})')


class FlowRow(NamedTuple):
    """One data row; the order is that of the columns that are copied into the database."""

    sheet_name: str
    row_number: int
    kind: str  # sale, purchase, stock
    raw_customer: str
    raw_customer_code: str
    raw_product: str
    raw_product_code: str
    raw_spec: str
    raw_unit: str
    raw_maker: str
    raw_date: str
    raw_quantity: str
    raw_price: str
    raw_amount: str
    document_number: str
    lot: str
    date: object  # datetime.date or None
    quantity: object  # Decimal in the file's unit, or None; returns are negative
    price: object  # Decimal or None
    amount: object  # Decimal or None
    reason: str  # '' or why the row is faulty, see REASONS


class Skipped(NamedTuple):
    """A row below the header that is no data."""

    sheet_name: str
    row_number: int
    reason: str  # see SKIP_REASONS
    text: str  # what stands in it, shortened


class Flow(NamedTuple):
    rows: list  # of FlowRow
    skipped: Counter  # reason -> number of rows
    skipped_rows: list  # of Skipped, the first SKIPPED_LISTED that are not blank
    period: tuple  # (first, last) date that a title names, or (None, None)


class Layout(NamedTuple):
    header: int  # index of the header row
    columns: dict  # field -> index of the column
    kind: str


#: why a data row is faulty
REASONS = (
    'customer_missing', 'product_missing', 'date_missing', 'date_invalid', 'quantity_missing',
    'quantity_invalid', 'price_invalid', 'amount_invalid',
)
#: why a row is no data
SKIP_REASONS = ('title', 'header', 'blank', 'total', 'subtotal', 'signature', 'note', 'no_header')


class FlowError(Exception):
    """A file without flow rows: ``reason`` is 'no_header' or 'no_rows', in ``sheet_name``."""

    def __init__(self, reason, sheet_name='', found=()):
        super().__init__(f"{reason} {sheet_name}".strip())
        self.reason = reason
        self.sheet_name = sheet_name
        #: fields that were found in the row most like a header
        self.found = tuple(found)


# === TEXTS, DATES, NUMBERS === #

def plain(text):
    """NFKC and without white space at the ends: full-width digits and signs become usual ones."""
    if text.isascii():
        return text.strip()
    return unicodedata.normalize('NFKC', text).replace('\u2212', '-').replace('—', '-').strip()


def word(text):
    """A heading or a label as it is compared: no brackets with content, no spaces, no colon."""
    bare = _BRACKETS.sub('', plain(text)) or plain(text)
    return _SPACES.sub('', bare).strip(':*.-_/').casefold()


def parse_date(text, kind='t'):
    """The day that a cell means.

    :param str text: the cell
    :param str kind: its kind, as ``sheets`` gives it
    :return: datetime.date, or None when it is no full date
    """
    if kind == 'd':
        try:
            return _checked_day(datetime.date.fromisoformat(text[:10]))
        except ValueError:
            return None
    value = plain(text)
    match = _DATE.match(value)
    if match:
        return _make_day(*match.groups())
    match = _COMPACT_DATE.fullmatch(value)
    if match:
        return _make_day(*match.groups())
    if re.fullmatch(r'\d{5}(\.\d+)?', value):
        # Excel's serial number of a day; five digits are 1927 to 2173
        return _checked_day(_EPOCH + datetime.timedelta(days=int(float(value))))
    if any(sign in value for sign in '年月'):
        match = _DATE.match(_western_digits(value))
        if match:
            return _make_day(*match.groups())
    return None


def _make_day(year, month, day):
    number = int(year)
    try:
        return _checked_day(
            datetime.date(number + 2000 if len(year) == 2 else number, int(month), int(day)))
    except ValueError:
        return None


def _checked_day(day):
    return day if FIRST_YEAR <= day.year <= LAST_YEAR else None


def _western_digits(text):
    """二〇二六年十一月二十日 -> 2026年11月20日"""
    def tens(match):
        before, after = match.groups()
        return (before or '一') + (after or '〇')
    text = re.sub('([一二三四五六七八九])?十([一二三四五六七八九])?', tens, text)
    return text.translate(_CHINESE_DIGITS)


def parse_number(text):
    """A quantity or an amount.

    Understands thousands separators, currency signs, brackets or a trailing sign for negative
    numbers, full-width digits and a unit behind the number.

    :param str text: the cell
    :return: tuple (Decimal or None, unit text); None when it is no number
    """
    value = _SPACES.sub('', plain(text)).lstrip('¥￥$').strip()
    negative = value.startswith('(') and value.endswith(')')
    if negative:
        value = value[1:-1]
    match = _NUMBER.fullmatch(value.replace('¥', ''))
    if not match:
        return None, ''
    sign, digits, trailing, unit = match.groups()
    if unit[:1] in ('万', '亿', 'e', 'E'):  # 1.2万 is a rounded figure, 1e5 an accident of formats
        return None, ''
    try:
        number = Decimal(digits.replace(',', ''))
    except InvalidOperation:
        return None, ''
    if number > LARGEST:
        return None, ''
    if (sign == '-') + bool(trailing) + negative == 1:
        number = -number
    elif (sign == '-') + bool(trailing) + negative > 1:
        return None, ''
    return number, unit if unit != '元' else ''


# === LAYOUT === #

_RANKS = {}
for _field, _words in COLUMN_WORDS.items():
    for _rank, _word in enumerate(_words):
        _RANKS.setdefault(_word, []).append((_field, _rank))


def find_columns(headings):
    """Which column holds what.

    :param headings: texts of a header row
    :return: dict field -> index
    """
    best = {}
    for index, heading in enumerate(headings):
        for field, rank in _RANKS.get(word(heading), ()):
            if field not in best or rank < best[field][0]:
                best[field] = (rank, index)
    return {field: index for field, (_rank, index) in best.items()}


def _join_headings(high, low):
    """The heading of a column whose header is two rows high."""
    for heading in (low, high + low):
        if word(heading) in _RANKS:
            return heading
    return high or low


def _is_header(columns):
    has_product = 'product' in columns or 'product_code' in columns
    return has_product and 'quantity' in columns and len(columns) >= 3


def find_layout(sheet):
    """Where the header of a sheet stands and what its columns hold.

    :param sheet: pharma_crm.tools.sheets.Sheet
    :return: tuple (Layout or None, fields of the row most like a header)
    """
    searched, likest, above = 0, (), None
    for index, row in enumerate(sheet.rows):
        if not any(row):
            above = None
            continue
        searched += 1
        if searched > HEADER_SEARCH_ROWS:
            break
        columns = find_columns(row)
        if not _is_header(columns) and above and len(columns) >= 1:
            # Headings over two rows: the lower one counts, the upper one where that is empty
            columns = find_columns(map(_join_headings, above, row))
        if _is_header(columns):
            return Layout(index, columns, _find_kind(sheet, index, columns)), ()
        if len(columns) > len(likest):
            likest = tuple(columns)
        above = row
    return None, likest


_KIND_WORDS = (('sale', SALE_WORDS), ('purchase', PURCHASE_WORDS), ('stock', STOCK_WORDS))


def _find_kind(sheet, header, columns):
    """What the sheet reports: its own words decide, then its columns."""
    headings = sheet.rows[header]
    titles = ' '.join([sheet.name, *(text for row in sheet.rows[:header] for text in row if text)])
    marks = [headings[columns[field]] for field in ('quantity', 'date') if field in columns]
    for text in (titles, *marks):
        for kind, words in _KIND_WORDS:
            if words.search(text) and (kind != 'sale' or 'customer' in columns):
                return kind
    if 'supplier' in columns and 'customer' not in columns:
        return 'purchase'
    return 'sale' if {'customer', 'customer_code'} & set(columns) else 'stock'


def find_period(texts):
    """The period that a title names, such as 2026-01-01 至 2026-07-31.

    :return: tuple of two dates, or (None, None)
    """
    for text in texts:
        match = _PERIOD.search(plain(text))
        if match:
            first, last = (parse_date(part) for part in match.groups())
            if first and last and first <= last:
                return first, last
    return None, None


# === ROWS === #

def read_flow(sheets, kind=None):
    """All data rows of a file.

    :param sheets: list of pharma_crm.tools.sheets.Sheet
    :param str kind: 'sale', 'purchase' or 'stock' where it is known; else each sheet tells
    :rtype: Flow
    :raise FlowError: when no sheet has a header, or none has a row below it
    """
    flow = Flow([], Counter(), [], [None, None])
    likest, first_without = (), ''
    with_header = 0
    for sheet in sheets:
        layout, found = find_layout(sheet)
        if layout is None:
            if not with_header and len(found) >= len(likest):
                likest, first_without = found, sheet.name
            for number, row in enumerate(sheet.rows, start=1):
                if any(row):
                    _skip(flow, sheet, number, 'no_header', row)
            continue
        with_header += 1
        _read_sheet(flow, sheet, layout, kind or layout.kind)
    if not with_header:
        raise FlowError('no_header', first_without, likest)
    if not flow.rows:
        raise FlowError('no_rows', sheets[0].name)
    return flow


def _skip(flow, sheet, number, reason, row):
    flow.skipped[reason] += 1
    if reason != 'blank' and len(flow.skipped_rows) < SKIPPED_LISTED:
        text = ' '.join(cell for cell in row if cell)
        flow.skipped_rows.append(Skipped(sheet.name, number, reason, text[:80]))


def _read_sheet(flow, sheet, layout, kind):
    for number, row in enumerate(sheet.rows[:layout.header + 1], start=1):
        if any(row):
            _skip(flow, sheet, number, 'header' if number == layout.header + 1 else 'title', row)
    if flow.period[0] is None:
        flow.period[:] = find_period(
            text for row in sheet.rows[:layout.header] for text in row if text)
    parser = RowParser(sheet.name, layout, kind)
    heading = sheet.rows[layout.header]
    for index in range(layout.header + 1, len(sheet.rows)):
        row = sheet.rows[index]
        parsed = parser.parse(index + 1, row, sheet.kinds[index])
        if parsed.reason:
            reason = skip_reason(row, parsed, heading)
            if reason:
                _skip(flow, sheet, index + 1, reason, row)
                continue
        flow.rows.append(parsed)


def skip_reason(row, parsed, heading):
    """Why a row that is no complete data is no data at all.

    :param tuple row: its cells
    :param FlowRow parsed: what the columns gave
    :param tuple heading: cells of the header row
    :return: one of SKIP_REASONS, or None for a data row with a fault
    """
    filled = [cell for cell in row if cell]
    if not filled:
        return 'blank'
    if row == heading:
        return 'header'
    # A data row names a product and its quantity; what lacks one of them may be something else
    if (parsed.raw_product or parsed.raw_product_code) and parsed.raw_quantity:
        labels = [word(parsed.raw_product), word(parsed.raw_customer)]
        if not any(TOTAL_WORDS.fullmatch(label) for label in labels):
            return None
    labels = [word(cell) for cell in filled[:4]]
    if any(SUBTOTAL_WORDS.search(label) for label in labels):
        return 'subtotal'
    if any(TOTAL_WORDS.search(label) for label in labels):
        return 'total'
    if parsed.quantity is None:
        if any(SIGNATURE_WORDS.search(label) for label in labels):
            return 'signature'
        if len(filled) == 1:
            return 'note'
    return None


class RowParser:
    """Turns rows of one sheet into FlowRow; remembers what it parsed, since values come again."""

    def __init__(self, sheet_name, layout, kind):
        self.sheet_name = sheet_name
        self.kind = kind
        columns = layout.columns
        party = 'supplier' if kind == 'purchase' and 'supplier' in columns else 'customer'
        fields = (
            party, 'customer_code', 'product', 'product_code', 'spec', 'unit', 'maker', 'date',
            'quantity', 'price', 'amount', 'document', 'lot', 'kind')
        #: column of each field in this order; a missing one points behind the row
        self.columns = [columns.get(field, -1) for field in fields]
        self.has_date = 'date' in columns
        self._dates, self._numbers, self._kinds = {}, {'': (None, '')}, {'': (kind, False)}

    def parse(self, number, row, kinds):
        """:return: FlowRow of the row with this number; ``reason`` tells what is wrong"""
        (customer, customer_code, product, product_code, spec, unit, maker, raw_date, raw_quantity,
         raw_price, raw_amount, document, lot, raw_kind) = (
            row[column].strip() if column >= 0 else '' for column in self.columns)
        kind, is_return = self._kind(raw_kind)
        day = self._date(raw_date, kinds[self.columns[7]] if raw_date else 't')
        quantity, quantity_unit = self._number(raw_quantity)
        price, _unit = self._number(raw_price)
        amount, _unit = self._number(raw_amount)
        if is_return:
            # Returns count negative, also where the distributor's system marks them in words alone
            quantity = -abs(quantity) if quantity is not None else None
            amount = -abs(amount) if amount is not None else None
        if amount is None and not raw_amount and None not in (price, quantity):
            amount = price * quantity
        reason = ''
        if not (product or product_code):
            reason = 'product_missing'
        elif kind == 'sale' and not (customer or customer_code):
            reason = 'customer_missing'
        elif quantity is None:
            reason = 'quantity_invalid' if raw_quantity else 'quantity_missing'
        elif day is None and (raw_date or self.has_date or kind != 'stock'):
            reason = 'date_invalid' if raw_date else 'date_missing'
        elif raw_amount and amount is None:
            reason = 'amount_invalid'
        elif raw_price and price is None:
            reason = 'price_invalid'
        return FlowRow(
            self.sheet_name, number, kind, customer, customer_code, product, product_code, spec,
            unit or quantity_unit, maker, raw_date, raw_quantity, raw_price, raw_amount, document,
            lot, day, quantity, price, amount, reason)

    def _date(self, text, kind):
        if not text:
            return None
        key = text, kind
        if key not in self._dates:
            self._dates[key] = parse_date(text, kind)
        return self._dates[key]

    def _number(self, text):
        if text not in self._numbers:
            self._numbers[text] = parse_number(text)
        return self._numbers[text]

    def _kind(self, text):
        """What a row is by its own words: 销售退回, 采购入库, …"""
        if text not in self._kinds:
            kind = self.kind
            if PURCHASE_WORDS.search(text):
                kind = 'purchase'
            elif SALE_WORDS.search(text):
                kind = 'sale'
            elif STOCK_WORDS.search(text):
                kind = 'stock'
            self._kinds[text] = kind, bool(RETURN_WORDS.search(text))
        return self._kinds[text]
