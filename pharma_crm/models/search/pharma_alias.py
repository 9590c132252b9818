from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from ...tools.names import normalise

ALIAS_KINDS = [
    ('partner', "Customer"),
    ('product', "Product"),
]
ALIAS_STATUSES = [
    ('todo', "To Decide"),
    ('suggested', "Suggested"),
    ('confirmed', "Confirmed"),
    ('ignored', "Ignored"),
]


class PharmaAlias(models.Model):
    """A name under which a customer or a product is known, everywhere or at one distributor.

    Names are knowledge, not spelling: most former names share no character with today's. Every
    name that was seen is kept here, with the decision what it stands for, who decided and when.
    """

    _name = 'pharma.alias'
    _description = "Name Alias"
    _inherit = ['mail.thread', 'pharma.access.mixin']
    _order = 'status, name, id'
    _check_company_auto = True

    # One decision per name, whether global or of one distributor (NULLs would be distinct).
    _key_uniq = models.UniqueIndex(
        '(kind, key, COALESCE(distributor_id, 0), COALESCE(company_id, 0))',
        "This name is listed already.")
    _target_check = models.Constraint(
        "CHECK(status != 'confirmed' OR partner_id IS NOT NULL OR product_id IS NOT NULL)",
        "A confirmed name needs the customer or the product that it stands for.")

    name = fields.Char(string="Name Seen", required=True)
    key = fields.Char(
        compute='_compute_key', store=True, precompute=True, index=True,
        help="The name without white space, brackets and legal form, as names are compared")
    kind = fields.Selection(ALIAS_KINDS, required=True, default='partner')
    company_id = fields.Many2one('res.company', index='btree_not_null')
    distributor_id = fields.Many2one(
        'res.partner', index='btree_not_null', check_company=True,
        domain="[('pharma_type', '=', 'distributor')]",
        help="The distributor in whose files the name means this; empty: everywhere")
    partner_id = fields.Many2one(
        'res.partner', string="Customer", index='btree_not_null', check_company=True,
        ondelete='cascade', tracking=True)
    product_id = fields.Many2one(
        'product.template', index='btree_not_null', check_company=True,
        ondelete='cascade', tracking=True)
    status = fields.Selection(
        ALIAS_STATUSES, required=True, default='todo', index=True, tracking=True)
    automatic = fields.Boolean(
        readonly=True, copy=False,
        help="Decided by the program, with a reason; nobody has confirmed it yet")
    decided_by_id = fields.Many2one('res.users', readonly=True, copy=False)
    decided_on = fields.Datetime(readonly=True, copy=False)

    # === COMPUTE === #

    @api.depends('name')
    def _compute_key(self):
        for alias in self:
            alias.key = normalise(alias.name)

    # === CONSTRAINTS === #

    @api.constrains('kind', 'partner_id', 'product_id')
    def _check_kind(self):
        for alias in self:
            if (alias.kind == 'partner' and alias.product_id) or (
                    alias.kind == 'product' and alias.partner_id):
                raise ValidationError(self.env._(
                    "The name \"%s\" stands for a customer or for a product, not for both.",
                    alias.name))

    # === RIGHTS === #

    @api.model
    def _pharma_link_domain(self, mode):
        """What nobody has decided, and what is ignored, is for those who decide: raw names of
        files tell who buys where.
        """
        domain = super()._pharma_link_domain(mode)
        # The rights of the user, not of the mode in which rules are evaluated
        decides = self.with_user(self.env.user).browse().has_access('write')
        if decides or self.env['pharma.access']._sees_all():
            return domain
        return domain & Domain('status', '=', 'confirmed')

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        return super().create([self._with_decision(vals) for vals in vals_list])

    def write(self, vals):
        return super().write(self._with_decision(vals))

    def _with_decision(self, vals):
        """Complete values: choosing a target confirms the name, a decision notes who and when.

        Whatever a person writes is a person's decision.
        """
        vals = dict(vals)
        if vals.get('status') is None and (vals.get('partner_id') or vals.get('product_id')):
            vals['status'] = 'confirmed'
        if 'status' in vals:
            vals['automatic'] = False
        if vals.get('status') in ('confirmed', 'ignored'):
            vals['decided_by_id'] = self.env.uid
            vals['decided_on'] = fields.Datetime.now()
        elif 'status' in vals:
            vals['decided_by_id'] = vals['decided_on'] = False
        return vals

    # === ACTIONS === #

    def action_ignore(self):
        """The names are not ours: rows that carry them do not count."""
        self.write({'status': 'ignored', 'partner_id': False, 'product_id': False})

    def action_reopen(self):
        """Take the decisions back."""
        self.write({'status': 'todo', 'partner_id': False, 'product_id': False})
