from odoo import api, fields, models
from odoo.fields import Domain


class PharmaTeamMixin(models.AbstractModel):
    """What only managers do with the records of their people: review, coach, talk.

    How to use: a rule or a domain ``[('pharma_team_lead', '=', True)]``: the records of those whom
    the current user, or whom he acts for, manages; never his own, nor those of whom he acts for.
    """

    _inherit = 'pharma.team.mixin'

    pharma_team_lead = fields.Boolean(
        compute='_compute_pharma_team_lead', search='_search_pharma_team_lead',
        export_string_translation=False, groups='base.group_user')

    @api.depends_context('uid', 'allowed_company_ids')
    def _compute_pharma_team_lead(self):
        domain = self._pharma_team_lead_domain()
        allowed = set(self._search(Domain('id', 'in', self._origin.ids) & domain))
        for record in self:
            record.pharma_team_lead = bool(record._origin) and record._origin.id in allowed

    @api.model
    def _search_pharma_team_lead(self, operator, value):
        return NotImplemented if operator != 'in' else self._pharma_team_lead_domain()

    @api.model
    def _pharma_team_lead_domain(self):
        """Domain of the records of people whom the current user manages.

        :rtype: Domain
        """
        access = self.env['pharma.access']
        if access._sees_all_people():
            return Domain('user_id', '!=', self.env.uid)
        access._flush()
        self.flush_model(['user_id', 'territory_id', 'product_line_id'])
        return Domain.custom(to_sql=lambda model, alias, query: access._lead_sql(alias))
