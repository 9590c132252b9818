"""What is read from a file, as text: one readable form for the golden lists.

``python golden.py fixtures`` and ``python golden.py spreadsheets [FOLDER]`` print the lists as the
engines make them now. They are compared with the lists in this folder by eye before they become
the lists: a list says what is right, not what was read.
"""

import hashlib
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

from engines import flow_reader, sheets  # noqa: E402

#: samples of other projects, beside the repository; not part of it
SAMPLES = HERE.parents[2] / 'shared' / 'data'


def digest(value):
    return hashlib.sha256(repr(value).encode()).hexdigest()[:12]


def _figure(number):
    return '-' if number is None else format(number.normalize(), 'f')


def describe_rows(data, name):
    """Every row of a small file, then what was left out, the totals, and what is asked.

    :return: list of lines
    """
    try:
        found = sheets.read_workbook(data, name)
    except sheets.SheetError as error:
        if error.reason == 'archive' and sheets.is_archive(data):
            return [f"member {member.name}: {member.reason or len(member.data)}"
                    for member in sheets.read_archive(data, name)]
        return [f"refused {error.reason}"]
    try:
        flow = flow_reader.read_flow(found, name=name)
    except flow_reader.FlowError as error:
        lines = [f"refused {error.reason}"]
        for layout in error.layouts.values():
            lines += [f"asks {doubt.code} {doubt.data}" for doubt in layout.doubts]
        return lines
    lines = []
    for row in flow.rows:
        day = f"{row.date:%Y-%m}" if row.date_precision == 'month' else str(row.date or '-')
        lines.append(' | '.join((
            f"{row.sheet_name}#{row.row_number}", row.kind, day, row.raw_customer or '-',
            row.product_name or '-', row.specification or '-',
            f"{_figure(row.quantity)} {row.raw_unit}".strip(), _figure(row.amount),
            *filter(None, (row.raw_product_code, row.lot, row.document_number, row.approval_number,
                           row.source, row.reason)))))
    if flow.skipped:
        lines.append("left out " + ' '.join(
            f"{reason}={count}" for reason, count in sorted(flow.skipped.items())))
    lines += [f"{total.what} #{total.row_number}: {_figure(total.stated)}"
              + ("" if total.ok else f" but {_figure(total.found)}") for total in flow.totals]
    return lines


def describe_outcome(data, name):
    """One line about a file: its cells, and the rows found in them.

    :return: tuple (cells, rows)
    """
    try:
        found = sheets.read_workbook(data, name)
    except sheets.SheetError as error:
        return f"refused {error.reason}", ''
    sizes = '+'.join(f"{len(sheet.rows)}x{len(sheet.rows[0])}" for sheet in found)
    cells = f"{sizes} {digest([(sheet.name, sheet.rows, sheet.kinds) for sheet in found])}"
    try:
        flow = flow_reader.read_flow(found)
    except flow_reader.FlowError as error:
        return cells, f"refused {error.reason}"
    faulty = sum(bool(row.reason) for row in flow.rows)
    return cells, f"{len(flow.rows)} rows {faulty} faulty {digest(flow.rows)}"


def read_list(name):
    """A list of this folder without its remarks.

    :rtype: list[str]
    """
    lines = (HERE / name).read_text(encoding='utf-8').splitlines()
    return [line for line in lines if line and not line.startswith('# ')]


def fixture_lines():
    from fixtures import FILES
    for name, data in FILES.items():
        yield f"== {name}"
        yield from describe_rows(data, name)


def sample_files(folder=SAMPLES):
    """Paths of the samples, with their names relative to the folder."""
    return [(path, path.relative_to(folder).as_posix()) for part in ('flow', 'spreadsheets')
            for path in sorted((folder / part).rglob('*'))
            if path.is_file() and path.name not in ('MANIFEST.csv', 'OUTCOMES.csv')]


def sample_lines(folder=SAMPLES):
    for path, name in sample_files(folder):
        yield '\t'.join((name, *describe_outcome(path.read_bytes(), name))).rstrip('\t')


if __name__ == '__main__':
    which, *rest = sys.argv[1:]
    lines = fixture_lines() if which == 'fixtures' else sample_lines(*map(Path, rest))
    sys.stdout.writelines(f"{line}\n" for line in lines)
