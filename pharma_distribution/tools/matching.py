"""Tell which customer of ours a name in a distributor's file means.

How to use
    archive = Archive(records, PlaceTable(divisions), aliases)
    for match in archive.match([Query("市一院", distributor=7, distributor_city="苏州市")], 0.98):
        match.record_id, match.decision, match.reason, match.confidence, match.automatic

How it works
    In this order, the first that is sure counts: a decision of people (for this distributor, then
    for all); the name is equal in its normalised form; it is a known other name; it is the same
    name by a rule (places in front, words for words, short forms, departments and campuses, joined
    names, a column's width); it differs by one slip of the pen. Otherwise customers with similar
    names are suggested, the best first.
    Whatever way, facts must not differ: place, number, kind words, class of institution. A name
    that says no place is decided by the places that are known: the row's, the distributor's, and
    where those customers of the distributor are that leave no doubt; so the names go through twice.

No Odoo imports: testable alone.
"""

from collections import defaultdict
from functools import lru_cache

from odoo.addons.pharma_crm.tools.names import normalise

from . import matching_names as reader
from .matching_choice import Chooser, Finding
from .matching_doubts import doubt, doubt_lone
from .matching_evidence import Locality, Scope
from .matching_index import Index
from .matching_places import NOWHERE
from .matching_result import Alias, Match, Query, Record, decision_of
from .matching_suggest import suggest
from .matching_ways import find_cut, find_joined, find_part, find_slip, find_university
from .memory import keeping_objects

__all__ = ['Alias', 'Archive', 'Match', 'Query', 'Record']

# From here on a way's answer is taken without trying the others.
SURE = 0.98
# Answers that are kept: distributors of one place write the same customers by the same names.
KEPT = 32768
# Below it nobody would let an answer through.
_WORTH_A_DOUBT = 0.9
# Reasons of names that are equal, and unsure for want of a place or because of a twin.
_EXACT = ('exact', 'exact_remark', 'alias', 'twin')
_ANYWHERE = Scope(NOWHERE, NOWHERE, Locality())


