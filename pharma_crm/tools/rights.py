"""Who sees which customers, worked out a second time, row by row.

How to use
    visible = visible_customers(user, facts, today)           # ids
    working = visible_customers(user, facts, today, work=True)

How it works
    The rule itself is SQL (``pharma.access``); this is the same set of sentences in plain Python,
    on nothing but the dated tables, so that a mistake in the one shows as a difference to the
    other. Slow on purpose: no paths, no indexes, no shared code. The health page compares the two.

    - Directors and stewards: all customers.
    - Who does not work with persons: all but departments and persons.
    - The others: the customers of their territories of today (as manager and product manager those
      of all territories below as well), as far as the product lines meet; those of whoever they act
      for today; what is shared with them today; persons with a further post at such a hospital;
      customers that they entered and nobody has aligned; groups, distributors, manufacturers.
    - To work on: without what product managers have, what is shared to read, and without groups,
      distributors, manufacturers.

No Odoo imports: testable alone.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

OPEN_KINDS = {'group', 'distributor', 'manufacturer'}
PERSON_KINDS = {'department', 'person'}


class Customer(NamedTuple):
    """A contact with a kind."""

    id: int
    kind: str
    entity_id: int               # the hospital of all below it
    parent_id: int
    author_id: int
    company_id: int              # 0: of all companies


class Assignment(NamedTuple):
    """A person in a territory."""

    user_id: int
    territory_id: int
    role: str
    line_id: int                 # 0: all product lines
    date_from: date
    date_to: date


class Alignment(NamedTuple):
    """A customer of a territory."""

    customer_id: int
    territory_id: int
    line_id: int
    date_from: date
    date_to: date


class Delegation(NamedTuple):
    """Somebody acts for somebody."""

    user_id: int
    delegate_id: int
    date_from: date
    date_to: date


class Share(NamedTuple):
    """A customer is shared with somebody."""

    customer_id: int
    user_id: int
    mode: str                    # read, work
    date_from: date
    date_to: date


class Post(NamedTuple):
    """A further post of a person at a hospital, beside his primary one."""

    person_id: int
    hospital_id: int
    date_from: date
    date_to: date


@dataclass
class Facts:
    """The tables, all rows of all times."""

    customers: list
    superiors: dict              # territory id -> id of the one above, 0 at the top
    assignments: list
    alignments: list
    delegations: list
    shares: list
    posts: list
    entities: dict = field(init=False)   # entity id -> its customers
    children: dict = field(init=False)   # id of the superior -> its customers
    aligned: set = field(init=False)     # customers that were ever aligned

    def __post_init__(self):
        self.entities, self.children = defaultdict(list), defaultdict(list)
        for customer in self.customers:
            self.entities[customer.entity_id].append(customer.id)
            self.children[customer.parent_id].append(customer.id)
        self.aligned = {alignment.customer_id for alignment in self.alignments}


@dataclass
class User:
    """A user and what of his groups counts."""

    id: int
    sees_all: bool = False       # director, steward, administrator
    has_persons: bool = False    # works with departments and persons
    sees_companies: bool = False # needs every organisation for his work
    company_ids: frozenset = frozenset()  # his companies and those above them


def holds(row, today):
    """Whether a row with dates holds today; no first day: since ever, no last day: for ever."""
    return (not row.date_from or row.date_from <= today) and (
        not row.date_to or row.date_to >= today)


def visible_customers(user, facts, today, work=False):
    """The customers that a user sees, or works on.

    :param User user: any user of the web client
    :param Facts facts: the tables
    :param datetime.date today: today's date where his company is
    :param bool work: only what he may change
    :return: ids
    :rtype: set[int]
    """
    found = _without_company(user, facts, today, work)
    return {
        customer.id for customer in facts.customers
        if customer.id in found
        and (not customer.company_id or customer.company_id in user.company_ids)}


def _without_company(user, facts, today, work):
    if user.sees_all:
        return {customer.id for customer in facts.customers}
    organisations = {
        customer.id for customer in facts.customers if customer.kind not in PERSON_KINDS}
    if not user.has_persons:
        return organisations
    shared = {
        share.customer_id for share in facts.shares
        if share.user_id == user.id and holds(share, today) and (share.mode == 'work' or not work)}
    hospitals = _entities_of(user, facts, today, work) | shared
    found = set() if work else {
        customer.id for customer in facts.customers if customer.kind in OPEN_KINDS}
    for entity_id in hospitals:
        found.update(facts.entities.get(entity_id, ()))
    for post in facts.posts:
        if post.hospital_id in hospitals and holds(post, today):
            found.add(post.person_id)
    found |= shared
    for customer_id in shared:
        found.update(facts.children.get(customer_id, ()))
    return found | organisations if user.sees_companies else found


def _entities_of(user, facts, today, work):
    """Hospitals and other customers of a user's territories, and those he entered himself."""
    users = {user.id} | {
        delegation.user_id for delegation in facts.delegations
        if delegation.delegate_id == user.id and holds(delegation, today)}
    lines = defaultdict(set)     # territory -> product lines of the user there
    for assignment in facts.assignments:
        if assignment.user_id not in users or not holds(assignment, today):
            continue
        if work and assignment.role == 'product_manager':
            continue
        for territory_id in facts.superiors:
            if territory_id == assignment.territory_id or (
                    assignment.role != 'representative'
                    and _is_below(territory_id, assignment.territory_id, facts.superiors)):
                lines[territory_id].add(assignment.line_id)
    found = set()
    for alignment in facts.alignments:
        mine = lines.get(alignment.territory_id)
        if mine and holds(alignment, today) and (
                not alignment.line_id or 0 in mine or alignment.line_id in mine):
            found.add(alignment.customer_id)
    return found | {
        customer.id for customer in facts.customers
        if customer.author_id == user.id and customer.id == customer.entity_id
        and customer.kind not in OPEN_KINDS and customer.id not in facts.aligned}


def _is_below(territory_id, top_id, superiors):
    above, steps = superiors.get(territory_id), 0
    while above and above != top_id and steps < len(superiors):
        above, steps = superiors.get(above), steps + 1
    return above == top_id
