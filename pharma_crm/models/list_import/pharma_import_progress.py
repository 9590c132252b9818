from odoo import fields, models


class PharmaImportProgress(models.Model):
    """How far a running import is, and whether somebody wants to stop it.

    A row of its own: the job writes here through a second cursor while its own transaction holds
    the import, so that people see the progress before anything is committed.
    """

    _name = 'pharma.import.progress'
    _description = "Progress of an Import"
    _rec_name = 'model'

    model = fields.Char(required=True)
    res_id = fields.Many2oneReference(
        string="Import", model_field='model', required=True, index=True)
    percent = fields.Integer()
    cancelled = fields.Boolean()
