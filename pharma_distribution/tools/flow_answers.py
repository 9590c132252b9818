"""What a person is shown of a file that is not sure, and what becomes of the answers.

How to use
    shown = describe_sheets(sheets, error.layouts)        # plain lists, as JSON keeps them
    answers = {name: check_answer(answer, shown) …}       # what came back from the screen
    flow = read_flow(sheets, answers=answers)             # the person's word instead of a guess

An answer is a dict: ``header`` (index of the header row, -1 for none), ``columns`` (field ->
index), ``kind`` ('sale', 'purchase', 'stock', or 'ignored' for a sheet that does not count),
``unit`` (that all quantities are in, '' where the rows say it) and ``order`` of the dates ('dmy',
'mdy', 'ymd', '').

No Odoo imports: testable alone.
"""

from dataclasses import replace

from .flow_changes import NEEDED
from .flow_headings import MAX_COLUMNS, find_columns, heading_unit
from .flow_layout import (
    HEADER_SEARCH_ROWS,
    PROFILED,
    Layout,
    column_profile,
    heading_words,
    sample_rows,
    with_style,
)
from .flow_words import COLUMN_WORDS, UNITS

# What is shown of a file: rows of a sheet, columns, characters of a cell, sheets.
SHOWN_ROWS = 20
SHOWN_COLUMNS = 100
SHOWN_TEXT = 40
SHOWN_SHEETS = 20
# Rows that are shown above the header.
_ABOVE = 6
KINDS = ('sale', 'purchase', 'stock', 'ignored')
ORDERS = ('', 'dmy', 'mdy', 'ymd')


def describe_sheets(sheets, layouts):
    """The first rows of each sheet with what is known of their columns.

    :param list sheets: of pharma_crm.tools.sheets.Sheet
    :param dict layouts: name of the sheet -> flow_layout.Layout, of those that have one
    :return: list of dicts: name, header, columns, kind, unit, first (index of the first row shown),
        rows (lists of texts), width (columns of the sheet), doubts (lists [code, data])
    """
    return [_describe(sheet, layouts.get(sheet.name)) for sheet in sheets[:SHOWN_SHEETS]]


def _describe(sheet, layout):
    header = layout.header if layout else _likely_header(sheet)
    first = max(0, header - _ABOVE)
    rows = [[cell[:SHOWN_TEXT] for cell in row[:SHOWN_COLUMNS]]
            for row in sheet.rows[first:first + SHOWN_ROWS]]
    filled = max((column + 1 for row in rows for column, cell in enumerate(row) if cell), default=0)
    if layout:
        columns, kind, unit = dict(layout.columns), layout.kind, layout.unit
    else:
        columns, kind, unit = find_columns(sheet.rows[header]) if header >= 0 else {}, '', ''
    return {
        'name': sheet.name, 'header': header, 'columns': columns, 'kind': kind, 'unit': unit,
        'first': first, 'rows': [row[:filled] for row in rows],
        'width': min(len(sheet.rows[0]), MAX_COLUMNS),
        'doubts': [[doubt.code, doubt.data] for doubt in layout.doubts] if layout else []}


def _likely_header(sheet):
    """The row with most headings that are known, and most cells among those; -1 for none."""
    best, index = (1, 1), -1
    for number, row in enumerate(sheet.rows[:HEADER_SEARCH_ROWS]):
        score = (len(find_columns(row)), sum(map(bool, row)))
        if score[1] > 1 and score > best:
            best, index = score, number
    return index


def check_answer(answer, sheet):
    """An answer as it may be trusted: what came from a browser may be anything.

    :param dict answer: see above
    :param dict sheet: of ``describe_sheets``
    :return: the answer with these values alone
    :raise ValueError: with the name of the value that is wrong, or with 'missing' and the field of
        a column without which the rows mean nothing
    """
    try:
        kind, header, unit = answer['kind'], int(answer['header']), answer.get('unit') or ''
        order = answer.get('order') or ''
        columns = {str(field): int(column) for field, column in dict(answer['columns']).items()}
    except (KeyError, TypeError, ValueError, AttributeError):
        raise ValueError('answer') from None
    if kind not in KINDS:
        raise ValueError('kind')
    if not -1 <= header < sheet['first'] + SHOWN_ROWS:
        raise ValueError('header')
    if unit and unit not in UNITS:
        raise ValueError('unit')
    if order not in ORDERS:
        raise ValueError('order')
    if not set(columns) <= set(COLUMN_WORDS) or len(set(columns.values())) < len(columns) or any(
            not 0 <= column < sheet['width'] for column in columns.values()):
        raise ValueError('columns')
    if kind != 'ignored':
        for field in NEEDED[kind]:
            if field not in columns and f'{field}_code' not in columns and field != 'date':
                raise ValueError('missing', field)
    return {'kind': kind, 'header': header, 'columns': columns, 'unit': unit, 'order': order}


def answer_layout(sheet, found, answer, *, known=frozenset(), period=(None, None)):
    """The layout of a sheet as a person has set it.

    :param sheet: pharma_crm.tools.sheets.Sheet
    :param Layout found: what ``find_layout`` says of the sheet, or None
    :param dict answer: as of ``check_answer``
    :return: Layout; its doubts are those that no answer solves: dates that may be read in two ways
    """
    header, columns = min(answer['header'], len(sheet.rows) - 1), answer['columns']
    width = min(len(sheet.rows[0]), MAX_COLUMNS)
    if found is not None and found.header == header:
        headings = found.headings
    else:
        headings = heading_words(sheet.rows[header]) if header >= 0 else ('',) * width
    layout = Layout(
        header, dict(columns), answer['kind'], sheet.name, headings,
        dict.fromkeys(columns, 'set'), dict.fromkeys(columns, 1.0))
    if answer['kind'] == 'ignored':
        return replace(layout, columns={}, sources={}, confidence={})
    rows = sample_rows(sheet, header)
    unit = answer['unit'] or heading_unit(
        sheet.rows[header] if header >= 0 else (), columns.get('quantity', -1))
    layout = with_style(replace(
        layout, unit=unit, unit_set=bool(answer['unit']),
        profiles={name: column_profile(rows, columns[name], known)
                  for name in PROFILED if name in columns}), sheet, period)
    order = answer['order']
    if order:
        layout = replace(layout, findings=tuple(
            finding for finding in layout.findings if finding.code != 'date_order'),
            style=layout.style._replace(order=order, short_order=order))
    return layout
