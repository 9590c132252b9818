"""Doubt an answer that is nearly certain: what it would need to be decided alone.

How it works
    However a name was found, nothing that it says may speak against the customer: no place, no
    number, no kind of institution. And nobody else may be called so: all names are compared by
    their ends, place by place, in the whole archive (河西区口腔医院 is in 天津市河西口腔医院 and in
    太原市河西区口腔医院); where several are, only the places beside the name settle it. Nor may the
    list have another customer that the name would be written for alike (``matching_twins``).

No Odoo imports: testable alone.
"""

import re

from odoo.addons.pharma_crm.tools.names import normalise

from . import matching_names as reader
from .matching_places import LEVELS
from .matching_result import REASONS

# What is left of a confidence that is doubted; no threshold that makes sense lets it through.
_DOUBTED = 0.9
# Ways that compare the written name with the whole of the customer's.
_OWN = ('exact', 'exact_remark')
_EQUAL = (*_OWN, 'alias')
# Ways by which a customer is found without its own name.
_BY_OTHER_NAME = ('alias', 'joined', 'parent', 'university')
# Kind words that are left out in short forms and say nothing of what is treated.
_SOFT_KINDS = frozenset(("保健", "大学", "学院", "附属", "职工"))
_KIND_OF = {"妇保": "妇幼", "中西医": "中西医结合"}
_BRANCH = re.compile(r'分院|\d(?:门诊部|院区)')
# A level that does not belong to the place before it.
_LEVEL_BEHIND = re.compile(r'[市县](?![立域级直属])')
# So many sure names of a province, and a distributor sells there.
_AT_HOME = 3
# Own words that hardly two institutions of one city share.
_OWN_ENOUGH = 3
# Widths of columns that cut names off.
_WIDTHS = (12, 13, 14)
_CAMPUS_KINDS = frozenset(("门诊部",))


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
    whole = _is_whole_name(index, head, finding.number)
    if _lies_elsewhere(index, (head, *reading.others), entry.region, whole and scope):
        return _doubted(finding, 'elsewhere')
    if not equal and _is_other_area(scope.row, entry.region):
        return _doubted(finding, 'elsewhere')
    if _is_other_level(index, (head, *reading.others), finding.number):
        return _doubted(finding, 'elsewhere')
    if not equal and _is_another(index, finding, head, reading, label):
        return _doubted(finding, 'similar')
    rivals = (
        _rivals(index, head, scope, finding.number, equal and whole)
        | _longer(index, reading, finding.number)
        | _halves(index, head, reading.others, whole, finding.number))
    if finding.relation != 'same':
        # 江苏常熟市中医院分院, and a customer 常熟市中医院分院
        rivals |= _rivals(index, _whole(reading), scope, finding.number, False)
    rivals |= _twins(index, reading, head, finding)
    if rivals:
        here = any(index.entries[rival].region.city == entry.region.city for rival in rivals)
        return _doubted(finding, 'twin' if here else 'ambiguous', rivals)
    if not whole and (_is_level_open(index.places, head)
                      or _is_inner_place(index, head, finding.number)
                      or _is_far(index, head, finding.number, scope)
                      or (finding.reason not in _OWN
                          and _is_hidden(index, head, finding.number, scope))):
        return _doubted(finding, 'unsure')
    return finding


def doubt_lone(index, reading, scope, finding):
    """The answer with less confidence where it is the only one in a province: who sells in one
    province and has a single name of another is more likely to mean one at home.

    :param Scope scope: with the locality of the distributor
    :rtype: Finding
    """
    province, home = index.entries[finding.number].region.province, scope.distributor.province
    if scope.row.province or not home or province in ('', home):
        return finding
    if scope.locality.provinces[province] >= _AT_HOME:
        return finding
    mentions = index.places.readings(reading.main)[0][0] if len(reading.main) > 2 else ()
    if mentions and all(len(code) == 2 for code in mentions[0].codes):
        return finding  # it says the province
    return _doubted(finding, 'unsure')


