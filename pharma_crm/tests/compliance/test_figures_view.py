import doctest

from lxml import etree

from odoo.tests import BaseCase, tagged

from ...tools import erasure, figures

ARCH = """
<form>
    <header><button name="action_quote" type="object"/><button name="7" type="action"/></header>
    <button name="open" type="object"><field name="order_count"/></button>
    <label for="revenue"/> at <field name="revenue"/><field name="name"/>
    <field name="note" invisible="revenue > 5"/>
    <field name="date" readonly="revenue > 5" decoration-info="revenue"/>
    <notebook><page name="money"><field name="revenue"/></page>
    <page name="rest"><field name="line_ids"><list><field name="amount"/><field name="text"/></list>
    </field></page></notebook>
    <filter name="big" domain="[('revenue', '>', 5)]"/><filter name="mine" domain="[]"/>
</form>"""
NAMES = {
    'lead': figures.Names(frozenset(('revenue', 'order_count')), frozenset(('action_quote',)),
                          {'line_ids': 'line'}, frozenset((7,))),
    'line': figures.Names(frozenset(('amount',)), frozenset(), {}, frozenset((7,))),
}


@tagged('post_install', '-at_install')
class TestFiguresView(BaseCase):
    """Views without figures, and the words of the erasure."""

    def test_strip_view(self):
        """Fields go with labels, buttons and pages of theirs, and whatever asks for them."""
        tree = etree.fromstring(ARCH)
        figures.strip_view(tree, 'lead', NAMES.get)
        left = etree.tostring(tree, encoding='unicode')
        self.assertNotRegex(left, r'revenue|order_count|action_quote|"7"|amount|money|"note"|big')
        self.assertEqual(
            [node.get('name') for node in tree.iter('field')],
            ['name', 'date', 'line_ids', 'text'])
        self.assertIn(" at ", left)
        self.assertEqual(tree.find('.//field[@name="date"]').get('readonly'), 'True')
        self.assertIsNotNone(tree.find('.//filter[@name="mine"]'))

    def test_nothing_hidden(self):
        """A view without figures stays as it is."""
        tree = etree.fromstring(ARCH)
        none = figures.Names(frozenset(), frozenset(), {}, frozenset())
        figures.strip_view(tree, 'lead', lambda model: none)
        self.assertEqual(etree.tostring(tree), etree.tostring(etree.fromstring(ARCH)))

    def test_examples(self):
        """The examples of the engine hold."""
        self.assertFalse(doctest.testmod(erasure).failed)
