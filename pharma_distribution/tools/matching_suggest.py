"""The first five customers that a name may mean, with what agrees and differs.

No Odoo imports: testable alone.
"""

from . import matching_names as reader
from .matching_evidence import said_codes
from .matching_rank import facts, likeness, score
from .matching_result import HINT, Candidate

SUGGESTED = 5
# Below it, nothing is similar.
_LEAST = 0.35
# Customers whose facts are compared.
_LOOKED_AT = 24


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
    for number, name, value in _closest(text, names, finding.chances):
        agrees, differs = facts(text, codes, name, entries[number], scope)
        value = score(text, name, value, agrees, differs)
        chance = finding.chances.get(number, 0.0)
        if chance > HINT:
            value = max(value, 0.9) + chance
        if value >= _LEAST:
            scored.append((value, number, agrees, differs))
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


def _closest(text, names, chances):
    """The most alike name of each customer, of the customers that are worth a closer look.

    :param dict names: number -> names
    :param dict chances: number -> chance
    :return: list of (number, name, likeness)
    """
    found = []
    for number, texts in names.items():
        value, name = max((likeness(text, name), name) for name in texts)
        found.append((-chances.get(number, 0.0), -value, number, name))
    found.sort()
    return [(number, name, -value) for _chance, value, number, name in found[:_LOOKED_AT]]
