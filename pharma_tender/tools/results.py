"""Read published tender results: one row per drug, province and winning company.

How to use
    table = [(number, cells), ...]          # number is the row's number in the file
    found = parse_results(table)
    found.rows                              # list[ResultRow], ready to become prices
    found.problems                          # list[Problem]: rows left out, or taken with a remark

How it works
    The header row is the first one in which the words for drug, company, province and price are
    found (``COLUMNS``); rows above it are titles. Every cell is read by one small function that
    can be tested alone: ``split_company``, ``split_pack``, ``split_provinces``, ``split_batch``.
    A row that names several provinces becomes one result per province.

No Odoo imports: testable alone.
"""

import re
import unicodedata
from decimal import Decimal, InvalidOperation
from typing import NamedTuple

PROVINCES = (
    '北京', '天津', '河北', '山西', '内蒙古', '辽宁', '吉林', '黑龙江', '上海', '江苏', '浙江',
    '安徽', '福建', '江西', '山东', '河南', '湖北', '湖南', '广东', '广西', '海南', '重庆', '四川',
    '贵州', '云南', '西藏', '陕西', '甘肃', '青海', '宁夏', '新疆', '台湾', '香港', '澳门',
)
# The first two characters tell the provinces apart.
_PROVINCE_BY_START = {name[:2]: name for name in PROVINCES}

# field -> words of the header, lower case, without white space
COLUMNS = {
    'batch': ('batch', '批次', '采购批次', '集采批次'),
    'province': ('province', 'supply_provinces', '省份', '省区', '地区', '供应省份', '供应地区'),
    'item_no': ('item_no', '序号', '品种序号', '采购品种序号', '编号'),
    'generic_name': ('generic_name', '通用名', '药品通用名', '药品名称', '品种名称', '中选药品'),
    'dosage_form': ('dosage_form', '剂型'),
    'specification': (
        'spec_or_spec_pack', 'specification', 'spec', '规格', '规格包装', '中选规格'),
    'pack': ('pack_qty', 'pack', '包装', '包装数量', '包装规格', '转换比'),
    'unit': ('unit', '单位', '计价单位', '包装单位'),
    'company': ('company', '生产企业', '中选企业', '申报企业', '企业名称', '中选生产企业'),
    'price': (
        'price_per_pack_yuan', 'price_per_pack', 'price', '价格', '中选价', '中选价格',
        '中选价格(元)', '价格(元)', '中选价(元)'),
}
REQUIRED_COLUMNS = ('province', 'generic_name', 'specification', 'company', 'price')
# Rows before the header: more of them means that this is another kind of table.
MAX_TITLE_ROWS = 30

_SMALLEST = '片粒支丸贴枚'
# Containers that may be the smallest unit themselves, when nothing smaller is counted.
_CONTAINERS = '瓶袋盒'
_NUMERALS = {char: value for value, char in enumerate('零一二三四五六七八九')}
_TIMES = str.maketrans({'×': '*', '╳': '*', 'x': '*', 'X': '*', '✕': '*', '＊': '*'})
_CONTENT = re.compile(r'[\d.]+(?:mg|ml|μg|ug|kg|g|毫升|毫克|万单位|iu|l|%)', re.IGNORECASE)
# In a note at the end of a company's name stands another company, or what it does.
_NOTE = re.compile(r'生产|包装|公司|药厂|研究院|[A-Za-z]{3}')
_BRACKETS = {'）': '（', ')': '('}


class Company(NamedTuple):
    name: str  #: the company that holds the approval and made the bid
    note: str  #: who makes or packs the drug for it, as printed; '' without such a note


class Pack(NamedTuple):
    strength: str  #: content of one unit, such as 10mg or 5ml:50mg
    units: Decimal  #: smallest units in one sales pack; 0 when it cannot be told
    unit: str  #: word of the smallest unit: 片, 粒, 支, 瓶, …; '' when unknown


class ResultRow(NamedTuple):
    number: int  #: row number in the file
    batch: str
    province: str  #: one of PROVINCES
    item_no: str
    generic_name: str
    dosage_form: str
    specification: str  #: strength and pack in one text, as printed
    unit: str  #: what the price is for: 盒, 瓶, 袋
    company: Company
    price: Decimal  #: yuan per sales pack
    pack: Pack

    @property
    def bid_key(self):
        """What makes two rows the same bid, in whatever province."""
        return (self.batch, self.item_no, compact(self.generic_name),
                compact(self.specification), compact(self.company.name))

    @property
    def key(self):
        """Identity of the result; a later file with the same key corrects it."""
        return (*self.bid_key, self.province)


class Problem(NamedTuple):
    number: int  #: row number in the file; 0 when the whole table is meant
    code: str  #: one of PROBLEMS
    value: str  #: the cell or the column in question
    skipped: bool  #: False: the row was taken all the same


class Results(NamedTuple):
    rows: list
    problems: list
    row_count: int  #: data rows that were looked at


