"""A market with customers that were entered twice, and with twins that are not the same.

How to use
    subjects, doubles = make_market(random.Random(7), cities=30)
    # doubles: {(id, id), ...} of pairs that are one customer

All names are invented. What happens to customers is what happens in archives: names are shortened,
misspelt, written with other numerals and brackets, hospitals are renamed and move, phones change,
cities are missing. Beside them stand those who look alike and are not: the first and the second
hospital, 市 and 县, the hospital and its 中医院 at one switchboard, campuses, shops of one chain,
namesakes in other cities, neighbours in one building.
"""

from ...tools.duplicates import Facts, Subject

_FIRST = "海临青东云南平清安宁景松兰白石金银玉长永"
_SECOND = "州川石山溪湖阳陵岭泉江浦屏林谷塘桥台原沙"
_BRANDS = (
    "同济", "仁爱", "康宁", "博爱", "华康", "德馨", "慈安", "远志", "杏林", "长春藤", "静川",
    "望舒", "听涛", "枫桥", "晴川", "碧涧", "若溪", "朗月", "禾川", "星渚")
_STREETS = ("健康路", "仁和路", "济民路", "百草街", "安康大道", "同仁巷", "惠民路", "杏林路")
_KINDS = ("医院", "骨科医院", "眼科医院", "康复医院", "口腔医院", "妇产医院")
_ENDS = (*_KINDS[1:], "中医院", "中西医结合医院", "妇幼保健院", "镇卫生院", "诊所", "附属第一医院",
         "附属第二医院")
# (what is meant, what is written): sounds or looks alike
_SLIPS = (("人民", "人名"), ("仁", "人"), ("康", "庚"), ("博", "搏"), ("阳", "杨"), ("清", "青"),
          ("州", "洲"), ("妇幼", "妇幻"), ("医院", "医浣"), ("保健", "保建"))


class Market:
    """Grows customer by customer; ids count from 1."""

    def __init__(self, rng):
        self.rng = rng
        self.facts = []
        self.doubles = set()
        self.taken = set()

    def add(self, name, place, **more):
        """Enter a customer.

        :param place: ``(province, city, county, id of the city, id of the county)``
        :return: its facts
        """
        province, city, county, city_id, county_id = place
        values = {
            'id': len(self.facts) + 1, 'kind': 'hospital', 'name': name,
            'places': (province, city, county), 'city': city_id, 'county': county_id,
            'address': f"{self.rng.choice(_STREETS)}{self.rng.randint(1, 400)}号",
            'phones': frozenset((self.phone(),)), 'tax_numbers': frozenset((self.tax(),)), **more}
        self.facts.append(Facts(**values))
        return self.facts[-1]

    def phone(self):
        return f"0{self.rng.randint(300, 999)}{self.rng.randint(2000000, 89999999)}"

    def tax(self):
        return f"12{self.rng.randint(10 ** 15, 10 ** 16 - 1)}"

    def double(self, facts, place, **changes):
        """Enter a customer once more, otherwise: what an author does not know is missing."""
        values = {
            'phones': facts.phones if self.rng.random() < 0.35 else frozenset(),
            'tax_numbers': facts.tax_numbers if self.rng.random() < 0.1 else frozenset(),
            'address': facts.address if self.rng.random() < 0.3 else '', 'kind': facts.kind,
            **changes}
        name = values.pop('name')
        other = self.add(name, place, **values)
        self.doubles.add((facts.id, other.id))
        return other

    def rename(self, facts, stem):
        """Another name for an institution of the same kind, that no other one has."""
        end = next((kind for kind in _ENDS if facts.name.endswith(kind)), "医院")
        while True:
            name = f"{stem}{self.rng.choice(_FIRST)}{self.rng.choice(_SECOND)}{end}"
            if name not in self.taken:
                self.taken.add(name)
                return name

    # === HOW NAMES ARE WRITTEN AGAIN === #

    def rewrite(self, facts, place):
        """Enter a customer again in one of the ways in which it happens."""
        name, city = facts.name, place[1]
        stem = city.removesuffix("市")
        ways = [
            lambda: self.double(facts, place, name=name),
            lambda: self.double(facts, place, name=f"{name[:2]}（{name[2:]}）"),
            lambda: self.double(facts, place, name=name, phones=frozenset((self.phone(),))),
            lambda: self.double(facts, (place[0], '', '', None, None), name=name),
            # renamed: only the switchboard or the number stays
            lambda: self.double(
                facts, place, name=self.rename(facts, stem), phones=facts.phones,
                address=facts.address, tax_numbers=frozenset()),
            lambda: self.double(
                facts, place, name=self.rename(facts, stem), phones=frozenset(),
                tax_numbers=facts.tax_numbers),
            # renamed, and nobody knows more: not to be found
            lambda: self.double(
                facts, place, name=self.rename(facts, stem), phones=frozenset(), address='',
                tax_numbers=frozenset()),
            lambda: self.double(
                facts, place, name=f"{name}新院名", other_names=(name,), phones=frozenset()),
        ]
        for word, wrong in _SLIPS:
            if word in name[2:]:
                ways.append(lambda word=word, wrong=wrong: self.double(
                    facts, place, name=name[:2] + name[2:].replace(word, wrong, 1)))
        for word, short in (("第一人民医院", "一院"), ("第二人民医院", "二院"),
                            ("中医院", "中医医院"), ("妇幼保健院", "妇保院"),
                            ("大学附属第一医院", "大附一院"),
                            ("第一", "第1"), ("第二", "第2"), (city, stem)):
            if word in name:
                ways += [lambda word=word, short=short: self.double(
                    facts, place, name=name.replace(word, short, 1))] * 2
        self.rng.choice(ways)()


