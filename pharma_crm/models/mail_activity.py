from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL


class MailActivity(models.Model):
    _name = 'mail.activity'
    _inherit = ['mail.activity', 'pharma.access.mixin']
    _pharma_access_columns = ()

    @api.model
    def _search_pharma_access(self, operator, value):
        """To-dos that are not on a hidden customer, also one's own: Odoo shows these to whoever
        has to do them, whether or not he sees the document.
        """
        if operator != 'in':
            return NotImplemented
        hidden = self.env['pharma.access']._hidden_sql('p')
        if not hidden:
            return Domain.TRUE
        return Domain('res_model', '!=', 'res.partner') | Domain.custom(
            to_sql=lambda model, alias, query: SQL(
                "NOT EXISTS (SELECT FROM res_partner p WHERE p.id = %s AND %s)",
                SQL.identifier(alias, 'res_id'), hidden))
