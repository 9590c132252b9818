"""make stop, make reset, make clean, make shell."""

import os
import shutil
import signal
import subprocess
import sys
import time
from contextlib import suppress

from . import environment as environments
from . import serve
from .base import Failure, say, step
from .cluster import Cluster, cluster
from .environment import Environment


def embedded(home):
    """The embedded servers of this home, whether or not they run."""
    environment = Environment(home, home.odoo)
    return [Cluster(environment, name, durable=name == 'run') for name in ('run', 'test')]


def stop(home):
    """Stop the web server and both database servers."""
    stopped = False
    number = serve.running(home)
    if number:
        with step('stopping web and jobs'):
            os.kill(number, signal.SIGTERM)
            for _second in range(40):
                if not serve.running(home):
                    break
                time.sleep(1)
            else:
                with suppress(ProcessLookupError):
                    os.kill(number, signal.SIGKILL)
        stopped = True
    if home.path.exists():
        for server in embedded(home):
            if server.stop():
                say(f'  database server ({server.name}) stopped')
                stopped = True
    say('stopped' if stopped else 'nothing was running')


def reset(home):
    """Throw the run database away; the next 'make run' makes a new one."""
    if os.environ.get('PGHOST'):
        runner = serve.Runner(home)
        with runner.cluster.use():
            if not serve.stamps.read(runner.cluster, runner.name):
                raise Failure(f"no database '{runner.name}' of ours on {os.environ['PGHOST']}")
            runner.databases.drop(runner.name)
        runner.logins_file.unlink(missing_ok=True)
        return
    stop(home)
    if home.path.exists():
        embedded(home)[0].remove()
    shutil.rmtree(home.path / 'run', ignore_errors=True)
    say('the run database is gone')


def clean(home):
    """Throw everything away but the cached packages of Debian."""
    stop(home)
    if not home.path.exists():
        return
    for server in embedded(home):
        server.remove()
    for path in home.path.iterdir():
        if path != home.cache:
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    say(f'removed, but for the downloads in {home.cache}')


def shell(home):
    """odoo shell on the run database; a script from standard input when it is no terminal.

    :return: exit code
    """
    environment = environments.prepare(home)
    runner = serve.Runner(home)
    with cluster(environment, 'run').use() as server:
        if not serve.stamps.read(server, runner.name):
            raise Failure(f"there is no database '{runner.name}' yet: make run")
        if not runner.databases.conf.exists():
            runner.databases.configure(runner.name)
        command = [str(environment.odoo), 'shell', '-c', str(runner.databases.conf), '-d',
                   runner.name, '--no-http', '--shell-interface=python', '--log-level=warn']
        return subprocess.run(
            command, env=environment.variables(), stdin=sys.stdin, check=False).returncode
