"""What is doubtful about a layout, by itself and beside the one that is remembered.

Findings have a code and its data; sentences are the caller's part. Those to ask about:

``column_unclear``   field, columns: several could be it, or none
``content_differs``  field, column: the cells do not hold what the heading says
``values_swapped``   fields, columns: quantity and price seem to have changed places
``scale_changed``    field, before, now: quantities of another size, as cases instead of packs
``column_removed``   field, heading: a column that is needed is gone
``column_renamed``   field, before, now, column: by its cells it is the same, by its words it is not
``kind_unclear``     neither a customer nor a word tells whether it reports sales or stock
``many_tables``      more tables below each other than anybody writes
``date_order``, ``year_missing``   column, example: the dates can be read in several ways

Those to know of: ``column_inserted`` (heading, column), ``column_renamed`` to another known word,
``column_removed`` of a column that is not needed, ``unit_changed`` (before, now) where the file
says so itself and the rows are counted accordingly.

No Odoo imports: testable alone.
"""

from typing import NamedTuple

from .flow_content import distance, in_cases
from .flow_headings import find_columns
from .flow_words import CASE_UNITS

# Without these a row means nothing.
NEEDED = {'sale': ('customer', 'product', 'quantity', 'date'), 'purchase': ('product', 'quantity'),
          'stock': ('product', 'quantity')}
# Cells by which a column is certainly not what its heading says.
_WRONG = {
    'customer': ('medicine', 'day', 'unit', 'specification'),
    'product': ('terminal', 'day', 'unit'),
    'quantity': ('day', 'text', 'terminal', 'medicine', 'company', 'specification', 'lot'),
    'date': ('terminal', 'medicine', 'company', 'unit', 'specification'),
}
# Rows that a judgement by numbers needs.
_ENOUGH = 5


class Finding(NamedTuple):
    code: str
    ask: bool  # a person has to answer before the rows can be trusted
    data: dict


class Changes(NamedTuple):
    columns: dict  # field -> index of the column today
    findings: tuple


def find_changes(before, now, every=None):
    """Doubts about a layout, and its differences to a remembered one.

    :param Layout before: what is remembered, or None
    :param Layout now: the layout with the profiles of today
    :param dict every: column -> Profile of all columns, to follow columns whose headings changed;
        then ``now`` has the headings of today and the columns of before
    :return: tuple of Findings; with ``every`` Changes
    """
    if every is not None:
        return _follow_columns(before, now, every)
    findings = list(_content_findings(now))
    if before is not None:
        # what was so when a person looked at it is no news
        old = [(finding.code, finding.data.get('field')) for finding in _content_findings(before)]
        findings = [finding for finding in findings
                    if (finding.code, finding.data.get('field')) not in old]
        codes = {finding.code for finding in findings}
        findings += [finding for finding in _number_findings(before, now)
                     if finding.code not in codes]
        told = {finding.data.get('field') for finding in findings}
        findings += _class_findings(before, now, told)
    return tuple(findings)


def _content_findings(layout):
    for field, classes in _WRONG.items():
        content = layout.profiles.get(field)
        if content and content.filled >= _ENOUGH:
            if sum(content.shares.get(name, 0) for name in classes) >= 0.8:
                yield Finding('content_differs', True, {
                    'field': field, 'column': layout.columns[field]})
    quantity, price = (layout.profiles.get(name) for name in ('quantity', 'price'))
    if quantity and price and quantity.numbers and price.numbers and quantity.filled >= _ENOUGH:
        # pieces with decimals and prices that are negative and whole have changed places
        votes = (price.numbers[0] - quantity.numbers[0] > 0.6) + (
            price.numbers[1] > 0.01 and not quantity.numbers[1])
        if votes == 2:
            yield _swapped(layout)


def _swapped(layout):
    return Finding('values_swapped', True, {
        'fields': ('quantity', 'price'),
        'columns': (layout.columns['quantity'], layout.columns['price'])})


