"""Names as they stand in files nobody has seen: a second set of rules, apart from the first.

The first set (``matching_noise``) is what the engine was built beside; this one was written to find
out what it does with habits that it was not built for: scans, swapped words, numbers in other
scripts, dropped levels, glued departments, named campuses, remarks with names and telephones,
companies behind hospitals, army numbers, branches of chains; and names of institutions that do not
exist or are in no archive, one step beside one that is: another number, kind, level or city.
``make_cases`` is used as that of ``matching_noise``.
"""

import random
import re

from matching_names import NUMERALS, Case, Knowledge, abbreviations, compact, plain, stem
from matching_noise import choose, make_distributors, make_facts

SHARES = {
    'scan': 6, 'swapped': 3, 'number_style': 8, 'level_dropped': 7, 'own_level': 6, 'nested': 6,
    'district_inserted': 4, 'department': 6, 'campus': 6, 'remark': 8, 'company': 4, 'army': 2,
    'community': 4, 'shop': 5, 'trade': 4, 'former_level': 3, 'cut_left': 2, 'wide': 4,
    'alias_short': 4, 'two_habits': 5, 'other_number': 7, 'other_kind': 6, 'other_level': 4,
    'other_city': 6, 'place_typo': 3,
}
SCAN = {
    '未': '末', '末': '未', '日': '曰', '土': '士', '市': '巾', '部': '郡', '院': '阮', '医': '区',
    '人': '八', '民': '艮', '东': '车', '西': '酉', '南': '甫', '北': '比', '江': '汀', '中': '申',
    '康': '唐', '阳': '阴', '州': '川', '合': '台', '和': '利', '宁': '宇', '平': '干', '安': '宴',
    '仁': '仕', '第': '弟', '县': '具', '心': '必', '总': '息', '眼': '服', '骨': '胃', '肿': '胂',
    '口': '囗', '腔': '胫', '大': '犬', '太': '大', '林': '材', '河': '何', '山': '屮', '兴': '头',
}
DIGITS = ('1１①⑴Ⅰ壹一', '2２②⑵Ⅱ贰二', '3３③⑶Ⅲ叁三', '4４④⑷Ⅳ肆四', '5５⑤⑸Ⅴ伍五',
          '6６⑥⑹Ⅵ陆六', '7７⑦⑺Ⅶ柒七', '8８⑧⑻Ⅷ捌八', '9９⑨⑼Ⅸ玖九')
DEPARTMENTS = (
    '急诊药房', '肿瘤科', '静脉用药调配中心', '药学部', '国际医疗部', '医保办', '心内科',
    '（药剂科）', '-门诊', ' 住院药房', '中药房', '消化内科', '药品采购中心', '(西药库)',
    '体检科', '发热门诊',
)
CAMPUSES = (
    '城北院区', '(河西院区)', '江东分院', '第二门诊部', '（滨江院区）', '新区院区', '城东分院',
    '-东区', '(总院)', '高新院区', '社区门诊部', '经开区分院',
)
REMARKS = (
    '(市直)', '（县直）', '(张三)', '（13800000000）', '(不含税)', '[民营]', '（2023年启用）',
    '(原料)', '（专用）', '(请勿发货)', ' 电话0512', '（省管）', '<三甲>', '--已迁', '(甲)',
    '（乙类）', '(1)', '（二）', '#3', '(王主任)', '（医保）', '·本级',
)
COMPANIES = ('有限公司', '有限责任公司', '（有限合伙）', '管理有限公司', '集团')
WIDE = str.maketrans(
    '0123456789()abcdefghijklmnopqrstuvwxyz',
    '０１２３４５６７８９（）ａｂｃｄｅｆｇｈｉｊｋｌｍｎｏｐｑｒｓｔｕｖｗｘｙｚ')
OLD = str.maketrans('医疗卫妇产儿县区东门华国会广龙马阳张杨刘陈万乐寿发',
                    '醫療衛婦產兒縣區東門華國會廣龍馬陽張楊劉陳萬樂壽發')
