"""One name is decided otherwise when 50,000 posted rows carry it.

The rows stand in ``files`` posted files of one distributor, among as many of other names. Measured
is what a person waits for: the decision on the form, until every row, and the figures of every
file, say what it says. Beside it what follows from it: taking the decision back.

Keys: ``alias_change_s`` (the slower of deciding, correcting and taking back), ``rows`` changed.
"""

import base64
import csv
import io

from measure import seconds

HEADINGS = ("销售日期", "客户名称", "商品名称", "商品规格", "单位", "批号", "数量", "金额")


def make_file(number, rows, others):
    """Bytes of a text file: the name, and other names between."""
    buffer = io.StringIO()
    write = csv.writer(buffer).writerow
    write(HEADINGS)
    for row in range(rows):
        date = f'2026-{number % 12 + 1:02}-{row % 28 + 1:02}'
        for name in ("望澜县某某大药房连锁（总店）", f"望澜市第{row % others}人民医院"):
            write((date, name, "澜舒他汀钙片", "20mg*7片", "盒", f'{number}{row}', row % 40 + 1,
                   row % 40 * 12.5))
    return buffer.getvalue().encode()


def make_world(env, rows, files, others):
    """Distributor, customers, product, posted files.

    :return: the two customers that the name may mean
    """
    partners = env['res.partner']
    distributor = partners.create({
        'name': "望澜医药有限公司", 'pharma_type': 'distributor', 'is_company': True})
    partners.create([
        {'name': f"望澜市第{number}人民医院", 'pharma_type': 'hospital', 'is_company': True}
        for number in range(others)])
    env['product.template'].create({
        'name': "澜舒他汀钙片 20mg*7片", 'drug_generic_name': "澜舒他汀钙片",
        'drug_specification': "20mg*7片"})
    for number in range(files):
        file = env['pharma.flow.file'].create({
            'name': f'bench_{number}.csv', 'distributor_id': distributor.id,
            'data': base64.b64encode(make_file(number, rows // files, others))})
        file._run_import()
        file.action_post()
        env.cr.commit()
    return partners.create([
        {'name': name, 'pharma_type': 'pharmacy', 'is_company': True}
        for name in ("海州一号药房", "海州二号药房")])


def run(env, rows='50000', files='5', others='500'):
    """Seconds until a changed decision has reached all rows."""
    one, two = make_world(env, int(rows), int(files), int(others))
    alias = env['pharma.alias'].search([('name', '=', "望澜县某某大药房连锁（总店）")])
    lines = env['pharma.flow.line']

    def change(method, *arguments):
        getattr(alias, method)(*arguments)
        env.flush_all()
        env.cr.commit()

    result = {}
    for key, expected, method, *arguments in (
            ('decide_s', one, 'action_choose', one.id),
            ('correct_s', two, 'action_choose', two.id),
            ('take_back_s', one, 'action_undo_decision')):
        result[key] = round(seconds(change, method, *arguments)[0], 2)
        changed = lines.search_count([('partner_id', '=', expected.id), ('status', '=', 'ok')])
        if changed != int(rows):
            raise AssertionError(f"{key}: {changed} rows follow instead of {rows}")
        print(key, result[key])
    return {**result, 'rows': int(rows), 'alias_change_s': max(result.values())}
