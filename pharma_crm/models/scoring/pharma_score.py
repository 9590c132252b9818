from odoo import api, fields, models
from odoo.tools import SQL


class PharmaScore(models.Model):
    """What a score model says of a customer (得分): value, grade, points per criterion.

    Written by the model's calculation alone, and only where something changed.
    """

    _name = 'pharma.score'
    _description = "Score"
    _inherit = ['pharma.access.mixin']
    _order = 'value desc, id'
    _rec_name = 'partner_id'
    _pharma_access_companies = True

    _partner_uniq = models.UniqueIndex(
        '(model_id, partner_id)', "A customer has one score per model.")

    model_id = fields.Many2one(
        'pharma.score.model', string="Score Model", required=True, readonly=True, index=True,
        ondelete='cascade')
    partner_id = fields.Many2one(
        'res.partner', string="Customer", required=True, readonly=True, index=True,
        ondelete='cascade')
    value = fields.Float(
        string="Score Value", digits=(16, 2), readonly=True, aggregator='avg')
    band_id = fields.Many2one(
        'pharma.score.band', readonly=True, ondelete='set null')
    grade = fields.Char(string="Customer Grade", readonly=True)
    color = fields.Integer(related='band_id.color')
    points = fields.Json(readonly=True, groups='base.group_system')
    raw = fields.Json(readonly=True, groups='base.group_system')
    computed_on = fields.Datetime(string="Changed On", readonly=True)
    explanation = fields.Html(string="Why", compute='_compute_explanation', sanitize=False)
    state_id = fields.Many2one(related='partner_id.state_id', string="Province")
    territory_id = fields.Many2one(related='partner_id.territory_id')
    specialty_id = fields.Many2one(related='partner_id.specialty_id')

    def _compute_explanation(self):
        """A table: each criterion with its fact of today, points, weight, share in the value."""
        for score in self:
            score.explanation = self.env['ir.qweb']._render(
                'pharma_crm.score_explanation', {'lines': score._explain(), 'score': score})

    def _explain(self):
        """How the value comes about, with the facts of now.

        :return: one dictionary per criterion with a weight: name, fact (text), points, weight,
            part (of the value)
        :rtype: list(dict)
        """
        self.ensure_one()
        # sudo: who sees the customer sees why he has his grade
        model = self.sudo().model_id.with_context(lang=self.env.lang)
        criteria = model.criterion_ids.filtered('weight')
        text, params = model._get_facts([self.partner_id.id])
        self.env.cr.execute(SQL(
            "SELECT to_jsonb(facts) FROM (%s) AS facts", SQL(text, *params)))
        row = self.env.cr.fetchone()
        facts, points = row[0] if row else {}, self.sudo().points or {}
        total = sum(criteria.mapped('weight'))
        return [{
            'name': criterion.name,
            'fact': criterion._describe(facts.get(criterion._column())),
            'points': points.get(str(criterion.id), 0) / 100,
            'weight': criterion.weight * 100 / total,
            'part': points.get(str(criterion.id), 0) / 100 * criterion.weight / total,
        } for criterion in criteria]

    # === CHANGES OF CUSTOMERS === #

    @api.model
    def _score_later(self, partner_ids):
        """Grade customers again before this transaction ends.

        :param partner_ids: iterable of ids
        """
        waiting = self.env.cr.precommit.data.setdefault('pharma_score', set())
        if not waiting:
            self.env.cr.precommit.add(self.sudo()._score_waiting)
        waiting.update(partner_ids)

    @api.model
    def _score_waiting(self):
        """Grade the customers that changed in this transaction."""
        partner_ids = list(self.env.cr.precommit.data.pop('pharma_score', ()))
        kinds = self.env['res.partner']._read_group(
            [('id', 'in', partner_ids), ('active', 'in', [True, False])], ['pharma_type'])
        self.env['pharma.score.model'].search([
            ('pharma_type', 'in', [kind for kind, in kinds])])._compute_partners(partner_ids)


class PharmaScoreHistory(models.Model):
    """A customer moved from one grade to another, and why."""

    _name = 'pharma.score.history'
    _description = "Change of Grade"
    _inherit = ['pharma.access.mixin']
    _order = 'id desc'
    _rec_name = 'partner_id'
    _log_access = False
    _pharma_access_companies = True

    model_id = fields.Many2one(
        'pharma.score.model', string="Score Model", required=True, readonly=True, index=True,
        ondelete='cascade')
    partner_id = fields.Many2one(
        'res.partner', string="Customer", required=True, readonly=True, index=True,
        ondelete='cascade')
    date = fields.Datetime(readonly=True)
    old_grade = fields.Char(string="From Grade", readonly=True)
    new_grade = fields.Char(string="To Grade", readonly=True)
    old_value = fields.Float(string="From Value", digits=(16, 2), readonly=True, aggregator=None)
    new_value = fields.Float(string="To Value", digits=(16, 2), readonly=True, aggregator=None)
    change = fields.Float(digits=(16, 2), readonly=True, aggregator='avg')
    reasons = fields.Json(readonly=True, groups='base.group_system')
    reason = fields.Text(compute='_compute_reason')
    state_id = fields.Many2one(related='partner_id.state_id', string="Province")
    territory_id = fields.Many2one(related='partner_id.territory_id')

    @api.depends('reasons')
    @api.depends_context('lang')
    def _compute_reason(self):
        """For instance: "Title: 主治医师 → 副主任医师, +10"."""
        # sudo: who sees the customer sees why his grade changed
        reasons_by_entry = {entry: entry.sudo().reasons or [] for entry in self}
        criteria = self.env['pharma.score.criterion'].sudo().browse({
            int(reason[0]) for reasons in reasons_by_entry.values() for reason in reasons}).exists()
        by_id = {criterion.id: criterion for criterion in criteria}
        for entry, reasons in reasons_by_entry.items():
            texts = []
            for key, old, new, points in reasons:
                criterion = by_id.get(int(key))
                if not criterion:
                    continue
                values = {'criterion': criterion.name, 'old': criterion._describe(old),
                          'new': criterion._describe(new), 'points': points / 100}
                # the others moved, or the points were set anew
                texts.append(self.env._("%(criterion)s: still %(new)s, %(points)+g", **values)
                             if old == new else self.env._(
                    "%(criterion)s: %(old)s → %(new)s, %(points)+g", **values))
            entry.reason = "\n".join(texts) or self.env._("The score model was changed")
