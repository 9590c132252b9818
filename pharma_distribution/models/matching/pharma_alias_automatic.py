import json
from typing import NamedTuple

from odoo import api, fields, models
from odoo.tools import SQL, split_every

from odoo.addons.pharma_crm.tools.names import normalise

from .pharma_alias import DECIDERS

# Codes of tools.matching_result.REASONS, in words short enough for lists and groups.
MATCH_REASONS = [
    ('alias_distributor', "Decided before"),
    ('exact', "Same name"),
    ('exact_remark', "Same name but for remarks"),
    ('alias', "Known other name"),
    ('place', "Place written otherwise"),
    ('words', "Other words"),
    ('short', "Short form"),
    ('maybe', "Perhaps a short form"),
    ('parent', "Without university or group"),
    ('university', "University's short name"),
    ('local', "Only one around here"),
    ('department', "Department"),
    ('campus', "Campus or branch"),
    ('joined', "Two names of one"),
    ('cut', "Cut off"),
    ('slip', "One character differs"),
    ('approval', "Same approval number"),
    ('pack', "Pack not written"),
    ('maker_open', "Maker not written"),
    ('ambiguous', "Several may be meant"),
    ('twin', "Another one may be the same"),
    ('elsewhere', "Another place"),
    ('unsure', "Place not certain"),
    ('similar', "Similar name"),
    ('none', "No similar name"),
]
RELATIONS = [
    ('same', "The Customer Itself"),
    ('campus', "A Campus or Branch of It"),
    ('department', "A Department of It"),
]


class OpenName(NamedTuple):
    """What is known of a name on which there is no decision."""

    reason: str
    #: people alone decide
    by_hand: bool
    #: the engine is to be asked
    ask: bool


