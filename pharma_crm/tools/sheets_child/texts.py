"""Text with columns: encodings and delimiters are found out. See the package's docstring.

Imports none of its neighbours, so that tests may call its functions directly.
"""

import csv
import io
import re
from collections import Counter

# Signs that divide columns, the usual ones first: of two that fit alike, the first is taken.
DELIMITERS = '\t,;|，；｜^~\x01\x1f\x1e\x02、¦§¬#@$&!='
USUAL = DELIMITERS[:7]
# Lines by which the delimiter is judged.
SAMPLE_LINES = 200
_GAP = re.compile(r'(?:[ \u3000]{2,}|\t)+')
# What no text that people read is made of; signs that some systems divide columns by are not bad.
_BAD = re.compile('[\x00\x03-\x08\x0b\x0c\x0e-\x1b\x7f\ud800-\udfff\ufffd-\uffff]')
# Bytes by which an encoding is judged.
_SAMPLE = 100_000
_LARGEST_FIELD = 100 * 1024 * 1024


# === ENCODING === #

def decode(data):
    """Text of a file in UTF-8, UTF-16 or GB18030 (which includes GBK and GB2312).

    :param bytes data: the file
    :rtype: str
    """
    if data.startswith((b'\xff\xfe', b'\xfe\xff')):
        return data.decode('utf-16', 'replace')
    if data.startswith(b'\xef\xbb\xbf'):
        return data[3:].decode('utf-8', 'replace')
    if _is_utf16(data[:8000]):
        return max((data.decode(encoding, 'replace') for encoding in ('utf-16-le', 'utf-16-be')),
                   key=_readable)
    data = data.replace(b'\0', b'')  # some systems fill columns with it
    text = _decode_strictly(data, 'utf-8')
    if text is not None:
        other = _decode_strictly(data, 'gb18030') if _is_gb_by_chance_utf8(text) else None
        return text if other is None else other
    # A few broken characters, or an end that was cut off, do not spoil a list. GB18030 makes
    # characters of nearly all bytes, other ones: whether it is UTF-8 comes first
    text = data[:_SAMPLE].decode('utf-8', 'replace')
    chinese = sum('\u4e00' <= char <= '\u9fff' for char in text)
    if chinese and text.count('\ufffd') * 50 <= chinese:
        return data.decode('utf-8', 'replace')
    return _decode_strictly(data, 'gb18030') or data.decode('gb18030', 'replace')


def _decode_strictly(data, encoding):
    """:return: the text, or None where the bytes are none in this encoding"""
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        return None


def _is_utf16(head):
    """Whether bytes without a mark are UTF-16: there, zeros stand at the ends of lines."""
    ends = max(head.count(b'\n\0'), head.count(b'\0\n'))
    # 上 has the byte of a line's end as well
    return bool(ends) and ends * 4 >= head.count(b'\n') or head.count(0) > len(head) / 5


def _readable(text):
    """How many of the first characters are of the kinds that lists are made of."""
    return sum(char.isascii() and (char.isprintable() or char in '\r\n\t')
               or '\u4e00' <= char <= '\u9fff' or '\uff00' <= char <= '\uffee'
               or '\u3000' <= char <= '\u303f' for char in text[:4000])


def _is_gb_by_chance_utf8(text):
    """Whether a text that is correct UTF-8 is Chinese in two bytes all the same.

    Some pairs of bytes are letters of Greek, Cyrillic or Arabic in UTF-8; a list in Chinese that is
    UTF-8 has Chinese characters, which take three bytes.
    """
    foreign = False
    for char in set(text):
        if char > '\u07ff':
            return False
        foreign = foreign or char > '\xbf' and char not in '×÷'  # signs stand in any text
    return foreign


def looks_like_text(text):
    """Whether people could read it: hardly a control character or a broken one."""
    sample = text[:20000]
    return bool(sample) and len(_BAD.findall(sample)) <= max(3, len(sample) / 200)


# === COLUMNS === #

def find_delimiter(text):
    """The sign by which most lines are divided into the same number of columns.

    :param str text: the beginning of the file
    :return: one character, or None when no sign divides the lines
    """
    hint = re.match(r'sep=(.)\r?\n', text)
    if hint:
        return hint.group(1)
    best, best_share = None, 0
    for delimiter in DELIMITERS:
        if delimiter not in text:
            continue
        lines = csv.reader(io.StringIO(text, newline=''), delimiter=delimiter)
        counts = Counter()
        try:
            for row in lines:
                if any(row):
                    counts[len(row)] += 1
                if counts.total() >= SAMPLE_LINES:
                    break
        except csv.Error:
            continue
        divided = {width: count for width, count in counts.items() if width > 1}
        if not divided or (delimiter not in USUAL and max(divided.values()) < 2):
            continue  # one line with a ! in it has no columns
        # Lists whose lines end early are lists as well, only worse ones
        share = (max(divided.values()) + sum(divided.values()) / 100) / counts.total()
        if share > best_share:
            best, best_share = delimiter, share
    return best


def split(text):
    """Rows of a text with columns.

    :param str text: the whole file
    :return: lists of text, one after the other
    """
    csv.field_size_limit(_LARGEST_FIELD)
    text = text.replace('\0', '')  # would end csv's reader before Python 3.11
    sample = text[:100_000]
    delimiter = find_delimiter(sample)
    if delimiter is None:
        lines = text.splitlines()
        gaps = sum(bool(_GAP.search(line.strip())) for line in lines[:SAMPLE_LINES])
        if gaps > min(len(lines), SAMPLE_LINES) / 2:  # columns that spaces keep apart
            return [_GAP.split(line.strip()) for line in lines]
        delimiter = ','
    # newline='' keeps line ends inside of quotes
    lines = csv.reader(io.StringIO(text, newline=''), delimiter=delimiter, strict=True)
    if '"' not in text:
        return lines  # nothing can be wrong with them
    try:
        rows = list(lines)
    except csv.Error:
        rows = None
    if rows is not None and (
            lines.line_num - len(rows) <= 9  # line ends inside of quotes, in all
            or not any(value.count('\n') > 9 for row in rows for value in row)):
        return rows
    # A quotation mark that is never closed swallows what follows: then every line stands for
    # itself, and where it cannot be, the mark is a sign like any other
    return [_split_line(line, delimiter) for line in text.splitlines()]


def _split_line(line, delimiter):
    for quoting in (csv.QUOTE_MINIMAL, csv.QUOTE_NONE):
        try:
            return next(csv.reader([line], delimiter=delimiter, quoting=quoting, strict=True), [])
        except csv.Error:
            continue
    return line.split(delimiter)