PROBLEMS = (
    'no_header', 'missing', 'unknown_province', 'bad_price', 'double', 'contradiction',
    'form_is_province', 'unknown_units',
)


def compact(text):
    """Form in which equal printed texts are equal: NFKC, lower case, one sign for 'times'.

    :param str text: any text
    :return: the text without white space
    :rtype: str
    """
    text = unicodedata.normalize('NFKC', text or '').translate(_TIMES).casefold()
    return re.sub(r'\s+', '', text)


def split_batch(label):
    """Separate a batch's name from the bracket behind it (document number or month).

    :param str label: such as 第二批(GY-YD2019-2)
    :return: name and note, the note possibly ''
    :rtype: tuple[str, str]
    """
    text = (label or '').strip()
    name, note = _cut_last_bracket(text)
    return (name, note) if name else (text, '')


def batch_number(label):
    """The number in a batch's name, for sorting: 第一批联盟地区扩围 is 1, 第十一批 is 11.

    :param str label: name of the batch
    :return: the number, 0 when the name has none
    :rtype: int
    """
    match = re.search(r'第([零一二三四五六七八九十\d]+)[批轮]', label or '')
    if not match:
        return 0
    word = match[1]
    if re.fullmatch(r'[0-9]+', word):
        return int(word)
    tens, ten, ones = word.rpartition('十')
    if ten:
        return (_NUMERALS.get(tens, 0) if tens else 1) * 10 + _NUMERALS.get(ones, 0)
    return _NUMERALS.get(word, 0)


def split_company(text):
    """Separate the bidding company from the notes behind it.

    Brackets inside of the name stay (远大医药（中国）有限公司), and so do those at its end that
    name no other company (重庆科瑞（集团）).

    :param str text: the cell
    :return: the company
    :rtype: Company
    """
    name = (text or '').strip()
    notes = []
    while True:
        rest, note = _cut_last_bracket(name)
        if not rest or not _NOTE.search(note):
            return Company(name, '；'.join(reversed(notes)))
        name = rest
        notes.append(note)


def short_company(name):
    """A company's name without its legal form, to tell equal products apart.

    :param str name: such as 齐鲁制药（海南）有限公司
    :return: such as 齐鲁制药（海南）
    :rtype: str
    """
    short = re.sub(r'(?:股份|有限|责任)*公司$', '', (name or '').strip())
    return short or name or ''


def _cut_last_bracket(text):
    """Cut the bracket at the end, nested ones with it: (before, inside), or ('', '') without one.

    Opening and closing signs may be of different width, as printed tables mix them.
    """
    if not text or text[-1] not in _BRACKETS:
        return '', ''
    depth = 0
    for position in range(len(text) - 1, -1, -1):
        if text[position] in _BRACKETS:
            depth += 1
        elif text[position] in _BRACKETS.values():
            depth -= 1
            if not depth:
                return text[:position].strip(), text[position + 1:-1].strip()
    return '', ''


def split_provinces(text):
    """Provinces of a cell in which they are listed by commas or 、, notes in brackets dropped.

    :param str text: such as 浙江、山东，新疆（含兵团）
    :return: names out of PROVINCES in their order, and the words that are none
    :rtype: tuple[list[str], list[str]]
    """
    # A bracket may be cut off at the end of the cell: 新疆（含兵团
    bare = re.sub(r'[（(][^）)]*(?:[）)]|$)', '', text or '')
    known, unknown = [], []
    for word in re.split(r'[、，,;；\s/]+', bare):
        if not word:
            continue
        province = province_of(word)
        if not province:
            unknown.append(word)
        elif province not in known:
            known.append(province)
    return known, unknown


def province_of(name):
    """Short name of a province from any of its names (广西, 广西壮族自治区, 上海市).

    :param str name: a name
    :return: one of PROVINCES, or '' when it is no province
    :rtype: str
    """
    name = (name or '').strip()
    province = _PROVINCE_BY_START.get(name[:2], '')
    rest = name[len(province):]
    if not province or not name.startswith(province):
        return ''
    return province if re.fullmatch(
        r'|省|市|(?:壮族|回族|维吾尔)?自治区|特别行政区|(?:生产建设)?兵团', rest) else ''


def split_pack(specification, pack=''):
    """Tell what one unit holds and how many smallest units a sales pack has.

    Published lists either join both (10mg*14片) or print the pack in a column of its own
    (10片/板×3板/盒, 每板12片，每盒1板).

    :param str specification: content of a unit, possibly with the pack behind the last *
    :param str pack: the pack's column, '' when there is none
    :return: the pack; units 0 when the texts do not tell
    :rtype: Pack
    """
    specification = unicodedata.normalize('NFKC', specification or '').strip().translate(_TIMES)
    if not pack:
        strength, times, count = specification.rpartition('*')
        match = re.fullmatch(r'([\d.]+)\s*(\D{1,2}?)(?:/\D)?', count.strip())
        if times and match:
            return Pack(strength.strip(), _decimal(match[1]), match[2])
        match = re.fullmatch(r'(.+)/(\D)', specification)
        if match and match[2] in _SMALLEST + _CONTAINERS:
            return Pack(match[1].strip(), Decimal(1), match[2])
        return Pack(specification, Decimal(0), '')
    units, unit = _count_units(pack)
    return Pack(specification, units, unit)


