"""Read lists of territories and decide what they do to those that are there.

How to use
    table = find_table(rows)                      # rows: tuples of str
    plan = TerritoryPlan(territories)             # Territory of the company, archived ones too
    for row in read_rows(table, "Sheet1"):
        plan.add(row)
    plan.finish()
    plan.items                                    # one Item per row, in the list's order
    plan.created, plan.changed                    # superiors before those below them

How it works
    A row means the territory with its code; without one, the territory of its name below its
    superior. Superiors are named by code, name or full name and may stand anywhere in the list.
    Nothing is guessed: what fits several territories is refused with the reason, and with it all
    rows below it. Empty cells never empty a field, so the same list once more changes nothing.

No Odoo imports: testable alone.
"""

from collections import defaultdict
from dataclasses import dataclass, field

from . import list_table
from .list_table import (
    DUPLICATE,
    NEW,
    PROBLEM,
    SKIPPED,
    UNCHANGED,
    UPDATE,
    Problem,
    column_words,
    is_footer,
    is_no_data,
    table_rows,
    whole_text,
    word_key,
)

TEXT_LENGTH = 100
COLUMNS = {
    'name': ('辖区名称', '辖区', '名称', '区域名称', '区域', 'name', 'territory', 'territoryname'),
    'code': ('辖区编码', '辖区代码', '编码', '代码', '编号', '区域编码', 'code', 'territorycode'),
    'parent': (
        '上级辖区', '上级', '上级编码', '上级辖区编码', '上级名称', '所属辖区', '上级区域',
        'parent', 'belongsto', 'superior'),
    'level': ('级别', '层级', '辖区级别', '辖区层级', 'level'),
}
_WORDS = column_words(COLUMNS)
LEVELS = {
    'region': ('大区', 'region'),
    'province': ('省区', '省', '省份', 'province'),
    'area': ('地区', '片区', '办事处', 'area'),
    'position': ('岗位', '岗', '代表岗', 'position'),
}
_LEVEL_WORDS = {word: level for level, words in LEVELS.items() for word in words}


@dataclass
class Row:
    """One row of a list; ``values`` holds what it says of name, code, parent and level."""

    number: int
    sheet: str = ''
    values: dict = field(default_factory=dict)
    problems: list = field(default_factory=list)
    skipped: bool = False


# eq=False: two territories are one only when they are the same object
@dataclass(eq=False)
class Territory:
    """A territory of the database, or one that this list brings (``id`` 0)."""

    id: int
    name: str
    code: str = ''
    level: str = ''
    parent: object = None            # Territory
    parent_text: str = ''            # of a new one, before its superior is found
    active: bool = True
    first: object = None             # the first Item that meant it
    changes: dict = field(default_factory=dict)

    @property
    def refused(self):
        """Whether this is a new territory that is not imported after all."""
        return not self.id and any(problem.fatal for problem in self.first.problems)

    @property
    def line(self):
        """This territory and its superiors, from the top; a circle ends where it closes."""
        line, territory = [], self
        while territory and territory not in line:
            line.append(territory)
            territory = territory.parent
        return line[::-1]

    @property
    def path(self):
        """Names from the top, as people write them: 华东大区 / 江苏省区."""
        return " / ".join(territory.name for territory in self.line)


@dataclass(eq=False)
class Item:
    """What becomes of one row."""

    row: Row
    result: str = PROBLEM
    territory: Territory = None
    problems: list = field(default_factory=list)

    @property
    def fatal(self):
        """Whether the row cannot be imported."""
        return any(problem.fatal for problem in self.problems)

    def refuse(self, reason, text=''):
        """The row is not imported, for this reason."""
        self.problems.append(Problem(reason, text, fatal=True))
        self.result = PROBLEM


def find_table(rows):
    """The list in a sheet, None when no row names a column of territories with another one.

    :rtype: list_table.Table | None
    """
    table = list_table.find_table(rows, _WORDS, {'name'})
    return table if table and len(table.columns) > 1 else None


def read_rows(table, sheet=''):
    """All rows below the header that hold anything.

    :param list_table.Table table: from ``find_table``
    :param str sheet: name of the sheet, for messages
    :rtype: Iterator[Row]
    """
    for number, cells, raw in table_rows(table):
        row = Row(number, sheet)
        if is_footer(cells) or is_no_data(cells, table, _WORDS):
            row.skipped = True
            row.values['name'] = whole_text(cells)[:TEXT_LENGTH]
        else:
            _read_row(row, raw)
        yield row


def _read_row(row, raw):
    row.values = {column: raw[column] for column in ('name', 'code', 'parent') if raw.get(column)}
    if not raw.get('name'):
        row.problems.append(Problem('name_missing', fatal=True))
    for column, text in row.values.items():
        if len(text) > TEXT_LENGTH:
            row.problems.append(Problem('too_long', text[:TEXT_LENGTH], fatal=True))
            row.values[column] = text[:TEXT_LENGTH]
    if raw.get('level'):
        level = _LEVEL_WORDS.get(word_key(raw['level']))
        if level:
            row.values['level'] = level
        else:
            row.problems.append(Problem('level_unknown', raw['level']))


