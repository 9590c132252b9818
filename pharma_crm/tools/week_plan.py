"""Which customers a person calls on in which half-day.

How to use
    targets = [Target(7, 3, Place(code='330106'), priority=2, goal=2, due=1)]
    half_days = [HalfDay(date(2026, 3, 2), 'am'), HalfDay(date(2026, 3, 2), 'pm')]
    proposal = propose(targets, half_days, daily=8, fixed=[])

How it works
    Day by day, each half-day gets the hospitals near each other whose open calls are worth most:
    priority first, then how long nobody was there, less what the way costs. After each day
    what was left out is tried again, in place of what is worth less. Since every step only adds
    worth, more days never bring less, and what cannot be added in the end cannot be added later:
    asking again with the calls of the first answer proposes nothing.

    Laws that nothing breaks: a target is called at most as often as its goal and its maximum allow,
    never on two days running; a day has at most the daily number of calls, a half-day at most three
    hospitals. What stands there already counts and stays.

No Odoo imports: testable alone.
"""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import date
from math import asin, ceil, cos, radians, sin, sqrt
from typing import NamedTuple

HALVES = ('am', 'pm')
MAX_HOSPITALS = 3       # in a half-day
MIN_GAP = 2             # days from one call on a customer to the next
STEP = 4                # one call of a priority is worth this many of the next lower one
LONG_AGO = 60           # days after which a customer is as urgent as one never called on
NEIGHBOURS = 10         # hospitals looked at beside each
DETOUR = 40.0           # km of way that halve what a half-day is worth
SAVING = 0.1            # km for which calls are moved
# km between places known only by their division: by how many digits of the code they share
CODE_DISTANCE = ((6, 2.0), (4, 15.0), (2, 150.0), (0, 600.0))


class Place(NamedTuple):
    """Where a hospital is: degrees, or at least the code of its county (GB/T 2260)."""

    latitude: float = 0.0
    longitude: float = 0.0
    code: str = ''


@dataclass(frozen=True)
class Target:
    """A customer with open calls.

    :param int id: of the customer
    :param int hospital: where he is called on
    :param int priority: of his grade, 0 the lowest
    :param int goal: calls open in the cycle, without those planned already
    :param int due: how many of them should take place in these days
    :param maximum: how many more calls are allowed, None: any number
    :param last: day of the last call, None: never
    """

    id: int
    hospital: int
    place: Place
    priority: int
    goal: int
    due: int
    maximum: int | None = None
    last: date | None = None

    @property
    def limit(self):
        """How many calls may be proposed."""
        return max(0, self.goal if self.maximum is None else min(self.goal, self.maximum))


class HalfDay(NamedTuple):
    """Time that is open for calls: 'am' or 'pm' of a day."""

    day: date
    half: str


class Fixed(NamedTuple):
    """A call that stands in the plan already."""

    target: int
    hospital: int
    place: Place
    day: date
    half: str


class Call(NamedTuple):
    """A proposed call.

    :param dict reasons: why: ``due`` or ``ahead`` (calls open in the cycle), ``since`` (days since
        the last call; None: never called on), ``together`` (other calls there in the half-day)
    """

    target: int
    hospital: int
    day: date
    half: str
    reasons: dict


def distance(one, other):
    """Kilometres between two places, as the crow flies or estimated from their divisions."""
    if one.latitude and other.latitude:
        lat_1, lat_2 = radians(one.latitude), radians(other.latitude)
        lon = radians(other.longitude - one.longitude)
        root = sin((lat_2 - lat_1) / 2) ** 2 + cos(lat_1) * cos(lat_2) * sin(lon / 2) ** 2
        return 2 * 6371 * asin(sqrt(min(1.0, root)))
    return next(km for digits, km in CODE_DISTANCE if not digits or (
        len(one.code) >= digits and one.code[:digits] == other.code[:digits]))


def calls_due(goal, days, days_left):
    """How many of the open calls should take place in some days, spread over the cycle.

    :param int goal: open calls
    :param int days: working days to plan
    :param int days_left: working days left in the cycle, those included
    """
    return goal if days >= days_left else ceil(goal * days / days_left)


def propose(targets, half_days, daily, fixed=()):
    """Calls for the open half-days.

    :param targets: iterable of Target, in any order
    :param half_days: iterable of HalfDay
    :param int daily: most calls in a day
    :param fixed: iterable of Fixed, calls that stay; in open half-days or outside
    :return: proposed calls in the order of the way
    :rtype: list[Call]
    """
    half_days = list(half_days)
    return _Planner(targets, half_days, daily, fixed).run() if half_days else []


