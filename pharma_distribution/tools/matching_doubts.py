"""Doubt an answer that is nearly certain: what it would need to be decided alone.

How it works
    However a name was found, nothing that it says may speak against the customer: no place, no
    number, no kind of institution. And nobody else may be called so: all names are compared by
    their ends, place by place, in the whole archive (河西区口腔医院 is in 天津市河西口腔医院 and in
    太原市河西区口腔医院); where several are, only the places beside the name settle it.

No Odoo imports: testable alone.
"""

from . import matching_names as reader
from .matching_result import REASONS

# What is left of a confidence that is doubted; no threshold that makes sense lets it through.
_DOUBTED = 0.9
# Ways that compare the written name with the whole of the customer's.
_EQUAL = ('exact', 'exact_remark', 'alias')
# Kind words that are left out in short forms and say nothing of what is treated.
_SOFT_KINDS = frozenset(("保健", "大学", "学院", "附属", "职工"))
_KIND_OF = {"妇保": "妇幼", "中西医": "中西医结合"}
_SHORT_OF = ('short', 'university')


def doubt(index, reading, scope, finding):
    """The answer with less confidence where something speaks against it.

    :param Index index: the customers
    :param Reading reading: of the name
    :param Scope scope: the places beside the name
    :param Finding finding: the answer so far, with a customer
    :rtype: Finding
    """
    head, label = _head(reading, finding)
    entry = index.entries[finding.number]
    equal = finding.reason in _EQUAL
    whole = equal and _is_whole_name(index, head, finding.number)
    if not whole and _lies_elsewhere(index, (head, *reading.others), entry.region):
        return _doubted(finding, 'elsewhere')
    if not equal and _is_another(index, finding, head, reading, label):
        return _doubted(finding, 'similar')
    rivals = _rivals(index, head, scope, finding.number, whole)
    if rivals:
        return _doubted(finding, 'twin', rivals)
    if not whole and (_is_level_open(index.places, head)
                      or _is_far(index.places, head, entry.region, scope)):
        return _doubted(finding, 'unsure')
    return finding


def _doubted(finding, reason, rivals=()):
    chances = {**dict.fromkeys(rivals, 0.5), **finding.chances, finding.number: 1.0}
    return finding._replace(
        confidence=min(finding.confidence, _DOUBTED, REASONS[reason][0]), reason=reason,
        chances=chances, placed=False)


def _head(reading, finding):
    """The name without the department or campus that it was found without."""
    data = dict(finding.data)
    if finding.relation == 'same' or reading.labels:
        return reading.main, data.get('label', '')
    label = data.get('label', '')
    return reading.main.removesuffix(label), label


def _is_whole_name(index, text, number):
    """Whether a text is all of one of a customer's names, place and all."""
    return text in index.texts[number] and bool(index.places.readings(text)[0][0])


def _lies_elsewhere(index, texts, region):
    """Whether a place that a name says for sure is another than the customer's."""
    if not region.province:
        return False
    for text in texts:
        mentions = index.places.readings(text)[0][0] if len(text) > 2 else ()
        for mention in mentions:
            sure = mention.level or len(mentions) > 1
            if sure and region.holds(mention.codes) is False:
                return True
    return False


def _is_another(index, finding, head, reading, label):
    """Whether number or kind differ from those of every name of the customer."""
    if finding.reason == 'cut':
        return False  # the rest of the name is compared where it is found
    if label and finding.relation == 'campus' and reader.kinds(label):
        return True  # 第一人民医院|肿瘤医院东院区 is no campus of the first
    names = [(_numbers(name), _kinds(name)) for name in index.texts[finding.number]]
    texts = [text for text in (head, *reading.others, *_pieces(head))]
    return not any((_numbers(text), _kinds(text)) in names for text in texts)


def _pieces(text):
    return [piece for pair in reader.glued(text) for piece in pair]


def _numbers(text):
    return reader.numbers(reader.canonical(text))


def _kinds(text):
    return frozenset(
        _KIND_OF.get(kind, kind) for kind in reader.kinds(text)) - _SOFT_KINDS


def _rivals(index, text, scope, number, whole):
    """Other customers whose names end as the text does, and that the places do not rule out.

    :param bool whole: the text is all of the customer's name
    """
    region = index.entries[number].region
    level, keys = index.tail_keys(text)
    found = set()
    for key in keys:
        for rival, its_level, depth in index.tails.get(key, ()):
            if rival == number or rival in found or (level and its_level and level != its_level):
                continue
            other = index.entries[rival].region
            if scope.row.province:
                counts = scope.fits_row(other) is not False
            elif scope.distributor.province and scope.distributor.province == region.province:
                counts = other.province == region.province and not (
                    whole and depth and other.city != region.city)
            else:
                counts = True
            if counts:
                found.add(rival)
    return found


def _is_level_open(places, text):
    """Whether a county of the city's name, which has such a hospital too, may be meant."""
    mentions, rest = places.readings(text)[0]
    if not mentions or mentions[-1].level or reader.level_of(rest)[0]:
        return False
    core = reader.canonical(rest)
    if reader.own_words(core) or reader.numbers(core):
        return False
    codes = mentions[-1].codes
    return any(len(code) == 6 and code[:4] in codes for code in codes)


def _is_far(places, text, region, scope):
    """Whether the customer lies in another province than the distributor, by a short form alone."""
    home = scope.distributor.province
    if scope.row.province or not home or not region.province or home == region.province:
        return False
    mentions = places.readings(text)[0][0]
    return not any(
        mention.level or all(len(code) == 2 for code in mention.codes) for mention in mentions)
