"""The first five customers that a name may mean, with what agrees and differs.

No Odoo imports: testable alone.
"""

from . import matching_names as reader
from .matching_evidence import said_codes
from .matching_rank import facts, score
from .matching_result import Candidate

SUGGESTED = 5
# Below it, nothing is similar.
_LEAST = 0.35


def suggest(chooser, reading, scope, finding, decided):
    """Candidates of a name, the best first.

    :param Finding finding: the answer so far, with those that were thought of
    :param bool decided: whether the answer stands, so that nobody needs to look further
    :return: tuple of Candidate, at most five
    """
    entries = chooser.index.entries
    text = reading.main
    codes = _codes(chooser, text, finding)
    names = {}
    if not decided:
        heads = [head for head, _label, _relation in reader.split_tail(text)]
        for wanted in dict.fromkeys((text, *heads, *reading.others)):
            for name, number in chooser.near(wanted, scope):
                if number not in names:
                    names[number] = []
                names[number].append(name)
    for number in finding.chances:
        names.setdefault(number, [entries[number].text])
    scored = []
    for number, texts in names.items():
        best = max((_rate(chooser, text, name, codes, number, scope) for name in texts[:3]),
                   key=lambda item: item[0])
        value = best[0]
        if number in finding.chances:
            value = max(value, 0.9) + finding.chances[number]
        if value >= _LEAST:
            scored.append((value, number, best[1], best[2]))
    scored.sort(key=lambda item: (-item[0], item[1]))
    return tuple(
        Candidate(entries[number].record.id, round(min(1.0, value / 2 if value > 1 else value), 3),
                  agrees, differs)
        for value, number, agrees, differs in scored[:SUGGESTED])


def _codes(chooser, text, finding):
    for shape in reader.shapes(text, chooser.places):
        if shape.mentions:
            return said_codes(shape)
    return frozenset()


def _rate(chooser, text, name, codes, number, scope):
    agrees, differs = facts(text, codes, name, chooser.index.entries[number], scope)
    return score(text, name, agrees, differs), agrees, differs
