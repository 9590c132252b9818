from odoo import api, models


class PharmaAffiliation(models.Model):
    """Where the company wants it, posts of persons change by request."""

    _inherit = 'pharma.affiliation'

    @api.model_create_multi
    def create(self, vals_list):
        self.env['res.partner'].browse({
            vals['person_id'] for vals in vals_list if vals.get('person_id')
        })._check_not_by_request('post')
        return super().create(vals_list)

    def write(self, vals):
        self.person_id._check_not_by_request('post')
        return super().write(vals)

    def unlink(self):
        self.person_id._check_not_by_request('post')
        return super().unlink()
