"""Names of hospitals as distributors' systems write them, each with the right answer.

``make_world`` gives the archive (some institutions are held back: names that exist and are not in
it), ``make_cases`` names with noise. Each case says its noise class, the customer that it means and
whether that can be known: whether, with the places beside the name, nobody else in the world could
have been written so. The rules here are not those of the engine, on purpose: nothing is imported
from it.
"""

import bisect
import csv
import os
import random
import re
import unicodedata
from collections import Counter, defaultdict
from pathlib import Path
from typing import NamedTuple

from rapidfuzz import fuzz

REPOSITORY = Path(__file__).resolve().parents[2]
DATA = REPOSITORY.parent / 'shared' / 'data'
SHARES = {
    'as_is': 42, 'region_dropped': 15, 'alias': 8, 'abbreviated': 8, 'width_spaces': 8, 'part': 5,
    'joined': 3, 'former': 3, 'typo': 3, 'renamed': 2, 'cut': 3, 'region_added': 3, 'remark': 4,
    'traditional': 1,
}
NUMERALS = "〇一二三四五六七八九"
HOMOPHONES = {"州": "洲", "阳": "杨", "康": "慷", "协": "胁", "合": "和", "宁": "凝", "平": "坪",
    "江": "姜",
              "安": "按", "民": "明", "院": "愿", "海": "诲", "第": "弟", "中": "钟", "河": "何",
              "林": "琳"}
LOOK = {"医": "匠", "人": "入", "院": "浣", "民": "氏", "市": "巿", "县": "悬", "医院": "医浣",
    "己": "已",
        "科": "料", "保": "堡", "健": "建", "妇": "归", "幼": "幻", "第": "笫", "大": "太",
        "卫": "卩"}
TRADITIONAL = str.maketrans("医东华国门妇儿区县阳长广龙马总", "醫東華國門婦兒區縣陽長廣龍馬總")
DEPARTMENTS = ("门诊药房", "住院药房", "中心药房", "药剂科", "西药房", "药库", "(药库)", "-药房",
    "（门诊）")
CAMPUSES = ("东院区", "西院区", "南院", "(新院区)", "（北院区）", "老院", "本部", "分院", "门诊部",
    "-新院区")
REMARKS = ("（停用）", "(现款)", "-新", "*", "【医院】", "（新）", "-月结", "(集采)", " 00215",
    "-H0032",
           "[作废]", "(GSP)", "（二级）")
KINDS = re.compile(
    '中西医|中医|妇|儿|口腔|眼|骨|精神|肿瘤|皮肤|传染|结核|老年|康复|分院|卫生院|服务|门诊|职工|铁路')
PERSONS = ("王建国", "李伟", "张秀英", "刘洋诊所", "陈医生", "赵敏个体", "散户", "零售客户",
    "内部职工")


class Hospital(NamedTuple):
    """An institution of the world, most of them hospitals."""

    number: int
    name: str
    province: str
    city: str
    address: str
    level: str
    kind: str
    listed: bool
    known: tuple   # other names in the archive
    unknown: tuple
    twin: bool     # the list has it twice, under two ways to write one name


class Case(NamedTuple):
    """A name with the right answer.

    :ivar answer: number of the hospital, None when it is not in the archive
    :ivar bool knowable: whether there is only one answer
    :ivar dict facts: province, city (of the row, may be empty), distributor and its province, city
    """

    raw: str
    noise: str
    answer: object
    knowable: bool
    money: float
    facts: dict


def compact(text):
    """A text without what no reader minds: width, spaces, brackets; numerals as digits."""
    text = unicodedata.normalize('NFKC', text).lower()
    text = re.sub(r'([一二三四五六七八九])十([一二三四五六七八九])', r'\1\2', text)
    text = re.sub(r'([一二三四五六七八九])十', r'\g<1>0', text)
    text = re.sub(r'十([一二三四五六七八九])', r'1\1', text).replace('第十', '第10')
    for digit, numeral in enumerate(NUMERALS):
        text = text.replace(numeral, str(digit))
    return re.sub(r'[^\w]', '', text.replace('○', '0').replace('零', '0'))


# === THE WORLD === #