KIND_SWAPS = (
    ('中医医院', '中西医结合医院'), ('中医院', '人民医院'), ('人民医院', '中医院'),
    ('妇幼保健院', '妇产医院'), ('口腔医院', '眼科医院'), ('眼科医院', '口腔医院'),
    ('骨科医院', '骨伤医院'), ('精神病医院', '传染病医院'), ('肿瘤医院', '胸科医院'),
    ('中心医院', '儿童医院'), ('卫生院', '卫生服务中心'), ('社区卫生服务中心', '社区卫生服务站'),
    ('人民医院', '妇幼保健院'), ('中西医结合医院', '中医院'), ('医院', '门诊部'),
    ('医院', '大药房'), ('康复医院', '老年病医院'), ('妇产医院', '妇科医院'),
    ('儿童医院', '儿童康复中心'),
)
_COUNTY = re.compile(r'([^\W\d_省市]{1,7}?(?:自治县|[县区旗市]))')


def county_of(hospital):
    """The county in a hospital's address or name, '' when neither says one."""
    for text in (hospital.address, hospital.name):
        for place in (hospital.province, hospital.city, stem(hospital.province)):
            text = text.removeprefix(place)
        found = _COUNTY.match(text)
        if found and not found[1].endswith(('开发区', '新区', '小区', '社区', '园区', '校区')):
            return found[1]
    return ''


