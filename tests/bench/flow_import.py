"""A distributor's file of 60,000 rows, from its bytes to judged lines in the database.

The same rows as .xls and as .xlsx go through ``pharma.flow.file._run_import``: reading in the child
process, finding the rows, COPY, resolving 2,000 customers and 200 products, storing, counting.
Beside it, in the same run: Odoo's own ``load()`` of a sample of the same rows into the same model,
and a bare COPY of the finished lines into a table with the same columns and indexes.

Keys: ``rows_per_s`` (the slower of the two formats); ``ratio_odoo_import`` and ``ratio_copy``, how
many times as many rows per second as ``load()`` and as the bare COPY.
"""

import base64
import io
import random
import time

import xlsxwriter
import xlwt

HEADINGS = (
    "销售日期", "客户名称", "商品编码", "商品名称", "商品规格", "单位", "生产企业", "批号", "数量",
    "含税单价", "金额",
)
PLACES = ("海州", "临川", "南湖", "东山", "青石", "平阳", "西岭", "云溪", "北塘", "高桥")
KINDS = ("人民医院", "中医院", "妇幼保健院", "协和医院", "骨伤医院", "社区卫生服务中心", "大药房")
DRUGS = ("阿托伐他汀钙片", "氨氯地平片", "二甲双胍缓释片", "替格瑞洛片", "奥美拉唑肠溶胶囊")
STRENGTHS = ("5mg*14片", "10mg*14片", "20mg*7片", "2.5mg*28片", "25mg*28片")
MAKER = "海州制药股份有限公司"


