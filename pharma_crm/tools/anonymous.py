"""Texts without names of customers. No Odoo imports.

How to use: :func:`hide_names` takes names out of a text, :func:`find_names` tells which are in it.

How it works: full names go first, the longest first. What people write for a doctor is mostly his
surname with a title, so surnames before titles count as names.
"""

import re

TITLES = (
    '副主任', '主任', '医生', '医师', '大夫', '教授', '副院长', '院长', '科长', '处长', '老师',
    '护士长', '护士', '药师', '博士', '专家', '总')
# Two letters that are one surname
DOUBLE_SURNAMES = (
    '欧阳', '上官', '司马', '诸葛', '东方', '皇甫', '尉迟', '公孙', '慕容', '令狐', '夏侯')



def surname(name):
    """The surname of a Chinese name; empty for others.

    >>> surname("欧阳明"), surname("林知远"), surname("John")
    ('欧阳', '林', '')
    """
    name = (name or '').strip()
    if not re.match(r'[\u4e00-\u9fff]{2,4}$', name):
        return ''
    return next((double for double in DOUBLE_SURNAMES if name.startswith(double)), name[0])


def _pattern(places, people):
    """What names look like in a text, places and people; None without any."""
    place_texts = sorted({re.escape(name) for name in places if name}, key=len, reverse=True)
    names = sorted({re.escape(name) for name in people if name}, key=len, reverse=True)
    surnames = sorted({surname(name) for name in people} - {''})
    if surnames:
        names.append(f"(?:{'|'.join(surnames)})(?={'|'.join(TITLES)})")
    parts = [f'(?P<{group}>{"|".join(texts)})'
             for group, texts in (('place', place_texts), ('person', names)) if texts]
    return re.compile('|'.join(parts), re.IGNORECASE) if parts else None


def find_names(text, places, people):
    """Names that a text holds.

    >>> find_names("与林主任谈", (), ["林知远"])
    ['林']
    >>> find_names("林地很多", (), ["林知远"])
    []

    :param str text: may be empty
    :param places: names of hospitals, departments
    :param people: names of persons
    :rtype: list(str)
    """
    pattern = _pattern(places, people)
    return [match[0] for match in pattern.finditer(text or '')] if pattern else []


def hide_names(text, places, people, place_word, person_word):
    """A text with words instead of names.

    >>> hide_names("在甲医院与林主任、林知远谈", ["甲医院"], ["林知远"], "某医院", "某")
    '在某医院与某主任、某谈'

    :param str place_word: for a place
    :param str person_word: for a person
    :rtype: str
    """
    pattern = _pattern(places, people)
    if not pattern:
        return text or ''
    return pattern.sub(
        lambda match: place_word if match.lastgroup == 'place' else person_word, text or '')
