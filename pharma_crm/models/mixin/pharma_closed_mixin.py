from odoo import api, models


class PharmaClosedMixin(models.AbstractModel):
    """Documents with fields that their buttons write, whoever enters the rest.

    The models refuse such values in what a client writes. A client may also send defaults, in the
    context: those for these fields are dropped here.

    How to use: inherit it first, and name the fields in ``_closed_fields``.
    """

    _name = 'pharma.closed.mixin'
    _description = "Document with Fields Written by Buttons"
    _closed_fields = frozenset()

    @api.model_create_multi
    def create(self, vals_list):
        if self.env.su:
            return super().create(vals_list)
        kept = {key: value for key, value in self.env.context.items()
                if not key.startswith('default_')
                or key.removeprefix('default_') not in self._closed_fields}
        return super(  # pylint: disable-next=context-overridden
            PharmaClosedMixin, self.with_context(kept)).create(vals_list)