def read_rows(path):
    """Rows of a CSV file as dicts."""
    with path.open(encoding='utf-8-sig', newline='') as file:
        return list(csv.DictReader(file))


def read_hospitals():
    """Rows of the shared list when it is there, else invented ones."""
    path = Path(os.environ.get('PHARMA_HOSPITALS') or DATA / 'hospitals/hospitals_national_30k.csv')
    if path.exists():
        return [
            (row['province'], row['city_or_district'], row['name_main'], row['address'],
             row['level'], [name for name in row['bracket_aliases'].split('、') if name])
            for row in read_rows(path) if re.fullmatch(r'[\w·（）()]+', row['name_main'])]
    return list(invent_hospitals())


def invent_hospitals():
    """Hospitals of the real divisions with the names that every place has."""
    chance = random.Random(3)
    divisions = read_rows(REPOSITORY / 'pharma_crm/data/pharma.division.csv')
    names = {row['code']: row['name'] for row in divisions}
    brands = ("同仁", "仁爱", "康宁", "博爱", "和平", "凤凰", "安康", "公安", "协和", "东方",
        "华山", "红旗")
    for code, place in names.items():
        if len(code) < 4:
            continue
        province, city = names[code[:2]], names.get(code[:4], names[code[:2]])
        kinds = ["人民医院", "中医院", "妇幼保健院", "第二人民医院"]
        if len(code) == 4:
            kinds += ["第一人民医院", "第三人民医院", "中心医院", "口腔医院", "精神病医院",
            "肿瘤医院"]
        kinds += [brand + chance.choice(("医院", "骨科医院", "眼科医院"))
                  for brand in chance.sample(brands, 3)]
        for kind in kinds:
            yield province, city, place + kind, province + city, "", []


def read_others():
    """Pharmacies and companies: (name, kind, province, city); some are customers, some are not."""
    found = []
    for file, column, kind, place in (
            ('chain_store_names_weihai_2026', 'store_name_raw', 'pharmacy', ("山东省", "威海市")),
            ('pharmacies_guangzhou_2020', 'store_name', 'pharmacy', ("广东省", "广州市")),
            ('distributors_2014', 'distributor_name', 'distributor', ("", ""))):
        path = DATA / f'channels/{file}.csv'
        if path.exists():
            # a shop that was closed is in the list twice
            found += [(row[column], kind, *place) for row in read_rows(path)
                      if not row[column].startswith('店已撤')]
    return sorted(set(found))


def alias_pairs():
    """Other and former names by the name they belong to: {name: [(kind, other name)]}."""
    path = DATA / 'matching/hospital_alias_pairs.csv'
    found = defaultdict(list)
    if path.exists():
        for row in read_rows(path):
            if row['kind'] in ('alias', 'former_name') and len(row['alias']) > 3:
                found[row['name']].append((row['kind'], row['alias']))
    return found


def make_world(seed=1, held_back=0.08, provinces=0):
    """All hospitals, some of them not in the archive.

    :return: list of Hospital
    """
    chance = random.Random(seed)
    pairs = alias_pairs()
    world, seen = [], set()
    rows = list(read_hospitals())
    if provinces:
        some = set(chance.sample(sorted({row[0] for row in rows}), provinces))
        rows = [row for row in rows if row[0] in some]
    twins = find_twins(rows)
    for province, city, name, address, level, brackets in rows:
        if (province, compact(name)) in seen:
            continue
        seen.add((province, compact(name)))
        aliases = dict.fromkeys([*brackets, *(alias for _kind, alias in pairs.get(name, ()))])
        known = [alias for alias in aliases if chance.random() < 0.6]
        small = re.search(r'卫生院|社区|服务站|卫生所|医务室|诊所|门诊部$', name)
        world.append(Hospital(
            len(world), name, province, city, address, level,
            'primary_care' if small else 'hospital',
            chance.random() >= held_back or (province, name) in twins
            or bool(re.search(r'分院|院区|分部|[东南西北]院$', name)), tuple(known),
            tuple(alias for alias in aliases if alias not in known),
            twins.get((province, name), 0) > 95))
    for name, kind, province, city in read_others():
        if (province, compact(name)) not in seen:
            seen.add((province, compact(name)))
            world.append(Hospital(len(world), name, province, city, '', '', kind,
                                  chance.random() < 0.5, (), (), False))
    return world


