"""Several years of several distributors in one cleaned table: whose each row is.

How to use: ``read_history()`` reads the sheets like any flow file and adds to each row the name of
the distributor that stands in a column of its own. The caller decides who is meant by each name,
and writes the rows of each distributor with ``write_rows()``: bytes of a text file that people can
open, and that ``read_rows()`` reads back without a guess, place in the table included.

No Odoo imports: testable alone.
"""

import csv
import datetime
import io
from collections import Counter
from decimal import Decimal, InvalidOperation
from typing import NamedTuple

from .flow_reader import REASONS, Flow, FlowError, FlowRow, read_flow
from .flow_values import word

# How tables call the distributor, the better first; by its own word, or as who supplied.
DISTRIBUTOR_WORDS = (
    '经销商名称', '经销商', '商业公司名称', '商业公司', '商业名称', '商业单位', '商业',
    '配送商名称', '配送商', '配送企业名称', '配送企业', '配送公司', '流通企业', '一级商业',
    '一级经销商', '一级商', '发货商业', '流向来源', '销售方名称', '销售方', '销货单位', '卖方名称',
    '卖方', '数据来源', '供货单位名称', '供货单位', '供应商名称', '供应商', '供货商', '销售公司',
    '业务公司', '公司名称', 'distributor', 'distributorname',
)
_RANKS = {name: rank for rank, name in enumerate(DISTRIBUTOR_WORDS)}

# Headings of the text file, in the order of FlowRow.
HEADINGS = (
    '工作表', '行号', '类型', '客户名称', '客户编码', '商品名称', '商品编码', '规格', '单位',
    '生产厂家', '日期(原文)', '数量(原文)', '单价(原文)', '金额(原文)', '单号', '批号', '日期',
    '数量', '单价', '金额', '问题', '日期精度', '品名', '品规', '批准文号', '仓库')
_DATE, _NUMBERS = FlowRow._fields.index('date'), tuple(
    map(FlowRow._fields.index, ('quantity', 'price', 'amount')))
_REASON, _KIND, _ROW = map(FlowRow._fields.index, ('reason', 'kind', 'row_number'))


class HistoryRow(NamedTuple):
    """A data row and whose it is, as the table writes it."""

    distributor: str
    row: FlowRow


class History(NamedTuple):
    rows: list  # of HistoryRow
    flow: Flow  # what was left out, totals


class HistoryError(Exception):
    """No column of a sheet says whose its rows are; ``sheet_name`` names it."""

    def __init__(self, sheet_name):
        super().__init__(sheet_name)
        self.sheet_name = sheet_name


# === TABLE === #

def find_distributor_column(headings):
    """The column that says whose a row is.

    :param headings: texts of the header row
    :return: index, or None
    """
    found = [(_RANKS[text], index) for index, text in enumerate(map(word, headings))
             if text in _RANKS]
    return min(found)[1] if found else None


def read_history(sheets, kind, *, known=frozenset(), name=''):
    """All data rows of a table, with the distributor of each.

    :param sheets: list of pharma_crm.tools.sheets.Sheet
    :param str kind: what the table reports, 'sale' or 'purchase'
    :param known: names of products, as ``flow_values.word()`` writes them
    :param str name: of the file
    :rtype: History
    :raise FlowError: as ``flow_reader.read_flow``
    :raise HistoryError: when a sheet with rows names no distributor
    """
    flow = read_flow(sheets, kind, known=known, name=name)
    owners = {}
    for sheet in sheets:
        layout = flow.layouts.get(sheet.name)
        if layout and layout.kind != 'ignored':
            column = find_distributor_column(layout.headings)
            if column is None:
                raise HistoryError(sheet.name)
            owners[sheet.name] = _read_column(sheet, column)
            if layout.columns.get('source') == column:
                # The distributor itself is no branch of it
                flow.rows[:] = [
                    row._replace(source='') if row.sheet_name == sheet.name else row
                    for row in flow.rows]
    return History(
        [HistoryRow(owners[row.sheet_name][row.row_number - 1], row) for row in flow.rows], flow)


def _read_column(sheet, column):
    """The texts of a column, those of merged cells on every row that they span."""
    texts = [row[column].strip() if column < len(row) else '' for row in sheet.rows]
    for top, left, bottom, _right in sheet.merges:
        if left == column and top < len(texts):
            for index in range(top + 1, min(bottom + 1, len(texts))):
                texts[index] = texts[index] or texts[top]
    return texts


# === FILES === #

def write_rows(rows):
    """Bytes of a text file with rows of one distributor.

    :param rows: of FlowRow
    :rtype: bytes
    """
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator='\n')
    writer.writerow(HEADINGS)
    writer.writerows(rows)
    return buffer.getvalue().encode('utf-8-sig')


def read_rows(data):
    """The rows that ``write_rows`` wrote.

    :param bytes data: the text file
    :rtype: Flow
    :raise FlowError: when it is another file
    """
    try:
        reader = csv.reader(io.StringIO(data.decode('utf-8-sig')))
        if tuple(next(reader, ())) != HEADINGS:
            raise FlowError('no_header')
        rows = [_parse_row(cells) for cells in reader]
    except (ValueError, InvalidOperation, csv.Error) as error:
        raise FlowError('no_header') from error
    if not rows:
        raise FlowError('no_rows')
    return Flow(rows, Counter(), [], (None, None), [], {})


def _parse_row(cells):
    """:raise ValueError: when the cells are no row"""
    if len(cells) != len(HEADINGS) or cells[_KIND] not in ('sale', 'purchase', 'stock') or (
            cells[_REASON] and cells[_REASON] not in REASONS):
        raise ValueError(cells)
    cells[_ROW] = int(cells[_ROW])
    cells[_DATE] = datetime.date.fromisoformat(cells[_DATE]) if cells[_DATE] else None
    for index in _NUMBERS:
        cells[index] = Decimal(cells[index]) if cells[index] else None
    return FlowRow(*cells)
