"""'make i18n': the terms of the addons, and their Chinese."""

import tempfile
from pathlib import Path

from . import environment as environments
from . import suite
from .base import DEV, REPOSITORY, addons, run, say, step

LANGUAGE = 'zh_CN'


def update(home, check=False):
    """Export the terms of each addon and bring its zh_CN.po up to date.

    :param check: change no file; fail where one would change (CI)
    :return: exit code
    """
    environment = environments.prepare(home)
    databases = suite.open_databases(environment)
    names = addons()
    with tempfile.TemporaryDirectory(prefix='pharma-i18n-') as folder, databases.cluster.use():
        exported = Path(folder)
        with databases.scratch(suite.template(databases), 'i18n') as name:
            log = home.log('i18n')
            with step('exporting terms'):
                for addon in names:
                    databases.odoo(
                        'i18n', 'export', '-d', name, '-o', exported / f'{addon}.pot', addon,
                        log=log, what='exporting terms')
        command = [environment.python, DEV / 'merge_po.py', LANGUAGE, REPOSITORY, exported,
                   *(['--check'] if check else []), *names]
        result = run(command, env=environment.variables(), check=False)
        say(result.stdout.rstrip())
        return result.returncode
