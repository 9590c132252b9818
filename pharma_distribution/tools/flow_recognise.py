"""Whose file it is and which days it reports, by its name, its titles and its rows.

How to use
    recogniser = Recogniser([Distributor(7, "杭州望澜医药有限公司", ("望澜",), "D007")], places)
    hints = read_hints(sheets)                     # titles, branches and days; or Hints()
    whose = recogniser.find(name, hints)           # Whose(7, 'name', (7,)), or None and candidates
    days = find_days(name, hints, today)           # Days(first, last, reason)

How it works: dates, words that every file name has (流向, 月报, 最终版 …) and signs cut a name into
pieces. A distributor is recognised when a piece, or pieces side by side, *are* one of its names:
in full, without legal form, without the place in front, without the word of its trade, or another
name that it is known by. A piece that only contains such a name is another company's as easily
(国药控股宁波 is not 国药控股), so it becomes a candidate. What two distributors could be called,
what name and title say differently, and a place that is not the distributor's are asked.

No Odoo imports: testable alone.
"""

import datetime
import re
import unicodedata
from typing import NamedTuple

from odoo.addons.pharma_crm.tools.names import fold

from .flow_layout import find_layout
from .flow_reader import find_month, find_period
from .flow_values import plain, read_day

# Rows by which the days of a file are judged, and texts above the header.
ROWS = 3000
TITLES = 40
# Share of the rows that must lie in the period that a name or title says.
INSIDE = 0.8
# Months that rows may cover for their own word to be taken.
MAX_MONTHS = 6
CANDIDATES = 5

_LEGAL = re.compile('股份有限责任公司|有限责任公司|股份有限公司|有限公司|控股有限公司|总公司|分公司'
                    '|子公司|公司|集团|股份')
# Words of a trade, which a short name leaves out; longest first.
_TRADES = ('医药有限', '医药贸易', '医药商贸', '医药物流', '医药供应链', '医药连锁', '药品销售',
           '医药销售', '医药配送', '医疗器械', '大药房', '药业', '医药', '商贸', '贸易', '物流',
           '配送', '供应链', '连锁', '药品', '商业', '健康', '科技')
# Words that stand in the names of files whoever sends them.
_NOISE = re.compile(
    '销售流向|产品流向|流向数据|流向|进销存|购销存|销售|采购|购进|进货|库存|盘点|出库|入库|发货|纯销|配送单'
    '|明细|数据|报表|月报|周报|日报|季报|年报|报告|汇总|清单|查询|统计|导出|结果|上报|上传|提交|发送|反馈'
    '|最终|终版|终稿|定稿|更新|修改|修正|修订|正式|新版|最新|补充|补报|副本|复制|备份|新建|工作表|未命名'
    '|商业|经销商|公司名称|单位名称|公司|客户|终端|产品|药品|医院|全部|所有|截止|截至|期间|日期|月份|年度'
    '|xlsx|xls|csv|txt|report|sales|stock|flow|data|copy|sheet|final|new|(?<![a-z])v\\d+|表')
_PLACE_END = '(?:特别行政区|自治区|自治州|地区|省|市|县|区|盟)'
_SIGNS = re.compile(r'[^\w]+|_+')
_CODE = re.compile(r'[A-Za-z0-9]+(?:-[A-Za-z0-9]+)*')
_NUMERALS = '一二三四五六七八九十'
_DATES = re.compile(
    r'(?:19|20)\d\d\s*[年./\-]\s*\d{1,2}(?:\s*[月./\-]\s*\d{1,2}\s*日?|\s*月)?'
    r'|(?<!\d)(?:19|20)?\d\d\s*年(?:\s*度)?|(?<!\d)(?:19|20)\d{6}(?!\d)|(?<!\d)(?:19|20)\d{4}(?!\d)'
    r'|(?<!\d)\d{1,2}(?:\s*[-~至到]\s*\d{1,2})?\s*月(?:\s*份)?(?:\s*\d{1,2}\s*日)?|(?<!\d)\d{1,2}\s*日'
    r'|[一二三四五六七八九十]{1,3}月(?:份)?|第?[一二三四1-4]\s*季度?|(?:20\d\d)?Q[1-4]|[上下]半年|全年'
    r'|二[〇零○]\w{2}年', re.IGNORECASE)


