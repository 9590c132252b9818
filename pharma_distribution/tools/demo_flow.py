"""Invented flow files for the demo: what a distributor's sales report looks like.

Plain Python; chance is given, so that every loading brings the same files.
"""

import csv
import io
from datetime import timedelta

HEADER = [
    '销售日期', '销售单号', '客户名称', '商品名称', '规格', '批号', '数量', '单位', '单价', '金额',
    '生产厂家']


def sales_rows(chance, customers, products, date_from, date_to, count):
    """Sales of some weeks: hospitals buy more than pharmacies, now and then something comes back.

    :param random.Random chance: source of chance
    :param list customers: tuples (name in the file, weight)
    :param list products: tuples (name, specification, [lots], price, maker)
    :param date date_from: first day
    :param date date_to: last day
    :param int count: number of rows
    :return: list of rows in the order of HEADER, by date
    """
    names = [name for name, _weight in customers]
    weights = [weight for _name, weight in customers]
    days = (date_to - date_from).days
    rows = []
    for number in range(1, count + 1):
        name, specification, lots, price, maker = chance.choice(products)
        customer = chance.choices(names, weights)[0]
        quantity = chance.choice((10, 20, 30, 40, 50, 60, 80, 100, 120, 200))
        if chance.random() < 0.03:
            quantity = -10
        rows.append([
            date_from + timedelta(days=chance.randint(0, days)), f'XS{number:05d}', customer, name,
            specification, chance.choice(lots), quantity, "盒", f'{price:.2f}',
            f'{quantity * price:.2f}', maker])
    rows.sort(key=lambda row: row[0])
    return rows


def sales_file(distributor, rows):
    """A CSV as distributors send it: a title, headings, the rows, a total, in GB18030.

    :param str distributor: name in the title
    :param list rows: as of :func:`sales_rows`
    :return: the file
    :rtype: bytes
    """
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow([f"{distributor}销售流向表"])
    writer.writerow(HEADER)
    for row in rows:
        writer.writerow([row[0].isoformat(), *row[1:]])
    quantity = sum(row[6] for row in rows)
    amount = sum(float(row[9]) for row in rows)
    writer.writerow(["合计", *[''] * 5, quantity, '', '', f'{amount:.2f}', ''])
    return text.getvalue().encode('gb18030')


def history_file(rows):
    """A cleaned table of several distributors, in UTF-8 with a mark.

    :param list rows: tuples (name of the distributor, row as of :func:`sales_rows`)
    :return: the file
    :rtype: bytes
    """
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(['商业公司', *HEADER])
    for distributor, row in rows:
        writer.writerow([distributor, row[0].isoformat(), *row[1:]])
    return text.getvalue().encode('utf-8-sig')