def find_twins(rows):
    """Institutions that a list has twice: 顺义区妇幼保健院 and 北京市顺义区妇幼保健院.

    :return: dict (province, name) -> how alike the other is, 86 to 100
    """
    areas, pairs, twins = defaultdict(list), alias_pairs(), Counter()
    same = defaultdict(set)
    for province, city, name, _address, _level, aliases in rows:
        for text in {name, *aliases, *(alias for _kind, alias in pairs.get(name, ()))}:
            areas[province, city].append((plain(text, province, city), name))
            same[province, plain(text, province, '')].add(name)
    for (province, text), names in same.items():
        # one behind the other's place: 新疆伊犁昭苏县人民医院, 昭苏县人民医院
        behind = {name for start in range(1, len(text) - 5)
                  for name in same.get((province, text[start:]), ())}
        if len(names) > 1:
            twins.update({(province, name): 100 for name in names})
        if behind:
            twins.update({(province, name): 90 for name in names | behind
                          if (province, name) not in twins})
    for (province, _city), names in areas.items():
        names.sort()
        texts = [text for text, _name in names]
        digits = [re.findall(r'\d+', text) for text in texts]
        for position, text in enumerate(texts):
            for other in range(position + 1, len(texts)):
                if names[position][1] == names[other][1] or digits[position] != digits[other]:
                    continue
                if KINDS.findall(text) != KINDS.findall(texts[other]):
                    continue
                likeness = fuzz.ratio(text, texts[other], score_cutoff=86)
                if len(text) > 5 and (
                        texts[other].startswith(text) or texts[other].endswith(text)):
                    likeness = max(likeness, 90)
                for key in ((province, names[position][1]), (province, names[other][1])):
                    twins[key] = max(twins[key], likeness)
    return {key: likeness for key, likeness in twins.items() if likeness}


def are_twins(one, other):
    """Whether two institutions of the list are hardly two: one of the names of each is the same
    without places and levels, or begins or ends with the other's, or is as good as it.

    :param Hospital one: with ``other`` of one province
    """
    if one.number == other.number or one.province != other.province:
        return False
    texts, others = ([
        plain(name, hospital.province, hospital.city)
        for name in (hospital.name, *hospital.known, *hospital.unknown)]
        for hospital in (one, other))
    return any(
        mine == its or (re.findall(r'\d+', mine) == re.findall(r'\d+', its)
                        and fuzz.ratio(mine, its) >= 86)
        or (min(len(mine), len(its)) > 5 and (
            mine.startswith(its) or its.startswith(mine)
            or mine.endswith(its) or its.endswith(mine)))
        for mine in texts for its in others)


def plain(name, province, city):
    """A name without province, city and levels, in one of several official wordings."""
    text = name.replace('中医医院', '中医院').replace('呼市', '呼和浩特市')
    text = re.sub(r'附属第(.)医院', r'第\1附属医院', text)
    text = re.sub(r'^(.{2,3})(?:壮族|回族|维吾尔)?自治区', r'\1', text)
    text = text.replace('人民解放军', '解放军').replace('医科大学', '医大')
    text = re.sub(r'妇幼保健医院|妇幼保健所|妇幼保健站', '妇幼保健院', text)
    text = re.sub(r'^((?:.{2,3}族)+自治[州县]|.{2}(?:.{1,3}族)+自治[州县])',
                  lambda match: match[0][:2], text)
    text = compact(re.sub(r'(?<=..)[省市县区州盟旗]|自治', '', text))
    text = text.removeprefix(compact(stem(province)))
    rest = text.removeprefix(compact(stem(city)))
    return rest if len(rest) > 3 else text


# === WHAT CAN BE KNOWN === #


def stem(place):
    """A place without its level."""
    return re.sub(r'(?:省|市|壮族自治区|回族自治区|维吾尔自治区|自治区|地区|区|县)$', '', place)


