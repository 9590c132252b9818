"""The program behind ``sheets.read_workbook``: file on standard input, sheets on standard output.

Called as ``python -I sheets_child.py SECONDS MEGABYTES [FOLDER…]``. The answer's first line is a
JSON object, ``{}`` or ``{"error": reason, "detail": text}``; then one line of JSON per sheet:
``[name, rows, kinds]``. It runs in isolation, so it imports nothing of its neighbours.
"""

import csv
import datetime
import io
import json
import math
import os
import re
import sys
import zipfile
import zlib
from decimal import Decimal
from html.parser import HTMLParser

# More cells than this do not come from a list that people work with.
MAX_CELLS = 6_000_000
MAX_TEXT = 200 * 1024 * 1024
OLE_MAGIC = b'\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1'
# BIFF 2, 3, 4 and 5 without a container: a record "beginning of file".
BIFF_MAGIC = (b'\x09\x00\x04\x00', b'\x09\x02\x06\x00', b'\x09\x04\x06\x00', b'\x09\x08')
ENCRYPTED_STREAM = 'EncryptedPackage'.encode('utf-16-le')
# Control characters and halves of surrogate pairs: no database stores them.
_JUNK = re.compile('[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]')
_FORMULA_TEXT = re.compile(r'="([^"]*)"')
_EXCEL_ERRORS = {
    0x00: '#NULL!', 0x07: '#DIV/0!', 0x0F: '#VALUE!', 0x17: '#REF!', 0x1D: '#NAME?', 0x24: '#NUM!',
    0x2A: '#N/A',
}
_ERROR_TEXTS = frozenset(_EXCEL_ERRORS.values())


class Refused(Exception):
    """The file is understood and cannot be read: reason and detail."""


# === LIMITS === #

def limit_resources(seconds, megabytes):
    """Bound this process before it touches the file."""
    try:
        import resource
    except ImportError:  # not on Windows; there the parent's clock is the only limit
        return
    size = megabytes * 1024 * 1024
    resource.setrlimit(resource.RLIMIT_AS, (size, size))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


# === CELLS === #

def clean(text):
    """A text cell: without junk, and without the apostrophe that marks numbers as text."""
    if not text.isprintable():
        text = _JUNK.sub('', text)
    if text.startswith("'") and len(text) > 1:
        text = text[1:]
    return text if text.strip() else ''


def number_text(value):
    """Shortest form of a number, as Excel's own 15 digits say it, never with an exponent."""
    if value.is_integer() and abs(value) < 1e16:
        return str(int(value))
    return format(Decimal(format(value, '.15g')), 'f')


def date_text(moment):
    if (moment.hour, moment.minute, moment.second) == (0, 0, 0):
        return moment.strftime('%Y-%m-%d') if moment.year > 999 else moment.isoformat()[:10]
    return moment.isoformat(sep=' ', timespec='seconds')[:19]


def cell(value):
    """Text and kind of a value as python-calamine gives it.

    :return: tuple (text, one letter)
    """
    if isinstance(value, str):
        text = clean(value)
        if text in _ERROR_TEXTS:
            return text, 'e'
        return text, 't' if text else ' '
    if value is None:
        return '', ' '
    if isinstance(value, bool):
        return 'TRUE' if value else 'FALSE', 'b'
    if isinstance(value, (int, float)):
        number = float(value) if isinstance(value, float) else value
        if isinstance(number, int):
            return str(number), 'n'
        return (number_text(number), 'n') if math.isfinite(number) else (str(number), 'e')
    if isinstance(value, datetime.datetime):
        return date_text(value), 'd'
    if isinstance(value, datetime.date):
        return value.isoformat(), 'd'
    if isinstance(value, datetime.time):
        return value.isoformat(timespec='seconds'), 'd'
    return clean(str(value)), 't'  # durations


# === SHEETS === #

