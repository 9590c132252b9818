from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

DEFECT_STATES = [
    ('open', "Reported"),
    ('handling', "Being Corrected"),
    ('done', "Corrected"),
    ('rejected', "Not Confirmed"),
]
DEFECT_KINDS = [
    ('quality', "Quality"),
    ('package', "Packaging or Label"),
    ('transport', "Storage or Transport"),
    ('supply', "Supply"),
    ('information', "Information"),
    ('other', "Other"),
]
# What whoever handles a defect writes, not who reported it
HANDLING_FIELDS = frozenset({'state', 'cause', 'correction', 'date_done'})
HANDLING_GROUPS = (
    'pharma_crm.group_pharma_crm_product_manager',
    'pharma_crm.group_pharma_crm_service',
    'pharma_crm.group_pharma_crm_steward',
)


class PharmaProductDefect(models.Model):
    """A defect of a product, or a complaint about it: which lot, what, what was corrected."""

    _name = 'pharma.product.defect'
    _description = "Product Defect"
    _inherit = ['pharma.closed.mixin', 'mail.thread', 'mail.activity.mixin', 'pharma.line.mixin',
                'pharma.access.mixin', 'pharma.customer.mixin']
    _closed_fields = HANDLING_FIELDS
    _order = 'date DESC, id DESC'
    _check_company_auto = True
    _mail_post_access = 'read'

    name = fields.Char(string="Defect", required=True, tracking=True)
    product_id = fields.Many2one(
        'product.template', required=True, index=True, ondelete='restrict', check_company=True,
        domain=[('sale_ok', '=', True)])
    lot = fields.Char()
    partner_id = fields.Many2one(
        'res.partner', string="Complaint Of", index='btree_not_null', ondelete='restrict',
        check_company=True, domain=[('pharma_type', '!=', False)],
        help="Empty: found by ourselves")
    company_id = fields.Many2one(
        'res.company', required=True, index=True, default=lambda self: self.env.company)
    user_id = fields.Many2one(
        'res.users', string="Reported By", required=True, readonly=True, index=True,
        ondelete='restrict', default=lambda self: self.env.user)
    kind = fields.Selection(DEFECT_KINDS, required=True, default='quality', tracking=True)
    date = fields.Date(
        string="Found On", required=True, default=fields.Date.context_today)
    quantity = fields.Float(string="Packs Concerned", digits='Product Unit')
    description = fields.Text()
    state = fields.Selection(
        DEFECT_STATES, required=True, default='open', tracking=True, copy=False,
        group_expand=True)
    cause = fields.Text(copy=False)
    correction = fields.Text(
        copy=False, help="What was done so that it does not happen again")
    date_done = fields.Date(string="Corrected On", readonly=True, copy=False)
    may_handle = fields.Boolean(compute='_compute_may_handle', export_string_translation=False)

    @api.depends_context('uid')
    @api.depends('product_id')
    def _compute_may_handle(self):
        handles = any(self.env.user.has_group(group) for group in HANDLING_GROUPS)
        for defect in self:
            defect.may_handle = handles and (
                not defect.product_id or defect.product_id.pharma_line)

    @api.constrains('state', 'correction')
    def _check_correction(self):
        for defect in self:
            if defect.state == 'done' and not (defect.correction or '').strip():
                raise UserError(self.env._("Say first what was corrected."))

    @api.model_create_multi
    def create(self, vals_list):
        if any(not HANDLING_FIELDS.isdisjoint(vals) for vals in vals_list):
            self._check_handling(self.env['product.template'].browse(
                vals['product_id'] for vals in vals_list if vals.get('product_id')))
        defects = super().create(vals_list)
        defects.filtered(lambda defect: defect.state == 'done')._stamp_done()
        return defects

    def write(self, vals):
        if not HANDLING_FIELDS.isdisjoint(vals):
            self._check_handling(self.product_id)
        result = super().write(vals)
        if 'state' in vals:
            self._stamp_done()
        return result

    def _check_handling(self, products):
        """Refuse what is not the current user's to decide.

        :param products: ``product.template``
        :raise AccessError: unless he is the product's manager, service or steward
        """
        allowed = any(self.env.user.has_group(group) for group in HANDLING_GROUPS)
        if not self.env.su and not (
                allowed and all(product.pharma_line for product in products)):
            raise AccessError(self.env._(
                "Defects are handled by the product's manager, by service and data stewards."))

    def _stamp_done(self):
        today = self.env['pharma.access']._get_today()
        for defect in self:
            day = (defect.date_done or today) if defect.state == 'done' else False
            if defect.date_done != day:
                # sudo: the system's to write
                defect.sudo().date_done = day

    # === ACTIONS === #

    def action_handle(self):
        """Take up a reported defect."""
        self.write({'state': 'handling'})

    def action_done(self):
        """Close a defect with its correction.

        :raise UserError: without the correction
        """
        self.write({'state': 'done'})

    def action_reject(self):
        """Close a report that turned out to be no defect."""
        self.write({'state': 'rejected'})
