"""A month of a large company: 1,000,000 rows in 20 files, from upload to posted and summarised.

30,000 terminals in the cities of their names and in 3,000 territories, 60 products of two lines, 20
distributors that write each tenth name otherwise, which has to be decided. Who buys what is as it
is in the trade: a terminal buys seven of the products, most of them from the distributor of its
region and some from a large one that delivers everywhere, and a few terminals order most.
(``buyers=all``: each distributor sells each product to each terminal, alike often, so that next to
every row is a result of its own; nobody's trade, but the worst case.) Files are as the systems of
distributors write them: .xlsx (one of them with 300,000 rows in one sheet), .xls, web pages called
.xls, CSV in GB18030 and UTF-8, tab-separated UTF-16. They are uploaded one after the other, read
and posted as jobs by two worker processes that wait for them (``flow_job.py``); beside them, as on
a server, files with open names are posted and the results are folded, the last ones at the end.
Nine rows of ten have to count, and the results have to equal the rows.

Beside it in the same run: a bare COPY of the finished rows of the largest file into a table with
the same columns, indexes and foreign keys, and of all rows into one without foreign keys; Odoo's
own ``load()`` of a sample; a tenth of the rows by the same way, and these rows saved in other
formats, which are doubles then; the same files once more.

Keys: ``rows_per_s``, ``ratio_odoo_import`` (rows per second, how many times those of ``load()``),
``ratio_copy`` and ``ratio_copy_no_keys`` (time for a row, how many times that of COPY with and
without foreign keys), ``peak_mb`` (the largest process: workers and the children that read),
``scale_10x`` (time, how many times that of a tenth), ``reimport_ratio`` (time of uploading the same
files again, which changes nothing, by that of the first time), ``resaved_ratio`` (the same for
files of other bytes with the same rows; of a tenth).
"""

import base64
import csv
import html
import io
import json
import os
import random
import subprocess
import sys
import tempfile
import time

import xlsxwriter
import xlwt
from customers import fill_alignments, fill_territories, fill_users
from flow_import import load_by_odoo
from measure import seconds
from search import vacuum

from odoo.exceptions import RedirectWarning
from odoo.tools import SQL

from odoo.addons.pharma_distribution.models.posting.pharma_flow_summary import FOLD_DELAY, FOLD_ROWS
from odoo.addons.pharma_distribution.tools.session import KEYS_BY_INDEX, MEMORY

TERMINALS, PRODUCTS, FILES, USERS = 30000, 60, 20, 3500
LARGE_SHARE = 0.3  # of all rows in one sheet
PRODUCTS_BOUGHT = 7  # by one terminal
RANK_POWER = 0.4  # how much more large terminals order than small ones
HEADINGS = (
    "销售日期", "客户名称", "商品编码", "商品名称", "商品规格", "单位", "生产企业", "批号", "数量",
    "含税单价", "金额", "单据号",
)
MAKER = "海州制药股份有限公司"
SHEET = 'ReportCommonVO'
JOBS = "SELECT COUNT(*) FROM queue_job WHERE model_name = 'pharma.flow.file'"
SCRIPT = """
import sys
sys.path.insert(0, {path!r})
import flow_job
flow_job.report(env, {jobs})
"""


# === MASTERS === #

