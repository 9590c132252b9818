from odoo import api, models


class IrUiMenu(models.Model):
    """Menus without those that would only show hidden figures."""

    _inherit = 'ir.ui.menu'

    @api.model
    def _visible_menu_ids(self, debug=False):
        visible = super()._visible_menu_ids(debug)
        # Odoo keeps the menus of a user for long, whether he sees figures changes with the day
        if self.env.context.get('pharma_all_menus') or self.env['pharma.access']._sees_figures():
            return visible
        return frozenset(visible) - self._get_figure_menu_ids(visible)

    @api.model
    def load_menus(self, debug):
        """The menus of the current user, as the web client shows them."""
        menus = super(IrUiMenu, self.with_context(pharma_all_menus=True)).load_menus(debug)
        if self.env['pharma.access']._sees_figures():
            return menus
        hidden = self._get_figure_menu_ids(menu for menu in menus if menu != 'root')
        return {
            key: {**menu, 'children': [child for child in menu['children'] if child not in hidden]}
            for key, menu in menus.items() if key not in hidden}

    @api.model
    def _get_figure_menu_ids(self, menu_ids):
        """Those of menus that only show figures, and folders with nothing else.

        :param menu_ids: ids of menus
        :rtype: set(int)
        """
        # sudo: what a menu opens is asked, not shown
        menus = self.sudo().browse(menu_ids)
        actions = self._get_figure_action_ids()
        hidden = {menu.id for menu in menus if menu.action and menu.action.id in actions}
        parents = menus.filtered(lambda menu: menu.id in hidden).parent_id & menus
        while parents:
            empty = {
                folder.id for folder in parents if not folder.action
                and all(child.id in hidden for child in menus if child.parent_id == folder)}
            hidden |= empty
            parents = parents.filtered(lambda folder, empty=empty: folder.id in empty).parent_id
            parents &= menus
        return hidden

    @api.model
    def _get_figure_action_ids(self):
        """Actions that show nothing but figures.

        :rtype: frozenset(int)
        """
        models_of_figures = [name for name, model in self.env.registry.items()
                             if model._pharma_figures]
        # sudo: as above
        windows = self.env['ir.actions.act_window'].sudo().search([
            ('res_model', 'in', models_of_figures)])
        listed = (self.env.ref(name, raise_if_not_found=False)
                  for name in self.env['pharma.access']._get_figure_actions())
        return frozenset({*windows.ids, *(action.id for action in listed if action)})
