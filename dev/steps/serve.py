"""'make run': the suite on a database of its own, served until Ctrl-C."""

import json
import os
import re
import signal
import subprocess
import time
import urllib.error
import urllib.request
from contextlib import contextmanager, suppress
from pathlib import Path

from . import conf, logs, stamps
from . import environment as environments
from .base import DEV, Failure, addons, digest, locked, say, step, tail
from .cluster import check_ctype, cluster
from .database import Databases

READY_SECONDS = 120


class Runner:
    """The run database and its server."""

    def __init__(self, home):
        self.home = home
        self.environment = environments.prepare(home)
        self.databases = Databases(
            self.environment, cluster(self.environment, 'run'), strict=False)
        self.cluster = self.databases.cluster
        self.name = os.environ.get('DB') or 'pharma'
        if not re.fullmatch(r'[A-Za-z_][A-Za-z0-9_-]{0,50}', self.name):
            raise Failure(f'DB={self.name}: a name of letters, digits, - and _')
        self.folder = home.path / 'run'
        self.pid_file = self.folder / 'odoo.pid'
        self.logins_file = self.folder / f'logins-{self.name}.json'
        self.building = self.folder / f'building-{self.name}'

    # === THE DATABASE === #

    def bring_up_to_date(self, with_data):
        """Make the database, or apply what changed since it was made.

        :param with_data: also load the large public lists
        """
        self.databases.configure(self.name)
        known = stamps.read(self.cluster, self.name)
        if self.building.exists():
            say('  the last start was interrupted while it made the database: starting afresh')
            self.databases.drop(self.name)
            known = None
        if known is None:
            known = self._make()
        elif not known:
            raise Failure(
                f"the database '{self.name}' was not made by this program, so it stays untouched: "
                f"choose another name (make run DB=<name>) or see README.md on installing")
        self._check(known)
        self._apply(known)
        self._load(known, with_data)

    def _make(self):
        self.building.touch()
        log = self.home.log('install-run')
        with step('making a Chinese database'):
            self.databases.initialise(self.name, log)
        modules = [*stamps.foreign_modules(), *addons()]
        with step(f'installing {", ".join(addons()) or "no addons"} with what they need'):
            if modules:
                self.databases.install(self.name, modules, log)
        with step('setting the company and the users'):
            self.databases.shell(self.name, 'setup_database.py', log)
        known = {'release': self._release(), **self._wanted()}
        stamps.write(self.cluster, self.name, known)
        self.building.unlink()
        return known

    def _release(self):
        text = (self.environment.root / 'odoo' / 'release.py').read_text()
        return digest(text)

    def _wanted(self):
        return {
            'addons': {name: stamps.hash_addon(name) for name in addons()},
            'lock': digest((DEV / 'lock' / 'lock.txt').read_text()),
        }

    def _check(self, known):
        """Stop on a database of another Odoo, or one that cannot search Chinese."""
        [[version]] = self.cluster.psql(
            "select coalesce(latest_version, '') from ir_module_module where name = 'base'",
            self.name) or [['']]
        if not version.startswith('19.0'):
            raise Failure(
                f"the database '{self.name}' is of Odoo {version or 'unknown'}, this is 19.0: "
                f"'make reset' makes a new one, 'make run DB=<name>' another one beside it")
        [[ctype]] = self.cluster.psql(
            f"select datctype from pg_database where datname = '{self.name}'")
        check_ctype(ctype)

    def _apply(self, known):
        """Install new addons and upgrade changed ones."""
        wanted = self._wanted()
        installed = self.databases.modules(self.name)
        missing = [name for name in [*stamps.foreign_modules(), *addons()]
                   if name not in installed]
        changed = [name for name, value in wanted['addons'].items()
                   if name in installed and known['addons'].get(name) != value]
        if known['lock'] != wanted['lock']:
            changed += self._newer_foreign(installed)
        log = self.home.log('upgrade-run') if missing or changed else None
        if missing:
            with step(f'installing {", ".join(missing)}'):
                self.databases.install(self.name, missing, log)
        if changed:
            with step(f'upgrading {", ".join(changed)}'):
                self.databases.upgrade(self.name, changed, log)
        known.update(wanted)
        stamps.write(self.cluster, self.name, known)

    def _newer_foreign(self, installed):
        """OCA's modules whose files are of another version than the database."""
        found = []
        for path in (self.environment.site / 'odoo' / 'addons').glob('*/__manifest__.py'):
            name = path.parent.name
            if name in installed:
                version = str(stamps.manifest(name, path.parents[1]).get('version', ''))
                version = version if version.startswith('19.0.') else f'19.0.{version}'
                if installed[name] != version:
                    found.append(name)
        return sorted(found)

    def _load(self, known, with_data):
        """Demo data, when the loader is new or changed, and the large lists when wished."""
        demo = stamps.hash_demo()
        if known.get('demo') == demo and self.logins_file.exists() and (
                known.get('data') or not with_data):
            return
        log = self.home.log('demo-run')
        with step('loading demo data' + (' and the public lists' if with_data else '')):
            text = self.databases.shell(
                self.name, 'load_demo.py', log, PHARMA_DATA='1' if with_data else '')
        found = re.search(r'^LOGINS (.*)$', text, re.M)
        self.logins_file.write_text(found.group(1))
        known.update(demo=demo, data=bool(known.get('data') or with_data))
        stamps.write(self.cluster, self.name, known)

    # === THE SERVER === #

    def serve(self):
        """Serve until Ctrl-C, 'make stop' or the end of the server."""
        wished = int(os.environ.get('PORT') or conf.read()['options']['http_port'])
        log = self.home.log('odoo')
        with served(self.databases, self.name, wished, log) as (address, process):
            self.pid_file.write_text(str(process.pid))
            self._greet(address, log)
            try:
                code = process.wait()
            except KeyboardInterrupt:
                print()
                code = 0
        self.pid_file.unlink(missing_ok=True)
        if code:
            raise Failure(f'Odoo ended by itself with code {code}, see {log}:\n{tail(log)}')

    def _greet(self, address, log):
        say(f'\n  {address}   (log: {log})')
        logins = json.loads(self.logins_file.read_text())
        admin = {'login': 'admin', 'password': 'admin', 'role': '系统管理员'}
        for login in [admin, *logins]:
            say('  {:<24} {:<12} {} {}'.format(
                login['login'], login['password'], login['role'], login.get('name') or ''))
        found = logs.complaints(log.read_text(errors='replace'))
        for line in found[:10]:
            say(f'  log: {line[:300]}')
        say('  Ctrl-C stops it.')


