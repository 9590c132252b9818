"""Cells as text and kind, and the way rows take to the parent. See the package's docstring."""

import datetime
import json
import math
import re
from array import array
from decimal import Decimal

# More cells than this do not come from a list that people work with.
MAX_CELLS = 10_000_000
# Bytes of the answer. Longer texts that come again count again, since what is made of them grows;
# of short ones, as many as there may be cells are no more than this.
MAX_TEXT = 400 * 1024 * 1024
SHORT = 40
MAX_MERGES = 200_000
# Rows, bytes of their codes, and characters of new texts that are sent together: enough to be
# quick, few enough to be small.
BLOCK = 2000
BLOCK_TEXT = 2_000_000
# Texts that the parent keeps, and values whose texts are kept here: a file has some thousand names,
# or none that come again.
MAX_KNOWN = 300_000
# Letters of the kinds of cells, with the last three bits of their codes.
KINDS = {letter: number for number, letter in enumerate(' tndbe')}
# Bytes of a code.
SIZE = array('I').itemsize
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
_NUMBERS = (float, int, bool)


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


def text_or_blank(text):
    """A clean text and its kind."""
    return text, 't' if text else ' '


def cell(value):
    """Text and kind of a value as python-calamine gives it.

    :return: tuple (text, one letter)
    """
    if isinstance(value, str):
        text = clean(value)
        if text in _ERROR_TEXTS:
            return text, 'e'
        return text_or_blank(text)
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


def text_cell(value):
    """Text and kind of a cell of a text file, as ``cell`` gives them."""
    formula = FORMULA_TEXT.fullmatch(value) if value.startswith('="') else None
    text = clean(formula.group(1) if formula else value)
    return text, 't' if text else ' '


class Codes(dict):
    """Raw value -> code of its cell: values come again, so each is made text once.

    Two sorts of values are looked at each time: whole numbers, since True equals 1.0 and other
    classes have other texts, and long texts, since a small file may repeat one without end.
    """

    def __init__(self, writer, make):
        """
        :param make: function that gives text and letter of a value
        """
        super().__init__()
        self._writer = writer
        self._make = make
        self._add = writer.code
        self._watched = {}  # (class, value) -> code, length if that is counted

    def __missing__(self, value):
        known = self._watched.get((value.__class__, value)) if self._watched else None
        if known:
            code, length = known
            self._writer.count_text(length)
            return code
        text, letter = self._make(value)
        code = self._add(text, letter)
        if len(text) > SHORT:
            self._watched[value.__class__, value] = code, len(text.encode())
        elif value.__class__ in _NUMBERS and _is_ambiguous(value):
            self._watched[value.__class__, value] = code, 0
        else:
            self[value] = code
        return code

    def forget(self):
        self.clear()
        self._watched.clear()


def _is_ambiguous(number):
    """Whether a number equals another one that has another text or kind."""
    return isinstance(number, int) or number in (0, 1) or not abs(number) < 1e16


class Writer:
    """Sends sheets to the parent, a block of rows at a time, and counts what they hold.

    ``sheet()`` begins one, ``row()`` adds to it. Blank rows are held back until another follows, a
    sheet without content is not even begun, so nothing behind the last row is sent.

    Cells are sent as codes, which stand for a text and its kind. Each text is sent once, before the
    first block that has it, until there are too many of them: then all are forgotten on both sides.
    """

    def __init__(self, out):
        self.out = out
        self.count = self.cells = self.length = 0  # sheets, cells, bytes
        self.date1904 = False
        self._head = None
        self._rows = []  # codes as bytes, without the blanks at the end
        self._blank = self._size = 0
        self._codes = []
        self._forget()

    def _forget(self):
        self._known = 1  # number 0 is the empty cell
        self._texts, self._letters = [], []  # new ones
        self._is_anew = True
        for codes in self._codes:
            codes.forget()

    def codes(self, make):
        """What ``row()`` finds the codes of values by.

        :param make: function that gives text and letter of a value
        """
        codes = Codes(self, make)
        self._codes.append(codes)
        return codes

    def code(self, text, letter):
        """:return: a code for a text and the letter of its kind"""
        number = self._known
        self._known = number + 1
        self._texts.append(text)
        self._letters.append(letter)
        self._size += len(text)
        return number * 8 + KINDS[letter] if text else 0

    def send(self, *parts):
        line = json.dumps(parts, ensure_ascii=False, separators=(',', ':')).encode() + b'\n'
        self.count_text(len(line))
        self.out.write(line)

    def count_text(self, length):
        self.length += length
        if self.length > MAX_TEXT:
            raise Refused('too_large', f"more than {MAX_TEXT} bytes of text")

    def sheet(self, name, merges=()):
        """Begin a sheet.

        :param merges: lists [first row, first column, last row, last column], counted from 0
        """
        self.flush()
        self._head = 'sheet', clean(name), list(merges)[:MAX_MERGES], self.date1904
        self._blank = 0

    def row(self, values, codes, left=0):
        """Take one row of the sheet.

        :param values: raw, one per cell
        :param Codes codes: made by ``codes()``
        :param int left: blank cells before them
        """
        if self._known > MAX_KNOWN:
            self.flush()
            self._forget()
        row = array('I', map(codes.__getitem__, values)).tobytes().rstrip(b'\0')
        if not row:
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
                self._append(b'')
            self._blank = 0
        self._append(bytes(left * SIZE) + row if left else row)

    def _append(self, row):
        self._rows.append(row)
        self._size += len(row)
        if len(self._rows) >= BLOCK or self._size > BLOCK_TEXT:
            self.flush()

    def flush(self):
        """Send the block, its rows brought to one width."""
        if not self._rows:
            return
        width = -(-max(map(len, self._rows)) // SIZE)
        self.cells += width * len(self._rows)
        self._check_cells()
        block = b''.join([row.ljust(width * SIZE, b'\0') for row in self._rows])
        if self._texts:
            self.send('texts', self._is_anew, ''.join(self._letters), self._texts)
            self._texts, self._letters, self._is_anew = [], [], False
        self.send('rows', width, len(self._rows))
        self.out.write(block)
        self._rows, self._size = [], 0

    def _check_cells(self):
        if self.cells > MAX_CELLS:
            raise Refused('too_large', f"more than {MAX_CELLS} cells")

    def texts(self, name, rows):
        """Take a sheet of which every cell is text.

        :param rows: lists of text
        """
        self.sheet(name)
        codes = self.codes(text_cell)
        for row in rows:
            self.row(row, codes)
