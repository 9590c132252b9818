"""Views without figures. No Odoo imports.

How to use: :func:`strip_view` takes an architecture as the web client gets it and removes what is
about hidden fields, in place.

How it works: fields go with their labels, and buttons with the figure in them; whatever asks for a
hidden field goes as well, since the web client would look for its value: a node whose visibility
hangs on it, a filter by it, a button that hands it over. Of other nodes only the attribute goes.
"""

import re
from typing import NamedTuple

# What decides whether a node is shown
VISIBILITY = ('invisible', 'column_invisible')
# What a node can do without
SPARED = {'readonly': 'True', 'required': 'False'}
# Attributes with expressions over fields; of templates all that begin with t-
EXPRESSIONS = (*VISIBILITY, *SPARED, 'domain', 'context', 'default_order', 'default_group_by')
# Boxes that are empty without their fields
BOXES = ('page',)


class Names(NamedTuple):
    """What is hidden of a model."""

    fields: frozenset    # names of fields
    buttons: frozenset   # methods of buttons
    models: dict         # relational field -> name of its model
    actions: frozenset   # ids of window actions, of any model


def strip_view(node, model, get_names):
    """Remove hidden figures from a view.

    :param node: its architecture, an element of lxml
    :param str model: name of its model
    :param get_names: function of the name of a model that returns :class:`Names`
    """
    names = get_names(model)
    pattern = re.compile(rf"\b(?:{'|'.join(sorted(names.fields))})\b") if names.fields else None
    full = [box for box in node.iter(*BOXES) if _has_content(box)]
    for child in list(node):
        if isinstance(child.tag, str):
            _strip_node(child, model, names, pattern, get_names)
    _strip_attributes(node, pattern)
    for box in full:
        if not _has_content(box):
            _remove(box)


def _strip_node(node, model, names, pattern, get_names):
    """A node and what is in it, of one model until a field has views of its own."""
    if _is_hidden(node, names, pattern):
        _remove(node)
        return
    _strip_attributes(node, pattern)
    name = node.get('name')
    if node.tag == 'field' and len(node) and name in names.models:
        strip_view(node, names.models[name], get_names)
        return
    for child in list(node):
        if isinstance(child.tag, str):
            _strip_node(child, model, names, pattern, get_names)


def _is_hidden(node, names, pattern):
    """Whether a node shows a hidden field, or hangs on one."""
    name = node.get('name')
    if node.tag == 'field' and name in names.fields:
        return True
    if node.tag == 'label' and node.get('for') in names.fields:
        return True
    if node.tag == 'button':
        if node.get('type') == 'object' and name in names.buttons:
            return True
        if node.get('type') == 'action' and (name or '').isdigit() and int(name) in names.actions:
            return True
        if any(field.get('name') in names.fields for field in node.iter('field')):
            return True
    if not pattern:
        return False
    wanted = [*VISIBILITY, *(key for key in node.attrib if key.startswith('t-'))]
    if node.tag in ('filter', 'button'):
        wanted += ['domain', 'context']
    return any(pattern.search(node.get(key, '')) for key in wanted)


def _strip_attributes(node, pattern):
    """Expressions over hidden fields that a node can do without."""
    for key, value in list(node.attrib.items()) if pattern else ():
        if key not in EXPRESSIONS and not key.startswith('decoration-') and not (
                key.endswith('sum_field')):
            continue
        if pattern.search(value):
            if key in SPARED:
                node.set(key, SPARED[key])
            else:
                del node.attrib[key]


def _has_content(box):
    return any(True for _node in box.iter('field', 'button', 'widget', 'label'))


def _remove(node):
    """Take a node out, not the text after it."""
    parent, before = node.getparent(), node.getprevious()
    if parent is None:
        return
    if node.tail and node.tail.strip():
        if before is not None:
            before.tail = (before.tail or '') + node.tail
        else:
            parent.text = (parent.text or '') + node.tail
    parent.remove(node)
