"""Decide what a list of hospitals does to the customers that are there: one plan per row.

How to use
    plan = Plan(customers, aliases)          # what the database knows
    for row in read_rows(…):
        plan.add(row)
    plan.finish()
    plan.items                               # one Item per row, in the list's order

How it works
    A row means the customer with its code, else the one with its name (or a confirmed other name)
    in its province. Rows never guess: what fits several customers, or one in another place, is
    refused with the reason. Customers that the list itself brings are known to its later rows, so
    a hospital that stands in it twice becomes one customer: the first row counts, later ones only
    fill gaps. Empty cells never empty a field. So the same list once more changes nothing.

No Odoo imports: testable alone.
"""

from collections import defaultdict
from dataclasses import dataclass, field

from .hospital_list import is_general
from .list_table import DUPLICATE, NEW, PROBLEM, SKIPPED, UNCHANGED, UPDATE, Problem
from .names import normalise

PLACES = ('province', 'city', 'county')
FIELDS = (
    'ref', 'pharma_type', 'hospital_level', 'hospital_grade', *PLACES, 'street', 'phone', 'zip')


@dataclass
class Customer:
    """A customer of the database, or one that this list brings (``id`` 0)."""

    id: int
    values: dict                 # name and FIELDS, '' where empty; places as official codes
    active: bool = True
    terminal: bool = True        # False: the code belongs to something that lists do not bring
    first: object = None         # the first Item that meant it
    changes: dict = field(default_factory=dict)
    other_names: list = field(default_factory=list)
    territories: dict = field(default_factory=dict)  # of today: product line -> territory ids
    named: dict = field(default_factory=dict)        # product line -> the Place that the list names
    moves: dict = field(default_factory=dict)        # those of them that are new


@dataclass
class Item:
    """What becomes of one row."""

    row: object                  # HospitalRow
    result: str = PROBLEM
    customer: Customer = None
    problems: list = field(default_factory=list)