@contextmanager
def served(databases, name, wished, log):
    """Have a database served within the block.

    :param wished: port; the next free one is taken when it is in use
    :return: (address, process)
    """
    port = conf.free_port(wished)
    if port != wished:
        say(f'  port {wished} is taken by another program: using {port}')
    databases.configure(name, http_port=port)
    command = [str(databases.environment.odoo), '-c', str(databases.conf)]
    with step('starting Odoo'), open(log, 'a') as output:
        # A session of its own: Ctrl-C reaches this program alone, which ends all in order.
        process = subprocess.Popen(
            command, env=databases.environment.variables(), stdin=subprocess.DEVNULL,
            stdout=output, stderr=subprocess.STDOUT, start_new_session=True, cwd='/')
        try:
            address = f'http://127.0.0.1:{port}'
            wait_ready(process, address, log)
        except BaseException:
            end(process)
            raise
    try:
        yield address, process
    finally:
        if process.poll() is None:
            with step('stopping web and jobs'):
                end(process)


def wait_ready(process, address, log):
    """Wait until the login page is served.

    :raise Failure: when Odoo ends or takes too long
    """
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise Failure(f'Odoo does not start, see {log}:\n{tail(log)}')
        with suppress(urllib.error.URLError, OSError):
            with urllib.request.urlopen(f'{address}/web/login', timeout=60) as answer:
                if answer.status == 200:
                    return
        time.sleep(0.2)
    raise Failure(f'Odoo is not ready after {READY_SECONDS} s, see {log}:\n{tail(log)}')


def end(process, seconds=30):
    """End a server gently; jobs that run get the time to finish their transaction."""
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(seconds)
        except (subprocess.TimeoutExpired, KeyboardInterrupt):
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def run(home, with_data):
    """'make run'."""
    start = time.monotonic()
    home.make()
    (home.path / 'run').mkdir(exist_ok=True)
    holder = home.path / 'run' / 'lock'
    if running(home):
        raise Failure("it runs already; 'make stop' stops it, PHARMA_HOME=<folder> is another one")
    with locked(holder, wait_text='waiting: another make run is at it'):
        runner = Runner(home)
        environments.want_pdf()
        with runner.cluster.use():
            runner.bring_up_to_date(with_data)
            say(f'  ready to serve after {time.monotonic() - start:.0f} s')
            runner.serve()


def running(home):
    """Process id of the server that 'make run' started here, or None.

    A file left by a dead one is no obstacle: the number must belong to our server.
    """
    with suppress(OSError, ValueError):
        number = int((home.path / 'run' / 'odoo.pid').read_text())
        command = Path(f'/proc/{number}/cmdline').read_bytes().decode(errors='replace')
        if str(home.path / 'run' / 'odoo.conf') in command:
            return number
    return None
