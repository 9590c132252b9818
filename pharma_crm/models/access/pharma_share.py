from odoo import api, fields, models
from odoo.exceptions import AccessError

SHARE_MODES = [
    ('read', "To Read"),
    ('work', "To Work On"),
]


class PharmaShare(models.Model):
    """A customer, a contact or an opportunity is shared with a colleague for some time (共享).

    A hospital is shared with all below it, a department with its persons. Only who works on a
    record by himself may share it; a share cannot be passed on.
    """

    _name = 'pharma.share'
    _description = "Sharing"
    _inherit = ['pharma.period.mixin', 'pharma.access.mixin']
    _order = 'date_from DESC, id DESC'
    _pharma_access_lead = 'lead_id'

    _dates_check = models.Constraint(
        'CHECK(date_to >= date_from)', "Sharing cannot end before it begins.")
    _one_record_check = models.Constraint(
        'CHECK(num_nonnulls(partner_id, lead_id) = 1)',
        "Share one customer or one opportunity.")

    user_id = fields.Many2one(
        'res.users', string="Shared With", required=True, index=True, ondelete='cascade',
        domain=[('share', '=', False)])
    partner_id = fields.Many2one(
        'res.partner', string="Customer", index='btree_not_null', ondelete='cascade',
        domain=[('pharma_type', '!=', False)])
    lead_id = fields.Many2one(
        'crm.lead', string="Opportunity", index='btree_not_null', ondelete='cascade')
    mode = fields.Selection(SHARE_MODES, required=True, default='read')
    shared_by_id = fields.Many2one(
        'res.users', required=True, readonly=True, index=True,
        ondelete='cascade', default=lambda self: self.env.user)
    company_id = fields.Many2one(
        'res.company', required=True, index=True, default=lambda self: self.env.company)
    reason = fields.Char()

    @api.depends('partner_id', 'lead_id', 'user_id')
    def _compute_display_name(self):
        for share in self:
            # sudo: who sees the share may read what is shared; the opportunity may be hidden by now
            record = share.sudo().partner_id or share.sudo().lead_id
            names = (record.display_name, share.user_id.name)
            share.display_name = " → ".join(name for name in names if name)

    @api.constrains('partner_id', 'lead_id', 'shared_by_id')
    def _check_sharer(self):
        for share in self:
            sharer = share.shared_by_id
            partner = share.partner_id or share.lead_id.partner_id
            if partner and not self.env['pharma.access'].with_user(sharer)._works_by_himself(
                    partner):
                # A hidden customer must not be named to whoever tries its number
                raise AccessError(self.env._(
                    "%(user)s cannot share %(record)s: only who is responsible for a customer "
                    "can.", user=sharer.name,
                    record=share.display_name if partner.has_access('read') else partner.id))
            if share.lead_id:
                share.lead_id.with_user(sharer).check_access('write')