class Habits:
    """Each method takes a hospital and its facts and gives (text, whether it can be known) or None;
    those named ``other_…`` give a name that is not the hospital's, or None.

    :param Knowledge knowledge: who else could be meant
    :param random.Random chance: where the dice come from
    """

    def __init__(self, knowledge, chance):
        self.knowledge = knowledge
        self.chance = chance

    def _only(self, hospital, text, facts, base=None):
        key = compact(text)
        forms = self.knowledge.forms.get(key, set())
        if forms - {hospital.number}:
            return False
        return self.knowledge.only(hospital, base or hospital.name, facts)

    # === THE SAME INSTITUTION === #

    def scan(self, hospital, facts):
        name = hospital.name
        places = [position for position, char in enumerate(name) if char in SCAN]
        if not places or len(name) < 6:
            return None
        for position in self.chance.sample(places, min(len(places), self.chance.choice((1, 1, 2)))):
            name = name[:position] + SCAN[name[position]] + name[position + 1:]
        return name, False

    def swapped(self, hospital, facts):
        name = hospital.name
        text = re.sub(r'第(.)人民医院$', r'人民第\1医院', name)
        if text == name:
            position = self.chance.randrange(len(name) - 1)
            text = name[:position] + name[position + 1] + name[position] + name[position + 2:]
        return (text, False) if text != name else None

    def number_style(self, hospital, facts):
        found = re.search(r'第?([一二三四五六七八九])(?![一二三四五六七八九十])', hospital.name)
        if not found or '十' in hospital.name:
            return None
        digit = self.chance.choice(DIGITS[NUMERALS.index(found[1]) - 1])
        text = hospital.name[:found.start()] + self.chance.choice(
            ('第' + digit, digit, f'第{digit}')) + hospital.name[found.end():]
        return text, '第' in text and self._only(hospital, text, facts)

    def level_dropped(self, hospital, facts):
        text = re.sub(r'(?<=[^\W\d_]{2})[市县区](?=.{3})', '', hospital.name, count=1)
        if text == hospital.name:
            return None
        return text, self._only(hospital, text, facts, text)

    def own_level(self, hospital, facts):
        found = re.match(r'^.{2,4}?([市县区])(?=第|人民|中医|妇幼|中心|口腔)(.+)$', hospital.name)
        if not found:
            return None
        short = sorted(abbreviations(found[2])) or [found[2]]
        text = found[1] + self.chance.choice((*short, found[2]))
        return text, bool(facts['city']) and self._only(hospital, text, facts, text)

    def nested(self, hospital, facts):
        county = county_of(hospital)
        if not county or hospital.name.startswith(stem(hospital.province)):
            return None
        city = '' if hospital.name.startswith(stem(hospital.city)) else stem(hospital.city)
        text = stem(hospital.province) + city + hospital.name
        return text, self._only(hospital, text, facts)

    def district_inserted(self, hospital, facts):
        county = county_of(hospital)
        if not county or not hospital.name.startswith(hospital.city) or county in hospital.name:
            return None
        text = hospital.city + county + hospital.name.removeprefix(hospital.city)
        return None if self.knowledge.is_others(hospital, text) else (text, False)

    def department(self, hospital, facts):
        if not hospital.name.endswith(('医院', '保健院')):
            return None
        text = hospital.name + self.chance.choice(DEPARTMENTS)
        return text, self._only(hospital, text, facts)

    def campus(self, hospital, facts):
        if not hospital.name.endswith(('医院', '保健院')):
            return None
        return hospital.name + self.chance.choice(CAMPUSES), False

    def remark(self, hospital, facts):
        text = hospital.name + self.chance.choice(REMARKS)
        return text, self._only(hospital, text, facts)

    def company(self, hospital, facts):
        if hospital.kind == 'distributor' or not hospital.name.endswith('医院'):
            return None
        return hospital.name + self.chance.choice(COMPANIES), False

    def army(self, hospital, facts):
        found = re.search(r'解放军第?([一二三四五六七八九〇○零十百\d]{2,4})', hospital.name)
        if not found:
            return None
        text = self.chance.choice((
            '解放军第{}医院', '{}医院', '解放军{}医院', '联勤保障部队第{}医院', '第{}医院',
            '中国人民解放军{}中心医院')).format(self.chance.choice((found[1], compact(found[1]))))
        return text, False

    def community(self, hospital, facts):
        if '社区' not in hospital.name:
            return None
        text = self.chance.choice((
            hospital.name.replace('社区卫生服务', '卫生服务'), hospital.name.replace('街道', ''),
            hospital.name.replace('社区卫生服务中心', '社区医院'),
            hospital.name.replace('社区卫生服务中心', '社区中心'),
            hospital.name.replace('社区卫生服务中心', '卫生院')))
        return (text, False) if text != hospital.name else None

    def shop(self, hospital, facts):
        if hospital.kind != 'pharmacy':
            return None
        text = self.chance.choice((
            re.sub(r'[（(].*?[）)]', '', hospital.name), hospital.name.replace('有限公司', ''),
            hospital.name.replace('大药房', '药房'), hospital.name + '（零售）',
            hospital.name.replace('连锁', '')))
        return (text, False) if len(text) > 3 and text != hospital.name else None

    def trade(self, hospital, facts):
        if hospital.kind != 'distributor':
            return None
        text = self.chance.choice((
            re.sub(r'^.{2,3}省', '', hospital.name), hospital.name.replace('公司', '有限公司'),
            hospital.name.replace('公司', '有限责任公司'), re.sub(r'市', '', hospital.name),
            hospital.name.replace('医药', '药业'), hospital.name.replace('股份', '')))
        return (text, False) if text != hospital.name else None

    def former_level(self, hospital, facts):
        text = re.sub(r'^(.{2,3})[市区](?=.{3})', r'\1县', hospital.name)
        if text == hospital.name:
            return None
        return text, False

    def cut_left(self, hospital, facts):
        if len(hospital.name) < 9:
            return None
        text = hospital.name[self.chance.choice((1, 2, 3)):]
        return text, False

    def wide(self, hospital, facts):
        text = hospital.name.translate(OLD).translate(WIDE)
        text = text[:2] + self.chance.choice(('', '　', ' ')) + text[2:]
        if text == hospital.name:
            return None
        return text, self._only(hospital, hospital.name, facts)

    def alias_short(self, hospital, facts):
        names = [short for alias in hospital.known + hospital.unknown
                 for short in (alias, *abbreviations(alias), alias.removeprefix(hospital.city))
                 if len(short) > 3]
        if not names:
            return None
        text = self.chance.choice(sorted(names))
        if self.knowledge.is_others(hospital, text):
            return None
        return text, False

    def two_habits(self, hospital, facts):
        one = getattr(self, self.chance.choice(('level_dropped', 'number_style', 'wide', 'nested')))
        made = one(hospital, facts)
        if made is None:
            return None
        return made[0] + self.chance.choice((*DEPARTMENTS, *REMARKS)), False

    def place_typo(self, hospital, facts):
        place = re.match(r'^.{2,4}?[市县区]', hospital.name)
        if not place:
            return None
        position = self.chance.randrange(len(place[0]) - 1)
        wrong = self.chance.choice('山阳江州安平东南西北河海宁泉林城丰乐')
        text = hospital.name[:position] + wrong + hospital.name[position + 1:]
        return (text, False) if not self._exists(text, facts) else None

    # === ANOTHER INSTITUTION === #

    def _exists(self, text, facts):
        return bool(self.knowledge.forms.get(compact(text)))

    def _is_known(self, other, text):
        """Whether the city of another institution has one of this name after all."""
        key = plain(text, other.province, other.city)
        if self.knowledge.named[other.province, key]:
            return True
        return any(
            plain(alias, mine.province, mine.city) == key for mine in self.knowledge.world
            if mine.city == other.city for alias in mine.known + mine.unknown)

    def _other(self, text, hospital, facts):
        if text is None or text == hospital.name or self._exists(text, facts):
            return None
        if self.chance.random() < 0.4:
            short = sorted(abbreviations(text))
            text = self.chance.choice(short) if short else text
        return (text, False) if not self._exists(text, facts) else None

    def other_number(self, hospital, facts):
        found = re.search(r'第([一二三四五六七八九])', hospital.name)
        if not found:
            return None
        digit = self.chance.choice([d for d in NUMERALS[1:] if d != found[1]])
        return self._other(
            hospital.name[:found.start(1)] + digit + hospital.name[found.end(1):], hospital, facts)

    def other_kind(self, hospital, facts):
        swaps = [(one, two) for one, two in KIND_SWAPS if hospital.name.endswith(one)]
        if not swaps:
            return None
        one, two = self.chance.choice(swaps)
        return self._other(hospital.name.removesuffix(one) + two, hospital, facts)

    def other_level(self, hospital, facts):
        swap = {'市': '县', '县': '市'}
        found = re.match(r'^(.{2,3}?)([市县])(.{3,})$', hospital.name)
        if not found or found[1] + swap[found[2]] in hospital.address:
            return None
        if found[2] == '县' or hospital.city == found[1] + '市':
            # a county that became a city is meant as well, a city that was a county is not
            return self._other(found[1] + swap[found[2]] + found[3], hospital, facts)
        return None

    def other_city(self, hospital, facts):
        place = next((place for place in (hospital.city, stem(hospital.city))
                      if place and hospital.name.startswith(place)), None)
        other = self.chance.choice(self.knowledge.world)
        if not place or not other.city or stem(other.city) == stem(hospital.city):
            return None
        text = other.city + hospital.name.removeprefix(place)
        if self._is_known(other, text):
            return None
        made = self._other(text, hospital, facts)
        if made:
            facts.update(
                true_province=other.province, true_city=other.city, home_province=other.province)
            for key in ('province', 'city'):
                facts[key] = facts[key] and getattr(other, key)
        return made


