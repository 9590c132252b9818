"""Numbers of persons: how they are compared and how they are shown without being told."""

import re
import unicodedata

STARS = '****'
# kind -> how many characters stay readable at the start and at the end
READABLE = {
    'phone': (3, 4),
    'identity': (3, 4),
    'bank': (0, 4),
}
# So many characters at least must be hidden, else all are.
HIDDEN_AT_LEAST = 4


def normalise_number(text, kind):
    """A number in the spelling that is stored in the keyed hash: two spellings of one are equal.

    :param str text: what somebody typed, may be empty or None
    :param str kind: ``phone``, ``identity`` or ``bank``
    :return: letters and digits only; mainland phones without the country's code
    :rtype: str

    >>> [normalise_number(text, 'phone') for text in ('+86 138-1234 1234', '0086１３８12341234')]
    ['13812341234', '13812341234']
    >>> normalise_number('11010519491231002x', 'identity')
    '11010519491231002X'
    >>> normalise_number('6222 0000 1111 2222', 'bank')
    '6222000011112222'
    """
    # capitals first: some letters become a letter and an accent by it
    capitals = unicodedata.normalize('NFKC', text or '').upper()
    text = re.sub(r'[\W_]+', '', unicodedata.normalize('NFKC', capitals))
    if kind == 'phone':
        text = re.sub(r'^(?:00)?86(?=1\d{10}$)', '', text)
    return text


def mask(text, kind):
    """A number as it is shown by default.

    The number of stars does not tell the length.

    :param str text: the number, may be empty or None
    :param str kind: ``phone``, ``identity`` or ``bank``
    :rtype: str

    >>> mask('13812341234', 'phone'), mask('6222 0000 1111 2222', 'bank')
    ('138****1234', '****2222')
    >>> mask('010-12345', 'phone'), mask('', 'phone')
    ('****', '')
    """
    text = normalise_number(text, kind)
    if not text:
        return ''
    head, tail = READABLE[kind]
    if len(text) - head - tail < HIDDEN_AT_LEAST:
        return STARS
    return text[:head] + STARS + text[len(text) - tail:]


def is_masked(text):
    """Whether a text is something that :func:`mask` shows, not a number.

    >>> is_masked('138****1234'), is_masked('13812341234'), is_masked(None)
    (True, False, False)
    """
    return STARS in (text or '')
