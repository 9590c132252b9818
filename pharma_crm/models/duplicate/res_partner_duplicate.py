from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import SQL
from odoo.tools.i18n import format_list

from ...tools.duplicates import HINTED, STRONG, Facts, Subject, compare
from ..customer.res_partner import PERSON_TYPES, PHARMA_TYPES
from .res_partner_duplicate_facts import INNER_TYPES, normalise_tax, phone_key

# Keys of the engine; the first that a pair has is its main reason.
DUPLICATE_REASONS = [
    ('tax', "Same tax number"),
    ('code', "Same code"),
    ('identity', "Same identity number"),
    ('private_phone', "Same private phone"),
    ('department', "Same name in the same department"),
    ('name', "Same name"),
    ('alias', "A former or other name"),
    ('hospital', "Same name in the same hospital"),
    ('short', "The usual short form"),
    ('typo', "A slip of the pen apart"),
    ('elsewhere', "Same name in another department"),
    ('part', "Similar name in the same city"),
    ('phone', "Same phone"),
    ('address', "Same address"),
]
# A name of more characters is none.
LONGEST = 200
TEXTS = ('name', 'street', 'phone', 'vat', 'company_registry', 'ref')
LINKS = ('pharma_city_id', 'pharma_county_id', 'state_id', 'parent_id')


