"""Read the name of an institution as a distributor's system writes it.

How to use
    reading = read_name("【海州市第一人民医院】(门诊西药房)-停用", places)
    reading.main, reading.labels                    # '海州市第1人民医院', ('门诊西药房',)
    for shape in shapes(reading.main, places): ...   # places, level and own words of the name

How it works
    Codes and remarks of the system are taken off, brackets are told apart: other names, departments
    and campuses, places, remarks. What remains is cut into the places in front and the name's own
    words (the core), and the core is brought to one form (中医医院 is 中医院). Two names of one
    core
    in one place are one name.

No Odoo imports: testable alone.
"""

import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple

from odoo.addons.pharma_crm.tools.institution_words import CAMPUSES, TRADITIONAL
from odoo.addons.pharma_crm.tools.institutions import (
    alternatives,
    canonical,
    class_of,
    compile_forms,
    expand,
    kinds,
    kinds_behind,
    numbers,
    own_words,
    usual_forms,
)
from odoo.addons.pharma_crm.tools.names import fold, normalise

from .matching_places import LEVELS, level_of
from .matching_words import (
    CLASS_OF_KIND,
    DEPARTMENTS,
    OTHER_NAME,
    PERHAPS_FORMS,
    REMARKS,
    SEPARATORS,
)

__all__ = [
    'Reading',
    'Shape',
    'UNIVERSITY_SHORT',
    'canonical',
    'class_of',
    'class_of_kind',
    'ends_as_institution',
    'glued',
    'is_label',
    'kinds',
    'kinds_behind',
    'numbers',
    'own_words',
    'read_name',
    'relation_of',
    'shapes',
    'short_forms',
    'simplify',
    'split_tail',
    'university_of',
    'without_parent',
]

_SIMPLIFIED = re.compile(f'[{"".join(map(chr, TRADITIONAL))}]')
# Without brackets, marks, and codes at the ends: most names.
_PLAIN = re.compile(r'[\u4e00-\u9fff][0-9\u4e00-\u9fff]*[\u4e00-\u9fff]')
_OPEN, _CLOSE = "([{〔〖【「『<《〈", ")]}〕〗】」』>》〉"
_BRACKET = re.compile(rf'[{re.escape(_OPEN)}]([^{re.escape(_OPEN + _CLOSE)}]*)'
                      rf'(?:[{re.escape(_CLOSE)}]|$)')
_SEPARATOR = re.compile(
    rf'[{re.escape(unicodedata.normalize("NFKC", SEPARATORS))}]+|(?<=院)\s+(?=.*院)')
_OTHER = re.compile(rf'^(?:{alternatives(OTHER_NAME)})[:：]?\s*(?=.{{3}})')
# A point divides names only behind a whole one: 北京伟力·嘉美信整容医院 is one name.
_POINT = re.compile(r'(?<![院心所室站部店])·')
_OTHER_INSIDE = re.compile(r'(?:原名|曾用名|又名|原|现名)[:：]')
_REMARKS = frozenset(map(fold, REMARKS))
_REMARK = re.compile(rf'^(?:{alternatives(map(fold, REMARKS))}|[a-z]{{0,4}}\d*|\d+号?店?客户)+$')
# Account codes: with a mark or a space behind them, or too long to be an army's hospital.
_CODE_BEFORE = re.compile(
    r"^['`]?[a-z]{0,4}\d{2,}[a-z]?\d*\s*[-_.:、\s]+"
    r"|^['`]?(?:[a-z]+\d{3,}|\d{5,})(?=[^\W\d_a-z])"
    r"|^['`*.\-_]+|^[a-z]{1,3}[-_.:]+", re.I)
_CODE_AFTER = re.compile(
    r"[-_.:\s]*(?:(?<=[院店司所心站部室])[a-z]{0,4}\d{2,}[a-z]?"
    r"|[-_][a-z0-9]+|(?<=[\s)\]】])[a-z]{0,4}\d{3,}|[*.\-_'`?!]+)$", re.I)