def _doubted(finding, reason, rivals=()):
    chances = {**dict.fromkeys(rivals, 0.5), **finding.chances, finding.number: 1.0}
    return finding._replace(
        confidence=min(finding.confidence, _DOUBTED, REASONS[reason][0]), reason=reason,
        chances=chances, placed=False, data=(*finding.data, ('count', len(rivals) + 1)))


def _head(reading, finding):
    """The name without the department or campus that it was found without."""
    label = dict(finding.data).get('label', '')
    if finding.relation == 'same':
        return _whole(reading), label
    return reading.main if reading.labels else reading.main.removesuffix(label), label


def _whole(reading):
    return reading.main + ''.join(reading.labels)


def _is_whole_name(index, text, number):
    """Whether a text is all of one of a customer's names, place and all."""
    return text in index.texts[number] and bool(index.places.readings(text)[0][0])


def _lies_elsewhere(index, texts, region, own):
    """Whether a place that a name says for sure is another than the customer's.

    :param own: Scope where the text is the customer's own name, which may say what it likes within
        the province, and in the distributor's or the row's; else False
    """
    if not region.province:
        return False
    if own:
        if region.province in (own.row.province, own.distributor.province):
            return False
        region = region._replace(city='', county='')
    for text in texts:
        mentions = index.places.readings(text)[0][0] if len(text) > 2 else ()
        for mention in mentions:
            sure = mention.level or len(mentions) > 1
            if sure and region.holds(mention.codes) is False:
                return True
    return False


def _is_other_area(row, region):
    """Whether a customer lies in another district of the municipality than the row says."""
    return row.province == region.province and bool(row.area() and region.area()) and (
        row.area() != region.area())


def _is_other_level(index, texts, number):
    """Whether a name says 县 where the customer's says 市 of the same stem, or the other way, or a
    level that the place never had: 东莞县厚街医院 is not 东莞市厚街医院, nor 兰州县口腔医院
    兰州口腔医院, and nobody knows what else they are."""
    names = index.texts[number]
    for text in texts:
        mentions, rest = index.places.readings(text)[0] if len(text) > 2 else ((), text)
        said = text[:len(text) - len(rest)]
        for mention in mentions:
            stem = mention.text.removesuffix(mention.level)
            for mine, its in (("县", "市"), ("市", "县")):
                if (stem + mine in text and stem + its not in said
                        and any(stem + its in name for name in names)
                        and not any(stem + mine in name for name in names)):
                    return True
        if mentions and not mentions[-1].level and _LEVEL_BEHIND.match(rest) and not (
                any(mentions[-1].text + rest[0] in name for name in names)):
            return True
    return False


def _is_inner_place(index, text, number):
    """Whether a name says a county where the customer's says the city: 龙口市北海医院 may be
    another one than 烟台市北海医院, which lies in 龙口."""
    mentions = index.places.readings(text)[0][0]
    if not mentions or not mentions[-1].level or {
            len(code) for code in mentions[-1].codes} != {6}:
        return False
    stem = index.places.stem(mentions[-1])
    if any(stem in name for name in index.texts[number]):
        return False
    own = index.places.readings(index.entries[number].text)[0][0]
    return bool(own and own[-1].level and any(len(code) == 4 for code in own[-1].codes))


def _twins(index, reading, head, finding):
    """Other customers that are the same institution, or are written alike without levels and outer
    places; a customer's own name as it stands is its own, unless it is another's and more."""
    twins, number = index.twins, finding.number
    found = twins.besides(number) if index.entries[number].record.parent_id is None else set()
    if finding.reason in _OWN and head in index.texts[number]:
        return found
    if finding.reason in _BY_OTHER_NAME:
        found |= twins.of(number)
    for text in dict.fromkeys((head, _whole(reading))):
        found |= twins.written_like(text, number)
    return found


