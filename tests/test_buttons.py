import ast
import contextlib
from itertools import chain

from lxml import etree
from rights_world import RightsWorld

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger
from odoo.tools.safe_eval import safe_eval

QUIET = ('odoo.addons.base.models.ir_rule', 'odoo.addons.base.models.ir_model')


def _context_of(node):
    """The expression of a button's context."""
    return (node.get('context') or '{}').strip()


class Undo(Exception):
    """Takes back what a button did."""


@tagged('post_install', '-at_install')
class TestButtons(RightsWorld):
    """Every role of the suite presses the buttons of the forms that it can open."""

    def setUp(self):
        super().setUp()
        self.opened = set()

    def _get_forms(self, user):
        """One record of each kind that a user may read."""
        found = {}
        for (model, kind, _whose), record in self.records.items():
            if model != 'res.partner' and not model.startswith('pharma.'):
                continue
            record = record.with_user(user).with_context(lang='en_US')
            if (model, kind) not in found and record.exists() and record.has_access('read'):
                found[model, kind] = record
        return found.values()

    def _get_buttons(self, record):
        """The methods behind the buttons that the form of a record shows, with their contexts."""
        arch = etree.fromstring(record.get_view(view_type='form')['arch'])
        buttons = [
            node for node in arch.iter('button') if node.get('type') == 'object'
            and not any(parent.tag == 'field' for parent in node.iterancestors())]
        conditions = {node: [
            element.get('invisible') for element in (node, *node.iterancestors())
            if element.get('invisible')] for node in buttons}
        words = {
            part.id for text in (*chain(*conditions.values()), *map(_context_of, buttons))
            for part in ast.walk(ast.parse(text, mode='eval')) if isinstance(part, ast.Name)}
        # Only what the form holds: an expression over anything else fails, as it does in a browser
        names = words & {node.get('name') for node in arch.iter('field')}
        values = record.read(list(names), load=None)[0] | {
            'uid': record.env.uid, 'context': {}, 'id': record.id, 'active_id': record.id}
        return {
            (node.get('name'), _context_of(node)) for node in buttons
            if not any(safe_eval(text, values) for text in conditions[node])}, values

    def _open_views(self, model, views):
        """Read views as a user, once: many buttons lead to the same ones."""
        key = model.env.uid, model._name, views
        if key not in self.opened:
            model.get_views(views)
            self.opened.add(key)

    def _press(self, record, name, context):
        """Call a button's method, open what it leads to, and take it all back."""
        with contextlib.suppress(Undo), self.env.cr.savepoint():
            action = getattr(record.with_context(**context), name)()
            if isinstance(action, dict) and action.get('type') == 'ir.actions.act_window':
                opened = record.env[action['res_model']]
                self._open_views(opened, tuple(
                    (view, kind) for view, kind in action.get('views') or [(False, 'form')]))
                if isinstance(action.get('domain'), list):
                    opened.search(action['domain'], limit=1).read(['display_name'])
                elif action.get('res_id'):
                    opened.browse(action['res_id']).read(['display_name'])
            raise Undo

    def test_no_button_ends_in_an_access_error(self):
        """What a role may not do, it is not offered. A message that tells what is missing is an
        answer; a refusal for want of rights is a mistake of the form.
        """
        pressed = 0
        for role, user in self.users.items():
            if not user.has_group('pharma_crm.group_pharma_crm_user'):
                continue
            for record in self._get_forms(user):
                buttons, values = self._get_buttons(record)
                for name, context in sorted(buttons):
                    with self.subTest(role=role, model=record._name, button=name), \
                            mute_logger(*QUIET):
                        try:
                            self._press(record, name, safe_eval(context, values))
                        except AccessError:
                            raise
                        except UserError:
                            pass
                        pressed += 1
        self.assertGreater(pressed, 300)