class ResPartner(models.Model):
    """Doubles are told while a customer is typed, and before he is saved."""

    _inherit = 'res.partner'

    pharma_duplicate_accepted = fields.Boolean(
        store=False, groups='base.group_user', export_string_translation=False,
        help="The author was warned of a probable double and saved all the same")

    # === PUBLIC === #

    @api.model
    @api.readonly
    def pharma_find_duplicates(self, values, partner_id=False, limit=8):
        """Tell which customers what is being typed may be the double of.

        Of those that the asker sees everything is told that a list shows. Of an institution that he
        does not see it is told only that it exists, by which of his own words it was found, and
        whom to ask, and that only where hardly a doubt is left; of persons whom he does not see,
        and of other companies, nothing.

        :param dict values: what is typed so far, of TEXTS and LINKS and ``pharma_type``; what is
            missing is not compared
        :param partner_id: id of the record that is being changed, which is not its own double
        :param int limit: at most so many, 20 at the most
        :return: ``{'candidates': [{'id', 'name', 'place', 'score', 'strong', 'reasons', 'holder'}],
            'hidden': [{'strong', 'reasons', 'holder'}], 'strong': bool}``, the likeliest first;
            ``reasons`` and ``holder`` are sentences
        :rtype: dict
        :raise AccessError: for portal users, and whoever may not read contacts
        """
        if not (self.env.su or self.env.user._is_internal()):
            raise AccessError(self.env._("Only employees may look for doubles."))
        self.check_access('read')
        ranked = self._rank_duplicates(values, type(partner_id) is int and partner_id)
        # As the asker: his rules decide who is named
        visible = self.search_fetch(
            [('id', 'in', [partner.id for partner, _why in ranked])], ['display_name'])
        shown = [(partner, why) for partner, why in ranked if partner.id in visible.ids]
        shown = shown[:min(limit, 20) if type(limit) is int else 8]
        hidden = [
            (partner, why) for partner, why in ranked
            if partner.id not in visible.ids and why.score >= STRONG
            and partner.sudo().pharma_type not in PERSON_TYPES]
        holders = self._duplicate_holders([partner.id for partner, _why in shown + hidden])
        found = [self._prepare_candidate(visible.browse(partner.id), why, holders)
                 for partner, why in shown]
        # One line for each of whom to ask: how many there are is not told
        told = list({row['holder']: row for row in reversed([
            self._prepare_hidden(partner, why, holders) for partner, why in hidden])}.values())
        return {'candidates': found, 'hidden': told,
                'strong': any(row['strong'] for row in found + told)}

    # === BUSINESS === #

    @api.model
    def _rank_duplicates(self, values, partner_id=False):
        """The contacts that typed values may be the double of, whoever may see them.

        :param dict values: as in :meth:`pharma_find_duplicates`
        :param partner_id: a contact to leave out
        :return: list of (partner, Suspicion), the likeliest first
        """
        facts = self._duplicate_facts_of(values)
        if len(facts.name) < 2 and not (facts.phones or facts.tax_numbers or facts.code):
            return []
        self._duplicate_flush()
        found = self._duplicate_candidates(facts) - {partner_id, facts.parent, facts.hospital}
        if not found:
            return []
        subject = Subject(facts)
        companies = self.env['pharma.access']._companies_sql('p')
        ranked = []
        for candidate_id, (candidate, _company) in self._duplicate_facts(
                SQL("p.id = ANY(%s) AND %s", sorted(found), companies)).items():
            why = compare(subject, candidate)
            if why and why.score >= HINTED:
                ranked.append((self.browse(candidate_id), why))
        return sorted(ranked, key=lambda pair: (-pair[1].score, pair[0].id))

    @api.model
    def _duplicate_facts_of(self, values):
        """What is typed, as the engine compares it; anything else that a client sends is ignored.

        :rtype: Facts
        """
        values = values if isinstance(values, dict) else {}
        texts = {name: str(values.get(name) or '')[:LONGEST] for name in TEXTS}
        links = {name: value if type(value) is int else 0
                 for name, value in ((name, values.get(name)) for name in LINKS)}
        kind = str(values.get('pharma_type'))
        kind = kind if kind in dict(PHARMA_TYPES) else 'hospital'
        divisions = self.env['pharma.division'].browse(filter(None, (
            links['pharma_city_id'], links['pharma_county_id']))).exists()
        state = self.env['res.country.state'].browse(links['state_id'] or ()).exists()
        province = self.env['pharma.division'].search(
            [('state_id', '=', state.id), ('level', '=', 'province')], limit=1) if state else state
        # As the asker: of a superior that he does not see nothing follows
        parent = self.search([('id', '=', links['parent_id'])]) if links['parent_id'] else self
        inner = kind in INNER_TYPES
        phone = phone_key(texts['phone'])
        county = divisions.filtered(lambda division: division.level == 'county')[:1]
        city = divisions.filtered(lambda division: division.level == 'city')[:1] or county.parent_id
        return Facts(
            kind=kind, name=texts['name'], address=texts['street'],
            places=tuple(place.name for place in (province, city, county) if place),
            city=city.id or None, county=county.id or None,
            phones=frozenset((phone,) if phone else ()),
            tax_numbers=frozenset(filter(None, map(
                normalise_tax, () if inner else (texts['vat'], texts['company_registry'])))),
            code='' if inner else texts['ref'], parent=parent[:1].id or None,
            hospital=(parent[:1].sudo().commercial_partner_id.id or None) if inner else None)

    @api.model
    def _reason_texts(self, reasons):
        """Reasons of the engine in words, as one sentence."""
        labels = dict(self.env['pharma.duplicate']._fields['reason']._description_selection(
            self.env))
        return format_list(self.env, [labels[key] for key in reasons if key in labels])

    def _prepare_candidate(self, partner, why, holders):
        """What is told of a contact that the asker sees."""
        above = partner.parent_id.sudo().display_name if (
            partner.pharma_type in INNER_TYPES) else ''
        place = [partner.state_id.name, partner.pharma_city_id.name, partner.pharma_county_id.name]
        return {
            'id': partner.id, 'name': partner.name or partner.display_name,
            'place': above or "".join(dict.fromkeys(name for name in place if name)),
            'score': why.score, 'strong': why.score >= STRONG,
            'reasons': self._reason_texts(why.reasons),
            'holder': self._holder_text(holders.get(partner.id, ())),
        }

    def _prepare_hidden(self, partner, why, holders):
        """What is told of a contact that the asker does not see: never a fact of it."""
        rows = holders.get(partner.id, ())
        asked = list(dict.fromkeys(manager for _territory, _people, manager in rows if manager))
        territories = list(dict.fromkeys(territory for territory, _people, _manager in rows))
        if asked:
            text = self.env._(
                "With %(territory)s: ask %(people)s.", territory=format_list(self.env, territories),
                people=format_list(self.env, asked))
        elif territories:
            text = self.env._("With %s: ask your data steward.", format_list(self.env, territories))
        else:
            text = self.env._("With nobody yet: ask your data steward.")
        return {'strong': True, 'reasons': self._reason_texts(why.reasons), 'holder': text}

    @api.model
    def _holder_text(self, rows):
        """Who holds a contact that the asker sees, as a sentence."""
        if not rows:
            return self.env._("Nobody's yet")
        parts = [
            self.env._("%(territory)s: %(people)s", territory=territory, people=people)
            if people else territory for territory, people, _manager in rows]
        return format_list(self.env, list(dict.fromkeys(parts)))

    @api.model
    def _duplicate_holders(self, partner_ids):
        """Whose customers these are today, whether or not the asker sees them.

        :param partner_ids: ids of contacts
        :return: ``{id: [(territory, representatives, manager to ask)]}``, names, '' where there is
            nobody
        :rtype: dict
        """
        self.env['pharma.access']._flush()
        rows = self.env.execute_query(self._holders_sql(partner_ids)) if partner_ids else ()
        holders = {}
        for partner_id, territory, people, manager in rows:
            holders.setdefault(partner_id, []).append((territory, people or '', manager or ''))
        return holders

    @api.model
    def _holders_sql(self, partner_ids):
        """Query of ``(contact, territory, representatives, manager to ask)``.

        :rtype: SQL
        """
        access = self.env['pharma.access']
        return SQL(
            """ WITH asked AS MATERIALIZED (
                    SELECT id, commercial_partner_id FROM res_partner WHERE id = ANY(%(ids)s)
                ), held AS MATERIALIZED (  -- a few rows, whatever statistics say of the tables
                    SELECT asked.id AS partner_id, a.id, a.territory_id, a.product_line_id
                      FROM asked CROSS JOIN LATERAL (
                          SELECT a.id, a.territory_id, a.product_line_id FROM pharma_alignment a
                           WHERE a.partner_id = asked.commercial_partner_id AND %(aligned)s
                             AND a.company_id = ANY(%(companies)s) OFFSET 0) a
                )
                SELECT held.partner_id, t.name,
                       (SELECT string_agg(DISTINCT person.name, '、')
                          FROM pharma_territory_assignment g
                          JOIN res_users u ON u.id = g.user_id
                          JOIN res_partner person ON person.id = u.partner_id
                         WHERE g.territory_id = held.territory_id AND g.role = 'representative'
                           AND %(person)s
                           AND (g.product_line_id = held.product_line_id
                                OR g.product_line_id IS NULL OR held.product_line_id IS NULL)),
                       (SELECT boss.name FROM res_users u JOIN res_partner boss
                            ON boss.id = u.partner_id
                         WHERE u.id = (
                             SELECT m.user_id FROM pharma_territory above
                               JOIN pharma_territory_assignment m ON m.territory_id = above.id
                              WHERE starts_with(t.parent_path, above.parent_path)
                                AND m.role = 'manager' AND %(manager)s
                           ORDER BY length(above.parent_path) DESC, m.id LIMIT 1))
                  FROM held JOIN pharma_territory t ON t.id = held.territory_id
              ORDER BY held.id """,
            ids=list(partner_ids), companies=self.env.companies.ids, aligned=access._valid_sql('a'),
            person=access._valid_sql('g'), manager=access._valid_sql('m'))

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        accepted = [bool(vals.get('pharma_duplicate_accepted')) for vals in vals_list]
        partners = super().create([
            {name: value for name, value in vals.items() if name != 'pharma_duplicate_accepted'}
            for vals in vals_list])
        for partner, knowingly in zip(partners, accepted, strict=True):
            if knowingly and partner.sudo().pharma_type:
                partner._note_accepted_duplicate()
        return partners

    def _note_accepted_duplicate(self):
        """Keep that the author was warned: in the history of the customer, without names, for
        whoever reads it may not see the other one; and as a pair in the list of the steward.
        """
        self.ensure_one()
        values = {name: self[name] for name in (*TEXTS, 'pharma_type')}
        values.update((name, self[name].id) for name in LINKS)
        ranked = self._rank_duplicates(values, self.id)
        strong = [(other, why) for other, why in ranked if why.score >= STRONG]
        if not strong:
            return
        # sudo: the steward's list is not the author's to write
        self.env['pharma.duplicate'].sudo()._keep(
            [(self.id, other.id, why) for other, why in strong], author=self.env.user)
        reasons = dict.fromkeys(key for _other, why in strong for key in why.reasons)
        self.message_post(body=self.env._(
            "Saved in spite of the warning that this customer may be known already (%s). The data "
            "steward decides.", self._reason_texts(reasons)))
