"""'make upgrade-check': an administrator's path, on a database with data, without a warning."""

from . import environment as environments
from . import suite
from .base import Failure, addons, say, step


def check(home):
    """Upgrade all three, uninstall them, and install them again.

    :raise Failure: on a warning of ours, or when something of the suite stays behind
    """
    environment = environments.prepare(home)
    databases = suite.open_databases(environment)
    names = addons()
    with databases.cluster.use(), databases.scratch(suite.template(databases), 'upgrade') as name:
        log = home.log('upgrade-check')
        with step('loading data'):
            databases.shell(name, 'load_demo.py', log, PHARMA_DATA='1')
        with step('upgrading'):
            databases.upgrade(name, names, log)
        with step('uninstalling'):
            databases.odoo('module', 'uninstall', '-d', name, *names, log=log, what='uninstalling')
        no_remains(databases, name, names)
        with step('installing again'):
            databases.install(name, names, log)
        with step('loading data again'):
            databases.shell(name, 'load_demo.py', log, PHARMA_DATA='1')
    say('upgrade-check: upgraded, uninstalled and installed again without a warning')


def no_remains(databases, name, names):
    """After uninstalling, nothing in the database may belong to the suite."""
    installed = sorted(set(names) & set(databases.modules(name)))
    if installed:
        raise Failure(f'still installed: {", ".join(installed)}')
    listed = ', '.join(f"'{one}'" for one in names)
    rows = databases.cluster.psql(f"""
        select 'table ' || relname from pg_class
         where relkind in ('r', 'v', 'm') and relname like 'pharma\\_%'
        union all select 'column ' || table_name || '.' || column_name
          from information_schema.columns
         where column_name similar to '(pharma|drug|hospital)\\_%'
        union all select 'field ' || model || '.' || name from ir_model_fields
         where state = 'base' and name similar to '(pharma|drug|hospital)\\_%'
        union all select 'function ' || proname from pg_proc where proname like 'pharma\\_%'
        union all select 'record ' || module || '.' || name from ir_model_data
         where module in ({listed})
        order by 1""", name)
    if rows:
        shown = ', '.join(row[0] for row in rows[:12])
        raise Failure(f'{len(rows)} things of the suite stay after uninstalling: {shown}')
