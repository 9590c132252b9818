from odoo import api, models

REPORT = 'pharma.flow.report'


class IrFilters(models.Model):
    _inherit = 'ir.filters'

    @api.model
    def get_filters(self, model, action_id=None, embedded_action_id=None,
                    embedded_parent_res_id=None):
        """Favourites that come with the results are named in the reader's language; Odoo keeps
        one name for all. What people saved themselves is called as they called it.
        """
        filters = super().get_filters(
            model, action_id, embedded_action_id, embedded_parent_res_id)
        if model != REPORT:
            return filters
        names = self._get_result_filter_names()
        for favourite in filters:
            if not favourite['user_ids']:
                favourite['name'] = names.get(favourite['name'], favourite['name'])
        return filters

    @api.model
    def _get_result_filter_names(self):
        """Names as they are stored -> as the reader's language has them."""
        return {
            "Terminals by Month": self.env._("Terminals by Month"),
            "Provinces by Quarter": self.env._("Provinces by Quarter"),
            "People, with Growth": self.env._("People, with Growth"),
            "Products, with Growth": self.env._("Products, with Growth"),
        }