class PharmaAlias(models.Model):
    """What the program decides and suggests, with its reasons."""

    _inherit = 'pharma.alias'

    # Automatic decisions: those that most hangs on come first.
    _automatic_idx = models.Index("(line_amount DESC, line_count DESC) WHERE automatic")

    reason = fields.Selection(
        MATCH_REASONS, readonly=True, copy=False, groups='base.group_user',
        help="Why the name was decided or suggested so")
    reason_text = fields.Char(
        string="Why", compute='_compute_reason_text', groups='base.group_user')
    confidence = fields.Float(
        digits=(4, 3), readonly=True, copy=False, aggregator='avg', groups='base.group_user',
        help="How likely the decision is right, from 0 to 1")
    relation = fields.Selection(
        RELATIONS, string="Stands For", readonly=True, copy=False, groups='base.group_user')
    match_data = fields.Json(readonly=True, copy=False, groups=DECIDERS)
    candidates = fields.Json(readonly=True, copy=False, groups=DECIDERS)
    ask_again = fields.Boolean(
        readonly=True, copy=False, export_string_translation=False, groups=DECIDERS)
    by_hand = fields.Boolean(
        string="Decided by People Alone", readonly=True, copy=False, groups=DECIDERS,
        help="Somebody took an automatic decision back: there is only advice from now on")
    undo_data = fields.Json(readonly=True, copy=False, groups=DECIDERS)
    asked_on = fields.Datetime(
        string="Distributor Asked On", readonly=True, copy=False, groups=DECIDERS,
        help="When the distributor was asked whom or what the name means")

    # === COMPUTE === #

    @api.depends('reason', 'match_data')
    @api.depends_context('lang')
    def _compute_reason_text(self):
        messages = self.env['pharma.flow.message']
        # sudo: who may read the name may know why it was decided so
        for alias in self.sudo():
            alias.reason_text = messages._match_reason_text(alias.reason, alias.match_data)

    # === ASKING === #

    @api.model
    def _get_open_names(self, kind, keys, distributor_id, company_id):
        """Names that are listed and on which there is no decision that counts.

        :return: dict key -> OpenName
        """
        rows = self.env.execute_query(SQL(
            """ SELECT key, reason, COALESCE(by_hand, FALSE),
                       reason IS NULL OR COALESCE(automatic, FALSE)
                  FROM pharma_alias
                 WHERE kind = %s AND key = ANY(%s) AND COALESCE(distributor_id, 0) = %s
                   AND COALESCE(company_id, 0) = %s """,
            kind, list(keys), distributor_id, company_id))
        return {key: OpenName(*values) for key, *values in rows}

    @api.model
    def _remember(self, kind, found, distributor_id, company_id, file=None):
        """Store what the engine says, by one statement; people's decisions are never touched.

        Rows that are there already follow where a name that they carry is decided now.

        :param dict found: key -> (name, tools.matching_result.Match)
        :param file: the pharma.flow.file that is being read, if any
        """
        if not found:
            return
        self.flush_model()
        rows = self.env['pharma.flow.stage']._insert_names(
            self._sql_remember(kind, found, distributor_id, company_id, file), file)
        self.invalidate_model()
        if not file:
            self.browse(alias_id for alias_id, *_rest, new in rows if new)._recount_flow_rows()
        self.browse()._apply_to_flow({
            (kind, key) for _id, key, status, new in rows if status == 'confirmed' and not new})

    @api.model
    def _sql_remember(self, kind, found, distributor_id, company_id, file):
        """Statement of ``_remember``; it gives (id, key, status, whether the name is new)."""
        return SQL(
            """ INSERT INTO pharma_alias AS old (
                       name, key, status, %(target)s, automatic, reason, confidence, relation,
                       match_data, candidates, decided_on, kind, distributor_id, company_id,
                       first_file_id, line_count, line_amount, create_uid, create_date, write_uid,
                       write_date)
                SELECT name, key, status, target, status = 'confirmed', reason, confidence,
                       relation, data::jsonb, candidates::jsonb,
                       CASE status WHEN 'confirmed' THEN %(now)s::timestamp END, %(kind)s,
                       %(distributor)s, %(company)s, %(file)s, COALESCE(rows.count, 0),
                       COALESCE(rows.amount, 0), %(uid)s, %(now)s, %(uid)s, %(now)s
                  FROM unnest(%(names)s::text[], %(keys)s::text[], %(statuses)s::text[],
                              %(targets)s::int[], %(reasons)s::text[], %(confidences)s::numeric[],
                              %(relations)s::text[], %(data)s::text[], %(candidates)s::text[])
                       AS new(name, key, status, target, reason, confidence, relation, data,
                              candidates)
             LEFT JOIN (%(rows)s) rows USING (key)
                ON CONFLICT (kind, key, COALESCE(distributor_id, 0), COALESCE(company_id, 0))
                   DO UPDATE SET (status, %(target)s, automatic, reason, confidence, relation,
                                  match_data, candidates, decided_on, ask_again)
                               = (EXCLUDED.status, EXCLUDED.%(target)s, EXCLUDED.automatic,
                                  EXCLUDED.reason, EXCLUDED.confidence, EXCLUDED.relation,
                                  EXCLUDED.match_data, EXCLUDED.candidates, EXCLUDED.decided_on,
                                  FALSE)
                        WHERE old.status IN ('todo', 'suggested') OR old.automatic
            RETURNING id, key, status, xmax = 0 """,
            target=SQL.identifier('partner_id' if kind == 'partner' else 'product_id'),
            now=fields.Datetime.now(), kind=kind, distributor=distributor_id, company=company_id,
            file=file.id if file else None, uid=self.env.uid,
            rows=self.env['pharma.flow.stage']._sql_name_rows(kind, file),
            **self._columns_of_matches(found))

    @api.model
    def _columns_of_matches(self, found):
        """:return: dict of lists for ``_remember``"""
        columns = {name: [] for name in (
            'names', 'keys', 'statuses', 'targets', 'reasons', 'confidences', 'relations', 'data',
            'candidates')}
        for key, (name, match) in found.items():
            status = 'confirmed' if match.automatic else 'suggested' if match.candidates else 'todo'
            candidates = [list(candidate) for candidate in match.candidates]
            for column, value in zip(columns.values(), (
                    name, key, status, match.record_id if match.automatic else None, match.reason,
                    round(match.confidence, 3), match.relation, json.dumps(match.data),
                    json.dumps(candidates)), strict=True):
                column.append(value)
        return columns

    def _ask(self):
        """Ask the engine about open names and automatic decisions now; suggestions and decisions
        are stored, rows follow."""
        matcher = self.env['pharma.flow.matcher']
        asked = self.filtered(lambda alias: (
            alias.automatic or alias.status in ('todo', 'suggested'))
            and alias.distributor_id and alias.company_id)
        for (kind, distributor, company), names in asked.grouped(
                lambda alias: (alias.kind, alias.distributor_id, alias.company_id)).items():
            found = {alias.key: matcher._get_name(alias) for alias in names}
            matcher._decide(kind, found, distributor.id, company.id, anew=True)
            # Automatic decisions that do not stand any more
            self.browse()._apply_to_flow({
                (kind, alias.key) for alias in names if alias.status != 'confirmed'})

    @api.model
    def _cron_look_up(self):
        """Cron: customers and products came or changed since the open names were asked about."""
        names = self.search([
            ('status', 'in', ('todo', 'suggested')), ('distributor_id', '!=', False)])
        self.env['ir.cron']._commit_progress(remaining=len(names))
        for ids in split_every(1000, names.ids):
            names.browse(ids)._ask()
            if not self.env['ir.cron']._commit_progress(len(ids)):
                break

    @api.model
    def _doubt(self, names, target_ids=()):
        """Let names be asked about anew: a customer or product of just this name came or changed,
        or one is no longer there.

        :param names: names of customers or products
        :param target_ids: ids of partners that are no longer there
        """
        keys = list({normalise(name) for name in names if name} - {''})
        self.flush_model()
        self.env.cr.execute(SQL(
            """ UPDATE pharma_alias
                   SET ask_again = automatic,
                       reason = CASE WHEN automatic THEN reason END
                 WHERE (key = ANY(%s) OR (automatic AND partner_id = ANY(%s)))
                   AND (automatic OR status IN ('todo', 'suggested')) """,
            keys, list(target_ids)))
        if self.env.cr.rowcount:
            self.invalidate_model(['ask_again', 'reason'])
