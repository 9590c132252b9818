"""Cells as text and kind, and the way rows take to the parent. See the package's docstring."""

import datetime
import json
import math
import re
from decimal import Decimal

# More cells than this do not come from a list that people work with.
MAX_CELLS = 10_000_000
MAX_TEXT = 400 * 1024 * 1024
MAX_MERGES = 200_000
# Rows and characters that travel in one line of the answer: enough to be quick, few enough to be
# small.
BLOCK = 2000
BLOCK_TEXT = 2_000_000
# As long as a text of Excel may be.
MAX_CELL = 32_767
# Control characters and halves of surrogate pairs: no database stores them.
JUNK = re.compile('[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]')
FORMULA_TEXT = re.compile(r'="([^"]*)"')
EXCEL_ERRORS = {
    0x00: '#NULL!', 0x07: '#DIV/0!', 0x0F: '#VALUE!', 0x17: '#REF!', 0x1D: '#NAME?', 0x24: '#NUM!',
    0x2A: '#N/A',
}
_ERROR_TEXTS = frozenset(EXCEL_ERRORS.values())


class Refused(Exception):
    """The file is understood and cannot be read: reason and detail."""


def clean(text):
    """A text cell: without junk and white space around, and without the apostrophe that marks
    numbers as text."""
    if not text.isprintable():
        text = JUNK.sub('', text)
    if len(text) > MAX_CELL:
        text = text[:MAX_CELL]
    if text.startswith("'") and len(text) > 1:
        text = text[1:]
    return text.strip()


def number_text(value):
    """Shortest form of a number, as Excel's own 15 digits say it, never with an exponent."""
    if value.is_integer() and abs(value) < 1e16:
        return str(int(value))
    return format(Decimal(format(value, '.15g')), 'f')


def date_text(moment):
    if (moment.hour, moment.minute, moment.second) == (0, 0, 0):
        return moment.strftime('%Y-%m-%d') if moment.year > 999 else moment.isoformat()[:10]
    return moment.isoformat(sep=' ', timespec='seconds')[:19]


def cell(value):
    """Text and kind of a value as python-calamine gives it.

    :return: tuple (text, one letter)
    """
    if isinstance(value, str):
        text = clean(value)
        if text in _ERROR_TEXTS:
            return text, 'e'
        return text, 't' if text else ' '
    if value is None:
        return '', ' '
    if isinstance(value, bool):
        return 'TRUE' if value else 'FALSE', 'b'
    if isinstance(value, int):
        return str(value), 'n'
    if isinstance(value, float):
        return (number_text(value), 'n') if math.isfinite(value) else (str(value), 'e')
    if isinstance(value, datetime.datetime):
        return date_text(value), 'd'
    if isinstance(value, datetime.date):
        return value.isoformat(), 'd'
    if isinstance(value, datetime.time):
        return value.isoformat(timespec='seconds'), 'd'
    return clean(str(value)), 't'  # durations


def cells(values, known):
    """Texts and letters of one row; ``known`` keeps what was worked out, since values come again.

    :param values: a row of python-calamine
    :param dict known: (class, value) -> (text, letter)
    :return: tuple (list of texts, text of letters)
    """
    row, letters = [], []
    for value in values:
        key = value.__class__, value
        pair = known.get(key)
        if pair is None:
            pair = known[key] = cell(value)
        row.append(pair[0])
        letters.append(pair[1])
    if len(known) > 500_000:
        known.clear()
    return row, ''.join(letters)


class Writer:
    """Sends sheets to the parent, a block of rows at a time, and counts what they hold.

    ``sheet()`` begins one, ``row()`` adds to it. Blank rows are held back until another follows, a
    sheet without content is not even begun, so nothing behind the last row is sent.
    """

    def __init__(self, out):
        self.out = out
        self.count = self.cells = self.length = 0  # sheets, cells, bytes
        self.date1904 = False
        self._head = None
        self._rows, self._kinds = [], []
        self._blank = self._text = 0

    def send(self, *parts):
        line = json.dumps(parts, ensure_ascii=False, separators=(',', ':')).encode() + b'\n'
        self.length += len(line)
        if self.length > MAX_TEXT:
            raise Refused('too_large', f"more than {MAX_TEXT} bytes of text")
        self.out.write(line)

    def sheet(self, name, merges=()):
        """Begin a sheet.

        :param merges: lists [first row, first column, last row, last column], counted from 0
        """
        self.flush()
        self._head = 'sheet', clean(name), list(merges)[:MAX_MERGES], self.date1904
        self._blank = 0

    def row(self, texts, letters):
        """Take one row of the sheet: list of texts, and as many letters."""
        if not letters or letters.isspace():
            self._blank += 1
            return
        if self._head:
            self.send(*self._head)
            self._head = None
            self.count += 1
        if self._blank:
            self.cells += self._blank
            self._check_cells()
            for _index in range(self._blank):
                self._append([], '')
            self._blank = 0
        self._append(texts, letters)
        self._text += sum(map(len, texts))
        if self._text > BLOCK_TEXT:
            self.flush()

    def _append(self, texts, letters):
        self._rows.append(texts)
        self._kinds.append(letters)
        if len(self._rows) >= BLOCK:
            self.flush()

    def flush(self):
        """Send the block, its rows brought to one width."""
        if not self._rows:
            return
        rows, kinds = self._rows, self._kinds
        width = max(len(letters.rstrip()) for letters in kinds)
        self.cells += width * len(rows)
        self._check_cells()
        for index, row in enumerate(rows):
            missing = width - len(row)
            if missing < 0:
                rows[index], kinds[index] = row[:width], kinds[index][:width]
            elif missing:
                rows[index] = [*row, *[''] * missing]
                kinds[index] += ' ' * missing
        self.send('rows', width, rows, kinds)
        self._rows, self._kinds, self._text = [], [], 0

    def _check_cells(self):
        if self.cells > MAX_CELLS:
            raise Refused('too_large', f"more than {MAX_CELLS} cells")

    def texts(self, name, rows, merges=()):
        """Take a sheet of which every cell is text.

        :param rows: lists of text
        """
        self.sheet(name, merges)
        known = {}
        for row in rows:
            values = []
            for value in row:
                text = known.get(value)
                if text is None:
                    formula = FORMULA_TEXT.fullmatch(value) if value[:2] == '="' else None
                    text = known[value] = clean(formula.group(1) if formula else value)
                values.append(text)
            self.row(values, ''.join(['t' if value else ' ' for value in values]))
            if len(known) > 500_000:
                known.clear()