def make_masters(env, partners, products):
    """Customers and products of ours.

    :return: distributor, names of customers, tuples (name, specification, price) of products
    """
    names = [
        f"{random.choice(PLACES)}市第{number}{random.choice(KINDS)}" for number in range(partners)]
    customers = env['res.partner'].create([
        {'name': name, 'pharma_type': 'pharmacy' if "药房" in name else 'hospital',
         'is_company': True, 'user_id': env.uid}
        for name in names])
    drugs = [
        (f"{DRUGS[number % 5]}{number // 25 + 1}型", STRENGTHS[number // 5 % 5], 10 + number / 10)
        for number in range(products)]
    env['product.template'].create([
        {'name': f"{name} {specification}", 'drug_generic_name': name,
         'drug_specification': specification, 'list_price': price}
        for name, specification, price in drugs])
    distributor = env['res.partner'].create({
        'name': "海州医药有限公司", 'pharma_type': 'distributor', 'is_company': True})
    env.cr.commit()
    return distributor, customers.mapped('name'), drugs


def make_rows(count, customers, drugs):
    """Rows as a distributor's system writes them: dates as text, apostrophes, returns, noise."""
    rows = []
    for _number in range(count):
        name = random.choice(customers)
        if random.random() < 0.2:  # written otherwise, and equal all the same
            name = name.replace("市", "市 ").replace("(", "（")
        drug, specification, price = random.choice(drugs)
        quantity = random.choice((1, 2, 3, 5, 10, 20, 40, -1))
        rows.append((
            f'2026-{random.randint(1, 3):02}-{random.randint(1, 28):02}', name,
            f"'{drugs.index((drug, specification, price)):07}", drug, specification, "盒", MAKER,
            random.randint(24010101, 26033199), quantity, price, round(quantity * price, 2)))
    return rows


def make_xls(rows):
    book = xlwt.Workbook()
    sheet = book.add_sheet('ReportCommonVO')
    for index, row in enumerate([HEADINGS, *rows]):
        for column, value in enumerate(row):
            sheet.write(index, column, value)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def make_xlsx(rows):
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer)
    sheet = book.add_worksheet('ReportCommonVO')
    for index, row in enumerate([HEADINGS, *rows]):
        sheet.write_row(index, 0, row)
    book.close()
    return buffer.getvalue()


def import_file(env, distributor, name, data, count):
    """:return: tuple (seconds, dict of seconds by phase, the file)"""
    file = env['pharma.flow.file'].create({
        'name': name, 'distributor_id': distributor.id, 'data': base64.b64encode(data)})
    env.cr.commit()
    start = time.perf_counter()
    phases = file._run_import()
    env.cr.commit()
    seconds = time.perf_counter() - start
    if (file.state, file.row_count, file.ok_count) != ('review', count, count):
        raise AssertionError(
            f"{name}: {file.state}, {file.row_count} rows, {file.ok_count} counted; {file.message}")
    return seconds, phases, file


def load_by_odoo(env, file, distributor, rows):
    """The same rows by Odoo's own import, the names as it can resolve them.

    :return: seconds
    """
    fields = [
        'file_id/.id', 'company_id/.id', 'distributor_id/.id', 'kind', 'row_number', 'raw_date',
        'date', 'raw_customer', 'partner_id', 'raw_product_code', 'raw_product', 'raw_spec',
        'product_id', 'raw_unit', 'raw_maker', 'lot', 'raw_quantity', 'file_quantity', 'quantity',
        'price', 'amount', 'status',
    ]
    labels = dict(env['pharma.flow.line']._fields['kind']._description_selection(env))
    statuses = dict(env['pharma.flow.line']._fields['status']._description_selection(env))
    texts = [
        [str(file.id), str(file.company_id.id), str(distributor.id), labels['sale'], str(number),
         row[0], row[0], row[1], row[1].replace("市 ", "市"), row[2], row[3], row[4],
         f"{row[3]} {row[4]}", row[5], row[6], str(row[7]), str(row[8]), str(row[8]), str(row[8]),
         str(row[9]), str(row[10]), statuses['ok']]
        for number, row in enumerate(rows, start=2)]
    start = time.perf_counter()
    result = env['pharma.flow.line'].load(fields, texts)
    env.flush_all()
    env.cr.commit()
    seconds = time.perf_counter() - start
    if not result['ids'] or len(result['ids']) != len(rows):
        raise AssertionError(f"load() failed: {result['messages'][:3]}")
    return seconds


def copy_bare(env, file):
    """COPY of the finished lines into a table with the same columns and indexes.

    :return: seconds
    """
    buffer = io.StringIO()
    env.cr.copy_expert(
        f"COPY (SELECT * FROM pharma_flow_line WHERE file_id = {file.id:d}) TO STDOUT", buffer)
    env.cr.execute("CREATE TABLE bench_copy (LIKE pharma_flow_line INCLUDING INDEXES)")
    env.cr.commit()
    buffer.seek(0)
    start = time.perf_counter()
    env.cr.copy_expert("COPY bench_copy FROM STDIN", buffer)
    env.cr.commit()
    return time.perf_counter() - start


def run(env, rows='60000', partners='2000', products='200', sample='1000'):
    """Import of a large file, beside Odoo's import and a bare COPY."""
    count, sample = int(rows), int(sample)
    random.seed(5)
    distributor, customers, drugs = make_masters(env, int(partners), int(products))
    table = make_rows(count, customers, drugs)
    result = {'rows': count}
    slowest, file = 0, None
    for name, make in (('xls', make_xls), ('xlsx', make_xlsx)):
        data = make(table)
        if file:  # whose rows would be those of this file
            file.action_undo()
            env.cr.commit()
        seconds, phases, file = import_file(env, distributor, f'bench.{name}', data, count)
        result[f'seconds_{name}'] = round(seconds, 2)
        result[f'phases_{name}'] = {phase: round(value, 2) for phase, value in phases.items()}
        result[f'megabytes_{name}'] = round(len(data) / 1e6, 1)
        print(name, result[f'seconds_{name}'], result[f'phases_{name}'])
        slowest = max(slowest, seconds)
    copy_seconds = copy_bare(env, file)
    odoo_seconds = load_by_odoo(env, file, distributor, table[:sample])
    return {
        **result,
        'rows_per_s': round(count / slowest),
        'rows_per_s_odoo_import': round(sample / odoo_seconds),
        'rows_per_s_copy': round(count / copy_seconds),
        'ratio_odoo_import': round((count / slowest) / (sample / odoo_seconds), 1),
        'ratio_copy': round((count / slowest) / (count / copy_seconds), 3),
    }
