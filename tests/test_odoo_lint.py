"""Odoo's own checks of addons (test_lint) that look at a loaded registry, for our addons alone."""

import contextlib
import re
from pathlib import Path
from types import SimpleNamespace
from unittest.mock import patch

import docutils.core

from odoo.tests import tagged

from odoo.addons.test_lint.tests import (
    test_docstring,
    test_index,
    test_naming,
    test_override_signatures,
    test_routes,
)

OURS = tuple(path.parent.name for path in Path(__file__).parents[1].glob('*/__manifest__.py'))


class OnlyOurs:
    """Goes through all sub-tests of a check and keeps what it finds in our addons."""

    def setUp(self):
        super().setUp()
        self.found = []

    @contextlib.contextmanager
    def subTest(self, *, module=None, model='', method=''):
        # some of the checks quote the parameters in their messages
        self._subtest = SimpleNamespace(params={'module': module, 'model': model, 'method': method})
        try:
            yield
        except (AssertionError, TypeError, ValueError) as error:
            if module in OURS or (module is None and model.startswith('pharma.')):
                self.found.append(f'{model}.{method}: {error}')

    def assertNothingFound(self):
        self.failureException = AssertionError  # some of the checks raise TypeError instead
        self.assertFalse(self.found, '\n'.join(self.found))


@tagged('post_install', '-at_install')
class TestOverrides(OnlyOurs, test_override_signatures.TestLintOverrideSignatures):

    def test_lint_override_signature(self):
        """Overridden methods keep the signature of their first definition."""
        super().test_lint_override_signature()
        self.assertNothingFound()

    def test_finds_a_wrong_override(self):
        """The check itself notices another signature."""
        inspect = test_override_signatures.inspect
        with self.assertRaises(AssertionError):
            test_override_signatures.assert_valid_override(
                inspect.signature(lambda self, vals: 0), inspect.signature(lambda self: 0), False)


@tagged('post_install', '-at_install')
class TestDocstrings(OnlyOurs, test_docstring.TestDocstring):

    def test_docstring(self):
        """Docstrings are valid and name the parameters that there are."""
        parse = docutils.core.publish_doctree
        nothing = parse('')
        parsed = []

        def parse_ours(text, **options):
            """Docstrings of others are not parsed at all: there are thousands."""
            if self._subtest.params['module'] not in OURS:
                return nothing
            parsed.append(text)
            return parse(text, **options)

        with patch.object(test_docstring, 'MODULES_TO_LINT', OURS), \
                patch.object(test_docstring.docutils.core, 'publish_doctree', parse_ours):
            super().test_docstring()
        self.assertNothingFound()
        self.assertGreater(len(parsed), 100)


@tagged('post_install', '-at_install')
class TestNames(OnlyOurs, test_naming.TestNaming):

    def test_parameter_rpc_compatible(self):
        """No public method has a parameter that clashes with those of a remote call."""
        super().test_parameter_rpc_compatible()
        self.assertNothingFound()


@tagged('post_install', '-at_install')
class TestIndexes(test_index.TestIndex):

    def test_enforce_index_on_one2many_inverse(self):
        """The stored inverse of each one2many is indexed."""
        try:
            super().test_enforce_index_on_one2many_inverse()
        except AssertionError as error:
            missing = re.findall(r'^([\w.]+)\.(\w+) \(inverse of .*$', str(error), re.M)
            ours = [
                f'{model}.{field}' for model, field in missing
                if set(self.env[model]._fields[field]._modules) & set(OURS)]
            self.assertFalse(ours, "no index: " + ', '.join(ours))


@tagged('post_install', '-at_install')
class TestRoutes(test_routes.RoutesLinter):

    def test_routes_definition(self):
        """Our routes repeat nothing of the routes that they override."""
        with patch.object(test_routes._logger, 'warning') as warning:
            super().test_routes_definition()
        ours = [call.args[1] for call in warning.call_args_list
                if any(f'odoo.addons.{name}.' in call.args[1] for name in OURS)]
        self.assertFalse(ours)
