"""Choose the customer that a text means among those whose names fit.

How it works
    A text is seen in several shapes (places, own words). Customers with the same own words, or with
    those that a short form stands for, are compared by the places that the text says; where it says
    none, by where the distributor sells.

No Odoo imports: testable alone.
"""

from typing import NamedTuple

from odoo.addons.pharma_crm.tools.names import fold, normalise

from . import matching_names as reader
from .matching_evidence import (
    compare_places,
    level_said,
    rank_place,
    said_codes,
    weigh_bare,
)
from .matching_result import HINT, REASONS

# Confidence at best by how the places agree: 5 own name, 4 other name, then as rank_place says.
_BY_RANK = {5: 1.0, 4: 0.996, 3: 0.995, 2: 0.99, 1: 0.985, 0: HINT}
# What is left of it where the place has namesakes and nothing says which is meant.
_NAMESAKE_PLACE = 0.9
# From here on a chance by places counts in full.
_GOOD_CHANCE = 0.99
# A name that says a larger place than the customer's, and little else of its own.
_FAR = 0.95
_MANY = 400
# Rules that are too loose to take two customers for one.
_NO_TWINS = ('maybe', 'parent')


class Finding(NamedTuple):
    """What a text means, how sure, why, and who else was thought of.

    :ivar number: the customer's place among the entries, None when several may be meant
    :ivar dict chances: number -> chance between 0 and 1
    :ivar bool placed: whether the name itself says where
    """

    number: object
    confidence: float
    reason: str
    chances: dict
    placed: bool = False
    relation: str = 'same'
    data: tuple = ()

    def as_twin(self, other):
        """The same answer with the doubt that another customer is the same institution."""
        return self._replace(
            confidence=min(self.confidence, REASONS['twin'][0]), reason='twin',
            chances={other: 0.5, **self.chances, self.number: 1.0})


