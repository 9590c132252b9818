import random
from decimal import ROUND_HALF_UP, Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.tests import TransactionCase, tagged
from odoo.tools import SQL

from ...tools.scoring import (
    LINEAR,
    MAP,
    PERCENTILE,
    RANGES,
    Band,
    Criterion,
    compile_cuts,
    compile_points,
    compile_scores,
)

POINTS = st.integers(-5000, 15000).map(lambda number: number / 100)
WEIGHTS = st.integers(0, 10000).map(lambda number: number / 100)
NUMBERS = st.integers(-1000, 1000).map(lambda number: number / 4)
TEXTS = st.sampled_from("甲乙丙丁")
BANDS = (Band(1, 75), Band(2, 50), Band(3, 0))


def half_up(number, digits='1'):
    return Decimal(number).quantize(Decimal(digits), rounding=ROUND_HALF_UP)


def expected_points(criterion, fact):
    """The points of a fact in hundredths, counted by hand."""
    if fact is None:
        return round(criterion.missing * 100)
    if criterion.method == LINEAR:
        part = (Decimal(fact) - Decimal(criterion.low)) / (
            Decimal(criterion.high) - Decimal(criterion.low))
        return int(half_up(min(max(part, 0), 1) * round(criterion.top * 100)))
    if criterion.method == MAP:
        return next((round(points * 100) for value, points in criterion.limits
                     if value == fact), 0)
    return next((round(points * 100) for limit, points in sorted(criterion.limits, reverse=True)
                 if fact >= limit), 0)


@st.composite
def criteria_and_facts(draw):
    """Some criteria of all kinds but ranks, and facts for them."""
    criteria = []
    for key in range(1, draw(st.integers(1, 5)) + 1):
        method = draw(st.sampled_from((MAP, RANGES, LINEAR)))
        limits = ()
        if method == MAP:
            limits = tuple(draw(st.dictionaries(TEXTS, POINTS, max_size=4)).items())
        elif method == RANGES:
            limits = tuple(draw(st.dictionaries(NUMBERS, POINTS, max_size=4)).items())
        low = draw(NUMBERS)
        criteria.append(Criterion(
            key, method, draw(WEIGHTS), limits, draw(POINTS), low, low + draw(
                st.sampled_from((-8, -1, 2, 64))), draw(POINTS.filter(lambda top: top >= 0))))
    rows = draw(st.lists(st.tuples(*(
        st.none() | (TEXTS if criterion.method == MAP else NUMBERS) for criterion in criteria)),
        min_size=1, max_size=6))
    return criteria, rows


@tagged('post_install', '-at_install')
class TestScoring(TransactionCase):
    """The engine of grades, by what the database makes of its statements."""

    def _facts(self, criteria, rows, first=1):
        """Rows as a query of facts."""
        columns = SQL(", ").join([SQL("id"), *(
            SQL.identifier(criterion.column) for criterion in criteria)])
        lines = SQL(", ").join([SQL("(%s)", SQL(", ").join([SQL("%s", number), *(
            SQL("%s::text" if criterion.method == MAP else "%s::numeric", fact)
            for criterion, fact in zip(criteria, row, strict=True))]))
            for number, row in enumerate(rows, first)])
        facts = SQL("SELECT * FROM (VALUES %s) AS f (%s)", lines, columns)
        return facts.code, list(facts.params)

    def _score(self, criteria, facts, bands=BANDS):
        """{id: (value, band, points)}"""
        text, params = compile_scores(facts, criteria, bands)
        self.env.cr.execute(SQL(
            "SELECT id, value, band_id, points FROM (%s) AS s", SQL(text, *params)))
        return {row[0]: row[1:] for row in self.env.cr.fetchall()}

    def test_by_hand(self):
        """Values, grades and points are those that somebody with a pencil gets."""
        @settings(max_examples=80, deadline=None)
        @given(criteria_and_facts())
        def check(drawn):
            criteria, rows = drawn
            found = self._score(criteria, self._facts(criteria, rows))
            total = sum(round(criterion.weight * 100) for criterion in criteria)
            for number, row in enumerate(rows, 1):
                points = {str(criterion.key): expected_points(criterion, fact)
                          for criterion, fact in zip(criteria, row, strict=True)}
                value, band, kept = found[number]
                self.assertEqual(kept, points)
                weighted = sum(points[str(criterion.key)] * round(criterion.weight * 100)
                               for criterion in criteria)
                self.assertEqual(
                    value, float(half_up(Decimal(weighted) / total) / 100) if total else 0)
                self.assertEqual(band, next(
                    (band.key for band in BANDS if value >= band.minimum), None))
        check()

    def test_order_and_company_of_others(self):
        """The order of criteria does not matter, nor who else is graded at the same time."""
        @settings(max_examples=40, deadline=None)
        @given(criteria_and_facts(), st.randoms(use_true_random=False))
        def check(drawn, chance):
            criteria, rows = drawn
            found = self._score(criteria, self._facts(criteria, rows))
            mixed = random.Random(chance.random()).sample(criteria, len(criteria))
            self.assertEqual(self._score(mixed, self._facts(criteria, rows)), found)
            for number, row in enumerate(rows, 1):
                alone = self._score(criteria, self._facts(criteria, [row], number))
                self.assertEqual(alone, {number: found[number]})
        check()

    def test_ranks(self):
        """Ranks are measured among all; whoever is scored alone is measured by the same marks."""
        shares = ((80, 100), (50, 60), (0, 10))
        criterion = Criterion(7, PERCENTILE, 1, shares, missing=5)
        rows = [(number,) for number in range(1, 101)] + [(None,)]
        text, params = compile_cuts(self._facts([criterion], rows), criterion)
        self.env.cr.execute(text, params)
        cuts = tuple(map(float, self.env.cr.fetchone()[0]))
        self.assertEqual(cuts, (80, 50, 1))
        measured = criterion._replace(cuts=cuts)
        found = self._score([measured], self._facts([measured], rows))
        self.assertEqual([found[number][0] for number in (1, 49, 50, 79, 80, 100, 101)],
                         [10, 10, 60, 60, 100, 100, 5])
        self.assertEqual(self._score([criterion], self._facts([criterion], rows[:1]))[1][0], 5)

    def test_nothing_to_measure(self):
        """Without facts there are no marks, without criteria or weights no value."""
        criterion = Criterion(7, PERCENTILE, 1, ((50, 100),), missing=5)
        text, params = compile_cuts(self._facts([criterion], [(None,)]), criterion)
        self.env.cr.execute(text, params)
        self.assertEqual(self.env.cr.fetchone(), (None,))
        self.assertEqual(self._score([], self._facts([], [()])), {1: (0, 3, {})})
        idle = Criterion(8, MAP, 0, (("甲", 100),))
        self.assertEqual(
            self._score([idle], self._facts([idle], [("甲",)]), ()), {1: (0, None, {'8': 10000})})

    def test_wrong_criteria(self):
        with self.assertRaisesRegex(ValueError, "two different ends"):
            compile_points(Criterion(1, LINEAR, 1, low=3, high=3))
        with self.assertRaisesRegex(ValueError, "unknown method"):
            compile_points(Criterion(1, 'guess', 1))
