from odoo import fields, models


class ResCountryState(models.Model):
    _inherit = 'res.country.state'

    division_ids = fields.One2many('pharma.division', 'state_id', string="Divisions")
