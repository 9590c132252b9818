"""Weigh what speaks for a customer whose own words fit a name: places, first of all.

How it works
    A name that says its place is that customer's whose place is the same. A name that says none may
    be that of any customer with these words; each is weighed by how likely the distributor sells
    there, against each other and against institutions that are not in the archive at all.

No Odoo imports: testable alone.
"""

from collections import Counter
from typing import NamedTuple

from .matching_names import own_words

# How a name without place spreads where nothing is known: cities of a country and of a province.
_CITIES, _CITIES_OF_PROVINCE = 340.0, 12.0
# Share of sales in the distributor's own city and province before its names tell more.
_HOME_CITY, _HOME_PROVINCE = 0.5, 0.95
# How many sure names of a distributor weigh as much as these shares.
_PRIOR_NAMES = 4.0
# So many sure names, and such a share of them, tell where a distributor sells.
_MANY_NAMES, _NEARLY_ALL = 30, 0.9
# Institutions that are not in the archive, for each one of the same own words that is.
_UNLISTED = 0.15
# By length of the own words: how much more often than usual two institutions share them.
_COMMON = (0.0, 3.0, 1.0, 0.3, 0.06)
# A generic name (人民医院) exists in each city, whether the archive has it or not.
_GENERIC_UNLISTED = 0.5
# Names without words of their own (老年医院, 皮肤病专科医院) are generic, but for long ones that
# only one customer has.
_SHORT_CORE = 7
# A name in full is likelier than one without its place, and a county's rarely goes without it.
WEIGHTS = {'exact': 5.0, 'exact_remark': 5.0, 'alias': 2.0, 'short': 0.7, 'maybe': 0.4,
    'parent': 0.7}
_COUNTY_WEIGHT = 0.4


class Locality:
    """Where a distributor sells, as far as names that leave no doubt tell."""

    def __init__(self):
        self.cities = Counter()
        self.provinces = Counter()
        self.total = 0

    def add(self, region):
        """Count a sure customer's region."""
        if region.province:
            self.total += 1
            self.provinces[region.province] += 1
            self.cities[region.city or region.province] += 1

    def city(self):
        """The city where nearly all of many names are, '' when there is none."""
        city, count = self.cities.most_common(1)[0] if self.total >= _MANY_NAMES else ('', 0)
        return city if count > _NEARLY_ALL * self.total and len(city) == 4 else ''


class Scope(NamedTuple):
    """The places known beside a name: of the row, of the distributor, and of its other names."""

    row: tuple
    distributor: tuple
    locality: Locality

    def fits_row(self, region):
        """Whether a customer lies where the row says: True, False, or None when unknown."""
        province, city, county = self.row
        if not province and not city:
            return None
        if province and region.province and province != region.province:
            return False
        if city and region.city and city != region.city:
            return False
        if county and region.county and county != region.county:
            return None
        if city:
            return True if region.city else None
        return True if province and region.province else None

    def provinces(self):
        """Codes of the provinces where a customer without a place may be; None for all."""
        if self.row.province:
            return [self.row.province]
        if not self.distributor.province:
            return None
        return sorted({self.distributor.province, *self.locality.provinces})

    def likelihood(self, region, whole_province=False):
        """How likely the distributor sells in the city of a region, 0 to 1.

        :param bool whole_province: in its province instead
        """
        if whole_province:
            return self._likelihood_of_province(region)
        if self.row.province:
            fit = self.fits_row(region)
            if not fit:
                differ = self.row.county and region.county
                return 0.0 if fit is False else 0.005 if differ else 0.05
            return 1.0 if self.row.city else 1 / _CITIES_OF_PROVINCE
        base = self._base(region)
        locality = self.locality
        if not locality.total:
            return base
        own = locality.cities[region.city or region.province]
        near = locality.provinces[region.province] / locality.total / _CITIES_OF_PROVINCE
        return (own + near + _PRIOR_NAMES * base) / (locality.total + 1 + _PRIOR_NAMES)

    def _likelihood_of_province(self, region):
        known = self.row.province or self.distributor.province
        if self.row.province:
            return float(region.province == known)
        base = 1 / 31 if not known else _HOME_PROVINCE if region.province == known else 0.002
        locality = self.locality
        return (locality.provinces[region.province] + _PRIOR_NAMES * base) / (
            locality.total + _PRIOR_NAMES)

    def _base(self, region):
        home = self.distributor
        if not home.province:
            return 1 / _CITIES
        if region.province != home.province:
            return (1 - _HOME_PROVINCE) / _CITIES
        if not home.city:
            return _HOME_PROVINCE / _CITIES_OF_PROVINCE
        if region.city == home.city:
            return _HOME_CITY
        return (_HOME_PROVINCE - _HOME_CITY) / _CITIES_OF_PROVINCE


# === NAMES WITH A PLACE === #


def said_codes(shape):
    """Codes of the last place that a name says; a short form means the city before a county."""
    last = shape.mentions[-1]
    if not last.level:
        larger = frozenset(code for code in last.codes if len(code) < 6)
        if larger:
            return larger
    return last.codes


