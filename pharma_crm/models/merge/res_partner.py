from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL


class ResPartner(models.Model):
    """A customer that was merged into another one: archived, and known by where it went."""

    _inherit = 'res.partner'

    merged_into_id = fields.Many2one(
        'res.partner', readonly=True, copy=False, index='btree_not_null', ondelete='set null',
        groups='base.group_user', help="The customer that is kept instead of this one")
    merged_ids = fields.One2many(
        'res.partner', 'merged_into_id', string="Merged Customers", readonly=True,
        context={'active_test': False}, groups='base.group_user')
    merge_count = fields.Integer(
        string="Merges", compute='_compute_merge_count', groups='base.group_user')

    def _compute_merge_count(self):
        counts = {}
        if self.env['pharma.merge'].has_access('read'):
            counts = dict(self.env['pharma.merge']._read_group(
                [('partner_id', 'in', self.ids)], ['partner_id'], ['__count']))
        for partner in self:
            partner.merge_count = counts.get(partner, 0)

    # === SEARCH === #

    @api.model
    def _search_name_sources(self, record_ids):
        # The kept customer is found by the names and codes of those that were merged into it
        return SQL(
            """ %s
             UNION ALL
                SELECT p.id, 'alias', known.value, p.pinyin_key, p.pharma_type, %s
                  FROM res_partner merged JOIN res_partner p ON p.id = merged.merged_into_id,
                       LATERAL (VALUES (merged.name), (merged.ref), (merged.vat))
                            AS known(value)
                 WHERE p.id = ANY(%s) AND known.value != '' AND known.value != p.name """,
            super()._search_name_sources(record_ids), self._search_name_owner_sql(), record_ids)

    # === CONSTRAINTS === #

    @api.constrains('active')
    def _check_merged(self):
        # sudo: whether something was merged, whoever writes; the undo goes by the journal
        for partner in self.sudo():
            if partner.active and partner.merged_into_id:
                raise ValidationError(self.env._(
                    "%s was merged into another customer: undo the merge to have him back.",
                    partner.name))

    # === PAGE === #

    def _within_sql(self):
        # Posted entries stay with the merged customer, and belong to the kept one all the same
        self.env['res.partner'].flush_model(['merged_into_id'])
        self.env.cr.execute(
            "SELECT id FROM res_partner WHERE merged_into_id = ANY(%s)", [self.ids])
        merged = [partner_id for partner_id, in self.env.cr.fetchall()]
        return super(ResPartner, self.browse({*self.ids, *merged}))._within_sql()

    def _get_receivable_domain(self):
        domain = super()._get_receivable_domain()
        # sudo: whether something was merged; the entries themselves are read with their own rules
        merged = self.sudo().merged_ids
        return [
            ('partner_id', 'in', [self.id, *merged.ids]) if term == ('partner_id', '=', self.id)
            else term for term in domain]

    # === ACTIONS === #

    def action_view_merged_into(self):
        """Open the customer that is kept instead of this one."""
        self.ensure_one()
        return self.merged_into_id.get_formview_action()

    def action_view_merges(self):
        """Open the merges into this customer."""
        self.ensure_one()
        action = self.env['ir.actions.act_window']._for_xml_id('pharma_crm.pharma_merge_action')
        return {**action, 'domain': [('partner_id', '=', self.id)], 'context': {}}

    def action_merge(self):
        """Open the page that merges these customers, or this one with another."""
        self.check_access('read')
        action = self.env['ir.actions.act_window']._for_xml_id(
            'pharma_crm.pharma_merge_wizard_action')
        return {**action, 'context': {
            'default_partner_ids': self.ids, 'dialog_size': 'extra-large'}}
