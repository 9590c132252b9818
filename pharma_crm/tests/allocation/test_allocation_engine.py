from datetime import datetime

from odoo.tests import BaseCase, tagged

from ...tools.allocation import Facts, Rule, fits, turn_order
from ...tools.work_hours import add_hours, hours_between

# Monday and Tuesday, 9 to 12 and 13 to 18
SPANS = [
    (datetime(2026, 3, 2, 9), datetime(2026, 3, 2, 12)),
    (datetime(2026, 3, 2, 13), datetime(2026, 3, 2, 18)),
    (datetime(2026, 3, 3, 9), datetime(2026, 3, 3, 12)),
    (datetime(2026, 3, 3, 13), datetime(2026, 3, 3, 18)),
]


@tagged('post_install', '-at_install')
class TestAllocationEngine(BaseCase):
    """Conditions, turns and working hours, without Odoo."""

    def test_conditions(self):
        """Each condition alone decides; what nobody knows of a lead meets none."""
        known = Facts(territory=1, province=2, city=3, line=4, source=5, kind='hospital',
                      amount=100)
        self.assertTrue(fits(Rule(1), known))
        self.assertTrue(fits(Rule(1), Facts()))
        for name, right, wrong in (
            ('territories', {1}, {2}), ('provinces', {2, 9}, {9}), ('cities', {3}, {4}),
            ('lines', {4}, {5}), ('sources', {5}, {6}), ('kind', 'hospital', 'pharmacy'),
            ('amount_from', 100, 100.01), ('amount_to', 100.01, 100),
        ):
            right, wrong = (frozenset(value) if isinstance(value, set) else value
                            for value in (right, wrong))
            with self.subTest(name):
                self.assertTrue(fits(Rule(1, **{name: right}), known))
                self.assertFalse(fits(Rule(1, **{name: wrong}), known))
                if name not in ('amount_to',):
                    self.assertFalse(fits(Rule(1, **{name: right}), Facts()))

    def test_turns(self):
        """By weights, spread evenly, each once in the order; the next round is the same."""
        first = [turn_order([3, 1, 1], turn)[0] for turn in range(10)]
        self.assertEqual(first[:5], first[5:])
        self.assertEqual([first[:5].count(index) for index in range(3)], [3, 1, 1])
        self.assertNotIn("000", ''.join(map(str, first)))
        self.assertEqual(sorted(turn_order([3, 1, 1], 7)), [0, 1, 2])
        self.assertEqual([turn_order([1, 1], turn)[0] for turn in range(4)], [0, 1, 0, 1])
        self.assertEqual(turn_order([], 3), [])

    def test_add_hours(self):
        """Breaks, nights and the end of what is known."""
        start = datetime(2026, 3, 2, 11)
        self.assertEqual(add_hours(SPANS, start, 1), datetime(2026, 3, 2, 12))
        self.assertEqual(add_hours(SPANS, start, 2), datetime(2026, 3, 2, 14))
        self.assertEqual(add_hours(SPANS, start, 8), datetime(2026, 3, 3, 11))
        self.assertEqual(add_hours(SPANS, datetime(2026, 3, 1), 1), datetime(2026, 3, 2, 10))
        self.assertIsNone(add_hours(SPANS, start, 100))
        self.assertEqual(add_hours(None, start, 30), datetime(2026, 3, 3, 17))

    def test_hours_between(self):
        """The opposite of the above."""
        start = datetime(2026, 3, 2, 11)
        for hours in (0, 0.5, 1, 2, 7.25, 10):
            self.assertEqual(hours_between(SPANS, start, add_hours(SPANS, start, hours)), hours)
        self.assertEqual(
            hours_between(SPANS, datetime(2026, 3, 2, 19), datetime(2026, 3, 3, 8)), 0)
        self.assertEqual(hours_between(None, start, datetime(2026, 3, 2, 13)), 2)
        self.assertEqual(hours_between(None, start, datetime(2026, 3, 2, 1)), 0)
