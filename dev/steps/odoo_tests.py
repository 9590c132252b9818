"""'make odoo-tests': Odoo's own tests give the same results with our addons as without them."""

import json

from . import environment as environments
from . import stamps, suite
from .base import DEV, Failure, addons, say, step

MODULES = ('portal', 'crm', 'sale', 'stock', 'account')
BASELINE = DEV / 'baseline'
# Differences that have a reason, one 'test id  # reason' a line
ACCEPTED = BASELINE / 'accepted.txt'
# Where Odoo's addons are: in Debian's package, in a source checkout.
PLACES = ('odoo/addons', 'addons')


def compare(home, modules, baseline=False):
    """Run Odoo's tests on an English database and compare each with the baseline.

    All tests run on the complete registry, also those that Odoo runs while it installs their
    module: only so do they meet our code. Some of them fail there without us, too; what counts is
    the difference.

    :param modules: text of module names, '' for all
    :param baseline: store the results of a database without our addons instead
    :return: exit code
    """
    chosen = modules.split() or list(MODULES)
    environment = environments.prepare(home)
    environments.need_browser()
    databases = suite.open_databases(environment)
    different, accepted = [], read_accepted(ACCEPTED.read_text(encoding='utf-8'))
    with databases.cluster.use():
        name = english_database(databases, with_suite=not baseline)
        try:
            for module in chosen:
                outcomes = run_module(databases, name, module)
                file = BASELINE / f'{module}.json'
                if baseline:
                    BASELINE.mkdir(exist_ok=True)
                    file.write_text(json.dumps(outcomes, indent=0, sort_keys=True) + '\n')
                    say(f'{module}: {count(outcomes)} stored in {file}')
                elif not file.is_file():
                    raise Failure(f"no baseline of {module}: make odoo-tests T={module} BASELINE=1")
                else:
                    found = compare_module(
                        databases, name, module, json.loads(file.read_text()), outcomes, accepted)
                    say(f'{module}: {count(outcomes)}, {len(found)} unlike the baseline')
                    different += found
        finally:
            databases.drop(name)
    for line in different:
        say(f'  {line}')
    return 1 if different else 0


def english_database(databases, with_suite):
    """A database as Odoo's tests expect it: American company, English, no demo data.

    :return: its name
    """
    name = 'english_with' if with_suite else 'english_without'
    log = databases.environment.home.log('odoo-tests')
    databases.drop(name)
    databases.strict = False
    with step('making an English database'):
        databases.initialise(name, log, 'en_US', 'US')
    needed = stamps.foreign_modules()
    folder = databases.environment.root
    own = [one for one in needed if any(
        (folder / place / one / '__manifest__.py').is_file() for place in PLACES)]
    with step('installing modules'):
        modules = [*MODULES, *needed, *addons()] if with_suite else [*MODULES, *own]
        databases.install(name, modules, log)
    return name


def compare_module(databases, name, module, before, outcomes, accepted):
    """What ends otherwise than in the baseline, once more alone, and without a known reason.

    :param outcomes: of the first run; a tour that a busy machine was too slow for is corrected
    :return: list of lines
    """
    def unlike():
        return [test for test in differing(before, outcomes) if test not in accepted]

    again = [test for test in unlike() if test in before and test in outcomes]
    if again:
        say(f'{module}: {len(again)} unlike the baseline, once more')
        outcomes.update(run_module(databases, name, module, again))
    return differences(before, outcomes, unlike())


def run_module(databases, name, module, tests=()):
    """Outcomes of the tests of one module of Odoo, on a copy of the database.

    :param tests: ids of tests; none: all of the module
    :return: dict of test id to 'passed', 'failed', 'error' or 'skipped'
    """
    environment = databases.environment
    folders = [environment.root / place / module / 'tests' for place in PLACES]
    folder = next((path for path in folders if path.is_dir()), None)
    if folder is None:
        raise Failure(f'no tests of a module {module}')
    file = environment.home.path / 'test' / f'outcomes-{module}.json'
    file.unlink(missing_ok=True)
    copy = f'{name}_{module}'
    databases.copy(name, copy)
    try:
        options = [
            '--odoo-http', f'--odoo-config={databases.conf}', f'--odoo-database={copy}',
            '--odoo-log-level=critical', '-q', '-p', 'pytest_outcomes', '--tb=no',
            f'--rootdir={folder.parents[1]}', '-c', '/dev/null',
            *([str(folder.parents[1] / test) for test in tests] or [str(folder)])]
        suite.pytest(environment, options, {
            **databases.cluster.variables(), 'PHARMA_OUTCOMES': str(file)}, rules=False)
    finally:
        databases.drop(copy)
    if not file.is_file():
        raise Failure(f'the tests of {module} did not end')
    return json.loads(file.read_text())


def count(outcomes):
    """Outcomes in words."""
    values = list(outcomes.values())
    return ', '.join(f'{values.count(kind)} {kind}' for kind in sorted(set(values))) or 'no tests'


def read_accepted(text):
    """Ids of the tests that may end otherwise with the suite.

    :param text: contents of accepted.txt
    :return: set of test ids
    :raise Failure: for one without a reason
    """
    found = set()
    for line in text.splitlines():
        test, _mark, reason = line.partition('#')
        if test.strip() and not reason.strip():
            raise Failure(f'accepted.txt: {test.strip()} has no reason')
        found.add(test.strip())
    return found - {''}


def differing(before, now):
    """Ids of the tests that end otherwise than in the baseline, in order."""
    return [test for test in sorted(before.keys() | now.keys())
            if before.get(test) != now.get(test)]


def differences(before, now, tests):
    """What became of tests that end otherwise.

    :return: list of lines
    """
    return [
        f'{test}: {before.get(test, "not there")} without the suite, '
        f'{now.get(test, "not there")} with it' for test in tests]