class Distributor(NamedTuple):
    id: int
    name: str
    others: tuple = ()  # other, short and former names
    code: str = ''
    places: tuple = ()  # where it is: 浙江, 杭州


class Hints(NamedTuple):
    """What stands in a file beside its rows."""

    titles: tuple = ()
    sources: tuple = ()  # branches that its rows name, where they are few
    days: tuple = ()  # of its rows


NO_HINTS = Hints()


class Whose(NamedTuple):
    id: object  # of the distributor, or None where it is asked
    reason: str  # see REASONS
    candidates: tuple  # ids, the likeliest first


class Days(NamedTuple):
    first: object  # datetime.date or None
    last: object
    reason: str  # see DAY_REASONS


#: why a distributor was chosen, or was not
REASONS = ('name', 'title', 'code', 'source', 'several', 'differs', 'elsewhere', 'similar', 'none')
#: why a period was chosen, or was not: 'month' is one whose year nobody wrote
DAY_REASONS = ('name', 'title', 'month', 'rows', 'differs', 'outside', 'none')


def read_hints(sheets):
    """What a file's sheets say about who sent it and when.

    :param list sheets: of pharma_crm.tools.sheets.Sheet
    :rtype: Hints
    """
    titles, sources, days = [], set(), []
    for sheet in sheets:
        titles.append(sheet.name)
        layout, _likest = find_layout(sheet)
        header = layout.header if layout else min(10, len(sheet.rows))
        titles += [text for row in sheet.rows[:max(header, 0)] for text in row if text]
        if layout is None:
            continue
        column, source = layout.columns.get('date'), layout.columns.get('source')
        for row, kinds in zip(sheet.rows[layout.header + 1:][:ROWS],
                              sheet.kinds[layout.header + 1:][:ROWS], strict=True):
            if column is not None and row[column]:
                found = read_day(row[column], kinds[column], layout.style)
                if found:
                    days.append(found[0])
            if source is not None and row[source]:
                sources.add(row[source])
    return Hints(tuple(titles[:TITLES]), tuple(sources) if len(sources) <= 3 else (), tuple(days))


# === WHOSE === #

