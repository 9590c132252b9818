"""The noise of ``matching_names``: how one name becomes what stands in a file."""

import random
import re

from matching_names import (
    CAMPUSES,
    DEPARTMENTS,
    HOMOPHONES,
    LOOK,
    NUMERALS,
    PERSONS,
    REMARKS,
    SHARES,
    TRADITIONAL,
    Case,
    Knowledge,
    abbreviations,
    compact,
    shorter_names,
    stem,
)

PERSON_SHARE = 0.01


class Noise:
    """Each method takes a hospital and its facts and gives (text, whether it can be known) or None.

    :param Knowledge knowledge: who else could be meant
    :param random.Random chance: where the dice come from
    """

    def __init__(self, knowledge, chance):
        self.knowledge = knowledge
        self.chance = chance

    def as_is(self, hospital, facts):
        return hospital.name, self.knowledge.only(hospital, hospital.name, facts)

    def region_dropped(self, hospital, facts):
        forms = sorted(shorter_names(hospital) - {hospital.name})
        if not forms:
            return None
        text = self.chance.choice(forms)
        return text, self.knowledge.only(hospital, text, facts)

    def region_added(self, hospital, facts):
        if hospital.name.startswith(hospital.province[:2]) or hospital.province == hospital.city:
            return None
        city = hospital.city if not hospital.name.startswith(stem(hospital.city)) else ''
        province = self.chance.choice((hospital.province, stem(hospital.province)))
        text = province + city + hospital.name
        return text, self.knowledge.only(hospital, hospital.name, facts)

    def alias(self, hospital, facts):
        names = hospital.known + hospital.unknown
        if not names:
            return None
        text = self.chance.choice(names)
        if self.knowledge.is_others(hospital, text):
            return None  # the very name of another institution: no label would be right
        return text, text in hospital.known and self.knowledge.only(hospital, text, facts)

    def former(self, hospital, facts):
        if not hospital.known + hospital.unknown:
            return None
        former = self.chance.choice(hospital.known + hospital.unknown)
        mark = self.chance.choice(("（原{}）", "(原:{})", "（{}）", "(原名{})", "（曾用名：{}）"))
        return hospital.name + mark.format(former), self.knowledge.only(
            hospital, hospital.name, facts)

    def abbreviated(self, hospital, facts):
        forms = sorted(abbreviations(hospital.name))
        if not forms:
            return None
        text = self.chance.choice(forms)
        if self.chance.random() < 0.3:
            shorter = hospital.city and text.removeprefix(hospital.city)
            text = shorter if shorter and len(shorter) > 2 else text
        return text, self.knowledge.only(hospital, text, facts)

    def width_spaces(self, hospital, facts):
        name = hospital.name
        position = self.chance.randrange(1, len(name))
        text = self.chance.choice((
            name[:position] + ' ' + name[position:], name[:position] + '　' + name[position:],
            re.sub(r'(.{2,3}[市县区])', r'(\1)', name, count=1),
            re.sub(r'(.{2,3}[市县区])', r'（\1）', name, count=1), ' ' + name + '  '))
        return text, self.knowledge.only(hospital, name, facts)

    def part(self, hospital, facts):
        if not hospital.name.endswith(('医院', '保健院', '卫生院')):
            return None
        text = hospital.name + self.chance.choice(DEPARTMENTS + CAMPUSES)
        known = compact(text) not in self.knowledge.forms
        return text, known and self.knowledge.only(hospital, hospital.name, facts)

    def joined(self, hospital, facts):
        names = hospital.known + hospital.unknown
        if not names:
            return None
        pair = [hospital.name, self.chance.choice(names)]
        self.chance.shuffle(pair)
        text = self.chance.choice(('〓', '', '/', '、')).join(pair)
        return text, self.knowledge.only(hospital, hospital.name, facts)

    def typo(self, hospital, facts):
        name = hospital.name
        if len(name) < 6:
            return None
        if self.chance.random() < 0.3 and re.search(r'[〇零○0]', name):
            text = re.sub(r'[〇零○0]', self.chance.choice("〇零○0"), name)
            return text, self.knowledge.only(hospital, text, facts)
        table = self.chance.choice((HOMOPHONES, LOOK))
        places = [position for position, char in enumerate(name) if char in table]
        if not places:
            return None
        position = self.chance.choice(places)
        text = name[:position] + table[name[position]] + name[position + 1:]
        return text, self.knowledge.only_near(hospital, text, facts)

    def renamed(self, hospital, facts):
        if '县' in hospital.name[2:5] and self.chance.random() < 0.6:
            text = hospital.name.replace('县', '区', 1)
        elif re.search(r'[一二三四五六七八九]', hospital.name):
            text = ''.join(str(NUMERALS.index(char)) if char in NUMERALS else char
                           for char in hospital.name)
        else:
            return None
        return text, self.knowledge.only(hospital, text, facts) or (
            compact(text) not in self.knowledge.forms
            and self.knowledge.only(hospital, hospital.name, facts))

    def cut(self, hospital, facts):
        length = self.chance.choice((12, 13, 14))
        if len(hospital.name) <= length:
            return None
        text = hospital.name[:length]
        return text, self.knowledge.only_start(hospital, text, facts)

    def remark(self, hospital, facts):
        mark = self.chance.choice(REMARKS)
        text = hospital.name + mark
        if self.chance.random() < 0.2:
            text = f'10{self.chance.randrange(999):03} {hospital.name}'
        return text, self.knowledge.only(hospital, hospital.name, facts)

    def traditional(self, hospital, facts):
        text = hospital.name.translate(TRADITIONAL)
        if text == hospital.name:
            return None
        return text, self.knowledge.only(hospital, hospital.name, facts)


