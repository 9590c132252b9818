"""Find the flow rows in the sheets of a distributor's file, whatever else stands around them.

How to use
    flow = read_flow(sheets)            # sheets of pharma_crm.tools.sheets.read_workbook
    for row in flow.rows: ...           # FlowRow, one per data row, faulty ones included
    wrong = [total for total in flow.totals if not total.ok]

How it works
    Per sheet, ``flow_layout`` says where the header stands and which column holds what; what stands
    above it is title. Below it, every row is either data or has a reason for being none: blank,
    total, subtotal, signature, note, repeated header. Data rows are parsed cell by cell; what
    cannot be parsed gives the row a reason, never an end to the file. Nothing is guessed: where
    several columns could be meant, FlowError asks; raw texts stay beside the parsed values.

No Odoo imports: testable alone.
"""

import datetime
import re
from collections import Counter
from dataclasses import replace
from operator import itemgetter
from typing import NamedTuple

from .flow_answers import answer_layout
from .flow_changes import Finding
from .flow_headings import find_columns, is_header
from .flow_layout import find_layout, recall
from .flow_totals import TotalsCheck
from .flow_values import NO_NUMBER, parse_number, plain, read_day, split_product, word
from .flow_words import (
    PURCHASE_WORDS,
    RETURN_WORDS,
    SALE_WORDS,
    SIGNATURE_WORDS,
    STOCK_WORDS,
    SUBTOTAL_WORDS,
    TOTAL_WORDS,
)

# Data rows that are not read are listed up to this number, and counted beyond.
SKIPPED_LISTED = 200
# Columns whose merged cells mean every row that they span; figures are those of one row.
_SPREAD = ('customer', 'supplier', 'customer_code', 'date', 'document', 'product', 'product_code',
           'spec', 'unit', 'maker', 'kind', 'source', 'approval')

_PERIOD = re.compile(r'(\d{4}\D\d{1,2}\D\d{1,2}\s*日?).{0,12}?(?:至|到|-|~|—|–)\s*.{0,6}?'
                     r'(\d{4}\D\d{1,2}\D\d{1,2})')
_MONTH = re.compile(r'(?<!\d)(20\d\d)\s*(?:年|[-./])?\s*(1[0-2]|0?[1-9])'
                    r'(?:\s*月|(?!\d|\s*[-./年]\s*\d))')
# Days on which a file was made, and not those that it reports.
_MADE = re.compile('打印|制表|制单|导出|生成')
# Tables below each other in one sheet, each with other headings.
MAX_BLOCKS = 50
# Rows by which such a table is judged.
_BLOCK_SAMPLE = 500


class FlowRow(NamedTuple):
    """One data row; up to ``date_precision`` in the order of the columns in the database."""

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
    date_precision: str = ''  # 'day', or 'month' where the file says no more; '' without a date
    product_name: str = ''  # without the specification that is glued to raw_product
    specification: str = ''  # raw_spec, or what was glued to raw_product
    approval_number: str = ''
    source: str = ''  # warehouse or branch that reports


#: the part of FlowRow that is stored as it is
STORED_FIELDS = FlowRow._fields[:FlowRow._fields.index('date_precision') + 1]


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
    totals: list  # of flow_totals.Total: what the file states, and what its rows sum up to
    layouts: dict  # name of the sheet -> flow_layout.Layout, with its findings


#: why a data row is faulty
REASONS = (
    'customer_missing', 'product_missing', 'date_missing', 'date_invalid', 'quantity_missing',
    'quantity_invalid', 'price_invalid', 'amount_invalid',
)
#: why a row is no data
SKIP_REASONS = ('title', 'header', 'blank', 'total', 'subtotal', 'signature', 'note', 'no_header',
                'ignored')


class FlowError(Exception):
    """A file without flow rows, or one that has to be asked about.

    ``reason`` is 'no_header', 'no_rows', or 'unsure': then ``layouts`` are those of all sheets by
    name, and the doubts of at least one of them want an answer.
    """

    def __init__(self, reason, sheet_name='', found=(), layouts=None):
        super().__init__(f"{reason} {sheet_name}".strip())
        self.reason = reason
        self.sheet_name = sheet_name
        #: fields that were found in the row most like a header
        self.found = tuple(found)
        self.layouts = layouts or {}


# === PERIOD === #