_CODE = re.compile(r'[a-z]*\d*$')
_DASH = re.compile(r'[-_—–－~]+|\s{1,}')
_INSTITUTION = re.compile(
    r'(?:医院|卫生院|保健院|[一二三四五六七八九十\d附总病复治分产防利护养究]院|中心|卫生所|卫生室|医务室|服务站|卫生站|诊所|防治所|保健所'
    r'|研究所|保健站|门诊部|药房|药店|公司|血站)$')
# With what all of them end.
_INSTITUTION_LAST = "院心所室站部房店司"
_OWN_PLACE = rf'(?:{alternatives(map(fold, DEPARTMENTS))})'
_CAMPUS = (
    rf'(?:{alternatives(map(fold, CAMPUSES))}'
    r'|(?:[^\W\d_]{1,6}|第?\d+)(?:院区|分院|分部|门诊部))')
# the longest name, so that its own end is no part of a campus's name
_HEAD = r'^(.*(?:医院|卫生院|保健院|中心|防治院|防治所|研究所|[\d附总保]院|卫生所|病院|服务站))'
_TAIL_DEPARTMENT = re.compile(rf'{_HEAD}((?:{_CAMPUS})?{_OWN_PLACE})$')
_TAIL_CAMPUS = re.compile(rf'{_HEAD}({_CAMPUS})$')
_LABEL = re.compile(rf'^(?:{_OWN_PLACE}|{_CAMPUS})+$')
_UNIVERSITY = re.compile(
    r'^([^\W\d_]{2,8}?(?:大学|学院))(?:[^\W\d_]{0,4}学院)?(?:第(\d))?附属(?:第(\d))?(?:临床)?医院$')
UNIVERSITY_SHORT = re.compile(r'^([^\W\d_]{1,4}[大医])第?(\d)?附?属?第?(\d)?医?院$')
_PARENT = re.compile(
    r'^.{2,}?(?:大学|学院|医大|科学院|研究院|交大)(?:[^\W\d_]*?(?:学院|医学部))?(?:附属)?'
    r'([^\d第附].{1,10}(?:医院|中心|保健院))$')
_PERHAPS = compile_forms(PERHAPS_FORMS)
_FIRST_END = re.compile(r'医院|卫生院|保健院|中心|\d院|分院')
_PART_END = re.compile(r'(?:分院|门诊部|诊所|卫生所|医务室)$')
# The least of a name that stands behind another without a mark.
_SHORTEST_SECOND = 4
_TRUNCATED_LENGTHS = range(10, 21)


# What stands alone behind a brand, and what is named by its place instead.
_BARE_CORES = frozenset(("医院", "门诊部", "诊所", "卫生所", "总医院", "专科医院"))
_PUBLIC = re.compile(r'人民医院|中医院|妇幼|第\d+医院|\d院|中心|卫生院|疾控|防治|县医院|附属')


class Reading(NamedTuple):
    """A name, taken apart.

    :ivar tuple keys: :func:`normalise` of the whole, and without remarks
    :ivar str main: folded name without brackets, codes and remarks
    :ivar tuple others: further folded names: of brackets, or joined to the first
    :ivar tuple labels: folded departments and campuses from brackets and behind dashes
    :ivar tuple regions: folded places from brackets
    :ivar tuple notes: folded rest of the brackets, of unknown meaning
    :ivar bool cut: whether the name may have been cut off by a column's width
    """

    keys: tuple
    main: str
    others: tuple
    labels: tuple
    regions: tuple
    notes: tuple
    cut: bool


class Shape(NamedTuple):
    """One way to see a name: where it is, and what it is called there.

    :ivar tuple mentions: places in front, from large to small
    :ivar str level: level that stands alone (市 in 市一院), or ''
    :ivar str core: the name's own words in one form
    """

    @property
    def is_brand(self):
        """Whether the place may well be what the institution is called: 和平医院, 中山口腔医院."""
        if not self.mentions or self.mentions[-1].level:
            return False
        if self.core in _BARE_CORES:
            return True
        if len(self.mentions) > 1:
            return False
        counties = all(len(code) == 6 for code in self.mentions[-1].codes)
        return counties and not _PUBLIC.search(self.core)

    mentions: tuple
    level: str
    core: str


# === READING === #


def simplify(raw):
    """Half-width, simplified characters: the text in which marks of systems are looked for."""
    text = unicodedata.normalize('NFKC', raw or '')
    if _SIMPLIFIED.search(text):
        text = text.translate(TRADITIONAL)
    return text.strip()


