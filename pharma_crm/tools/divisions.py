"""Find the official division (GB/T 2260 code) that a text means: 东城 → 110101, 双流县 → 510116.

How to use
    index = DivisionIndex([('11', "北京市"), ('1101', "北京市"), ('110101', "东城区"), …])
    place = index.resolve(province="北京", city="", county="东城")
    place.county                                   # '110101'

How it works
    Each division is known by its full name and by its short forms (without 省/市/县/区, without the
    peoples of autonomous divisions). A text is looked up inside the division above it, first in
    full, then in short, then under former names, at last without its own suffix when that means a
    promotion (a county became a district or a city). What several divisions of one scope answer to
    is not resolved: it is reported.

No Odoo imports: testable alone.
"""

import re
import unicodedata
from collections import defaultdict
from typing import NamedTuple

_SUFFIX = re.compile(
    r'(特别行政区|自治区|自治州|自治县|自治旗|地区|林区|特区|新区|省|市|盟|州|区|县|旗)$')
_PEOPLES = (
    '蒙古|藏|回|苗|彝|维吾尔|壮|布依|朝鲜|满|侗|瑶|白|土家|哈尼|哈萨克|傣|黎|傈僳|佤|畲|高山|拉祜|水|东乡|纳西'
    '|景颇|柯尔克孜|土|达斡尔|仫佬|羌|布朗|撒拉|毛南|仡佬|锡伯|阿昌|普米|塔吉克|怒|乌孜别克|俄罗斯|鄂温克'
    '|德昂|保安|裕固|京|塔塔尔|独龙|鄂伦春|赫哲|门巴|珞巴|基诺|各')
_PEOPLE = re.compile(
    rf'(?:(?:{_PEOPLES})族)+$|(?:蒙古|维吾尔|哈萨克|柯尔克孜|锡伯|塔吉克)$')
# Kind of division after its suffix; a promotion goes up in this order, never down.
_RANK = {
    '县': 1, '旗': 1, '自治县': 1, '自治旗': 1, '地区': 1, '盟': 1,
    '市': 2, '特区': 2,
    '区': 3, '新区': 3, '林区': 3,
}
# Unofficial short forms that no rule gives.
_NICKNAMES = {
    '1501': ('呼市',), '220721': ('前郭县', '前郭'), '533325': ('兰坪县',), '530428': ('元江县',),
    '150722': ('莫旗',), '230624': ('杜蒙', '杜蒙县'), '211324': ('喀左县', '喀左'),
}
# Today's code: the names of what it was or took in, where the name says nothing about it.
_FORMER = {
    # cities
    '4206': ('襄樊市',), '5308': ('思茅市', '思茅地区'), '3701': ('莱芜市',),
    # counties and districts
    '110101': ('崇文区',), '110102': ('宣武区',), '120116': ('塘沽区', '汉沽区', '大港区'),
    '310101': ('卢湾区',), '310106': ('闸北区',), '310115': ('南汇区',),
    '130502': ('桥东区',), '130503': ('桥西区', '邢台县'), '130602': ('新市区',),
    '130606': ('北市区', '南市区'), '140213': ('城区',), '140214': ('南郊区', '矿区'),
    '140215': ('大同县',), '140403': ('城区', '郊区'), '140404': ('长治县',),
    '210112': ('东陵区',), '210113': ('新城子区',), '220602': ('八道江区',),
    '230104': ('太平区',), '230110': ('动力区',),
    '320104': ('白下区',), '320106': ('下关区',), '320116': ('大厂区',),
    '320213': ('崇安区', '南长区', '北塘区'), '320508': ('沧浪区', '平江区', '金阊区'),
    '320812': ('清河区', '清浦区'), '321003': ('维扬区',),
    '330102': ('江干区',), '330105': ('下城区',), '330212': ('江东区',), '330603': ('绍兴县',),
    '340181': ('居巢区',), '340503': ('金家庄区',), '340706': ('铜陵县',),
    '350404': ('梅列区',), '360404': ('九江县',), '361104': ('上饶县',),
    '370116': ('莱城区',), '370614': ('长岛县',), '371403': ('陵县',),
    '410202': ('金明区',), '410212': ('开封县',), '410308': ('吉利区',), '411003': ('许昌县',),
    '411203': ('陕县',), '420607': ('襄阳区',), '430212': ('株洲县',),
    '440112': ('萝岗区',), '440904': ('茂港区',), '450181': ('横县',),
    '500110': ('万盛区',), '500111': ('双桥区',), '500154': ('开县',),
    '510117': ('郫县',), '510705': ('安县',), '511504': ('宜宾县',), '511703': ('达县',),
    '520111': ('小河区',), '520281': ('盘县',), '520304': ('遵义县',), '520502': ('毕节市',),
    '520602': ('铜仁市',), '530802': ('翠云区',), '533103': ('潞西市',), '533401': ('中甸县',),
    '540202': ('日喀则市',), '540302': ('昌都县',), '540402': ('林芝县',), '540602': ('那曲县',),
    '610118': ('户县',), '610503': ('华县',), '650109': ('米泉市', '东山区'),
    '650402': ('吐鲁番市',), '650502': ('哈密市',),
}
# What lists write into the county's column for institutions of the city itself.
_CITY_ITSELF = re.compile(
    r'^(市直|市直属|市直医院|市本级|市级|市区|市辖区|城区|主城区|中心城区|直属|市属)$')
