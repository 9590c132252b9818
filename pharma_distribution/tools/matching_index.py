"""The customers of ours by all that their names can be found by.

How it works
    Three tables: the normalised names; the own words of the names by province; the sorted names for
    those that were cut off. Beside them the pairs of characters of ``matching_rank``. Built once,
    in an order of its own, so that the order of the archive changes no answer.

No Odoo imports: testable alone.
"""

from bisect import bisect_left
from collections import defaultdict
from typing import NamedTuple

from odoo.addons.pharma_crm.tools.names import normalise

from . import matching_names as reader
from .matching_rank import Ranking
from .matching_twins import Twins

# Places in front of a name that are taken off one by one, and the least that is left of it.
_MOST_PLACES, _SHORTEST_TAIL = 4, 4


class Entry(NamedTuple):
    """A customer of ours, ready to be compared.

    :ivar Record record: as given
    :ivar Region region: where it lies
    :ivar str cls: class of institution, '' for any
    :ivar str text: its folded name
    """

    record: object
    region: tuple
    cls: str
    text: str


class Named(NamedTuple):
    """One way to see one name of a customer.

    :ivar int number: the customer's place among the entries
    :ivar bool own: its name, not another or former one
    :ivar Shape shape: what it says
    :ivar str text: the folded name
    :ivar bool tail: it is only what stands behind a university
    """

    number: int
    own: bool
    shape: object
    text: str
    tail: bool = False


