"""Tell a slip of the pen from another name: one character that differs in a long name.

How it works
    Two names one character apart are mostly two institutions (第二医院, 第三医院; 康宁, 康定).
    They are
    taken for one where the character that differs stands in words that every institution has, so
    that what is written means nothing by itself, or where both characters look or sound alike.

No Odoo imports: testable alone.
"""

import re

from rapidfuzz.distance import Levenshtein

from odoo.addons.pharma_crm.tools.institution_words import TELLING
from odoo.addons.pharma_crm.tools.institutions import same_shape
from odoo.addons.pharma_crm.tools.names import pinyin_key

from .matching_names import kinds, numbers, own_words

_LEAST = 6
# Words that are still themselves with one character wrong; 人民 and 中心 are not: 惠民, 人和, 同心.
_IDLE = re.compile(r'医院|卫生院|妇幼保健院|保健院|社区卫生服务|服务中心|附属')
# Near enough where it sounds alike.
_PEOPLES = re.compile(r'(?<=人)民(?=医院)')


def is_slip(written, correct, places):
    """Whether a folded name is another with one slip of the pen.

    :param str written: folded name of a file
    :param str correct: folded name of a customer
    :param PlaceTable places: the known divisions
    :return: (written character, correct character), either of them '' when one is missing or too
        many, or None
    """
    if min(len(written), len(correct)) < _LEAST or numbers(written) != numbers(correct):
        return None
    if Levenshtein.distance(written, correct, score_cutoff=1) != 1:
        return None
    step = Levenshtein.editops(written, correct)[0]
    wrong = written[step.src_pos] if step.tag != 'insert' else ''
    right = correct[step.dest_pos] if step.tag != 'delete' else ''
    if wrong in TELLING or (right in TELLING and not _look_alike(wrong, right)):
        return None
    if _touches_place(written, correct, step, places):
        return None
    rest = places.readings(correct)[0][1]
    position = step.dest_pos - len(correct) + len(rest)
    if step.tag == 'replace':
        idle = _is_idle(wrong, right, rest, position) and (
            not _look_alike(wrong, right) or kinds(written) <= kinds(correct))
    else:
        # 学院 and 医学院 are two, and a 第 has lost its number
        idle = (wrong or right) not in '医第' and kinds(written) == kinds(correct) and (
            _is_within(_IDLE, rest, position, step.tag == 'delete')
            and own_words(places.readings(written)[0][1]) == own_words(rest))
    return (wrong, right) if idle else None


def _touches_place(written, correct, step, places):
    """Whether the character stands in a place: 诲安县 may be 海安县 and 惠安县."""
    said, has = places.readings(written)[0], places.readings(correct)[0]
    if step.dest_pos < len(correct) - len(has[1]):
        return True
    if said[0] and said[0][-1].level and has[0] and not said[0][-1].codes & has[0][-1].codes:
        return True
    mine, its = places.around(written, step.src_pos), places.around(correct, step.dest_pos)
    return bool(mine or its) and not mine & its


def _is_idle(wrong, right, rest, position):
    """Whether a wrong character means nothing by itself.

    :param str rest: what is correct, without its places
    :param int position: where in it the character stands
    """
    if _look_alike(wrong, right):
        # 仁和 and 人和 sound alike and are two
        return right not in own_words(rest) or same_shape(wrong, right)
    return _is_within(_IDLE, rest, position) or (
        _is_within(_PEOPLES, rest, position) and _sound_alike(wrong, right))


def _look_alike(one, other):
    if not one or not other:
        return False
    # 仁 of 仁民医院 is no slip of 人
    return same_shape(one, other) or (
        other != '人' and pinyin_key(one) == pinyin_key(other))


def _sound_alike(one, other):
    """Whether two characters sound nearly alike: 民 and 明."""
    return one != other and pinyin_key(one).removesuffix('g') == (
        pinyin_key(other).removesuffix('g'))


def _is_within(words, rest, position, inside=False):
    """Whether a character stands in words that all institutions have.

    :param words: pattern of the words
    :param str rest: what is correct, without its places
    :param int position: where in it the character stands
    :param bool inside: it is one too many, between two characters of a word
    """
    return any(match.start() + inside <= position < match.end()
               for match in words.finditer(rest))
