"""Read spreadsheets of strangers: every cell as text, in a child process with limits.

How to use
    sheets = read_workbook(data, "flow.xls")
    for sheet in sheets:
        for number, row in enumerate(sheet.rows, start=1):
            ...                                  # number is the row's number in Excel
    if is_archive(data):
        members = read_archive(data, "all.zip")  # files, each to be read by its own name

How it works
    Files of customers are hostile at times: XML bombs, sheets that ask for all memory, contents
    that crash native readers. So the reading itself is done by the program in ``sheets_child`` in a
    process of its own, with limits on memory, processor time and clock, which gets the file on its
    standard input and answers block by block (see there). Equal texts are sent once and become one
    object, so that a sheet of 300,000 rows takes some 100 MB. Nothing that the child says is
    trusted, be it a length or a code. Whatever happens in it ends here in a ``SheetError``.

No Odoo imports: testable alone.
"""

import contextlib
import importlib.util
import json
import os
import subprocess
import sys
import threading
from array import array
from operator import add
from pathlib import Path
from typing import NamedTuple

CHILD = Path(__file__).with_name('sheets_child')
# Largest file that is looked at at all, in bytes.
MAX_BYTES = 100 * 1024 * 1024
REASONS = (
    'protected', 'damaged', 'empty', 'too_large', 'unknown_format', 'timeout', 'memory', 'archive',
)
# What the child may know of our environment; the rest may hold passwords.
_ENVIRONMENT = ('PATH', 'LD_LIBRARY_PATH', 'SYSTEMROOT', 'TMPDIR')
_SIGXCPU = 24
_SIGKILL = 9
# What a child that keeps its own bounds cannot exceed: cells, bytes of lines, bytes of a file.
_MAX_CELLS = 10_000_000
_MAX_LINES = 401 * 1024 * 1024
_MAX_MEMBER = 100 * 1024 * 1024
# What one long line among a million short ones may make of them, in cells.
_MAX_ALIGNED = 3 * _MAX_CELLS
# The last three bits of a cell's code are the place of its kind here; no code has the last two.
_LETTERS = ' tndbe  '
_KINDS = (_LETTERS * 32).encode()  # by the last byte of the code
_LAST_BYTE = 0 if sys.byteorder == 'little' else -1
# Texts that are kept to find equal ones: a file has some thousand names, or none that come again.
_SHARED = 300_000


class Sheet(NamedTuple):
    """One sheet of a workbook; a text file has one, without a name."""

    name: str
    #: tuples of str, all of one width; row i is the spreadsheet's row i + 1. Dates are ISO
    #: (``2026-01-31`` or ``2026-01-31 08:30:00``), numbers in their shortest form, booleans
    #: ``TRUE``/``FALSE``, errors as Excel writes them (``#N/A``), nothing is ''. No white space
    #: stands around a text.
    rows: list
    #: per row one letter per cell: t text, n number, d date, b boolean, e error, ' ' empty
    kinds: list
    #: merged cells, lists [first row, first column, last row, last column] counted from 0; the
    #: text stands in the first cell, the others are ''
    merges: list = ()
    #: days that are plain numbers count from 1904, as Excel for the Macintosh once did
    date1904: bool = False


class Member(NamedTuple):
    """One file of an archive."""

    name: str  # with its folders, divided by /
    data: bytes
    reason: str  # one of REASONS when it cannot be unpacked, else ''


class SheetError(Exception):
    """A file that cannot be read.

    ``reason`` is one of ``REASONS``, ``detail`` a technical text for the log. Telling people what
    to do is the caller's part (see ``pharma.sheet.mixin``).
    """

    def __init__(self, reason, detail=''):
        super().__init__(f"{reason}: {detail}" if detail else reason)
        self.reason = reason
        self.detail = detail


# === FILES === #

def read_workbook(data, filename, *, seconds=60, megabytes=1024):
    """Read all visible sheets of a file of any usual format; the content decides, not the name.

    Formats: .xls (BIFF 2 to 8), .xlsx, .xlsm, .xlsb, .ods; text in UTF-8, UTF-16 or GB18030 with
    columns divided by any usual sign; and what systems call .xls but is an HTML table, a web page
    in one file or XML of Excel 2003.

    :param bytes data: the file
    :param str filename: its name, for messages alone
    :param int seconds: limit of the clock and of processor time
    :param int megabytes: limit of the reader's memory
    :return: the sheets that hold something, in the order of the workbook
    :rtype: list[Sheet]
    :raise SheetError: whenever the file gives no rows; no other exception leaves this function
        because of a file's content. 'archive': a ZIP for ``read_archive``, or an archive of another
        kind, which nobody unpacks
    """
    builder = _Builder()
    _ask('cells', data, filename, seconds, megabytes, builder.take)
    return builder.finish()


