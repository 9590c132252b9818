from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain

REPRESENTATIVE_GROUP = 'pharma_crm.group_pharma_crm_representative'
# Who sees the private profiles of all persons of his companies.
ALL_PROFILES_GROUPS = (
    'pharma_crm.group_pharma_crm_area_manager',
    'pharma_crm.group_pharma_crm_steward',
)
# Salespersons who own a person: his own, his department's, his campus's, his hospital's.
OWNER_PATHS = (
    'user_id', 'parent_id.user_id', 'parent_id.parent_id.user_id', 'commercial_partner_id.user_id')


class ResPartner(models.Model):
    _inherit = 'res.partner'

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
        return person & Domain.OR(Domain(path, '=', user.id) for path in OWNER_PATHS)

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
