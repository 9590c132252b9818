from odoo import api, models

# What of a call decides for whom it counts
COUNTED_FIELDS = frozenset({
    'state', 'user_id', 'partner_id', 'person_ids', 'date_start', 'company_id'})


class PharmaVisit(models.Model):
    """Calls count for the targets of the open cycles as soon as they are saved."""

    _inherit = 'pharma.visit'

    @api.model_create_multi
    def create(self, vals_list):
        visits = super().create(vals_list)
        visits._measure_targets(visits.user_id)
        return visits

    def write(self, vals):
        if COUNTED_FIELDS.isdisjoint(vals):
            return super().write(vals)
        users = self.user_id
        result = super().write(vals)
        self._measure_targets(users | self.user_id)
        return result

    def unlink(self):
        users = self.user_id
        result = super().unlink()
        self._measure_targets(users)
        return result

    def _measure_targets(self, users):
        """Measure what people's calls are worth, in a constant number of queries."""
        if users:
            # sudo: targets are written by the calculation alone
            self.env['pharma.cycle'].sudo()._measure_people(users.ids)