def compare_places(said, has, region):
    """How the place that a name says relates to a customer's.

    :param Shape said: of the name, with a place
    :param Shape has: of the customer
    :param Region region: of the customer
    :return: 'same'; 'known' (its region says so); 'around' (the name says a larger place);
        'inside' (a smaller one, of which nothing is known); 'other'
    """
    codes = said_codes(said)
    if said.mentions[-1].level and has.mentions and has.mentions[-1].level and (
            codes & has.mentions[-1].codes):
        return 'same'
    if region.holds(codes) is False:
        return 'other'
    finest = region.county or region.city or region.province
    if has.mentions:
        own = has.mentions[-1].codes
        if codes & own:
            return 'same'
        if any(mine.startswith(code) for mine in own for code in codes):
            return 'around'
        if any(code.startswith(mine) for mine in own for code in codes):
            return 'known' if finest in codes else 'inside'
        return 'other'
    if finest in codes or (region.city and region.city in codes):
        return 'known'
    return 'around' if region.holds(codes) else 'inside'


def rank_place(relation, core, said, has, places):
    """How much a relation of places is worth: 3 sure, 2 good, 1 weak, 0 a hint only, -1 against.

    :param PlaceTable places: the known divisions
    """
    generic = not own_words(core)
    if said.is_brand or has.is_brand:
        return 0
    if relation == 'other':
        return -1
    if generic and said.level and said.level != level_said(has):
        return 0
    levels = _compare_levels(relation, said, has, places)
    if levels == 'differ':
        return 0
    if relation == 'same':
        # Counties that were merged have one code: 长岛县 is a part of 蓬莱区, not the same.
        if generic and not _one_stem(said, has):
            return 0
        return 2 if levels == 'renamed' else 3
    if relation == 'known':
        return 2 if not generic or not has.mentions else 0
    # 广州市社会福利院 is not that of a district of 广州
    return 0 if generic or (relation == 'around' and has.mentions) else 1


def _compare_levels(relation, said, has, places):
    """How the levels of two places relate: 'same', 'renamed' or 'differ'.

    沈阳县 is not 沈阳市, nor 叶城市 叶城县: a county is itself as a district, but as a city only
    where it has become one.
    """
    mine, codes = _explicit_level(said, places), said_codes(said)
    if relation == 'same':
        its = _explicit_level(has, places) or places.level_of(has.mentions[-1].codes)
        codes &= has.mentions[-1].codes
    else:
        its = said.level and places.level_of(codes)
    if not mine or not its or mine == its:
        return 'same'
    renamed = {mine, its} <= set('县区旗') or (
        {mine, its} <= set('县区旗市') and places.level_of(codes) == '市'
        and all(len(code) == 6 for code in codes))
    return 'renamed' if renamed else 'differ'


def _explicit_level(shape, places):
    """The level that a name writes: 市 of 海州市中医院 and of 海州市立医院, '' when none."""
    if shape.level or not shape.mentions:
        return shape.level
    last = shape.mentions[-1]
    if last.level and all(len(code) == 2 for code in last.codes):
        return places.level_of(last.codes)  # 自治区
    return last.level


def _one_stem(said, has):
    return said.mentions[-1].text[0] == has.mentions[-1].text[0]


def level_said(shape):
    """The level of the place that a customer's name says, '' when it says none.

    :return: '省', '市', '县', '区', '旗', '州', '盟' or ''
    """
    if shape.level:
        return shape.level
    if not shape.mentions:
        return ''
    last = shape.mentions[-1]
    if last.level:
        return {'地区': '市'}.get(last.level, last.level)
    return {2: '省', 4: '市'}.get(min(map(len, last.codes)), '')


# === NAMES WITHOUT A PLACE === #


def weigh_bare(hits, scope, core, level, namesakes):
    """Weigh customers whose own words are all that a name says.

    :param list hits: (key, region, code of the rule, whether its name says a county)
    :param Scope scope: the places known beside the name
    :param str core: the own words
    :param str level: level that the name says (省 of 省人民医院), or ''
    :param int namesakes: how many customers of the archive have these words
    :return: list of (key, chance between 0 and 1), the best first
    """
    weights = {}
    shares = {}
    for key, region, rule, in_county in hits:
        share = scope.likelihood(region, level == '省')
        if not region.province and not scope.row.province and rule in ('exact', 'exact_remark'):
            share = _HOME_CITY  # nobody knows where it lies: its whole name is all that there is
        weight = WEIGHTS.get(rule, 1.0) * (_COUNTY_WEIGHT if in_county else 1.0) * share
        weights[key] = max(weights.get(key, 0.0), weight)
        shares[region.city or region.province] = share
    # a long name is its own even where each of its words is generic
    own = len(own_words(core)) + (len(core) > 8)
    covered = min(1.0, sum(shares.values()))
    if own_words(core) or (namesakes == 1 and len(core) > _SHORT_CORE):
        common = _COMMON[min(own or 1, len(_COMMON) - 1)]
        outside = _UNLISTED * common * namesakes / _CITIES
        if scope.row.city:
            outside *= 3
    elif scope.row.city and level != '省':
        # the city's own is listed nearly always, but a county's alone says little
        outside = 0.004 if any(not in_county for *_rest, in_county in hits) else 0.3
    else:
        outside = _GENERIC_UNLISTED * (1 - covered)
    total = sum(weights.values()) + outside
    ranked = sorted(weights.items(), key=lambda item: -item[1])
    return [(key, weight / total if total else 0.0) for key, weight in ranked]
