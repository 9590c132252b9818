from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ...tools.names import fold, kind_token, split_words

# Up to so many matches are looked up first and sorted then; of more, the records are walked in
# their order until a page is full.
FEW_MATCHES = 20000
# A page or a count up to here is filled from the first matches in the list's order; Odoo's lists
# count up to 10,001.
PAGE_END = 12000
# What is left of a page is sought among so many: all matches of all but the commonest words.
MANY_MATCHES = 40000
# Of so many visible records, each one's names are read instead of all names that match.
FEW_VISIBLE = 500
# How many names of each kind a drop-down ranks; of so many matches any will do.
RANKED_MATCHES = 1000


def id_array(record_ids):
    """Ids as one literal, which the database reads ten times faster than a list of thousands.

    :param record_ids: iterable of integers
    :rtype: SQL
    """
    ids = ','.join(map(str, record_ids))
    return SQL("%s::int[]", f'{{{ids}}}')


class PharmaSearchMixin(models.AbstractModel):
    """A model whose records are found by all their names, through ``pharma.search.name``.

    How to use: set ``_search_name_columns`` and implement :meth:`_search_name_sources`. Drop-downs,
    links in domains and the field ``search_name`` of search views then find a name by one or two
    characters, by pinyin initials, by other names and codes; several words must all be found.
    """

    _name = 'pharma.search.mixin'
    _description = "Found by All Names"

    # Columns of the model's table that :meth:`_search_name_sources` reads.
    _search_name_columns = frozenset()
    # Whether all that ``display_name`` finds stands in the index.
    _search_name_complete = True
    # Field that lists sort by, kept in the index as well.
    _search_name_sort = None
    # Selection that lists and drop-downs of one kind ask for, kept in the index as well.
    _search_name_kind = None
    # Many2one to the record that may hold some of several words: the hospital of 协和 张伟.
    _search_name_owner = None

    search_name = fields.Char(
        string="Any Name", store=False, search='_search_search_name', groups='base.group_user',
        help="Name, other names, codes and pinyin initials")

    # === HOOKS === #

    @api.model
    def _search_name_sources(self, record_ids):
        """SQL of the names of records.

        :param list[int] record_ids: records
        :return: query of ``(record id, source, name, value of _search_name_sort or '', value of
            _search_name_kind or '', id of the record on which it depends who sees this one or 0)``
        :rtype: SQL
        """
        raise NotImplementedError

    @api.model
    def _search_name_prepare(self, record_ids):
        """Bring what the index takes from the records up to date, before all is written anew."""

    # === CRUD === #

    def _write_multi(self, vals_list):  # pylint: disable=missing-return  # it returns nothing
        # Here every way of writing arrives, stored computed names included, in batches.
        super()._write_multi(vals_list)
        renamed = [
            record.id for record, vals in zip(self, vals_list, strict=True)
            if not self._search_name_columns.isdisjoint(vals)
        ]
        if renamed:
            self.env['pharma.search.name']._index(self._name, renamed)

    def unlink(self):
        record_ids = self.ids
        result = super().unlink()
        self.env['pharma.search.name']._index(self._name, record_ids)
        return result

    # === SEARCH === #

    @api.model
    def _search_search_name(self, operator, value):
        # The ORM does not check the groups of fields that it never reads
        self._check_field_access(self._fields['search_name'], 'read')
        if operator == 'in':
            return Domain.OR(self._search_name_domain_equal(name) for name in value if name)
        if operator not in ('like', 'ilike'):
            return NotImplemented
        if not value:
            return Domain.TRUE
        words = split_words(value)
        return self._search_name_domain(words) if words else Domain.FALSE

    @api.model
    def _search_display_name(self, operator, value):
        if operator in ('ilike', 'not ilike') and value and self._search_name_applies():
            words = split_words(value)
            # Odoo would look for brackets and percent signs all through the table
            domain = self._search_name_domain(words) if words else Domain.FALSE
            return domain if operator == 'ilike' else ~domain
        return super()._search_display_name(operator, value)

    @api.model
    @api.readonly
    def name_search(self, name='', domain=None, operator='ilike', limit=100):
        words = split_words(name) if operator == 'ilike' and self._search_name_applies() else []
        if not words or not limit:
            return super().name_search(name, domain, operator, limit)
        records = self._search_name_ranked(name, words, Domain(domain or Domain.TRUE), limit)
        records.fetch(['display_name'])
        return [(record.id, record.display_name) for record in records.sudo()]

    @api.model
    def _search_name_applies(self):
        """Portal users search as Odoo does: other names are nothing that they should learn of."""
        return self.env.su or self.env.user._is_internal()

    @api.model
    def _search_name_domain(self, words):
        """Condition that records have a name with all the words.

        :param list[Word] words: at least one
        :rtype: Domain
        """
        self._search_name_flush()
        matches = self._search_name_query(words)
        if len(words) > 1 or not self._search_name_sees_few() and (
                self._search_name_estimate(matches) <= FEW_MATCHES):
            # As an array the planner takes it for few rows and looks each of them up; else it might
            # walk the whole table in the list's order in search of them.
            return Domain.custom(to_sql=lambda model, alias, query: SQL(
                "%s = ANY(ARRAY(%s))", SQL.identifier(alias, 'id'), matches))
        # Reading the tokens of each row that is passed would take longer than reading its text.
        where = self._search_name_where('s', words, grams=False)
        return Domain.custom(to_sql=lambda model, alias, query: SQL(
            "EXISTS (SELECT FROM pharma_search_name s WHERE s.res_id = %s AND %s)",
            SQL.identifier(alias, 'id'), where))

    @api.model
    def _search_name_estimate(self, matches):
        """How many rows the database expects of a query; only speed hangs on it.

        :rtype: float
        """
        self.env.cr.execute(SQL("EXPLAIN (FORMAT JSON) %s", matches))
        return self.env.cr.fetchone()[0][0]['Plan']['Plan Rows']

    @api.model
    def _search_name_domain_equal(self, name):
        """Condition that records have exactly this name, as names are compared."""
        text = fold(name)
        if not text:
            return Domain.FALSE
        self._search_name_flush()
        return Domain.custom(to_sql=lambda model, alias, query: SQL(
            """ %s = ANY(ARRAY(SELECT res_id FROM pharma_search_name
                                WHERE model = %s AND grams @> %s::text[] AND text = %s)) """,
            SQL.identifier(alias, 'id'), self._name, ['^' + text[:2]], text))

    @api.model
    def _search_name_flush(self):
        """Names that were just written are found."""
        self.env['pharma.alias'].flush_model(
            ['name', 'status', 'automatic', 'partner_id', 'product_id'])
        self.flush_model(self._search_name_columns)

    @api.model
    def _search_name_query(self, words):
        """SQL of the ids of records with all the words: in one of its names, or one word in its own
        name and the others in the name of its owner.
        """
        queries = [SQL(
            "SELECT s.res_id FROM pharma_search_name s WHERE %s",
            self._search_name_where('s', words))]
        if self._search_name_owner and len(words) > 1:
            for position, word in enumerate(words):
                others = words[:position] + words[position + 1:]
                queries.append(SQL(
                    """ SELECT s.res_id
                          FROM pharma_search_name s
                          JOIN %(table)s r ON r.id = s.res_id
                          JOIN pharma_search_name o ON o.res_id = %(owner)s
                         WHERE %(owner)s != r.id AND %(own)s AND %(others)s """,
                    table=SQL.identifier(self._table),
                    owner=SQL.identifier('r', self._search_name_owner),
                    own=self._search_name_where('s', [word]),
                    others=self._search_name_where('o', others)))
        return SQL(" UNION ").join(queries) if len(queries) > 1 else queries[0]

    @api.model
    def _search_name_where(self, alias, words, start=False, grams=True, kinds=()):
        """SQL condition on ``pharma_search_name``: a name with all the words.

        :param str alias: the table's alias
        :param list[Word] words: at least one
        :param bool start: the name begins with the first word
        :param bool grams: ask the index of tokens
        :param kinds: only records of these kinds; none: of all
        :rtype: SQL
        """
        conditions = [SQL("%s = %s", SQL.identifier(alias, 'model'), self._name)]
        if grams:
            tokens = set().union(*(word.tokens() for word in words))
            if start:
                tokens |= words[0].start_tokens()
            conditions.append(SQL("(%s)", SQL(" OR ").join(
                SQL("%s @> %s::text[]", SQL.identifier(alias, 'grams'), sorted(tokens | kind))
                for kind in ({kind_token(kind)} if kind else set() for kind in kinds or ['']))))
        for word in words:
            if grams and word.is_exact():
                continue
            # Folded texts hold neither of the wildcards of LIKE
            text, letters = SQL.identifier(alias, 'text'), SQL.identifier(alias, 'letters')
            conditions += [SQL("%s LIKE %s", text, f'%{part}%') for part in word.parts]
            if word.letters:
                # a single letter is the first one
                pattern = f'%{word.letters}%' if len(word.letters) > 1 else f'{word.letters}%'
                conditions.append(SQL("%s LIKE %s", letters, pattern))
        return SQL(" AND ").join(conditions)

    # === PAGES === #

    @api.model
    def _search(self, domain, offset=0, limit=None, order=None, **kwargs):
        # One page of many matches: the first of them in the list's order nearly always fill it.
        end = (offset or 0) + (limit or 0)
        if limit and end <= PAGE_END and self._search_name_sorts(order):
            words, others = self._search_name_split(domain)
            if len(words) == 1 and self._search_name_applies():
                kinds = self._search_name_kinds(domain)
                for window in (end * 5 // 4 + 200, MANY_MATCHES):
                    candidates, complete = self._search_name_first(words, order, window, kinds)
                    record_ids = super()._search(
                        others & self._search_name_among(candidates), order=order, **kwargs
                    ).get_result_ids()
                    if complete or len(record_ids) >= end:
                        return self.browse(record_ids[offset or 0:end])._as_query()
        return super()._search(domain, offset=offset, limit=limit, order=order, **kwargs)

    @api.model
    @api.readonly
    def web_search_read(
            self, domain, specification, offset=0, limit=None, order=None, count_limit=None):
        # One look at the names for the first page and for how many there are: Odoo takes two
        if not offset and limit and count_limit and limit < count_limit <= PAGE_END and (
                self._search_name_sorts(order or self._order)
                and len(self._search_name_split(domain)[0]) == 1
                and self._search_name_applies()):
            records = self.search(domain, limit=count_limit, order=order)
            return {'length': len(records), 'records': records[:limit].web_read(specification)}
        return super().web_search_read(
            domain, specification, offset=offset, limit=limit, order=order,
            count_limit=count_limit)

    @api.model
    def _search_name_among(self, record_ids):
        """Domain of these records."""
        return Domain.custom(to_sql=lambda model, alias, query: SQL(
            "%s = ANY(%s)", SQL.identifier(alias, 'id'), id_array(record_ids)))

    @api.model
    def _search_name_visible(self):
        """How many records the current user sees, roughly; None: nearly all."""
        return None

    @api.model
    def _search_name_sees_few(self):
        """Whether the current user sees so few records that each one may be looked at."""
        visible = self._search_name_visible()
        return visible is not None and visible <= FEW_VISIBLE

    @api.model
    def _search_name_visible_sql(self, alias):
        """Condition that a name may be that of a record which the current user sees; None where
        he sees nearly all.

        :param str alias: of ``pharma_search_name`` in the query
        :rtype: SQL or None
        """
        return None

    @api.model
    def _search_name_sorts(self, order):
        """Whether the index knows the order of a list: none, or by the sort field."""
        if not order:
            return True
        terms = [term.strip().lower().removesuffix(' asc') for term in order.split(',')]
        return bool(self._search_name_sort) and terms in (
            [self._search_name_sort], [self._search_name_sort, 'id'])

    @api.model
    def _search_name_split(self, domain):
        """Divide a domain into the search for a name and the rest.

        :param domain: any domain
        :return: words of the first search for a name that every record must satisfy (none: there is
            no such search), and the other conditions
        :rtype: tuple[list[Word], Domain]
        """
        items = list(Domain(domain))
        wanted = {('search_name', 'ilike')}
        if self._search_name_complete:
            wanted.add(('display_name', 'ilike'))
        for position, item in self._search_name_conjuncts(items):
            if item[:2] in wanted and item[2]:
                items[position] = Domain.TRUE
                return split_words(item[2]), Domain(items, internal=True)
        return [], Domain.TRUE

    @api.model
    def _search_name_kinds(self, domain):
        """The kinds that every record of a domain is of.

        :param domain: any domain
        :return: values of ``_search_name_kind``; none: records of any kind
        :rtype: list[str]
        """
        for _position, item in self._search_name_conjuncts(list(Domain(domain))):
            if item[0] == self._search_name_kind and item[1] in ('=', 'in'):
                kinds = [item[2]] if item[1] == '=' else list(item[2])
                return kinds if all(kinds) else []
        return []

    @api.model
    def _search_name_conjuncts(self, items):
        """Yield the conditions of a domain that every record must satisfy, with their positions.

        :param list items: a domain in prefix notation
        """
        conjunct = [True]  # whether the next operands must all hold
        for position, item in enumerate(items):
            must = conjunct.pop()
            if item in ('&', '|'):
                conjunct += [must and item == '&'] * 2
            elif item == '!':
                conjunct.append(False)
            elif must and isinstance(item, tuple):
                yield position, item

    @api.model
    def _search_name_first(self, words, order, limit, kinds=()):
        """The first matches in the order of a list.

        :param list[Word] words: one word
        :param str order: as :meth:`_search_name_sorts` accepts it
        :param int limit: how many matches to take
        :param kinds: only of these kinds; none: of all
        :return: ids, and whether these are all
        :rtype: tuple[list[int], bool]
        """
        self._search_name_flush()
        rows = self._search_name_rows(SQL(
            "SELECT s.res_id FROM pharma_search_name s WHERE %s AND %s %s LIMIT %s",
            self._search_name_where('s', words, kinds=kinds),
            self._search_name_visible_sql('s') or SQL("TRUE"),
            SQL("ORDER BY s.sort_key, s.res_id") if order else SQL(), limit))
        return list(dict.fromkeys(res_id for res_id, in rows)), len(rows) < limit

    @api.model
    def _search_name_rows(self, query):
        """Rows of a query with a limit on the index of names.

        The planner hopes to meet enough matches early in the table and reads all of it where they
        stand at its end; so it may not, for this one statement.
        """
        self.env.cr.execute("SET LOCAL enable_seqscan = off")
        self.env.cr.execute(query)
        rows = self.env.cr.fetchall()
        self.env.cr.execute("SET LOCAL enable_seqscan TO DEFAULT")
        return rows

    # === DROP-DOWNS === #

    @api.model
    def _search_name_ranked(self, name, words, domain, limit):
        """The records that a drop-down shows: equal names first, then those that begin so, then
        the shorter ones. The work is bounded: of a thousand hospitals any dozen will do.

        :param str name: as typed
        :param list[Word] words: its words
        :param Domain domain: what else the records must satisfy
        :param int limit: how many
        :return: readable records
        """
        ranks = self._search_name_ranks(name, words, self._search_name_kinds(domain))
        candidates = sorted(ranks, key=lambda record_id: (*ranks[record_id], record_id))
        found = []
        # Most drop-downs are filled by the first few; who sees little needs all
        for chunk in (candidates[:limit * 5], candidates[limit * 5:]):
            if not chunk or len(found) >= limit:
                break
            readable = self._search(
                domain & self._search_name_among(chunk), order=self._search_name_order())
            found += self._search_name_sorted(readable.get_result_ids(), ranks)
        found = found[:limit]
        complete = self._search_name_complete and len(words) == 1 and len(ranks) < RANKED_MATCHES
        if len(found) < limit and not complete:
            # none among the thousand, words in the owner's name, codes of products
            found += self._search(
                domain & Domain('display_name', 'ilike', name) & Domain('id', 'not in', found),
                limit=limit - len(found)).get_result_ids()
        return self.browse(found)

    @api.model
    def _search_name_order(self):
        """Order of the records of equal rank; none: the shorter name first."""
        return None

    @api.model
    def _search_name_sorted(self, record_ids, ranks):
        """Sort ids by rank; stable when an order was asked for, else by length of the name."""
        if self._search_name_order():
            return sorted(record_ids, key=lambda record_id: ranks[record_id][0])
        return sorted(record_ids, key=lambda record_id: (*ranks[record_id], record_id))

    @api.model
    def _search_name_ranks(self, name, words, kinds=()):
        """Rank a bounded number of records by their best name.

        :return: ``{id: (0 equal, 1 begins so, 2 holds it; length of the name)}``
        :rtype: dict[int, tuple[int, int]]
        """
        self._search_name_flush()
        whole = fold(name)
        first = words[0]
        start = first.letters or first.text
        column = SQL.identifier('letters' if first.letters else 'text')
        visible = self._search_name_visible_sql('s')
        # Of what he may see, who sees a part ranks all; it is read from beginning to end anyway
        query = SQL(" UNION ALL ").join(
            SQL("(SELECT res_id, text, letters FROM pharma_search_name s WHERE %s AND %s LIMIT %s)",
                self._search_name_where('s', words, start=start_only, kinds=kinds),
                visible or SQL("TRUE"), MANY_MATCHES if visible else RANKED_MATCHES)
            for start_only in ((False,) if visible else (True, False)))
        rows = self._search_name_rows(SQL(
            """ SELECT res_id, min(ARRAY[
                       CASE WHEN text = %(whole)s OR letters = %(whole)s THEN 0
                            WHEN starts_with(%(column)s, %(start)s) THEN 1
                            ELSE 2 END,
                       char_length(text)])
                  FROM (%(query)s) AS hit
              GROUP BY res_id """,
            whole=whole, column=column, start=start, query=query))
        return {res_id: tuple(rank) for res_id, rank in rows}
