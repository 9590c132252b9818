"""Opening the menus of the suite by the calls of the web client."""

from dateutil.relativedelta import relativedelta
from lxml import etree

from odoo import fields
from odoo.fields import Domain
from odoo.tools.safe_eval import safe_eval

ADDONS = ('pharma_crm', 'pharma_distribution', 'pharma_tender')


class OpensMenus:
    """Part of tests of screens."""

    def _get_actions(self, user):
        """The window actions behind the menus of the suite that a user sees."""
        roots = {self.env.ref(f'{addon}.{addon}_menu_root').id for addon in ADDONS}
        visible = self.env['ir.ui.menu'].with_user(user)._visible_menu_ids()
        below = []
        for menu in self.env['ir.ui.menu'].browse(visible):
            path = [int(menu_id) for menu_id in menu.parent_path.split('/') if menu_id]
            # a menu below a hidden one is not shown
            if path[0] in roots and visible.issuperset(path):
                below.append(menu)
        actions = [menu.action for menu in below]
        return [action for action in actions
                if action and action._name == 'ir.actions.act_window'
                and action.res_model != 'res.config.settings']

    def _open(self, action, user):
        """Load the views of an action, and the records and groups that they show."""
        model = self.env[action.res_model].with_user(user)
        context = {
            'uid': user.id, 'active_id': False, 'active_ids': [], 'relativedelta': relativedelta,
            'context_today': lambda: fields.Date.context_today(model)}
        domain = Domain(safe_eval(action.domain or '[]', context))
        views = model.get_views(
            [*action.views, (action.search_view_id.id, 'search')], {'toolbar': True})['views']
        for kind, view in views.items():
            arch = etree.fromstring(view['arch'])
            names = {
                node.get('name') for node in arch.iter('field')
                if not any(parent.tag == 'field' for parent in node.iterancestors())}
            if kind == 'search':
                for node in arch.iterfind('.//filter[@domain]'):
                    wanted = Domain(safe_eval(node.get('domain'), context))
                    model.search_count(domain & wanted, limit=1)
            elif kind in ('list', 'kanban', 'form'):
                specification = {name: {} for name in names} | {'display_name': {}}
                model.web_search_read(domain, specification, limit=80, count_limit=1000)
            elif kind in ('pivot', 'graph'):
                measures = [
                    f'{name}:{model._fields[name].aggregator}' for name in names
                    if model._fields[name].store and model._fields[name].aggregator]
                model.formatted_read_group(domain, [], [*measures, '__count'])
