from odoo import models


class ResPartner(models.Model):
    """Whoever sees a customer may leave a note or a to-do on it: service, warehouse, accounting."""

    _inherit = 'res.partner'
    _mail_post_access = 'read'

    def _mail_get_operation_for_mail_message_operation(self, message_operation):
        operations = super()._mail_get_operation_for_mail_message_operation(message_operation)
        if message_operation == 'create' and not self.env.user._is_internal():
            # Portal users write on their orders and requests
            operations = dict.fromkeys(operations, 'write')
        return operations
