from odoo import models
from odoo.fields import Domain


class MailThread(models.AbstractModel):
    _inherit = 'mail.thread'

    def _search_message_partner_ids(self, operator, operand):
        """Odoo looks for followers past all rules; whoever asks for a follower's name or facts must
        see the follower.
        """
        if not self.env.su and (operator == 'any' or isinstance(operand, str)):
            domain = operand if operator == 'any' else Domain('display_name', operator, operand)
            partners = self.env['res.partner'].with_context(active_test=False)
            # A query, not ids: a frequent name has tens of thousands of them
            operator, operand = 'in', partners._search(domain)
        return super()._search_message_partner_ids(operator, operand)