# === CASES === #


def make_distributors(world, count, chance):
    """Distributors: home province and city, how far they sell, whether their files have places."""
    homes = [chance.choice(world) for _ in range(count)]
    return [
        {'number': number, 'province': home.province, 'city': home.city,
         'reach': chance.choices(('city', 'province', 'country'), (0.55, 0.35, 0.10))[0],
         'columns': chance.random() < 0.3}
        for number, home in enumerate(homes)]


def choose(world, areas, distributor, chance):
    """A hospital that a distributor sells to."""
    dice = chance.random()
    local = {'city': 0.93, 'province': 0.3, 'country': 0.2}[distributor['reach']]
    near = {'city': 0.998, 'province': 0.995, 'country': 0.93}[distributor['reach']]
    if dice < local:
        area = areas[distributor['province'], distributor['city']]
    elif dice < near:
        area = areas[distributor['province']]
    else:
        area = world
    return world[chance.choice(area)] if area is not world else chance.choice(world)


def make_facts(hospital, distributor, mode):
    """The places beside a name.

    :param str mode: 'files' (as the distributor's file has them), 'none', 'province' (the
        distributor's), 'row' (the row's city always)
    """
    row = mode == 'row' or (mode == 'files' and distributor['columns'])
    return {
        'distributor': distributor['number'],
        'distributor_province': distributor['province'] if mode != 'none' else '',
        'distributor_city': distributor['city'] if mode in ('files', 'row') else '',
        'province': hospital.province if row else '', 'city': hospital.city if row else '',
        'true_province': hospital.province, 'true_city': hospital.city,
        'home_province': distributor['province'], 'true_number': hospital.number,
    }


def make_cases(world, count, seed=2, mode='files', shares=None):
    """Distinct names of distributors' files.

    :return: list of Case
    """
    chance = random.Random(seed)
    knowledge = Knowledge(world)
    noise = Noise(knowledge, chance)
    shares = shares or SHARES
    areas = {}
    for hospital in world:
        areas.setdefault(hospital.province, []).append(hospital.number)
        areas.setdefault((hospital.province, hospital.city), []).append(hospital.number)
    distributors = make_distributors(world, max(1, count // 80), chance)
    cases = {}
    while len(cases) < count:
        distributor = chance.choice(distributors)
        money = chance.lognormvariate(9, 1.6)
        if chance.random() < PERSON_SHARE:
            raw = chance.choice(PERSONS)
            facts = make_facts(chance.choice(world), distributor, mode)
            cases.setdefault((distributor['number'], raw), Case(
                raw, 'outside', None, False, money, facts))
            continue
        hospital = choose(world, areas, distributor, chance)
        name = chance.choices(list(shares), list(shares.values()))[0]
        facts = make_facts(hospital, distributor, mode)
        made = getattr(noise, name)(hospital, facts)
        if made is None:
            continue
        raw, knowable = made
        listed = hospital.listed
        money *= {'三': 6, '二': 2}.get(hospital.level[:1], 1)
        cases.setdefault((distributor['number'], raw), Case(
            raw, name if listed else 'outside', hospital.number if listed else None,
            knowable and listed, money, facts))
    return list(cases.values())
