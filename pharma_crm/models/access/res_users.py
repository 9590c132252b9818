from odoo import api, models
from odoo.exceptions import AccessError, UserError

IMPERSONATE_GROUP = 'impersonate_login.group_impersonate_login'
RESTRICT_PARAMETER = 'impersonate_login.restrict_impersonate_admin_settings'


class ResUsers(models.Model):
    _inherit = 'res.users'

    def impersonate_login(self):
        """Look at Odoo with this user's eyes; the user menu leads back.

        Narrower than the method that it extends: groups that other groups imply count, too, an
        archived user is nobody's eyes, and whoever may not is told so.

        :raise AccessError: unless the current user may
        :raise UserError: for administrators where the settings protect them
        """
        self.ensure_one()
        if not self.env.user.has_group(IMPERSONATE_GROUP):
            raise AccessError(self.env._("Only administrators look with another user's eyes."))
        if not self.active:
            raise UserError(self.env._("%s is archived and sees nothing.", self.name))
        # sudo: the parameter is for administrators of the settings alone
        restricted = self.env['ir.config_parameter'].sudo().get_param(RESTRICT_PARAMETER)
        if restricted and self.has_group('base.group_system'):
            raise UserError(self.env._(
                "%s administers the settings: nobody looks with his eyes.", self.name))
        return super().impersonate_login()

    @api.model
    def _restrict_view_as_user(self):
        """Nobody looks with the eyes of those who administer the settings; they can change this."""
        self.env['ir.config_parameter'].set_param(RESTRICT_PARAMETER, True)
