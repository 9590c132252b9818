"""Matching of products: rows of distributors' files against a catalogue.

Catalogue: the packs of official lists where they are at hand, else invented ones; a part is held
back, so that rows name products that are not in it. Runs without Odoo as well:

    python tests/bench/matching_products.py rows=5000

Keys: ``precision`` of automatic decisions, ``recall_auto`` (decided alone and right of those that
can
be known), ``top5`` of the rest, ``match_s``.
"""

import json
import random
import re
import sys
import time
from collections import Counter, defaultdict
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from plain import make_importable

make_importable()

from matching_names import DATA, read_rows  # noqa: E402

from odoo.addons.pharma_distribution.tools.matching_products import (  # noqa: E402
    Catalogue,
    Product,
    ProductQuery,
)

NAMES = ("阿托伐他汀钙片", "氨氯地平片", "二甲双胍缓释片", "替格瑞洛片", "奥美拉唑肠溶胶囊",
    "头孢呋辛酯片",
         "注射用头孢曲松钠", "氯化钠注射液", "蒙脱石散", "布洛芬颗粒", "孟鲁司特钠咀嚼片",
         "氟康唑胶囊")
MAKERS = ("海州制药有限公司", "临川药业集团股份有限公司", "平阳生物制药有限公司",
    "江苏南湖医药股份有限公司")
PIECES = {'片': '片', '囊': '粒', '液': '支', '散': '袋', '粒': '袋'}


def read_catalogue(chance):
    """Tuples (name, strength, pieces, piece, maker), each pack once."""
    path = DATA / 'vbp/vbp_supply_packs_official_r2_r4.csv'
    found = set()
    if path.exists():
        for row in read_rows(path):
            text = f"{row['spec_or_spec_pack']},{row['pack_qty']}"
            match = re.match(r'([\d.]+m?g)[*,](?:(\d)\*)?(\d+)(片|粒|袋|支)(?:/板\*(\d)板)?', text)
            if match:
                pieces = int(match[3]) * int(match[2] or 1) * int(match[5] or 1)
                found.add((row['generic_name'], match[1], pieces, match[4],
                           re.sub(r'[（(].*', '', row['company'])))
    for name in NAMES if not found else ():
        for strength in ('5mg', '10mg', '20mg', '0.25g'):
            for pieces in (7, 14, 28):
                found.add((name, strength, pieces, PIECES.get(name[-1], '支'),
                chance.choice(MAKERS)))
    return sorted(found)


def write_strength(strength, chance):
    """The strength in one of its units."""
    number, unit = re.match(r'([\d.]+)(m?g)', strength).groups()
    if chance.random() < 0.25:
        value = float(number)
        return f'{value / 1000:g}g' if unit == 'mg' else f'{value * 1000:g}mg'
    return strength.replace('mg', chance.choice(('mg', 'MG', '毫克', 'mg')))


def write_spec(product, chance):
    """The specification as systems write it."""
    _name, strength, pieces, piece, _maker = product
    strength = write_strength(strength, chance)
    board = next((size for size in (7, 10, 12, 14) if pieces % size == 0 and pieces > size), pieces)
    return chance.choice((
        f'{strength}*{pieces}{piece}', f'{strength}×{pieces}{piece}/盒',
        f'{strength}:{pieces}{piece}',
        f'{strength}*{pieces}s', f'{strength} {pieces}{piece}', f'{strength}x{pieces}',
        f'{strength}*{board}{piece}*{pieces // board}板', f'{strength}＊{pieces}{piece}',
        f'{strength}*{board}{piece}/板*{pieces // board}板/盒',
        f'{strength}*{pieces}{piece}*400盒'))


def write_row(product, number, chance, ours):
    """A row of a file: ProductQuery."""
    name, _strength, _pieces, _piece, maker = product
    spec = write_spec(product, chance)
    name = chance.choice((name, name, name, name.replace('片',
        '片剂') if name.endswith('片') else name,
                          f'{name[:2]} {name[2:]}', f'({chance.choice("新★*")}){name}'))
    # a file without makers reports ours alone
    maker = chance.choice((
        maker, re.sub('股份|有限|责任|公司', '', maker), maker.replace('有限公司', ''),
        '' if ours else maker))
    approval = f'国药准字H{20000000 + number}' if chance.random() < 0.3 else ''
    if chance.random() < 0.35:
        return ProductQuery(chance.choice((f'{name}{spec}', f'{name} {spec}', f'{name}({spec})')),
            '',
                            maker, approval)
    return ProductQuery(name, spec, maker, approval)


def run(env=None, rows='5000', seed='1', show='30', missed='0'):
    """Precision, recall and time of matching products."""
    chance = random.Random(int(seed))
    packs = read_catalogue(chance)
    held = {number for number in range(len(packs)) if chance.random() < 0.15}
    makers = sorted({pack[-1] for pack in packs})
    ours = set(chance.sample(makers, max(1, len(makers) // 30)))
    same = defaultdict(set)
    for number, (name, strength, pieces, *_rest) in enumerate(packs):
        same[name, strength, pieces].add(number)
    catalogue = Catalogue([
        Product(number, f'{name} {strength}*{pieces}{piece}', name, '',
        f'{strength}*{pieces}{piece}',
                '', maker, f'国药准字H{20000000 + number}', (), maker in ours)
        for number, (name, strength, pieces, piece, maker) in enumerate(packs)
        if number not in held])
    chosen = [chance.randrange(len(packs)) for _ in range(int(rows))]
    queries = [write_row(packs[number], number, chance, packs[number][-1] in ours)
               for number in chosen]
    start = time.perf_counter()
    matches = catalogue.match(queries)
    seconds = time.perf_counter() - start
    for query, match, number in zip(queries, matches, chosen, strict=True):
        if not match.automatic and number not in held and int(missed):
            missed = int(missed) - 1
            print('MISSED', tuple(query), match.reason, match.confidence, packs[number], [
                packs[item.record_id] for item in match.candidates[:2]])
    count, errors = rate(chosen, queries, matches, packs, held, same)
    for query, match, number in errors[:int(show)]:
        print('WRONG', tuple(query), match.reason, packs[match.record_id], 'meant', packs[number])
    return {
        'rows': len(queries), 'products': len(packs) - len(held),
        'precision': round(count['right'] / max(1, count['automatic']), 4),
        'recall_auto': round(count['found'] / max(1, count['knowable']), 4),
        'top5': round(count['rest_top'] / max(1, count['rest']), 4) if count['rest'] else None,
        'match_s': round(seconds, 2)}


def rate(chosen, queries, matches, packs, held, same):
    """:return: (counts, errors)"""
    count, errors = Counter(), []
    for number, query, match in zip(chosen, queries, matches, strict=True):
        name, strength, pieces, _piece, _maker = packs[number]
        # another maker's pack tells itself apart by maker or number alone
        alike = len(same[name, strength, pieces]) == 1
        knowable = number not in held and (alike or bool(query.maker or query.approval))
        right = match.record_id == number
        count['knowable'] += knowable
        if match.automatic:
            count['automatic'] += 1
            count['right'] += right
            count['found'] += right and knowable
            if not right:
                errors.append((query, match, number))
        if knowable and not (match.automatic and right):
            count['rest'] += 1
            count['rest_top'] += number in [item.record_id for item in match.candidates]
    return count, errors


if __name__ == '__main__':
    print(json.dumps(run(**dict(word.split('=', 1) for word in sys.argv[1:])), ensure_ascii=False))
