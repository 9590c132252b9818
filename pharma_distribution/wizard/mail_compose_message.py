from odoo import models


class MailComposeMessage(models.TransientModel):
    _inherit = 'mail.compose.message'

    def _action_send_mail(self, auto_commit=False):
        """Names about which a distributor is asked are marked once the message is sent."""
        result = super()._action_send_mail(auto_commit=auto_commit)
        if alias_ids := self.env.context.get('pharma_asked_alias_ids'):
            self.env['pharma.alias'].browse(alias_ids).exists()._mark_asked()
        return result
