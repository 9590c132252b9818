"""The commands of the tool."""

import argparse
import errno
import os
import signal
import sys

from .base import Failure, Home, say


def parser():
    """The command line; the Makefile hands its variables over in the environment."""
    top = argparse.ArgumentParser(prog='pharma.py', description=__doc__)
    commands = top.add_subparsers(dest='command', required=True)
    commands.add_parser('run', help='make or update the database and serve it')
    commands.add_parser('stop', help='stop web, jobs and databases')
    commands.add_parser('reset', help='throw the run database away')
    commands.add_parser('clean', help='throw everything away but the downloads')
    commands.add_parser('shell', help='odoo shell on the run database')
    commands.add_parser('prepare', help='only fetch and install what is needed')
    commands.add_parser('lock', help='resolve the packages anew')
    commands.add_parser('test', help='run the tests (T=paths ARGS=options of pytest)')
    commands.add_parser('lint', help='check the source')
    commands.add_parser('i18n', help='update the translations')
    commands.add_parser('shots', help='take screenshots')
    commands.add_parser('bench', help='run one benchmark (NAME=file ARGS=options)')
    commands.add_parser('upgrade-check', help='install, upgrade, uninstall, install again')
    commands.add_parser('odoo-tests', help="Odoo's own tests, against the baseline (T=modules)")
    return top


def given(name):
    """A variable given to make, as in T=pharma_crm/tests."""
    return os.environ.get(name, '').strip()


def flag(name):
    """A switch given to make, as in CHECK=1."""
    return given(name) not in ('', '0', 'no')


def perform(options):
    """Do what was asked for.

    :return: exit code, or None
    """
    home = Home()
    command = options.command
    # Imported when needed: a step must not break the others.
    if command == 'run':
        from . import serve
        return serve.run(home, flag('DATA'))
    if command in ('stop', 'reset', 'clean', 'shell'):
        from . import control
        return getattr(control, command)(home)
    if command in ('prepare', 'lock'):
        from . import environment
        environment.lock() if command == 'lock' else environment.prepare(home)
        return None
    if command == 'test':
        from . import suite
        return suite.test(home, given('T'), given('ARGS'))
    if command == 'lint':
        from . import linting
        return linting.lint(home)
    if command == 'i18n':
        from . import translations
        return translations.update(home, check=flag('CHECK'))
    if command == 'shots':
        from . import screens
        return screens.take(home)
    if command == 'bench':
        from . import bench
        return bench.run(home, given('NAME'), given('ARGS'))
    if command == 'upgrade-check':
        from . import upgrade
        return upgrade.check(home)
    from . import odoo_tests
    return odoo_tests.compare(home, given('T'), baseline=flag('BASELINE'))


def main(words):
    """Run one command; known failures end in one plain message.

    :return: exit code
    """
    options = parser().parse_args(words)
    # Ended from outside, or the terminal closed: the same way out as Ctrl-C, nothing stays running.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    signal.signal(signal.SIGHUP, signal.default_int_handler)
    try:
        return perform(options) or 0
    except Failure as failure:
        say(f'error: {failure}')
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        say('error: no space left on the disk: make room, or put the state elsewhere with '
            'PHARMA_HOME=<folder>')
    except KeyboardInterrupt:
        say('\nstopped')
        return 130
    return 1


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
