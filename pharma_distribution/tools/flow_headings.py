"""Columns by the words of their headings, also where these stand in two rows.

No Odoo imports: testable alone.
"""

import re
from functools import lru_cache

from .flow_values import plain, word
from .flow_words import (
    COLUMN_WORDS,
    HEADING_PATTERNS,
    OTHER_HEADINGS,
    QUANTITY_OF_KIND,
    UNITS,
)

_RANKS = {}
for _field, _words in COLUMN_WORDS.items():
    for _rank, _word in enumerate(_words):
        _RANKS.setdefault(_word, []).append((_field, _rank))
_IN_BRACKETS = re.compile(r'[(\[【]\s*(?:单位[::]?)?\s*(\w{1,4})\s*[)\]】]')
# Columns that are looked at; as many as old Excel had.
MAX_COLUMNS = 256
# Rank of a heading that only a pattern knows: worse than any word.
_BY_PATTERN = 1000


@lru_cache(maxsize=65536)  # rows with faults are looked at as well: might they be headings?
def rank_heading(heading):
    """Which fields a heading may name.

    :param str heading: the cell
    :return: tuples (field, rank); of two columns for a field the lower rank is better
    """
    text = word(heading)
    found = _RANKS.get(text)
    if found is not None:
        return found
    if not text or len(text) > 20 or OTHER_HEADINGS.search(text):
        return ()
    return [(field, _BY_PATTERN) for field, pattern in HEADING_PATTERNS if pattern.search(text)][:1]


def find_columns(headings):
    """Which column holds what.

    :param headings: texts of a header row
    :return: dict field -> index
    """
    best = {}
    for index, heading in enumerate(headings[:MAX_COLUMNS]):
        for field, rank in rank_heading(heading):
            if field not in best or rank < best[field][0]:
                best[field] = (rank, index)
    return {field: index for field, (_rank, index) in best.items()}


def says_nothing(heading):
    """Whether a column may be anything as far as its heading goes."""
    return not heading or not (OTHER_HEADINGS.search(heading) or _RANKS.get(heading))


def is_header(columns):
    """Whether fields found in a row make it a header: a product, a quantity and another."""
    has_product = 'product' in columns or 'product_code' in columns
    return has_product and 'quantity' in columns and len(columns) >= 3


def join_headings(high, low, high_index, merges=()):
    """The headings of a header that is two rows high.

    :param high: cells of the upper row
    :param low: cells of the lower row
    :param int high_index: index of the upper row
    :param merges: the sheet's merged cells
    :return: list of texts
    """
    spread, last = list(high), ''
    wide = {column for top, left, bottom, right in merges if top <= high_index <= bottom
            for column in range(left + 1, right + 1)}
    for column, text in enumerate(high):
        if text:
            last = text
        elif column in wide or (not merges and low[column]):
            spread[column] = last  # a heading over several columns stands in the first of them
        else:
            last = ''
    headings = []
    for own, above, below in zip(high, spread, low, strict=True):
        best = own or below
        for heading in (above + below, below, above if not below else ''):
            if word(heading) in _RANKS:
                best = heading
                break
        else:
            if below:
                best = below
        headings.append(best)
    return headings


def pick_figures(headings, columns, kind):
    """The figures of a sheet that has several of them: of what was sold, bought and kept.

    :param headings: as ``word()`` writes them
    :param dict columns: field -> index of the column, the best by their words alone
    :param str kind: what the sheet reports
    :return: dict like ``columns``, with the figures of this kind
    """
    picked = dict(columns)
    for field in ('quantity', 'price', 'amount'):
        fitting = [(rank, index) for index, heading in enumerate(headings)
                   for name, rank in rank_heading(heading)
                   if name == field and QUANTITY_OF_KIND[kind].search(heading)]
        if fitting:
            picked[field] = min(fitting)[1]
        elif kind == 'stock' and field != 'quantity' and field in columns and any(
                words.search(headings[columns[field]]) for words in QUANTITY_OF_KIND.values()):
            del picked[field]  # the money of what was sold is not that of what is left
    return picked


def heading_unit(headings, column):
    """The unit that a heading names in brackets: 数量(件).

    :param headings: texts of the header row
    :param int column: the column, or -1
    """
    match = _IN_BRACKETS.search(plain(headings[column])) if 0 <= column < len(headings) else None
    return match.group(1) if match and match.group(1).casefold() in UNITS else ''
