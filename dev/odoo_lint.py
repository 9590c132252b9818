"""Odoo's own source checks (addons/test_lint), over our addons instead of Odoo's.

Run by 'make lint' with the environment's Python: ``python dev/odoo_lint.py ADDONS_PATH NAME...``.
Its plugins of pylint are run by dev/steps/linting.py itself; what needs a database runs in
'make test' (tests/test_odoo_lint.py). eslint's rules are left out: they need Odoo's own JavaScript
tool chain.
"""

import logging
import sys
import unittest
from unittest import mock

import odoo.tools
from odoo.modules import Manifest
from odoo.tools import config

# module of test_lint -> names of its test methods
CHECKS = {
    'test_dunderinit': ['test_dunderinit'],
    'test_i18n': ['test_user_content_as_prop_is_translatable'],
    'test_jstranslate': ['test_js_translations'],
    'test_manifests': ['test_manifests'],
    'test_onchange_domains': ['test_forbid_domains_in_onchanges'],
    'test_orm_import': ['test_addons_orm_import'],
    'test_test_holes': ['test_check_tests'],
}


class Warnings(logging.Handler):
    """Some checks only log what they find."""

    def __init__(self):
        super().__init__(logging.WARNING)
        self.found = []

    def emit(self, record):
        self.found.append(record.getMessage())


def suite():
    """The chosen tests.

    :return: unittest suite
    """
    found = unittest.TestSuite()
    for module_name, methods in CHECKS.items():
        module = __import__(f'odoo.addons.test_lint.tests.{module_name}', fromlist=['*'])
        for value in vars(module).values():
            if isinstance(value, type) and issubclass(value, unittest.TestCase):
                found.addTests(value(name) for name in methods if name in vars(value))
    return found


def main(addons_path, names):
    """Run the checks.

    :return: exit code
    """
    config.parse_config([f'--addons-path={addons_path}', '--no-http'])
    odoo.modules.module.initialize_sys_path()
    ours = [manifest for name in names if (manifest := Manifest.for_addon(name))]
    if len(ours) != len(names):
        sys.exit('addons not found: ' + ', '.join(set(names) - {one.name for one in ours}))
    warnings = Warnings()
    logging.getLogger('odoo.addons.test_lint').addHandler(warnings)
    with mock.patch.object(Manifest, 'all_addon_manifests', return_value=ours):
        tests = suite()
        expected = sum(map(len, CHECKS.values()))
        if tests.countTestCases() != expected:
            sys.exit(f'{tests.countTestCases()} checks of test_lint found, expected {expected}')
        result = unittest.TextTestRunner(verbosity=0, stream=sys.stdout).run(tests)
    for text in warnings.found:
        print(text)
    return 1 if warnings.found or result.skipped or not result.wasSuccessful() else 0


if __name__ == '__main__':
    sys.exit(main(sys.argv[1], sys.argv[2:]))
