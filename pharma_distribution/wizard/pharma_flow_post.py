from odoo import api, fields, models


class PharmaFlowPost(models.TransientModel):
    """Shows what checks warn of before files are posted."""

    _name = 'pharma.flow.post'
    _description = "Posting of Flow Files"

    file_ids = fields.Many2many(
        'pharma.flow.file', string="Files", required=True, readonly=True)
    check_ids = fields.Many2many(
        'pharma.flow.check', string="Warnings", compute='_compute_check_ids')

    @api.depends('file_ids')
    def _compute_check_ids(self):
        for dialog in self:
            dialog.check_ids = dialog.file_ids.check_ids.filtered('is_warning')

    def action_post(self):
        """Post the files all the same."""
        return self.file_ids._post_acknowledged()
