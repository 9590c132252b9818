"""The totals that a file states against the rows that were read.

How to use
    totals = TotalsCheck(sheet.name, {'quantity': 8, 'amount': 10})
    totals.add(quantity, amount)                 # every data row, in order
    totals.state(number, 'total', cells)         # every total row, where it stands
    totals.finish()                              # list of Total

How it works: a total may be that of the whole sheet, of a page, of a customer, of a product within
a customer. Which rows it sums up is not said, so it is right when it is the sum of all rows since
the beginning or since one of the totals before it.

No Odoo imports: testable alone.
"""

import re
from decimal import Decimal
from typing import NamedTuple

from .flow_values import parse_number, plain

# Totals before a total at which its rows may begin: pages and customers, from the nearest on.
BOUNDARIES = 500
_FIGURES = {
    'rows': re.compile(
        r'(?:记录|行数|条数|笔数|总条)\D{0,6}?(\d[\d,]*)|共\s*(\d[\d,]*)\s*(?:条|行|笔)'),
    'quantity': re.compile(r'数量\D{0,8}?(-?\d[\d,]*(?:\.\d+)?)'),
    'amount': re.compile(r'金额\D{0,8}?(-?\d[\d,]*(?:\.\d+)?)'),
}


class Total(NamedTuple):
    """One figure that the file states."""

    sheet_name: str
    row_number: int
    what: str  # 'total' or 'subtotal', then of what: 'total quantity', 'subtotal amount', …
    stated: Decimal
    found: Decimal  # the sum of its rows
    ok: bool


class TotalsCheck:
    """Sums up the rows of a sheet as they come."""

    def __init__(self, sheet_name, columns):
        """:param dict columns: 'quantity' and 'amount' -> index of the column, where it is there"""
        self.sheet_name = sheet_name
        self.columns = columns
        self.totals = []
        self._sums = {'rows': 0, 'quantity': Decimal(), 'amount': Decimal()}
        self._boundaries = [dict(self._sums)]
        self._early = []  # totals that stand above the rows

    def add(self, quantity, amount):
        """Count a data row; None is a figure that cannot be read."""
        sums = self._sums
        sums['rows'] += 1
        if quantity is not None:
            sums['quantity'] += quantity
        if amount is not None:
            sums['amount'] += amount

    def stated(self, cells):
        """The figures of a total row.

        :param cells: its cells
        :return: dict 'rows', 'quantity', 'amount' -> Decimal
        """
        found = {}
        for name, column in self.columns.items():
            number, _unit = parse_number(cells[column])
            if number is not None:
                found[name] = number
        filled = [cell for cell in cells if cell]
        if not found and len(filled) < 4:
            text = plain(' '.join(filled)[:300])
            for name, pattern in _FIGURES.items():
                match = pattern.search(text)
                if match:
                    found[name] = Decimal(next(filter(None, match.groups())).replace(',', ''))
        return found

    def is_sum(self, cells):
        """Whether a row without label states what its rows sum up to."""
        figures = self.stated(cells)
        return bool(figures) and self._sums['rows'] > 1 and all(
            self._matching(name, value) is not None for name, value in figures.items())

    def state(self, number, what, cells):
        """Check a total row.

        :param int number: its number in the sheet
        :param str what: 'total' or 'subtotal'
        :param cells: its cells
        """
        figures = self.stated(cells)
        if not self._sums['rows']:
            self._early.append((number, what, figures))
            return
        self._check(number, what, figures)
        self._boundaries = [self._boundaries[0], *self._boundaries[1:][-BOUNDARIES:]]
        if self._sums != self._boundaries[-1]:
            self._boundaries.append(dict(self._sums))

    def _check(self, number, what, figures):
        for name, value in figures.items():
            found = self._matching(name, value)
            ok = found is not None
            if not ok:
                start = self._boundaries[0 if what == 'total' else -1]
                found = self._sums[name] - start[name]
            self.totals.append(Total(
                self.sheet_name, number, f"{what} {name}", value, Decimal(found), ok))

    def _matching(self, name, value):
        """The sum of some last rows that is the stated one, or None."""
        current = self._sums[name]
        for boundary in (self._boundaries[0], *reversed(self._boundaries[1:])):
            found = current - boundary[name]
            if abs(found - value) <= self._tolerance(name, found, boundary):
                return found
        return None

    def _tolerance(self, name, found, boundary):
        """Amounts are rounded row by row, quantities are not."""
        if name != 'amount':
            return Decimal('0.001') if name == 'quantity' else 0
        rows = self._sums['rows'] - boundary['rows']
        return max(Decimal('0.01'), min(rows * Decimal('0.005'), abs(found) / 1_000_000))

    def finish(self):
        """:return: list of Total, the sheet's"""
        if self._sums['rows']:
            for number, what, figures in self._early:
                self._check(number, what, figures)
        return self.totals
