"""Databases: made, copied, filled by Odoo, dropped; with every log looked through."""

import contextlib
import os
import shutil
from pathlib import Path

from . import conf, logs
from .base import DEV, Failure, run


class Databases:
    """The databases of one cluster with their files.

    :param strict: whether a warning in a log is a failure (tests), or only shown (a person's run)
    """

    def __init__(self, environment, cluster, strict=True):
        self.strict = strict
        self.environment = environment
        self.cluster = cluster
        home = environment.home
        self.data_dir = home.path / cluster.name / 'data'
        self.filestore = self.data_dir / 'filestore'
        self.filestore.mkdir(parents=True, exist_ok=True)
        self.conf = home.path / cluster.name / 'odoo.conf'

    def configure(self, database=None, **more):
        """Write this cluster's odoo.conf."""
        return conf.write(
            self.conf, self.environment, self.cluster, self.data_dir, database, **more)

    def names(self):
        rows = self.cluster.psql('select datname from pg_database order by 1')
        return [name for [name] in rows]

    def drop(self, name):
        """Drop a database and its files.

        Our own connections are ended before. Not ``with (force)``: it is refused where the server
        cleans up in the database (autovacuum), whose process belongs to nobody of us; a plain drop
        makes the server end that by itself.
        """
        self.cluster.psql("select pg_terminate_backend(pid) from pg_stat_activity"
                          f" where datname = '{name}' and usename = current_user")
        self.cluster.psql(f'drop database if exists "{name}"')
        shutil.rmtree(self.filestore / name, ignore_errors=True)

    def copy(self, source, target):
        """Copy a database with its files (about a second)."""
        self.drop(target)
        self.cluster.psql(f'create database "{target}" template "{source}"')
        if (self.filestore / source).exists():
            # Stored files are never changed, only added and removed: links are enough.
            shutil.copytree(
                self.filestore / source, self.filestore / target, copy_function=os.link)

    @contextlib.contextmanager
    def scratch(self, source, purpose):
        """A copy for the block only.

        :return: its name
        """
        name = f'{purpose}_{os.getpid()}'
        self.copy(source, name)
        try:
            yield name
        finally:
            self.drop(name)

    # === ODOO === #

    def odoo(self, *words, log, stdin=None, what='Odoo', **variables):
        """Run an odoo command to its end and look through what it logged.

        :param words: the command, as in ``'shell', '-d', name``
        :param log: file taking its output, appended to
        :param stdin: path of a script for ``odoo shell``
        :raise Failure: on an error, or a warning that is not known to be harmless
        """
        env = self.environment.variables(**variables)
        place = 2 if words[0] in ('i18n', 'module') else 1
        command = [self.environment.odoo, *words[:place], '-c', self.conf, *words[place:]]
        with contextlib.ExitStack() as stack:
            handle = stack.enter_context(open(stdin)) if stdin else None
            result = run(command, log=log, env=env, stdin=handle, check=False)
        if result.returncode:
            found = logs.complaints(Path(log).read_text(errors='replace'))
            raise Failure(f'{what} failed, see {log}:\n' + '\n'.join(
                line[:400] for line in found[-5:] or Path(log).read_text().splitlines()[-12:]))
        logs.check(log, what, self.strict)

    def initialise(self, name, log, language='zh_CN', country='CN'):
        """Create a database with Odoo's base module and a company of that country."""
        self.odoo('db', 'init', name, '--language', language, '--country', country,
                  '--username', 'admin', '--password', 'admin', log=log, what='making the database')
        if 'CREATE DATABASE failed' in Path(log).read_text(errors='replace'):
            raise Failure(f'making the database failed, see {log}')

    def install(self, name, modules, log, **more):
        """Install modules."""
        self.odoo('server', '-d', name, '-i', ','.join(modules), '--stop-after-init', '--no-http',
                  log=log, what='installing', **more)

    def upgrade(self, name, modules, log):
        """Upgrade installed modules, translations included."""
        self.odoo('server', '-d', name, '-u', ','.join(modules), '--stop-after-init', '--no-http',
                  '--i18n-overwrite', log=log, what='upgrading')

    def shell(self, name, script, log, **variables):
        """Run one of the scripts of dev/shell.

        :param variables: environment variables that it reads
        :return: what it printed and logged
        """
        path = Path(script)
        path = path if path.is_absolute() else DEV / 'shell' / script
        before = Path(log).stat().st_size if Path(log).exists() else 0
        self.odoo('shell', '-d', name, '--no-http', '--shell-interface=python', log=log, stdin=path,
                  what=path.stem, **variables)
        text = Path(log).read_bytes()[before:].decode(errors='replace')
        return text

    def modules(self, name):
        """Installed modules.

        :return: dict of name to installed version
        """
        rows = self.cluster.psql(
            "select name, coalesce(latest_version, '') from ir_module_module"
            " where state in ('installed', 'to upgrade', 'to install', 'to remove')", name)
        return dict(rows)
