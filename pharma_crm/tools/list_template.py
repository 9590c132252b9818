"""Workbooks to be filled in: headings, an example, and a sheet that explains them.

How to use
    columns = [Column("辖区名称", True, "…", example="示例：江苏省区"), …]
    data = build_template("辖区", columns, labels)

How it works
    The first sheet has the headings and one example row, which the reader of lists leaves out, for
    its first cell begins with the word for example; the second sheet explains every column. Where a
    column has few allowed values, cells offer them. All cells are text, so that codes keep their
    zeros.

No Odoo imports: testable alone.
"""

import io
from typing import NamedTuple

import xlsxwriter
from xlsxwriter.utility import xl_col_to_name

# Hidden sheet with the values that cells offer
OFFERS = 'offers'
# Rows below the heading whose cells are text and offer the allowed values
PREPARED_ROWS = 5000


class Column(NamedTuple):
    """One column of a template."""

    title: str
    required: bool
    explanation: str
    example: str = ''
    values: tuple = ()           # what a cell may hold, () for anything


def build_template(sheet_name, columns, labels, lists=None):
    """Write a workbook.

    :param str sheet_name: name of the sheet to be filled in
    :param columns: list of Column
    :param dict labels: texts of the second sheet: sheet, column, required, yes, no, explanation,
        values, intro (lines above the table)
    :param dict lists: {name of a further sheet: its rows}, to look up allowed values
    :return: the bytes of an .xlsx file
    :rtype: bytes
    """
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {'in_memory': True, 'strings_to_formulas': False})
    main, explanations = book.add_worksheet(sheet_name), book.add_worksheet(labels['sheet'])
    offers = book.add_worksheet(OFFERS)
    offers.hide()
    _write_list(book, main, offers, columns)
    _write_help(book, explanations, columns, labels)
    for name, rows in (lists or {}).items():
        sheet = book.add_worksheet(name)
        sheet.set_column(0, 0, 24)
        sheet.set_column(1, 1, 60)
        for index, row in enumerate(rows):
            for place, cell in enumerate(row):
                sheet.write_string(index, place, cell)
    book.close()
    return buffer.getvalue()


def _write_list(book, sheet, offers, columns):
    heading = book.add_format({'bold': True, 'bg_color': '#DDEBF7', 'border': 1})
    required = book.add_format({
        'bold': True, 'bg_color': '#DDEBF7', 'border': 1, 'font_color': '#C00000'})
    text = book.add_format({'num_format': '@'})
    example = book.add_format({'num_format': '@', 'italic': True, 'font_color': '#7F7F7F'})
    for index, column in enumerate(columns):
        sheet.set_column(index, index, 18, text)
        sheet.write_string(0, index, column.title, required if column.required else heading)
        sheet.write_comment(0, index, column.explanation)
        sheet.write_string(1, index, column.example, example)
        if column.values:
            # A list in the rule itself may have 255 characters at most
            offers.write_column(0, index, column.values)
            letter = xl_col_to_name(index)
            sheet.data_validation(1, index, PREPARED_ROWS, index, {
                'validate': 'list', 'error_type': 'warning',
                'source': f"='{OFFERS}'!${letter}$1:${letter}${len(column.values)}"})
    sheet.freeze_panes(1, 0)


def _write_help(book, sheet, columns, labels):
    bold = book.add_format({'bold': True, 'bottom': 1})
    wrap = book.add_format({'text_wrap': True, 'valign': 'top'})
    for index, width in enumerate((18, 8, 60, 40)):
        sheet.set_column(index, index, width)
    row = 0
    for line in labels['intro']:
        sheet.merge_range(row, 0, row, 3, line, wrap)
        sheet.set_row(row, 15 * (1 + len(line) // 55))
        row += 1
    row += 1
    for index, name in enumerate(('column', 'required', 'explanation', 'values')):
        sheet.write_string(row, index, labels[name], bold)
    for column in columns:
        row += 1
        sheet.write_string(row, 0, column.title, wrap)
        sheet.write_string(row, 1, labels['yes' if column.required else 'no'], wrap)
        sheet.write_string(row, 2, column.explanation, wrap)
        sheet.write_string(row, 3, "、".join(column.values), wrap)
