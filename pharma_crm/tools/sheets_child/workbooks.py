"""Workbooks of Excel, WPS and LibreOffice. See the package's docstring."""

import io
import re
import struct
import zipfile
import zlib

from cells import (
    EXCEL_ERRORS,
    MAX_CELLS,
    Refused,
    cell,
    clean,
    date_text,
    number_text,
    text_or_blank,
)

ENCRYPTED_STREAM = 'EncryptedPackage'.encode('utf-16-le')
# Names of streams that other programs of Microsoft leave in the same container.
OTHER_STREAMS = tuple(
    name.encode('utf-16-le') for name in ('WordDocument', 'PowerPoint Document', '__properties_'))
_DATE_1904 = re.compile(rb'<(?:\w+:)?workbookPr\b[^>]*\bdate1904\s*=\s*["\'](?:1|true|on)["\']')


def read_xls(data, writer):
    """BIFF by xlrd; what xlrd stumbles over, by calamine, which is more patient."""
    import xlrd
    if ENCRYPTED_STREAM in data:
        raise Refused('protected', "encrypted package")
    try:
        book = xlrd.open_workbook(file_contents=data, on_demand=True, ragged_rows=True,
                                  logfile=io.StringIO())
        sheets = [book.sheet_by_index(index) for index in range(book.nsheets)]
        shown = [(index, sheet) for index, sheet in enumerate(sheets) if sheet.visibility == 0]
        # all sheets are understood before the first is sent: else calamine tries its luck
        found = [(sheet, find_xls_merges(book, index))
                 for index, sheet in shown or enumerate(sheets)]
    except MemoryError:
        raise
    except Exception as error:
        if 'encrypted' in str(error).lower():
            raise Refused('protected', str(error))
        if any(name in data for name in OTHER_STREAMS) and 'find workbook' in str(error):
            raise Refused('unknown_format', "a document of another program")
        read_calamine(data, writer)
        return
    writer.date1904 = bool(book.datemode)
    codes = writer.codes(lambda pair: _xls_cell(*pair, book.datemode))
    for sheet, merges in found:
        writer.sheet(sheet.name, merges)
        for index in range(sheet.nrows):
            pairs = zip(sheet.row_types(index), sheet.row_values(index), strict=True)
            writer.row(pairs, codes)


def _xls_cell(ctype, value, datemode):
    """Text and letter of a cell of xlrd."""
    if ctype == 1:
        return text_or_blank(clean(value))
    if ctype == 2:
        return cell(float(value))
    if ctype == 3:
        return _xls_date(value, datemode)
    if ctype == 4:
        return 'TRUE' if value else 'FALSE', 'b'
    if ctype == 5:
        return EXCEL_ERRORS.get(value, '#ERROR'), 'e'
    return '', ' '


def _xls_date(value, datemode):
    from xlrd.xldate import xldate_as_datetime
    try:
        if 0 <= value < 1:
            return xldate_as_datetime(value, 0).time().isoformat(timespec='seconds'), 'd'
        return date_text(xldate_as_datetime(value, datemode)), 'd'
    except (ValueError, OverflowError):
        return number_text(float(value)), 'n'


def find_xls_merges(book, index):
    """Merged cells of a sheet. xlrd tells them only together with all formats, which takes half as
    long again; so the records MERGEDCELLS are searched for in the sheet's part of the stream.

    :return: list of [first row, first column, last row, last column]
    """
    merges = []
    if book.biff_version < 80:
        return merges
    starts = sorted(book._sh_abs_posn)
    start = book._sh_abs_posn[index]
    end = min((other for other in starts if other > start), default=len(book.mem))
    memory, position = bytes(book.mem[start:end]), 0
    while (position := memory.find(b'\xe5\x00', position)) >= 0:
        if position + 6 > len(memory):
            break
        size, count = struct.unpack_from('<HH', memory, position + 2)
        position += 2
        if count and size == 2 + 8 * count and position + 4 + 8 * count <= len(memory):
            ranges = [struct.unpack_from('<4H', memory, position + 4 + 8 * number)
                      for number in range(count)]
            if all(top <= bottom and left <= right < 256 for top, bottom, left, right in ranges):
                merges += [[top, left, bottom, right] for top, bottom, left, right in ranges]
                position += size
    return merges


def read_package(data, writer):
    """.xlsx, .xlsm, .xlsb or .ods; other archives are not spreadsheets."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = {name.lower().replace('\\', '/').lstrip('/'): name
                     for name in archive.namelist()}
            manifest = 'META-INF/manifest.xml'  # .ods says there which parts are encrypted
            if manifest in archive.namelist() and b'encryption-data' in archive.read(manifest):
                raise Refused('protected', "encrypted document")
            if 'xl/workbook.xml' in names:
                with archive.open(names['xl/workbook.xml']) as part:
                    writer.date1904 = bool(_DATE_1904.search(part.read(1_000_000)))
    except (zipfile.BadZipFile, zlib.error, ValueError, EOFError, NotImplementedError) as error:
        raise Refused('damaged', str(error))
    except RuntimeError as error:  # what zipfile says of an entry that needs a password
        raise Refused('protected' if 'password' in str(error) else 'damaged', str(error))
    if not is_workbook(names):
        raise Refused('archive' if holds_spreadsheets(names) else 'unknown_format',
                      "an archive without a workbook")
    read_calamine(data, writer)


def is_workbook(names):
    """Whether the entries of an archive, in small letters, are the parts of one workbook."""
    return 'content.xml' in names or any(
        'workbook' in name and name.endswith(('.xml', '.bin')) for name in names)


def holds_spreadsheets(names):
    """Whether an archive packs files that may be lists."""
    return '[content_types].xml' not in names and any(name.endswith((
        '.xls', '.xlsx', '.xlsm', '.xlsb', '.ods', '.csv', '.txt', '.tsv', '.et', '.htm', '.html',
        '.xml', '.zip')) and not name.startswith(('word/', 'ppt/', 'meta-inf/')) for name in names)


def read_calamine(data, writer):
    """Everything that python-calamine knows."""
    import python_calamine as calamine
    try:
        book = calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
        infos = [
            info for info in book.sheets_metadata if info.typ == calamine.SheetTypeEnum.WorkSheet]
        visible = [info for info in infos if info.visible == calamine.SheetVisibleEnum.Visible]
        codes = writer.codes(cell)
        for info in visible or infos:
            sheet = book.get_sheet_by_name(info.name)
            if sheet.total_height * sheet.total_width > 20 * MAX_CELLS:
                raise Refused('too_large', f"{sheet.total_height} x {sheet.total_width} cells")
            merges = [[*first, *last] for first, last in sheet.merged_cell_ranges or ()]
            writer.sheet(info.name, merges)
            if sheet.start is None:
                continue
            left = sheet.start[1]  # blank rows above are among iter_rows(), columns are not
            for values in sheet.iter_rows():
                writer.row(values, codes, left)
    except calamine.PasswordError as error:
        raise Refused('protected', str(error))
    except (calamine.CalamineError, OSError, ValueError) as error:
        reason = 'too_large' if 'Cell limit' in str(error) else 'damaged'
        raise Refused(reason, str(error))