def _number_findings(before, now):
    """Quantities and prices against those that are remembered."""
    was, today = ({name: layout.profiles.get(name) for name in ('quantity', 'price', 'unit')}
                  for layout in (before, now))
    old_words = _unit_words(before, was)
    new_words = _unit_words(now, today)
    if old_words and new_words and (old_words[0] in CASE_UNITS) != (new_words[0] in CASE_UNITS):
        yield Finding('unit_changed', False, {'before': old_words[0], 'now': new_words[0]})
        return
    if not (was['quantity'] and today['quantity']) or min(
            was['quantity'].filled, today['quantity'].filled) < _ENOUGH:
        return
    moved = distance(was['quantity'], today['quantity'])
    if moved is None:
        return
    if was['price'] and today['price'] and was['price'].numbers and today['price'].numbers:
        straight = moved + distance(was['price'], today['price'])
        crossed = distance(was['quantity'], today['price']) + distance(
            was['price'], today['quantity'])
        if crossed + 0.5 < straight:
            yield _swapped(now)
            return
        # a case costs as many times more as it holds packs
        size = today['price'].numbers[3] / max(was['price'].numbers[3], 0.0001)
        is_scaled = size >= 8 or size <= 1 / 8
    else:
        is_scaled = today['quantity'].filled >= 20
    old, new = was['quantity'].numbers[3], today['quantity'].numbers[3]
    if is_scaled and (new * 5 <= old or new >= old * 5):
        yield Finding('scale_changed', True, {'field': 'quantity', 'before': old, 'now': new})


def _unit_words(layout, profiles):
    if layout.unit:
        return (layout.unit,)
    for name in ('unit', 'quantity'):
        if profiles[name] and profiles[name].words:
            return profiles[name].words
    return ()


def _class_findings(before, now, told):
    """Columns of words that hold something else than they did."""
    for field in ('customer', 'product', 'date', 'spec'):
        was, today = before.profiles.get(field), now.profiles.get(field)
        if not was or not today or field in told or not was.shares or min(
                was.filled, today.filled) < _ENOUGH:
            continue  # a file of a row or two says little about the next one
        name = max(was.shares, key=was.shares.get)
        if was.shares[name] >= 0.6 and today.shares.get(name, 0) < 0.2:
            yield Finding('content_differs', True, {'field': field, 'column': now.columns[field]})


def _follow_columns(before, now, every):
    """Find the remembered columns under the headings of today."""
    places = _places(before.headings, now.headings)
    taken = set(places.values())
    new = [column for column, heading in enumerate(now.headings)
           if column not in taken and (heading or every[column].filled)]
    known = find_columns(now.headings)
    columns, findings = {}, []
    needed = NEEDED[before.kind]
    for field, column in before.columns.items():
        heading = before.headings[column]
        if column in places:
            columns[field] = places[column]
            continue
        found = known.get(field)
        if found in new:
            findings.append(Finding('column_renamed', not _alike(before, field, every[found]), {
                'field': field, 'before': heading, 'now': now.headings[found], 'column': found}))
        else:
            candidates = [other for other in new if _alike(before, field, every[other])
                          and other not in columns.values()]
            found = candidates[0] if len(candidates) == 1 and field in before.profiles else None
            if found is None:
                findings.append(Finding('column_removed', field in needed, {
                    'field': field, 'heading': heading}))
                continue
            findings.append(Finding('column_renamed', True, {
                'field': field, 'before': heading, 'now': now.headings[found], 'column': found}))
        columns[field] = found
        new.remove(found)
    findings += [Finding('column_inserted', False, {
        'heading': now.headings[column], 'column': column}) for column in new]
    return Changes(columns, tuple(findings))


def _places(before, now):
    """Where each column of before stands now, by its heading; equal headings in their order."""
    places, start = {}, {}
    for column, heading in enumerate(before):
        if not heading:
            continue
        try:
            place = now.index(heading, start.get(heading, 0))
        except ValueError:
            continue
        places[column] = place
        start[heading] = place + 1
    return places


def _alike(layout, field, content):
    """Whether a column of today holds what a field of the remembered layout held."""
    was = layout.profiles.get(field)
    if not was or not was.shares:
        return True
    name = max(was.shares, key=was.shares.get)
    if content.shares.get(name, 0) < was.shares[name] / 2:
        return False
    if name != 'number':
        return True
    apart = distance(was, content)
    return apart is not None and apart < 0.7 and in_cases(was) == in_cases(content)
