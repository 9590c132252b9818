from odoo import api, models
from odoo.fields import Domain


class PharmaFiguresMixin(models.AbstractModel):
    """A model of which some fields are sales figures or receivables.

    How to use: inherit it beside the model and name the fields in ``_pharma_figure_fields``.
    Whoever sees no figures has no right to such a field, over any channel: reading, searching by
    it, ordering, grouping, exporting.
    """

    _name = 'pharma.figures.mixin'
    _description = "With Sales Figures"

    @api.model
    def _has_field_access(self, field, operation):
        if not super()._has_field_access(field, operation):
            return False
        return (self.env.su or field.name not in self._get_figure_fields()
                or self.env['pharma.access']._sees_figures())

    @api.model
    def _search(self, domain, *args, **kwargs):
        """Odoo asks for no right to a field that is searched by a method of its own, such as what
        a customer owes.
        """
        if not self.env.su and not self.env['pharma.access']._sees_figures():
            for condition in Domain(domain).iter_conditions():
                field = self._fields.get(condition.field_expr.split('.')[0])
                if field is not None:
                    self._check_field_access(field, 'read')
        return super()._search(domain, *args, **kwargs)

    def copy_data(self, default=None):
        """A copy begins without the figures that whoever makes it does not see."""
        if self.env.su or self.env['pharma.access']._sees_figures():
            return super().copy_data(default)
        hidden = self._get_figure_fields()
        without = {name: False for name in hidden if name in self._fields}
        return [
            {name: value for name, value in vals.items() if name not in hidden}
            for vals in super().copy_data({**(default or {}), **without})]
