"""Runs a task within limits and tells how it ended. See the package's docstring."""

import gc
import os
import re
import sys

from archives import unpack
from cells import Refused, Writer
from markup import read_mail, read_markup
from texts import decode, looks_like_text, split
from workbooks import read_package, read_xls

OLE_MAGIC = b'\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1'
# BIFF 2, 3, 4 and 5 without a container: a record "beginning of file".
BIFF_MAGIC = (b'\x09\x00\x04\x00', b'\x09\x02\x06\x00', b'\x09\x04\x06\x00', b'\x09\x08')
_TABLE = re.compile('<table|worksheet', re.IGNORECASE)
ARCHIVE_MAGIC = (b'Rar!\x1a\x07', b'7z\xbc\xaf\x27\x1c', b'\x1f\x8b\x08', b'BZh', b'\xfd7zXZ')


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


def read_text(data, writer):
    text = decode(data)
    if not looks_like_text(text):
        raise Refused('unknown_format', "neither a workbook nor text")
    start = text[:5000].lstrip().lower()
    if start.startswith('<') and _TABLE.search(text):
        read_markup(text, writer)
    elif start.startswith('mime-version:') or '\ncontent-type: multipart/' in start:
        read_mail(data, writer)
    elif start.startswith(('<?xml', '<html', '<!doctype', '{\\rtf', '%pdf')):
        raise Refused('unknown_format', "markup without a table")
    else:
        writer.texts('', split(text))


def read(data, writer):
    if not data.strip(b'\0 \t\r\n'):
        raise Refused('empty', "no content")
    if data.startswith(OLE_MAGIC) or data.startswith(BIFF_MAGIC):
        read_xls(data, writer)
    elif data.startswith(b'PK'):
        read_package(data, writer)
    elif data.startswith(ARCHIVE_MAGIC):
        raise Refused('archive', "an archive other than ZIP")
    else:
        read_text(data, writer)
    writer.flush()
    if not writer.count:
        raise Refused('empty', "no cell holds anything")


def main():
    seconds, megabytes, task, *folders = sys.argv[1:]
    limit_resources(int(seconds), int(megabytes))
    gc.disable()  # it would look through all cells again and again, and they are no cycles
    sys.path += folders
    # Readers print at times: their words must not get into the answer
    out = os.fdopen(os.dup(1), 'wb')
    os.dup2(2, 1)
    writer = Writer(out)
    answer = ['end']
    try:
        {'cells': read, 'unpack': unpack}[task](sys.stdin.buffer.read(), writer)
    except Refused as refused:
        answer = ['error', *refused.args]
    except MemoryError:
        answer = ['error', 'memory', "out of memory"]
    except BrokenPipeError:
        return  # the parent has stopped listening
    except BaseException as error:  # also the panic of a native reader, which is no Exception
        answer = ['error', 'damaged', f"{type(error).__name__}: {error}"[:300]]
    writer.length = 0
    writer.send(*answer)
    out.flush()


if __name__ == '__main__':
    main()