def is_archive(data):
    """Whether a file is a ZIP of files, and not a workbook, which is a ZIP of parts.

    :param bytes data: the file
    """
    end = data.rfind(b'PK\x05\x06') if data.startswith(b'PK') else -1
    if end < 0:
        return False
    # the names alone, not by zipfile: a directory may be made to fill all memory
    size = int.from_bytes(data[end + 12:end + 16], 'little')
    names = data[max(0, end - size):end].lower()
    return b'[content_types].xml' not in names and b'content.xml' not in names


def read_archive(data, filename, *, seconds=60, megabytes=1024):
    """Unpack a ZIP archive within bounds of number, size and growth.

    :param bytes data: the archive
    :param str filename: its name, for messages alone
    :return: its files in their order, those that cannot be unpacked with their reason
    :rtype: list[Member]
    :raise SheetError: when it gives no files at all
    """
    members = []

    def take(parts, stream):
        kind, name, size, reason = parts
        if kind != 'member':
            raise ValueError(f"{kind} is no member")
        content = _read_bytes(stream, size, _MAX_MEMBER)
        members.append(Member(name, content, reason))

    _ask('unpack', data, filename, seconds, megabytes, take)
    return members


# === CHILD === #

def _ask(task, data, filename, seconds, megabytes, take):
    """Let the child do a task.

    :param take: called with each line of its answer, and with the stream for what follows
    :raise SheetError: when it refuses the file, dies, or takes too long
    """
    if not data:
        raise SheetError('empty', f"{filename}: no bytes")
    if len(data) > MAX_BYTES:
        raise SheetError('too_large', f"{filename}: {len(data)} bytes")
    late = threading.Event()
    answer, fault = None, ''
    with _start(task, seconds, megabytes) as child:
        complaints = _Complaints(child.stderr)
        clock = threading.Timer(seconds, lambda: (late.set(), child.kill()))
        clock.start()
        try:
            with contextlib.suppress(BrokenPipeError):  # it died early; its end tells why
                child.stdin.write(data)
                child.stdin.close()
            answer = _listen(child.stdout, take)
        except (ValueError, KeyError, TypeError, IndexError, RecursionError) as error:
            fault = f"unclear answer of the reader: {error}"
        finally:
            if answer is None:
                child.stdout.close()  # a child that still talks ends by that
            if fault:
                child.kill()
            code = child.wait()
            clock.cancel()
            text = complaints.finish()
            with contextlib.suppress(BrokenPipeError):
                child.stdin.close()
    if late.is_set():
        raise SheetError('timeout', f"{filename}: more than {seconds} s")
    _check_end(answer, code, fault, text, filename)


def _start(task, seconds, megabytes):
    """The child, waiting for the file."""
    command = [sys.executable, '-I', str(CHILD), str(int(seconds)), str(int(megabytes)), task,
               *_reader_folders()]
    return subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        env={name: os.environ[name] for name in _ENVIRONMENT if name in os.environ})


class _Complaints:
    """What the child writes beside its answer: it would wait if nobody took it."""

    def __init__(self, stream):
        self._end = bytearray()
        self._thread = threading.Thread(target=self._take, args=[stream], daemon=True)
        self._thread.start()

    def _take(self, stream):
        while words := stream.read1(10_000):
            self._end[:] = (self._end + words)[-10_000:]

    def finish(self):
        """:return: the last of it, as text"""
        self._thread.join()
        return bytes(self._end).decode('utf-8', 'replace')


def _listen(stream, take):
    """Pass the lines of the answer on.

    :return: its last line, or None when it ended without one
    """
    left = _MAX_LINES
    while line := stream.readline(left):
        left -= len(line)
        parts = json.loads(line)
        if parts[0] in ('end', 'error'):
            return parts
        take(parts, stream)
    return None


