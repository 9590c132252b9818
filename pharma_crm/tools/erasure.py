"""Taking a person out of texts. No Odoo imports.

How to use: :func:`number_forms` gives the ways in which a number is written, :func:`bounded` the
expression that finds it and nothing longer; :func:`is_rare_name` tells whether a name may be looked
for in every text, :func:`get_patterns` what stands for somebody in texts that are about him.
"""

import re
from datetime import timedelta

from .anonymous import TITLES, surname

# Shorter names also stand in other words and in the names of others
SHORTEST_NAME = 3
SHORTEST_LATIN_NAME = 6
SHORTEST_NUMBER = 6
# What somebody wrote beside the fields: mobile phones and identity numbers of China, addresses of
# mail. As PostgreSQL and Python both read them.
CONTACT_PATTERNS = (
    r'(?<![0-9A-Za-z])1[3-9][0-9][- ]?[0-9]{4}[- ]?[0-9]{4}(?![0-9A-Za-z])',
    r'(?<![0-9A-Za-z])[1-9][0-9]{16}[0-9Xx](?![0-9A-Za-z])',
    r'[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+\.[A-Za-z0-9.-]*[A-Za-z]',
)


def number_forms(number):
    """The ways in which a phone number is written; others as they are.

    >>> sorted(number_forms('+86 139 0000 1111'))
    ['+86 139 0000 1111', '139 0000 1111', '139-0000-1111', '13900001111', '8613900001111']

    :param str number: as it was entered
    :rtype: set(str)
    """
    number = (number or '').strip()
    digits = re.sub(r'\D', '', number)
    forms = {number}
    if len(digits) >= SHORTEST_NUMBER and not re.search(r'[A-Za-z@]', number):
        bare = digits.removeprefix('86') if len(digits) == 13 else digits
        forms.add(bare)
        if len(bare) == 11:
            parts = bare[:3], bare[3:7], bare[7:]
            forms |= {' '.join(parts), '-'.join(parts), f'86{bare}'}
    return {form for form in forms if len(form) >= SHORTEST_NUMBER}


def bounded(text):
    """A regular expression of a number or address that is not part of a longer one.

    >>> import re
    >>> [bool(re.search(bounded('139000'), text)) for text in ("电话139000。", "1390001")]
    [True, False]

    :param str text: as it is written
    :rtype: str
    """
    return f'(?<![0-9A-Za-z]){re.escape(text)}(?![0-9A-Za-z])'


def is_rare_name(name):
    """Whether a name is long enough to be looked for where nothing says whom a text is about.

    >>> is_rare_name("张伟"), is_rare_name("林知远"), is_rare_name("Ann")
    (False, True, False)
    """
    name = (name or '').strip()
    shortest = SHORTEST_NAME if re.search(r'[\u4e00-\u9fff]', name) else SHORTEST_LATIN_NAME
    return len(name) >= shortest


def get_patterns(names):
    """Regular expressions of what people write for somebody, in texts about him: his names, and
    his surname before a title.

    >>> get_patterns(["林知远"])[0]
    '林知远'
    >>> import re
    >>> re.sub('|'.join(get_patterns(["林知远"])), '某', "与林主任、林知远谈林地")
    '与某主任、某谈林地'

    :param names: names of one person
    :return: expressions as PostgreSQL and Python both read them, the longest first
    :rtype: list(str)
    """
    names = sorted({name.strip() for name in names if name and name.strip()},
                   key=lambda name: (-len(name), name))
    patterns = [re.escape(name) for name in names]
    titles = '|'.join(TITLES)
    patterns += [f'{first}(?=(?:{titles}))'
                 for first in sorted({surname(name) for name in names} - {''})]
    return patterns


def add_working_days(day, count):
    """The day some working days later, Monday to Friday; holidays count as working days, so that
    a deadline is rather too early.

    >>> from datetime import date
    >>> add_working_days(date(2026, 11, 20), 15)
    datetime.date(2026, 12, 11)
    """
    while count:
        day += timedelta(days=1)
        count -= day.weekday() < 5
    return day
