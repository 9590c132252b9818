"""Tables in HTML, and Excel's XML of 2003, which systems name .xls. See the package's docstring."""

import html
import re
from functools import lru_cache

from cells import MAX_CELLS, Refused, clean, text_or_blank
from texts import decode

# The rest of a tag whose name is complete.
_REST = r'(?![\w:])[^>]*>'
_CELLS = re.compile(r'<t[dh](?![\w:])([^>]*)>([^<]*)<', re.IGNORECASE)
_PLAIN = None, 1, 1  # place of a cell like most
# Most rows hold cells with a text and nothing else: they are found as a whole.
_TOKEN = re.compile(
    rf'<tr(?![\w:])(?P<place>[^>]*)>(?P<cells>(?:\s*<t[dh]{_REST}[^<]*</t[dh]{_REST})+)\s*</tr{_REST}'
    r'|<!--.*?-->|<!\[CDATA\[(?P<raw>.*?)\]\]>|<(?P<skip>script|style)\b.*?</(?P=skip)\s*>'
    r'|<(?P<end>/?)(?P<tag>[a-zA-Z][\w:]*)(?P<attributes>[^>]*)>',
    re.DOTALL | re.IGNORECASE)
_ATTRIBUTE = re.compile(r'([\w:]+)\s*=\s*("[^"]*"|\'[^\']*\'|[^\s>]+)')
_KINDS = {'number': 'n', 'datetime': 'd', 'boolean': 'b', 'error': 'e'}
# Texts of cells that are kept.
_KNOWN = 100_000
_ROLES = {'table': 'table', 'worksheet': 'table', 'tr': 'row', 'row': 'row', 'td': 'cell',
          'th': 'cell', 'cell': 'cell', 'data': 'data', 'br': 'br'}


class Table:
    """Rows of one sheet while they are found: lists of texts, or of pairs of text and letter where
    the kind is known.
    """

    def __init__(self, name=''):
        self.name = name
        self.rows, self.merges = [], []
        self._below = {}  # column -> rows to come that a cell above reaches into
        self._room = MAX_CELLS

    def start_row(self, index=None):
        """Begin a row; ``index`` is its number where the file says it, counted from 1."""
        while index and len(self.rows) < index - 1:
            self._add_row()
        self._add_row()

    def _add_row(self):
        self._take(1)
        self.rows.append([])
        self.reached = {column for column, count in self._below.items() if count > 0}
        self._below = {
            column: count - 1 for column, count in self._below.items() if count > 1}

    def _take(self, count):
        self._room -= count
        if self._room < 0:
            raise Refused('too_large', f"more than {MAX_CELLS} cells")

    def add(self, value, index, across, down):
        """Add a cell that is ``across`` columns wide and ``down`` rows high."""
        if not self.rows:
            self.start_row()
        row = self.rows[-1]
        while index and len(row) < index - 1:
            self._fill(row)
        while self.reached and len(row) in self.reached:
            self._fill(row)
        left, top = len(row), len(self.rows) - 1
        self._fill(row, value)
        if across == down == 1:
            return
        for _column in range(across - 1):
            self._fill(row)
        self.merges.append([top, left, top + down - 1, left + across - 1])
        for column in range(left, left + across) if down > 1 else ():
            self._below[column] = down - 1

    def add_plain(self, values):
        """Add cells to the row that has just begun."""
        row = self.rows[-1]
        if self.reached:
            for value in values:
                self.add(value, *_PLAIN)
        else:
            row.extend(values)
            self._take(len(row))

    def _fill(self, row, value=''):
        self._take(1)
        row.append(value)


@lru_cache(maxsize=4096)  # cells of one column look alike
def _attributes(text):
    """Attributes of a tag by their names without prefix, in small letters."""
    return {name.lower().rpartition(':')[2]: html.unescape(value.strip('"\''))
            for name, value in _ATTRIBUTE.findall(text)}


def _number(text, default):
    return min(int(text), 1_000_000) if text and text.isdecimal() else default