class TerritoryPlan:
    """Look up rows and gather what changes.

    :param territories: all Territory of one company, archived ones too
    """

    def __init__(self, territories):
        self.items = []
        self._by_code = {}
        self._by_name = defaultdict(list)    # key -> active territories
        for territory in territories:
            self._know(territory)

    def _know(self, territory):
        if territory.code:
            self._by_code[territory.code] = territory
        if territory.active:
            self._by_name[word_key(territory.name)].append(territory)

    @property
    def created(self):
        """New territories, superiors before those below them."""
        return self._ordered(lambda territory: not territory.id)

    @property
    def changed(self):
        """Territories that were there and change."""
        return self._ordered(lambda territory: territory.id)

    def _ordered(self, condition):
        kept = {
            id(item.territory): item.territory for item in self.items
            if item.result in (NEW, UPDATE) and condition(item.territory)}
        return sorted(kept.values(), key=lambda territory: len(territory.line))

    def add(self, row):
        """Take the next row of the list; ``finish`` decides, once all of them are known."""
        item = Item(row, problems=list(row.problems))
        if row.skipped:
            item.result = SKIPPED
        self.items.append(item)

    def finish(self):
        """Decide about all rows."""
        items = [item for item in self.items if item.result != SKIPPED and not item.fatal]
        for item in items:
            self._identify(item)
        items = [item for item in items if item.territory]
        parents = [(item, self._find_parent(item)) for item in items]
        for item, parent in parents:
            if item.territory.first is item and not item.fatal:
                self._change(item, parent)
        self._refuse_circles(items)
        self._refuse_below(parents)
        for item in items:
            self._conclude(item)

    # === IDENTITY === #

    def _identify(self, item):
        """Which territory a row means: an own one, one of an earlier row, or a new one."""
        values = item.row.values
        found, reason = self._find(values)
        if reason:
            item.refuse(reason, values['name'])
            return
        if found is None:
            found = Territory(
                0, values['name'], values.get('code', ''), parent_text=values.get('parent', ''))
            self._know(found)
        elif not found.active:
            item.refuse('archived', found.path)
            return
        item.territory = found
        if values.get('code'):
            self._by_code[values['code']] = found
        if found.first is None:
            found.first = item
        elif any(value != found.first.row.values.get(column, value)
                 for column, value in values.items()):
            item.refuse('differs_from_row', str(found.first.row.number))

    def _find(self, values):
        """The territory that a row means, None for a new one; or the reason why none."""
        code = values.get('code')
        if code and code in self._by_code:
            return self._by_code[code], ''
        named = [
            territory for territory in self._by_name[word_key(values['name'])]
            if not (code and territory.code)]
        if values.get('parent'):
            named = [territory for territory in named if _is_below(territory, values['parent'])]
        if len(named) > 1:
            return None, 'ambiguous'
        return (named[0] if named else None), ''

    # === SUPERIORS === #

    def _find_parent(self, item):
        """The superior that a row names, None where it names none or a wrong one."""
        text = item.row.values.get('parent')
        if not text:
            return None
        found = self._by_code.get(text)
        if found is None:
            named = self._by_name[word_key(text)] or [
                territory for territory in self._by_name[word_key(text.rpartition("/")[2])]
                if word_key(territory.path) == word_key(text)]
            if len(named) > 1:
                item.refuse('parent_ambiguous', text)
                return None
            found = named[0] if named else None
        if found is None:
            item.refuse('parent_unknown', text)
        elif not found.active:
            item.refuse('parent_archived', text)
        elif found is item.territory:
            item.refuse('parent_self', text)
        return found

    def _refuse_circles(self, items):
        """What would be below itself, or below one that is, stays where it is."""
        for item in items:
            if 'parent' not in item.territory.changes:
                continue
            if item.territory.line[0].parent is not None:
                item.refuse('circle', item.territory.name)

    def _refuse_below(self, parents):
        """What stands below a new territory that is refused is refused as well."""
        refused = True
        while refused:
            refused = False
            for item, parent in parents:
                if parent is not None and parent.refused and not item.fatal:
                    item.refuse('parent_refused', parent.name)
                    refused = True

    # === CHANGES === #

    def _change(self, item, parent):
        territory, values = item.territory, item.row.values
        for name in ('name', 'code', 'level'):
            value = values.get(name)
            if value and (not territory.id or value != getattr(territory, name)):
                territory.changes[name] = value
                setattr(territory, name, value)
        if parent is not None and parent is not territory.parent:
            territory.changes['parent'] = parent
            territory.parent = parent

    def _conclude(self, item):
        territory = item.territory
        if item.fatal:
            return
        if territory.first.fatal:
            item.refuse('row_refused', str(territory.first.row.number))
        elif territory.first is not item:
            item.result = DUPLICATE
        elif not territory.id:
            item.result = NEW
        else:
            item.result = UPDATE if territory.changes else UNCHANGED


def _is_below(territory, text):
    """Whether the superior of a territory is called so."""
    if not territory.id:
        return word_key(territory.parent_text) == word_key(text)
    parent = territory.parent
    return parent is not None and (parent.code == text or word_key(text) in (
        word_key(parent.name), word_key(parent.path)))
