from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tools import SQL

REPRESENTATIVE_GROUP = 'pharma_crm.group_pharma_crm_representative'
# Who sees the private profiles of all persons of his companies.
ALL_PROFILES_GROUPS = (
    'pharma_crm.group_pharma_crm_area_manager',
    'pharma_crm.group_pharma_crm_steward',
)


class ResPartner(models.Model):
    _inherit = 'res.partner'

    # What a salesperson owns is looked up in every list of private profiles. No index on the field:
    # redefining it would make it a field of ours, with the rights of ours.
    _user_id_idx = models.Index('(user_id) WHERE user_id IS NOT NULL')

    private_profile_access = fields.Boolean(
        compute='_compute_private_profile_access', search='_search_private_profile_access',
        export_string_translation=False, groups='base.group_user')

    # === COMPUTE === #

    @api.depends_context('uid')
    def _compute_private_profile_access(self):
        allowed = set(self._search(
            [('id', 'in', self._origin.ids), ('private_profile_access', '=', True)]
        )) if self._origin else set()
        for partner in self:
            partner.private_profile_access = partner._origin.id in allowed

    @api.model
    def _search_private_profile_access(self, operator, value):
        """Persons whose private profile the current user may open: the one place that decides it.

        As with ``pharma_access`` the user counts and not the mode, since record rules are evaluated
        in superuser mode.
        """
        if operator != 'in':
            return NotImplemented
        person = Domain('pharma_type', '=', 'person')
        user = self.env.user
        if any(user.has_group(group) for group in ALL_PROFILES_GROUPS):
            return person
        if not user.has_group(REPRESENTATIVE_GROUP):
            return Domain.FALSE
        self.flush_model(['user_id', 'parent_id', 'commercial_partner_id'])
        # As an array the planner takes it for few rows and looks each of them up
        return person & Domain.custom(to_sql=lambda model, alias, query: SQL(
            "%s = ANY(ARRAY(%s))", SQL.identifier(alias, 'id'), self._owned_partners(user)))

    @api.model
    def _owned_partners(self, user):
        """Query of the contacts that a salesperson owns: his own, and what is below his
        departments, campuses and hospitals.

        :rtype: SQL
        """
        return SQL(
            """ WITH own AS (SELECT id FROM res_partner WHERE user_id = %s)
                SELECT id FROM own
                 UNION
                SELECT child.id FROM res_partner child JOIN own ON child.parent_id = own.id
                 UNION
                SELECT child.id
                  FROM res_partner child
                  JOIN res_partner parent ON parent.id = child.parent_id
                  JOIN own ON parent.parent_id = own.id
                 UNION
                SELECT child.id
                  FROM res_partner child JOIN own ON child.commercial_partner_id = own.id """,
            user.id)

    # === ACTIONS === #

    def action_view_private_profile(self):
        """Open the private profile of this person, an empty one when there is none yet."""
        self.ensure_one()
        if not self.private_profile_access:
            raise AccessError(self.env._(
                "The private profile of %s is for the person's owner, his managers and data "
                "stewards.", self.display_name))
        profile = self.env['pharma.person.profile'].search([('partner_id', '=', self.id)])
        action = self.env['ir.actions.act_window']._for_xml_id(
            'pharma_crm.pharma_person_profile_action_one')
        action['res_id'] = profile.id
        action['context'] = {'default_partner_id': self.id}
        return action
