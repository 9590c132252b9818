"""What every step uses: failures told in one line, timed steps, running of programs, paths."""

import contextlib
import errno
import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
DEV = REPOSITORY / 'dev'
# In the order of their dependence.
ADDONS = ('pharma_crm', 'pharma_distribution', 'pharma_tender')


class Failure(Exception):
    """Something a person has to know and can act on; printed as one line, without a traceback."""


def say(text):
    """Print one line at once, also when the output is a file or a pipe."""
    print(text, flush=True)


@contextlib.contextmanager
def step(title):
    """Announce a step, and tell at its end how long it took."""
    start = time.monotonic()
    if sys.stdout.isatty():
        print(f'  {title} ...', end='', flush=True)
    try:
        yield
    except BaseException:
        if sys.stdout.isatty():
            print(flush=True)
        raise
    line = f'  {title}: {time.monotonic() - start:.1f} s'
    print(f'\r{line}   ' if sys.stdout.isatty() else line, flush=True)


def is_root():
    return os.geteuid() == 0


def addons():
    """Names of our addons that are in the checkout, dependencies first."""
    return [name for name in ADDONS if (REPOSITORY / name / '__manifest__.py').is_file()]


def run(command, log=None, env=None, stdin=None, cwd=None, check=True, text_in=None):
    """Run a program to its end.

    :param command: list of words
    :param log: file that takes all output (appended), or None to have it in the result
    :param text_in: text for its standard input
    :return: the CompletedProcess; its ``stdout`` holds both outputs when there is no log
    :raise Failure: when it cannot be started, or ends with an error and ``check`` is set
    """
    command = [str(word) for word in command]
    stdin = subprocess.PIPE if text_in is not None else stdin or subprocess.DEVNULL
    with contextlib.ExitStack() as stack:
        output = stack.enter_context(open(log, 'a', encoding='utf-8')) if log else subprocess.PIPE
        try:
            process = stack.enter_context(subprocess.Popen(
                command, stdin=stdin, stdout=output, stderr=subprocess.STDOUT, env=env, cwd=cwd,
                text=True, errors='replace',
            ))
        except FileNotFoundError:
            raise Failure(f"the program '{command[0]}' is not installed") from None
        try:
            out, _nothing = process.communicate(text_in)
        except BaseException:
            process.terminate()  # Ctrl-C or a failure here must leave nothing running
            process.wait(30)
            raise
    result = subprocess.CompletedProcess(command, process.returncode, out)
    if check and result.returncode:
        text = tail(log) if log else (out or '').strip()[-3000:]
        if 'No space left on device' in text:
            raise OSError(errno.ENOSPC, 'no space')
        where = f' (all of it: {log})' if log else ''
        raise Failure(f"'{shown(command)}' failed{where}:\n{text}")
    return result


def shown(command):
    """The start of a command, for messages."""
    line = ' '.join(os.path.basename(command[0:1][0]).split() + list(command[1:]))
    return line if len(line) < 120 else line[:117] + '...'


def tail(path, lines=15):
    """The last lines of a log."""
    with contextlib.suppress(OSError):
        return '\n'.join(Path(path).read_text(errors='replace').splitlines()[-lines:])
    return ''


def digest(*parts):
    """A short stable hash of texts."""
    return hashlib.sha256('\0'.join(map(str, parts)).encode()).hexdigest()[:12]


def need_space(folder, gigabytes):
    """Stop early where the disk would fill up half-way."""
    free = shutil.disk_usage(folder).free / 1e9
    if free < gigabytes:
        raise Failure(
            f'only {free:.1f} GB free below {folder}, {gigabytes} GB are needed: make room, or put '
            f'the state elsewhere with PHARMA_HOME=<folder>')


@contextlib.contextmanager
def locked(path, shared=False, wait_text=None):
    """Hold an advisory lock on a file.

    The system drops it when the process ends in whatever way, so that it never becomes stale.

    :param wait_text: said when another process has the lock and this one waits for it
    """
    with open(path, 'a') as handle:
        kind = fcntl.LOCK_SH if shared else fcntl.LOCK_EX
        try:
            fcntl.flock(handle, kind | fcntl.LOCK_NB)
        except BlockingIOError:
            if wait_text:
                say(f'  {wait_text}')
            fcntl.flock(handle, kind)
        yield handle


class Home:
    """The one folder with everything that is made here (PHARMA_HOME)."""

    def __init__(self, environ=os.environ):
        self.path = Path(environ.get('PHARMA_HOME') or REPOSITORY / '.odoo').resolve()
        self.cache = Path(environ.get('PHARMA_CACHE') or self.path / 'cache').resolve()
        self.odoo = self.path / 'odoo'
        self.venv = self.path / 'venv'
        self.logs = self.path / 'logs'
        self.locks = self.path / 'locks'
        self.name = digest(self.path)[:8]

    def make(self):
        """Create the folders; readable by others because the database's own user goes through."""
        for folder in (self.path, self.logs, self.locks, self.cache):
            try:
                folder.mkdir(mode=0o755, parents=True, exist_ok=True)
            except PermissionError:
                raise Failure(
                    f'no right to write {folder}: own it, or set PHARMA_HOME=<folder>') from None
            except (NotADirectoryError, FileExistsError):
                raise Failure(f'{folder} is in the way: it is no folder') from None
        return self

    def socket(self, name):
        """A short folder for a server's socket: the whole path may have 107 bytes at most."""
        base = tempfile.gettempdir()
        if len(base) > 60:
            base = '/tmp'
        return Path(base) / f'pharma-{self.name}-{name}'

    def log(self, name):
        """An emptied log file."""
        path = self.logs / f'{name}.log'
        path.write_text('')
        return path
