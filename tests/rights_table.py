"""Reads ``rights.md``, the rights table."""

import re
from pathlib import Path
from typing import NamedTuple

TABLE = Path(__file__).with_name('rights.md')
# letter of the table -> operation of Odoo
OPERATIONS = {'R': 'read', 'W': 'write', 'C': 'create', 'D': 'unlink'}


class TableError(Exception):
    """The table cannot be read; says where and why."""


class Right(NamedTuple):
    """One line of the table."""

    model: str
    kind: str
    whose: str
    #: {code of a role: letters}
    roles: dict


class RightsTable:
    """The rights table.

    :ivar roles: {code: XML id of the group}, in the order of the columns
    :ivar whose: codes of whose records there are
    :ivar rights: list of :class:`Right`, one per kind and owner
    :ivar accepted: {(model, field, role)}: links that show a hidden customer's name all the same
    :ivar methods: {(model, method): what it asks for}
    """

    def __init__(self, text):
        tables = list(self._read_tables(text))
        self.roles = {row[0]: row[2] for row in self._only(tables, 'role')}
        self.whose = [row[0] for row in self._only(tables, 'whose')]
        self.accepted = {
            (row[0], field, role) for row in self._only(tables, 'model')
            for field in row[1].split(', ')
            for role in (self.roles if row[2] == 'all' else row[2].split(', '))}
        self.methods = {
            (row[0], method): row[2] for row in self._only(tables, 'methods of')
            for method in row[1].split(', ')}
        self.rights = [
            right for header, rows in tables if header[0] == 'kind of record'
            for right in self._read_rights(header, rows)]
        keys = [right[:3] for right in self.rights]
        twice = {key for key in keys if keys.count(key) > 1}
        if twice:
            raise TableError(f"twice in the table: {sorted(twice)}")

    @classmethod
    def load(cls):
        """The table as it stands in ``rights.md``.

        :rtype: RightsTable
        :raise TableError: for an unknown role, letter or owner, and for a line told twice
        """
        return cls(TABLE.read_text(encoding='utf-8'))

    @property
    def models(self):
        """Names of the models with a line."""
        return {right.model for right in self.rights}

    @staticmethod
    def _read_tables(text):
        """Yield ``(header, rows)`` of each table, lists of cells."""
        block = []
        for line in [*text.splitlines(), '']:
            if line.startswith('|'):
                block.append([cell.strip() for cell in line.strip().strip('|').split('|')])
            elif block:
                yield block[0], block[2:]
                block = []

    @staticmethod
    def _only(tables, first):
        found = [rows for header, rows in tables if header[0] == first]
        if len(found) != 1:
            raise TableError(f"one table whose first column is '{first}' is needed")
        return found[0]

    def _read_rights(self, header, rows):
        columns = header[2:]
        if columns != list(self.roles):
            raise TableError(f"columns are not the roles in their order: {columns}")
        models = []
        for row in rows:
            if len(row) != len(header):
                raise TableError(f"a cell is missing or too many: {row}")
            kinds, owners, *cells = row
            if not owners:
                models = [name.strip('* ') for name in kinds.split(',')]
                continue
            letters = dict(zip(columns, cells, strict=True))
            self._check_line(row, owners.split(', '), letters)
            for model in models:
                for kind in kinds.split(', '):
                    for whose in owners.split(', '):
                        yield Right(model, kind, whose, {
                            role: cell.strip('-') for role, cell in letters.items()})

    def _check_line(self, row, owners, letters):
        unknown = set(owners) - set(self.whose)
        if unknown:
            raise TableError(f"unknown owner {sorted(unknown)}: {row}")
        for role, cell in letters.items():
            if not re.fullmatch('-|R?W?C?D?', cell) or not cell:
                raise TableError(f"'{cell}' of {role} is no right: {row}")
