from odoo import api, models


class PharmaFiguresMixin(models.AbstractModel):
    """A model of which some fields are sales figures or receivables.

    How to use: inherit it beside the model and name the fields in ``_pharma_figure_fields``.
    Whoever sees no figures has no right to such a field, over any channel: reading, searching by it,
    ordering, grouping, exporting.
    """

    _name = 'pharma.figures.mixin'
    _description = "With Sales Figures"

    @api.model
    def _has_field_access(self, field, operation):
        if not super()._has_field_access(field, operation):
            return False
        return (self.env.su or field.name not in self._get_figure_fields()
                or self.env['pharma.access']._sees_figures())