class Chooser:
    """Answers for one text at a time.

    :param Index index: the customers
    """

    def __init__(self, index):
        self.index = index
        self.places = index.places

    def resolve(self, text, scope):
        """What a folded name means: by its normalised form, then by its places and own words.

        :rtype: Finding | None
        """
        if len(text) < 2:
            return None
        return self.by_key(normalise(text), scope, 'exact_remark') or self._by_shape(
            text, scope, {})

    def by_key(self, key, scope, reason):
        """Customers whose name, or another name, is equal in its normalised form.

        :param str reason: code for an equal own name
        :rtype: Finding | None
        """
        numbers = self.index.by_key.get(key)
        if not numbers:
            return None
        fitting = {
            number: reason if own else 'alias' for number, own in numbers.items()
            if scope.fits_row(self.index.entries[number].region) is not False}
        if not fitting:
            return Finding(None, 0.0, 'elsewhere', dict.fromkeys(numbers, 0.3))
        return self._by_shape(fold(key), scope, fitting)

    def _by_shape(self, text, scope, equal):
        """:param dict equal: number -> reason, of customers with an equal name"""
        placed, bare, best_core = {}, {}, ''
        said, level = None, ''
        for shape in reader.shapes(text, self.places):
            forms = [(shape.core, 'place'), *(
                (core, 'short') for core in reader.short_forms(shape.core)), *(
                (core, 'maybe') for core in reader.short_forms(shape.core, True))]
            for core, reason in forms:
                if shape.mentions:
                    self._collect_placed(text, shape, core, reason, scope, placed)
                    said = said or shape
                else:
                    self._collect_bare(text, shape, core, reason, scope, bare)
                    best_core, level = best_core or core, level or shape.level
        for number, reason in equal.items():
            if self._says_place(number, text):
                placed[number] = (5 if reason != 'alias' else 4, reason)
                bare.pop(number, None)
            else:
                bare[number] = (reason, False)
        if placed:
            finding = self._choose_placed(placed, said, scope)
            finding = self._doubt_twin(text, finding)
            if finding.number is None and max(rank for rank, _reason in placed.values()) >= 3:
                return finding
            if finding and (finding.confidence >= 0.98 or not bare or finding.reason == 'twin'):
                return self._doubt(finding, said, bare, equal, scope)
        else:
            finding = None
        if bare:
            other = self._choose_bare(bare, best_core or text, level, scope)
            if finding is None or other.confidence > finding.confidence:
                chances = {**(finding.chances if finding else {}), **other.chances}
                return other._replace(chances=chances)
        return finding

    def _says_place(self, number, text):
        region = self.index.entries[number].region
        return any(shape.mentions and not shape.is_brand
                   for shape in self.index.shapes_of(text, region))

    def near(self, text, scope):
        """Similar names of customers, those of the province first that is likeliest.

        :return: list of (folded name, number)
        """
        province = scope.row.province
        found = []
        if not province:
            said = [shape for shape in reader.shapes(text, self.places) if shape.mentions]
            provinces = {code[:2] for code in said_codes(said[0])} if said else set()
            home = scope.distributor.province
            province = next(iter(provinces)) if len(provinces) == 1 else home
            if home and province != home:
                found += self.index.ranking.near(text, home)
        if province:
            found += self.index.ranking.near(text, province)
        if not scope.row.province:
            found += self.index.ranking.near(text)
        return found

    # === NAMES THAT SAY A PLACE === #

    def _collect_placed(self, text, shape, core, reason, scope, placed):
        codes, cls = said_codes(shape), reader.class_of(text)
        for named in self.index.named(core, sorted({code[:2] for code in codes})):
            entry = self.index.entries[named.number]
            if scope.fits_row(entry.region) is False or (cls and entry.cls and cls != entry.cls):
                continue
            relation = compare_places(shape, named.shape, entry.region)
            rank = rank_place(relation, core, shape, named.shape, self.places)
            if named.tail and not reader.own_words(core):
                rank = min(rank, 0)
            if rank < 0 or rank <= placed.get(named.number, (-1,))[0]:
                continue
            placed[named.number] = (rank, self._reason(reason, named, text))

    def _choose_placed(self, placed, said, scope):
        """The customer with the best place; several of them by the places beside the name."""
        best = max(rank for rank, _reason in placed.values())
        winners = [number for number, (rank, _reason) in placed.items() if rank == best]
        chances = {number: _BY_RANK[rank] / (1 + (best - rank))
                   for number, (rank, _reason) in placed.items()}
        namesakes = said and len(said_codes(said)) > 1 and len(reader.own_words(said.core)) < 2
        confidence = _BY_RANK[best]
        # of a name with words of its own, a customer without a place there is the same as well
        like = (2, 3, 4) if said and reader.own_words(said.core) else (3, 4)
        if len(winners) > 1:
            supported = [number for number in winners if self._supported(number, scope)]
            if len(supported) != 1:
                share = 1 / len(winners)
                return Finding(None, 0.0, 'ambiguous', {
                    number: chance * share if number in winners else chance * share / 2
                    for number, chance in chances.items()})
            winners = supported
            confidence = min(confidence, 0.99)
        elif best >= 4 and any(rank in like and reason not in _NO_TWINS and number != winners[0]
                               for number, (rank, reason) in placed.items()):
            number = winners[0]
            return Finding(number, REASONS['twin'][0], 'twin', {**chances, number: 1.0})
        elif best == 3 and any(rank == 2 for rank, _reason in placed.values()):
            confidence = _NAMESAKE_PLACE  # 西安长安医院, and a 长安医院 in 西安
        elif namesakes and not self._supported(winners[0], scope) and not (
                # of an equal name nothing more can be asked where nobody knows the place
                best == 5 and not self.index.entries[winners[0]].region.province):
            confidence = _NAMESAKE_PLACE
        if not best:
            return Finding(None, 0.0, 'ambiguous', chances)
        number = winners[0]
        reason = placed[number][1]
        confidence = min(confidence, REASONS[reason][0])
        if best == 1 and self._is_far(number, said, scope):
            confidence = min(confidence, _FAR)
        return Finding(number, confidence, reason, chances, placed=best >= 3)

    def _is_far(self, number, said, scope):
        """Whether a customer of a larger or smaller place may be another one after all."""
        entry = self.index.entries[number]
        return (entry.cls in ('company', 'pharmacy') or len(reader.own_words(said.core)) < 3
                or entry.region.area() not in ('', scope.row.area(), scope.distributor.area()))

    def _doubt_twin(self, text, finding):
        """Less sure where another customer is called the same behind a place: 甲市某医院,
        某医院."""
        if finding.number is None:
            return finding
        region = self.index.entries[finding.number].region
        for named in self.index.named(reader.canonical(text), [region.province]):
            if named.number != finding.number and named.shape.mentions and not named.tail:
                return finding.as_twin(named.number)
        return finding

    def _supported(self, number, scope):
        """Whether the places beside the name say that a customer is the one."""
        region = self.index.entries[number].region
        if scope.row.province:
            return scope.fits_row(region) is True
        return bool(region.province) and region.province == scope.distributor.province

    def _doubt(self, finding, said, bare, equal, scope):
        """Less sure where the place may as well be a part of what another customer is called."""
        if said is None or said.mentions[-1].level or finding.number in equal:
            return finding
        rivals = [
            number for number in bare if number != finding.number
            and scope.likelihood(self.index.entries[number].region) > 0.001]
        if not rivals or finding.number is None:
            return finding
        chances = {**dict.fromkeys(rivals, 0.4), **finding.chances}
        return finding._replace(confidence=0.8, reason='unsure', chances=chances, placed=False)

    # === NAMES THAT SAY NO PLACE === #

    def _collect_bare(self, text, shape, core, reason, scope, bare):
        provinces = scope.provinces()
        if provinces is None and len(self.index.namesakes.get(core, ())) > _MANY:
            return
        cls = reader.class_of(text)
        for named in self.index.named(core, provinces):
            entry = self.index.entries[named.number]
            if scope.fits_row(entry.region) is False or (cls and entry.cls and cls != entry.cls):
                continue
            if shape.level and level_said(named.shape) != shape.level:
                continue
            if named.number in bare:
                continue
            in_county = bool(named.shape.mentions) and min(
                map(len, named.shape.mentions[-1].codes)) == 6
            bare[named.number] = (self._reason(reason, named, text), in_county)

    def _choose_bare(self, bare, core, level, scope):
        entries = self.index.entries
        hits = [(number, entries[number].region, reason, in_county)
                for number, (reason, in_county) in bare.items()]
        ranked = weigh_bare(hits, scope, core, level, max(
            len(self.index.namesakes.get(core, ())), len(bare)))
        number, chance = ranked[0]
        reason = bare[number][0]
        chances = dict(ranked)
        if chance < 0.5:
            return Finding(None, 0.0, 'ambiguous', chances)
        if reason in ('place', 'short', 'words') and len(ranked) > 1:
            reason = 'local'
        # chances below are guesses, however good: one in fifty would be wrong
        confidence = chance if chance >= _GOOD_CHANCE else min(chance, 0.97)
        return Finding(number, min(confidence, REASONS[reason][0]), reason, chances)

    @staticmethod
    def _reason(reason, named, text):
        if named.tail:
            return 'parent'
        if not named.own:
            return 'alias'
        return 'words' if reason == 'place' and not named.text.endswith(text[-4:]) else reason
