"""Read lists of hospitals as health commissions, distributors and colleagues send them.

How to use
    table = find_table(rows)             # rows: tuples of str, as ``sheets.read_workbook`` gives
    for row in read_rows(table, division_index):
        row.values, row.other_names, row.problems

How it works
    The header is the row with the most known words, below any title; columns stand in any order.
    Names are cleaned, names in brackets are cut off as former or other names when they are names
    of institutions, notes such as a campus stay. Level, grade and kind are parsed from their many
    spellings, places become official codes. A row is refused only for what makes it useless: no
    name, or a place that contradicts itself; all else that is unclear is left empty and told.

No Odoo imports: testable alone.
"""

import re
import unicodedata
from dataclasses import dataclass, field

from . import list_table
from .list_table import Problem, column_words, is_footer, is_no_data, table_rows, whole_text
from .names import normalise

NAME_LENGTH = 100
# What a column may hold: the words by which lists call it, in one form of letters, without spaces.
COLUMNS = {
    'name': (
        '医院名称', '医院', '名称', '机构名称', '医疗机构名称', '医疗机构', '单位名称',
        '终端名称', '客户名称', '医院全称', '机构全称', '标准名称', '定点医疗机构名称',
        '药店名称', '发热门诊医院', '医院名', '全称', 'name', 'hospital', 'hospitalname'),
    'ref': (
        '编码', '编号', '代码', '医院编码', '医院代码', '医院编号', '机构编码', '机构代码',
        '终端编码', '终端代码', '客户编码', '客户代码', '客户编号', '主数据编码', '内部编码',
        'code', 'ref', 'hospitalcode'),
    'province': (
        '省', '省份', '所在省', '所属省份', '省级', '省区', '省自治区直辖市', 'province'),
    'city': (
        '市', '城市', '地市', '地级市', '所在市', '所属城市', '市州', '地区市', '市地', 'city'),
    'county': (
        '区', '县', '区县', '县区', '县市区', '区县市', '市县', '所在区县', '行政区', '县级市',
        'county', 'district'),
    'region': (
        '地区', '所在地', '所在地区', '行政区划', '省市', '省市区', '省市县', '所属地区', '区域',
        'region'),
    'division_code': ('行政区划代码', '区划代码', '行政区划编码', '区县代码', 'divisioncode'),
    'level': (
        '级别', '等级', '医院级别', '医院等级', '机构级别', '机构等级', '医疗机构级别',
        '医疗机构等级', '级别等级', '级别等次', '医院级别等次', '医院等级级别', 'level'),
    'grade': ('等次', '医院等次', '级别等次等次', 'grade'),
    'street': (
        '地址', '详细地址', '医院地址', '机构地址', '单位地址', '通讯地址', '注册地址', '街道',
        'address', 'street'),
    'phone': (
        '电话', '联系电话', '医院电话', '电话号码', '总机', '固定电话', 'phone', 'tel',
        'telephone'),
    'zip': ('邮编', '邮政编码', 'zip', 'postcode'),
    'kind': (
        '类型', '类别', '医院类型', '医院类别', '机构类型', '机构类别', '终端类型', '客户类型',
        '医疗机构类别', 'type'),
    'territory': (
        '辖区', '辖区编码', '辖区代码', '辖区名称', '负责辖区', '所属辖区', 'territory',
        'territorycode'),
    'line': ('产品线', '负责产品线', 'productline'),
    'former': ('曾用名', '原名', '原名称', '旧名称', 'formername', 'formernames'),
    'alias': (
        '别名', '又名', '其他名称', '其它名称', '第二名称', '简称', '第二冠名', 'alias',
        'aliases', 'othernames'),
}
_WORDS = column_words(COLUMNS)
_LEVELS = {'一': '1', '二': '2', '三': '3', '1': '1', '2': '2', '3': '3',
           'i': '1', 'ii': '2', 'iii': '3'}
_GRADES = {'特': 'special', '甲': 'a', '乙': 'b', '丙': 'c', 'a': 'a', 'b': 'b', 'c': 'c'}
_LEVEL = re.compile(r'(iii|ii|i|[一二三123])[级極极/、\-]?')
_GRADE = re.compile(r'([特甲乙丙])|(?<![a-z])([abc])(?![a-z])')
_UNRATED = re.compile(r'未定|未评|无级|未分|^无$|^无级别$|待定')
_INSTITUTION_END = re.compile(
    r'(医院|病院|医科院|保健院|保健所|卫生院|卫生所|卫生室|防治院|防治所|防治站|疗养院|诊所|门诊部|总院|血站'
    r'|卫生服务中心|卫生服务站|服务中心|医疗中心|卫生中心|病中心|保健中心|诊疗中心|急救中心|医学中心|研究所|药店|药房)$')
_FORMER_MARK = re.compile(r'^(?:原名称|原名|原为|原称|原|曾用名|旧称|旧名|前身)(?:为|是)?[:：]?\s*')
_OTHER_MARK = re.compile(
    r'^(?:又名|又称|亦称|亦名|也称|也叫|简称|别名|别称|暨|即|又|第二名称|第二冠名|同时挂牌|加挂|挂牌)(?:为|是)?[:：]?\s*')
