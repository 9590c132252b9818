from odoo import models


class MailFollowers(models.Model):
    """Who follows a document that everybody sees may be a doctor that not everybody does."""

    _name = 'mail.followers'
    _inherit = ['mail.followers', 'pharma.access.mixin']
    _pharma_access_companies = True


class MailNotification(models.Model):
    """Likewise to whom a message was sent."""

    _name = 'mail.notification'
    _inherit = ['mail.notification', 'pharma.access.mixin']
    _pharma_access_columns = ('res_partner_id',)
    _pharma_access_companies = True
