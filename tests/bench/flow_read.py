"""Reading alone: a file's bytes to parsed rows, without the database.

The rows of ``flow_import`` as .xlsx, as text in GB18030 and, where they fit, as .xls: cells in the
child process, then the rows found in them. ``python tests/bench/flow_read.py rows=300000`` runs it
without Odoo.

Keys: ``rows_per_s`` (the slowest format), ``peak_mb`` (the most that any process took), and the
seconds and megabytes of each format, of the reading process and of its limited child.
"""

import csv
import io
import json
import random
import resource
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

HERE = Path(__file__).resolve().parent
for folder in (HERE, HERE.parent):
    if str(folder) not in sys.path:
        sys.path.insert(0, str(folder))

from engines import flow_reader, sheets  # noqa: E402
from flow_import import (  # noqa: E402
    DRUGS,
    HEADINGS,
    KINDS,
    PLACES,
    STRENGTHS,
    make_rows,
    make_xls,
    make_xlsx,
)

# Rows of one sheet of .xls.
XLS_ROWS = 65_535


def make_csv(rows):
    buffer = io.StringIO()
    csv.writer(buffer).writerows([HEADINGS, *rows])
    return buffer.getvalue().encode('gb18030')


def _own_peak():
    """Megabytes that this process took at most; getrusage would count in who started it."""
    status = Path('/proc/self/status').read_text()
    return round(int(status.partition('VmHWM:')[2].split()[0]) / 1024)


def read_file(path):
    """Read one file; in a process of its own, so that its memory is told apart.

    :return: dict of seconds, rows and megabytes
    """
    data = Path(path).read_bytes()
    start = time.perf_counter()
    found = sheets.read_workbook(data, path)
    read = time.perf_counter()
    flow = flow_reader.read_flow(found)
    end = time.perf_counter()
    return {
        'read': round(read - start, 2), 'parse': round(end - read, 2), 'rows': len(flow.rows),
        'faulty': sum(bool(row.reason) for row in flow.rows),
        'mb': _own_peak(),
        'child_mb': round(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024)}


def run(env=None, rows='60000'):
    """Reading and parsing of one large file per format."""
    count = int(rows)
    random.seed(5)
    customers = [f"{random.choice(PLACES)}市第{number}{random.choice(KINDS)}"
                 for number in range(2000)]
    drugs = [(f"{DRUGS[number % 5]}{number // 25 + 1}型", STRENGTHS[number // 5 % 5],
              10 + number / 10) for number in range(200)]
    table = make_rows(count, customers, drugs)
    formats = {'csv': make_csv, 'xlsx': make_xlsx}
    if count < XLS_ROWS:
        formats['xls'] = make_xls
    result, slowest, peak = {'rows': count}, 0, 0
    with TemporaryDirectory() as folder:
        for name, make in formats.items():
            path = Path(folder) / f'bench.{name}'
            path.write_bytes(make(table))
            answer = subprocess.run(
                [sys.executable, __file__, f'file={path}'], check=True, capture_output=True)
            found = json.loads(answer.stdout)
            if (found['rows'], found['faulty']) != (count, 0):
                raise AssertionError(f"{name}: {found}")
            result.update({f'{key}_{name}': found[key]
                           for key in ('read', 'parse', 'mb', 'child_mb')})
            slowest = max(slowest, found['read'] + found['parse'])
            peak = max(peak, found['mb'], found['child_mb'])
    return {**result, 'rows_per_s': round(count / slowest), 'peak_mb': peak}


if __name__ == '__main__':
    options = dict(word.split('=', 1) for word in sys.argv[1:])
    print(json.dumps(read_file(options['file']) if 'file' in options else run(**options)))