class Recogniser:
    """Knows the names of the distributors.

    :param distributors: of Distributor
    :param places: names of provinces and cities without 省 and 市
    """

    def __init__(self, distributors, places=()):
        self._places = frozenset(places)
        place = '|'.join(sorted(map(re.escape, self._places), key=len, reverse=True)) or '(?!)'
        self._place_end = re.compile(f'({place}){_PLACE_END}')
        self._place_start = re.compile(f'^(?:{place})+')
        self.distributors = tuple(distributors)
        self._by_id = {distributor.id: distributor for distributor in distributors}
        self._keys, self._codes = {}, {}
        for distributor in distributors:
            for name in (distributor.name, *distributor.others):
                for key in self._variants(name):
                    self._keys.setdefault(key, set()).add(distributor.id)
            code = distributor.code.casefold()
            if len(code) >= 3 and not re.fullmatch(r'(?:19|20)\d{4}(?:\d\d)?', code):
                self._codes.setdefault(code, set()).add(distributor.id)

    def find(self, name, hints=NO_HINTS):
        """Whose file it is.

        :param str name: of the file
        :param Hints hints: what stands in it
        :rtype: Whose
        """
        name = re.sub(r'\.\w{1,5}$', '', name)
        by_code = self._find_code(name)
        by_name, pieces = self._find_pieces([name])
        by_title, title_pieces = self._find_pieces(hints.titles)
        by_source, _pieces = self._find_pieces(hints.sources)
        said = [(reason, found) for reason, found in (
            ('code', by_code), ('name', by_name), ('title', by_title), ('source', by_source))
            if found]
        if not said:
            near = self._similar([*pieces, *title_pieces])
            return Whose(None, 'similar' if near else 'none', near)
        common = set.intersection(*(set(found) for _reason, found in said))
        every = tuple(dict.fromkeys(id_ for _reason, found in said for id_ in sorted(found)))
        if not common:
            return Whose(None, 'differs', every[:CANDIDATES])
        if len(common) > 1:
            return Whose(None, 'several', tuple(sorted(common))[:CANDIDATES])
        chosen = common.pop()
        if self._is_elsewhere(chosen, pieces):
            return Whose(None, 'elsewhere', (chosen,))
        reason = next(reason for reason, found in said if len(found) == 1) if any(
            len(found) == 1 for _reason, found in said) else said[0][0]
        return Whose(chosen, reason, (chosen,))

    def _canon(self, text):
        """A name without legal forms and the ends of place names."""
        text = _LEGAL.sub('', unicodedata.normalize('NFKC', text))
        return self._place_end.sub(r'\1', re.sub(r'[\s()\[\]【】]', '', text))

    def _variants(self, name):
        """The keys under which a name may be written."""
        bare = self._canon(name)
        forms = {bare, _NOISE.sub('', bare)}
        forms |= {form.replace('国药控股', '国控') for form in forms}
        forms |= {self._place_start.sub('', form) for form in forms}
        open_forms = list(forms)
        while open_forms:
            form = open_forms.pop()
            shorter = {form[:-len(word)] for word in _TRADES if form.endswith(word)} - forms
            forms |= shorter
            open_forms += shorter
        # 南京医药 is nothing but a place and a trade, and a name all the same where it is all of it
        whole = {bare} if len(bare) >= 4 else set()
        return {fold(form) for form in forms if form in whole or self._is_name(form)}

    def _is_name(self, form):
        """Whether what is left of a name still names somebody: no place, no trade."""
        rest = self._place_start.sub('', form)
        return len(form) >= 2 and bool(rest) and rest not in _TRADES

    def _cut(self, text):
        """The pieces of a text that may be names."""
        text = unicodedata.normalize('NFKC', text[:200])
        text = _NOISE.sub('|', _DATES.sub('|', _LEGAL.sub('', text)))
        text = re.sub(r'(?<![A-Za-z\u4e00-\u9fff])\d+', '|', text)
        return [piece for piece in (
            self._place_end.sub(r'\1', part) for part in _SIGNS.split(text)) if len(piece) >= 2]

    def _find_pieces(self, texts):
        """The distributors whose names stand in texts by themselves.

        :return: tuple (ids, all pieces)
        """
        found, every = set(), []
        for text in texts:
            pieces = self._cut(text)
            every += pieces
            taken = [False] * len(pieces)
            for width in (3, 2, 1):
                for start in range(len(pieces) - width + 1):
                    part = range(start, start + width)
                    ids = self._keys.get(fold(''.join(pieces[index] for index in part)))
                    if ids is None and width == 2:
                        ids = self._keys.get(fold(pieces[start + 1] + pieces[start]))
                    if ids and not any(taken[index] for index in part):
                        found |= ids
                        for index in part:
                            taken[index] = True
        return found, every

    def _find_code(self, name):
        found = set()
        for token in _CODE.findall(name):
            found |= self._codes.get(token.casefold(), set())
        return found

    def _is_elsewhere(self, chosen, pieces):
        """Whether the name says a place that is not the distributor's."""
        own = self._by_id[chosen]
        text = ''.join((own.name, *own.others, *own.places))
        return any(piece in self._places and piece not in text for piece in pieces)

    def _similar(self, pieces):
        """Distributors of whose names a piece holds a part."""
        scores = {}
        for piece in map(fold, pieces):
            for key, ids in self._keys.items():
                if len(key) >= 2 and (key in piece or (len(piece) >= 2 and piece in key)):
                    for id_ in ids:
                        scores[id_] = max(scores.get(id_, 0), min(len(key), len(piece)))
        return tuple(sorted(scores, key=lambda id_: (-scores[id_], id_))[:CANDIDATES])


