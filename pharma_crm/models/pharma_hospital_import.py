from odoo import fields, models

IMPORT_STATES = [
    ('draft', "File"),
    ('ready', "Checked"),
    ('queued', "Waiting"),
    ('running', "Running"),
    ('done', "Imported"),
    ('undone', "Undone"),
    ('failed', "Failed"),
]


class PharmaHospitalImport(models.Model):
    """A list of hospitals (.xls, .xlsx, .csv) on its way to the customers, and what became of it."""

    _name = 'pharma.hospital.import'
    _description = "Hospital List Import"
    _order = 'id desc'

    name = fields.Char(required=True)
    company_id = fields.Many2one(
        'res.company', required=True, index=True, default=lambda self: self.env.company)
    state = fields.Selection(IMPORT_STATES, required=True, default='draft', readonly=True)
    data = fields.Binary(string="File", attachment=True)