def read_name(raw, places):
    """Take a name of a file apart.

    :param str raw: as the file writes it
    :param PlaceTable places: the known divisions
    :rtype: Reading
    """
    text = simplify(raw)
    return (_PLAIN.fullmatch(text) and _read_plain(text)) or _read_parts(text, places)


def _read_plain(text):
    """A simplified name that holds nothing but Chinese characters and digits, taken apart.

    :return: Reading, the same as that of ``_read_parts``; None where the text is no name
    """
    main = fold(text)
    if len(main) < 2 or _CODE.match(main) or main in _REMARKS:
        return None
    cut = len(text) in _TRUNCATED_LENGTHS and not _is_whole(main)
    return Reading((normalise(text),), main, (), (), (), (), cut)


def _read_parts(text, places):
    """A simplified name, taken apart by its brackets and marks.

    :rtype: Reading
    """
    parts = {'others': [], 'labels': [], 'regions': [], 'notes': []}
    whole = _strip_codes(text)
    bare = whole
    for _round in range(4):
        match = _BRACKET.search(bare)
        if not match:
            break
        bare = bare[:match.start()] + _take_bracket(
            match, bare, places, parts) + bare[match.end():]
    bare = _strip_codes(bare.strip(_OPEN + _CLOSE + ' '))
    names = _split_others(bare, places, parts)
    main = names[0] if names else ''
    parts['others'] += names[1:]
    if not main and parts['others']:
        main = parts['others'].pop(0)
    if main and parts['regions'] and not main.startswith(parts['regions'][0]):
        main = parts['regions'][0] + main  # 第一人民医院（常州市）
    keys = tuple(dict.fromkeys(filter(None, (normalise(text), normalise(whole)))))
    # a column cuts the text itself off, not a name with a remark behind it
    ends = bool(parts['labels']) or text.endswith(tuple(_CLOSE)) or _is_whole(main)
    return Reading(
        keys, main, tuple(dict.fromkeys(parts['others'])), tuple(parts['labels']),
        tuple(parts['regions']), tuple(parts['notes']),
        not ends and len(text) in _TRUNCATED_LENGTHS)


def _take_bracket(match, text, places, parts):
    """Put the content of a bracket where it belongs.

    :param match: the bracket in ``text``
    :param dict parts: takes what is no part of the name itself
    :return: what stays in the bracket's place
    """
    content = match[1]
    before, behind = text[:match.start()], text[match.end():]
    if not before and not behind:
        return content
    kind = _sort(content, places)
    if kind == 'remark':
        if re.search(r'\d', content) and class_of(fold(before)) == 'pharmacy':
            kind = 'notes'  # the number of a shop
        elif not before or not re.match(r'\w', behind) or _INSTITUTION.search(fold(before)):
            return ''
    if re.match(r'\w', behind) and kind in ('regions', 'notes', 'remark'):
        return content  # 协和（男科）医院, （常州市）第一人民医院
    parts[kind] += _split_others(content) if kind == 'others' else [fold(content)]
    return ' ' if kind == 'others' else ''


def _strip_codes(text):
    """Without the account codes and marks of a system at the ends of a name."""
    while True:
        shorter = _CODE_AFTER.sub('', _CODE_BEFORE.sub('', text)).strip()
        if shorter == text or len(shorter) < 3:
            return text
        text = shorter


def _sort(content, places):
    """What the content of a bracket is: 'others', 'labels', 'regions', 'notes' or 'remark'."""
    folded = fold(content)
    if not folded or _REMARK.match(folded):
        return 'remark'
    if _OTHER.match(content) or _OTHER_INSIDE.search(content):
        return 'others'
    if _LABEL.match(folded):
        return 'labels'
    if places.is_place(folded):
        return 'regions'
    if len(folded) > 3 and _INSTITUTION.search(folded):
        return 'others'
    return 'notes'


