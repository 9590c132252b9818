"""What goes into the matching of names and what comes out. No Odoo imports."""

from typing import NamedTuple

# Reason of a decision: (confidence at best, English text for people). In the texts, words in braces
# are keys of Match.data.
REASONS = {
    'alias_distributor': (1.0, "Decided for this distributor: {name}"),
    'exact': (1.0, "The same name"),
    'exact_remark': (0.998, "The same name without the system's codes and remarks"),
    'alias': (0.996, "A known other name: {name}"),
    'place': (0.995, "The same name, the place written otherwise: {name}"),
    'words': (0.994, "The same name in other words: {name}"),
    'short': (0.993, "Short form of {name}"),
    'maybe': (0.97, "Perhaps short for {name}"),
    'parent': (0.99, "{name} without the university or group it belongs to"),
    'university': (0.985, "The university's short name: {name}"),
    'local': (0.995, "The only {name} where this distributor sells"),
    'department': (0.99, "{label}, a department of {name}"),
    'campus': (0.986, "{label}, a campus or branch of {name}"),
    'joined': (0.992, "Two names of one institution, one is {name}"),
    'cut': (0.988, "Cut off after {length} characters: {name}"),
    'slip': (0.985, "One character differs: {written} for {correct}"),
    'approval': (0.998, "The same approval number: {name}"),
    'pack': (0.985, "The same name and maker, the pack is not written: {name}"),
    'maker_open': (0.95, "{name} fits, but no maker is written"),
    'ambiguous': (0.6, "{count} customers may be meant"),
    'twin': (0.9, "The same name, but another customer may be the same institution"),
    'elsewhere': (0.5, "The name fits, the place does not: {name}"),
    'unsure': (0.7, "{name} fits, but too little says where"),
    'similar': (0.5, "The most similar: {name}"),
    'none': (0.0, "No similar name"),
}
# The chance of a customer of the same words whose place does not fit: worth a look, no more.
HINT = 0.02
# Where reasons belong: what DESIGN calls exact, alias, rule, similar and none.
DECISIONS = {
    'alias_distributor': 'alias', 'alias': 'alias', 'exact': 'exact', 'exact_remark': 'exact',
    'twin': 'exact',
    'approval': 'rule', 'slip': 'similar', 'similar': 'similar', 'none': 'none',
}
# Facts by which candidates are told apart: code -> English text.
FACTS = {
    'name': "Name", 'place': "Place in the name", 'number': "Number", 'kind': "Kind words",
    'class': "Kind of customer", 'province': "Province", 'city': "City", 'county': "County",
    'distributor_province': "Province of the distributor",
    'distributor_city': "City of the distributor",
    'strength': "Strength", 'volume': "Volume", 'count': "Pieces in a pack", 'maker': "Maker",
    'approval': "Approval number",
}


class Record(NamedTuple):
    """A customer of the archive.

    :ivar id: whatever identifies it
    :ivar str kind: as ``pharma_type`` of a contact
    :ivar tuple aliases: other and former names, valid for every distributor
    :ivar parent_id: the hospital of a campus, whose name then stands before the campus's own
    """

    id: object
    name: str
    kind: str = 'hospital'
    province: str = ''
    city: str = ''
    county: str = ''
    address: str = ''
    aliases: tuple = ()
    parent_id: object = None


class Alias(NamedTuple):
    """What people decided a name means, at one distributor or (None) at all."""

    name: str
    record_id: object
    distributor: object = None


class Query(NamedTuple):
    """A name of a file with what else is known.

    :ivar distributor: whatever identifies the distributor; names of one distributor help each other
    :ivar str province: with city, county and address: of the row itself
    :ivar str distributor_province: with distributor_city: where the distributor is
    """

    name: str
    distributor: object = None
    province: str = ''
    city: str = ''
    county: str = ''
    address: str = ''
    distributor_province: str = ''
    distributor_city: str = ''


class Candidate(NamedTuple):
    """A customer that may be meant.

    :ivar float score: 0 to 1
    :ivar tuple agrees: codes of FACTS in which name and customer agree
    :ivar tuple differs: those in which they differ
    """

    record_id: object
    score: float
    agrees: tuple
    differs: tuple


class Match(NamedTuple):
    """What a name means.

    :ivar str decision: 'exact', 'alias', 'rule', 'similar' or 'none'
    :ivar record_id: the customer, None when none is near certain or similar enough to be chosen
    :ivar float confidence: 0 to 1, the chance that record_id is right
    :ivar str reason: a code of REASONS
    :ivar dict data: what the reason's text needs
    :ivar str relation: 'same', or 'campus' and 'department' of the customer
    :ivar bool automatic: confidence reaches what the caller asked for
    :ivar tuple candidates: up to five, the best first
    """

    decision: str
    record_id: object
    confidence: float
    reason: str
    data: dict
    relation: str
    automatic: bool
    candidates: tuple


def decision_of(reason):
    """The class of a reason: 'exact', 'alias', 'rule', 'similar' or 'none'."""
    return DECISIONS.get(reason, 'rule')
