"""Tell which product of ours a row of a distributor's file means.

How to use
    catalogue = Catalogue([Product(1, "阿托伐他汀钙片", generic="阿托伐他汀钙片", trade="立普妥",
                                   spec="20mg*7片", maker="…", approval="国药准字H…")])
    for match in catalogue.match([ProductQuery("立普妥20mg*7s", "", "辉瑞")], 0.98): …

How it works
    Products are found by approval number, then by generic, trade or other name, then by similar
    names. A name is compared with its dosage form in one wording. Then the facts speak: strength,
    volume and pieces of a pack, maker, approval number. One that differs excludes; one that is
    missing leaves open; a product is chosen alone when nothing is open that another one of the same
    name could mean. Matches are those of ``matching_result``, as for customers.

No Odoo imports: testable alone.
"""

import re
from collections import defaultdict
from functools import lru_cache
from typing import NamedTuple

from rapidfuzz import fuzz

from odoo.addons.pharma_crm.tools.names import bigrams, fold, normalise

from .matching_names import simplify
from .matching_result import Candidate, Match
from .matching_spec import read_spec, split_spec
from .matching_words import DOSAGE_WORDS, MAKER_WORDS

_APPROVAL = re.compile(
    r'(?:国药准字|国药试字|进口药品注册证号|注册证号)?\s*([hzsjbtf]c?\d{8})(?!\d)', re.I)
_BRACKETS = re.compile(r'[(\[【（]([^)\]】）]*)[)\]】）]')
_FORMS = [(re.compile(pattern), word) for pattern, word in DOSAGE_WORDS]
_MAKER = re.compile('|'.join(sorted(MAKER_WORDS, key=len, reverse=True)))
_SUGGESTED, _SIMILAR = 5, 0.55
# Confidence by what found the product and what agrees besides.
_BY_APPROVAL, _BY_NAME_AND_PACK, _BY_NAME_AND_MAKER, _BY_NAME_ALONE = 0.998, 0.996, 0.985, 0.95
_WEIGHTS = {'approval': 0.2, 'strength': 0.15, 'volume': 0.08, 'count': 0.12, 'maker': 0.12}


class Product(NamedTuple):
    """A product of ours, or of a competitor.

    :ivar tuple names: further names: aliases, names in other systems
    :ivar bool ours: a row without maker means ours, not a competitor's of the same name
    """

    id: object
    name: str
    generic: str = ''
    trade: str = ''
    spec: str = ''
    form: str = ''
    maker: str = ''
    approval: str = ''
    names: tuple = ()
    ours: bool = False


class ProductQuery(NamedTuple):
    """A product as a row of a file writes it; what the file does not have is empty."""

    name: str
    spec: str = ''
    maker: str = ''
    approval: str = ''


class Item(NamedTuple):
    """What is compared of a product or a query."""

    names: frozenset
    spec: object
    maker: str
    approval: str


# === READING === #


@lru_cache(maxsize=16384)
def drug_name(text):
    """A drug's name with its dosage form in one wording: 头孢克肟胶囊剂 is 头孢克肟胶囊.

    >>> drug_name("感冒灵冲剂")
    '感冒灵颗粒'
    """
    name = fold(simplify(text))
    for pattern, word in _FORMS:
        name = pattern.sub(word, name)
    return name


@lru_cache(maxsize=16384)
def maker_name(text):
    """What a maker is called beside place, trade and legal form.

    >>> maker_name("海州制药（集团）股份有限公司")
    '海州'
    """
    text = normalise(simplify(text))
    return _MAKER.sub('', text) or text


def approval_number(text):
    """The approval number in a text in upper case, '' when none: 国药准字h20051407 → H20051407."""
    match = _APPROVAL.search(simplify(text))
    return match[1].upper() if match else ''


def read_item(query):
    """Take what a row says of a product apart.

    :param ProductQuery query: name, with or without the specification glued to it
    :rtype: Item
    """
    approval = approval_number(query.approval) or approval_number(query.name)
    name, glued = split_spec(_APPROVAL.sub('', simplify(query.name)))
    inside = [content for content in _BRACKETS.findall(name) if len(content) > 1]
    names = [_BRACKETS.sub('', name), *inside, name]
    spec = read_spec(query.spec) if query.spec else read_spec(glued)
    if query.spec and not any(spec):
        spec = read_spec(glued)
    return Item(frozenset(filter(None, map(drug_name, names))), spec,
                maker_name(query.maker) if query.maker else '', approval)


def same_maker(one, other):
    """Whether two makers' names may be one: equal, or the short form of the other."""
    return one == other or (min(len(one), len(other)) > 1 and (one in other or other in one))


# === THE CATALOGUE === #


