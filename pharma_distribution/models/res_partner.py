from odoo import fields, models


class ResPartner(models.Model):
    _inherit = 'res.partner'

    flow_line_count = fields.Integer(
        string="Sell-Through Rows", compute='_compute_flow_line_count', groups='base.group_user')

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