class Index:
    """Customers by their names.

    :param records: iterable of Record
    :param PlaceTable places: the known divisions
    """

    def __init__(self, records, places):
        self.places = places
        self.entries = []
        self.by_id = {}  # id of the record -> number
        self.by_key = defaultdict(dict)  # normalised name -> number -> whether it is the own name
        self.by_core = defaultdict(list)  # (own words, province) -> [Named]
        self.namesakes = defaultdict(set)  # own words -> numbers
        self.starts = []  # (folded name, number), sorted
        self._start_names = ()  # the names of these alone
        self.universities = defaultdict(list)  # first character -> [(name, which hospital, number)]
        self.texts = []  # number -> folded names, own and others
        self._readings = {}  # own name -> Reading
        self.tails = defaultdict(list)  # end of a name -> [(number, level, places before it)]
        self.ranking = Ranking()
        self.twins = Twins(places)
        records = sorted(records, key=lambda record: (record.name, str(record.id)))
        names = {record.id: record.name for record in records}
        for record in records:
            self.by_id[record.id] = len(self.entries)
            self._add(record, names.get(record.parent_id, ''))
        self.starts.sort()
        self._start_names = [name for name, _number in self.starts]
        self.twins.close()
        self._provinces = sorted({entry.region.province for entry in self.entries} - {''})

    def _add(self, record, parent_name):
        region = self.places.region(record.province, record.city, record.county, record.address)
        reading = reader.read_name(parent_name + record.name, self.places)
        self._readings[parent_name + record.name] = reading
        text = reading.main + ''.join(reading.labels + reading.notes)
        region = self._with_county(region, text)
        number = len(self.entries)
        self.entries.append(Entry(record, region, reader.class_of_kind(record.kind), text))
        self.texts.append(set())
        self._add_name(number, region, parent_name + record.name, reading, True)
        for name in record.aliases:
            self._add_name(number, region, name, reader.read_name(name, self.places), False)

    def read_name(self, name):
        """A name taken apart; of a customer's own name this is known already.

        :param str name: as a file writes it
        :rtype: Reading
        """
        return self._readings.get(name) or reader.read_name(name, self.places)

    def _with_county(self, region, text):
        """A region with the county that the name says, when nothing else does."""
        if region.county or not region.province:
            return region
        mentions = self.places.readings(text)[0][0] if text else ()
        codes = {
            code for mention in mentions if mention.level for code in mention.codes
            if len(code) == 6 and code.startswith(region.city or region.province)}
        return region._replace(county=codes.pop()) if len(codes) == 1 else region

    def _add_name(self, number, region, name, reading, own):
        main = reading.main + ''.join(reading.labels + reading.notes)
        for key in (normalise(name), normalise(main)):
            if key:
                self.by_key[key][number] = own or self.by_key[key].get(number, False)
        for text in reading.others:
            self.by_key[normalise(text)].setdefault(number, False)
        for text in dict.fromkeys((main, *reading.others)):
            if not text:
                continue
            self.texts[number].add(text)
            self._add_tails(number, text)
            self.twins.add(number, region, text, own and text == main)
            self.ranking.add(text, number, region.province)
            self.starts.append((text, number))
            self._add_shapes(number, region, text, own and text == main)
            university = reader.university_of(text)
            if university:
                self.universities[text[0]].append((*university, number))
            tail = reader.without_parent(text)
            if tail:
                self._add_shapes(number, region, tail, False, tail=True)

    def _add_tails(self, number, text):
        """Put a name down by what it says, and by what is left behind each of its places."""
        for depth in range(_MOST_PLACES):
            level, key, rest = self._tail_key(text)
            if not depth or level is not None or reader.own_words(key):
                self.tails[key].append((number, level or '', depth))
            if level is None or len(rest) < _SHORTEST_TAIL:
                return
            text = rest

    def _tail_key(self, text):
        """:return: (level of the first place, '' when it is not written, None without a place;
        key; what follows the first place)
        """
        mentions = self.places.readings(text)[0][0] if len(text) > 2 else ()
        if not mentions:
            return None, reader.canonical(text), text
        first = mentions[0]
        rest = text[len(first.text):]
        stem = first.text.removesuffix(first.level) if len(first.text) > 2 else first.text
        return first.level, f'{stem}|{reader.canonical(rest)}', rest

    def tail_keys(self, text):
        """What other names a folded text is like: its level, and the keys of ``tails``.

        :return: tuple (level of its first place or '', list of keys)
        """
        level, key, _rest = self._tail_key(text)
        stem, mark, core = key.rpartition('|')
        return level or '', [
            stem + mark + form for form in dict.fromkeys((core, *reader.short_forms(core)))]

    def _add_shapes(self, number, region, text, own, tail=False):
        for shape in self.shapes_of(text, region):
            self.by_core[shape.core, region.province].append(
                Named(number, own, shape, text, tail))
            self.namesakes[shape.core].add(number)

    @staticmethod
    def _within(codes, region):
        return frozenset(code for code in codes if region.holds((code,)) is not False)

    def shapes_of(self, text, region):
        """Shapes of a customer's name whose places are true of where it lies."""
        found = []
        for shape in reader.shapes(text, self.places):
            if shape.mentions:
                last = shape.mentions[-1]
                codes = self._within(last.codes, region)
                if not codes and not last.level:
                    continue
                # an address in the county's city; 太和县 of a city that has a 太和区 today
                codes = codes or frozenset(
                    code for code in last.codes if region.city and code.startswith(region.city)
                ) or self._within(self.places.codes(last.text[:-1]), region)
                if codes and codes != last.codes:
                    shape = shape._replace(
                        mentions=(*shape.mentions[:-1], last._replace(codes=codes)))
            found.append(shape)
        return found

    def named(self, core, provinces=None):
        """Names with the same own words.

        :param provinces: codes of the provinces to look in; None for all
        :return: list of Named
        """
        if provinces is None:
            provinces = self._provinces
        found = []
        for province in (*provinces, ''):
            found += self.by_core.get((core, province), ())
        return found

    def begin_with(self, text, limit=60):
        """Names that begin with a folded text.

        :return: list of (folded name, number), at most ``limit``
        """
        found = []
        start = bisect_left(self._start_names, text)
        for position in range(start, min(start + limit, len(self.starts))):
            if not self._start_names[position].startswith(text):
                break
            found.append(self.starts[position])
        return found