@lru_cache(maxsize=4096)
def _role(tag):
    """What a tag does: 'table', 'row', 'cell', 'data', 'br' or None."""
    return _ROLES.get(tag.lower().rpartition(':')[2])


@lru_cache(maxsize=4096)
def _place(attributes):
    """Where a cell stands: its number in the row or None, columns and rows that it takes."""
    found = _attributes(attributes)
    return (_number(found.get('index'), None),
            max(_number(found.get('colspan'), 1), 1 + _number(found.get('mergeacross'), 0)),
            max(_number(found.get('rowspan'), 1), 1 + _number(found.get('mergedown'), 0)))


class Parser:
    """Collects the sheets of a text in HTML or XML.

    Tables of one HTML page follow each other on one sheet; every worksheet of XML is its own.
    """

    def __init__(self):
        self.tables = [Table()]
        self._texts = None  # parts of the open cell
        self._place, self._kind = None, None
        self._known = _Known()

    def feed(self, text):
        """:return: the tables that have rows"""
        position = 0
        for match in _TOKEN.finditer(text):
            place, cells, raw, _skip, end, tag, attributes = match.groups()
            if self._texts is not None:
                if match.start() > position:
                    self._texts.append(html.unescape(text[position:match.start()]))
                if raw is not None:
                    self._texts.append(raw)
            position = match.end()
            if cells:
                self._end_cell()
                self._start('row', 'tr', place)
                self._add_cells(cells)
                continue
            role = _role(tag) if tag else None
            if role in ('cell', 'row', 'table'):
                self._end_cell()
            if role and not end:
                self._start(role, tag, attributes)
        self._end_cell()
        return [table for table in self.tables if table.rows]

    def _add_cells(self, text):
        """Add the cells of a row that holds texts alone."""
        places, texts = zip(*_CELLS.findall(text), strict=True)
        places = list(map(_place, places))
        values = map(self._known.__getitem__, texts)
        if places.count(_PLAIN) == len(places):
            self.tables[-1].add_plain(values)
        else:
            for value, place in zip(values, places, strict=True):
                self.tables[-1].add(value, *place)

    def _start(self, role, tag, attributes):
        if role == 'cell':
            self._place = _place(attributes)
            self._texts, self._kind = [], None
        elif role == 'row':
            self.tables[-1].start_row(_number(_attributes(attributes).get('index'), None))
        elif role == 'table' and tag.lower().endswith('worksheet'):
            self.tables.append(Table(_attributes(attributes).get('name', '')))
        elif role == 'data':
            self._kind = _KINDS.get(_attributes(attributes).get('type', '').lower())
        elif role == 'br' and self._texts is not None:
            self._texts.append(' ')

    def _end_cell(self):
        if self._texts is None:
            return
        value = _clean_known(''.join(self._texts))
        if self._kind == 'd':
            value = value.replace('T', ' ').removesuffix('.000').removesuffix(' 00:00:00')
        if self._kind and value:
            value = value, self._kind
        self.tables[-1].add(value, *self._place)
        self._texts = None


class _Known(dict):
    """Content of a cell -> its text: the same ones come again and again."""

    def __missing__(self, content):
        if len(self) > _KNOWN:
            self.clear()
        text = self[content] = _clean(html.unescape(content))
        return text


def _clean(text):
    return clean(' '.join(text.split()))


_clean_known = lru_cache(_KNOWN)(_clean)


def read_markup(text, writer):
    codes = writer.codes(_cell)
    for table in Parser().feed(text):
        writer.sheet(table.name, table.merges)
        for row in table.rows:
            writer.row(row, codes)


def _cell(value):
    """Text and letter of a cell of a Table."""
    return value if isinstance(value, tuple) else text_or_blank(value)


def read_mail(data, writer):
    """A web page that was saved as one file: a mail whose parts are its sheets."""
    import email  # takes longer than most files
    for part in email.message_from_bytes(data).walk():
        content = part.get_payload(decode=True)
        if part.get_content_type() == 'text/html' and content:
            read_markup(decode(content), writer)
