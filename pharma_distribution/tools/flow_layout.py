"""Where the header of a sheet stands and what its columns hold, today and as remembered.

How to use
    layout, found = find_layout(sheet)              # None where the sheet has no flow rows
    if layout.doubts: ...                           # questions to a person; nothing was guessed
    text = layout.to_json()                         # what a distributor's files look like
    layout = recall([Layout.from_json(text)], sheet, layout)  # the same, with what has changed

How it works: the header is the first row in which a product, a quantity and another column are
found by known words (``flow_words``). Columns without such a heading, and sheets without such a
row, are judged by what the cells hold (``flow_content``), with a confidence from 0 to 1. What two
columns could be is a doubt. A remembered layout is found again by its fingerprint, or by most of
its headings; then every difference is a finding, and one that could be misread is a doubt.

No Odoo imports: testable alone.
"""

import hashlib
import json
from dataclasses import asdict, dataclass, field, replace
from typing import NamedTuple

from .flow_changes import Finding, find_changes
from .flow_content import Profile, guess_fields, profile
from .flow_headings import (
    MAX_COLUMNS,
    find_columns,
    heading_unit,
    is_header,
    join_headings,
    pick_figures,
    says_nothing,
)
from .flow_values import DateStyle, find_date_style, parse_number, word
from .flow_words import PURCHASE_WORDS, QUANTITY_OF_KIND, SALE_WORDS, STOCK_WORDS

# The header stands within the first rows that hold anything.
HEADER_SEARCH_ROWS = 60
# Rows by which columns are judged: the first ones, and others spread over the sheet.
SAMPLE = 200
# Share of the headings that makes a sheet look like a remembered one.
ALIKE = 0.6
_NUMBERS = ('quantity', 'price', 'amount')
# Fields whose cells are remembered.
PROFILED = ('date', 'customer', 'product', 'spec', 'unit', *_NUMBERS)