def shorter_names(hospital):
    """Ways to leave out the region, and the name itself."""
    found = {hospital.name}
    for first in (hospital.province, stem(hospital.province)):
        for second in ('', hospital.city, stem(hospital.city)):
            for prefix in (first + second, second):
                rest = hospital.name.removeprefix(prefix) if prefix else hospital.name
                if len(rest) > 2:
                    found.add(re.sub(r'^[市县区省州](?=.{3})', '', rest))
                    if rest[0] in '市省' and not re.match('.{2,3}[市县区]', rest[1:]):
                        found.add(rest)  # 市第一人民医院
    for place in (hospital.city, hospital.province):
        if len(stem(place)) > 1:
            found.add(hospital.name.replace(place, stem(place), 1))
    return found


def abbreviations(name):
    """Short forms of the institution's words."""
    found = set()
    for pattern, word in (
            (r'第([一二三四五六七八九十]+)人民医院$', r'\1院'),
            (r'市第([一二三四五六七八九十]+)人民医院$', r'市\1院'),
            (r'第([一二三四五六七八九十]+)医院$', r'\1院'), (r'妇幼保健院$', '妇保院'),
            (r'妇幼保健院$', '妇幼'), (r'中医医院$', '中医院'), (r'(?<!西)中医院$', '中医医院'),
            (r'附属第([一二三四五])医院$', r'附\1院'), (r'第([一二三四五])附属医院$', r'\1附院'),
            (r'社区卫生服务中心$', '社区中心'), (r'社区卫生服务站$', '社区站'),
            (r'中国人民解放军', '解放军'), (r'中西医结合医院$', '中西医医院'),
            (r'医科大学', '医大'),
            (r'总医院$', '总院'), (r'精神病医院$', '精神病院'), (r'传染病医院$', '传染病院')):
        if re.search(pattern, name):
            found.add(re.sub(pattern, word, name))
    return found


class Knowledge:
    """Who else in the world could have been written like a text."""

    def __init__(self, world):
        self.world = world
        self.forms = defaultdict(set)
        self.wildcards = defaultdict(set)
        self.named = defaultdict(set)
        self.starts = sorted((compact(hospital.name), hospital.number) for hospital in world)
        for hospital in world:
            self.named[hospital.province, plain(
                hospital.name, hospital.province, hospital.city)].add(hospital.number)
            for form in shorter_names(hospital):
                for text in (form, *abbreviations(form)):
                    self.forms[compact(text)].add(hospital.number)
            for alias in (*hospital.known, *hospital.unknown):
                self.forms[compact(alias)].add(hospital.number)
            # a county's hospital may be written without its county
            for form in shorter_names(hospital):
                rest = re.sub(r'^[^第]{1,4}?[县区旗市](?=.{3})', '', form)
                for text in (rest, *abbreviations(rest)):
                    self.forms[compact(text)].add(hospital.number)
            text = compact(hospital.name)
            for position in range(len(text)):
                self.wildcards[text[:position] + '*' + text[position + 1:]].add(hospital.number)

    def is_others(self, hospital, text):
        """Whether a text is what another institution of the province is called."""
        key = hospital.province, plain(text, hospital.province, hospital.city)
        return bool(self.named[key] - {hospital.number})

    def among(self, numbers, facts):
        """Those that lie where the row says, else in the distributor's province."""
        found = set()
        for number in numbers:
            hospital = self.world[number]
            if facts['city']:
                fits = facts['true_city'] == hospital.city and (
                    facts['true_province'] == hospital.province)
            elif facts['distributor_province']:
                fits = hospital.province == facts['home_province']
            else:
                fits = True
            if fits:
                found.add(number)
        return found

    def only(self, hospital, text, facts):
        """Whether nobody else could have been written so."""
        if hospital.twin:
            return False
        key = compact(text)
        return self.among(self.forms.get(key, ()), facts) == {hospital.number}

    def only_near(self, hospital, text, facts):
        """The same for a text with one wrong character."""
        key = compact(text)
        if key in self.forms:
            return False
        near = set()
        for position in range(len(key)):
            near |= self.wildcards.get(key[:position] + '*' + key[position + 1:], set())
        return near == {hospital.number} and len(key) > 5

    def only_start(self, hospital, text, facts):
        """The same for a text that was cut off."""
        key = compact(text)
        start = bisect.bisect_left(self.starts, (key,))
        found = set()
        for name, number in self.starts[start:start + 50]:
            if name.startswith(key):
                found.add(number)
        return self.among(found, facts) == {hospital.number}