# Names of groups of counties that the code list needs, not places that people write.
_NO_PLACE = re.compile(r'直辖县级行政区划|^市辖区$|^县$')


class Place(NamedTuple):
    """Codes of a place, '' where unknown, and what could not be told: (reason, text) pairs.

    Reasons: ``province_unknown``, ``city_unknown``, ``county_unknown``, ``city_elsewhere`` (it lies
    in another province), ``county_elsewhere`` (it lies in another city today: left empty, for the
    list or the map may be the old one).
    """

    province: str
    city: str
    county: str
    problems: tuple


def clean(text):
    """A place's name without white space and in one form of letters."""
    return re.sub(r'[\s/\-—_,，、.。;；:：]+', '', unicodedata.normalize('NFKC', text or ''))


def short_names(name):
    """The short forms of a division's full name, without the name itself.

    :param str name: for example 黔南布依族苗族自治州
    :return: forms of at least two characters, for example {'黔南', '黔南州', '黔南布依族苗族'}
    :rtype: set[str]
    """
    match = _SUFFIX.search(name)
    if not match:
        return set()
    suffix = match.group(1)
    stem = name[:match.start()]
    base = _PEOPLE.sub('', stem)
    forms = {stem, base}
    if base:
        forms |= {base + suffix, base + suffix[-1]}
    return {form for form in forms if len(form) > 1} - {name}


