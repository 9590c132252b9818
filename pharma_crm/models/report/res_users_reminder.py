from odoo import api, fields, models


class ResUsers(models.Model):
    """What a person is reminded of stands with his preferences."""

    _inherit = 'res.users'

    pharma_reminder_ids = fields.One2many(
        'pharma.reminder', 'user_id', string="My Reminders",
        domain=lambda self: [('company_id', '=', self.env.company.id)], groups='base.group_user')
    pharma_has_reminders = fields.Boolean(
        compute='_compute_pharma_has_reminders', export_string_translation=False,
        groups='base.group_user')

    @property
    def SELF_READABLE_FIELDS(self):
        return [
            *super().SELF_READABLE_FIELDS, 'pharma_reminder_ids', 'pharma_has_reminders']

    @property
    def SELF_WRITEABLE_FIELDS(self):
        return [*super().SELF_WRITEABLE_FIELDS, 'pharma_reminder_ids']

    @api.depends_context('uid')
    def _compute_pharma_has_reminders(self):
        """Whether this is about the current user, who works with customers."""
        mine = self.env['pharma.reminder'].has_access('write')
        for user in self:
            user.pharma_has_reminders = mine and user._origin == self.env.user

    def action_pharma_choose_reminders(self):
        """Begin with a choice of one's own: all kinds, as the company has them."""
        self.env['pharma.reminder'].check_access('write')
        self.env['pharma.reminder']._fill(self.env.company, self.env.user)
        return {'type': 'ir.actions.client', 'tag': 'soft_reload'}

    def action_pharma_drop_reminders(self):
        """Live by the company's defaults again."""
        self.env['pharma.reminder'].check_access('unlink')
        self.env['pharma.reminder'].search([
            ('user_id', '=', self.env.uid), ('company_id', '=', self.env.company.id)]).unlink()
        return {'type': 'ir.actions.client', 'tag': 'soft_reload'}
