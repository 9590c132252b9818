from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ...tools.duplicates import STRONG
from ..customer.res_partner import PHARMA_TYPES
from .res_partner_duplicate import DUPLICATE_REASONS

OPEN, DIFFERENT, MERGED = 'open', 'different', 'merged'
DUPLICATE_STATES = [
    (OPEN, "To Decide"),
    (DIFFERENT, "Two Customers"),
    (MERGED, "Merged"),
]
# What the two are compared by on the form, in this order.
COMPARED = (
    'name', 'ref', 'pharma_type', 'parent_id', 'hospital_level', 'hospital_grade', 'state_id',
    'pharma_city_id', 'pharma_county_id', 'street', 'phone', 'email', 'vat', 'company_registry',
    'specialty_id', 'function', 'alias_ids', 'territory_id', 'owner_ids', 'department_count',
    'person_count', 'create_uid', 'create_date', 'write_date',
)
# Differ always, and say nothing of whether the two are one
NO_DIFFERENCE = ('create_uid', 'create_date', 'write_date')


class PharmaDuplicate(models.Model):
    """Two customers that are suspected to be one (疑似重复), until somebody decides.

    Pairs are written by the program alone: when a customer is saved in spite of a warning, and by
    the search of ``pharma_duplicate_search.py``. A pair that was decided to be two customers is
    never suggested again.
    """

    _name = 'pharma.duplicate'
    _description = "Suspected Duplicate"
    _order = 'score DESC, id'

    _pair_uniq = models.UniqueIndex(
        '(partner_id, other_id)', "These two customers are a suspected pair already.")
    _order_check = models.Constraint(
        'CHECK(partner_id < other_id)', "A pair is kept once, the older customer first.")

    partner_id = fields.Many2one(
        'res.partner', string="Customer", required=True, readonly=True, index=True,
        ondelete='cascade')
    other_id = fields.Many2one(
        'res.partner', string="Same As", required=True, readonly=True, index=True,
        ondelete='cascade')
    pharma_type = fields.Selection(
        PHARMA_TYPES, string="Customer Type", readonly=True, help="Of the older one")
    province_id = fields.Many2one(
        'res.country.state', readonly=True, index='btree_not_null')
    city_id = fields.Many2one(
        'pharma.division', readonly=True, index='btree_not_null')
    company_id = fields.Many2one('res.company', readonly=True, index='btree_not_null')

    # why
    score = fields.Float(
        digits=(4, 2), readonly=True, aggregator='avg', help="How sure it is, between 0 and 1")
    is_strong = fields.Boolean(string="Hardly a Doubt", readonly=True)
    reason = fields.Selection(
        DUPLICATE_REASONS, string="Main Reason", required=True, readonly=True, index=True)
    reasons = fields.Char(
        string="Keys of the Reasons", readonly=True, export_string_translation=False)
    reason_text = fields.Char(string="Reasons", compute='_compute_reason_text')
    comparison = fields.Html(compute='_compute_comparison', sanitize=False)

    # what became of it
    state = fields.Selection(
        DUPLICATE_STATES, required=True, readonly=True, default=OPEN, index=True)
    author_id = fields.Many2one(
        'res.users', string="Saved in Spite of Warning By", readonly=True, index='btree_not_null')
    decided_by_id = fields.Many2one('res.users', readonly=True, index='btree_not_null')
    decided_on = fields.Datetime(readonly=True)

    # === COMPUTE === #

    @api.depends('partner_id', 'other_id')
    def _compute_display_name(self):
        for pair in self:
            pair.display_name = f'{pair.partner_id.display_name} = {pair.other_id.display_name}'

    @api.depends('reasons')
    @api.depends_context('lang')
    def _compute_reason_text(self):
        partners = self.env['res.partner']
        for pair in self:
            pair.reason_text = partners._reason_texts((pair.reasons or '').split(','))

    @api.depends('partner_id', 'other_id')
    @api.depends_context('lang', 'uid')
    def _compute_comparison(self):
        for pair in self:
            pair.comparison = self.env['ir.qweb']._render('pharma_crm.duplicate_comparison', {
                'heads': [pair.partner_id, pair.other_id], 'rows': pair._compare_facts(),
            }) if pair.id else Markup()

    def _compare_facts(self):
        """What the two say, fact by fact, as far as the reader may see it.

        :return: list of ``{'label', 'values': [text, text], 'differs': bool}``; facts that neither
            has are left out
        :rtype: list[dict]
        """
        self.ensure_one()
        partners = [self.partner_id, self.other_id]
        rows = []
        for name in COMPARED:
            field = partners[0]._fields[name]
            if not partners[0]._has_field_access(field, 'read'):
                continue
            values = [self._fact_text(partner, field) for partner in partners]
            if any(values):
                rows.append({
                    'label': field._description_string(self.env), 'values': values,
                    'differs': values[0] != values[1] and name not in NO_DIFFERENCE})
        return rows

    @api.model
    def _fact_text(self, partner, field):
        """A fact of a customer as people read it, '' where there is none."""
        value = partner[field.name]
        if field.relational:
            # A link names what it leads to, as everywhere in Odoo
            return "、".join(filter(None, value.sudo().mapped('display_name')))
        if field.type == 'selection':
            return dict(field._description_selection(self.env)).get(value, '')
        if field.type == 'datetime':
            return fields.Datetime.context_timestamp(self, value).strftime(
                '%Y-%m-%d') if value else ''
        return str(value or '')

    # === ACTIONS === #

    def action_merge(self):
        """Open the merge of these customers, with values side by side; of several pairs all their
        customers at once.

        :return: the action of the wizard
        :raise UserError: when one of the pairs is decided already
        """
        self._check_open()
        partners = self.partner_id | self.other_id
        return {
            'type': 'ir.actions.act_window',
            'name': self.env._("Merge Customers"),
            'res_model': 'pharma.merge.wizard',
            'view_mode': 'form',
            'views': [(False, 'form')],
            'target': 'new',
            'context': {
                'active_model': 'res.partner', 'active_ids': partners.ids,
                'default_partner_ids': partners.ids},
        }

    def action_different(self):
        """These are two customers each: never suggested again, with who decided and when.

        :raise UserError: when one of the pairs is decided already
        """
        self._check_open()
        self._decide(DIFFERENT)
        for pair in self:
            for partner, other in ((pair.partner_id, pair.other_id),
                                   (pair.other_id, pair.partner_id)):
                partner._message_log(body=self.env._(
                    "Decided: another customer than our code %s.", other.ref or other.id))

    def action_reopen(self):
        """Take back that these are two customers.

        :raise UserError: when one of them is merged
        """
        self.check_access('read')
        if any(pair.state != DIFFERENT for pair in self):
            raise UserError(self.env._("Only pairs that were decided to be two can be reopened."))
        # sudo: the fields are the program's; the right to the pairs was asked for
        self.sudo().write({'state': OPEN, 'decided_by_id': False, 'decided_on': False})

    def action_open_partner(self):
        """Open the older of the two."""
        return self._open(self.partner_id)

    def action_open_other(self):
        """Open the newer of the two."""
        return self._open(self.other_id)

    def _open(self, partner):
        self.ensure_one()
        self.check_access('read')
        return {
            'type': 'ir.actions.act_window', 'res_model': 'res.partner', 'res_id': partner.id,
            'view_mode': 'form', 'views': [(False, 'form')]}

    def _check_open(self):
        """Refuse what a second click or a second steward asks for.

        :raise UserError: when one of the pairs is decided already
        """
        # Only stewards and directors read pairs; nobody writes them but by deciding
        self.check_access('read')
        if len(self.sudo().try_lock_for_update()) < len(self):
            raise UserError(self.env._(
                "Somebody else is deciding about the same customers right now. Look again."))
        self.invalidate_recordset(['state', 'decided_by_id'])
        for pair in self:
            if pair.state != OPEN:
                labels = dict(self._fields['state']._description_selection(self.env))
                raise UserError(self.env._(
                    "%(pair)s was decided already: %(state)s, by %(user)s.",
                    pair=pair.display_name, state=labels[pair.state],
                    user=pair.decided_by_id.name or self.env._("the program")))

    def _decide(self, state):
        """Write a decision, with who and when."""
        # sudo: the fields are the program's; the right to the pairs was asked for
        self.sudo().write({
            'state': state, 'decided_by_id': self.env.uid, 'decided_on': fields.Datetime.now()})

    # === BUSINESS === #

    @api.model
    def _keep(self, pairs, author=None):
        """Write suspected pairs: new ones, and what changed of those that nobody decided.

        :param pairs: list of ``(id, id, Suspicion)``, either id first
        :param author: who saved the newer one in spite of a warning
        :return: number of pairs that are new
        :rtype: int
        """
        rows = [(min(one, other), max(one, other), why.score, why.score >= STRONG,
                 self._main_reason(why.reasons), ','.join(why.reasons))
                for one, other, why in pairs]
        if not rows:
            return 0
        self.env['res.partner'].flush_model(
            ['company_id', 'state_id', 'pharma_city_id', 'pharma_type'])
        self.flush_model()
        written = self.env.execute_query(self._keep_sql(
            author, *map(list, zip(*rows, strict=True))))
        self.invalidate_model()
        return sum(is_new for (is_new,) in written)

    @api.model
    def _keep_sql(self, author, ones, others, scores, strong, main, reasons):
        """Statement that writes pairs; each list has one value per pair.

        :return: statement that returns whether a row is new, for each that was written
        :rtype: SQL
        """
        return SQL(
            """ INSERT INTO pharma_duplicate (
                       partner_id, other_id, pharma_type, province_id, city_id, company_id, score,
                       is_strong, reason, reasons, state, author_id, create_uid, write_uid,
                       create_date, write_date)
                SELECT p.id, o.id, p.pharma_type, COALESCE(p.state_id, h.state_id),
                       COALESCE(p.pharma_city_id, h.pharma_city_id),
                       COALESCE(p.company_id, o.company_id), new.score, new.strong, new.reason,
                       new.reasons, 'open', %(author)s, %(uid)s, %(uid)s,
                       now() AT TIME ZONE 'UTC', now() AT TIME ZONE 'UTC'
                  FROM unnest(%(ones)s::int[], %(others)s::int[], %(scores)s::numeric[],
                              %(strong)s::bool[], %(main)s::text[], %(reasons)s::text[])
                       AS new(one, other, score, strong, reason, reasons)
                  JOIN res_partner p ON p.id = new.one
                  JOIN res_partner o ON o.id = new.other
             LEFT JOIN res_partner h ON h.id = p.commercial_partner_id
                    ON CONFLICT (partner_id, other_id) DO UPDATE
                   SET score = excluded.score, is_strong = excluded.is_strong,
                       reason = excluded.reason, reasons = excluded.reasons,
                       province_id = excluded.province_id, city_id = excluded.city_id,
                       author_id = COALESCE(pharma_duplicate.author_id, excluded.author_id)
                 WHERE pharma_duplicate.state = 'open'
                   AND (pharma_duplicate.score, pharma_duplicate.reasons)
                       IS DISTINCT FROM (excluded.score, excluded.reasons)
             RETURNING xmax = 0 """,
            ones=ones, others=others, scores=scores, strong=strong, main=main, reasons=reasons,
            author=author.id if author else None, uid=self.env.uid)

    @api.model
    def _main_reason(self, reasons):
        """The first of the reasons in the order in which people are convinced by them."""
        return next(key for key, _label in DUPLICATE_REASONS if key in reasons)
