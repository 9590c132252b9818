from odoo import fields, models

from ..matching.pharma_flow_matcher import CUSTOMER_TYPES

# How many steps of trade lie between the company and a distributor.
DISTRIBUTOR_TIERS = [
    ('1', "Tier 1"),
    ('2', "Tier 2"),
    ('3', "Tier 3"),
]


class ResPartner(models.Model):
    _inherit = 'res.partner'

    distributor_tier = fields.Selection(
        DISTRIBUTOR_TIERS, index='btree_not_null', tracking=True, groups='base.group_user',
        help="Tier 1 buys from the company, tier 2 from tier 1")
    flow_line_count = fields.Integer(
        string="Sell-Through Rows", compute='_compute_flow_line_count', groups='base.group_user')

    # === CRUD === #

    def _create(self, data_list):
        partners = super()._create(data_list)
        partners._doubt_flow_names()
        return partners

    def _write_multi(self, vals_list):  # pylint: disable=missing-return  # it returns nothing
        super()._write_multi(vals_list)
        named = {'name', 'complete_name', 'pharma_type', 'active'}
        self.browse(
            partner.id for partner, vals in zip(self, vals_list, strict=True) if named & set(vals)
        )._doubt_flow_names()

    def _doubt_flow_names(self):
        """Names of files that may mean one of these customers now, or no longer, are asked about
        anew."""
        # sudo: whoever writes them; only names are looked at
        customers = self.sudo().filtered(lambda partner: partner.pharma_type in CUSTOMER_TYPES)
        if customers:
            gone = customers.filtered(lambda partner: not partner.active)
            self.env['pharma.alias']._doubt(
                [f"{partner.parent_id.name or ''}{partner.name}"
                 if partner.pharma_type == 'campus' else partner.name
                 for partner in customers - gone], gone.ids)
        # sudo: rows follow whoever writes the department
        departments = self.sudo().filtered(lambda partner: partner.pharma_type == 'department')
        if departments:
            self.env['pharma.flow.department'].sudo()._doubt(departments)

    # === COMPUTE === #

    def _compute_flow_line_count(self):
        """Posted rows of the customer, as far as the user may see them."""
        counts = {}
        if self.env['pharma.flow.line'].has_access('read'):
            counts = dict(self.env['pharma.flow.line']._read_group(
                self._get_sell_through_domain(), ['partner_id'], ['__count']))
        for partner in self:
            partner.flow_line_count = counts.get(partner, 0)

    def _get_sell_through_domain(self):
        return [
            ('partner_id', 'in', self.ids), ('status', '=', 'ok'), ('file_state', '=', 'posted')]

    def action_view_sell_through(self):
        """Open what distributors sold to these customers."""
        action = self.env['ir.actions.act_window']._for_xml_id(
            'pharma_distribution.pharma_flow_line_action_sell_through')
        action['domain'] = self._get_sell_through_domain()
        return action
