from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command

COACHING_STATES = [
    ('draft', "Draft"),
    ('shared', "Shared"),
    ('acknowledged', "Acknowledged"),
]
MARKS = [(str(mark), str(mark)) for mark in range(1, 6)]
# Set by the buttons alone
STATE_FIELDS = frozenset({'state', 'manager_id', 'acknowledged_on', 'company_id'})


class PharmaCoachingSkill(models.Model):
    """What a manager looks at in a joint call (辅导要点)."""

    _name = 'pharma.coaching.skill'
    _description = "Skill of Calls"
    _order = 'sequence, id'

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)


class PharmaCoaching(models.Model):
    """What a manager saw in a joint call and advises (辅导记录): seen by the person once it is
    shared, and acknowledged by him.
    """

    _name = 'pharma.coaching'
    _description = "Coaching"
    _inherit = ['pharma.closed.mixin', 'mail.thread', 'pharma.team.mixin']
    _closed_fields = STATE_FIELDS
    _order = 'date DESC, id DESC'
    _rec_name = 'user_id'
    _mail_post_access = 'read'
    _check_company_auto = True

    user_id = fields.Many2one(string="Team Member", default=None, tracking=True)
    manager_id = fields.Many2one(
        'res.users', required=True, readonly=True, index=True, ondelete='restrict',
        default=lambda self: self.env.user)
    date = fields.Date(
        required=True, default=lambda self: self.env['pharma.access']._get_today())
    visit_id = fields.Many2one(
        'pharma.visit', string="Joint Call", index='btree_not_null', ondelete='set null',
        domain="[('user_id', '=', user_id), ('state', '=', 'done')]", check_company=True)
    state = fields.Selection(
        COACHING_STATES, required=True, readonly=True, default='draft', tracking=True, copy=False)
    line_ids = fields.One2many(
        'pharma.coaching.line', 'coaching_id', string="Skills", copy=True,
        default=lambda self: self._default_line_ids())
    mark = fields.Float(
        string="Average Mark", compute='_compute_mark', store=True, digits=(3, 1),
        aggregator='avg')
    strengths = fields.Text()
    to_improve = fields.Text()
    next_steps = fields.Text()
    acknowledged_on = fields.Datetime(readonly=True, copy=False)
    is_person = fields.Boolean(compute='_compute_is_person', export_string_translation=False)

    # === DEFAULTS AND COMPUTES === #

    @api.model
    def _default_line_ids(self):
        return [Command.create({'skill_id': skill.id})
                for skill in self.env['pharma.coaching.skill'].search([])]

    @api.depends('line_ids.mark')
    def _compute_mark(self):
        for coaching in self:
            marks = [int(line.mark) for line in coaching.line_ids if line.mark]
            coaching.mark = sum(marks) / len(marks) if marks else 0

    @api.depends('user_id')
    @api.depends_context('uid')
    def _compute_is_person(self):
        for coaching in self:
            coaching.is_person = coaching.user_id == self.env.user

    @api.depends('user_id', 'date')
    def _compute_territory(self):
        return super()._compute_territory()

    def _get_team_date(self):
        return self.date or super()._get_team_date()

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            for vals in vals_list:
                self._check_fields(vals)
        return super().create(vals_list)

    def write(self, vals):
        if not self.env.su:
            self._check_fields(vals)
            self._check_open()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_acknowledged(self):
        self._check_open()

    def _check_fields(self, vals):
        """Refuse what the buttons set.

        :raise AccessError: for a value that nobody enters
        """
        closed = STATE_FIELDS & vals.keys()
        if any(vals[name] != self.default_get([name]).get(name) for name in closed):
            raise AccessError(self.env._("A coaching is shared and acknowledged by its buttons."))

    def _check_open(self):
        """Refuse to change what the person has acknowledged.

        :raise UserError: for an acknowledged coaching
        """
        if not self.env.su and 'acknowledged' in self.mapped('state'):
            raise UserError(self.env._(
                "The person has acknowledged this coaching: it stays as it is."))

    # === ACTIONS === #

    def action_share(self):
        """Show it to the person, who is notified."""
        self.check_access('write')
        for coaching in self.filtered(lambda coaching: coaching.state == 'draft'):
            # sudo: who may write it shares it
            coaching.sudo().state = 'shared'
            person = coaching.user_id.sudo()
            coaching.sudo().message_post(
                body=coaching.with_context(lang=person.lang).env._(
                    "Please read what was said of your joint call, and acknowledge it."),
                author_id=self.env.user.partner_id.id, partner_ids=person.partner_id.ids,
                message_type='comment', subtype_xmlid='mail.mt_comment')

    def action_acknowledge(self):
        """The person has read it.

        :raise AccessError: for anybody else
        """
        self.check_access('read')
        for coaching in self:
            if coaching.user_id != self.env.user or coaching.state == 'draft':
                raise AccessError(self.env._("A coaching is acknowledged by whom it is about."))
            if coaching.state == 'shared':
                # sudo: the person changes nothing else
                coaching.sudo().write({
                    'state': 'acknowledged', 'acknowledged_on': fields.Datetime.now()})


class PharmaCoachingLine(models.Model):
    """A mark for a skill in a coaching."""

    _name = 'pharma.coaching.line'
    _description = "Mark of a Coaching"
    _order = 'id'
    _rec_name = 'skill_id'

    _skill_uniq = models.UniqueIndex(
        '(coaching_id, skill_id)', "Each skill stands once in a coaching.")

    coaching_id = fields.Many2one(
        'pharma.coaching', required=True, index=True, ondelete='cascade')
    skill_id = fields.Many2one(
        'pharma.coaching.skill', required=True, index=True, ondelete='restrict')
    mark = fields.Selection(MARKS, help="5 is best")
    note = fields.Char()

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines.coaching_id._check_open()
        return lines

    def write(self, vals):
        self.coaching_id._check_open()
        result = super().write(vals)
        self.coaching_id._check_open()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_acknowledged(self):
        self.coaching_id._check_open()


class PharmaVisit(models.Model):
    """The coaching of a joint call."""

    _inherit = 'pharma.visit'

    coaching_ids = fields.One2many(
        'pharma.coaching', 'visit_id',
        groups='pharma_crm.group_pharma_crm_representative')

    def action_coach(self):
        """Write down what was seen in this call, or open what was written; for managers.

        :rtype: dict
        """
        self.ensure_one()
        self.check_access('read')
        self._check_reviewer()
        coaching = self.env['pharma.coaching'].search([
            ('visit_id', '=', self.id), ('manager_id', '=', self.env.uid)], limit=1)
        return {
            'type': 'ir.actions.act_window', 'res_model': 'pharma.coaching',
            'res_id': coaching.id, 'views': [(False, 'form')], 'name': self.env._("Coaching"),
            'context': {
                'default_user_id': self.user_id.id, 'default_visit_id': self.id,
                'default_date': fields.Date.to_string(self.date)},
        }