@dataclass(eq=False)
class _Slot:
    """A half-day while it is filled."""

    day: date
    half: str
    capacity: int
    fixed: Counter = field(default_factory=Counter)     # hospital: calls that stay
    calls: list = field(default_factory=list)           # ids of proposed targets


class _Planner:
    """One run of :func:`propose`."""

    def __init__(self, targets, half_days, daily, fixed):
        self.targets = {target.id: target for target in sorted(targets, key=lambda t: t.id)
                        if target.limit}
        self.daily = max(0, daily)
        self.top = max((target.priority for target in self.targets.values()), default=0)
        open_days = sorted(set(half_days), key=lambda slot: (slot.day, HALVES.index(slot.half)))
        self.first = open_days[0].day
        self.slots = [_Slot(slot.day, slot.half, ceil(self.daily / 2)) for slot in open_days]
        self.numbers = {slot: number for number, slot in enumerate(self.slots)}
        self.limits = {id_: target.limit for id_, target in self.targets.items()}
        self.ways = {}                      # (hospital, hospital): km
        self.places, self.members = {}, defaultdict(list)
        for target in self.targets.values():
            self.places[target.hospital] = target.place
            self.members[target.hospital].append(target.id)
        self.days = defaultdict(list)       # target: days on which he is called on
        self.count = Counter()              # target: proposed calls
        self.in_day = Counter()             # day: calls, those that stay included
        self._fix(fixed)
        self.urgency = {target.id: self._urgency(target) for target in self.targets.values()}
        self.near = self._neighbours()

    def _fix(self, fixed):
        slots = {(slot.day, slot.half): slot for slot in self.slots}
        for call in sorted(fixed, key=lambda c: (c.day, c.half, c.hospital, c.target)):
            self.days[call.target].append(call.day)
            self.in_day[call.day] += 1
            self.places.setdefault(call.hospital, call.place)
            if (call.day, call.half) in slots:
                slots[call.day, call.half].fixed[call.hospital] += 1

    def _urgency(self, target):
        waited = LONG_AGO if target.last is None else (self.first - target.last).days
        return 1 + 0.2 * min(LONG_AGO, max(0, waited)) / LONG_AGO

    def _neighbours(self):
        """hospital: others with open calls, the nearest first."""
        near = {}
        for hospital, place in sorted(self.places.items()):
            ways = sorted((distance(place, self.places[other]), other)
                          for other in self.members if other != hospital)
            near[hospital] = [other for _way, other in ways[:NEIGHBOURS]]
        return near

    # === WORTH === #

    def _worth(self, target_id, count):
        """What the next call on a target is worth when he has so many."""
        target = self.targets[target_id]
        worth = STEP ** target.priority * self.urgency[target_id]
        # Ahead of time: less than anything that is due
        return worth if count < target.due else worth / STEP ** (self.top + 2)

    def _can(self, target_id, day):
        """Whether a target may be called on that day as well."""
        target = self.targets[target_id]
        if self.count[target_id] >= self.limits[target_id]:
            return False
        if target.last and abs((day - target.last).days) < MIN_GAP:
            return False
        return all(abs((day - other).days) >= MIN_GAP for other in self.days[target_id])

    def _free(self, slot):
        """How many calls a half-day can take yet."""
        used = slot.fixed.total() + len(slot.calls)
        return max(0, min(slot.capacity - used, self.daily - self.in_day[slot.day]))

    def _hospitals(self, slot):
        """Hospitals of a half-day."""
        return set(slot.fixed) | {self.targets[id_].hospital for id_ in slot.calls}

    # === RUN === #

    def run(self):
        done = []
        for slot, before in zip(self.slots, [None, *self.slots], strict=False):
            self._fill(slot, before if before and before.day == slot.day else None)
            done.append(slot)
            if slot is self.slots[-1] or self.slots[len(done)].day != slot.day:
                self._improve(done)
                while self._shorten(done):
                    self._improve(done)
        return self._answer()

    def _fill(self, slot, before):
        """Give a half-day the hospitals worth most, near each other and near the half before."""
        free = self._free(slot)
        room = MAX_HOSPITALS - len(slot.fixed)
        offers = {}         # hospital: (worth, -id) of open calls there, the best first
        for hospital, members in self.members.items():
            worths = [(self._worth(id_, self.count[id_]), -id_)
                      for id_ in members if self._can(id_, slot.day)]
            if worths:
                offers[hospital] = sorted(worths, reverse=True)[:free]
        if not free or not offers:
            return
        anchors = sorted(slot.fixed)
        base = sorted((w for h in anchors for w in offers.get(h, ())), reverse=True)[:free]
        origin = anchors or sorted(self._hospitals(before) if before else ())
        best = (sum(worth for worth, _id in base), base)
        if room > 0:
            options = (self._bundle(seed, offers, base, room, free, origin)
                       for seed in sorted(offers) if seed not in slot.fixed)
            best = max([best, *options], key=lambda option: option[0])
        for _worth, id_ in best[1]:
            self._add(slot, -id_)

    def _bundle(self, seed, offers, base, room, free, origin):
        """The best half-day around a hospital.

        :return: what it is worth, less the way, and the calls as ``(worth, -id)``
        """
        way = min((self._way(seed, other) for other in origin), default=0.0)
        calls = sorted(base + offers[seed], reverse=True)[:free]
        best = (self._value(calls, way), calls, way)
        chosen = [seed]
        for _number in range(room - 1):
            options = []
            for other in self.near[seed]:
                if other in chosen or other in origin or other not in offers:
                    continue
                more = sorted(best[1] + offers[other], reverse=True)[:free]
                longer = best[2] + min(self._way(other, one) for one in chosen)
                options.append((self._value(more, longer), more, longer, other))
            option = max(options, key=lambda option: option[0], default=best)
            if option[0] <= best[0]:
                break
            best = option[:3]
            chosen.append(option[3])
        return best[:2]

    def _value(self, calls, way):
        return sum(worth for worth, _id in calls) / (1 + way / DETOUR)

    def _way(self, one, other):
        key = (one, other) if one < other else (other, one)
        if key not in self.ways:
            self.ways[key] = distance(self.places[one], self.places[other])
        return self.ways[key]

    def _add(self, slot, target_id):
        slot.calls.append(target_id)
        self.days[target_id].append(slot.day)
        self.count[target_id] += 1
        self.in_day[slot.day] += 1

    def _drop(self, slot, target_id):
        slot.calls.remove(target_id)
        self.days[target_id].remove(slot.day)
        self.count[target_id] -= 1
        self.in_day[slot.day] -= 1

    # === WHAT WAS LEFT OUT === #

    def _improve(self, slots):
        """Put in what was left out, beside others or in place of what is worth less."""
        moved = True
        while moved:
            moved = False
            for hospital in self._waiting():
                while option := self._best_exchange(slots, hospital):
                    *_rank, slot, dropped, added = option
                    for other in dropped:
                        self._drop(slot, other)
                    for other in added:
                        self._add(slot, other)
                    moved = True

    def _waiting(self):
        """Hospitals with calls left out, those worth most first."""
        worths = {}
        for hospital, members in self.members.items():
            left = [self._worth(id_, self.count[id_]) for id_ in members
                    if self.count[id_] < self.limits[id_]]
            if left:
                worths[hospital] = max(left)
        return sorted(worths, key=lambda hospital: (-worths[hospital], hospital))

    def _best_exchange(self, slots, hospital):
        """The best way to take in what is left out at a hospital, or None."""
        options = []
        for slot in slots:
            waiting = sorted(
                (-self._worth(id_, self.count[id_]), id_) for id_ in self.members[hospital]
                if self._can(id_, slot.day))
            if waiting:
                options += self._exchanges(slot, hospital, waiting)
        return max(options, key=lambda option: option[:3], default=None)

    def _exchanges(self, slot, hospital, waiting):
        """Ways to take calls into a half-day: in a free place, instead of another call, or with
        their hospital instead of another one.

        :param waiting: ``(-worth, id)`` of what is left out there, the best first
        :return: tuples ``(net worth, -way, -number of the slot, slot, who goes, who comes)``
        """
        here = self._hospitals(slot)
        free = self._free(slot)
        losses = {id_: self._worth(id_, self.count[id_] - 1) for id_ in slot.calls}
        ways = []           # who goes, how many come
        if hospital in here or len(here) < MAX_HOSPITALS:
            if free:
                ways.append(([], 1))
            elif losses:
                ways.append(([min(losses, key=lambda id_: (losses[id_], id_))], 1))
        else:
            for other in sorted(here - set(slot.fixed)):
                gone = self._at(slot, other)
                ways.append((gone, free + len(gone)))
        for gone, number in ways:
            come = waiting[:number]
            net = -sum(worth for worth, _id in come) - sum(losses[id_] for id_ in gone)
            if net > 1e-9:
                way = min((self._way(hospital, other) for other in here), default=0.0)
                yield (net, -way, -self.numbers[slot], slot, gone, [id_ for _worth, id_ in come])

    # === SHORTER WAYS === #

    def _shorten(self, slots):
        """Exchange hospitals between half-days where that makes the way shorter.

        :return: whether anything was moved
        """
        moved = False
        for slot in slots:
            for hospital in sorted({self.targets[id_].hospital for id_ in slot.calls}):
                options = (
                    option for other in slots if other is not slot
                    for option in self._swaps(slot, hospital, other))
                best = max(options, key=lambda option: option[0], default=None)
                if best:
                    _saved, other, gone, come = best
                    for source, goal, ids in ((slot, other, gone), (other, slot, come)):
                        for id_ in ids:
                            self._drop(source, id_)
                            self._add(goal, id_)
                    moved = True
        return moved

    def _swaps(self, slot, hospital, other):
        """Ways to move a hospital to another half-day, alone or against one from there.

        :return: tuples ``(km saved, other half-day, who goes, who comes)``
        """
        gone = self._at(slot, hospital)
        here, there = Counter(slot.fixed), Counter(other.fixed)
        here.update(self.targets[id_].hospital for id_ in slot.calls if id_ not in gone)
        there.update(self.targets[id_].hospital for id_ in other.calls)
        before = self._day_way({slot: set(here) | {hospital}, other: set(there)})
        if not self._may_move(gone, slot.day, other.day):
            return
        for swapped in [None, *sorted({self.targets[id_].hospital for id_ in other.calls})]:
            come = [] if swapped is None else self._at(other, swapped)
            if swapped == hospital or not self._fits(slot, other, len(gone) - len(come)) or (
                    not self._may_move(come, other.day, slot.day)):
                continue
            new_here = set(here) | ({swapped} if come else set())
            new_there = {h for h in there if h != swapped or other.fixed[h]} | {hospital}
            if max(len(new_here), len(new_there)) > MAX_HOSPITALS:
                continue
            saved = before - self._day_way({slot: new_here, other: new_there})
            if saved > SAVING:
                yield saved, other, gone, come

    def _at(self, slot, hospital):
        """Ids of the proposed calls of a half-day at a hospital."""
        return [id_ for id_ in slot.calls if self.targets[id_].hospital == hospital]

    def _may_move(self, ids, source, goal):
        """Whether calls may move from one day to another."""
        if source == goal:
            return True
        for id_ in ids:
            days = [day for day in self.days[id_] if day != source]
            last = self.targets[id_].last
            if any(abs((goal - day).days) < MIN_GAP for day in [*days, *([last] if last else [])]):
                return False
        return True

    def _fits(self, slot, other, more):
        """Whether so many calls more fit into the other half-day, or less of them into this."""
        if more < 0:
            slot, other, more = other, slot, -more
        in_half = other.fixed.total() + len(other.calls) + more <= other.capacity
        return not more or (in_half and (
            slot.day == other.day or self.in_day[other.day] + more <= self.daily))

    def _day_way(self, hospitals):
        """Kilometres of the days of some half-days.

        :param dict hospitals: slot: what its hospitals would be; the others stay
        """
        days = {slot.day for slot in hospitals}
        total = 0.0
        for day in days:
            start = None
            for slot in self.slots:
                if slot.day != day:
                    continue
                todo = set(hospitals[slot]) if slot in hospitals else self._hospitals(slot)
                for here in self._route(todo, start):
                    total += self._way(start, here) if start is not None else 0.0
                    start = here
        return total

    # === ANSWER === #

    def _answer(self):
        """The calls in the order of the way, with their reasons."""
        calls, last = [], None
        left = {id_: target.goal for id_, target in self.targets.items()}
        seen = Counter()
        for slot in self.slots:
            if last and last[0] != slot.day:
                last = None
            together = Counter(self.targets[id_].hospital for id_ in slot.calls) + slot.fixed
            todo = {self.targets[id_].hospital for id_ in slot.calls}
            for hospital in self._route(todo, last and last[1]):
                for id_ in sorted(
                        (i for i in slot.calls if self.targets[i].hospital == hospital),
                        key=lambda i: (-self.targets[i].priority, i)):
                    target = self.targets[id_]
                    kind = 'due' if seen[id_] < target.due else 'ahead'
                    since = target.last and (slot.day - target.last).days
                    calls.append(Call(id_, hospital, slot.day, slot.half, {
                        kind: left[id_] - seen[id_], 'since': since,
                        'together': together[hospital] - 1}))
                    seen[id_] += 1
                last = (slot.day, hospital)
        return calls

    def _route(self, todo, start):
        """Hospitals in order, each time the nearest next.

        :param set todo: hospitals; emptied
        :param start: hospital before, or None
        """
        while todo:
            here = min(todo, key=lambda h: (self._way(start, h) if start is not None else 0.0, h))
            yield here
            todo.remove(here)
            start = here