class Writer:
    """Collects sheets, counts what they hold, writes them as lines of JSON."""

    def __init__(self):
        self.lines = []
        self.cells = self.length = 0

    def add(self, name, rows, kinds):
        """Take one sheet.

        :param list rows: lists of text, of any widths
        :param list kinds: one text of letters per row, as wide as the row
        """
        while kinds and not kinds[-1].strip():
            rows.pop()
            kinds.pop()
        if not rows:
            return
        width = max(len(letters.rstrip()) for letters in kinds)
        self.cells += width * len(rows)
        if self.cells > MAX_CELLS:
            raise Refused('too_large', f"more than {MAX_CELLS} cells")
        for index, row in enumerate(rows):
            if len(row) > width:
                rows[index], kinds[index] = row[:width], kinds[index][:width]
            elif len(row) < width:
                missing = width - len(row)
                rows[index] = [*row, *[''] * missing]
                kinds[index] += ' ' * missing
        line = json.dumps([clean(name), rows, kinds], ensure_ascii=False).encode()
        self.length += len(line)
        if self.length > MAX_TEXT:
            raise Refused('too_large', f"more than {MAX_TEXT} bytes of text")
        self.lines.append(line)


def read_xls(data, writer):
    """BIFF by xlrd; what xlrd stumbles over, by calamine, which is more patient."""
    import xlrd
    if ENCRYPTED_STREAM in data:
        raise Refused('protected', "encrypted package")
    try:
        book = xlrd.open_workbook(file_contents=data, on_demand=True, ragged_rows=True,
                                  logfile=io.StringIO())
        sheets = [book.sheet_by_index(index) for index in range(book.nsheets)]
        visible = [sheet for sheet in sheets if sheet.visibility == 0] or sheets
        found = [(sheet.name, *_read_xls_sheet(sheet, book.datemode)) for sheet in visible]
    except MemoryError:
        raise
    except Exception as error:
        if 'encrypted' in str(error).lower():
            raise Refused('protected', str(error))
        read_calamine(data, writer)
        return
    for name, rows, kinds in found:
        writer.add(name, rows, kinds)


def _read_xls_sheet(sheet, datemode):
    """:return: tuple (rows, kinds) of one sheet of xlrd"""
    from xlrd.xldate import xldate_as_datetime
    rows, kinds = [], []
    texts = {}  # number -> its text: the same quantities come again and again
    for index in range(sheet.nrows):
        row, letters = [], []
        for ctype, value in zip(sheet.row_types(index), sheet.row_values(index), strict=True):
            letter = ' tndbe '[ctype]
            if ctype == 1:
                value = clean(value)
                letter = 't' if value else ' '
            elif ctype == 2:
                text = texts.get(value)
                if text is None:
                    text, letter = cell(float(value))
                    texts[value] = text
                value = text
            elif ctype == 3:
                try:
                    if 0 <= value < 1:
                        moment = xldate_as_datetime(value, 0)
                        value = moment.time().isoformat(timespec='seconds')
                    else:
                        value = date_text(xldate_as_datetime(value, datemode))
                except (ValueError, OverflowError):
                    value, letter = number_text(float(value)), 'n'
            elif ctype == 4:
                value = 'TRUE' if value else 'FALSE'
            elif ctype == 5:
                value = _EXCEL_ERRORS.get(value, '#ERROR')
            else:
                value = ''
            row.append(value)
            letters.append(letter)
        rows.append(row)
        kinds.append(''.join(letters))
    return rows, kinds


