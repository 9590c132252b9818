from datetime import date, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ...tools.alignment_plan import (
    EXTEND,
    MOVE,
    NEW,
    STAY,
    Row,
    Wanted,
    diff,
    outcome,
    realign,
    refuse_doubles,
)

DAY_0 = date(2026, 1, 1)
DAYS = 40
TERRITORIES = (1, 2, 3)
PROPERTY = settings(
    max_examples=400, deadline=None, suppress_health_check=[HealthCheck.differing_executors])


def day(number):
    return DAY_0 + timedelta(days=number)


@st.composite
def row_lists(draw):
    """Rows of one customer and line as the database allows them: those of one territory do not
    overlap, those of several may.
    """
    rows = []
    for territory in TERRITORIES:
        bounds = sorted(draw(st.lists(
            st.integers(0, DAYS), min_size=0, max_size=6, unique=True)))
        pairs = list(zip(bounds[::2], bounds[1::2], strict=False))
        for number, (first, last) in enumerate(pairs):
            is_open = number == len(pairs) - 1 and draw(st.booleans())
            rows.append((territory, day(first), None if is_open else day(last)))
    rows = draw(st.permutations(rows))
    return [Row(number, *values) for number, values in enumerate(rows, start=1)]


def holders(rows, when):
    return sorted(row.territory for row in rows if row.holds(when))


@tagged('post_install', '-at_install')
class TestAlignmentPlan(BaseCase):
    """What a re-alignment does to one customer, for all alignments that may stand there."""

    @PROPERTY
    @given(rows=row_lists(), territory=st.sampled_from((0, *TERRITORIES)),
           number=st.integers(1, DAYS))
    def test_wanted_from_the_day_on(self, rows, territory, number):
        """From the day on the customer belongs to the wanted territory alone, every day before
        to whom he belonged."""
        after = realign(rows, territory, day(number))
        wanted = [territory] if territory else []
        for offset in range(DAYS + 3):
            expected = holders(rows, day(offset)) if offset < number else wanted
            self.assertEqual(holders(after, day(offset)), expected, offset)

    @PROPERTY
    @given(rows=row_lists(), territory=st.sampled_from((0, *TERRITORIES)),
           number=st.integers(1, DAYS))
    def test_outcome_and_repetition(self, rows, territory, number):
        """What is told is what happens; doing it once more changes nothing."""
        after = realign(rows, territory, day(number))
        told = outcome(rows, territory, day(number))
        self.assertEqual(told == STAY, set(after) == set(rows))
        before = holders(rows, day(number))
        if told == NEW:
            self.assertFalse(before)
        elif told == MOVE:
            self.assertTrue(set(before) - {territory})
        elif told == EXTEND:
            self.assertEqual(set(before), {territory})
        numbered = [row if row.id else row._replace(id=99) for row in after]
        self.assertEqual(outcome(numbered, territory, day(number)), STAY)

    @PROPERTY
    @given(rows=row_lists(), territory=st.sampled_from((0, *TERRITORIES)),
           number=st.integers(1, DAYS))
    def test_there_and_back(self, rows, territory, number):
        """The differences lead from the rows before to those after, and back."""
        after = [row if row.id else row._replace(id=99)
                 for row in realign(rows, territory, day(number))]
        for old, new in ((rows, after), (after, rows)):
            changes = diff(old, new)
            result = {row.id: row for row in old if row.id not in changes.deleted}
            result.update({row.id: row for row in (*changes.updated, *changes.created)})
            self.assertEqual(result, {row.id: row for row in new})

    @PROPERTY
    @given(rows=row_lists(), territory=st.sampled_from(TERRITORIES), number=st.integers(1, DAYS))
    def test_rows_of_a_territory_do_not_overlap(self, rows, territory, number):
        """What is written satisfies the constraint of the database."""
        after = realign(rows, territory, day(number))
        for offset in range(DAYS + 3):
            self.assertEqual(
                len(holders(after, day(offset))), len(set(holders(after, day(offset)))))

    def test_cases(self):
        """The usual cases, row by row."""
        old = Row(1, 1, day(0), None)
        self.assertEqual(
            realign([old], 2, day(10)),
            [Row(1, 1, day(0), day(9)), Row(0, 2, day(10), None)])
        self.assertEqual(realign([old], 1, day(10)), [old])
        ending = Row(1, 1, day(0), day(20))
        later = Row(2, 2, day(21), None)
        self.assertEqual(realign([ending, later], 1, day(10)), [old])
        self.assertEqual(outcome([ending, later], 1, day(10)), EXTEND)
        self.assertEqual(realign([later], 1, day(10)), [Row(0, 1, day(10), None)])
        self.assertEqual(outcome([later], 1, day(10)), NEW)
        self.assertEqual(realign([old], 0, day(10)), [Row(1, 1, day(0), day(9))])

    def test_doubles(self):
        """Of equal lines the first holds, of different ones none."""
        same = [Wanted(territory=1, day=day(1), partner=5, number=n, sheet="表") for n in (2, 3)]
        refuse_doubles(same)
        self.assertEqual([(item.reason, item.detail) for item in same],
                         [('', ''), ('row_twice', "表 2")])
        other = [Wanted(territory=n, day=day(1), partner=5, number=n, sheet="表") for n in (2, 3)]
        other_line = Wanted(territory=9, day=day(1), partner=5, line=7)
        refuse_doubles([*other, other_line])
        self.assertEqual([item.reason for item in (*other, other_line)],
                         ['row_conflict', 'row_conflict', ''])
