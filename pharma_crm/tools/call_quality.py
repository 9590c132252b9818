"""How much a record of a call tells: 0 to 100, with the reasons. No Odoo imports.

How to use: :func:`measure` says how far each element is there, :func:`assess` weighs them with the
company's coefficients.

How it works: an element is got in part or whole, between 0 and 1, or does not apply (None): an
e-mail has no length. What does not apply is left out, so that it neither helps nor hurts. Adding a
fact never lowers the result: of several products the best told counts.
"""

from fractions import Fraction
from typing import NamedTuple

PURPOSE, PRODUCTS, PEOPLE, RESULT, NEED, SOLUTION, NEXT, DURATION, ON_TIME, PLANNED = CODES = (
    'purpose', 'products', 'people', 'result', 'need', 'solution', 'next', 'duration', 'on_time',
    'planned')


class Call(NamedTuple):
    """What a record of a call holds.

    ``products``: per product whether its message and its reaction are there; ``minutes``: None
    where the form of contact has no length; ``entry_days``: from the call to its record.
    """

    purpose: bool = False
    products: tuple[tuple[bool, bool], ...] = ()
    people: bool = False
    result: bool = False
    need: bool = False
    solution: bool = False
    next_step: bool = False
    minutes: int | None = 0
    entry_days: int = 0
    planned: bool = False


class Limits(NamedTuple):
    """Shortest and longest length of a call in minutes; days until which a record is on time."""

    shortest: int
    longest: int
    on_time_days: int


class Part(NamedTuple):
    """An element in the result: its share of 100 points, how many of them were got."""

    code: str
    share: float
    got: float

    @property
    def is_whole(self):
        """Whether nothing is missing."""
        return self.got == self.share


class Quality(NamedTuple):
    """The points of a call, 0 to 100, None where nothing is weighed; and its parts."""

    value: float | None
    parts: tuple[Part, ...]


def measure(call, limits):
    """How far each element of a call is there.

    :param Call call: the record
    :param Limits limits: of the company
    :return: {code: 0 to 1, or None where the element does not apply}
    :rtype: dict(str, Fraction or None)
    """
    products = max((1 + message + reaction for message, reaction in call.products), default=0)
    whole = {
        PURPOSE: call.purpose, PEOPLE: call.people, RESULT: call.result, NEED: call.need,
        SOLUTION: call.solution, NEXT: call.next_step, PLANNED: call.planned,
        ON_TIME: call.entry_days <= limits.on_time_days}
    measured = {code: Fraction(bool(there)) for code, there in whole.items()}
    measured[PRODUCTS] = Fraction(products, 3)
    measured[DURATION] = None if call.minutes is None else Fraction(
        limits.shortest <= call.minutes <= limits.longest)
    return measured


def assess(measured, coefficients):
    """Weigh the elements.

    :param measured: {code: 0 to 1, or None}
    :param coefficients: {code: weight}, in hundredths at most; elements without one do not count
    :return: the points, with their parts in the order of :data:`CODES`
    :rtype: Quality
    :raise ValueError: for a negative coefficient or an unknown code
    """
    weights = {code: round(weight * 100) for code, weight in coefficients.items()}
    if any(weight < 0 for weight in weights.values()) or not weights.keys() <= set(CODES):
        raise ValueError(f"coefficients: {coefficients}")
    counted = [code for code in CODES
               if weights.get(code) and measured.get(code) is not None]
    total = sum(weights[code] for code in counted)
    if not total:
        return Quality(None, ())
    shares = {code: Fraction(100 * weights[code], total) for code in counted}
    return Quality(
        _tenths(sum(shares[code] * measured[code] for code in counted)),
        tuple(Part(code, _tenths(shares[code]), _tenths(shares[code] * measured[code]))
              for code in counted))


def _tenths(number):
    """Rounded to one decimal, halves up."""
    return int(number * 10 + Fraction(1, 2)) / 10