def read_zip(data, writer):
    """.xlsx, .xlsm, .xlsb or .ods; other archives are not spreadsheets."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = {name.lower().replace('\\', '/').lstrip('/') for name in archive.namelist()}
            manifest = 'META-INF/manifest.xml'  # .ods says there which parts are encrypted
            if manifest in archive.namelist() and b'encryption-data' in archive.read(manifest):
                raise Refused('protected', "encrypted document")
    except (zipfile.BadZipFile, zlib.error, ValueError, EOFError, NotImplementedError,
            RuntimeError) as error:
        raise Refused('damaged', str(error))
    is_workbook = 'content.xml' in names or any(
        'workbook' in name and name.endswith(('.xml', '.bin')) for name in names)
    if not is_workbook:
        raise Refused('unknown_format', "an archive without a workbook")
    read_calamine(data, writer)


def read_calamine(data, writer):
    """Everything that python-calamine knows."""
    import python_calamine as calamine
    try:
        book = calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
        infos = [
            info for info in book.sheets_metadata if info.typ == calamine.SheetTypeEnum.WorkSheet]
        visible = [info for info in infos if info.visible == calamine.SheetVisibleEnum.Visible]
        for info in visible or infos:
            sheet = book.get_sheet_by_name(info.name)
            if sheet.total_height * sheet.total_width > 20 * MAX_CELLS:
                raise Refused('too_large', f"{sheet.total_height} x {sheet.total_width} cells")
            rows, kinds = [], []
            for values in sheet.to_python(skip_empty_area=False):
                pairs = [cell(value) for value in values]
                rows.append([text for text, _kind in pairs])
                kinds.append(''.join([kind for _text, kind in pairs]))
            writer.add(info.name, rows, kinds)
    except calamine.PasswordError as error:
        raise Refused('protected', str(error))
    except (calamine.CalamineError, OSError, ValueError) as error:
        reason = 'too_large' if 'Cell limit' in str(error) else 'damaged'
        raise Refused(reason, str(error))


# === TEXT === #

def decode(data):
    """Text of a file in UTF-8, UTF-16 or GB18030 (which includes GBK and GB2312)."""
    if data.startswith((b'\xff\xfe', b'\xfe\xff')):
        return data.decode('utf-16', 'replace')
    if data.startswith(b'\xef\xbb\xbf'):
        return data[3:].decode('utf-8', 'replace')
    head = data[:4000]
    if head.count(0) > len(head) / 5:  # Latin letters and signs in UTF-16 without a mark
        encoding = 'utf-16-le' if head[1::2].count(0) > head[0::2].count(0) else 'utf-16-be'
        return data.decode(encoding, 'replace')
    for encoding in ('utf-8', 'gb18030'):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    # A few broken characters, or an end that was cut off, do not spoil a list
    return min((data.decode(encoding, 'replace') for encoding in ('utf-8', 'gb18030')),
               key=lambda text: text.count('\ufffd'))


def looks_like_text(text):
    """Whether people could read it: hardly a control character or a broken one."""
    sample = text[:20000]
    bad = len(_JUNK.findall(sample)) + sample.count('\ufffd')
    return bool(sample) and bad <= len(sample) / 200


def find_delimiter(lines):
    """The sign that most lines are divided by."""
    best, best_count = ',', 0
    for delimiter in '\t,;|':
        counts = sorted(line.count(delimiter) for line in lines)
        middle = counts[len(counts) // 2] if counts else 0
        if middle > best_count:
            best, best_count = delimiter, middle
    return best


def read_text(data, writer):
    text = decode(data)
    if not looks_like_text(text):
        raise Refused('unknown_format', "neither a workbook nor text")
    start = text[:5000].lstrip().lower()
    if start.startswith('<') and ('<table' in text.lower() or '<worksheet' in text.lower()):
        read_markup(text, writer)
        return
    if start.startswith(('<?xml', '<html', '<!doctype', '{\\rtf', '%pdf')):
        raise Refused('unknown_format', "markup without a table")
    delimiter = find_delimiter([line for line in text[:100_000].splitlines()[:200] if line.strip()])
    try:
        rows = _split(text, delimiter, csv.QUOTE_MINIMAL)
        quoted = not any(value.count('\n') > 9 for row in rows for value in row)
    except csv.Error:
        quoted = False
    if not quoted:
        # A quotation mark that is never closed swallows what follows: here it is a sign like any
        # other
        rows = _split(text, delimiter, csv.QUOTE_NONE)
    _add_texts('', rows, writer)


def _split(text, delimiter, quoting):
    csv.field_size_limit(MAX_TEXT)
    # newline='' keeps line ends inside of quotes; NUL would end csv's reader before Python 3.11
    return list(csv.reader(io.StringIO(text.replace('\0', ''), newline=''),
                           delimiter=delimiter, quoting=quoting, strict=True))


def _add_texts(name, rows, writer):
    """Take a sheet of which every cell is text."""
    cleaned = []
    for row in rows:
        values = []
        for value in row:
            formula = _FORMULA_TEXT.fullmatch(value) if value[:2] == '="' else None
            values.append(clean(formula.group(1) if formula else value))
        cleaned.append(values)
    kinds = [''.join(['t' if value else ' ' for value in row]) for row in cleaned]
    writer.add(name, cleaned, kinds)


class TableParser(HTMLParser):
    """Rows of HTML tables, and of Excel's XML of 2003, which has rows and cells just the same."""

    ROWS = ('tr', 'row', 'ss:row')
    CELLS = ('td', 'th', 'cell', 'ss:cell')

    def __init__(self):
        super().__init__()
        self.rows = []
        self.texts = None  # parts of the open cell
        self.span = 1

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        if tag in self.ROWS:
            self._end_cell()
            self._pad(self.rows, attrs.get('ss:index'), [])
            self.rows.append([])
        elif tag in self.CELLS:
            self._end_cell()
            if not self.rows:
                self.rows.append([])
            self._pad(self.rows[-1], attrs.get('ss:index'), '')
            across = attrs.get('ss:mergeacross')
            self.span = self._number(attrs.get('colspan'), 1)
            if across is not None:
                self.span = 1 + self._number(across, 0)
            self.texts = []
        elif tag == 'br' and self.texts is not None:
            self.texts.append(' ')

    def handle_endtag(self, tag):
        if tag in self.CELLS or tag in self.ROWS:
            self._end_cell()

    def handle_data(self, data):
        if self.texts is not None:
            self.texts.append(data)

    def _end_cell(self):
        if self.texts is not None:
            text = ' '.join(''.join(self.texts).split())
            self.rows[-1] += [text, *[''] * (self.span - 1)]
            self.texts = None

    @staticmethod
    def _number(value, default):
        return min(int(value), 1000) if value and value.isdecimal() else default

    @staticmethod
    def _pad(items, index, empty):
        if index and index.isdecimal() and len(items) < int(index) - 1 < MAX_CELLS:
            items.extend(type(empty)() for _missing in range(int(index) - 1 - len(items)))


