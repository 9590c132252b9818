"""One normaliser of Chinese names for search, duplicates and flow matching.

No Odoo imports: testable alone.
"""

import re
import unicodedata

# Text in round brackets stays (campuses and former names stand there); only the brackets go.
_DROP = re.compile(r"[\s\-_·•.,，。、;；:：'‘’\"“”`~!！?？/\\|()（）\[\]【】〔〕{}《》<>〈〉「」『』*#&+=]+")
_ZEROS = str.maketrans({'〇': '零', '○': '零', '◯': '零'})
# Longest first: 股份有限公司 before 有限公司.
_LEGAL_SUFFIXES = ('集团股份有限公司', '股份有限责任公司', '股份有限公司', '有限责任公司', '集团有限公司', '有限公司')


def normalise(name):
    """Bring a name to the form in which equal names are equal.

    NFKC (full-width to half-width), lower case, without white space and punctuation, one form of
    zero. The legal form at the end of a company's name is dropped when something is left.

    :param str name: a name as people or files write it; may be empty or None
    :return: the key, possibly empty
    :rtype: str
    """
    text = unicodedata.normalize('NFKC', name or '').casefold().translate(_ZEROS)
    text = _DROP.sub('', text)
    for suffix in _LEGAL_SUFFIXES:
        if text.endswith(suffix) and len(text) > len(suffix):
            return text[:-len(suffix)]
    return text