def make_market(rng, cities=30):
    """A market and what of it is known twice.

    :param random.Random rng: chance
    :param int cities: how many; some 45 customers each
    :return: list of Subject, and set of ``(id, id)`` with the lower id first
    """
    market = Market(rng)
    stems = [first + second for first in _FIRST for second in _SECOND]
    rng.shuffle(stems)
    for number in range(cities):
        stem, counties = stems[number], stems[cities + 2 * number:cities + 2 * number + 2]
        originals = _make_city(market, number + 1, stem, counties)
        for facts, place in rng.sample(originals, len(originals) // 3):
            market.rewrite(facts, place)
    return [Subject(facts) for facts in market.facts], market.doubles


def _make_city(market, number, stem, counties):
    """The customers of one city with their twins.

    :return: list of ``(facts, place)`` of those that may be entered again
    """
    rng, city = market.rng, f"{stem}市"
    place = ("测试省", city, f"{stem}区", number, number * 10)
    found = []

    def add(name, where=place, **more):
        facts = market.add(name, where, **more)
        found.append((facts, where))
        return facts

    people = add(f"{city}第一人民医院")
    add(f"{city}第二人民医院", phones=people.phones, address=people.address)  # before it moved
    add(f"{city}第三人民医院")
    chinese = add(f"{city}中医院")
    add(f"{city}中西医结合医院", address=chinese.address)
    add(f"{city}妇幼保健院")
    add(f"{city}口腔医院")
    add(f"{stem}大学附属第一医院")
    add(f"{stem}大学附属第二医院")
    state = market.add(f"{city}立医院东院区", place)
    market.add(f"{city}立医院北院区", place, phones=state.phones, tax_numbers=state.tax_numbers
               if rng.random() < 0.1 else frozenset())
    # the county of the city's name, and two more
    for position, name in enumerate((stem, *counties), 1):
        where = ("测试省", city, f"{name}县", number, number * 10 + position)
        add(f"{name}县人民医院", where)
        add(f"{name}县中医院", where)
        add(f"{name}县妇幼保健院", where)
        for town in rng.sample(_BRANDS, 3):
            add(f"{name}县{town}镇卫生院", where, kind='primary_care')
    _make_private(market, place, stem, add)
    return found


def _make_private(market, place, stem, add):
    """Hospitals with names of their own, neighbours in one building, and shops of a chain."""
    rng = market.rng
    brands = rng.sample(_BRANDS, 8)
    for brand in brands:
        add(f"{stem}{brand}{rng.choice(_KINDS)}")
    tower = add(f"{stem}{brands[0]}诊所", kind='primary_care')
    add(f"{stem}{brands[1]}诊所", kind='primary_care', address=tower.address)
    chain = market.phone()
    for street in rng.sample(_STREETS, 5):
        market.add(f"{brands[2]}大药房{street}店", place, kind='pharmacy',
                   phones=frozenset((chain,)))
    # a namesake in every city
    add("仁济医院" if rng.random() < 0.5 else "博爱医院")


def judge(found, doubles):
    """Precision and recall of found pairs.

    :param found: iterable of ``(id, id)``, either first
    :param doubles: set of ``(id, id)``, lower first
    :return: ``(precision, recall)``, each between 0 and 1
    """
    found = {(min(pair), max(pair)) for pair in found}
    right = len(found & doubles)
    return (right / len(found) if found else 1.0), right / len(doubles)
