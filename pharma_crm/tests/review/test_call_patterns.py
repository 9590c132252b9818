import csv
import logging
from collections import Counter
from datetime import date, datetime, time, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged
from odoo.tools import file_open

from ...tools.call_patterns import KINDS, TEXT, Call, Limits, distance, find
from ...tools.names import fold

_logger = logging.getLogger(__name__)
LIMITS = Limits(speed=90, rail_speed=300, km=3, share=90, letters=12, text_days=60, days=3,
                minutes=3)
FIRST = date(2026, 3, 1)
FIXTURE = 'pharma_crm/tests/data/unusual_calls.csv'
# kind -> (precision, recall) that the labelled calls must reach
BOUNDS = {
    'overlap': (0.75, 1.0),
    'distance': (1.0, 0.8),
    'text': (0.8, 0.8),
    'late': (0.8, 1.0),
    'short': (0.85, 1.0),
}
WITHOUT_LENGTH = ('material', 'mail', 'sms', 'other')
CALLS = st.lists(st.builds(
    lambda day, minute, length, place, text, entry: (day, minute, length, place, text, entry),
    st.integers(0, 3), st.integers(0, 600), st.integers(0, 90),
    st.sampled_from((None, (34.6, 119.2), (34.5, 118.8), (32.1, 118.8))),
    st.text("甲乙丙丁", max_size=24), st.integers(0, 6)), max_size=12)


def make_calls(rows):
    """Calls of the engine from what hypothesis draws."""
    calls = []
    for number, (day, minute, length, place, text, entry) in enumerate(rows, 1):
        start = datetime.combine(FIRST + timedelta(days=day), time(8)) + timedelta(minutes=minute)
        calls.append(Call(number, start.date(), start, start + timedelta(minutes=length), place,
                          entry_days=entry, text=text))
    return calls


@tagged('post_install', '-at_install')
class TestCallPatterns(BaseCase):
    """What stands out among the calls of a person."""

    def _labelled(self):
        """{person: calls}, {(id, kind)} of the labelled calls."""
        calls, labels = {}, set()
        with file_open(FIXTURE) as file:
            for row in csv.DictReader(file):
                day = FIRST + timedelta(days=int(row['day']))
                start = datetime.combine(day, time.fromisoformat(row['start']))
                call = Call(
                    id=int(row['id']), day=day, start=start,
                    end=start + timedelta(minutes=int(row['minutes'])),
                    place=(float(row['latitude']), float(row['longitude']))
                    if row['latitude'] else None,
                    lasts=row['channel'] not in WITHOUT_LENGTH,
                    travels=row['channel'] in ('face', 'event', 'material'),
                    venue=(row['place'], start) if row['channel'] == 'event' else None,
                    entry_days=int(row['entry_days']), text=row['text'])
                calls.setdefault(row['person'], []).append(call)
                labels |= {(call.id, kind) for kind in row['flags'].split(';') if kind}
        return calls, labels

    def test_labelled_calls(self):
        """Precision and recall of each kind on calls that people have judged."""
        calls, labels = self._labelled()
        found = {(finding.call_id, finding.kind)
                 for own in calls.values() for finding in find(own, LIMITS)}
        right, told, wanted = (
            Counter(kind for _id, kind in pairs) for pairs in (found & labels, found, labels))
        for kind in KINDS:
            precision, recall = right[kind] / told[kind], right[kind] / wanted[kind]
            _logger.info(
                "%s: precision %.2f (%d of %d), recall %.2f (%d of %d)", kind, precision,
                right[kind], told[kind], recall, right[kind], wanted[kind])
            with self.subTest(kind=kind):
                self.assertGreaterEqual(wanted[kind], 5)
                self.assertGreaterEqual(precision, BOUNDS[kind][0])
                self.assertGreaterEqual(recall, BOUNDS[kind][1])

    @settings(max_examples=100, deadline=None)
    @given(CALLS, st.randoms())
    def test_order_does_not_matter(self, rows, random):
        """Nor does it matter from which day on one looks."""
        calls = make_calls(rows)
        findings = find(calls, LIMITS)
        random.shuffle(calls)
        self.assertEqual(find(calls, LIMITS), findings)
        day = FIRST + timedelta(days=2)
        days = {call.id: call.day for call in calls}
        self.assertEqual(
            find(calls, LIMITS, day),
            [finding for finding in findings if days[finding.call_id] >= day])
        self.assertEqual(len({finding[:2] for finding in findings}), len(findings))

    @settings(max_examples=200, deadline=None)
    @given(CALLS, st.integers(50, 100))
    def test_texts_as_all_pairs(self, rows, share):
        """The index of rare pairs finds what comparing everything with everything finds."""
        calls = make_calls(rows)
        limits = LIMITS._replace(share=share, letters=4)
        expected = set()
        for call in calls:
            for other in calls:
                before = (other.start, other.id) < (call.start, call.id)
                texts = fold(call.text), fold(other.text)
                if not before or min(map(len, texts)) < limits.letters:
                    continue
                one, two = (Counter(zip(text, text[1:], strict=False)) for text in texts)
                if 200 * (one & two).total() >= share * (one.total() + two.total()):
                    expected.add(call.id)
        self.assertEqual(
            {finding.call_id for finding in find(calls, limits) if finding.kind == TEXT}, expected)

    def test_distance(self):
        """Beijing to Shanghai is 1,067 km as the crow flies; a place is next to itself."""
        self.assertAlmostEqual(distance((39.9042, 116.4074), (31.2304, 121.4737)), 1067, delta=2)
        self.assertEqual(distance((34.6, 119.2), (34.6, 119.2)), 0)

    def test_nothing(self):
        """No calls, nothing unusual."""
        self.assertEqual(find([], LIMITS), [])
