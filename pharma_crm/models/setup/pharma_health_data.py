from odoo import api, models
from odoo.tools import SQL

from ...tools import crypto
from ..customer.pharma_person_profile_numbers import NUMBERS, configured_keys
from .pharma_health_check import BAD, GOOD, LOOK, Check

# Numbers that are decrypted at once
CHUNK = 10000
# PostgreSQL before this one was never tried
OLDEST_POSTGRESQL = 150000
BIG_TABLES = 8
MEGABYTE = 1024 * 1024


class PharmaHealthCheck(models.Model):
    """Keys, names and the database."""

    _inherit = 'pharma.health.check'

    @api.model
    def _get_health_checks(self):
        env = self.env
        section = env._("Data")
        return [
            *super()._get_health_checks(),
            Check('key', section, env._("Encryption Key"), env._(
                "The key of private numbers lies outside the database; without it they are lost.")),
            Check('numbers', section, env._("Encrypted Numbers"), env._(
                "Decrypts every private number once, and counts those that cannot be read."),
                heavy=True),
            Check('names', section, env._("Index of Names"), env._(
                "Search finds what stands in the index: it must equal the names it stands for."),
                heavy=True),
            Check('database', section, env._("Database"), env._(
                "Version, character set and the largest tables.")),
        ]

    # === PRIVATE NUMBERS === #

    @api.model
    def _count_tokens(self, condition=None):
        """How many encrypted numbers there are.

        :param condition: function from the column to an SQL condition, None for all
        """
        profiles = self.env['pharma.person.profile']
        profiles.flush_model([f'{fname}_token' for fname in NUMBERS])
        columns = [SQL.identifier(f'{fname}_token') for fname in NUMBERS]
        counts = self.env.execute_query(SQL("SELECT %s FROM %s", SQL(", ").join(
            SQL("count(%s) FILTER (WHERE %s)", column,
                condition(column) if condition else SQL("TRUE")) for column in columns),
            SQL.identifier(profiles._table)))
        return sum(counts[0])

    @api.model
    def _check_key(self):
        profiles = self.env['pharma.person.profile']
        problem, count = profiles._key_problem(), self._count_tokens()
        if problem:
            return self._result(BAD if count else LOOK, "\n".join((problem, self.env._(
                "%s numbers are stored.", count))))
        prefix = profiles._keyring().prefix
        stale = self._count_tokens(lambda column: SQL("NOT starts_with(%s, %s)", column, prefix))
        if not stale:
            return self._result(GOOD, self.env._(
                "A key is set, %s numbers are encrypted with it.", count))
        buttons = []
        if self.env.is_system():
            buttons.append(self._repair_button(self.env._("Encrypt Anew"), 'key'))
        return self._result(LOOK, self.env._(
            "%(stale)s of %(count)s numbers are encrypted with another key than the first.",
            stale=stale, count=count), buttons)

    @api.model
    def _repair_key(self):
        """Encrypt all numbers with the first key; only for administrators of Odoo."""
        self.env['pharma.person.profile'].action_reencrypt()

    @api.model
    def _check_numbers(self):
        problem = self.env['pharma.person.profile']._key_problem()
        if problem:
            count = self._count_tokens()
            return self._result(BAD if count else GOOD, self.env._(
                "%s numbers are stored, no key to read them.", count))
        ring = crypto.keyring(configured_keys())
        total = unreadable = 0
        for fname, token in self._iter_tokens():
            total += 1
            try:
                ring.decrypt(token, fname)
            except crypto.CryptoError:
                unreadable += 1
        if not unreadable:
            return self._result(GOOD, self.env._("All %s numbers can be read.", total))
        return self._result(BAD, self.env._(
            "%(unreadable)s of %(total)s numbers cannot be read: add the old key, or enter them"
            " anew.", unreadable=unreadable, total=total))

    @api.model
    def _iter_tokens(self):
        """Yield ``(field, token)`` of all encrypted numbers, in bites that fit into memory."""
        columns = [SQL.identifier(f'{fname}_token') for fname in NUMBERS]
        some = SQL(" OR ").join(SQL("%s IS NOT NULL", column) for column in columns)
        last_id = 0
        while True:
            rows = self.env.execute_query(SQL(
                "SELECT id, %s FROM pharma_person_profile WHERE id > %s AND (%s)"
                " ORDER BY id LIMIT %s", SQL(", ").join(columns), last_id, some, CHUNK))
            if not rows:
                return
            last_id = rows[-1][0]
            for _id, *tokens in rows:
                yield from (
                    (fname, token) for fname, token in zip(NUMBERS, tokens, strict=True) if token)

    # === NAMES === #

    @api.model
    def _check_names(self):
        differences = self.env['pharma.search.name']._check_consistency()
        counts = {kind: sum(len(found.get(kind, ())) for found in differences.values())
                  for kind in ('missing', 'surplus', 'tokens')}
        total = self.env.execute_query(SQL("SELECT count(*) FROM pharma_search_name"))[0][0]
        if not differences:
            return self._result(GOOD, self.env._("All %s names are as they should be.", total))
        return self._result(BAD, self.env._(
            "Of %(total)s names %(missing)s are missing, %(surplus)s stand there for nothing,"
            " %(tokens)s have wrong parts.", total=total, **counts),
            [self._repair_button(self.env._("Repair"), 'names')])

    @api.model
    def _repair_names(self):
        """Write the names of those records anew that differ; twice changes nothing."""
        names = self.env['pharma.search.name']
        for model_name, differences in names._check_consistency().items():
            ids = sorted({row[0] for rows in differences.values() for row in rows})
            self.env.cr.execute(SQL(
                "DELETE FROM pharma_search_name WHERE model = %s AND res_id = ANY(%s)",
                model_name, ids))
            names._index(model_name, ids)

    # === DATABASE === #

    @api.model
    def _check_database(self):
        cr = self.env.cr
        version = cr._cnx.server_version
        encoding, ctype, size = self.env.execute_query(SQL(
            "SELECT pg_encoding_to_char(encoding), datctype, pg_database_size(oid)"
            " FROM pg_database WHERE datname = current_database()"))[0]
        tables = self.env.execute_query(SQL(
            "SELECT relname, pg_total_relation_size(oid) FROM pg_class"
            " WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
            " ORDER BY 2 DESC LIMIT %s", BIG_TABLES))
        texts = [self.env._(
            "PostgreSQL %(major)s.%(minor)s, %(encoding)s, LC_CTYPE %(ctype)s, %(size)s MB.",
            major=version // 10000, minor=version % 10000, encoding=encoding, ctype=ctype,
            size=size // MEGABYTE)]
        problems = self._get_database_problems(version, encoding, ctype)
        texts += [text for _state, text in problems]
        texts.append(self.env._("Largest tables: %s", ", ".join(
            f"{name} {size // MEGABYTE} MB" for name, size in tables)))
        states = {state for state, _text in problems}
        return self._result(
            next((state for state in (BAD, LOOK) if state in states), GOOD), "\n".join(texts))

    @api.model
    def _get_database_problems(self, version, encoding, ctype):
        """What a database has that the suite does not do well with.

        :param int version: of the server, as 150018
        :param str encoding: its character set
        :param str ctype: its LC_CTYPE
        :return: list of (state, sentence)
        """
        problems = []
        if encoding != 'UTF8':
            problems.append((BAD, self.env._(
                "Chinese needs the character set UTF8: move the data to a new database.")))
        if not ctype.upper().replace('-', '').endswith('UTF8'):
            problems.append((LOOK, self.env._(
                "Odoo's own search knows no Chinese with this LC_CTYPE: make the next database with"
                " LC_CTYPE C.UTF-8. The index of names of this suite does not mind.")))
        if version < OLDEST_POSTGRESQL:
            problems.append((LOOK, self.env._("The suite was made for PostgreSQL 15 and later.")))
        return problems