def find_period(texts):
    """The period that a title names, such as 2026-01-01 至 2026-07-31.

    :return: tuple of two dates, or (None, None)
    """
    for text in texts:
        match = _PERIOD.search(plain(text))
        if match:
            first, last = (read_day(part) for part in match.groups())
            if first and last and first[0] <= last[0]:
                return first[0], last[0]
    return None, None


def find_month(texts):
    """The month that a title or a name of a file names, as a period: 2026年1月流向, 202601.

    It tells what dates without a year mean; what is outside of it may still be right.

    :return: tuple of two dates, or (None, None)
    """
    for text in texts:
        match = _MONTH.search(plain(text))
        if match and not _MADE.search(text):
            first = datetime.date(int(match[1]), int(match[2]), 1)
            after = (first + datetime.timedelta(days=31)).replace(day=1)
            return first, after - datetime.timedelta(days=1)
    return None, None


def _find_days(sheet, name):
    """The period that a sheet or the file's name tells, exactly or as a month."""
    titles = [text for row in sheet.rows[:20] for text in row if text]
    days = find_period(titles)
    return days if days[0] else find_month([*titles[:10], sheet.name, name])


# === FILE === #

def read_flow(sheets, kind=None, *, layouts=(), known=frozenset(), period=(None, None), name='',
              answers=None):
    """All data rows of a file.

    :param sheets: list of pharma_crm.tools.sheets.Sheet
    :param str kind: 'sale', 'purchase' or 'stock' where it is known; else each sheet tells
    :param layouts: remembered flow_layout.Layouts of the distributor
    :param known: names of products, as ``flow_values.word()`` writes them
    :param tuple period: (first, last) day where they are known
    :param str name: of the file; it may name the month
    :param dict answers: name of a sheet -> what a person said about it, see ``flow_answers``
    :rtype: Flow
    :raise FlowError: when no sheet has a header, none has a row below it, or it is not sure which
        column is what
    """
    answers = answers or {}
    found = _find_layouts(sheets, kind, layouts, known, period, name, answers)
    by_name = {sheet.name: layout for sheet, layout in found if layout}
    for sheet, layout in found:
        if layout and layout.doubts:
            raise FlowError('unsure', sheet.name, layout.columns, by_name)
    flow = Flow([], Counter(), [], [None, None], [], by_name)
    for sheet, layout in found:
        if layout is None or layout.kind == 'ignored':
            reason = 'ignored' if layout else 'no_header'
            for number, row in enumerate(sheet.rows, start=1):
                if any(row):
                    _skip(flow, sheet, number, reason, row)
        else:
            told = layout.kind if sheet.name in answers else kind
            SheetReader(flow, sheet, layout, told or layout.kind).read_rows()
    if not flow.rows:
        raise FlowError('no_rows', sheets[0].name)
    return flow


def _find_layouts(sheets, kind, layouts, known, period, name, answers):
    """How each sheet is to be read; parameters as of ``read_flow``.

    :return: list of (sheet, flow_layout.Layout or None)
    :raise FlowError: when no sheet has a header
    """
    likest, first_without, found = (), '', []
    for sheet in sheets:
        days = tuple(period) if period[0] else _find_days(sheet, name)
        layout, fields = find_layout(sheet, known=known, period=days, kind=kind)
        if sheet.name in answers:
            layout = answer_layout(
                sheet, layout, answers[sheet.name], known=known, period=days)
        else:
            layout = recall(layouts, sheet, layout, known=known, period=days) or layout
        if layout is None and not any(other for _sheet, other in found):
            if len(fields) >= len(likest):
                likest, first_without = fields, sheet.name
        found.append((sheet, layout))
    if not any(layout for _sheet, layout in found):
        raise FlowError('no_header', first_without, likest)
    return found


def _skip(flow, sheet, number, reason, row):
    flow.skipped[reason] += 1
    if reason != 'blank' and len(flow.skipped_rows) < SKIPPED_LISTED:
        text = ' '.join(cell for cell in row if cell)
        flow.skipped_rows.append(Skipped(sheet.name, number, reason, text[:80]))


# === SHEET === #

