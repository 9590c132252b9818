import re

from rapidfuzz import fuzz, process

from odoo import api, models
from odoo.tools import SQL, ormcache

from ...tools.duplicates import Facts, Subject
from ...tools.masks import normalise_number
from ...tools.names import bigrams, fold, initials

# Kinds that may be one another's double, and stand for themselves.
INSTITUTION_TYPES = {
    'hospital': ('hospital', 'primary_care', 'campus'),
    'primary_care': ('hospital', 'primary_care', 'campus'),
    'campus': ('hospital', 'primary_care', 'campus'),
    'pharmacy': ('pharmacy',),
    'distributor': ('distributor', 'agent', 'manufacturer'),
    'agent': ('distributor', 'agent', 'manufacturer'),
    'manufacturer': ('distributor', 'agent', 'manufacturer'),
    'group': ('group',),
}
# Kinds whose tax number is that of the hospital above them
INNER_TYPES = ('campus', 'department', 'person')
# So many names are read for one that is typed, and so many of them looked at in full.
MANY_NAMES, CLOSE_NAMES = 2500, 40
_LATIN = re.compile(r'[a-z]')
_NOT_TAX = re.compile(r'[^0-9A-Z]')


def normalise_tax(text):
    """A tax or registration number as it is compared; '' of what is none, such as '/'.

    :param str text: may be empty or None
    """
    text = _NOT_TAX.sub('', (text or '').upper())
    return text if len(text) >= 6 else ''


def phone_key(text):
    """A phone number as it is compared, without China's code; '' of what is none.

    :param str text: may be empty or None
    """
    number = normalise_number(text, 'phone')
    abroad = re.match(r'(?:00)?86(\d{9,11})$', number)
    if abroad:
        number = abroad[1] if abroad[1].startswith(('0', '1')) else f'0{abroad[1]}'
    return number if len(number) > 5 else ''


def phone_variants(number):
    """How a phone number may stand in the index, with and without the country's code."""
    inner = number.removeprefix('0')
    return sorted({number, *(f'{code}{part}' for code in ('86', '0086')
                             for part in (number, inner))})


