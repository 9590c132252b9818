from odoo import fields, models


class PharmaHospitalImportProgress(models.Model):
    """How far a running import is, and whether somebody wants to stop it.

    A row of its own: the job writes here through a second cursor while its own transaction holds
    the import, so that people see the progress before anything is committed.
    """

    _name = 'pharma.hospital.import.progress'
    _description = "Progress of a Hospital List Import"

    import_id = fields.Many2one(
        'pharma.hospital.import', required=True, index=True, ondelete='cascade')
    percent = fields.Integer()
    cancelled = fields.Boolean()
