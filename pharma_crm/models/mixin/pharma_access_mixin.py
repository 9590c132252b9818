from odoo import api, fields, models
from odoo.fields import Domain


class PharmaAccessMixin(models.AbstractModel):
    """A record that links customers is hidden with them.

    How to use: inherit it beside the model, say in ``_pharma_access_columns`` which stored links
    to contacts count, and add a *global* record rule ``[('pharma_access', '=', True)]``: rules of
    groups would only widen what Odoo's own rules give. Another one ``[('pharma_work', '=', True)]``
    for all but reading keeps those from changes who may only read the customer. Records without a
    customer are left to Odoo's rules.
    """

    _name = 'pharma.access.mixin'
    _description = "Hidden with Its Customer"

    # Stored many2one fields to res.partner
    _pharma_access_columns = ('partner_id',)
    # Stored field with the id of an opportunity, which may be shared by itself
    _pharma_access_lead = None
    # XML ids of groups that see all these records for their work
    _pharma_access_groups = ()
    # Whether records of other companies' customers are hidden here: models without a company
    _pharma_access_companies = False

    pharma_access = fields.Boolean(
        compute='_compute_pharma_access', search='_search_pharma_access',
        export_string_translation=False, groups='base.group_user')
    pharma_work = fields.Boolean(
        compute='_compute_pharma_work', search='_search_pharma_work',
        export_string_translation=False, groups='base.group_user')

    @api.depends_context('uid', 'allowed_company_ids')
    def _compute_pharma_access(self):
        self._compute_pharma_right('pharma_access', self._pharma_link_domain('read'))

    @api.depends_context('uid', 'allowed_company_ids')
    def _compute_pharma_work(self):
        self._compute_pharma_right('pharma_work', self._pharma_link_domain('work'))

    def _compute_pharma_right(self, name, domain):
        if domain.is_true():
            self[name] = True
            return
        allowed = set(self._search(Domain('id', 'in', self._origin.ids) & domain))
        for record in self:
            record[name] = not record._origin or record._origin.id in allowed

    @api.model
    def _search_pharma_access(self, operator, value):
        if operator != 'in':
            return NotImplemented
        return self._pharma_link_domain('read')

    @api.model
    def _search_pharma_work(self, operator, value):
        if operator != 'in':
            return NotImplemented
        return self._pharma_link_domain('work')

    @api.model
    def _pharma_link_domain(self, mode):
        """Domain of the records none of whose customers is hidden, or closed to changes.

        :param str mode: 'read' or 'work'
        :rtype: Domain
        """
        return self.env['pharma.access']._link_domain(
            self._pharma_access_columns, self._pharma_access_lead, self._pharma_access_groups,
            mode, self._pharma_access_companies)