class ResPartner(models.Model):
    """What of a contact counts when doubles are looked for, and where candidates come from."""

    _inherit = 'res.partner'

    # As the program writes it in its conditions: digits only; letters and digits in capitals
    _pharma_phone_idx = models.Index(
        r"(regexp_replace(phone, '\D', '', 'g')) WHERE phone IS NOT NULL"
        " AND pharma_type IS NOT NULL")
    _pharma_vat_idx = models.Index(
        "(regexp_replace(upper(vat), '[^0-9A-Z]', '', 'g')) WHERE vat IS NOT NULL"
        " AND pharma_type IS NOT NULL")
    _pharma_registry_idx = models.Index(
        "(regexp_replace(upper(company_registry), '[^0-9A-Z]', '', 'g'))"
        " WHERE company_registry IS NOT NULL AND pharma_type IS NOT NULL")

    @api.model
    def _duplicate_flush(self):
        """What was just written counts in the statements below."""
        self._search_name_flush()
        self.flush_model([
            'active', 'city', 'company_id', 'parent_id', 'pharma_city_id', 'pharma_county_id',
            'phone', 'state_id', 'street'])
        self.env['pharma.person.profile'].flush_model()

    @api.model
    def _duplicate_facts(self, condition):
        """Read contacts as the engine compares them, whoever may see them.

        :param SQL condition: on the contact ``p``
        :return: ``{id: (Subject, id of the company or None)}``
        :rtype: dict
        """
        rows = self.env.execute_query_dict(SQL(
            """ SELECT p.id, p.pharma_type AS kind, p.name, p.pharma_city_id AS city,
                       p.pharma_county_id AS county, p.street, p.phone, p.vat,
                       p.company_registry AS registry, p.ref AS code, p.parent_id AS parent,
                       p.commercial_partner_id AS hospital, p.company_id AS company,
                       ARRAY[province.name, city.name, county.name] AS places,
                       f.identity_number_digest AS identity, f.private_phone_digest AS private,
                       ARRAY(SELECT a.name FROM pharma_alias a
                              WHERE a.partner_id = p.id AND a.status = 'confirmed'
                                AND a.automatic IS NOT TRUE) AS names
                  FROM res_partner p
             LEFT JOIN pharma_division city ON city.id = p.pharma_city_id
             LEFT JOIN pharma_division county ON county.id = p.pharma_county_id
             LEFT JOIN pharma_division province
                    ON province.state_id = p.state_id AND province.level = 'province'
             LEFT JOIN pharma_person_profile f ON f.partner_id = p.id
                 WHERE p.active AND p.pharma_type IS NOT NULL AND %s """, condition))
        return {row['id']: (Subject(self._prepare_facts(row)), row['company']) for row in rows}

    @api.model
    def _prepare_facts(self, row):
        """Facts of the engine from a row of :meth:`_duplicate_facts`."""
        inner = row['kind'] in INNER_TYPES
        numbers = () if inner else (row['vat'], row['registry'])
        phone = phone_key(row['phone'])
        return Facts(
            id=row['id'], kind=row['kind'], name=row['name'] or '', other_names=tuple(row['names']),
            places=tuple(name for name in row['places'] if name), city=row['city'],
            county=row['county'], address=row['street'] or '',
            phones=frozenset((phone,) if phone else ()),
            tax_numbers=frozenset(filter(None, map(normalise_tax, numbers))),
            code='' if inner else row['code'] or '', parent=row['parent'],
            hospital=row['hospital'] if inner else None,
            identities=frozenset(filter(None, (row['identity'],))),
            private_phones=frozenset(filter(None, (row['private'],))))

    # === CANDIDATES FOR WHAT IS TYPED === #

    @api.model
    def _duplicate_candidates(self, facts):
        """Ids of contacts that what is typed may be the double of: a few dozen at most.

        :param Facts facts: as typed
        :rtype: set[int]
        """
        found = self._candidates_by_number(facts)
        if facts.kind in ('person', 'department'):
            return found | self._candidates_inside(facts)
        texts = {}
        for query in self._candidate_names(facts):
            texts.update(((res_id, text), text) for res_id, text in self.env.execute_query(query))
        close = process.extract(
            fold(facts.name), texts, scorer=fuzz.ratio, score_cutoff=40, limit=CLOSE_NAMES)
        return found | {res_id for _text, _score, (res_id, _name) in close}

    @api.model
    def _candidates_by_number(self, facts):
        """Contacts with the same phone, tax number, registration or code."""
        queries = []
        digits = [variant for phone in facts.phones if phone.isdigit()
                  for variant in phone_variants(phone)]
        if digits:
            queries.append(SQL(
                r"regexp_replace(p.phone, '\D', '', 'g') = ANY(%s) AND p.phone IS NOT NULL",
                digits))
        numbers = sorted(facts.tax_numbers)
        if numbers:
            queries.append(SQL(
                "regexp_replace(upper(p.vat), '[^0-9A-Z]', '', 'g') = ANY(%s)"
                " AND p.vat IS NOT NULL", numbers))
            queries.append(SQL(
                "regexp_replace(upper(p.company_registry), '[^0-9A-Z]', '', 'g') = ANY(%s)"
                " AND p.company_registry IS NOT NULL", numbers))
        if facts.code:
            queries.append(SQL("p.ref = %s", facts.code))
        if not queries:
            return set()
        rows = self.env.execute_query(SQL(" UNION ALL ").join(
            SQL("(SELECT p.id FROM res_partner p WHERE p.pharma_type IS NOT NULL AND %s LIMIT %s)",
                query, CLOSE_NAMES) for query in queries))
        return {row[0] for row in rows}

    @api.model
    def _candidates_inside(self, facts):
        """Persons, or departments, of the same hospital whose names are or sound the same."""
        if not facts.hospital:
            return set()
        rows = self.env.execute_query(SQL(
            """ SELECT res_id FROM pharma_search_name
                 WHERE owner = %s AND model = 'res.partner' AND kind = %s AND source = 'name'
                   AND (text = %s OR letters = %s) LIMIT %s """,
            facts.hospital, facts.kind, fold(facts.name), initials(facts.name), CLOSE_NAMES))
        return {row[0] for row in rows}

    @api.model
    def _candidate_names(self, facts):
        """Queries of ``(contact, name)``: names of the same city, and names that share rare pairs
        of characters with what is typed.

        :rtype: list[SQL]
        """
        kinds = list(INSTITUTION_TYPES.get(facts.kind, ()))
        queries = []
        if facts.city:
            queries.append(SQL(
                """ SELECT s.res_id, s.text
                      FROM res_partner p
                      JOIN pharma_search_name s ON s.res_id = p.id AND s.model = 'res.partner'
                     WHERE p.pharma_city_id = %s AND p.pharma_type = ANY(%s) AND p.active
                       AND s.source IN ('name', 'alias')
                     LIMIT %s """, facts.city, kinds, MANY_NAMES))
        rare = self._rare_tokens(fold(facts.name))
        if rare:
            queries.append(SQL(
                """ SELECT s.res_id, s.text FROM pharma_search_name s
                     WHERE s.model = 'res.partner' AND s.grams && %s::text[]
                       AND s.kind = ANY(%s) AND s.source IN ('name', 'alias')
                     LIMIT %s """, rare, kinds, MANY_NAMES))
        else:
            tokens = [pair for pair in bigrams(fold(facts.name)) if not _LATIN.search(pair)]
            if tokens:
                queries.append(SQL(
                    """ SELECT s.res_id, s.text FROM pharma_search_name s
                         WHERE s.model = 'res.partner' AND s.grams @> %s::text[]
                           AND s.kind = ANY(%s) AND s.source IN ('name', 'alias')
                         LIMIT %s """,
                    [*tokens, '^' + fold(facts.name)[:2]], kinds, CLOSE_NAMES))
        return queries

    @api.model
    def _rare_tokens(self, text):
        """The pairs of characters of a folded name that few names have, the rarest first, as many
        as bring no more than a bounded number of names together.

        :rtype: list[str]
        """
        common, unknown, rows = self._token_frequencies()
        tokens = sorted(
            {pair for pair in bigrams(text) if not _LATIN.search(pair) and len(pair) == 2},
            key=lambda pair: (common.get(pair, unknown), pair))
        found, expected = [], 0.0
        for token in tokens:
            expected += common.get(token, unknown) * rows
            if expected > MANY_NAMES:
                break
            found.append(token)
        return found

    @api.model
    @ormcache()
    def _token_frequencies(self):
        """How frequent the tokens of names are, as the database's statistics know; only speed
        hangs on it.

        :return: share of the names by token, share of tokens that are not listed, count of names
        :rtype: tuple[dict[str, float], float, float]
        """
        rows = self.env.execute_query(SQL(
            """ SELECT s.most_common_elems::text::text[], s.most_common_elem_freqs, c.reltuples
                  FROM pg_class c
             LEFT JOIN pg_stats s ON s.tablename = c.relname AND s.schemaname = current_schema
                   AND s.attname = 'grams'
                 WHERE c.oid = 'pharma_search_name'::regclass """))
        tokens, shares, count = rows[0]
        common = dict(zip(tokens or (), shares or (), strict=False))
        return common, min(common.values(), default=0.0) / 2, max(count or 0.0, 0.0)