class Catalogue:
    """All products, ready to be found.

    :param products: iterable of Product
    """

    def __init__(self, products):
        self.products = sorted(products, key=lambda product: (product.name, str(product.id)))
        self.items = [self._item(product) for product in self.products]
        self._by_name = defaultdict(set)
        self._by_approval = defaultdict(set)
        self._by_pair = defaultdict(set)
        for number, item in enumerate(self.items):
            for name in item.names:
                self._by_name[name].add(number)
                for pair in bigrams(name):
                    self._by_pair[pair].add(number)
            if item.approval:
                self._by_approval[item.approval].add(number)

    @staticmethod
    def _item(product):
        names = set()
        spec = read_spec(product.spec)
        for text in (product.name, product.generic, product.trade, *product.names):
            if text:
                own = read_item(ProductQuery(text))
                names |= own.names
                spec = spec if any(spec) else own.spec
        if product.trade and product.generic:
            names |= {drug_name(product.trade + product.generic),
                      drug_name(product.generic + product.trade)}
        return Item(frozenset(names), spec, maker_name(product.maker) if product.maker else '',
                    approval_number(product.approval))

    def match(self, queries, threshold=0.98):
        """Tell which products rows mean.

        :param queries: iterable of ProductQuery
        :param float threshold: confidence from which a decision is automatic
        :return: list of Match, in the order of the queries
        """
        return [self._match(read_item(query), threshold) for query in queries]

    def _match(self, item, threshold):
        found = {}
        named = set().union(*(self._by_name.get(name, ()) for name in item.names))
        approved = self._by_approval.get(item.approval, set()) if item.approval else set()
        for number in named | approved:
            found[number] = self._compare(item, self.items[number])
        fitting = [number for number, facts in found.items() if False not in facts.values()]
        if not item.maker and not approved:
            ours = [number for number in fitting if self.products[number].ours]
            fitting = ours or fitting
        if approved & set(fitting):
            fitting = [number for number in fitting if number in approved]
        number, confidence, reason = self._choose(fitting, found, named, approved)
        candidates = self._suggest(item, found)
        if number is None:
            reason = 'ambiguous' if len(fitting) > 1 else 'similar' if candidates else 'none'
        best = number if number is not None else self._number(candidates)
        data = {'name': self.products[best].name if best is not None else '',
                'count': len(fitting)}
        decision = {'exact': 'exact', 'approval': 'rule', 'pack': 'rule', 'maker_open': 'rule'}.get(
            reason, 'similar' if candidates else 'none')
        return Match(
            decision, self.products[number].id if number is not None else None, confidence, reason,
            data, 'same', number is not None and confidence >= threshold, candidates)

    def _number(self, candidates):
        ids = [product.id for product in self.products]
        return ids.index(candidates[0].record_id) if candidates else None

    @staticmethod
    def _compare(item, other):
        facts = item.spec.compare(other.spec)
        if item.maker and other.maker:
            facts['maker'] = same_maker(item.maker, other.maker)
        if item.approval and other.approval:
            facts['approval'] = item.approval == other.approval
        return facts

    def _choose(self, fitting, found, named, approved):
        """:return: (number or None, confidence, reason)"""
        if len(fitting) != 1:
            return None, 0.0, 'ambiguous'
        number = fitting[0]
        facts = found[number]
        if number in approved and number in named:
            return number, _BY_APPROVAL, 'approval'
        if number in approved:
            return number, _BY_NAME_ALONE, 'approval'
        if not facts.get('maker') and not self._only_maker(number, named):
            return number, _BY_NAME_ALONE, 'maker_open'
        pack = facts.get('strength') or facts.get('volume')
        alone = len(named) == 1
        if pack and (facts.get('count') or alone):
            return number, _BY_NAME_AND_PACK, 'exact'
        if pack or facts.get('count') or (alone and facts.get('maker')):
            return number, _BY_NAME_AND_MAKER, 'pack'
        return number, _BY_NAME_ALONE, 'pack'

    def _only_maker(self, number, named):
        """Whether a name without maker can only be one product's: it is ours, and nobody else's."""
        rivals = {other for other in named if self.products[other].ours}
        return self.products[number].ours and rivals == {
            other for other in rivals if self.items[other].maker == self.items[number].maker}

    def _suggest(self, item, found):
        """Candidates: those of the name, then those with a similar one."""
        near = set(found)
        if len(near) < _SUGGESTED:
            near |= self._near(item.names)
        scored = []
        for number in near:
            facts = found.get(number)
            if facts is None:
                facts = self._compare(item, self.items[number])
            likeness = max((fuzz.ratio(mine, its) / 100 for mine in item.names
                            for its in self.items[number].names), default=0.0)
            value = 0.6 * likeness + sum(
                _WEIGHTS[fact] * (0.5 if same else -0.5) for fact, same in facts.items())
            if likeness >= _SIMILAR or facts.get('approval'):
                scored.append((-min(1.0, value + 0.1), number, facts))
        scored.sort(key=lambda item: item[:2])
        return tuple(
            Candidate(self.products[number].id, round(max(0.0, -value), 3),
                      tuple(fact for fact, same in facts.items() if same),
                      tuple(fact for fact, same in facts.items() if not same))
            for value, number, facts in scored[:_SUGGESTED])

    def _near(self, names):
        """Numbers of the products that share the most pairs of characters with names."""
        shared = defaultdict(int)
        for name in names:
            for pair in bigrams(name):
                for number in self._by_pair.get(pair, ()):
                    shared[number] += 1
        return set(sorted(shared, key=lambda number: (-shared[number], number))[:30])


def match_products(products, queries, threshold=0.98):
    """Match once: see :class:`Catalogue`."""
    return Catalogue(products).match(queries, threshold)
