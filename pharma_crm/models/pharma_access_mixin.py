from odoo import api, fields, models


class PharmaAccessMixin(models.AbstractModel):
    """A record that links customers is hidden with them.

    How to use: inherit it beside the model, say in ``_pharma_access_columns`` which stored links
    to contacts count, and add a *global* record rule ``[('pharma_access', '=', True)]``: rules of
    groups would only widen what Odoo's own rules give. Records without a customer are left to
    Odoo's rules.
    """

    _name = 'pharma.access.mixin'
    _description = "Hidden with Its Customer"

    # Stored many2one fields to res.partner
    _pharma_access_columns = ('partner_id',)
    # Stored field with the id of an opportunity, which may be shared by itself
    _pharma_access_lead = None
    # XML ids of groups that see all these records for their work
    _pharma_access_groups = ()

    pharma_access = fields.Boolean(
        compute='_compute_pharma_access', search='_search_pharma_access',
        export_string_translation=False, groups='base.group_user')

    @api.depends_context('uid')
    def _compute_pharma_access(self):
        visible = set(self._search([('id', 'in', self._origin.ids), ('pharma_access', '=', True)]))
        for record in self:
            record.pharma_access = not record._origin or record._origin.id in visible

    @api.model
    def _search_pharma_access(self, operator, value):
        if operator != 'in':
            return NotImplemented
        return self.env['pharma.access']._link_domain(
            self._pharma_access_columns, self._pharma_access_lead, self._pharma_access_groups)
