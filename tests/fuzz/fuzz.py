"""Mutated files of distributors: whatever comes in, the reader answers, in time, and says why.

``python tests/fuzz/fuzz.py count=500 seed=1`` takes the fixtures of ``tests/golden`` and the
samples beside the repository, where there are any. Each mutant is read like a file that somebody
uploads; it prints how many ended how, and fails on the first that ends otherwise than with rows or
a reason.
"""

import contextlib
import io
import random
import sys
import time
import zipfile
import zlib
from collections import Counter
from pathlib import Path

TESTS = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(TESTS), str(TESTS / 'golden')]

import golden  # noqa: E402
from engines import flow_reader, sheets  # noqa: E402
from fixtures import FILES  # noqa: E402

# Limits of one reading; the clock may run over by as much as a loaded machine takes to notice.
SECONDS, MEGABYTES, GRACE = 20, 512, 20
LARGEST = 300_000


def flip(data, dice):
    """Some bytes become others."""
    changed = bytearray(data)
    for _number in range(dice.choice((1, 3, 20, 200))):
        changed[dice.randrange(len(changed))] = dice.randrange(256)
    return bytes(changed)


def cut(data, dice):
    """The end is missing, or something in the middle."""
    start, end = sorted((dice.randrange(len(data)), dice.randrange(len(data) + 1)))
    return data[:start] if dice.random() < 0.5 else data[:start] + data[end:]


def repeat(data, dice):
    """A part comes again, many times at times."""
    start, end = sorted((dice.randrange(len(data)), dice.randrange(len(data) + 1)))
    part = data[start:min(end, start + 2000)]
    return data[:start] + part * dice.choice((2, 10, 100)) + data[start:]


def enlarge(data, dice):
    """Four bytes become a large or a negative number: sizes, counts, places."""
    place = dice.randrange(len(data))
    value = dice.choice((
        b'\xff\xff\xff\xff', b'\xff\xff\xff\x7f', b'\x00\x00\x00\x80', b'\0\0\0\0'))
    return data[:place] + value + data[place + 4:]


def words(data, dice):
    """Signs that mean something to a reader, where none should be."""
    place = dice.randrange(len(data) + 1)
    sign = dice.choice((b'"', b'\n', b'\r', b',', b'\0', b'<table>', b'<tr>', b'rowspan=99999 ',
                        b'ss:Index="999999"', b'</td>', b'\xff\xfe', '合计'.encode(), b"'",
                        b'-', b'9' * 400, b'&#x110000;', b'<!--', b'1904'))
    return data[:place] + sign * dice.choice((1, 1, 50)) + data[place:]


MUTATIONS = (flip, cut, repeat, enlarge, words)


def mutate(data, dice):
    """A mutant of a file; of a packed one the parts within, so that it is still an archive."""
    if data.startswith(b'PK') and dice.random() < 0.7:
        with contextlib.suppress(
                zipfile.BadZipFile, zlib.error, RuntimeError, ValueError, NotImplementedError,
                EOFError, OSError):
            return _mutate_parts(data, dice)
    for _number in range(dice.choice((1, 1, 2, 5))):
        if data:
            data = dice.choice(MUTATIONS)(data, dice)
    return data


def _mutate_parts(data, dice):
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, \
            zipfile.ZipFile(buffer, 'w', zipfile.ZIP_DEFLATED) as target:
        names = source.namelist()
        chosen = dice.sample(names, min(len(names), dice.choice((1, 1, 3))))
        for name in names:
            content = source.open(name).read(5_000_000)
            if name in chosen and content:
                content = dice.choice(MUTATIONS)(content, dice)
            target.writestr(name, content)
    return buffer.getvalue()


def check(data):
    """Read a file as an upload is read.

    :return: how it ended, as one word
    :raise AssertionError: when it ended in any other way than with rows or a reason
    """
    start = time.monotonic()
    try:
        outcome = _read(data)
    finally:
        seconds = time.monotonic() - start
    assert seconds < SECONDS + GRACE, f"{seconds:.0f} s"
    return outcome


def _read(data):
    limits = {'seconds': SECONDS, 'megabytes': MEGABYTES}
    try:
        if sheets.is_archive(data):
            members = sheets.read_archive(data, "mutant", **limits)
            assert all(not member.reason or member.reason in sheets.REASONS for member in members)
            return 'archive'
        found = sheets.read_workbook(data, "mutant", **limits)
    except sheets.SheetError as error:
        assert error.reason in sheets.REASONS, error.reason
        return error.reason
    assert found
    for sheet in found:
        assert len({len(row) for row in sheet.rows}) == 1
        assert [len(row) for row in sheet.rows] == [len(kinds) for kinds in sheet.kinds]
    try:
        flow = flow_reader.read_flow(found)
    except flow_reader.FlowError as error:
        assert error.reason in ('no_header', 'no_rows', 'unsure'), error.reason
        return error.reason
    filled = sum(any(row) for sheet in found for row in sheet.rows)
    counted = len(flow.rows) + sum(flow.skipped.values()) - flow.skipped['blank']
    assert counted == filled, f"{filled} rows, {counted} accounted for"
    return 'rows'


def corpus(with_samples=True):
    """Files to mutate: the fixtures, and the samples that are not too large."""
    files = dict(FILES)
    if with_samples and golden.SAMPLES.exists():
        files.update((name, path.read_bytes()) for path, name in golden.sample_files()
                     if path.stat().st_size < LARGEST)
    return {name: data for name, data in files.items() if data}


def run(count='300', seed='1'):
    """Read ``count`` mutants; print how they ended."""
    files = corpus()
    outcomes, slowest = Counter(), 0
    for number in range(int(count)):
        dice = random.Random(f'{seed}-{number}')
        name = dice.choice(sorted(FILES.keys() & files if dice.random() < 0.6 else files))
        data = mutate(files[name], dice)
        start = time.monotonic()
        try:
            outcomes[check(data)] += 1
        except BaseException:
            Path(f'mutant-{seed}-{number}').write_bytes(data)
            print(f"{name}, mutant {number} of seed {seed}: kept beside")
            raise
        slowest = max(slowest, time.monotonic() - start)
    print(dict(outcomes), f"slowest {slowest:.1f} s")


if __name__ == '__main__':
    run(**dict(word.split('=', 1) for word in sys.argv[1:]))