def _split_others(text, places=None, parts=None):
    """Folded names that stand side by side in a text, without remarks between them.

    :param dict parts: takes what turns out to be a label or a place; without it, all is a name
    """
    names = []
    text = _POINT.sub('', _OTHER_INSIDE.sub('〓', text))
    for piece in re.split('〓', _SEPARATOR.sub('〓', text)):
        words = [piece]
        if parts is not None:
            words = _split_dashes(piece, places, parts)
        name = ''.join(words).strip()
        name = fold(_OTHER.sub('', name) if parts is None else name)
        if len(name) > 1 and not _CODE.match(name) and name not in _REMARKS:
            names.append(name)
    return names


def _is_whole(text):
    """Whether a folded text ends like the name of an institution."""
    return bool(ends_as_institution(text) or class_of(text))


def ends_as_institution(text):
    """Whether a folded text ends like the name of a hospital, a centre, a clinic or a shop."""
    return text[-1:] in _INSTITUTION_LAST and bool(_INSTITUTION.search(text))


def is_label(text):
    """Whether a folded text is a department or a campus and nothing else."""
    return bool(_LABEL.match(text))


def _split_dashes(piece, places, parts):
    """Words of a name that are divided by dashes or spaces, without labels and remarks."""
    words = [word for word in _DASH.split(piece) if word]
    kept = words[:1]
    for word in words[1:]:
        kind = _sort(word, places)
        if kind == 'labels':
            parts['labels'].append(fold(word))
        elif kind != 'remark' or not _is_whole(fold(''.join(kept))):
            kept.append(word)
    if len(kept) > 1 and _REMARK.match(fold(kept[0])) and len(fold(kept[0])) > 1:
        return kept[1:]
    return kept


# === SHAPES === #


@lru_cache(maxsize=1024)
def shapes(text, places):
    """Ways to see a folded name, the most places first; kept, for one name is looked at several
    times in a row.

    :return: tuple of :class:`Shape`
    """
    found = []
    readings = places.readings(text)
    if text[:1] in LEVELS and not readings[0][0]:
        readings = (*(reading for reading in places.readings(text[1:]) if reading[0]), *readings)
    for mentions, rest in readings:
        if mentions and mentions[-1].level and rest.startswith('立'):
            rest = mentions[-1].level + rest
        level, own = level_of(rest)
        if level and len(canonical(own)) > 1:
            found.append(Shape(mentions, level, canonical(own)))
        found.append(Shape(mentions, '', canonical(rest)))
    return tuple(found)


@lru_cache(maxsize=65536)
def short_forms(core, perhaps=False):
    """The official cores that a short core may stand for.

    :param bool perhaps: those that it stands for less often

    >>> short_forms('1院')
    ('第1人民医院',)
    """
    return expand(core, _PERHAPS) if perhaps else usual_forms(core)


def class_of_kind(kind):
    """Class of institution of a customer of ours, '' when any."""
    return CLASS_OF_KIND.get(kind, '')


def without_parent(text):
    """A folded name without the university or academy in front, '' when none is.

    >>> without_parent('首都医科大学附属北京朝阳医院')
    '北京朝阳医院'
    """
    match = _PARENT.match(text)
    return match[1] if match and own_words(match[1]) else ''


def university_of(text):
    """The university and the number of a hospital of one: ('郑州大学', '1'), None of others.

    :param str text: folded name, for example 郑州大学第1附属医院
    """
    match = _UNIVERSITY.match(text)
    return (match[1], match[2] or match[3] or '') if match else None


def split_tail(text):
    """Cut a department or a campus off the end of a folded name.

    :return: list of (name, label, relation), relation 'department' or 'campus'
    """
    found = []
    for pattern, relation in ((_TAIL_DEPARTMENT, 'department'), (_TAIL_CAMPUS, 'campus')):
        match = pattern.match(text)
        if match:
            found.append((match[1], match[2], relation))
    return found


def relation_of(label):
    """Whether a label is of a campus or of a department."""
    return 'department' if re.search(rf'{_OWN_PLACE}$', label) else 'campus'


def glued(text):
    """Ways to cut a folded text into two names that stand side by side without a mark.

    :return: list of (first, second)
    """
    cuts = [match.end() for match in _FIRST_END.finditer(text, 0, len(text) - _SHORTEST_SECOND)]
    return [(text[:cut], text[cut:]) for cut in cuts
            if ends_as_institution(text[cut:]) and not _PART_END.search(text[cut:])]
