"""Decide what a list of users does to the users and assignments that are there.

How to use
    plan = UserPlan(users, roles, places, assignments, today)
    for row in user_list.read_rows(…):
        plan.add(row)
    plan.finish()
    plan.items                                   # one Item per row, in the list's order
    plan.people                                  # users that are new or change, with their posts

How it works
    A row means the user with its login, or with its e-mail address where it has no login. All rows
    of one login are one person; they must agree on name, e-mail, phone and roles. Where they name
    territories, these are all of his from then on: what he has beside them ends the day before the
    first new one begins. A row without territory leaves his assignments alone, an empty cell what
    it stands for. So the same list once more changes nothing.

No Odoo imports: testable alone.
"""

import itertools
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta

from .list_table import DUPLICATE, NEW, PROBLEM, SKIPPED, UNCHANGED, UPDATE, Problem
from .user_list import is_email

PERSON_FIELDS = ('name', 'email', 'phone')


@dataclass(frozen=True)
class Role:
    """A role of the suite that a list may name."""

    key: int
    name: str
    post: str = ''               # what it is in assignments, '' when it has no territory
    allowed: bool = True         # whether the author of the list may give it


# eq=False: two of them are one only when they are the same object
@dataclass(eq=False)
class Post:
    """An assignment to a territory, of the database or new (``id`` 0)."""

    id: int
    user_id: int
    place_id: int
    role: str
    line_id: int                 # 0: all product lines
    date_from: date
    date_to: date = None

    @property
    def key(self):
        """What the same assignment at two times has in common."""
        return self.place_id, self.role, self.line_id

    def is_same(self, other):
        """Whether two new assignments are the same one."""
        return (self.key, self.date_from, self.date_to) == (
            other.key, other.date_from, other.date_to)

    def overlaps(self, other):
        """Whether two assignments hold on a day in common."""
        return (self.date_from <= (other.date_to or date.max)
                and other.date_from <= (self.date_to or date.max))


@dataclass(eq=False)
class Person:
    """A user of the database, or one that this list brings (``id`` 0)."""

    id: int
    login: str
    values: dict = field(default_factory=dict)   # name, email, phone; '' where empty
    roles: frozenset = frozenset()
    locked: str = ''             # reason why lists do not touch him at all
    email_locked: bool = False   # whether his e-mail address may not change
    own_roles: bool = False      # whether his roles may not change: he is the author
    first: object = None         # the first Item that meant him
    items: list = field(default_factory=list)
    changes: dict = field(default_factory=dict)  # values and roles that change
    posts: list = field(default_factory=list)    # [Post] of the database
    created: list = field(default_factory=list)  # [Post] to create
    moved: list = field(default_factory=list)    # [(Post, date_from, date_to)] to write
    deleted: list = field(default_factory=list)  # [Post] that had not begun


@dataclass(eq=False)
class Item:
    """What becomes of one row."""

    row: object                  # user_list.Row
    result: str = PROBLEM
    person: Person = None
    post: Post = None            # what its territory comes to
    changed: bool = False        # whether the row itself changes something
    problems: list = field(default_factory=list)

    @property
    def fatal(self):
        """Whether the row cannot be imported."""
        return any(problem.fatal for problem in self.problems)

    def refuse(self, reason, text=''):
        """The row is not imported, for this reason."""
        self.problems.append(Problem(reason, text, fatal=True))


