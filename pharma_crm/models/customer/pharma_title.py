from odoo import fields, models

TITLE_SERIES = [
    ('doctor', "Doctors"),
    ('pharmacist', "Pharmacists"),
    ('nurse', "Nurses"),
    ('technician', "Technicians"),
    ('other', "Others"),
]


class PharmaTitle(models.Model):
    """A professional title (职称) of health workers, such as 主任医师; in order of rank."""

    _name = 'pharma.title'
    _description = "Professional Title"
    _order = 'sequence, id'

    _name_uniq = models.Constraint('UNIQUE(name)', "This title exists already.")

    name = fields.Char(required=True)
    active = fields.Boolean(default=True)
    series = fields.Selection(TITLE_SERIES, required=True, default='doctor')
    sequence = fields.Integer(default=100)