_TAIL_MARK = re.compile(r'[\s,，;；]+((?:原名|原称|曾用名|又名|又称|别名)[:：]?|原[:：])\s*(.+)$')
_BRACKETS = re.compile(r'[(（\[【〔]([^()（）\[\]【】〔〕]*)[)）\]】〕]')
_SPLIT = re.compile(r'[、;；/|〓,，]+')
# A name that consists of these alone fits many institutions.
_GENERAL = re.compile(
    r'(?:第?\d{1,2}(?=人民|中|医|附属|临床|妇|精神|康复|门诊|分|院|卫)'
    r'|人民|中医|中西医结合|维吾尔医|哈萨克医|蒙医|藏医|民族|妇幼|妇女|儿童|妇产|保健|计划生育|精神|卫生|传染|结核|职业|肿瘤'
    r'|口腔|眼科|骨科|骨伤|康复|老年|综合|附属|中心|社区|服务|医院|病院|医疗|防治|疾病|专科|职工|定点|救治|红十字会?|门诊|诊所|街道'
    r'|[省市县区镇乡州地郊城矿中总分院所站部病科室的本])*')
_HOSPITAL_END = re.compile(r'(医院|病院|保健院|总院)$')
_PRIMARY = re.compile(r'卫生院|社区卫生|卫生服务|卫生室|卫生所|医务室|医务所|诊所|门诊部|护理站')
_PHARMACY = re.compile(r'(大?药房|药店|药品超市)')
_KINDS = (
    ('pharmacy', re.compile(r'药店|药房|pharmacy')),
    ('primary_care', re.compile(r'基层|卫生院|社区|诊所|门诊部|卫生室|卫生所|primary')),
    ('hospital', re.compile(r'医院|保健院|医疗机构|hospital')),
)


@dataclass
class HospitalRow:
    """One row of a list, understood.

    ``values`` holds only what the row says, among: name, ref, pharma_type, hospital_level,
    hospital_grade, street, phone, zip, territory, line (text) and province, city, county (official
    codes).
    """

    number: int                  # as spreadsheets count, from 1
    sheet: str = ''
    values: dict = field(default_factory=dict)
    other_names: list = field(default_factory=list)
    problems: list = field(default_factory=list)
    skipped: bool = False        # a total, a signature, a repeated header

    @property
    def fatal(self):
        """Whether the row cannot be imported."""
        return any(problem.fatal for problem in self.problems)


# === TABLE === #

def find_table(rows):
    """Find the header among the first rows of a sheet.

    :param rows: tuples of str
    :return: the table, or None when no row names a column of hospitals
    :rtype: Table | None
    """
    return list_table.find_table(rows, _WORDS, {'name'})


def read_rows(table, divisions, sheet=''):
    """Understand all rows below the header; empty rows are left out.

    :param Table table: from ``find_table``
    :param DivisionIndex divisions: the official divisions
    :param str sheet: name of the sheet, for messages
    :rtype: Iterator[HospitalRow]
    """
    for number, cells, raw in table_rows(table):
        row = HospitalRow(number, sheet)
        if _is_no_data(cells, raw, table):
            row.skipped = True
            row.values['name'] = whole_text(cells)[:NAME_LENGTH]
        else:
            read_row(row, raw, divisions)
        yield row


def _is_no_data(cells, raw, table):
    if is_footer(cells) and not _INSTITUTION_END.search(raw.get('name', '')):
        return True
    return is_no_data(cells, table, _WORDS)


# === ROW === #

def read_row(row, raw, divisions):
    """Fill a row from its cells.

    :param HospitalRow row: gets values, other names and problems
    :param dict raw: column of ``COLUMNS`` -> text
    :param DivisionIndex divisions: the official divisions
    """
    name, names = split_name(raw.get('name', ''))
    for column in ('former', 'alias'):
        names += [clean_name(part) for part in _SPLIT.split(raw.get(column, ''))]
    if not normalise(name):
        row.problems.append(Problem('name_missing', fatal=True))
    elif len(name) > NAME_LENGTH:
        row.problems.append(Problem('name_too_long', name[:NAME_LENGTH], fatal=True))
        name = name[:NAME_LENGTH]
    row.values['name'] = name
    row.other_names = _distinct_names(name, names)
    for column in ('ref', 'street', 'phone', 'zip', 'territory', 'line'):
        if raw.get(column):
            row.values[column] = raw[column]
    row.values['pharma_type'] = parse_kind(raw.get('kind', ''), name)
    _read_level(row, raw)
    _read_place(row, raw, divisions)


def _distinct_names(name, names):
    seen = {normalise(name)}
    result = []
    for other in names:
        key = normalise(other)
        if key and key not in seen:
            seen.add(key)
            result.append(other)
    return result


def _read_level(row, raw):
    level, grade = parse_level(raw.get('level', ''))
    if raw.get('grade'):
        grade = parse_grade(raw['grade']) or grade
    if raw.get('level') and not level:
        row.problems.append(Problem('level_unknown', raw['level']))
    if level:
        row.values['hospital_level'] = level
    if grade:
        row.values['hospital_grade'] = grade