def fill_masters(env):
    """Terminals with territories, products of two lines.

    :return: names of terminals, tuples (name, specification, price) of products
    """
    env.cr.execute(
        """ INSERT INTO res_partner (name, complete_name, active, is_company, type, pharma_type,
                                     state_id, autopost_bills, pharma_verified, lang,
                                     create_date, write_date)
            SELECT t.name, t.name, true, true, 'contact', t.kind, city.state_id, 'ask', 'verified',
                   'zh_CN', now(), now()
              FROM generate_series(1, %s) n
              JOIN (SELECT name, state_id, ROW_NUMBER() OVER w - 1 AS place, COUNT(*) OVER () AS all
                      FROM pharma_division WHERE level = 'city' AND name LIKE '%%市'
                    WINDOW w AS (ORDER BY code)) city ON city.place = n %% city.all,
                   LATERAL (SELECT
                       city.name || '第' || n || (ARRAY['人民医院','中医院','妇幼保健院','大药房'])
                       [1 + n %% 4] AS name,
                       CASE n %% 4 WHEN 3 THEN 'pharmacy' ELSE 'hospital' END AS kind) t
         RETURNING name """, [TERMINALS])
    names = [name for name, in env.cr.fetchall()]
    env.cr.execute(
        "UPDATE res_partner SET commercial_partner_id = id WHERE commercial_partner_id IS NULL")
    env.invalidate_all()
    env['pharma.search.name']._rebuild('res.partner')
    areas, positions, lines, _chosen = fill_territories(env, fill_users(env.cr, USERS))
    fill_alignments(env, areas, positions, lines)
    drugs = [(f"海舒{number}片", f"{number}mg*14片", 10 + number)
             for number in range(1, PRODUCTS + 1)]
    env['product.template'].create([{
        'name': f"{name} {specification}", 'drug_generic_name': name, 'list_price': price,
        'drug_specification': specification, 'categ_id': lines[number % 2].id,
    } for number, (name, specification, price) in enumerate(drugs)])
    env.company.pharma_flow_auto_post = True
    env.cr.commit()
    vacuum(env, 'res_partner', 'pharma_alignment', 'pharma_territory',
           'pharma_territory_assignment', 'pharma_search_name', 'product_template')
    return names, drugs


# === FILES === #

def make_trade(names, drugs, buyers):
    """Who buys what from which distributor, the large one first.

    :param str buyers: 'trade', or 'all' for everything from everybody
    :return: list of tuples (purchases, their cumulated weights), a purchase being the numbers of
        customer and drug in one
    """
    if buyers == 'all':
        return [(range(len(names) * len(drugs)), None)] * FILES
    cities = {name[:name.index("市")] for name in names}
    regions = {city: 1 + place % (FILES - 1) for place, city in enumerate(sorted(cities))}
    trade = [([], []) for _number in range(FILES)]
    for customer, name in enumerate(names):
        weight = random.randint(1, len(names)) ** -RANK_POWER
        for drug in random.sample(range(len(drugs)), PRODUCTS_BOUGHT):
            is_large = random.random() < LARGE_SHARE
            purchases, weights = trade[0 if is_large else regions[name[:name.index("市")]]]
            purchases.append(customer * len(drugs) + drug)
            weights.append(weight * random.random() + (weights[-1] if weights else 0))
    return trade


def make_rows(count, names, drugs, number, purchases, weights):
    """Rows as a distributor's system writes them: dates as text, apostrophes, returns, noise.

    :param int number: of the distributor
    :param purchases: with ``weights`` its part of ``make_trade``
    """
    rows = []
    chosen_ones = random.choices(purchases, cum_weights=weights, k=count)
    for index, purchase in enumerate(chosen_ones):
        customer, chosen = divmod(purchase, len(drugs))
        name = names[customer]
        if (customer + number) % 10 == 0:  # written otherwise by this distributor, to be decided
            name = name.replace("市", "")
        elif random.random() < 0.2:  # equal all the same
            name = name.replace("市", "市 ")
        drug, specification, price = drugs[chosen]
        quantity = random.choice((1, 2, 3, 5, 10, 20, 40, -1))
        rows.append((
            f'2026-01-{random.randint(1, 31):02}', name, f"'{chosen:07}", drug, specification, "盒",
            MAKER, random.randint(24010101, 26033199), quantity, price, quantity * price,
            f'XS{number:02}{index // 3:07}'))
    return rows


def as_xlsx(rows):
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {'constant_memory': True})
    sheet = book.add_worksheet(SHEET)
    for index, row in enumerate([HEADINGS, *rows]):
        sheet.write_row(index, 0, row)
    book.close()
    return buffer.getvalue()


