"""Find the territories and product lines that lists name.

How to use
    places = Places([Place(7, "江苏省区", "JS", "华东大区 / 江苏省区")], {'心血管线': {3}})
    place, line_id, problem = places.find("JS", "心血管线")

How it works
    A territory is named by its code, else by its name or its full name, a product line by its name.
    What fits several is a problem, never a guess.

No Odoo imports: testable alone.
"""

from collections import defaultdict
from dataclasses import dataclass

from .list_table import Problem, word_key


@dataclass(frozen=True)
class Place:
    """A territory that a list may name."""

    id: int
    name: str
    code: str
    path: str


class Places:
    """Territories and product lines of one company.

    :param places: all Place
    :param dict lines: {word of a product line, as ``word_key`` gives it: set of ids}
    """

    def __init__(self, places, lines):
        self._codes = {place.code: place for place in places if place.code}
        self._names = defaultdict(set)
        for place in places:
            self._names[word_key(place.name)].add(place)
            self._names[word_key(place.path)].add(place)
        self._lines = lines

    def find(self, territory, line=None):
        """What two cells name.

        :param str territory: code, name or full name
        :param str line: name of a product line, empty for all
        :return: the Place, the id of the line (0: all), and the Problem or None; with a problem the
            first two say nothing
        :rtype: tuple[Place | None, int, Problem | None]
        """
        found = {self._codes[territory]} if territory in self._codes else (
            self._names.get(word_key(territory), set()))
        if len(found) != 1:
            reason = 'territory_ambiguous' if found else 'territory_unknown'
            return None, 0, Problem(reason, territory)
        lines = self._lines.get(word_key(line), set()) if line else {0}
        if len(lines) != 1:
            return None, 0, Problem('line_ambiguous' if lines else 'line_unknown', line)
        return next(iter(found)), next(iter(lines)), None
