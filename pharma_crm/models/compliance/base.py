from lxml import etree

from odoo import api, models
from odoo.fields import Domain

from ...tools import figures


class Base(models.AbstractModel):
    """What every model knows about figures that may be hidden."""

    _inherit = 'base'

    # Whether all records of the model are sales figures or receivables
    _pharma_figures = False
    # Fields that are; the model inherits pharma.figures.mixin
    _pharma_figure_fields = ()
    # Methods of buttons that lead to figures
    _pharma_figure_buttons = ()

    @api.model
    def _pharma_figures_domain(self):
        """Which records are left for whoever sees no figures.

        :rtype: Domain
        """
        return Domain.FALSE if self._pharma_figures else Domain.TRUE

    @api.model
    def _get_figure_fields(self):
        """Names of the fields of this model that are figures, of all classes that extend it.

        :rtype: frozenset(str)
        """
        return self._collect_figures('_pharma_figure_fields')

    @api.model
    def _get_figure_buttons(self):
        """Methods of buttons of this model that lead to figures, of all classes that extend it.

        :rtype: frozenset(str)
        """
        return self._collect_figures('_pharma_figure_buttons')

    @api.model
    def _collect_figures(self, attribute):
        """What the classes of this model say, together; kept on the class of the registry, since
        it is asked for with every field that is read.
        """
        model_class, kept = self.env.registry[self._name], f'{attribute}_kept'
        if kept not in vars(model_class):
            setattr(model_class, kept, frozenset(
                name for parent in model_class.mro() for name in vars(parent).get(attribute, ())))
        return getattr(model_class, kept)

    @api.model
    def get_view(self, view_id=None, view_type='form', **options):
        """Views without what is hidden from the current user: the web client would ask for it."""
        result = super().get_view(view_id, view_type, **options)
        if not self.env['pharma.access']._sees_figures():
            tree = etree.fromstring(result['arch'])
            figures.strip_view(tree, self._name, self._get_figure_names)
            result['arch'] = etree.tostring(tree, encoding='unicode').replace('\t', '')
        return result

    @api.model
    def _get_figure_names(self, model):
        """What :func:`~..tools.figures.strip_view` has to know about a model.

        :param str model: its name
        :rtype: figures.Names
        """
        records = self.env[model]
        links = {name: field.comodel_name for name, field in records._fields.items()
                 if field.relational}
        to_figures = {name for name, comodel in links.items()
                      if self.env[comodel]._pharma_figures}
        return figures.Names(
            records._get_figure_fields() | to_figures, records._get_figure_buttons(), links,
            self.env['ir.ui.menu']._get_figure_action_ids())