def _count_units(pack):
    """Smallest units of a pack's description: (count, word); (0, '') when it does not tell."""
    text = unicodedata.normalize('NFKC', pack).translate(_TIMES)
    text = re.sub(r'\(.*?\)', '', _CONTENT.sub('', re.sub(r'\s+', '', text)))
    unit = next((char for char in text if char in _SMALLEST), '') or next(
        (char for char in text if char in _CONTAINERS), '')
    if not unit:
        return Decimal(0), ''
    # 30片/盒, 每盒24支: the whole pack is named, the rest of the text explains it
    whole = re.search(rf'(?:^|[,、;*])([\d.]+){unit}/(?:盒|$)', text) or re.fullmatch(
        rf'每盒([\d.]+){unit}', text)
    if whole and not re.match(r'[^,、;]*\*[^,、;]*$', text):
        return _decimal(whole[1]), unit
    count = Decimal(1)
    for number in re.findall(r'[\d.]*\d', text):
        count *= _decimal(number)
    return (count, unit) if re.search(r'\d', text) else (Decimal(0), '')


def _decimal(text):
    try:
        return Decimal(text)
    except InvalidOperation:
        return Decimal(0)


def parse_price(text):
    """A price in yuan out of a cell.

    :param str text: such as 1,234.50, ¥3.60 or 3.6元
    :return: the price, or None when the cell holds no positive number
    :rtype: decimal.Decimal or None
    """
    text = unicodedata.normalize('NFKC', str(text or '')).strip().strip('¥元').replace(',', '')
    if not re.fullmatch(r'\d{1,9}(?:\.\d{1,12})?', text, re.ASCII):
        return None
    price = Decimal(text)
    return price if price else None


def find_columns(table):
    """Find the header row and the columns that are known.

    :param list table: (row number, cells) in order
    :return: position of the header in the table and {field: column}; (None, {}) without a header
    :rtype: tuple[int or None, dict[str, int]]
    """
    for position, (_number, cells) in enumerate(table[:MAX_TITLE_ROWS]):
        columns = {}
        for column, cell in enumerate(cells):
            word = compact(cell)
            for field, words in COLUMNS.items():
                if word in words:
                    columns.setdefault(field, column)
        if all(field in columns for field in REQUIRED_COLUMNS):
            return position, columns
    return None, {}


def parse_results(table, batch=''):
    """Read a table of results.

    :param list table: (row number in the file, sequence of cell texts), in order
    :param str batch: batch of rows that name none
    :return: results by province and the problems, in the order of the rows
    :rtype: Results
    """
    header, columns = find_columns(table)
    if header is None:
        return Results([], [Problem(0, 'no_header', ', '.join(REQUIRED_COLUMNS), True)], 0)
    rows, problems, seen, row_count = [], [], {}, 0
    for number, cells in table[header + 1:]:
        values = {
            field: str(cells[column]).strip() if column < len(cells) else ''
            for field, column in columns.items()}
        if not any(values.values()):
            continue
        row_count += 1
        for row in _parse_row(number, values, batch, problems):
            if row.key not in seen:
                seen[row.key] = row.price
                rows.append(row)
            else:
                code = 'double' if seen[row.key] == row.price else 'contradiction'
                problems.append(Problem(number, code, f"{row.generic_name} {row.province}", True))
    return Results(rows, problems, row_count)


def _parse_row(number, values, batch, problems):
    """Results of one row, one per province; appends to the problems."""
    values = {field: values.get(field, '') for field in COLUMNS}
    values['batch'] = split_batch(values['batch'] or batch)[0]
    for field in ('batch', *REQUIRED_COLUMNS):
        if not values[field]:
            problems.append(Problem(number, 'missing', field, True))
            return []
    price = parse_price(values['price'])
    if price is None:
        problems.append(Problem(number, 'bad_price', values['price'], True))
        return []
    provinces, unknown = split_provinces(values['province'])
    problems += [Problem(number, 'unknown_province', word, True) for word in unknown]
    form = values['dosage_form']
    if province_of(form):
        # Columns of the printed table were mixed up: the drug and the price are right
        problems.append(Problem(number, 'form_is_province', form, False))
        form = ''
    pack = split_pack(values['specification'], values['pack'])
    if not pack.units:
        problems.append(Problem(
            number, 'unknown_units', f"{values['specification']} {values['pack']}".strip(), False))
    specification = '*'.join(filter(None, (values['specification'], values['pack'])))
    company = split_company(values['company'])
    return [
        ResultRow(
            number, values['batch'], province, values['item_no'], values['generic_name'], form,
            specification, values['unit'], company, price, pack)
        for province in provinces
    ]