def as_xls(rows):
    book = xlwt.Workbook()
    sheet = book.add_sheet(SHEET)
    for index, row in enumerate([HEADINGS, *rows]):
        for column, value in enumerate(row):
            sheet.write(index, column, value)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def as_text(rows, delimiter, encoding):
    buffer = io.StringIO()
    csv.writer(buffer, delimiter=delimiter).writerows([HEADINGS, *rows])
    return buffer.getvalue().encode(encoding)


def as_page(rows):
    lines = "".join(
        f"<tr>{''.join(f'<td>{html.escape(str(value))}</td>' for value in row)}</tr>"
        for row in [HEADINGS, *rows])
    return (f'<html><head><meta charset="utf-8"></head><body><table>{lines}</table></body></html>'
            ).encode()


FORMATS = (
    ('xlsx', as_xlsx),
    ('csv', lambda rows: as_text(rows, ',', 'gb18030')),
    ('xls', as_xls),
    ('csv', lambda rows: as_text(rows, ',', 'utf-8-sig')),
    ('txt', lambda rows: as_text(rows, '\t', 'utf-16')),
    ('xls', as_page),
)


def make_files(count, names, drugs, trade, shift=0):
    """The files, the large one first, and a sample of their rows.

    :param list trade: of ``make_trade``
    :param int shift: other numbers give other formats
    :return: list of tuples (name, bytes, rows), list of rows
    """
    large = int(count * LARGE_SHARE)
    sizes = [large] + [(count - large) // (FILES - 1)] * (FILES - 1)
    sizes[-1] += count - sum(sizes)
    files, sample = [], []
    for number, size in enumerate(sizes):
        rows = make_rows(size, names, drugs, number, *trade[number])
        sample = sample or rows[:1000]
        ending, write = FORMATS[(number + shift) % len(FORMATS)]
        files.append((f'flow_{number:02}.{ending}', write(rows), size))
    return files, sample


# === RUNNING === #

def make_distributors(env, count):
    """:return: records"""
    distributors = env['res.partner'].create([
        {'name': f"海州医药{random.randrange(10 ** 9)}公司", 'pharma_type': 'distributor',
         'is_company': True} for _number in range(count)])
    env.cr.commit()
    return distributors


def upload(env, files, distributors):
    """Upload the files, each of the distributor at its place.

    :return: records
    """
    records = env['pharma.flow.file']
    for distributor, (name, data, _count) in zip(distributors, files, strict=True):
        record = records.create({
            'name': name, 'distributor_id': distributor.id, 'data': base64.b64encode(data)})
        record.action_import()
        env.cr.commit()
        records |= record
    return records


def start_workers(env, count, files):
    """Start the workers with the options of this process, and wait until they are there.

    :param int count: how many workers
    :param int files: how many files will be uploaded
    :return: processes
    """
    [[done]] = env.execute_query(SQL(JOBS))
    script = SCRIPT.format(
        path=os.path.dirname(os.path.abspath(__file__)), jobs=done + files)
    workers = []
    for _number in range(count):
        worker = subprocess.Popen(
            [sys.executable, *sys.argv], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        worker.stdin.write(script)
        worker.stdin.close()
        workers.append(worker)
    for worker in workers:
        if not any(line.startswith('READY') for line in worker.stdout):
            raise AssertionError("a worker did not start")
    return workers


def finish_workers(workers):
    """Wait for all workers.

    :return: list of what they reported
    """
    reports = []
    for worker in workers:
        output = worker.stdout.read()
        found = [line for line in output.splitlines() if line.startswith('WORKER ')]
        if worker.wait() or not found:
            raise AssertionError(f"a worker failed: {output[-2000:]}")
        reports.append(json.loads(found[0].removeprefix('WORKER ')))
    return reports


def attend(env, records, workers):
    """What goes on beside the jobs of a server: somebody posts the files with open names, and the
    cron folds the results.

    :return: (seconds of posting, seconds of folding)
    """
    posted, folded = 0, 0
    last = time.monotonic()
    while any(worker.poll() is None for worker in workers):
        env.cr.commit()
        env.invalidate_all()
        duration, _done = seconds(
            records.filtered(lambda record: record.state == 'review').action_post)
        env.cr.commit()
        posted += duration
        if time.monotonic() - last > FOLD_DELAY.total_seconds():
            folded += fold(env)
            last = time.monotonic()
        time.sleep(0.2)
    return posted, folded


def fold(env):
    """:return: seconds"""
    start = time.perf_counter()
    while env['pharma.flow.summary']._fold(FOLD_ROWS):
        env.cr.commit()
    env.cr.commit()
    return time.perf_counter() - start


def import_all(env, files, workers):
    """Upload, read, post and fold.

    :return: (seconds in all, dict of seconds by stage, peak memory in MB, the files)
    """
    stages = {}
    distributors = make_distributors(env, len(files))
    processes = start_workers(env, workers, len(files))
    start = time.perf_counter()
    stages['upload'], records = seconds(upload, env, files, distributors)
    posted, folded = attend(env, records, processes)
    reports = finish_workers(processes)
    stages['jobs'] = time.perf_counter() - start
    env.cr.commit()
    env.invalidate_all()
    # A name in a thousand is left open: its file is not posted by itself
    stages['post'], _done = seconds(
        records.filtered(lambda record: record.state == 'review').action_post)
    env.cr.commit()
    stages['fold'] = fold(env)
    stages['post_beside'], stages['fold_beside'] = posted, folded
    total = time.perf_counter() - start
    env.invalidate_all()
    for record, (name, _data, count) in zip(records, files, strict=True):
        if (record.state, record.row_count) != ('posted', count) or (
                record.ok_count < count * 0.9 - 20):
            raise AssertionError(
                f"{name}: {record.state}, {record.row_count} rows, {record.ok_count} counted of"
                f" {count}; {record.message}")
    if any(env['pharma.flow.summary']._count_differences().values()):
        raise AssertionError("the results differ from the rows")
    for report in reports:
        for stage, value in report['seconds'].items():
            stages[f'worker_{stage}'] = stages.get(f'worker_{stage}', 0) + value
    peak = max(max(report['peak_mb'], report['child_peak_mb']) for report in reports)
    return total, {stage: round(value, 2) for stage, value in stages.items()}, peak, records


def copy_bare(env, records, keys=False):
    """COPY of the finished lines into a table with the same columns and indexes.

    :param bool keys: with its foreign keys as well
    :return: seconds
    """
    with tempfile.TemporaryFile('w+', encoding='utf-8') as buffer:
        env.cr.copy_expert(
            "COPY (SELECT * FROM pharma_flow_line WHERE file_id IN"
            f" ({', '.join(map(str, records.ids))}) ORDER BY id) TO STDOUT", buffer)
        env.cr.execute("CREATE TABLE bench_copy (LIKE pharma_flow_line INCLUDING INDEXES)")
        if keys:
            env.cr.execute(
                "SELECT string_agg('ADD ' || pg_get_constraintdef(oid), ', ') FROM pg_constraint"
                " WHERE conrelid = 'pharma_flow_line'::regclass AND contype = 'f'")
            env.cr.execute(f"ALTER TABLE bench_copy {env.cr.fetchone()[0]}")
        env.cr.commit()
        buffer.seek(0)
        env.cr.execute(SQL(f'{MEMORY}; {KEYS_BY_INDEX}'))  # as the import has them
        start = time.perf_counter()
        env.cr.copy_expert("COPY bench_copy FROM STDIN", buffer)
        env.cr.commit()
        duration = time.perf_counter() - start
    env.cr.execute("DROP TABLE bench_copy")
    env.cr.commit()
    return duration


def get_results(env):
    """What all results add up to."""
    return env.execute_query(SQL(
        "SELECT SUM(quantity), SUM(amount), SUM(row_count) FROM pharma_flow_summary"))


def import_resaved(env, records, files, workers):
    """The same rows in files of other bytes: all are doubles, the results stay.

    :return: seconds
    """
    before = get_results(env)
    processes = start_workers(env, workers, len(files))
    start = time.perf_counter()
    resaved = upload(env, files, records.distributor_id)
    finish_workers(processes)
    duration = time.perf_counter() - start
    env.cr.commit()
    env.invalidate_all()
    counted = sum(resaved.mapped('ok_count'))
    if counted or get_results(env) != before or resaved.mapped('row_count') != records.mapped(
            'row_count'):
        raise AssertionError(f"saved once more, {counted} rows count again")
    return duration


def import_again(env, records, files):
    """The same files once more: each is refused, nothing changes.

    :return: seconds
    """
    def count():
        return env.execute_query(SQL(
            "SELECT (SELECT COUNT(*) FROM pharma_flow_line), (SELECT SUM(row_count)"
            " FROM pharma_flow_summary), (SELECT COUNT(*) FROM pharma_flow_file)"))

    before = count()
    start = time.perf_counter()
    for record, (name, data, _count) in zip(records, files, strict=True):
        try:
            env['pharma.flow.file'].create({
                'name': name, 'distributor_id': record.distributor_id.id,
                'data': base64.b64encode(data)})
        except RedirectWarning:
            env.cr.rollback()
        else:
            raise AssertionError(f"{name} was taken twice")
    duration = time.perf_counter() - start
    if count() != before:
        raise AssertionError("importing again has changed something")
    return duration


def run(env, rows='1000000', workers='2', sample='1000', buyers='trade'):
    """Import of a million rows, beside COPY and Odoo's own import.

    :param str buyers: as of ``make_trade``
    :return: the keys of the module, and details
    :rtype: dict
    """
    random.seed(41)
    count, workers = int(rows), int(workers)
    masters_s, (names, drugs) = seconds(fill_masters, env)
    print(f"masters {masters_s:.0f} s", flush=True)
    trade = make_trade(names, drugs, buyers)
    state = random.getstate()
    small, _sample = make_files(count // 10, names, drugs, trade)
    small_s, small_stages, _peak, first = import_all(env, small, workers)
    print(f"{count // 10} rows: {small_s:.1f} s {small_stages}", flush=True)
    files, table = make_files(count, names, drugs, trade)
    size = sum(len(data) for _name, data, _count in files)
    print(f"{len(files)} files, {size / 1e6:.0f} MB", flush=True)
    total, stages, peak, records = import_all(env, files, workers)
    print(f"{count} rows: {total:.1f} s {stages}", flush=True)
    again = import_again(env, records, files)
    copied = copy_bare(env, records)
    with_keys = copy_bare(env, records[0], keys=True) / records[0].row_count * count
    # Odoo finds names as they are, not those that a distributor writes without 市
    exact = [row for row in table if "市" in row[1]][:int(sample)]
    odoo = load_by_odoo(env, records[0], records[0].distributor_id, exact)
    print(f"COPY {with_keys:.1f} s, without foreign keys {copied:.1f} s", flush=True)
    random.setstate(state)
    small, _sample = make_files(count // 10, names, drugs, trade, shift=1)
    resaved = import_resaved(env, first, small, workers)
    print(f"{count // 10} rows saved once more: {resaved:.1f} s", flush=True)
    return {
        'rows': count, 'seconds': round(total, 1), 'stages': stages, 'peak_mb': peak,
        'rows_per_s': round(count / total),
        'rows_per_s_odoo_import': round(int(sample) / odoo),
        'rows_per_s_copy': round(count / with_keys),
        'ratio_odoo_import': round((count / total) / (int(sample) / odoo), 1),
        'ratio_copy': round(total / with_keys, 2),
        'ratio_copy_no_keys': round(total / copied, 2), 'scale_10x': round(total / small_s, 2),
        'small_stages': small_stages, 'reimport_ratio': round(again / total, 4),
        'resaved_ratio': round(resaved / small_s, 2),
        'load': os.getloadavg()[0],
    }
