"""What lists of any kind have in common: a header somewhere above, rows below, a word on each row.

How to use
    words = column_words({'name': ('名称', 'name'), 'code': ('编码', 'code')})
    table = find_table(rows, words, {'name'})   # rows: tuples of str, of sheets.read_workbook
    for number, cells, raw in table_rows(table):
        raw['name'], raw.get('code')            # number counts as spreadsheets do, from 1

How it works
    The header is the row with the most known words, below any title; columns stand in any order.
    Rows are passed on as they are, cleaned cell by cell; totals, signatures, repeated headers and
    the example rows of our own templates are marked, so that nothing is left out in silence.

No Odoo imports: testable alone.
"""

import datetime
import re
import unicodedata
from typing import NamedTuple

# What becomes of a row
NEW, UPDATE, UNCHANGED, DUPLICATE, SKIPPED, PROBLEM = RESULTS = (
    'new', 'update', 'unchanged', 'duplicate', 'skipped', 'problem')
HEADER_ROWS = 20
# How the first cell of an example row of our templates begins
EXAMPLE = '示例'
_FOOTER = re.compile(r'^(合计|总计|小计|制表|填表|审核|备注|说明|注[:：]|以上|共\d+)')
_DATE = re.compile(
    r'(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*[日号]?(?:[ T].*)?')
_COMPACT_DATE = re.compile(r'(\d{4})(\d{2})(\d{2})')


class Problem(NamedTuple):
    """Something about a row that people must be told; ``fatal`` rows are not imported.

    ``reason`` is a stable word that the caller turns into a sentence, ``text`` what it is about.
    """

    reason: str
    text: str = ''
    fatal: bool = False


class Table(NamedTuple):
    """The part of a sheet that holds the list."""

    header: int      # index of the header in rows
    columns: dict    # column -> index of the cell
    titles: dict     # column -> the word that the file uses
    rows: list       # all rows of the sheet


def column_words(columns):
    """Turn ``{column: words that lists call it by}`` around.

    :param dict columns: words in small letters without spaces, as ``title_key`` gives them
    :rtype: dict[str, str]
    """
    return {word: column for column, words in columns.items() for word in words}


def title_key(text):
    """A header cell as words are compared: without spaces, brackets and marks of duty."""
    text = unicodedata.normalize('NFKC', text or '').casefold()
    return re.sub(r'[(（\[【].*?[)）\]】]|[\s*·:：/\-_、]+', '', text)


def word_key(text):
    """A name or a word as they are compared: whatever the spaces, widths and capitals."""
    return re.sub(r'\s+', '', unicodedata.normalize('NFKC', text or '').casefold())


def cell_text(cell):
    """A cell without white space around it and without the apostrophe that keeps zeros."""
    text = unicodedata.normalize('NFC', cell or '').replace('\u3000', ' ')
    return re.sub(r'\s+', ' ', text).strip().removeprefix("'").strip()


def find_columns(row, words):
    """The known columns of a header row.

    :param row: cells as text
    :param dict words: from ``column_words``
    :return: column -> index; the leftmost of several cells of one meaning counts
    :rtype: dict[str, int]
    """
    columns = {}
    for index, cell in enumerate(row):
        column = words.get(title_key(cell))
        if column:
            columns.setdefault(column, index)
    return columns


def find_table(rows, words, wanted):
    """Find the header among the first rows of a sheet.

    :param rows: tuples of str
    :param dict words: from ``column_words``
    :param set wanted: columns of which a list has at least one
    :return: the table, or None when no row is such a header
    :rtype: Table | None
    """
    best = None
    for index, row in enumerate(rows[:HEADER_ROWS]):
        columns = find_columns(row, words)
        # One word beside others that nobody knows is a sentence, not a header
        alone = len(columns) == 1 and sum(bool(cell.strip()) for cell in row) > 1
        if wanted & columns.keys() and not alone and (best is None or len(columns) > len(best[1])):
            best = index, columns
    if best is None:
        return None
    index, columns = best
    titles = {column: rows[index][cell].strip() for column, cell in columns.items()}
    return Table(index, columns, titles, rows)


def table_rows(table):
    """All rows below the header that hold anything.

    :param Table table: from ``find_table``
    :return: number of the row, its cells, and ``{column: text}``
    :rtype: Iterator[tuple[int, tuple, dict]]
    """
    for index in range(table.header + 1, len(table.rows)):
        cells = table.rows[index]
        if any(cell.strip() for cell in cells):
            yield index + 1, cells, {
                column: cell_text(cells[place]) for column, place in table.columns.items()}


def first_text(cells):
    """The first cell of a row that holds anything."""
    return next((cell_text(cell) for cell in cells if cell.strip()), '')


def whole_text(cells):
    """All that stands in a row, for naming one that is no data."""
    return " ".join(filter(None, map(cell_text, cells)))


def is_footer(cells):
    """Whether a row begins as totals, remarks and signatures do."""
    return bool(_FOOTER.match(first_text(cells)))


def is_no_data(cells, table, words):
    """Whether a row is an example of our templates, or repeats the header."""
    return (first_text(cells).startswith(EXAMPLE)
            or find_columns(cells, words) == table.columns)


def parse_date(text):
    """A day from a cell: ``2026-01-31``, ``2026/1/31``, ``2026年1月31日``, ``20260131``.

    :rtype: datetime.date | None
    :raise ValueError: when it is no day
    """
    if not text:
        return None
    text = unicodedata.normalize('NFKC', text).strip()
    match = _DATE.fullmatch(text) or _COMPACT_DATE.fullmatch(text)
    if not match:
        raise ValueError(text)
    return datetime.date(*map(int, match.groups()))
