import random
from collections import Counter, defaultdict
from dataclasses import replace
from datetime import date, datetime, timedelta
from math import ceil
from typing import NamedTuple

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ...tools.week_plan import (
    HALVES,
    MAX_HOSPITALS,
    MIN_GAP,
    STEP,
    Call,
    Fixed,
    HalfDay,
    Place,
    Target,
    calls_due,
    distance,
    propose,
)
from ...tools.work_times import free_starts

MONDAY = date(2026, 3, 2)
PROPERTY = settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.differing_executors])
A, B, C = 2, 1, 0
GOALS = {A: 4, B: 2, C: 1}


class Figures(NamedTuple):
    """What a plan brings and costs."""

    worth: float            # calls within the goals, by priority
    kilometres: float
    changes: int            # from one hospital to another within half-days


def measure(targets, calls, start=None):
    """What calls bring and cost.

    :param targets: iterable of Target
    :param calls: Call or anything with target, hospital, day and half, in the order of the way
    :rtype: Figures
    """
    by_id = {target.id: target for target in targets}
    places = {target.hospital: target.place for target in by_id.values()}
    counts = Counter(call.target for call in calls)
    worth = sum(float(STEP ** by_id[target].priority * min(count, by_id[target].goal))
                for target, count in counts.items())
    kilometres, changes, last = 0.0, 0, None
    for call in calls:
        if last and last.day == call.day and last.hospital != call.hospital:
            kilometres += distance(places[last.hospital], places[call.hospital])
            changes += last.half == call.half
        last = call
    return Figures(worth, kilometres, changes)


