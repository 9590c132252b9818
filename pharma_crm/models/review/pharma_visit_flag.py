from odoo import api, fields, models
from odoo.exceptions import AccessError

from ...tools.call_patterns import KINDS

FLAG_LABELS = {
    'overlap': "Overlap",
    'distance': "Way Too Far",
    'text': "Same Text",
    'late': "Recorded Late",
    'short': "Too Short",
}
FLAG_STATES = [
    ('open', "To Talk Over"),
    ('talked', "Talked About"),
    ('dismissed', "Dismissed"),
    ('closed', "Cause Gone"),
]
# What a manager says; all else is found by the job
ANSWER_FIELDS = frozenset({'state', 'note'})


class PharmaVisitFlag(models.Model):
    """Something unusual about a call (异常提示), with its evidence: for a talk, no verdict."""

    _name = 'pharma.visit.flag'
    _description = "Remark on a Call"
    _inherit = ['pharma.team.mixin', 'pharma.access.mixin']
    _order = 'date DESC, id DESC'
    _rec_name = 'visit_id'

    _kind_uniq = models.UniqueIndex(
        '(visit_id, kind)', "A call has one remark of each kind.")
    _open_idx = models.Index("(territory_id, date) WHERE state = 'open'")

    visit_id = fields.Many2one(
        'pharma.visit', string="Call", required=True, readonly=True, index=True,
        ondelete='cascade')
    kind = fields.Selection(
        [(kind, FLAG_LABELS[kind]) for kind in KINDS], required=True, readonly=True)
    other_id = fields.Many2one(
        'pharma.visit', string="Other Call", readonly=True, index='btree_not_null',
        ondelete='set null')
    evidence = fields.Char(compute='_compute_evidence')
    km = fields.Float(string="Kilometres", digits=(7, 1), readonly=True, aggregator=None)
    minutes = fields.Integer(readonly=True, aggregator=None)
    share = fields.Integer(string="Share of Text (%)", readonly=True, aggregator=None)
    days = fields.Integer(readonly=True, aggregator=None)
    state = fields.Selection(FLAG_STATES, required=True, default='open')
    note = fields.Text(help="What the talk brought, or why there is nothing to talk about")
    answer_user_id = fields.Many2one(
        'res.users', string="Answered By", readonly=True, index='btree_not_null',
        ondelete='restrict')
    answer_date = fields.Datetime(string="Answered On", readonly=True)
    # Of the call, for the rules and for groups
    user_id = fields.Many2one(
        related='visit_id.user_id', store=True, precompute=True, default=None)
    company_id = fields.Many2one(
        related='visit_id.company_id', store=True, precompute=True, default=None)
    partner_id = fields.Many2one(
        related='visit_id.partner_id', store=True, index='btree_not_null')
    date = fields.Date(related='visit_id.date', store=True)

    # === COMPUTE === #

    @api.depends('visit_id.territory_id', 'visit_id.product_line_id')
    def _compute_territory(self):
        for flag in self:
            flag.territory_id = flag.visit_id.territory_id
            flag.product_line_id = flag.visit_id.product_line_id

    @api.depends('kind', 'other_id', 'km', 'minutes', 'share', 'days')
    @api.depends_context('lang', 'uid')
    def _compute_evidence(self):
        readable = self.other_id._filtered_access('read')
        for flag in self:
            other = flag.other_id & readable
            flag.evidence = flag._describe(
                other.display_name if other else self.env._("another call"))

    def _describe(self, call):
        """The finding in words.

        :param str call: the other call
        :rtype: str
        """
        self.ensure_one()
        if self.kind == 'overlap':
            return self.env._("%(minutes)s minutes at the same time as %(call)s",
                              minutes=self.minutes, call=call)
        if self.kind == 'distance':
            return self.env._("%(km)s km from %(call)s, with %(minutes)s minutes between",
                              km=self.km, minutes=self.minutes, call=call)
        if self.kind == 'text':
            return self.env._("%(share)s %% of the text is that of %(call)s",
                              share=self.share, call=call)
        if self.kind == 'late':
            return self.env._("Recorded %s days after the call", self.days)
        return self.env._("%s minutes long", self.minutes)

    # === CRUD === #

    def write(self, vals):
        if not self.env.su:
            if not vals.keys() <= ANSWER_FIELDS or vals.get('state') == 'closed':
                raise AccessError(self.env._("A remark can be answered, not changed."))
            self.check_access('write')
            # sudo: the answer is by whom the rules allow it, as was just checked
            return self.sudo().write({
                **vals, 'answer_user_id': self.env.uid, 'answer_date': fields.Datetime.now()})
        return super().write(vals)

    # === ACTIONS === #

    def action_talk(self):
        """It was talked about."""
        self.write({'state': 'talked'})

    def action_dismiss(self):
        """There is nothing to talk about."""
        self.write({'state': 'dismissed'})

    def action_open(self):
        """It is to be talked about after all."""
        self.write({'state': 'open'})