def _is_another(index, finding, head, reading, label):
    """Whether number or kind differ from those of every name of the customer."""
    if finding.reason == 'cut':
        return False  # the rest of the name is compared where it is found
    if label and finding.relation == 'campus' and reader.kinds(label) - _CAMPUS_KINDS:
        return True  # 第一人民医院|肿瘤医院东院区 is no campus of the first
    if finding.relation == 'department' and _BRANCH.search(label):
        return True  # 三分院药房 is that of a branch, which may be a customer itself
    texts = (head, *reading.others, *_pieces(head))
    names = {fact for name in index.texts[finding.number] for fact in _facts(index, name)}
    said = {fact for text in texts for fact in _facts(index, text)}
    if finding.reason == 'slip':
        # a wrong character may hide the kind; that it makes no other one was seen there
        return not {number for number, _kinds in names} & {number for number, _kinds in said}
    if reading.others and not index.texts[finding.number] & {head, *reading.others}:
        # neither is a name of the customer in full: then both have to agree
        return not all(
            names & set(_facts(index, text)) for text in (head, *reading.others))
    return not names & said


def _facts(index, text):
    """Numbers and kinds of a folded name, with and without its places: 三明, 六安 and 公安."""
    rest = index.places.readings(text)[0][1] if len(text) > 2 else text
    return {(_numbers(part), _kinds(part)) for part in (text, rest)}


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
            if rival == number or rival in found or _are_two(level, its_level, whole):
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


def _are_two(level, other, whole):
    """Whether two levels of one name are two places; 县 may be called 区, where the text is not
    the customer's name as it stands."""
    if not level or not other or level == other:
        return False
    return whole or not {level, other} <= set('县区旗')


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


def _is_far(index, text, number, scope):
    """Whether a place of several provinces, of another level than the customer's, or a short form
    leads to another province than at home."""
    region, home = index.entries[number].region, scope.distributor.province
    mentions = index.places.readings(text)[0][0] if len(text) > 2 else ()
    if scope.row.province or not region.province or home == region.province:
        return False
    if not mentions:
        # 州云县中医院 has lost what stood before 州
        return text[:1] in LEVELS and bool(index.places.readings(text[1:])[0][0])
    first = mentions[0]
    if all(len(code) == 2 for code in first.codes):
        return False
    if not _has_place(index.texts[number], mentions[-1]):
        return True
    return len({code[:2] for code in first.codes}) > 1 or bool(home and not any(
        mention.level for mention in mentions))


def _has_place(names, mention):
    """Whether one of the names says a place as well; 县 may be called 区."""
    stem = mention.text.removesuffix(mention.level)
    forms = [stem + level for level in '县区旗'] if mention.level in ('县', '区', '旗') else []
    return any(form in name for form in (mention.text, *forms) for name in names)


def _is_hidden(index, text, number, scope):
    """Whether a name without a place would be that of a customer whose own name says the county:
    香山医院 may be 天津河东香山医院, and any other in the city."""
    region = index.entries[number].region
    mentions = index.places.readings(text)[0][0]
    # 钟山医院 of 天津 says no place: no 钟山 is there
    named = mentions and (mentions[-1].level or region.holds(mentions[-1].codes) is not False)
    if named or scope.row.city or (scope.row.area() and scope.row.area() == region.area()):
        return False
    own = len(reader.own_words(reader.canonical(text)))
    if own > _OWN_ENOUGH:
        return False
    home = scope.locality.city() or scope.distributor.area()
    if home not in (region.city, region.area()) if home else own < _OWN_ENOUGH:
        return True
    return any(
        len(code) == 6 for mention in index.places.readings(index.entries[number].text)[0][0]
        for code in mention.codes)


def _halves(index, text, others, whole, number):
    """Other customers with the name of one half of a joined name."""
    pieces = (text, *others) if others else () if whole else _pieces(text)
    return {other for piece in pieces for other in index.by_key.get(normalise(piece), ())
            if other != number}


def _longer(index, reading, number):
    """Other customers whose names go on where a column may have ended."""
    if len(reading.main) not in _WIDTHS or reading.labels or reading.others:
        return set()
    return {other for name, other in index.begin_with(reading.main)
            if other != number and name != reading.main}
