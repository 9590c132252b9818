"""Databases for tests, made once and copied, and 'make test' itself."""

import os
import shlex
import shutil
import subprocess

from . import environment as environments
from . import stamps
from .base import DEV, REPOSITORY, Failure, addons, locked, step
from .cluster import cluster
from .database import Databases

# Tests of the tools and of the engines alone: they need no Odoo and no database.
PLAIN = ('tests/dev', 'tests/fuzz', 'tests/golden')
KEPT_TEMPLATES = 2
# Each takes a registry, a browser and a copy of the database.
MOST_WORKERS = 4


def open_databases(environment):
    """The databases of the test server, configured.

    :return: Databases
    """
    databases = Databases(environment, cluster(environment, 'test'))
    databases.configure(log_level='info', max_cron_threads=0, http_interface='127.0.0.1')
    return databases


def template(databases, assets=False):
    """The database with the suite installed, made when something in it has changed.

    Two levels: the foreign modules take minutes and change rarely, ours take seconds and change
    all the time.

    :param assets: with the web client's bundles compiled, which pays from a few tours on
    :return: its name
    """
    environment = databases.environment
    with locked(environment.home.locks / 'template',
                wait_text='waiting: another program makes the test database'):
        suite = f'suite_{stamps.hash_suite(environment)}'
        if not complete(databases, suite):
            foreign = foreign_template(databases)
            log = environment.home.log('install-suite')
            databases.copy(foreign, suite)
            if addons():
                with step(f'installing {", ".join(addons())}'):
                    databases.install(suite, addons(), log)
            stamps.write(databases.cluster, suite, {'complete': True})
        static = stamps.hash_static()
        if assets and stamps.read(databases.cluster, suite).get('assets') != static:
            with step("compiling the web client's bundles"):
                log = environment.home.log('assets')
                databases.shell(suite, 'pregenerate_assets.py', log)
            stamps.write(databases.cluster, suite, {'complete': True, 'assets': static})
        tidy(databases, 'suite_', suite)
        return suite


def foreign_template(databases, language='zh_CN', country='CN'):
    """The database with all modules of others that our addons need.

    :return: its name
    """
    environment = databases.environment
    name = f'foreign_{stamps.hash_foreign(environment)}'
    if not complete(databases, name):
        databases.drop(name)
        log = environment.home.log('install-foreign')
        with step('making a Chinese database'):
            databases.initialise(name, log, language, country)
        modules = stamps.foreign_modules()
        if modules:
            with step(f'installing {len(modules)} modules of Odoo and OCA with what they need'):
                databases.install(name, modules, log)
        with step('setting the company and the users'):
            databases.shell(name, 'setup_database.py', log)
        stamps.write(databases.cluster, name, {'complete': True})
        tidy(databases, 'foreign_', name)
    return name


def complete(databases, name):
    return bool((stamps.read(databases.cluster, name) or {}).get('complete'))


def tidy(databases, prefix, current):
    """Drop unfinished templates, and finished ones but the newest (two checkouts may alternate)."""
    rows = databases.cluster.psql(
        "select datname, coalesce(shobj_description(oid, 'pg_database'), '') from pg_database "
        f"where datname like '{prefix}%' order by oid desc")
    others = [(name, comment) for name, comment in rows if name != current]
    for number, (name, comment) in enumerate(others):
        if number >= KEPT_TEMPLATES - 1 or 'complete' not in comment:
            databases.drop(name)


# === MAKE TEST === #

def test(home, paths, arguments):
    """Run pytest over the addons and tests/, or over some paths.

    :param paths: text of paths below the checkout, '' for all
    :param arguments: text of further options of pytest
    :return: pytest's exit code
    """
    environment = environments.prepare(home)
    words = shlex.split(arguments)
    chosen = shlex.split(paths)
    for path in chosen:
        if not (REPOSITORY / path.split('::')[0]).exists():
            raise Failure(f'{path}: no such file or folder')
    if chosen and all(path.startswith(PLAIN) for path in chosen):
        return pytest(environment, [*chosen, '-p', 'no:odoo', *words])
    environments.need_browser()
    databases = open_databases(environment)
    with databases.cluster.use():
        source = template(databases, assets=not chosen)
        with databases.scratch(source, 'test') as name:
            try:
                return pytest_with_odoo(databases, name, chosen or everything(), [
                    *([] if chosen or words else spread(os.cpu_count())), *words])
            finally:
                for left in databases.names():
                    if left.startswith(f'{name}-'):  # of a worker that was killed
                        databases.drop(left)


def everything():
    """All test folders, that with the longest classes first: workers end together then."""
    folders = [f'{name}/tests' for name in addons() if (REPOSITORY / name / 'tests').is_dir()]
    return ['tests', *folders]


def spread(processors):
    """Options of pytest that spread the classes of tests over several processes.

    Each of them works on a copy of the database of its own.

    :param int processors: how many the machine has, or None
    :rtype: list(str)
    """
    workers = min(processors or 1, MOST_WORKERS)
    if workers < 2:
        return []
    # As collected, the longest first: by itself it would begin with the classes of most tests
    return ['-n', str(workers), '--dist', 'loadscope', '--no-loadscope-reorder']


def pytest_with_odoo(databases, name, paths, words):
    """Run pytest-odoo on a database; show where screenshots of failed tours are."""
    home = databases.environment.home
    pictures = home.path / 'test' / 'screenshots'
    shutil.rmtree(pictures, ignore_errors=True)
    pictures.mkdir(parents=True)
    options = [
        '--odoo-http', f'--odoo-config={databases.conf}', f'--odoo-database={name}',
        '--odoo-log-level=error', '--odoo-extra', f'screenshots={pictures}',
    ]
    variables = {**databases.cluster.variables(), 'PHARMA_SCREENSHOTS': str(pictures)}
    return pytest(databases.environment, [*options, *paths, *words], variables)


def pytest(environment, words, variables=None, rules=True):
    """Run pytest.

    :param rules: with ours, that a skipped test is a failed build (dev/pytest_rules.py)
    :return: its exit code
    """
    env = environment.variables(
        **(variables or {}), PYTHONPATH=str(DEV),
        # What is compiled is kept, but not in the checkout
        PYTHONPYCACHEPREFIX=environment.home.path / 'bytecode')
    command = [str(environment.python), '-m', 'pytest', '-p', 'no:cacheprovider', '-W', 'ignore',
               *(['-p', 'pytest_rules', '-p', 'pytest_browser'] if rules else []), *words]
    process = subprocess.Popen(command, env=env, cwd=REPOSITORY, stdin=subprocess.DEVNULL)
    try:
        return process.wait()
    except BaseException:
        process.terminate()
        process.wait(30)
        raise