@dataclass(frozen=True)
class Layout:
    """What a sheet looks like. What is remembered of it is everything but the findings."""

    #: index of the (lower) header row; -1 where the sheet has none
    header: int
    #: field of ``flow_words.COLUMN_WORDS`` -> index of its column
    columns: dict
    kind: str  # sale, purchase, stock; 'ignored' where a person said that the sheet does not count
    sheet_name: str = ''
    headings: tuple = ()  # of all columns, as ``word()`` compares them
    #: field -> 'heading', 'content', or 'set' where a person said it
    sources: dict = field(default_factory=dict)
    confidence: dict = field(default_factory=dict)  # field -> 0 to 1
    profiles: dict = field(default_factory=dict)  # field -> flow_content.Profile
    unit: str = ''  # that the heading of the quantity names: 数量(件)
    unit_set: bool = False  # a person said the unit: no heading does
    style: DateStyle = DateStyle()
    findings: tuple = ()  # of flow_changes.Finding

    @property
    def doubts(self):
        """Findings that a person has to answer before the rows can be trusted."""
        return tuple(finding for finding in self.findings if finding.ask)

    @property
    def fingerprint(self):
        """What equal sheets have in common: name without figures, headings and their order."""
        name = ''.join(char for char in word(self.sheet_name) if not char.isdigit())
        text = json.dumps([name, self.headings], ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()[:32]

    def to_json(self):
        """Text from which ``from_json`` makes an equal layout, without findings and period."""
        values = asdict(replace(self, findings=(), style=self.style._replace(period=(None, None))))
        del values['findings']
        values['profiles'] = {name: list(content) for name, content in self.profiles.items()}
        return json.dumps(values, ensure_ascii=False, sort_keys=True)

    @classmethod
    def from_json(cls, text):
        """:raise ValueError: when the text is no layout"""
        try:
            values = json.loads(text)
            values['headings'] = tuple(values['headings'])
            order, short_order, sixes, _period, date1904 = values['style']
            values['style'] = DateStyle(order, short_order, sixes, (None, None), date1904)
            values['profiles'] = {
                name: Profile(filled, shares, tuple(numbers), tuple(words))
                for name, (filled, shares, numbers, words) in values['profiles'].items()}
            return cls(**values)
        except (KeyError, TypeError, AttributeError) as error:
            raise ValueError(f"no layout: {error}") from None

    def with_columns(self, columns, kind=None, **values):
        """The layout as a person has set it, free of doubts about these columns.

        :param dict columns: field -> index of the column, or None for a field without column
        :param str kind: what the sheet reports, where that is set too
        :param values: other values, such as ``style``
        """
        merged = {name: column for name, column in {**self.columns, **columns}.items()
                  if column is not None}
        by_column = {self.columns[name]: content for name, content in self.profiles.items()}
        profiles = {name: by_column[merged[name]] for name in PROFILED
                    if merged.get(name) in by_column}
        return replace(
            self, columns=merged, profiles=profiles, kind=kind or self.kind, findings=(),
            sources={**self.sources, **dict.fromkeys(columns, 'set')},
            confidence={**self.confidence, **dict.fromkeys(columns, 1.0)}, **values)


class _Found(NamedTuple):
    """A header row, as far as words tell."""

    header: int
    headings: tuple
    columns: dict


# === HEADER === #

def find_layout(sheet, *, known=frozenset(), period=(None, None), kind=None):
    """Where the header of a sheet stands and what its columns hold.

    :param sheet: pharma_crm.tools.sheets.Sheet
    :param known: names of products, as ``flow_values.word()`` writes them
    :param tuple period: (first, last) day of the file where they are known
    :param str kind: what the sheet reports, where that is known
    :return: tuple (Layout or None, fields of the row most like a header)
    """
    found, likest = _find_header(sheet)
    by_words = found is not None
    if not by_words:
        found = _find_block(sheet, known)
    if found is None:
        return None, likest
    rows = sample_rows(sheet, found.header)
    columns = dict(found.columns)
    sources = dict.fromkeys(columns, 'heading')
    confidence = dict.fromkeys(columns, 1.0)
    guesses, unclear = _guess(rows, found, columns, known)
    for name, (column, share) in guesses.items():
        if name not in columns and column not in columns.values():
            columns[name] = column
            sources[name], confidence[name] = 'content', share
    if not {'product', 'product_code'} & {*columns, *unclear}:
        return None, likest
    told, kind = kind, kind or _find_kind(sheet, found, columns)
    columns = pick_figures(found.headings, columns, kind)
    findings = [
        Finding('column_unclear', True, {'field': name, 'columns': unclear.get(name, ())})
        for name in sorted(_missing(kind, columns, not by_words or 'date' in unclear))]
    if not told and kind == 'stock' and not _says_stock(sheet, found):
        findings.append(Finding('kind_unclear', True, {}))
    layout = Layout(
        found.header, columns, kind, sheet.name, found.headings, sources, confidence,
        _profiles(rows, columns, known),
        heading_unit(_raw_headings(sheet, found.header), columns.get('quantity', -1)))
    layout = with_style(layout, sheet, period)
    return replace(layout, findings=(
        *findings, *find_changes(None, layout), *layout.findings)), ()


def _missing(kind, columns, needs_date):
    """Fields without which the rows of a sheet mean nothing, and which have no column."""
    missing = set()
    if not {'product', 'product_code'} & set(columns):
        missing.add('product')
    if 'quantity' not in columns:
        missing.add('quantity')
    if kind == 'sale':
        if not {'customer', 'customer_code'} & set(columns):
            missing.add('customer')
        if needs_date and 'date' not in columns:
            missing.add('date')
    return missing


def _raw_headings(sheet, header):
    return sheet.rows[header] if header >= 0 else ()


def _find_header(sheet):
    """The first row that words make a header.

    :return: tuple (_Found or None, fields of the row most like a header)
    """
    searched, likest, above = 0, (), None
    for index, row in enumerate(sheet.rows):
        if not any(row):
            above = None
            continue
        searched += 1
        if searched > HEADER_SEARCH_ROWS:
            break
        found = _as_header(index, row, above, sheet.merges)
        if is_header(found.columns):
            return _with_lower_row(sheet, _after_query(sheet, found)), ()
        if len(found.columns) > len(likest):
            likest = tuple(found.columns)
        above = row
    return None, likest


def _after_query(sheet, found):
    """The header itself, where the row found asks for customers, products and quantities only:
    soon below it stands another header, with more columns, and no data between."""
    for index in range(found.header + 1, min(found.header + 6, len(sheet.rows))):
        row = sheet.rows[index]
        if parse_number(row[found.columns['quantity']])[0] is not None:
            break
        later = _as_header(index, row, None, ())
        if is_header(later.columns) and len(later.columns) > len(found.columns):
            return later
    return found


def heading_words(row):
    """Headings as they are compared."""
    return tuple(map(word, row[:MAX_COLUMNS]))


def _as_header(index, row, above, merges):
    """A row as a header, together with the row above it where that helps."""
    columns = find_columns(row)
    if above and sum(map(bool, above)) > 1:
        joined = join_headings(above, row, index - 1, merges)
        more = find_columns(joined)
        texts = [word(cell) for cell in row if cell]
        if columns and len(more) > len(columns) or (
                len(more) == len(columns) and len(set(texts)) < len(texts)):
            return _Found(index, heading_words(joined), more)
    return _Found(index, heading_words(row), columns)


def _with_lower_row(sheet, found):
    """The header with the row below it, where that carries headings and no data."""
    below = sheet.rows[found.header + 1:found.header + 2]
    if not below or any(char.isdigit() for cell in below[0] for char in cell):
        return found
    if any(below[0][found.columns[name]] for name in (
            'product', 'product_code', 'customer', 'customer_code', 'date')
           if name in found.columns) or not any(below[0]):
        return found
    joined = join_headings(sheet.rows[found.header], below[0], found.header, sheet.merges)
    columns = find_columns(joined)
    if len(columns) < len(found.columns):
        return found._replace(header=found.header + 1)
    return _Found(found.header + 1, heading_words(joined), columns)


def _find_block(sheet, known):
    """Rows that hold medicines and numbers, where no header is known by its words."""
    looked = [index for index, row in enumerate(sheet.rows) if any(row)][:4 * HEADER_SEARCH_ROWS]
    data = []
    for index in looked:
        cells = [(cell, kind) for cell, kind in zip(
            sheet.rows[index][:MAX_COLUMNS], sheet.kinds[index][:MAX_COLUMNS], strict=True) if cell]
        shares = profile(cells, known).shares
        if 'medicine' in shares and 'number' in shares and len(cells) > 2:
            data.append(index)
    if len(data) < 3 or len(data) * 2 < len(looked):
        return None
    before = [index for index in looked if index < data[0]]
    header = before[-1] if before and sum(map(bool, sheet.rows[before[-1]])) > 1 else -1
    headings = heading_words(sheet.rows[header]) if header >= 0 else ()
    columns = find_columns(sheet.rows[header]) if header >= 0 else {}
    if header < 0 and before:
        header = before[-1]  # a title: not a row of data
        headings = ()
    return _Found(header, headings or ('',) * min(len(sheet.rows[0]), MAX_COLUMNS), columns)


# === CONTENT === #

def sample_rows(sheet, header):
    """Rows by which the columns below a header are judged.

    :return: list of tuples (row, kinds)
    """
    first, last = header + 1, len(sheet.rows)
    indexes = range(first, last)
    if len(indexes) > 2 * SAMPLE:
        step = (last - first - SAMPLE) // SAMPLE
        indexes = [*range(first, first + SAMPLE), *range(first + SAMPLE, last, step)]
    return [(sheet.rows[index], sheet.kinds[index]) for index in indexes
            if sum(map(bool, sheet.rows[index])) > 2]


def column_profile(rows, column, known):
    return profile([(row[column], kinds[column]) for row, kinds in rows if row[column]], known)


def _profiles(rows, columns, known):
    return {name: column_profile(rows, columns[name], known)
            for name in PROFILED if name in columns}


def _guess(rows, found, columns, known):
    """What the columns whose heading says nothing hold: see ``flow_content.guess_fields``."""
    width = min(len(rows[0][0]), MAX_COLUMNS) if rows else 0
    free = [column for column in range(width) if column not in columns.values()
            and says_nothing(found.headings[column])]
    if not free or not ({'date', 'customer', 'product', 'quantity', 'spec', 'unit'} - set(columns)):
        return {}, {}
    profiles = {column: column_profile(rows, column, known) for column in free}
    medicines = [column for column in free if profiles[column].shares.get('medicine', 0) >= 0.5]
    product = columns.get('product', medicines[0] if medicines else -1)
    numeric = [column for column in free if profiles[column].numbers] + [
        columns[name] for name in _NUMBERS if name in columns]
    table = [{'key': row[product] if product >= 0 else '',
              **{column: parse_number(row[column])[0] for column in numeric}}
             for row, _kinds in rows]
    guesses, unclear = guess_fields(profiles, table)
    if 'quantity' in columns or 'price' in columns or 'amount' in columns:
        # what words have told needs no guess, and a guess beside it is none
        guesses = {name: guess for name, guess in guesses.items()
                   if name not in _NUMBERS or (name == 'quantity' and 'quantity' not in columns)}
    return guesses, unclear


_KIND_WORDS = (('sale', SALE_WORDS), ('purchase', PURCHASE_WORDS), ('stock', STOCK_WORDS))


def _find_kind(sheet, found, columns):
    """What the sheet reports: its own words decide, then its columns."""
    titles = ' '.join([sheet.name, *(
        text for row in sheet.rows[:max(found.header, 0)] for text in row if text)])
    marks = [found.headings[columns[name]] for name in ('quantity', 'date') if name in columns]
    balance = '进销存' in titles and not {'customer', 'customer_code'} & set(columns)
    for text in () if balance else (titles, *marks):
        for kind, words in _KIND_WORDS:
            if words.search(text) and (kind != 'sale' or 'customer' in columns):
                return kind
    if 'supplier' in columns and 'customer' not in columns:
        return 'purchase'
    if {'customer', 'customer_code'} & set(columns):
        return 'sale'
    # sums of sales without customers are no stock: the customers are asked for
    is_sold = marks and SALE_WORDS.search(marks[0]) and not any(
        QUANTITY_OF_KIND['stock'].search(heading) for heading in found.headings)
    return 'sale' if is_sold else 'stock'


def _says_stock(sheet, found):
    """Whether any word makes a sheet without customers and suppliers one of stock."""
    texts = [sheet.name, *found.headings, *(
        text for row in sheet.rows[:max(found.header, 0)] for text in row)]
    return any(STOCK_WORDS.search(text) for text in texts)


def with_style(layout, sheet, period):
    """The layout with what its dates mean."""
    if 'date' not in layout.columns:
        return replace(layout, style=DateStyle(period=period, date1904=sheet.date1904))
    column = layout.columns['date']
    texts = dict.fromkeys(
        row[column] for row, kinds in zip(
            sheet.rows[layout.header + 1:], sheet.kinds[layout.header + 1:], strict=True)
        if kinds[column] in 'tnd')
    texts = [text for text in texts if text][:5000]
    style, doubt = find_date_style(texts, period, sheet.date1904)
    findings = (Finding(doubt, True, {'field': 'date', 'column': column, 'example': texts[0]}),
                ) if doubt else ()
    return replace(layout, style=style, findings=findings)


# === MEMORY === #

def recall(layouts, sheet, found=None, *, known=frozenset(), period=(None, None)):
    """The remembered layout of a sheet, brought to where its columns stand today.

    :param layouts: remembered Layouts of the distributor
    :param sheet: pharma_crm.tools.sheets.Sheet
    :param Layout found: what ``find_layout`` says of the sheet, if anything
    :return: Layout whose findings tell every change, or None when no remembered one is like it
    """
    candidates = []
    for layout in layouts:
        for header, headings in _header_candidates(sheet, found, layout):
            share = _likeness(layout, headings)
            if share >= ALIKE:
                same_name = word(layout.sheet_name) == word(sheet.name)
                candidates.append((share + same_name / 100, layout, header, headings))
    best_share = max((share for share, *_rest in candidates), default=0)
    recalled = [_bring(layout, sheet, header, headings, known, period)
                for share, layout, header, headings in candidates if share == best_share]
    # of several that fit alike the one that leaves least to ask, and of those the latest
    return min(reversed(recalled), key=lambda layout: len(layout.doubts), default=None)


def _bring(best, sheet, header, headings, known, period):
    """A remembered layout for a sheet in which its header has been found."""
    if best.kind == 'ignored':
        return replace(best, header=header, sheet_name=sheet.name)
    rows = sample_rows(sheet, header)
    every = {column: column_profile(rows, column, known) for column in range(len(headings))}
    columns, findings = best.columns, ()
    if headings != best.headings:
        changes = find_changes(best, replace(best, headings=headings), every)
        columns, findings = changes.columns, changes.findings
    layout = replace(
        best, header=header, headings=headings, sheet_name=sheet.name, columns=columns,
        profiles={name: every[columns[name]] for name in PROFILED if name in columns},
        unit=best.unit if best.unit_set else heading_unit(
            _raw_headings(sheet, header), columns.get('quantity', -1)))
    styled = with_style(layout, sheet, period)
    if any(finding.code == 'date_order' for finding in styled.findings) and (
            best.style.order or best.style.short_order):
        styled = replace(styled, findings=(), style=styled.style._replace(
            order=styled.style.order or best.style.order,
            short_order=styled.style.short_order or best.style.short_order))
    return replace(styled, findings=(
        *findings, *find_changes(best, layout), *styled.findings))


def _header_candidates(sheet, found, layout):
    if not any(layout.headings):
        width = min(len(sheet.rows[0]), MAX_COLUMNS) if sheet.rows else 0
        if width == len(layout.headings):
            if found is None and layout.sheet_name == sheet.name:
                yield layout.header, layout.headings
            elif found is not None and not any(found.headings):
                yield found.header, found.headings
        return
    if found is not None:
        yield found.header, found.headings
    filled = [index for index, row in enumerate(sheet.rows) if any(row)][:HEADER_SEARCH_ROWS]
    for index in filled:
        yield index, heading_words(sheet.rows[index])


def _likeness(layout, headings):
    """Share of headings that two headers have in common."""
    if layout.headings == headings:
        return 1.0
    mine, theirs = {*layout.headings} - {''}, {*headings} - {''}
    return len(mine & theirs) / max(len(mine), len(theirs), 1)


def compare(remembered, sheet, **options):
    """What has changed in a sheet since its layout was remembered.

    :param Layout remembered: as it was
    :param sheet: pharma_crm.tools.sheets.Sheet
    :param options: as of ``find_layout``
    :return: tuple of Findings, () when nothing has; None when the sheet is another one altogether
    """
    found, _likest = find_layout(sheet, **options)
    options.pop('kind', None)
    layout = recall([remembered], sheet, found, **options)
    return None if layout is None else layout.findings