class SheetReader:
    """Reads the rows of one sheet into a Flow."""

    def __init__(self, flow, sheet, layout, kind):
        self.flow = flow
        self.sheet = sheet
        self.layout = layout
        self.parser = RowParser(sheet.name, layout, kind)
        self.totals = self._make_totals()
        #: rows above the data, which come again on every page
        self.titles = {tuple(filter(None, row)) for row in sheet.rows[:layout.header + 1]} - {()}
        self.headings = self._heading_rows()
        self.labels = {}
        self.blocks = {}

    def _make_totals(self):
        columns = self.layout.columns
        return TotalsCheck(self.sheet.name, {
            name: columns[name] for name in ('quantity', 'amount') if name in columns})

    def _heading_rows(self):
        header = self.layout.header
        return {tuple(map(word, filter(None, row)))
                for row in self.sheet.rows[max(0, header - 1):header + 1]
                if sum(map(bool, row)) > 1}

    def read_rows(self):
        sheet, flow, header = self.sheet, self.flow, self.layout.header
        for number, row in enumerate(sheet.rows[:header + 1], start=1):
            if any(row):
                last = number == header + 1 and any(self.layout.headings)
                _skip(flow, sheet, number, 'header' if last else 'title', row)
        if flow.period[0] is None:
            flow.period[:] = find_period(
                text for row in sheet.rows[:max(header, 0)] for text in row if text)
        spread = self._spread_cells()
        parse, add = self.parser.parse, self.totals.add
        for index in range(header + 1, len(sheet.rows)):
            row = sheet.rows[index]
            kinds = sheet.kinds[index]
            if index in spread:
                row, kinds = self._fill(row, kinds, spread[index])
            parsed = parse(index + 1, row, kinds)
            if parsed.reason or self._is_label(parsed.raw_product or parsed.raw_product_code):
                reason = self._skip_reason(index, row, parsed)
                if reason:
                    _skip(flow, sheet, index + 1, reason, row)
                    parse, add = self.parser.parse, self.totals.add  # a new block may have begun
                    continue
            flow.rows.append(parsed)
            add(parsed.quantity, parsed.amount)
        flow.totals.extend(self.totals.finish())

    def _is_label(self, product):
        """Whether a row of totals has its label where the product should be."""
        found = self.labels.get(product)
        if found is None:
            label = word(product)
            found = self.labels[product] = bool(
                TOTAL_WORDS.fullmatch(label) or SUBTOTAL_WORDS.fullmatch(label))
        return found

    def _spread_cells(self):
        """Cells that a merged cell above reaches into: row -> list of (column, row of the text)."""
        columns = {self.layout.columns[name] for name in _SPREAD if name in self.layout.columns}
        spread = {}
        for top, left, bottom, _right in self.sheet.merges:
            if left in columns and bottom > top > self.layout.header:
                for index in range(top + 1, min(bottom + 1, len(self.sheet.rows))):
                    spread.setdefault(index, []).append((left, top))
        return spread

    def _fill(self, row, kinds, cells):
        row, kinds = list(row), list(kinds)
        for column, top in cells:
            if not row[column]:
                row[column] = self.sheet.rows[top][column]
                kinds[column] = self.sheet.kinds[top][column]
        return tuple(row), kinds

    def _skip_reason(self, index, row, parsed):
        """Why a row is no data, or None; totals are checked, a new header begins a new block."""
        reason = skip_reason(row, parsed)
        if reason in ('note', 'signature') and 'rows' in self.totals.stated(row):
            reason = 'total'  # 共3条记录
        if reason in ('total', 'subtotal'):
            self.totals.state(index + 1, reason, row)
            return reason
        if reason == 'blank':
            return reason
        filled = tuple(filter(None, row))
        if filled in self.titles:
            return 'header' if tuple(map(word, filled)) in self.headings else 'title'
        if tuple(map(word, filled)) in self.headings:
            return 'header'
        if reason or parsed.quantity is not None:
            if not reason and self._is_unlabelled_total(parsed, row):
                self.totals.state(index + 1, 'total', row)
                return 'total'
            return reason
        columns = find_columns(row)
        if is_header(columns):
            if columns != self.layout.columns:
                self._start_block(index, filled)
            return 'header'
        return None

    def _is_unlabelled_total(self, parsed, row):
        """A last row of sums alone, which some systems write without a word."""
        named = (parsed.raw_product or parsed.raw_product_code or parsed.raw_customer
                 or parsed.raw_date or parsed.lot)
        return not named and self.totals.is_sum(row)

    def _start_block(self, index, headings):
        """Another table below, with other columns."""
        layout = self.blocks.get(headings)
        if layout is None:
            last = index + _BLOCK_SAMPLE
            part = self.sheet._replace(
                rows=self.sheet.rows[index:last], kinds=self.sheet.kinds[index:last], merges=())
            layout, _found = find_layout(part, period=self.layout.style.period)
            if len(self.blocks) >= MAX_BLOCKS:
                layout = replace(layout, findings=(Finding('many_tables', True, {}),))
            self.blocks[headings] = layout
        if layout.doubts:
            raise FlowError('unsure', self.sheet.name, layout.columns, {self.sheet.name: layout})
        self.flow.totals.extend(self.totals.finish())
        self.layout = layout
        self.totals = self._make_totals()
        self.parser = RowParser(self.sheet.name, layout, layout.kind)
        self.headings = {tuple(map(word, filter(None, row)))
                         for row in self.sheet.rows[index:index + layout.header + 1]}