class Archive:
    """The customers of ours, ready to be found.

    :param records: iterable of Record
    :param PlaceTable places: the known divisions
    :param aliases: iterable of Alias: what people decided
    """

    def __init__(self, records, places, aliases=()):
        self.places = places
        with keeping_objects():
            self.index = Index(records, places)
        self._chooser = Chooser(self.index)
        self._own = {}  # normalised name -> id of the record or None
        self._first_answer = lru_cache(KEPT)(self._get_first_answer)
        self._decided = {
            (alias.distributor, normalise(alias.name)): self.index.by_id[alias.record_id]
            for alias in aliases if alias.record_id in self.index.by_id}

    def own(self, name, key=None):
        """The customer whose own name this is, place and all, whoever writes it.

        What is said of one file holds for all: the answers are kept, and cost nothing again.

        :param str key: the name normalised, where it is known
        :return: id of the record; None when the name is nobody's own, or others may be meant
        """
        key = key or normalise(name)
        if key not in self.index.by_key:
            return None
        if key not in self._own:
            reading, scope = self.index.read_name(name), _ANYWHERE
            finding = self._find_whole(self._chooser, reading, scope)
            if finding.number is not None:
                finding = doubt(self.index, reading, scope, finding)
            is_own = (finding.number is not None and finding.placed and finding.confidence == 1.0
                      and self.index.by_key[key].get(finding.number))
            self._own[key] = self.index.entries[finding.number].record.id if is_own else None
        return self._own[key]

    def match(self, queries, threshold=0.98, known=()):
        """Tell what names mean.

        :param queries: iterable of Query; those of one distributor in one call, for they help each
            other
        :param float threshold: confidence from which a decision is automatic
        :param known: (distributor, id of the record) of names that are decided already: they tell
            where the distributor sells
        :return: list of Match, in the order of the queries
        """
        queries = list(queries)
        localities = defaultdict(Locality)
        for distributor, record_id in known:
            if record_id in self.index.by_id:
                entry = self.index.entries[self.index.by_id[record_id]]
                localities[distributor].add(entry.region)
        found = []
        for query in queries:
            scope = self._scope(query)
            reading, finding = self._first_answer(
                query.name, query.distributor if self._decided else None, scope.row,
                scope.distributor)
            if finding.placed and finding.confidence >= SURE:
                localities[query.distributor].add(self.index.entries[finding.number].region)
            found.append((reading, scope, finding))
        matches = []
        for query, (reading, scope, finding) in zip(queries, found, strict=True):
            locality = localities.get(query.distributor)
            if locality and query.distributor is not None and not finding.placed:
                scope = scope._replace(locality=locality)
                if finding.chances:
                    finding = self._find(query, reading, scope)
            if finding.number is not None and not self._find_decision(query):
                finding = doubt_lone(
                    self.index, reading, scope._replace(locality=locality or scope.locality),
                    finding)
            matches.append(self._conclude(query, reading, scope, finding, threshold))
        return matches

    def _get_first_answer(self, name, decider, row, home):
        """What a name means as long as nothing is known of where the distributor sells.

        :param decider: the distributor, if people decided anything
        :param Region row: where the row says
        :param Region home: where the distributor is
        :return: tuple (Reading, Finding)
        """
        reading = reader.read_name(name, self.places)
        return reading, self._find(Query(name, decider), reading, Scope(row, home, Locality()))

    def _scope(self, query):
        return Scope(
            self.places.region(query.province, query.city, query.county, query.address),
            self.places.region(query.distributor_province, query.distributor_city, '', ''),
            Locality())

    def _find(self, query, reading, scope):
        """What people decided; else what the ways find, less sure where something is against it."""
        decision = self._find_decision(query)
        if decision:
            return decision
        finding = self._find_by_ways(reading, scope)
        if finding.number is None or finding.confidence < _WORTH_A_DOUBT:
            return finding
        return doubt(self.index, reading, scope, finding)

    def _find_decision(self, query):
        """What people decided, for the distributor or for all.

        :rtype: Finding | None
        """
        key = normalise(query.name)
        for distributor in dict.fromkeys((query.distributor, None)):
            number = self._decided.get((distributor, key))
            if number is not None:
                reason = 'alias' if distributor is None else 'alias_distributor'
                return Finding(number, 1.0, reason, {number: 1.0})
        return None

    def _find_by_ways(self, reading, scope):
        """The first way that is sure; else the surest, with all that were thought of."""
        best = Finding(None, 0.0, 'none', {})
        chances = {}
        known = any(key in self.index.by_key for key in self._whole_keys(reading))
        for way in (self._find_whole, find_part, find_joined, find_university,
                    find_cut, find_slip):
            if known and way is not self._find_whole:
                break  # it is somebody's name, whole or with a label: no other way is as near
            if chances and way in (find_cut, find_slip):
                break  # the name fits as it is
            finding = way(self._chooser, reading, scope)
            if not finding:
                continue
            if finding.confidence >= SURE:
                return finding
            for number, chance in finding.chances.items():
                chances[number] = max(chances.get(number, 0.0), chance)
            if finding.confidence > best.confidence or best.reason == 'none':
                best = finding
            if finding.reason in _EXACT and finding.number is not None:
                break  # nothing else is as near
        return best._replace(chances=chances)

    @staticmethod
    def _whole_keys(reading):
        """The name as it is written, and with its labels, which may be a customer's own name."""
        label = ''.join(reading.labels)
        return *reading.keys, *((normalise(reading.main + label),) if label else ()), *(
            (normalise(reading.main),) if reader.split_tail(reading.main) else ())

    @staticmethod
    def _find_whole(chooser, reading, scope):
        finding = None
        for position, key in enumerate(reading.keys):
            found = chooser.by_key(key, scope, 'exact_remark' if position else 'exact')
            if found and (finding is None or found.confidence > finding.confidence):
                finding = found
        if finding and finding.number is not None and reading.others:
            # 甲医院（乙医院） may be one customer, and 甲医院 another
            main = chooser.by_key(normalise(reading.main), scope, 'exact_remark')
            if main and main.number not in (None, finding.number):
                return finding.as_twin(main.number)
        if finding and finding.confidence >= SURE:
            return finding
        found = chooser.resolve(
            reading.main + ''.join(reading.labels + reading.notes), scope)
        if found and found.number is not None:
            for text in reading.others:
                other = chooser.resolve(text, scope)
                if other and other.confidence >= SURE and other.number != found.number:
                    return found.as_twin(other.number)
        return found if found and (
            finding is None or found.confidence > finding.confidence) else finding

    def _conclude(self, query, reading, scope, finding, threshold):
        entries = self.index.entries
        automatic = finding.number is not None and finding.confidence >= threshold
        candidates = suggest(self._chooser, reading, scope, finding, automatic)
        number, reason, data = finding.number, finding.reason, dict(finding.data)
        if number is None and candidates:
            reason = 'ambiguous' if len(finding.chances) > 1 else 'similar'
        if number is not None:
            data.setdefault('name', entries[number].record.name)
        elif candidates:
            data = {'name': entries[self.index.by_id[candidates[0].record_id]].record.name,
                    'count': len(finding.chances)}
        return Match(
            decision_of(reason) if number is not None or candidates else 'none',
            entries[number].record.id if number is not None else None,
            finding.confidence, reason, data, finding.relation, automatic, candidates)
