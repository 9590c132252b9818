from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..tools.names import fold, split_words

# Up to so many matches are looked up first and sorted then; of more, the records are walked in
# their order until a page is full. Both take some 10 ms there.
FEW_MATCHES = 5000
# How many names of each kind a drop-down ranks; of so many matches any will do.
RANKED_MATCHES = 1000


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
        :return: query of ``(record id, source, name)``
        :rtype: SQL
        """
        raise NotImplementedError

    @api.model
    def _search_name_rebuilt(self, record_ids):
        """Called with each chunk of records while all names are written anew."""

    # === CRUD === #

    def _write_multi(self, vals_list):
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
        if operator == 'ilike' and value and self._search_name_applies():
            words = split_words(value)
            # Odoo would look for brackets and percent signs all through the table
            return self._search_name_domain(words) if words else Domain.FALSE
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
        self.env.cr.execute(SQL("%s LIMIT %s", matches, FEW_MATCHES + 1))
        record_ids = list({row[0] for row in self.env.cr.fetchall()})
        if self.env.cr.rowcount <= FEW_MATCHES:
            # As an array the planner takes it for few rows and looks each of them up; it would
            # rather walk the whole table in the list's order, looking for a known list of ids.
            return Domain.custom(
                to_sql=lambda model, alias, query: SQL(
                    "%s = ANY(ARRAY(SELECT unnest(%s::int[])))", SQL.identifier(alias, 'id'),
                    record_ids),
                predicate=lambda record, found=frozenset(record_ids): record.id in found)
        return Domain.custom(to_sql=lambda model, alias, query: SQL(
            "%s IN (%s)", SQL.identifier(alias, 'id'), matches))

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
        self.env['pharma.alias'].flush_model(['name', 'status', 'partner_id', 'product_id'])
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
    def _search_name_where(self, alias, words, start=False):
        """SQL condition on ``pharma_search_name``: a name with all the words.

        :param str alias: the table's alias
        :param list[Word] words: at least one
        :param bool start: the name begins with the first word
        :rtype: SQL
        """
        grams = set().union(*(word.tokens() for word in words))
        if start:
            grams |= words[0].start_tokens()
        conditions = [
            SQL("%s = %s", SQL.identifier(alias, 'model'), self._name),
            SQL("%s @> %s::text[]", SQL.identifier(alias, 'grams'), sorted(grams)),
        ]
        for word in words:
            if word.is_exact():
                continue
            # Folded texts hold neither of the wildcards of LIKE
            text = SQL.identifier(alias, 'text')
            conditions += [SQL("%s LIKE %s", text, f'%{part}%') for part in word.parts]
            if word.letters:
                conditions.append(
                    SQL("%s LIKE %s", SQL.identifier(alias, 'letters'), f'%{word.letters}%'))
        return SQL(" AND ").join(conditions)

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
        ranks = self._search_name_ranks(name, words)
        candidates = sorted(ranks, key=lambda record_id: (*ranks[record_id], record_id))
        found = []
        while candidates and len(found) < limit:
            # most drop-downs are filled by the first few
            chunk, candidates = candidates[:limit * 5], candidates[limit * 5:]
            readable = self._search(
                domain & Domain('id', 'in', chunk), order=self._search_name_order())
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
    def _search_name_ranks(self, name, words):
        """Rank a bounded number of records by their best name.

        :return: ``{id: (0 equal, 1 begins so, 2 holds it; length of the name)}``
        :rtype: dict[int, tuple[int, int]]
        """
        self._search_name_flush()
        whole = fold(name)
        first = words[0]
        start = first.letters or first.text
        column = SQL.identifier('letters' if first.letters else 'text')
        query = SQL(" UNION ALL ").join(
            SQL("(SELECT res_id, text, letters FROM pharma_search_name s WHERE %s LIMIT %s)",
                self._search_name_where('s', words, start=start_only), RANKED_MATCHES)
            for start_only in (True, False))
        self.env.cr.execute(SQL(
            """ SELECT res_id, min(ARRAY[
                       CASE WHEN text = %(whole)s OR letters = %(whole)s THEN 0
                            WHEN starts_with(%(column)s, %(start)s) THEN 1
                            ELSE 2 END,
                       char_length(text)])
                  FROM (%(query)s) AS hit
              GROUP BY res_id """,
            whole=whole, column=column, start=start, query=query))
        return {res_id: tuple(rank) for res_id, rank in self.env.cr.fetchall()}