def read_markup(text, writer):
    parser = TableParser()
    parser.feed(text)
    parser.close()
    _add_texts('', parser.rows, writer)


# === MAIN === #

def read(data, writer):
    if not data.strip(b'\0 \t\r\n'):
        raise Refused('empty', "no content")
    if data.startswith(OLE_MAGIC) or data.startswith(BIFF_MAGIC):
        read_xls(data, writer)
    elif data.startswith(b'PK'):
        read_zip(data, writer)
    else:
        read_text(data, writer)
    if not writer.lines:
        raise Refused('empty', "no cell holds anything")


def main():
    seconds, megabytes, *folders = sys.argv[1:]
    limit_resources(int(seconds), int(megabytes))
    sys.path += folders
    # Readers print at times: their words must not get into the answer
    out = os.fdopen(os.dup(1), 'wb')
    os.dup2(2, 1)
    writer = Writer()
    answer = {}
    try:
        read(sys.stdin.buffer.read(), writer)
    except Refused as refused:
        answer = dict(zip(('error', 'detail'), refused.args, strict=True))
    except MemoryError:
        answer = {'error': 'memory', 'detail': "out of memory"}
    except BaseException as error:  # also the panic of a native reader, which is no Exception
        answer = {'error': 'damaged', 'detail': f"{type(error).__name__}: {error}"[:300]}
    out.write(json.dumps(answer).encode() + b'\n')
    if not answer:
        out.write(b'\n'.join(writer.lines))
    out.flush()


if __name__ == '__main__':
    main()
