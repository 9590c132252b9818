"""Read spreadsheets of strangers: every cell as text, in a child process with limits.

How to use
    sheets = read_workbook(data, "flow.xls")
    for sheet in sheets:
        for number, row in enumerate(sheet.rows, start=1):
            ...                                  # number is the row's number in Excel

How it works
    Files of customers are hostile at times: XML bombs, sheets that ask for all memory, contents
    that crash native readers. So the reading itself is done by ``sheets_child.py`` in a process of
    its own, with limits on memory, processor time and clock, which gets the file on its standard
    input and answers in lines of JSON. Whatever happens there ends here in a ``SheetError``.

No Odoo imports: testable alone.
"""

import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

CHILD = Path(__file__).with_name('sheets_child.py')
# Largest file that is looked at at all, in bytes.
MAX_BYTES = 100 * 1024 * 1024
REASONS = (
    'protected', 'damaged', 'empty', 'too_large', 'unknown_format', 'timeout', 'memory',
)
# What the child may know of our environment; the rest may hold passwords.
_ENVIRONMENT = ('PATH', 'LD_LIBRARY_PATH', 'SYSTEMROOT', 'TMPDIR')
_SIGXCPU = 24
_SIGKILL = 9


class Sheet(NamedTuple):
    """One sheet of a workbook; a text file has one, without a name."""

    name: str
    #: tuples of str, all of one width; row i is the spreadsheet's row i + 1. Dates are ISO
    #: (``2026-01-31`` or ``2026-01-31 08:30:00``), numbers in their shortest form, booleans
    #: ``TRUE``/``FALSE``, errors as Excel writes them (``#N/A``), nothing is ''.
    rows: list
    #: per row one letter per cell: t text, n number, d date, b boolean, e error, ' ' empty
    kinds: list


class SheetError(Exception):
    """A file that cannot be read.

    ``reason`` is one of ``REASONS``, ``detail`` a technical text for the log. Telling people what
    to do is the caller's part (see ``pharma.sheet.mixin``).
    """

    def __init__(self, reason, detail=''):
        super().__init__(f"{reason}: {detail}" if detail else reason)
        self.reason = reason
        self.detail = detail


def read_workbook(data, filename, *, seconds=60, megabytes=1024):
    """Read all visible sheets of a file of any usual format; the content decides, not the name.

    Formats: .xls (BIFF 2 to 8), .xlsx, .xlsm, .xlsb, .ods; text separated by comma, tab, semicolon
    or bar in UTF-8, UTF-16 or GB18030; and what systems call .xls but is an HTML table or XML.

    :param bytes data: the file
    :param str filename: its name, for messages alone
    :param int seconds: limit of the clock and of processor time
    :param int megabytes: limit of the reader's memory
    :return: the sheets that hold something, in the order of the workbook
    :rtype: list[Sheet]
    :raise SheetError: whenever the file gives no rows; no other exception leaves this function
        because of a file's content
    """
    if not data:
        raise SheetError('empty', f"{filename}: no bytes")
    if len(data) > MAX_BYTES:
        raise SheetError('too_large', f"{filename}: {len(data)} bytes")
    command = [sys.executable, '-I', str(CHILD), str(int(seconds)), str(int(megabytes)),
               *_reader_folders()]
    environment = {name: os.environ[name] for name in _ENVIRONMENT if name in os.environ}
    try:
        done = subprocess.run(
            command, input=data, capture_output=True, timeout=seconds, env=environment,
            check=False)
    except subprocess.TimeoutExpired:
        raise SheetError('timeout', f"{filename}: more than {seconds} s") from None
    return _parse_answer(done.returncode, done.stdout, done.stderr, filename)


def _reader_folders():
    """Folders of the readers: ``python -I`` knows neither PYTHONPATH nor the user's packages."""
    folders = []
    for name in ('xlrd', 'python_calamine'):
        spec = importlib.util.find_spec(name)
        folder = str(Path(spec.origin).parent.parent) if spec and spec.origin else None
        if folder and folder not in folders:
            folders.append(folder)
    return folders


def _parse_answer(code, output, complaints, filename):
    """Turn the child's answer, or its death, into sheets or a SheetError."""
    text = complaints.decode('utf-8', 'replace')
    if code != 0:
        reason = 'damaged'
        if code in (-_SIGKILL,) or 'memory allocation' in text or 'MemoryError' in text:
            reason = 'memory'
        elif code == -_SIGXCPU:
            reason = 'timeout'
        raise SheetError(reason, f"{filename}: reader ended with {code} {text[-300:]}".strip())
    head, _sep, body = output.partition(b'\n')
    try:
        answer = json.loads(head)
        if 'error' in answer:
            raise SheetError(answer['error'], f"{filename}: {answer['detail']}")
        return [_parse_sheet(line) for line in body.splitlines()]
    except (ValueError, KeyError) as error:
        raise SheetError('damaged', f"{filename}: unclear answer of the reader: {error}") from None


def _parse_sheet(line):
    name, rows, kinds = json.loads(line)
    return Sheet(name, [tuple(row) for row in rows], kinds)