def _read_place(row, raw, divisions):
    province, city, county = (raw.get(column, '') for column in ('province', 'city', 'county'))
    if not (province or city) and raw.get('region'):
        parts = divisions.split(raw['region'])
        province, city, county = parts if parts[0] else ('', raw['region'], county)
    if not (province or city or raw.get('division_code')):
        province, city, _county = divisions.split(raw.get('street', ''))
        county = county or _county
    place = divisions.resolve(province, city, county, raw.get('division_code', ''))
    if place.province:
        row.values['province'] = place.province
    if place.city:
        row.values['city'] = place.city
    if place.county:
        row.values['county'] = place.county
    for reason, text in place.problems:
        if reason == 'province_unknown' and not text:
            continue  # no place at all: the plan refuses the row unless its code is known
        row.problems.append(Problem(reason, text, fatal=reason in (
            'province_unknown', 'city_elsewhere')))


def clean_name(text):
    """A name as it is stored: one kind of brackets, no stray white space or punctuation.

    :param str text: as the file has it
    :rtype: str
    """
    name = unicodedata.normalize('NFKC', text or '')
    name = re.sub(r'(?<=[^\x00-\x7f])\s+|\s+(?=[^\x00-\x7f])', '', name)
    name = re.sub(r'\s+', ' ', name).strip(" \t:;,.。、，：；'\"*")
    if re.search(r'[\u3400-\u9fff]', name):
        name = name.replace('(', '（').replace(')', '）')
    return name


def split_name(text):
    """Cut other names off a name: ``X（原Y）``, ``X（又名Y）``, ``X（Y医院）``, ``X〓Y``.

    Brackets that hold a note (a campus, a town, 集团 amid the name) stay in the name.

    :param str text: as the file has it
    :return: (name, other names)
    :rtype: tuple[str, list[str]]
    """
    text, *others = re.split(r'〓+', text)
    match = _TAIL_MARK.search(text)
    if match:
        others.append(match.group(2))
        text = text[:match.start()]
    kept = text
    for match in _BRACKETS.finditer(text):
        found = _names_in_brackets(match.group(1))
        if found and not (match.end() < len(text) and _is_amid(text, match)):
            others += found
            kept = kept.replace(match.group(0), '', 1)
    name = clean_name(kept)
    if not name:
        return clean_name(text), []
    return name, [other for other in map(clean_name, others) if other]


def _is_amid(text, match):
    """Whether brackets stand inside of a name: 西山煤电（集团）有限责任公司职工总医院."""
    rest = _BRACKETS.sub('', text[match.end():])
    return bool(rest.strip()) and not _INSTITUTION_END.search(text[:match.start()].strip())


def _names_in_brackets(content):
    """The names in a pair of brackets, [] when it is a note."""
    content = content.strip()
    former = _FORMER_MARK.match(content)
    other = _OTHER_MARK.match(content)
    if former or other:
        content = content[(former or other).end():]
    parts = [part.strip() for part in _SPLIT.split(content) if part.strip()]
    if not parts:
        return []
    if former and all(len(normalise(part)) > 2 for part in parts):
        return parts
    return parts if all(_INSTITUTION_END.search(part) for part in parts) else []


def is_general(name):
    """Whether a name fits many institutions: 第二人民医院, 市妇幼保健院.

    :rtype: bool
    """
    return bool(_GENERAL.fullmatch(normalise(name)))


def parse_level(text):
    """Level and grade from one text: 三级甲等, 三甲, 二级乙等专科, 二/乙, 未定级, III级甲等, 3A.

    :return: (level '1', '2', '3', '0' or '', grade 'special', 'a', 'b', 'c', '0' or '')
    :rtype: tuple[str, str]
    """
    text = re.sub(r'\s+', '', unicodedata.normalize('NFKC', text or '').casefold())
    text = text.replace('級', '级')
    text = re.split(r'[(（]', text)[0] or text
    match = _LEVEL.search(text)
    if not match:
        return ('0', '') if _UNRATED.search(text) else ('', '')
    rest = text[match.end():]
    return _LEVELS[match.group(1)], parse_grade(rest)


def parse_grade(text):
    """Grade from a text: 甲等, 乙, 未定等.

    :return: 'special', 'a', 'b', 'c', '0' or ''
    :rtype: str
    """
    text = unicodedata.normalize('NFKC', text or '').casefold()
    match = _GRADE.search(text)
    if match:
        return _GRADES[match.group(1) or match.group(2)]
    return '0' if _UNRATED.search(text) else ''


def parse_kind(text, name):
    """The kind of customer (``pharma_type``) by the list's word for it, else by the name.

    :rtype: str
    """
    text = unicodedata.normalize('NFKC', text or '').casefold()
    for kind, pattern in _KINDS:
        if text and pattern.search(text):
            return kind
    if not _HOSPITAL_END.search(name):
        if _PRIMARY.search(name):
            return 'primary_care'
        if _PHARMACY.search(name):
            return 'pharmacy'
    return 'hospital'