def _read_bytes(stream, size, limit):
    """Bytes that follow a line.

    :raise ValueError: when they are more than the limit, or fewer than they should be
    """
    if size.__class__ is not int or not 0 <= size <= limit:
        raise ValueError(f"{size} bytes")
    content = stream.read(size)
    if len(content) != size:
        raise ValueError("an answer that ends early")
    return content


def _check_end(answer, code, fault, text, filename):
    """Turn a refusal, an unclear answer or the child's death into a SheetError."""
    if answer and answer[0] == 'error':
        raise SheetError(answer[1], f"{filename}: {answer[2]}")
    if answer and code == 0:
        return
    if fault:
        raise SheetError('damaged', f"{filename}: {fault}")
    reason = 'damaged'
    if code == -_SIGKILL or 'memory allocation' in text or 'MemoryError' in text:
        reason = 'memory'
    elif code == -_SIGXCPU:
        reason = 'timeout'
    raise SheetError(reason, f"{filename}: reader ended with {code} {text[-300:]}".strip())


def _reader_folders():
    """Folders of the readers: ``python -I`` knows neither PYTHONPATH nor the user's packages."""
    folders = []
    for name in ('xlrd', 'python_calamine'):
        spec = importlib.util.find_spec(name)
        folder = str(Path(spec.origin).parent.parent) if spec and spec.origin else None
        if folder and folder not in folders:
            folders.append(folder)
    return folders


class _Builder:
    """Makes sheets from the blocks of the child, see there; equal texts are one object."""

    def __init__(self):
        self.sheets = []
        self._cells = self._aligned = 0
        self._widths = set()  # of the blocks of the last sheet
        self._texts = {0: ''}  # code -> text
        self._shared = {}

    def take(self, parts, stream):
        kind, *content = parts
        if kind == 'sheet':
            self._close_sheet()
            name, merges, date1904 = content
            self.sheets.append(Sheet(name, [], [], merges, date1904))
        elif kind == 'texts':
            self._take_texts(*content)
        elif kind == 'rows':
            self._take_rows(stream, *content)
        else:
            raise ValueError(f"{kind} is no part of a sheet")

    def _take_texts(self, anew, letters, texts):
        if anew:
            self._texts = {0: ''}
            self._shared.clear()
        ''.join(texts)  # fails where something else is among them
        start, end = len(self._texts), len(self._texts) + len(texts)
        if end > _MAX_CELLS + _SHARED:
            raise ValueError(f"{end} texts")
        codes = map(add, range(start * 8, end * 8, 8), map(_LETTERS.index, letters))
        share = self._shared.setdefault
        self._texts.update(zip(codes, map(share, texts, texts), strict=True))

    def _take_rows(self, stream, width, count):
        sheet = self.sheets[-1]
        codes = array('I')
        left = _MAX_CELLS - self._cells
        if width < 0 or not 0 < count <= left:
            raise ValueError(f"{count} rows of {width}")
        block = _read_bytes(stream, width * count * codes.itemsize, left * codes.itemsize)
        self._cells += max(width, 1) * count
        self._widths.add(width)
        if not width:
            sheet.rows.extend([()] * count)
            sheet.kinds.extend([''] * count)
            return
        codes.frombytes(block)
        cells = map(self._texts.__getitem__, codes)
        sheet.rows.extend(zip(*[cells] * width, strict=True))
        if len(self._shared) > _SHARED:
            self._shared.clear()
        letters = block[_LAST_BYTE % codes.itemsize::codes.itemsize].translate(_KINDS).decode()
        share = self._shared.setdefault
        for start in range(0, len(letters), width):
            kinds = letters[start:start + width]
            sheet.kinds.append(share(kinds, kinds))

    def _close_sheet(self):
        """Bring the rows of the last sheet to one width."""
        if len(self._widths) > 1:
            sheet, width = self.sheets[-1], max(self._widths)
            self._aligned += width * sum(map(bool, sheet.rows))
            if self._aligned > _MAX_ALIGNED:
                raise SheetError('too_large', f"{len(sheet.rows)} rows of up to {width} cells")
            # there may be a million blank rows: one object for all of them
            blank, nothing = ('',) * width, ' ' * width
            for index, row in enumerate(sheet.rows):
                if not row:
                    sheet.rows[index], sheet.kinds[index] = blank, nothing
                elif len(row) < width:
                    sheet.rows[index] = row + blank[len(row):]
                    sheet.kinds[index] += nothing[len(row):]
        self._widths.clear()

    def finish(self):
        self._close_sheet()
        return self.sheets