def workdays(count):
    """That many days from Monday on, without weekends."""
    return [MONDAY + timedelta(days=n + 2 * (n // 5)) for n in range(count)]


def halves_of(days):
    return [HalfDay(day, half) for day in days for half in HALVES]


def city(seed, targets=120, hospitals=24, districts=6):
    """A synthetic area: hospitals around the middles of districts, customers of three grades."""
    chance = random.Random(seed)
    middles = [(30 + chance.random() * .5, 120 + chance.random() * .5) for _ in range(districts)]
    places = [Place(*(degree + chance.gauss(0, .02) for degree in chance.choice(middles)))
              for _ in range(hospitals)]
    rows = []
    for number in range(1, targets + 1):
        hospital = chance.randrange(hospitals)
        grade = chance.choices((A, B, C), (15, 30, 55))[0]
        last = None if chance.random() < .1 else MONDAY - timedelta(days=chance.randrange(2, 45))
        rows.append(Target(
            number, hospital, places[hospital], grade, GOALS[grade], GOALS[grade],
            GOALS[grade] + 1, last))
    return rows


def by_grade(targets, half_days, daily):
    """What people do with a list sorted by grade: from the top on, within the same limits."""
    calls, count, days, in_day = [], Counter(), defaultdict(list), Counter()
    for slot in half_days:
        hospitals, used = set(), 0
        for target in sorted(targets, key=lambda target: (-target.priority, target.id)):
            if used == ceil(daily / 2) or in_day[slot.day] == daily:
                break
            near = any(abs((slot.day - day).days) < MIN_GAP for day in days[target.id])
            if count[target.id] >= target.limit or near or (
                    target.hospital not in hospitals and len(hospitals) == MAX_HOSPITALS):
                continue
            hospitals.add(target.hospital)
            used += 1
            in_day[slot.day] += 1
            count[target.id] += 1
            days[target.id].append(slot.day)
            calls.append(Call(target.id, target.hospital, slot.day, slot.half, {}))
    # In fairness: at one hospital after the other
    return sorted(calls, key=lambda call: (
        call.day, HALVES.index(call.half), call.hospital, call.target))


def coverage(targets, calls, priorities):
    """Share of the goals of some priorities that the calls reach."""
    counts = Counter(call.target for call in calls)
    chosen = [target for target in targets if target.priority in priorities]
    return sum(min(counts[target.id], target.goal) for target in chosen) / sum(
        target.goal for target in chosen)


def keep(targets, calls):
    """The calls as standing ones, and what is open beside them."""
    places = {target.id: target.place for target in targets}
    counts = Counter(call.target for call in calls)
    fixed = [Fixed(call.target, call.hospital, places[call.target], call.day, call.half)
             for call in calls]
    left = [replace(
        target, goal=target.goal - counts[target.id], due=max(0, target.due - counts[target.id]),
        maximum=None if target.maximum is None else target.maximum - counts[target.id])
        for target in targets]
    return left, fixed


@st.composite
def areas(draw):
    """Targets, half-days, daily number and calls that stand already."""
    hospitals = draw(st.integers(1, 8))
    places = [
        Place(*draw(st.tuples(st.floats(29, 31), st.floats(119, 121)))) if draw(st.booleans())
        else Place(code=draw(st.sampled_from(('330106', '330108', '330200', '320100', ''))))
        for _ in range(hospitals)]
    targets = []
    for number in range(1, draw(st.integers(0, 25)) + 1):
        hospital = draw(st.integers(0, hospitals - 1))
        goal = draw(st.integers(0, 4))
        targets.append(Target(
            number, hospital, places[hospital], draw(st.integers(0, 3)), goal,
            draw(st.integers(0, goal)), draw(st.none() | st.integers(-1, 5)),
            draw(st.none() | st.integers(-3, 60).map(lambda days: MONDAY - timedelta(days)))))
    half_days = draw(st.lists(st.sampled_from(halves_of(workdays(5))), unique=True))
    fixed = [
        Fixed(target.id, target.hospital, target.place, *draw(
            st.sampled_from(halves_of(workdays(5)))))
        for target in draw(st.lists(st.sampled_from(targets), max_size=6) if targets
                           else st.just([]))]
    return targets, half_days, draw(st.integers(0, 12)), fixed


@tagged('post_install', '-at_install')
class TestWeekPlan(BaseCase):
    """The proposal of a week, for whatever area and plan there may be."""

    # === PROOF ON A SYNTHETIC AREA === #

    def test_covers_a_and_b(self):
        """A month planned week by week reaches nearly all goals of A and B, and shorter ways.

        120 customers at 24 hospitals, 9 calls a day: time for A and B, not for all.
        """
        for seed in range(3):
            targets = city(seed)
            planned, listed, count, listed_count = [], [], Counter(), Counter()
            days = workdays(20)
            for first in range(0, 20, 5):
                week, left = days[first:first + 5], 20 - first
                for calls, counts, plan in (
                        (planned, count, propose), (listed, listed_count, by_grade)):
                    last = {call.target: call.day for call in calls}
                    open_targets = [replace(
                        target, goal=target.goal - counts[target.id],
                        due=calls_due(target.goal - counts[target.id], 5, left),
                        maximum=target.maximum - counts[target.id],
                        last=last.get(target.id, target.last)) for target in targets]
                    more = plan(open_targets, halves_of(week), 9)
                    calls += more
                    counts.update(call.target for call in more)
            with self.subTest(seed=seed):
                ours, theirs = measure(targets, planned), measure(targets, listed)
                self.assertGreaterEqual(coverage(targets, planned, (A, B)), .95)
                self.assertGreaterEqual(ours.worth, theirs.worth)
                self.assertLess(ours.kilometres, theirs.kilometres * .5)
                self.assertLess(ours.changes, theirs.changes)
                self.assertTrue(all(
                    count[target.id] <= target.maximum for target in targets))

    def test_scarce_week(self):
        """Where time is short, more of what counts gets a call than by the list."""
        targets = city(7, targets=300, hospitals=90, districts=12)
        half_days = halves_of(workdays(5))
        ours = measure(targets, propose(targets, half_days, 10))
        theirs = measure(targets, by_grade(targets, half_days, 10))
        self.assertGreater(ours.worth, theirs.worth)
        self.assertLess(ours.kilometres, theirs.kilometres)

    # === LAWS === #

    @PROPERTY
    @given(areas())
    def test_limits(self, area):
        """Never over a maximum, a goal, the daily number, three hospitals, two days running."""
        targets, half_days, daily, fixed = area
        calls = propose(targets, half_days, daily, fixed)
        by_id = {target.id: target for target in targets}
        for id_, count in Counter(call.target for call in calls).items():
            self.assertLessEqual(count, by_id[id_].goal)
            if by_id[id_].maximum is not None:
                self.assertLessEqual(count, by_id[id_].maximum)
        new_days = Counter(call.day for call in calls)
        old_days = Counter(call.day for call in fixed)
        for day, count in new_days.items():
            self.assertLessEqual(count + old_days[day], daily)
        for half_day in {call[2:4] for call in calls}:
            self.assertIn(half_day, set(half_days))
            new = [call for call in calls if call[2:4] == half_day]
            hospitals = {call.hospital for call in [*new, *(
                call for call in fixed if call[3:5] == half_day)]}
            before = {call.hospital for call in fixed if call[3:5] == half_day}
            self.assertLessEqual(len(hospitals), max(MAX_HOSPITALS, len(before)))
        for call in calls:
            target = by_id[call.target]
            self.assertEqual(call.hospital, target.hospital)
            others = [other.day for other in calls if other.target == call.target
                      and other is not call]
            others += [other.day for other in fixed if other.target == call.target]
            others += [target.last] if target.last else []
            self.assertTrue(all(abs((call.day - day).days) >= MIN_GAP for day in others))

    @PROPERTY
    @given(areas(), st.randoms(use_true_random=False))
    def test_order_does_not_matter(self, area, chance):
        targets, half_days, daily, fixed = area
        first = propose(targets, half_days, daily, fixed)
        shuffled = [chance.sample(part, len(part)) for part in (targets, half_days, fixed)]
        self.assertEqual(propose(shuffled[0], shuffled[1], daily, shuffled[2]), first)

    @PROPERTY
    @given(areas())
    def test_asking_again_adds_nothing(self, area):
        targets, half_days, daily, fixed = area
        calls = propose(targets, half_days, daily, fixed)
        left, standing = keep(targets, calls)
        self.assertEqual(propose(left, half_days, daily, fixed + standing), [])

    @PROPERTY
    @given(areas())
    def test_less_time_never_brings_more(self, area):
        """When the last days are lost, what remains is planned as before: nothing else grows."""
        targets, half_days, daily, fixed = area
        calls = propose(targets, half_days, daily, fixed)
        for last in sorted({half_day.day for half_day in half_days}):
            fewer = [half_day for half_day in half_days if half_day.day < last]
            less = propose(targets, fewer, daily, fixed)
            self.assertLessEqual(
                measure(targets, less).worth, measure(targets, calls).worth + 1e-9)
            self.assertLessEqual(len({call[2:4] for call in less}), len(set(fewer)))

    @PROPERTY
    @given(areas())
    def test_reasons(self, area):
        """Each call says what spoke for it, by figures that are true."""
        targets, half_days, daily, fixed = area
        by_id = {target.id: target for target in targets}
        seen = Counter()
        for call in propose(targets, half_days, daily, fixed):
            target = by_id[call.target]
            kind = 'due' if seen[target.id] < target.due else 'ahead'
            self.assertEqual(call.reasons[kind], target.goal - seen[target.id])
            self.assertEqual(
                call.reasons['since'], target.last and (call.day - target.last).days)
            seen[target.id] += 1

    # === SMALL THINGS === #

    def test_near_hospitals_together(self):
        """Two pairs of hospitals in two towns: one town in the morning, one in the afternoon."""
        targets = [Target(number, number, Place(code=code), A, 1, 1)
                   for number, code in enumerate(('330106', '330282', '330106', '330282'), 1)]
        calls = propose(targets, halves_of([MONDAY]), 4)
        by_half = {half: {call.target for call in calls if call.half == half} for half in HALVES}
        self.assertCountEqual(by_half.values(), ({1, 3}, {2, 4}))

    def test_important_first(self):
        """One place, two customers: the grade decides, then who waits longest."""
        place = Place(code='330106')
        targets = [Target(1, 1, place, C, 1, 1), Target(2, 1, place, A, 1, 1, last=MONDAY),
                   Target(3, 1, place, A, 1, 1, last=MONDAY - timedelta(days=30))]
        days = [MONDAY + timedelta(days=3)]
        self.assertEqual([call.target for call in propose(targets, halves_of(days), 1)], [3])
        self.assertEqual(
            {call.target for call in propose(targets, halves_of(days), 2)}, {2, 3})

    def test_distance(self):
        hangzhou, ningbo = Place(30.27, 120.15, '330106'), Place(29.87, 121.55, '330203')
        self.assertAlmostEqual(distance(hangzhou, ningbo), 142, delta=3)
        codes = [Place(code=code) for code in ('330106', '330106', '330108', '330203', '110101')]
        ways = [distance(codes[0], code) for code in codes[1:]]
        self.assertEqual(ways, sorted(ways))
        self.assertEqual(distance(Place(), Place()), 600.0)

    def test_calls_due(self):
        """Goals are spread over what is left of the cycle, and none is left behind at its end."""
        self.assertEqual(
            [calls_due(4, 5, left) for left in (20, 15, 10, 5)], [1, 2, 2, 4])
        self.assertEqual(calls_due(0, 5, 20), 0)

    def test_free_starts(self):
        """Calls are spread over the half-day, beside what stands there, and never lost."""
        nine, noon = datetime(2026, 3, 2, 9), datetime(2026, 3, 2, 12)
        starts = free_starts(nine, noon, [], 3, 3, 30)
        self.assertEqual([start.hour for start in starts], [9, 10, 11])
        busy = [(nine, nine + timedelta(minutes=40))]
        starts = free_starts(nine, noon, busy, 5, 5, 30)
        spans = sorted([*busy, *((start, start + timedelta(minutes=30)) for start in starts)])
        self.assertEqual(len(spans), 6)
        self.assertTrue(all(one[1] <= two[0] for one, two in zip(
            spans, spans[1:], strict=False)))
        crowded = free_starts(nine, noon, [(nine, noon)], 2, 5, 30)
        self.assertEqual(crowded, [noon, noon + timedelta(minutes=30)])