class Plan:
    """Look up rows and gather what changes.

    :param customers: all customers that a row could mean, archived ones too
    :param aliases: (key, customer id or 0, status) of the names known everywhere
    :param Places places: territories and product lines that a row may name; None when the author of
        the list may not align customers
    """

    def __init__(self, customers, aliases=(), places=None):
        self.items = []
        self._places = places
        self.created = []
        self._by_ref = defaultdict(list)
        self._by_name = defaultdict(list)     # (province code, key) -> customers
        self._by_alias = defaultdict(list)    # (province code, key) -> customers
        self._named = defaultdict(list)       # key -> customers of any province
        by_id = {}
        for customer in customers:
            by_id[customer.id] = customer
            self._know(customer)
        self._aliases = {key: (target, status) for key, target, status in aliases}
        for key, target, status in aliases:
            customer = by_id.get(target)
            if customer and status == 'confirmed':
                self._by_alias[customer.values['province'], key].append(customer)

    def _know(self, customer):
        values = customer.values
        if values.get('ref'):
            self._by_ref[values['ref']].append(customer)
        if customer.terminal:
            key = normalise(values['name'])
            self._by_name[values.get('province', ''), key].append(customer)
            self._named[key].append(customer)

    # === ROWS === #

    def add(self, row):
        """Decide about the next row of the list.

        :param HospitalRow row: a row in the order of the list
        :return: the decision; names in brackets are decided by ``finish``
        :rtype: Item
        """
        item = Item(row, problems=list(row.problems))
        self.items.append(item)
        if row.skipped:
            item.result = SKIPPED
        elif not row.fatal:
            customer, problem = self._find(row.values)
            if problem:
                item.problems.append(problem)
            else:
                item.customer = customer
                self._apply(item)
        return item

    def _find(self, values):
        """The customer that a row means, None for a new one; or the problem."""
        ref = values.get('ref')
        if ref and self._by_ref[ref]:
            return self._find_by_ref(ref, values)
        if not values.get('province'):
            return None, Problem('province_missing', fatal=True)
        key = normalise(values['name'])
        customer, problem = self._choose(
            self._by_name[values['province'], key], values)
        if not (customer or problem):
            customer, problem = self._choose(
                self._by_alias[values['province'], key], values)
        if not (customer or problem) and self._by_name['', key] and not is_general(values['name']):
            problem = Problem('same_name_without_province', values['name'], fatal=True)
        if customer and not problem:
            if ref and customer.values.get('ref'):
                problem = Problem('other_code', customer.values['ref'], fatal=True)
            elif not customer.active:
                problem = Problem('archived', customer.values['name'], fatal=True)
        return (None, problem) if problem else (customer, None)

    def _find_by_ref(self, ref, values):
        customers = self._by_ref[ref]
        if len(customers) > 1:
            return None, Problem('code_ambiguous', ref, fatal=True)
        customer = customers[0]
        if not customer.terminal:
            return None, Problem('code_of_other_kind', customer.values['name'], fatal=True)
        if not customer.active:
            return None, Problem('archived', customer.values['name'], fatal=True)
        key = normalise(values['name'])
        province = values.get('province') or customer.values.get('province', '')
        if key != normalise(customer.values['name']):
            if customer.first:
                return None, Problem('code_twice', ref, fatal=True)
            if any(other is not customer for other in self._by_name[province, key]):
                return None, Problem('code_and_name_differ', customer.values['name'], fatal=True)
        return customer, None

    def _choose(self, customers, values):
        """Of customers with a row's name in its province, the one that lies where the row says."""
        fitting = [customer for customer in customers if _same_place(customer.values, values)]
        if len(fitting) > 1:
            return None, Problem('ambiguous', values['name'], fatal=True)
        if fitting:
            return fitting[0], None
        if not customers or is_general(values['name']):
            return None, None
        if len(customers) > 1:
            return None, Problem('ambiguous', values['name'], fatal=True)
        customer = customers[0]
        if not customer.first and _known_same(customer.values, values, 'city'):
            return customer, None          # only its county changed
        return None, Problem('same_name_elsewhere', values['name'], fatal=True)

    # === CHANGES === #

    def _apply(self, item):
        values = item.row.values
        customer = item.customer
        if customer is None:
            customer = Customer(0, {'name': values['name']}, first=item)
            for name in FIELDS:
                customer.values[name] = values.get(name, '')
            customer.changes = {name: value for name, value in customer.values.items() if value}
            item.customer = customer
            item.result = NEW
            self.created.append(customer)
            self._know(customer)
        elif customer.first:
            self._apply_again(item)
        else:
            customer.first = item
            self._rename(item)
            self._change(item, FIELDS)
            item.result = UNCHANGED  # until finish() knows all that changes

    def _apply_again(self, item):
        """A second row of one customer: it fills gaps; where it contradicts, the first counts."""
        values = item.row.values
        customer = item.customer
        first = customer.first.row
        if is_general(values['name']) and not values.get('ref') and not values.get('county'):
            item.customer = None
            item.problems.append(Problem('name_too_general', values['name'], fatal=True))
            return
        now = {**customer.values, **customer.changes}
        gaps = [name for name in FIELDS if not now.get(name)]
        self._change(item, gaps)
        different = [
            name for name in FIELDS
            if name != 'pharma_type' and values.get(name) and first.values.get(name)
            and values[name] != first.values[name]]
        if different:
            item.problems.append(Problem('differs_from_row', ",".join(different)))
        item.result = DUPLICATE

    def _rename(self, item):
        """A known code with another name: the new name counts, the old one stays known."""
        customer = item.customer
        name = item.row.values['name']
        old = customer.values['name']
        if not item.row.values.get('ref') or normalise(name) == normalise(old):
            return
        if customer.values.get('ref') != item.row.values['ref'] or (
                self._aliases.get(normalise(name), (0, ''))[0] == customer.id):
            return  # that name is known already
        customer.changes['name'] = name
        item.row.other_names.append(old)
        item.problems.append(Problem('renamed', old))

    def _change(self, item, names):
        customer = item.customer
        values = item.row.values
        for name in names:
            value = values.get(name)
            if not value or value == customer.values.get(name):
                continue
            if name == 'pharma_type' and customer.values.get(name):
                continue  # what a customer is was decided by people
            customer.changes[name] = value
            if name == 'ref':
                self._by_ref[value].append(customer)
        if 'city' in customer.changes and 'county' not in customer.changes:
            county = customer.values.get('county')
            if county and not county.startswith(customer.changes['city']):
                customer.changes['county'] = ''

    # === TERRITORIES === #

    def _align(self, item):
        """The territory that a row names, for its product line; wrong ones are told and left out.

        Rows of other lines stay; of two rows for one line the first counts.
        """
        customer, values = item.customer, item.row.values
        if self._places is None:
            item.problems.append(Problem('alignment_refused'))
            return
        place, line_id, problem = self._places.find(values['territory'], values.get('line'))
        if problem:
            item.problems.append(problem)
        elif customer.named.setdefault(line_id, place) != place:
            item.problems.append(Problem('territory_twice', customer.named[line_id].path))
        elif customer.territories.get(line_id) != {place.id}:
            customer.moves[line_id] = place

    # === OTHER NAMES === #

    def finish(self):
        """Decide about all names in brackets, once all customers of the list are known."""
        wanted = defaultdict(list)            # key -> items that bring it
        for item in self.items:
            if item.customer:
                for name in item.row.other_names:
                    wanted[normalise(name)].append((item, name))
        for key, uses in wanted.items():
            targets = {id(item.customer) for item, _name in uses}
            for item, name in uses:
                reason = self._why_not(key, name, item.customer, len(targets))
                if reason:
                    item.problems.append(Problem(reason, name))
                elif (self._aliases.get(key) or (0, ''))[0] != (item.customer.id or -1):
                    if key not in {normalise(other) for other in item.customer.other_names}:
                        item.customer.other_names.append(name)
        for item in self.items:
            if item.customer and item.row.values.get('territory'):
                self._align(item)
        for item in self.items:
            customer = item.customer
            if item.result == UNCHANGED and (
                    customer.changes or customer.other_names or customer.moves):
                item.result = UPDATE

    def _why_not(self, key, name, customer, targets):
        """The reason why another name is not recorded, '' when it can be or is already."""
        if is_general(name):
            return 'other_name_general'
        if targets > 1:
            return 'other_name_twice'
        if any(other is not customer for other in self._named[key]):
            return 'other_name_is_customer'
        if key in self._aliases:
            target, status = self._aliases[key]
            if status != 'confirmed':
                return 'other_name_waiting'
            if target != customer.id:
                return 'other_name_taken'
        return ''


def _same_place(one, two):
    return all(_known_same(one, two, name) for name in ('city', 'county'))


def _known_same(one, two, name):
    """Whether two places agree, as far as both say something."""
    return not one.get(name) or not two.get(name) or one[name] == two[name]
