"""What a re-alignment does to the alignments of a customer for one product line.

How to use
    after = realign(before, territory, day)     # the rows as they should be
    what = outcome(before, territory, day)      # how people are told
    changes = diff(before, after)               # what to write; diff(after, before) takes it back

How it works
    The past is never rewritten: rows that hold on the day before end there. From the day on the
    customer belongs to the new territory alone, so whatever begins later gives way. A row of the
    same territory that reaches the day is prolonged instead of being cut in two.

No Odoo imports: testable alone.
"""

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import NamedTuple

# What happens to a customer.
NEW, MOVE, EXTEND, STAY, REFUSED = RESULTS = 'new', 'move', 'extend', 'stay', 'refused'
CHANGED = (NEW, MOVE, EXTEND)


class Row(NamedTuple):
    """One alignment of a customer for one product line."""

    id: int              # 0: not written yet
    territory: int
    first: date
    last: date | None    # the last day; None: until further notice

    @classmethod
    def from_json(cls, values):
        """A row from ``[id, territory, first, last]`` with days as ISO texts."""
        row_id, territory, first, last = values
        return cls(row_id, territory, date.fromisoformat(first),
                   date.fromisoformat(last) if last else None)

    @classmethod
    def from_values(cls, values):
        """A row from the columns of its table, as JSON has them."""
        return cls.from_json([values['id'], values['territory_id'], values['date_from'],
                              values['date_to']])

    def to_json(self):
        """The row as :meth:`from_json` takes it."""
        return [self.id, self.territory, self.first.isoformat(),
                self.last.isoformat() if self.last else None]

    def holds(self, day):
        """Whether the row is valid on a day."""
        return self.first <= day and (self.last is None or self.last >= day)


class Changes(NamedTuple):
    """What leads from some rows to others."""

    deleted: list        # ids
    updated: list        # rows with their new days
    created: list        # rows


def realign(rows, territory, day):
    """The rows of a customer when he belongs to a territory from a day on.

    :param rows: rows of one customer and product line, of one company
    :param int territory: the new territory; 0: none
    :param date day: the first day
    :rtype: list[Row]
    """
    eve = day - timedelta(days=1)
    reaching = [row for row in rows if territory and row.territory == territory
                and row.first <= day and (row.last is None or row.last >= eve)]
    prolonged = max(reaching, key=lambda row: (row.first, row.id), default=None)
    after = []
    for row in rows:
        if row is prolonged:
            after.append(row._replace(last=None))
        elif row.last is not None and row.last < day:
            after.append(row)
        elif row.first < day:
            after.append(row._replace(last=eve))
    if territory and prolonged is None:
        after.append(Row(0, territory, day, None))
    return after


def outcome(rows, territory, day):
    """What a re-alignment means for a customer.

    :param rows: his rows before, for one product line
    :param int territory: the new territory; 0: none
    :param date day: the first day
    :return: STAY: nothing changes at all; EXTEND: he belongs to the territory on that day already,
        but not for good or not alone; NEW: he belonged to none on that day; MOVE: to another one
    """
    if realign(rows, territory, day) == list(rows):
        return STAY
    holding = {row.territory for row in rows if row.holds(day)}
    if territory in holding:
        return EXTEND if len(holding) == 1 else MOVE
    return MOVE if holding else NEW


def diff(before, after):
    """What to write so that some rows become others.

    :param before: rows with their ids
    :param after: rows; those with an id that ``before`` has not are created with it
    :rtype: Changes
    """
    old = {row.id: row for row in before}
    kept = {row.id for row in after}
    return Changes(
        deleted=[row.id for row in before if row.id not in kept],
        updated=[row for row in after if row.id in old and row != old[row.id]],
        created=[row for row in after if row.id not in old],
    )


@dataclass
class Wanted:
    """One customer who shall belong to a territory, as a line of a re-alignment."""

    territory: int = 0       # id, 0 where it is not known
    day: date = None         # the first day
    line: int = 0            # id of a product line, 0: all
    partner: int = 0         # id of the customer, 0 where he is not known
    name: str = ''           # as he is called, in the file or here
    sheet: str = ''          # where it stands in a file
    number: int = 0          # row of the sheet, from 1
    reason: str = ''         # why it is refused; '': it is not
    detail: str = ''         # what the reason is about
    result: str = REFUSED
    stored: list = field(default_factory=list)  # before, with all columns of the table
    before: list = field(default_factory=list)  # Row
    after: list = field(default_factory=list)   # Row

    def refuse(self, reason, detail=''):
        """Nothing happens to this customer."""
        self.result, self.reason, self.detail = REFUSED, reason, detail
        self.after = self.before

    def plan(self, rows):
        """Decide what happens to the customer.

        :param rows: all his alignments for this product line, in the company of the territory
        """
        self.before = list(rows)
        self.after = realign(self.before, self.territory, self.day)
        self.result = outcome(self.before, self.territory, self.day)

    def touched_territories(self):
        """Ids of the territories whose rows this line writes.

        :rtype: set[int]
        """
        untouched = set(self.before) & set(self.after)
        return {row.territory for row in (*self.before, *self.after) if row not in untouched}

    def key(self):
        """What a preview promised: two plans of equal keys have the same effect."""
        return (
            self.sheet, self.number, self.partner, self.line, self.territory,
            self.day.isoformat() if self.day else '', self.result, self.reason,
            frozenset(self.before) if self.result in CHANGED else frozenset())


def refuse_doubles(wanted):
    """A customer can go to one territory per product line: refuse what says it twice.

    Of equal lines the first holds; of different ones none, since nobody knows which is meant.

    :param wanted: list of ``Wanted``; those with a reason are left alone
    """
    lines = {}
    for item in wanted:
        if not item.reason:
            lines.setdefault((item.partner, item.line), []).append(item)
    for items in lines.values():
        first, *others = items
        equal = all((item.territory, item.day) == (first.territory, first.day) for item in others)
        for item in others:
            item.refuse('row_twice' if equal else 'row_conflict', _place(first))
        if others and not equal:
            first.refuse('row_conflict', _place(others[0]))


def _place(item):
    return f'{item.sheet} {item.number}'.strip() if item.number else item.name
