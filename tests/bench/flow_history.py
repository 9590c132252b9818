"""A history table: three years of 40 distributors in 100,000 rows, from its bytes to posted rows.

The table goes through ``pharma.flow.history`` in one process: read, divided among the distributors,
each file read and judged, all posted; then the same rows saved anew, in another order, are imported
and posted beside them, which changes nothing; then both are undone.

Keys: ``rows_per_s`` from upload to review, ``posted_rows_per_s`` from upload to posted;
``again_s`` for the second import until it is posted, ``undo_s`` for taking back the first.
"""

import base64
import io
import os
import random
from unittest.mock import patch

import xlsxwriter
from flow_import import HEADINGS, make_masters, make_rows
from measure import seconds


def make_table(rows):
    """Bytes of an .xlsx whose first column is the distributor."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer)
    sheet = book.add_worksheet("历史流向")
    for index, row in enumerate([("商业公司", *HEADINGS), *rows]):
        sheet.write_row(index, 0, row)
    book.close()
    return buffer.getvalue()


def import_table(env, name, data):
    """:return: the pharma.flow.history, read"""
    history = env['pharma.flow.history'].create({'name': name, 'data': base64.b64encode(data)})
    history.action_import()
    env.cr.commit()
    if history.state != 'read' or history.failed_count or history.open_row_count:
        raise AssertionError(f"{name}: {history.state} {history.message}")
    return history


def post(env, history):
    """Post all files of a table."""
    history.action_post()
    env.cr.commit()
    if history.review_count:
        raise AssertionError(f"{history.review_count} files are not posted")


def undo(env, history):
    """Take a table back."""
    history.action_undo()
    env.cr.commit()
    if history.state != 'undone':
        raise AssertionError(history.message)


def count(env):
    """Rows and quantity in the results."""
    env.cr.execute("SELECT SUM(row_count), SUM(quantity) FROM pharma_flow_summary")
    return env.cr.fetchone()


def run(env, rows='100000', distributors='40'):
    """Import, post, import again and undo a table."""
    random.seed(7)
    _distributor, customers, drugs = make_masters(env, 2000, 200)
    owners = env['res.partner'].create([
        {'name': f"云溪第{number}医药有限公司", 'pharma_type': 'distributor', 'is_company': True}
        for number in range(100, 100 + int(distributors))])
    env.cr.commit()
    table = [
        (random.choice(owners).name, f'{random.randint(2023, 2025)}{row[0][4:]}', *row[1:])
        for row in make_rows(int(rows), customers, drugs)]
    with patch.dict(os.environ, QUEUE_JOB__NO_DELAY='1'):
        read_s, history = seconds(import_table, env, "历史.xlsx", make_table(table))
        post_s, _none = seconds(post, env, history)
        before = count(env)
        random.shuffle(table)
        again_s, again = seconds(import_table, env, "历史2.xlsx", make_table(table))
        again_post_s, _none = seconds(post, env, again)
        if count(env) != before or before[0] != int(rows):
            raise AssertionError(f"{before} became {count(env)}")
        undo(env, again)
        undo_s, _none = seconds(undo, env, history)
    if any(count(env)):
        raise AssertionError(f"left after undoing: {count(env)}")
    return {
        'rows_per_s': round(int(rows) / read_s),
        'posted_rows_per_s': round(int(rows) / (read_s + post_s)),
        'again_s': round(again_s + again_post_s, 1), 'undo_s': round(undo_s, 1),
    }
