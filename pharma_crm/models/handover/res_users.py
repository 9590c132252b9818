from odoo import api, models
from odoo.exceptions import RedirectWarning, UserError

SUITE_GROUP = 'pharma_crm.group_pharma_crm_user'


class ResUsers(models.Model):
    """Nobody leaves his work without an owner."""

    _inherit = 'res.users'

    def write(self, vals):
        if 'active' in vals and not vals['active']:
            self._check_handed_over()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_only_handed_over(self):
        self._check_handed_over()

    def action_pharma_hand_over(self):
        """Open a new handover of this person's work."""
        self.ensure_one()
        return self.env['pharma.handover']._get_new_action(self)

    def _check_handed_over(self):
        """Refuse to archive or delete people who still own something open.

        Programs (superuser mode: removal of demo data, uninstallation) decide for themselves.

        :raise RedirectWarning: with the way to the handover, for who may make one
        :raise UserError: for everybody else
        """
        if self.env.su:
            return
        for user in self.filtered('active'):
            owned = self.env['pharma.handover']._count_owned(user)
            if owned:
                user._raise_owns(owned)

    def _raise_owns(self, owned):
        """Say what a person owns.

        :param owned: list of (kind, count)
        """
        self.ensure_one()
        lines = "\n".join(f"{kind.label}: {count}" for kind, count in owned)
        message = self.env._(
            "%(user)s still owns work that would be left without anybody:\n%(lines)s",
            user=self.name, lines=lines)
        if self.env['pharma.access']._may_decide(self):
            raise RedirectWarning(
                message, self.env.ref('pharma_crm.pharma_handover_action_new').id,
                self.env._("Hand Over Work"), {'default_user_id': self.id})
        raise UserError(message + "\n\n" + self.env._(
            "Ask a manager or a director to hand it over."))

    def _has_pharma_role(self):
        """Whether the person works with the suite: by a role, or by an assignment that holds.

        :rtype: bool
        """
        self.ensure_one()
        # sudo: only administrators read who has which group
        return self.sudo().has_group(SUITE_GROUP) or bool(
            self.env['pharma.territory.assignment'].sudo().search_count(
                [('user_id', '=', self.id), ('state', '!=', 'past')], limit=1))