def skip_reason(row, parsed):
    """Why a row that is no complete data is no data at all, by its own words.

    :param tuple row: its cells
    :param FlowRow parsed: what the columns gave
    :return: one of SKIP_REASONS, or None for a data row with a fault
    """
    filled = [cell for cell in row if cell]
    if not filled:
        return 'blank'
    # A data row names a product and its quantity; what lacks one of them may be something else
    if (parsed.raw_product or parsed.raw_product_code) and parsed.raw_quantity:
        labels = [word(parsed.raw_product), word(parsed.raw_customer)]
        if not parsed.raw_product:
            labels.append(word(parsed.raw_product_code))
        if not any(TOTAL_WORDS.fullmatch(label) or SUBTOTAL_WORDS.fullmatch(label)
                   for label in labels):
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


# === ROWS === #

class RowParser:
    """Turns rows of one sheet into FlowRow; remembers what it parsed, since values come again."""

    def __init__(self, sheet_name, layout, kind):
        self.sheet_name = sheet_name
        self.kind = kind
        self.style = layout.style
        self.unit = layout.unit
        columns = layout.columns
        party = 'supplier' if kind == 'purchase' and 'supplier' in columns else 'customer'
        fields = (
            party, 'customer_code', 'product', 'product_code', 'spec', 'unit', 'maker', 'date',
            'quantity', 'price', 'amount', 'document', 'lot', 'kind', 'approval', 'source')
        # the cells of these fields in this order; a missing column is the '' behind the row
        self._pick = itemgetter(*(columns.get(field, -1) for field in fields))
        self.has_date = 'date' in columns
        self.date_column = columns.get('date', -1)
        self._dates, self._numbers, self._kinds = {}, {'': (None, '')}, {'': (kind, False)}
        self._products = {}

    def parse(self, number, row, kinds):
        """:return: FlowRow of the row with this number; ``reason`` tells what is wrong"""
        (customer, customer_code, product, product_code, spec, unit, maker, raw_date, raw_quantity,
         raw_price, raw_amount, document, lot, raw_kind, approval, source) = self._pick((*row, ''))
        kind, is_return = self._kind(raw_kind)
        day, precision = self._date(raw_date, kinds[self.date_column] if raw_date else 't')
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
        elif raw_amount and amount is None and raw_amount.casefold() not in NO_NUMBER:
            reason = 'amount_invalid'
        elif raw_price and price is None and raw_price.casefold() not in NO_NUMBER:
            reason = 'price_invalid'
        product_name, specification = (product, spec) if spec else self._split(product)
        return FlowRow(
            self.sheet_name, number, kind, customer, customer_code, product, product_code, spec,
            unit or quantity_unit or self.unit, maker, raw_date, raw_quantity, raw_price,
            raw_amount, document, lot, day, quantity, price, amount, reason, precision,
            product_name, specification, approval, source)

    def _date(self, text, kind):
        if not text:
            return None, ''
        key = text, kind
        if key not in self._dates:
            self._dates[key] = read_day(text, kind, self.style) or (None, '')
        return self._dates[key]

    def _number(self, text):
        if text not in self._numbers:
            self._numbers[text] = parse_number(text)
        return self._numbers[text]

    def _split(self, product):
        if product not in self._products:
            self._products[product] = split_product(product)
        return self._products[product]

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
