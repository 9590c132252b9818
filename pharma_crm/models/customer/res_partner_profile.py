from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain

REPRESENTATIVE_GROUP = 'pharma_crm.group_pharma_crm_representative'


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
        user, access = self.env.user, self.env['pharma.access']
        if access._sees_all():
            return person
        if not user.has_group(REPRESENTATIVE_GROUP):
            return Domain.FALSE
        # Not what is shared with him: a share is for the work, a profile for who knows the person
        return person & access._responsible_domain()

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