# === DAYS === #

def _month(year, month, last_month=None):
    """Whole months as a period, or None."""
    last_month = last_month or month
    if not (2000 <= year <= 2099 and 1 <= month <= last_month <= 12):
        return None
    after = datetime.date(year + last_month // 12, last_month % 12 + 1, 1)
    return datetime.date(year, month, 1), after - datetime.timedelta(days=1)


def _year(text):
    return int(text) if len(text) == 4 else 2000 + int(text)


def _numeral(text):
    """1 to 12, in figures or in words."""
    if text.isdigit():
        return int(text)
    if text.startswith('十'):
        return 10 + (_NUMERALS.index(text[1]) + 1 if len(text) > 1 else 0)
    return _NUMERALS.index(text[0]) + 1


_YEAR = r'(?<!\d)((?:20)?\d\d)\s*(?:年|[-./])?\s*(?:度)?\s*'
_FULL_DAYS = re.compile(
    r'(?<!\d)(20\d\d)(\d\d)(\d\d)\s*[-~至到_—]+\s*(?:(20\d\d))?(\d\d)(\d\d)(?!\d)')
_DOT_DAYS = re.compile(
    r'(?<!\d)(20\d\d)[./\-年](\d{1,2})[./\-月](\d{1,2})日?\s*[-~至到—]+\s*(\d{1,2})[./月\-](\d{1,2})日?(?!\d)')
_MONTHS = re.compile(
    r'(?<!\d)(20\d\d)\s*[年./-]?\s*(\d{1,2})\s*月?\s*[-~至到—]+\s*(?:(20\d\d)\s*[年./-]?\s*)?(\d{1,2})\s*'
    r'(?:月|(?!\d))')
_QUARTER = re.compile(_YEAR + r'(?:第?\s*([一二三四1-4])\s*季|Q([1-4]))', re.IGNORECASE)
_HALF = re.compile(_YEAR + r'([上下])半年')
_WHOLE = re.compile(r'(?<!\d)(20\d\d)\s*(?:年度|全年|年(?!\s*\d|\s*[一二三四五六七八九十第上下]))')
_SHORT_MONTH = re.compile(r'(?<!\d)(\d\d)\s*年\s*(\d{1,2}|[一二三四五六七八九十]{1,2})\s*月')
_WORD_MONTH = re.compile(r'(20\d\d)\s*年\s*([一二三四五六七八九十]{1,2})\s*月')
_BARE_MONTHS = re.compile(r'(?<![\d年])(\d{1,2})\s*月?\s*[-~至到]\s*(\d{1,2})\s*月')
_BARE_MONTH = re.compile(r'(?<!\d)(1[0-2]|0?[1-9])\s*月|([一二三四五六七八九]|十[一二]?)月')
_ONE_DAY = re.compile(r'(?<!\d)20\d\d(?:[-./年]\d{1,2}[-./月]\d{1,2}|\d{4})(?!\d)')


def name_days(text, today):
    """The whole days that a name of a file says.

    :param str text: the name
    :param date today: to which a month without a year belongs
    :return: tuple (first day, last day, whether the year is written), or None
    """
    text = plain(text)
    exact = find_period([text])
    if exact[0]:
        return (*exact, True)
    for pattern, make in _WRITTEN:
        match = pattern.search(text)
        period = match and make(*match.groups())
        if period:
            return (*period, True)
    if _ONE_DAY.search(text):
        return None  # the day on which it was made, as likely as not
    found = find_month([text])
    if found[0]:
        return (*found, True)
    return _bare_month(text, today)


def _bare_month(text, today):
    """Months without a year: the last ones that have begun."""
    match = _BARE_MONTHS.search(text)
    if match:
        first, last = int(match[1]), int(match[2])
    else:
        match = _BARE_MONTH.search(text)
        if not match:
            return None
        first = last = int(match[1]) if match[1] else _numeral(match[2])
    period = _month(today.year - (last > today.month), first, last)
    return (*period, False) if period else None


def _full_days(year, month, day, last_year, last_month, last_day):
    try:
        first = datetime.date(int(year), int(month), int(day))
        last = datetime.date(int(last_year or year), int(last_month), int(last_day))
    except ValueError:
        return None
    return (first, last) if first <= last else None


def _months(year, month, last_year, last_month):
    first = _month(int(year), int(month))
    last = _month(int(last_year or year), int(last_month))
    return (first[0], last[1]) if first and last and first[0] <= last[0] else None


def _quarter(year, word, figure):
    number = int(figure) if figure else _numeral(word)
    return _month(_year(year), number * 3 - 2, number * 3)


#: how periods are written, in the order in which they are tried
_WRITTEN = (
    (_FULL_DAYS, _full_days),
    (_DOT_DAYS, lambda year, month, day, last_month, last_day: _full_days(
        year, month, day, None, last_month, last_day)),
    (_QUARTER, _quarter),
    (_HALF, lambda year, half: _month(_year(year), 1, 6) if half == '上' else _month(
        _year(year), 7, 12)),
    (_MONTHS, _months),
    (_WORD_MONTH, lambda year, month: _month(int(year), _numeral(month))),
    (_SHORT_MONTH, lambda year, month: _month(_year(year), _numeral(month))),
    (_WHOLE, lambda year: _month(int(year), 1, 12)),
)


def find_days(name, hints, today):
    """Which days a file reports.

    :param str name: of the file
    :param Hints hints: what stands in it
    :param date today: to which a month without a year belongs
    :rtype: Days
    """
    name = re.sub(r'\.\w{1,5}$', '', name)
    by_name = name_days(name, today)
    exact = find_period(hints.titles)
    by_title = exact if exact[0] else find_month(hints.titles[:10])
    rows = _row_months(hints.days)
    if by_name and not by_name[2] and rows and not _holds(by_name, hints.days):
        # the month is written, the year is not: the rows know it
        by_name = next(((*period, False) for period in (
            _shift(by_name, -1), _shift(by_name, 1)) if _holds(period, hints.days)), by_name)
    said = [period for period in (by_title if by_title[0] else None, by_name) if period]
    if not said:
        return Days(*rows, 'rows') if rows else Days(None, None, 'none')
    if len(said) == 2 and not (said[0][0] >= said[1][0] and said[0][1] <= said[1][1]) and not (
            said[1][0] >= said[0][0] and said[1][1] <= said[0][1]):
        return Days(None, None, 'differs')
    first, last = (said[0] if exact[0] else said[-1])[:2]
    if hints.days and not _holds((first, last), hints.days):
        return Days(None, None, 'outside')
    if by_name and (first, last) == by_name[:2]:
        return Days(first, last, 'name' if by_name[2] else 'month')
    return Days(first, last, 'title')


def _shift(period, years):
    first, last = period[:2]
    return _month(first.year + years, first.month, last.month) or (first, last)


def _holds(period, days):
    return sum(period[0] <= day <= period[1] for day in days) >= INSIDE * len(days)


def _row_months(days):
    """The whole months in which the rows lie, where these are few."""
    if not days:
        return None
    first, last = min(days), max(days)
    if (last.year - first.year) * 12 + last.month - first.month >= MAX_MONTHS:
        return None
    return _month(first.year, first.month)[0], _month(last.year, last.month)[1]