class DivisionIndex:
    """The divisions of a country, by name inside what is above them.

    :param divisions: (code, name) pairs; codes of 2 digits are provinces, 4 cities, 6 counties
    """

    def __init__(self, divisions):
        self.names = {}
        # scope ('' = all, '11' = province, '1101' = city) -> length of code -> name -> {codes}
        self._full = defaultdict(lambda: defaultdict(lambda: defaultdict(set)))
        self._short = defaultdict(lambda: defaultdict(lambda: defaultdict(set)))
        self._former = defaultdict(lambda: defaultdict(lambda: defaultdict(set)))
        for code, name in divisions:
            self.names[code] = name
            if not _NO_PLACE.search(name):
                self._add(code, name)

    def _add(self, code, name):
        shorts = short_names(name) | set(_NICKNAMES.get(code, ()))
        for scope in {'', code[:2], code[:4]} - {code}:
            self._full[scope][len(code)][name].add(code)
            for short in shorts:
                self._short[scope][len(code)][short].add(code)
            for former in _FORMER.get(code, ()):
                self._former[scope][len(code)][former].add(code)

    def forms(self):
        """Every text that names a division: full, short and former names, without promotions.

        :return: iterator of (text, code)
        """
        for index in (self._full, self._short, self._former):
            for names in index[''].values():
                for text, codes in names.items():
                    for code in codes:
                        yield text, code

    def find(self, text, digits, scope='', exact=False):
        """The one division of a level that a text means inside a scope.

        :param str text: a name as people write it
        :param int digits: 2 for a province, 4 for a city, 6 for a county
        :param str scope: code of the division above, '' for the whole country
        :param bool exact: only full names
        :return: its code, '' when none or several answer to the text
        :rtype: str
        """
        text = clean(text)
        if not text:
            return ''
        indexes = (self._full,) if exact else (self._full, self._short, self._former)
        for index in indexes:
            codes = index[scope][digits].get(text, ())
            if codes:
                return next(iter(codes)) if len(codes) == 1 else ''
        return '' if exact else self._find_promoted(text, digits, scope)

    def _find_promoted(self, text, digits, scope):
        match = _SUFFIX.search(text)
        if not match or len(text) - len(match.group(1)) < 2:
            return ''
        stem = _PEOPLE.sub('', text[:match.start()]) or text[:match.start()]
        rank = _RANK.get(match.group(1), 0)
        codes = [
            code for code in self._short[scope][digits].get(stem, ())
            if self._rank(code) >= rank]
        return codes[0] if len(codes) == 1 else ''

    def _rank(self, code):
        match = _SUFFIX.search(self.names[code])
        return _RANK.get(match.group(1), 0) if match else 0

    def resolve(self, province='', city='', county='', code=''):
        """Find the codes of a place from the texts of a row.

        :param str province: name or short form, may be empty when the city tells it
        :param str city: also a county that is directly below its province
        :param str county: county, district or county-level city
        :param str code: official code of 2 to 12 digits; when known it needs no names
        :rtype: Place
        """
        digits = re.sub(r'\D', '', code or '')
        for length in (6, 4, 2):
            found = digits[:length].ljust(length, '0')
            if len(digits) >= length and found in self.names and not digits[length:].strip('0'):
                return Place(found[:2], found[:4] if length > 2 else '',
                             found if length == 6 else '', ())
        return self._resolve_names(clean(province), clean(city), clean(county))

    def _resolve_names(self, province, city, county):
        problems = []
        province_code = self.find(province, 2)
        if province and not province_code:
            return Place('', '', '', (('province_unknown', province),))
        if not province_code:
            province_code = (self.find(city, 4) or self.find(county, 6, exact=True))[:2]
            if not province_code:
                return Place('', '', '', (('province_unknown', city or county),))
        city_code = self._resolve_city(city, province_code, problems)
        if len(city_code) == 6:
            county_code, city_code = city_code, city_code[:4]
        else:
            county_code = self._resolve_county(county, province_code, city_code, problems)
        return Place(province_code, county_code[:4] or city_code, county_code, tuple(problems))

    def _resolve_city(self, city, province_code, problems):
        """Code of the city; of a county when one of the province stands in the city's column."""
        if not city:
            return ''
        only_city = province_code + '01'
        if self.names.get(only_city) == self.names[province_code] and (
                self.find(city, 2) == province_code):
            return only_city  # a municipality, whose city bears the same name
        found = self.find(city, 4, province_code) or self.find(city, 6, province_code)
        if not found:
            elsewhere = self.find(city, 4, exact=True)
            problems.append(('city_elsewhere' if elsewhere else 'city_unknown', city))
        return found

    def _resolve_county(self, county, province_code, city_code, problems):
        city = self.names.get(city_code, '')
        scope = city_code or province_code
        found = county and self.find(county, 6, scope)
        if not found and city and county.startswith(city):
            county = county[len(city):]
            found = self.find(county, 6, scope)
        if not county or county == '区':
            return ''
        if not found and self.names[province_code] == city:
            # Municipalities keep districts and counties under two codes of cities.
            found = self.find(county, 6, province_code)
        if not found and not _CITY_ITSELF.search(county) and (
                not city_code or self.find(county, 4, province_code) != city_code):
            elsewhere = self.find(county, 6, province_code, exact=True)
            if elsewhere[2:4] == '90':
                return elsewhere
            problems.append(('county_elsewhere' if elsewhere else 'county_unknown', county))
        return found

    def split(self, text):
        """Cut a region or an address that begins with its province into the names of its parts.

        :param str text: for example 福建省泉州市晋江市梅岭街道 or 河北-石家庄
        :return: province, city, county, each '' when it does not stand there
        :rtype: tuple[str, str, str]
        """
        rest = clean(text)
        parts = []
        scope = ''
        for digits in (2, 4, 6):
            name, code = self._prefix(rest, digits, scope)
            if not code and digits == 2:
                return '', '', ''
            if code:
                scope = code
                rest = rest[len(name):]
            parts.append(name)
        return tuple(parts)

    def _prefix(self, text, digits, scope):
        """The longest beginning of a text that names a division of the scope."""
        for length in range(min(len(text), 15), 1, -1):
            code = self.find(text[:length], digits, scope)
            if code:
                return text[:length], code
        return '', ''