class UserPlan:
    """Look up rows and gather what changes.

    :param people: all users with a login, archived ones too
    :param roles: all Role
    :param Places places: territories and product lines of the company
    :param posts: all Post of the company
    :param datetime.date today: today's date where the company is
    """

    def __init__(self, people, roles, places, posts, today):
        self.items = []
        self._roles = {role.key: role for role in roles}
        self._places = places
        self._today = today
        self._logins = {person.login.casefold(): person for person in people}
        self._emails = defaultdict(list)
        by_id = {person.id: person for person in people}
        for person in people:
            if person.values.get('email'):
                self._emails[person.values['email'].casefold()].append(person)
        for post in posts:
            if post.user_id in by_id:
                by_id[post.user_id].posts.append(post)

    @property
    def people(self):
        """Users that are new, change, or get other assignments, in the order of the list."""
        return [
            item.person for item in self.items
            if item.person and item.person.first is item and item.result in (NEW, UPDATE)]

    # === ROWS === #

    def add(self, row):
        """Take the next row of the list; ``finish`` decides, once all of them are known.

        :param user_list.Row row: a row in the order of the list
        """
        item = Item(row, problems=list(row.problems))
        self.items.append(item)
        if row.skipped:
            item.result = SKIPPED
        elif row.values.get('login') or row.values.get('email'):
            self._identify(item)

    def finish(self):
        """Decide about all rows."""
        people = {id(item.person): item.person for item in self.items if item.person}
        for person in people.values():
            self._read_posts(person)
            if self._is_sound(person):
                self._change_person(person)
                self._change_posts(person)
                if self._is_sound(person):
                    self._conclude(person)

    def _is_sound(self, person):
        """Whether all rows of a person can be imported; half of his posts would end the others."""
        refused = [item for item in person.items if item.fatal]
        for item in person.items if refused else ():
            if not item.fatal:
                item.refuse('other_row_refused', str(refused[0].row.number))
        return not refused

    def _identify(self, item):
        """Whom a row means: a user, one of an earlier row, or a new one."""
        values = item.row.values
        login = values.get('login') or values['email']
        person = self._logins.get(login.casefold())
        if not (person or values.get('login')):
            same = self._emails[login.casefold()]
            if len(same) > 1:
                item.refuse('email_ambiguous', login)
                return
            person = same[0] if same else None
        if person is None:
            person = Person(0, login)
            self._logins[login.casefold()] = person
        if person.locked:
            item.refuse(person.locked, login)
            return
        item.person = person
        person.items.append(item)
        if person.first is None:
            person.first = item
        else:
            first = person.first.row
            different = [
                name for name in (*PERSON_FIELDS, 'roles') if name in values
                and values[name] != first.values.setdefault(name, values[name])]
            if different:
                item.refuse('differs_from_row', str(first.number))
        item.problems += [
            Problem('role_refused', role.name, fatal=True) for role in self._roles.values()
            if role.key in values.get('roles', ()) and not role.allowed]

    # === PERSON === #

    def _change_person(self, person):
        """Name, address, phone and roles as the first row has them."""
        item, values = person.first, person.first.row.values
        wanted = {name: values[name] for name in PERSON_FIELDS if values.get(name)}
        if not person.id:
            if is_email(person.login):
                wanted.setdefault('email', person.login)
            for name in ('name', 'roles'):
                if not values.get(name):
                    item.refuse(f'{name}_missing')
        current = person.values.get('email')
        if person.email_locked and wanted.get('email', current) != current:
            del wanted['email']
            item.problems.append(Problem('email_locked'))
        person.changes = {
            name: value for name, value in wanted.items() if value != person.values.get(name, '')}
        roles = values.get('roles')
        if roles and roles != person.roles:
            if person.own_roles:
                item.refuse('own_roles')
            person.changes['roles'] = roles
        item.changed = bool(person.changes)

    # === POSTS === #

    def _read_posts(self, person):
        """The assignments that the rows of a person name."""
        for item in person.items:
            values = item.row.values
            if not values.get('territory') or item.fatal:
                continue
            place, line_id, problem = self._places.find(values['territory'], values.get('line'))
            if problem:
                item.problems.append(problem._replace(fatal=True))
            role = values.get('post') or self._post_of(
                person.first.row.values.get('roles') or person.roles)
            if not role:
                item.refuse('role_without_territory')
            if not item.fatal:
                item.post = Post(
                    0, person.id, place.id, role, line_id, values.get('date_from'),
                    values.get('date_to'))

    def _post_of(self, roles):
        """What somebody with these roles is in a territory: the first that his roles say."""
        return next((role.post for key, role in self._roles.items()
                     if key in roles and role.post), '')

    def _change_posts(self, person):
        """Match the assignments of the rows with those that are there; end the others."""
        kept = set()
        named = [item for item in person.items if item.post]
        for item in named:
            old = self._match(person, item.post, kept)
            if old is None:
                item.post.date_from = item.post.date_from or self._today
                if not any(post.is_same(item.post) for post in person.created):
                    person.created.append(item.post)
                    item.changed = True
                continue
            kept.add(old)
            wanted = item.post.date_from or old.date_from, item.post.date_to or old.date_to
            item.post = old
            if wanted != (old.date_from, old.date_to):
                person.moved.append((old, *wanted))
                item.changed = True
        if named:
            self._end_others(person, named, kept)
            self._check_periods(person, named)

    def _match(self, person, post, kept):
        """The assignment of the database that a row means, None for a new one."""
        same = [old for old in person.posts if old.key == post.key]
        if post.date_from:
            return next((old for old in same if old.date_from == post.date_from), None) or next(
                (old for old in same if old not in kept and old.overlaps(post)), None)
        if post.date_to:
            ended = next((old for old in same if old.date_to == post.date_to), None)
            if ended:
                return ended
        same.sort(key=lambda old: old.date_from)
        return next((old for old in same if not old.date_to or old.date_to >= self._today), None)

    def _end_others(self, person, named, kept):
        """What the list does not name ends the day before what it names newly begins, at the
        latest yesterday; what had not begun by then is deleted.
        """
        posts = [item.post for item in named]
        open_ended = [
            post for post in posts if not post.date_to or post.date_to >= self._today]
        if not open_ended:
            return
        # One that has not begun yet counts as new, so that the same list again changes nothing
        first = min((post.date_from for post in open_ended
                     if post in person.created or post.date_from > self._today),
                    default=self._today)
        for post in person.posts:
            if post in kept or (post.date_to and post.date_to < first):
                continue
            # What was so until yesterday stays in the history
            end = first if post.date_from < first else self._today
            if post.date_from < end:
                person.moved.append((post, post.date_from, end - timedelta(days=1)))
            else:
                person.deleted.append(post)
            named[0].changed = True

    def _check_periods(self, person, named):
        """The database refuses the same assignment twice on one day; so do we, in words."""
        moved = {old: (date_from, date_to) for old, date_from, date_to in person.moved}
        periods = defaultdict(list)
        for post in (*person.posts, *person.created):
            if post not in person.deleted:
                date_from, date_to = moved.get(post, (post.date_from, post.date_to))
                item = next((item for item in named if item.post is post), named[0])
                periods[post.key].append((date_from, date_to or date.max, item))
        for same in periods.values():
            same.sort(key=lambda period: period[:2])
            for date_from, date_to, item in same:
                if date_to < date_from:
                    item.refuse('dates_reversed')
            for before, after in itertools.pairwise(same):
                if after[0] <= before[1]:
                    after[2].refuse('posts_overlap', after[0].isoformat())

    # === RESULT === #

    def _conclude(self, person):
        for item in person.items:
            if item is person.first:
                changed = any(item.changed for item in person.items)
                item.result = NEW if not person.id else UPDATE if changed else UNCHANGED
            elif item.changed:
                item.result = UPDATE
            else:
                item.result = DUPLICATE if self._is_repeated(person, item) else UNCHANGED

    def _is_repeated(self, person, item):
        """Whether an earlier row of this person says the same."""
        for other in person.items:
            if other is item:
                return False
            if all(other.row.values.get(name) == value
                   for name, value in item.row.values.items()):
                return True
        return False
