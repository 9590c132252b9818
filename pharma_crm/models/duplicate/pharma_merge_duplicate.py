from odoo import api, models


class PharmaMergeLink(models.AbstractModel):
    """Suspected pairs are worked out from the customers: they do not move, they are decided."""

    _inherit = 'pharma.merge.link'

    @api.model
    def _get_skipped_tables(self):
        return super()._get_skipped_tables() | {'pharma_duplicate'}


class PharmaMerge(models.Model):
    _inherit = 'pharma.merge'

    def _end_run(self, pairs):
        # of a merge and of its undo alike
        result = super()._end_run(pairs)
        self.env['pharma.duplicate']._follow_merges()
        return result
