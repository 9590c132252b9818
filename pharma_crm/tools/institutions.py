"""What the names of hospitals, pharmacies and companies say beside their place.

No Odoo imports: testable alone.

How to use
    canonical('中医医院')                            # '中医院'
    kinds('海州市妇幼保健院'), numbers('第2人民医院')   # what two names of one institution share
    own_words('同仁医院')                            # '同仁'

How it works
    Everything is told by lists of words (``institution_words``) on names that
    :func:`~.names.fold` has brought to one form. The matching of names in files and the search for
    duplicates rest on the same lists, so that both take the same names for one.
"""

import re
from functools import lru_cache

from .institution_words import (
    CLASS_ENDS,
    GENERIC_WORDS,
    KIND_WORDS,
    LOOK_ALIKE,
    SAME_WORDS,
    SHORT_FORMS,
)
from .names import fold


def alternatives(words):
    """Pattern of any of these words, the longest first.

    Words of one first character stand together, so that the many others are passed over at once.

    >>> alternatives(['医', '院', '医院'])
    '医(?:院|)|院'

    :param words: iterable of texts, none of them empty
    :rtype: str
    """
    ends = {}
    for word in sorted(words, key=len, reverse=True):
        ends.setdefault(word[0], []).append(re.escape(word[1:]))
    return '|'.join(
        re.escape(first) + (found[0] if len(found) == 1 else f"(?:{'|'.join(found)})")
        for first, found in ends.items())


def compile_forms(forms):
    """What :func:`expand` takes.

    :param forms: (pattern, replacements) pairs
    :return: pattern of all of them, for few names are short forms at all; list of (compiled
        pattern, replacements)
    """
    return (re.compile('|'.join(pattern for pattern, _words in forms)),
            [(re.compile(pattern), words) for pattern, words in forms])


_NUMBER = re.compile(r'\d+')
_KINDS = re.compile(alternatives(map(fold, KIND_WORDS)))
# Numbers of the army are names, a first and second hospital has every place.
_GENERIC = re.compile(
    rf'(?:{alternatives(map(fold, (*GENERIC_WORDS, *KIND_WORDS)))}'
    r'|(?<!\d)\d{1,2}(?!\d))+')
_ARMY_NUMBER = re.compile(r'解放军\d+')
# A place that no list of divisions has, of old or below the county.
_UNKNOWN_PLACE = re.compile(r'^[^\W\d_]{2,4}[市县旗镇乡](?=.{2})')
_SAME = [(hint, re.compile(pattern), words) for hint, pattern, words in SAME_WORDS]
_SHORT = compile_forms(SHORT_FORMS)
_CLASSES = {
    fold(end): name for name, ends in CLASS_ENDS.items() for end in ends}
_CLASS = re.compile(rf'(?:{alternatives(_CLASSES)})$')


@lru_cache(maxsize=262144)
def canonical(own):
    """Bring a name's own words to the form that is the same for all usual ways to write them.

    >>> canonical('中医医院')
    '中医院'

    :param str own: folded words without places
    :rtype: str
    """
    for hint, pattern, words in _SAME:
        if hint in own:
            own = pattern.sub(words, own)
    return own


def expand(core, forms):
    """The official cores that a short core may stand for.

    :param str core: canonical words
    :param forms: :func:`compile_forms` of the short forms
    :return: distinct cores, without the core itself
    :rtype: tuple[str, ...]
    """
    of_any, patterns = forms
    if not of_any.match(core):
        return ()
    found = []
    for pattern, words in patterns:
        match = pattern.match(core)
        if match:
            found += [canonical(match.expand(word)) for word in words]
    return tuple(dict.fromkeys(form for form in found if form != core))


@lru_cache(maxsize=65536)
def usual_forms(core):
    """The official cores that a usual short form stands for.

    >>> usual_forms('1院')
    ('第1人民医院',)
    """
    return expand(core, _SHORT)


@lru_cache(maxsize=65536)
def own_words(text):
    """What of a name is its own beside generic words: '同仁' of 同仁医院, '' of 第1人民医院."""
    named = _UNKNOWN_PLACE.match(text) or _ARMY_NUMBER.search(text)
    return _GENERIC.sub('', text) + (named[0] if named else '')


@lru_cache(maxsize=65536)
def kinds(text):
    """Kind words of a folded name; two names of one institution have the same.

    >>> kinds('海州市中医医院')
    frozenset({'中医'})
    """
    return frozenset(_KINDS.findall(canonical(text)))


def kinds_behind(text, position):
    """Kind words that begin only behind a position of a folded name.

    >>> kinds_behind('海州市卫生学校附属医院', 7)
    ['附属']
    """
    return [match[0] for match in _KINDS.finditer(text) if match.start() >= position]


@lru_cache(maxsize=65536)
def numbers(text):
    """Numbers of a folded name, sorted.

    >>> numbers('解放军第302医院2部')
    ('2', '302')
    """
    return tuple(sorted(_NUMBER.findall(text)))


@lru_cache(maxsize=65536)
def class_of(text):
    """Class of institution by the end of a folded name: 'care', 'pharmacy', 'company' or ''."""
    match = _CLASS.search(canonical(text))
    if not match:
        return ''
    return {'hospital': 'care', 'clinic': 'care'}.get(_CLASSES[match[0]], _CLASSES[match[0]])


def same_shape(one, other):
    """Whether two characters look alike enough to be taken for one another.

    >>> same_shape('阳', '杨')
    True
    """
    return any(one in group and other in group for group in LOOK_ALIKE)
