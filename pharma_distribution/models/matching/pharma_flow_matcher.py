from typing import NamedTuple

from odoo import api, models
from odoo.tools import SQL
from odoo.tools.lru import LRU

from ...tools.matching import Archive, Query, Record
from ...tools.matching_places import PlaceTable
from ...tools.matching_products import Catalogue, Product, ProductQuery
from ...tools.matching_result import Match

# Whom distributors sell to or buy from: organisations, never departments or persons.
CUSTOMER_TYPES = (
    'hospital', 'campus', 'primary_care', 'pharmacy', 'group', 'distributor', 'agent',
    'manufacturer',
)
# Reasons that say: several customers or products may be meant.
AMBIGUOUS = ('ambiguous', 'twin')
# No confidence reaches it: people decide.
NEVER = 2.0
# What names are found in, under the database and all that it was made of. One serves all companies
# that have the same customers; what changed is under another key, so nothing old is ever found.
_STORES = LRU(6)


class FlowName(NamedTuple):
    """A name of a file, as it is decided on."""

    name: str
    code: str = ''
    #: somebody has to decide on it when it is unknown; the suppliers of purchases need not be known
    needed: bool = True
    #: of a product, where all its rows name the same one
    maker: str = ''


class PharmaFlowMatcher(models.AbstractModel):
    """Decides alone on names that nobody has decided on, or suggests whom they may mean.

    How it works: the customers of a company stand in an archive of ``tools/matching.py``, kept in
    this process as long as what it was made of is the same. A name that is a customer's own, place
    and all, is that customer's and needs no decision. Every other name is asked about once; the
    answer, with reason and confidence, is kept in ``pharma.alias``, as a decision where it is
    nearly certain, else as suggestions. It is asked about again when the customer that it meant was
    archived, or when another one of just this name came.
    """

    _name = 'pharma.flow.matcher'
    _description = "Decides on Names of Flow Files"

    # === DECISIONS === #

    @api.model
    def _decide(
            self, kind, names, distributor_id, company_id, decided=None, file=None, anew=False):
        """Decide on names on which there is no decision, and remember the answers.

        :param str kind: 'partner' or 'product'
        :param dict names: key -> FlowName
        :param dict decided: key -> (target id or None, outcome) of the other names of the
            distributor: customers whose places tell where it sells
        :param file: the pharma.flow.file that is being read, if any
        :param bool anew: ask about all of them, also those that were asked about before
        :return: dict key -> (target id or None, outcome), as ``pharma.flow.resolver`` wants it
        """
        aliases = self.env['pharma.alias']
        open_names = aliases._get_open_names(kind, names, distributor_id, company_id)
        fresh = {key: name for key, name in names.items()
                 if anew or key not in open_names or open_names[key].ask}
        by_hand = {key for key, name in open_names.items() if name.by_hand}
        archive = self._get_archive(company_id) if kind == 'partner' and fresh else None
        answers = self._find_own(
            kind, {key: name for key, name in fresh.items() if key not in by_hand}, company_id,
            archive)
        known = [target for target, outcome in (*(decided or {}).values(), *answers.values())
                 if outcome == 'ok']
        matches = self._match(
            kind, {key: name for key, name in fresh.items() if key not in answers},
            distributor_id, company_id, by_hand, known, archive)
        # listed before its customer was there: its decision is told as any other
        matches |= {key: self._as_match(target_id, names[key])
                    for key, (target_id, _outcome) in answers.items() if key in open_names}
        for key in names.keys() - answers.keys():
            match = matches.get(key)
            if match and match.automatic:
                answers[key] = (match.record_id, 'ok')
            else:
                reason = match.reason if match else open_names[key].reason
                answers[key] = (None, 'ambiguous' if reason in AMBIGUOUS else 'unknown')
        aliases._remember(
            kind, {key: (names[key].name, match) for key, match in matches.items()
                   if names[key].needed}, distributor_id, company_id, file)
        return answers

    @api.model
    def _find_own(self, kind, names, company_id, archive):
        """Names that are a customer's or a product's own: equality is no decision.

        :param Archive archive: of the company, for customers
        :return: dict key -> (target id, 'ok')
        """
        if not names:
            return {}
        if kind == 'partner':
            found = {key: archive.own(name.name, key) for key, name in names.items()}
        else:
            found = self.env['pharma.flow.resolver']._find_own_products(names, company_id)
        return {key: (target_id, 'ok') for key, target_id in found.items() if target_id}

    @api.model
    def _match(self, kind, names, distributor_id, company_id, by_hand, known, archive):
        """Ask the engines.

        :param dict names: key -> FlowName
        :param by_hand: keys on which people alone decide
        :param known: ids of customers to whom the distributor sells for sure
        :param Archive archive: of the company, for customers
        :return: dict key -> tools.matching_result.Match
        """
        if not names:
            return {}
        # sudo: the threshold of the file's company, whatever the company of the one who works
        threshold = self.env['res.company'].sudo().browse(company_id).pharma_match_threshold
        if kind == 'partner':
            matches = archive.match(
                self._get_queries(names, distributor_id), threshold,
                self._get_known(distributor_id, company_id, known))
        else:
            matches = self._get_catalogue(company_id).match(
                (ProductQuery(name.name, '', name.maker) for name in names.values()), threshold)
        return {
            key: match._replace(automatic=False) if key in by_hand else match
            for key, match in zip(names, matches, strict=True)}

    @api.model
    def _as_match(self, target_id, name):
        """The answer that a name is a customer's or a product's own."""
        return Match('exact', target_id, 1.0, 'exact', {'name': name.name}, 'same', True, ())

    @api.model
    def _get_name(self, alias):
        """A listed name as the engines take it, with the maker that its rows agree on.

        :param alias: pharma.alias
        :rtype: FlowName
        """
        maker = ''
        if alias.kind == 'product':
            makers = self.env.execute_query(SQL(
                """ SELECT DISTINCT COALESCE(raw_maker, '') FROM pharma_flow_line
                     WHERE product_key = %s AND distributor_id = %s AND company_id = %s """,
                alias.key, alias.distributor_id.id, alias.company_id.id))
            maker = makers[0][0] if len(makers) == 1 else ''
        return FlowName(alias.name, '', True, maker)

    @api.model
    def _get_queries(self, names, distributor_id):
        # sudo: where the distributor is, for whoever reads or decides
        distributor = self.env['res.partner'].sudo().browse(distributor_id)
        return [
            Query(name.name, distributor_id,
                  distributor_province=distributor.state_id.name or '',
                  distributor_city=distributor.pharma_city_id.name or distributor.city or '')
            for name in names.values()]

    @api.model
    def _get_known(self, distributor_id, company_id, known):
        """Customers of the distributor, for where it sells.

        :param known: ids of some of them
        :return: list for ``Archive.match``
        """
        rows = self.env.execute_query(SQL(
            """ SELECT DISTINCT partner_id FROM pharma_alias
                 WHERE distributor_id = %s AND status = 'confirmed' AND partner_id IS NOT NULL
                   AND (company_id = %s OR company_id IS NULL) """, distributor_id, company_id))
        known = set(known).union(partner_id for partner_id, in rows)
        return [(distributor_id, partner_id) for partner_id in sorted(known)]

    # === WHAT NAMES ARE FOUND IN === #

    @api.model
    def _get_archive(self, company_id):
        """The customers of a company, ready to be found.

        :rtype: Archive
        """
        self.env['res.partner'].flush_model()
        self.env['pharma.alias'].flush_model()
        return self._get_store('customers', self._sql_customers(company_id), lambda rows: Archive(
            (Record(*row[:-2], tuple(row[-2] or ()), row[-1]) for row in rows), self._get_places()))

    @api.model
    def _get_catalogue(self, company_id):
        """The products of a company, ready to be found.

        :rtype: Catalogue
        """
        self.env['product.template'].flush_model()
        self.env['res.partner'].flush_model(['name'])
        self.env['pharma.alias'].flush_model()
        return self._get_store('products', self._sql_products(company_id), lambda rows: Catalogue(
            Product(product_id, names[0], generic, spec=spec, form=form, maker=maker,
                    approval=approval, names=(*names[1:], *(aliases or ())), ours=ours)
            for product_id, names, generic, spec, form, maker, approval, aliases, ours in rows))

    @api.model
    def _get_places(self):
        """The divisions of the country.

        :rtype: PlaceTable
        """
        self.env['pharma.division'].flush_model()
        return self._get_store('places', SQL(
            "SELECT code, name FROM pharma_division WHERE active ORDER BY code"), PlaceTable)

    @api.model
    def _get_store(self, what, source, make):
        """What is made of the rows of a query, as long as they are the same.

        :param str what: 'customers', 'products' or 'places'
        :param SQL source: query of the rows
        :param make: function of the rows
        """
        signature = self.env.execute_query(SQL(
            """ SELECT COUNT(*), COALESCE(SUM(hashtextextended(source::text, 0)), 0),
                       (SELECT COALESCE(SUM(hashtextextended(code || name, 0)), 0)
                          FROM pharma_division WHERE active)
                  FROM (%s) source """, source))[0]
        key = (self.env.cr.dbname, what, *signature)
        store = _STORES.get(key)
        if store is None:
            store = _STORES[key] = make(self.env.execute_query(source))
        return store

    @api.model
    def _sql_customers(self, company_id):
        """SQL of the customers, in the order of ``Record``. A campus without an address of its own
        lies where its hospital lies."""
        return SQL(
            """ SELECT p.id, p.name, p.pharma_type, COALESCE(state.name, parent_state.name, ''),
                       COALESCE(city.name, NULLIF(p.city, ''), parent_city.name, ''),
                       COALESCE(county.name, parent_county.name, ''), COALESCE(p.street, ''),
                       other.names AS aliases,
                       CASE p.pharma_type WHEN 'campus' THEN p.parent_id END AS parent_id
                  FROM res_partner p
             LEFT JOIN (%(others)s) other ON other.target_id = p.id
             LEFT JOIN res_country_state state ON state.id = p.state_id
             LEFT JOIN pharma_division city ON city.id = p.pharma_city_id
             LEFT JOIN pharma_division county ON county.id = p.pharma_county_id
             LEFT JOIN res_partner parent ON parent.id = p.parent_id AND p.pharma_type = 'campus'
                       AND p.state_id IS NULL
             LEFT JOIN res_country_state parent_state ON parent_state.id = parent.state_id
             LEFT JOIN pharma_division parent_city ON parent_city.id = parent.pharma_city_id
             LEFT JOIN pharma_division parent_county ON parent_county.id = parent.pharma_county_id
                 WHERE p.pharma_type = ANY(%(types)s) AND p.active
                   AND (p.company_id IS NULL OR p.company_id = %(company)s) """,
            types=list(CUSTOMER_TYPES), company=company_id,
            others=self._sql_other_names('partner_id', company_id))

    @api.model
    def _sql_other_names(self, column, company_id):
        """Query of the names that people gave a customer or product everywhere, all at once."""
        return SQL(
            """ SELECT %(target)s AS target_id, array_agg(name ORDER BY name) AS names
                  FROM pharma_alias
                 WHERE %(target)s IS NOT NULL AND status = 'confirmed'
                   AND automatic IS NOT TRUE AND distributor_id IS NULL
                   AND (company_id IS NULL OR company_id = %(company)s)
                 GROUP BY %(target)s """,
            target=SQL.identifier(column), company=company_id)

    @api.model
    def _sql_products(self, company_id):
        """SQL of the products: what ``_get_catalogue`` takes."""
        return SQL(
            """ SELECT t.id, ARRAY(SELECT DISTINCT value FROM jsonb_each_text(t.name) ORDER BY 1),
                       COALESCE(t.drug_generic_name, ''), COALESCE(t.drug_specification, ''),
                       COALESCE(t.drug_dosage_form, ''), COALESCE(maker.name, ''),
                       COALESCE(t.drug_approval_number, ''),
                       other.names AS aliases, t.sale_ok
                  FROM product_template t
             LEFT JOIN (%(others)s) other ON other.target_id = t.id
             LEFT JOIN res_partner maker ON maker.id = t.drug_manufacturer_id
                 WHERE t.active AND (t.company_id IS NULL OR t.company_id = %(company)s) """,
            company=company_id, others=self._sql_other_names('product_id', company_id))