def make_cases(world, count, seed=2, mode='files', shares=None):
    """Distinct names of distributors' files.

    :return: list of Case
    """
    chance = random.Random(seed + 1000)
    habits = Habits(Knowledge(world), chance)
    shares = shares or SHARES
    areas, kinds = {}, {}
    for hospital in world:
        areas.setdefault(hospital.province, []).append(hospital.number)
        areas.setdefault((hospital.province, hospital.city), []).append(hospital.number)
        kinds.setdefault(hospital.kind, []).append(hospital.number)
    army = [hospital.number for hospital in world if '解放军' in hospital.name]
    pools = {'shop': kinds.get('pharmacy'), 'trade': kinds.get('distributor'), 'army': army,
             'community': [hospital.number for hospital in world if '社区' in hospital.name]}
    distributors = make_distributors(world, max(1, count // 80), chance)
    cases = {}
    tries = 0
    while len(cases) < count and tries < count * 20:
        tries += 1
        name = chance.choices(list(shares), list(shares.values()))[0]
        distributor = chance.choice(distributors)
        pool = pools.get(name)
        hospital = world[chance.choice(pool)] if pool else choose(
            world, areas, distributor, chance)
        facts = make_facts(hospital, distributor, mode)
        made = getattr(habits, name)(hospital, facts)
        if made is None:
            continue
        raw, knowable = made
        is_own = not name.startswith('other_') and hospital.listed
        facts['true_name'] = raw if name.startswith('other_') else hospital.name
        facts['true_county'] = '' if name.startswith('other_') else county_of(hospital)
        cases.setdefault((distributor['number'], raw), Case(
            raw, name if is_own or name.startswith('other_') else 'outside',
            hospital.number if is_own else None, knowable and is_own,
            chance.lognormvariate(9, 1.6), facts))
    return list(cases.values())
