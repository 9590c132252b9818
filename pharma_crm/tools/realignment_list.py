"""Read the Excel lists of a re-alignment: which customer goes to which territory.

How to use
    table = find_table(rows)        # rows: tuples of str, as ``sheets.read_workbook`` gives
    for row in read_rows(table, sheet):
        row.code, row.name, row.territory, row.line, row.day

How it works
    Cells are taken as they are: what they mean is looked up by the caller, which knows the
    customers, territories and product lines.

No Odoo imports: testable alone.
"""

from typing import NamedTuple

from . import list_table
from .list_table import column_words, is_footer, is_no_data, table_rows

COLUMNS = {
    'code': (
        '客户编码', '客户代码', '客户编号', '医院编码', '医院代码', '终端编码', '终端代码',
        '药店编码', '机构编码', '我方编码', '编码', '编号', 'ref', 'code', 'ourcode',
        'customercode'),
    'name': (
        '客户名称', '客户', '医院名称', '医院', '终端名称', '终端', '药店名称', '机构名称', '名称',
        'customer', 'customername', 'hospital', 'name'),
    'territory_code': (
        '辖区编码', '辖区代码', '辖区编号', '岗位编码', '岗位代码', '新辖区编码', '新岗位编码',
        'territorycode', 'newterritorycode'),
    'territory': (
        '辖区', '辖区名称', '新辖区', '岗位', '岗位名称', '新岗位', 'territory', 'newterritory',
        'territoryname'),
    'line': ('产品线', '产品线名称', '线', 'productline', 'line'),
    'day': (
        '开始日期', '起始日期', '生效日期', '开始', '日期', '自', 'from', 'datefrom', 'startdate',
        'date'),
}
_WORDS = column_words(COLUMNS)


class ListRow(NamedTuple):
    """One row of a list; texts as they stand there, '' where nothing does."""

    sheet: str
    number: int      # as spreadsheets count, from 1
    code: str
    name: str
    territory: str   # code or name
    line: str
    day: str


def find_table(rows):
    """Find the header among the first rows of a sheet.

    :param rows: tuples of str
    :return: the table, or None when no row names a column of customers
    :rtype: list_table.Table | None
    """
    return list_table.find_table(rows, _WORDS, {'code', 'name'})


def read_rows(table, sheet=''):
    """The rows below the header that name a customer or a territory.

    :param Table table: from ``find_table``
    :param str sheet: name of the sheet, for messages
    :rtype: Iterator[ListRow]
    """
    for number, cells, raw in table_rows(table):
        if is_footer(cells) or is_no_data(cells, table, _WORDS):
            continue
        row = ListRow(
            sheet, number, raw.get('code', ''), raw.get('name', ''),
            raw.get('territory_code') or raw.get('territory', ''), raw.get('line', ''),
            raw.get('day', ''))
        if row.code or row.name or row.territory:
            yield row
