"""Who gets a lead: which rule fits it, and whose turn it is.

How to use
    fitting = [rule for rule in rules if fits(rule, facts)]           # in their order
    order = turn_order([3, 1, 1], turn=7)                             # indexes of people

How it works
    A rule is a set of conditions; an empty one always holds. Turns go round by weights, spread
    evenly (three to one: A A B A, not A A A B), and depend on nothing but how many leads the rule
    has given already: who was away does not get what he missed when he comes back.

No Odoo imports: testable alone.
"""

from dataclasses import dataclass
from functools import lru_cache


@dataclass(frozen=True)
class Rule:
    """Conditions of one rule; None: any."""

    id: int
    territories: frozenset | None = None
    provinces: frozenset | None = None
    cities: frozenset | None = None
    lines: frozenset | None = None
    sources: frozenset | None = None
    kind: str | None = None
    amount_from: float = 0
    amount_to: float = 0


@dataclass(frozen=True)
class Facts:
    """What rules know of a lead; 0 or '' for what nobody knows."""

    territory: int = 0
    province: int = 0
    city: int = 0
    line: int = 0
    source: int = 0
    kind: str = ''
    amount: float = 0


# attribute of the rule -> attribute of the facts
SETS = {
    'territories': 'territory', 'provinces': 'province', 'cities': 'city', 'lines': 'line',
    'sources': 'source'}


def fits(rule, facts):
    """Whether a lead meets all the conditions of a rule. What nobody knows meets none.

    :param Rule rule: the conditions
    :param Facts facts: of the lead
    :rtype: bool
    """
    for condition, fact in SETS.items():
        wanted = getattr(rule, condition)
        if wanted is not None and getattr(facts, fact) not in wanted:
            return False
    if rule.kind and rule.kind != facts.kind:
        return False
    return facts.amount >= rule.amount_from and (
        not rule.amount_to or facts.amount < rule.amount_to)


@lru_cache(maxsize=256)
def _round_of(weights):
    """One round of turns: each index as often as its weight, spread evenly."""
    credit, total = [0] * len(weights), sum(weights)
    turns = []
    for _turn in range(total):
        credit = [have + weight for have, weight in zip(credit, weights, strict=True)]
        chosen = max(range(len(weights)), key=lambda index: (credit[index], -index))
        credit[chosen] -= total
        turns.append(chosen)
    return tuple(turns)


def turn_order(weights, turn):
    """Whose turn it is, and who follows if he cannot.

    :param weights: positive integers, one for each of the people
    :param int turn: how many leads were given already
    :return: each index once
    :rtype: list[int]
    """
    if not weights:
        return []
    turns = _round_of(tuple(weights))
    start = turn % len(turns)
    return list(dict.fromkeys((*turns[start:], *turns[:start])))
