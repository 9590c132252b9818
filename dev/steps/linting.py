"""'make lint': the checks of the source that need no database."""

import ast
import csv
import xml.etree.ElementTree as ElementTree
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from . import environment as environments
from .base import DEV, REPOSITORY, addons, run, say, step

# The OCA's mandatory checks of data files.
DATA_CHECKS = (
    'csv-duplicate-record-id', 'csv-syntax-error', 'manifest-syntax-error',
    'xml-create-user-wo-reset-password', 'xml-dangerous-filter-wo-user',
    'xml-dangerous-qweb-replace-low-priority', 'xml-deprecated-data-node',
    'xml-deprecated-oe-chatter', 'xml-deprecated-openerp-node', 'xml-deprecated-qweb-directive',
    'xml-deprecated-qweb-directive-15', 'xml-deprecated-res-groups-category-id',
    'xml-deprecated-tree-attribute', 'xml-duplicate-fields', 'xml-duplicate-record-id',
    'xml-not-valid-char-link', 'xml-redundant-module-name', 'xml-syntax-error',
    'xml-view-dangerous-replace-low-priority',
)
PO_CHECKS = (
    'po-duplicate-message-definition', 'po-duplicate-model-definition', 'po-python-parse-format',
    'po-python-parse-printf', 'po-requires-module', 'po-syntax-error',
)
# What Odoo enables of pylint, with its own three plugins.
ODOO_PYLINT = (
    'used-before-assignment', 'undefined-variable', 'eval-used', 'unreachable',
    'function-redefined', 'sql-injection', 'missing-gettext', 'gettext-variable',
    'gettext-placeholders', 'gettext-repr', 'raise-unlink-override',
)
ODOO_PLUGINS = (
    '_odoo_checker_sql_injection', '_odoo_checker_gettext', '_odoo_checker_unlink_override',
)
# Files of the suite stay small enough to be read in one go.
MOST_LINES = {'.py': 500, '.js': 400}


def lint(home):
    """Run all checks, two at a time.

    :return: exit code
    """
    environment = environments.prepare(home)
    names = addons()
    env = environment.variables()
    env['PYTHONPATH'] = str(environment.root / 'odoo' / 'addons' / 'test_lint' / 'tests')
    with step('checking the source'), ThreadPoolExecutor(2) as pool:
        results = list(pool.map(
            lambda one: (one[0], run(one[1], cwd=REPOSITORY, env=env, check=False)),
            checks(environment, names)))
    complaints = own_checks(names)
    for title, result in results:
        if result.returncode:
            say(f'--- {title}\n{result.stdout.strip()}')
    if complaints:
        say('--- own checks\n' + '\n'.join(complaints))
    failed = [title for title, result in results if result.returncode]
    failed += ['own checks'] if complaints else []
    say(f'lint: {", ".join(failed)} failed' if failed else 'lint: all clean')
    return 1 if failed else 0


def checks(environment, names):
    """The programs to run over the source.

    :param names: addons
    :return: list of (title, command)
    """
    tools = environment.home.venv / 'bin'
    commands = [('ruff', [tools / 'ruff', 'check', '--no-cache', '--output-format=concise', '.'])]
    if names:
        commands += [
            ('pylint-odoo', [tools / 'pylint', f'--rcfile={DEV / "pylintrc"}', *names]),
            ('checks of data files', [
                tools / 'oca-checks-odoo-module', f'--enable={",".join(DATA_CHECKS)}', *names]),
            ("Odoo's test_lint", [
                environment.python, DEV / 'odoo_lint.py', REPOSITORY, *names]),
            ("Odoo's pylint", [
                # it does not know the names that comments disable in pylint-odoo
                tools / 'pylint', '--rcfile=/dev/null', '--disable=all,unknown-option-value',
                '--score=n', '-j1',
                f'--enable={",".join(ODOO_PYLINT)}', f'--load-plugins={",".join(ODOO_PLUGINS)}',
                "--msg-template={path}:{line}: {symbol}: {msg}", *names]),
        ]
    translations = [str(path) for name in names for path in (REPOSITORY / name).glob('i18n/*.po*')]
    if translations:
        commands.append(('checks of translations', [
            tools / 'oca-checks-po', f'--enable={",".join(PO_CHECKS)}', *translations]))
    return commands


def own_checks(names, root=REPOSITORY):
    """Checks that no tool makes.

    :param names: addons
    :return: list of complaints
    """
    found = []
    for name in names:
        base = root / name
        found += missing_access(base)
        found += malformed_xml(base)
        found += [f'{name}: no {file}' for file in ('README.md', 'static/description/icon.png')
                  if not (base / file).is_file()]
    for folder in [*names, 'dev', 'tests']:
        for path in sorted((root / folder).rglob('*')):
            limit = MOST_LINES.get(path.suffix)
            if limit and path.is_file() and len(path.read_bytes().splitlines()) > limit:
                found.append(f'{path.relative_to(root)}: more than {limit} lines')
    return found


def malformed_xml(base):
    """XML files of an addon that cannot be parsed, those outside the manifest included."""
    found = []
    for path in sorted(base.rglob('*.xml')):
        try:
            ElementTree.parse(path)
        except ElementTree.ParseError as error:
            found.append(f'{path}: {error}')
    return found


def missing_access(base):
    """Models of an addon without a line in ir.model.access.csv.

    :param base: the addon's folder
    :return: list of complaints
    """
    lines = base / 'security' / 'ir.model.access.csv'
    known = set()
    if lines.is_file():
        with open(lines, encoding='utf-8', newline='') as handle:
            known = {row['model_id:id'].split('.')[-1] for row in csv.DictReader(handle)}
    found = []
    for path in sorted(base.rglob('*.py')):
        if 'tests' in path.relative_to(base).parts:
            continue
        for model, line in models_of(path):
            if 'model_' + model.replace('.', '_') not in known:
                found.append(f'{path}:{line}: {model} has no line in ir.model.access.csv')
    return found


def models_of(path):
    """New models with records (no abstract ones) that a file defines.

    :return: list of (model, line number)
    """
    found = []
    for node in ast.walk(ast.parse(Path(path).read_text(encoding='utf-8'))):
        if not isinstance(node, ast.ClassDef):
            continue
        bases = {getattr(base, 'attr', getattr(base, 'id', '')) for base in node.bases}
        if not bases & {'Model', 'TransientModel'}:
            continue
        values = {
            target.id: ast.literal_eval(statement.value) for statement in node.body
            if isinstance(statement, ast.Assign)
            for target in statement.targets if getattr(target, 'id', '') in ('_name', '_inherit')
        }
        name, parents = values.get('_name'), values.get('_inherit') or []
        # its own name among the parents only extends a model
        if name and name not in ([parents] if isinstance(parents, str) else parents):
            found.append((name, node.lineno))
    return found
