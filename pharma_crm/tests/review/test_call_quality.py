from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ...tools.call_quality import CODES, PRODUCTS, Call, Limits, assess, measure

LIMITS = Limits(shortest=5, longest=120, on_time_days=1)
WEIGHTS = st.dictionaries(
    st.sampled_from(CODES), st.integers(0, 1000).map(lambda number: number / 100))
CALLS = st.builds(
    Call, purpose=st.booleans(), products=st.lists(
        st.tuples(st.booleans(), st.booleans()), max_size=4).map(tuple),
    people=st.booleans(), result=st.booleans(), need=st.booleans(), solution=st.booleans(),
    next_step=st.booleans(), minutes=st.none() | st.integers(0, 300),
    entry_days=st.integers(0, 10), planned=st.booleans())
FLAGS = ('purpose', 'people', 'result', 'need', 'solution', 'next_step', 'planned')


@tagged('post_install', '-at_install')
class TestCallQuality(BaseCase):
    """The laws of the points of a call."""

    @settings(max_examples=200, deadline=None)
    @given(CALLS, WEIGHTS)
    def test_points_are_of_hundred(self, call, weights):
        """0 to 100, and the parts are what the whole is made of."""
        quality = assess(measure(call, LIMITS), weights)
        if quality.value is None:
            self.assertFalse(quality.parts)
            return
        self.assertGreaterEqual(quality.value, 0)
        self.assertLessEqual(quality.value, 100)
        self.assertAlmostEqual(sum(part.got for part in quality.parts), quality.value, delta=0.6)
        self.assertAlmostEqual(sum(part.share for part in quality.parts), 100, delta=0.6)

    @settings(max_examples=200, deadline=None)
    @given(CALLS, WEIGHTS, st.sampled_from((*FLAGS, 'product')), st.booleans(), st.booleans())
    def test_more_is_never_less(self, call, weights, what, message, reaction):
        """Whatever is added to a record, it does not lose by it."""
        more = (call._replace(products=(*call.products, (message, reaction)))
                if what == 'product' else call._replace(**{what: True}))
        before, after = (assess(measure(record, LIMITS), weights).value for record in (call, more))
        self.assertGreaterEqual(after or 0, before or 0)

    @settings(max_examples=100, deadline=None)
    @given(CALLS, WEIGHTS, st.randoms())
    def test_order_does_not_matter(self, call, weights, random):
        """Neither of the products, nor of the elements."""
        products, codes = list(call.products), list(weights)
        random.shuffle(products)
        random.shuffle(codes)
        self.assertEqual(
            assess(measure(call, LIMITS), weights),
            assess(measure(call._replace(products=tuple(products)), LIMITS),
                   {code: weights[code] for code in codes}))

    @settings(max_examples=100, deadline=None)
    @given(CALLS, WEIGHTS, st.integers(1, 50))
    def test_only_proportions_matter(self, call, weights, factor):
        """Coefficients of 1 and 2 are those of 10 and 20."""
        measured = measure(call, LIMITS)
        self.assertEqual(
            assess(measured, weights),
            assess(measured, {code: weight * factor for code, weight in weights.items()}))

    def test_by_hand(self):
        """Two thirds of a product of 2, of 4 in all; a length that does not apply is left out."""
        measured = measure(Call(purpose=True, products=((True, False),), minutes=None), LIMITS)
        quality = assess(measured, {'purpose': 1, 'products': 2, 'need': 1, 'duration': 5})
        self.assertEqual(quality.value, 58.3)
        self.assertEqual(
            [(part.code, part.share, part.got) for part in quality.parts],
            [('purpose', 25, 25), ('products', 50, 33.3), ('need', 25, 0)])
        self.assertFalse(quality.parts[1].is_whole)

    def test_bad_coefficients(self):
        """What cannot be weighed is refused, not guessed."""
        with self.assertRaises(ValueError):
            assess({PRODUCTS: 1}, {PRODUCTS: -1})
        with self.assertRaises(ValueError):
            assess({PRODUCTS: 1}, {'charm': 1})
        self.assertIsNone(assess(measure(Call(), LIMITS), {}).value)
