"""Fetching, environment, configuration: what is decided, and how failures are told."""

import re
import socket
import subprocess
from pathlib import Path
from types import SimpleNamespace

import pytest
from steps import base, conf, environment, fetch, stamps

ROOT = Path(__file__).resolve().parents[2]


def result(text, code=100):
    return SimpleNamespace(returncode=code, stdout=text)


# === FETCH === #

def test_apt_without_network_is_told_as_such():
    with pytest.raises(base.Failure, match='no network.*ODOO_HOME'):
        fetch.explain(result("E: Failed to fetch x  Could not resolve 'mirror'"))


def test_package_no_longer_offered_names_it_and_the_way_out():
    text = "E: Version '19.0.0+dfsg-1' for 'odoo-19' was not found"
    with pytest.raises(base.Failure, match=r'no longer offers odoo-19=.*has 19\.0\.1 now.*ODOO_H'):
        fetch.explain(result(text), 'odoo-19=19.0.0+dfsg-1', '19.0.1')


def test_apt_that_went_well_says_nothing():
    assert fetch.explain(result('W: something', 0)) is None


def test_another_file_is_refused_and_removed(tmp_path):
    deb = tmp_path / fetch.ODOO_DEB
    deb.write_bytes(b'not odoo')
    with pytest.raises(base.Failure, match='not the file this suite was proved with'):
        fetch.check_sum(deb)
    assert not deb.exists()


@pytest.mark.parametrize(('version', 'good'), [('(19, 0, 0, FINAL)', True), ('(18, 0, 0)', False)])
def test_own_odoo_must_be_19(tmp_path, version, good):
    (tmp_path / 'odoo').mkdir()
    (tmp_path / 'odoo' / 'release.py').write_text(f'version_info = {version}\n')
    if good:
        assert fetch.checked_own(tmp_path) == tmp_path
    else:
        with pytest.raises(base.Failure, match=r'Odoo 18\.0, the suite is for 19\.0'):
            fetch.checked_own(tmp_path)


def test_own_odoo_must_be_there(tmp_path):
    with pytest.raises(base.Failure, match='no odoo/release.py'):
        fetch.checked_own(tmp_path)


# === ENVIRONMENT === #

def test_wrong_python_is_told_in_one_line(tmp_path):
    """The entry file reads on any Python; the message needs no import."""
    code = (
        'import sys, runpy; sys.version_info = (3, 9, 1);'
        f'sys.argv = ["pharma.py", "run"]; runpy.run_path({str(ROOT / "dev/pharma.py")!r},'
        ' run_name="__main__")')
    done = subprocess.run(
        [__import__('sys').executable, '-c', code], capture_output=True, text=True, check=False,
        env={'PATH': str(tmp_path)})
    assert done.returncode == 1
    assert re.fullmatch(r'error: this is Python 3\.9, .* need 3\.10 to 3\.13\..*\n', done.stderr)


def test_little_space_is_told_before_it_is_filled(tmp_path):
    with pytest.raises(base.Failure, match='GB free below .* PHARMA_HOME'):
        base.need_space(tmp_path, 10 ** 9)


def test_variables_for_odoo_hold_nothing_of_the_callers_database(monkeypatch, tmp_path):
    monkeypatch.setenv('PGDATABASE', 'production')
    monkeypatch.setenv('ODOO_RC', '/etc/odoo.conf')
    monkeypatch.setenv('PGPASSWORD', 'secret')
    monkeypatch.delenv('PGHOST', raising=False)
    home = base.Home({'PHARMA_HOME': str(tmp_path)})
    env = environment.Environment(home, tmp_path).variables()
    assert not {'PGDATABASE', 'ODOO_RC', 'PGPASSWORD'} & env.keys()
    assert env['LC_ALL'] == 'C.UTF-8'
    monkeypatch.setenv('PGHOST', 'db')
    assert environment.Environment(home, tmp_path).variables()['PGPASSWORD'] == 'secret'


def test_socket_path_stays_below_the_systems_limit(monkeypatch, tmp_path):
    monkeypatch.setattr('tempfile.gettempdir', lambda: '/a' * 50)
    folder = base.Home({'PHARMA_HOME': str(tmp_path)}).socket('test')
    assert len(str(folder / '.s.PGSQL.5432')) < 107


# === CONFIGURATION === #

def test_port_taken_gives_the_next_free_one():
    with socket.socket() as taken:
        taken.bind(('127.0.0.1', 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert conf.free_port(port) > port


def test_free_port_is_kept():
    with socket.socket() as probe:
        probe.bind(('127.0.0.1', 0))
        port = probe.getsockname()[1]
    assert conf.free_port(port) == port


def test_developers_configuration_overrides_only_what_it_must(tmp_path):
    cluster = SimpleNamespace(host='/tmp/x', port='5432', user='odoo')
    fake = SimpleNamespace(root=tmp_path)
    path = conf.write(tmp_path / 'o.conf', fake, cluster, tmp_path / 'data', 'pharma',
                      http_port=8071, logfile=None)
    made, given = conf.read(path), conf.read()
    options = made['options']
    assert options['workers'] == '0' and options['http_port'] == '8071'
    assert options['dbfilter'] == '^pharma$' and options['db_host'] == '/tmp/x'
    for key in ('server_wide_modules', 'list_db', 'http_interface', 'max_cron_threads'):
        assert options[key] == given['options'][key]
    assert made['queue_job']['channels'] == given['queue_job']['channels']
    assert made['queue_job']['port'] == '8071'
    # private numbers can be tried at once; a server's administrator makes his own key
    assert made['pharma_crm']['encryption_keys'] == conf.DEVELOPMENT_KEY
    assert 'encryption_keys' not in given['pharma_crm']


def test_configuration_for_a_server_is_complete():
    options = conf.read()['options']
    assert {'base', 'rpc', 'web', 'queue_job'} == set(options['server_wide_modules'].split(','))
    assert int(options['workers']) > 0
    assert options['proxy_mode'] == 'True' and options['list_db'] == 'False'
    assert 'root.pharma_flow' in conf.read()['queue_job']['channels']


# === REQUIREMENTS === #

def test_requirements_hold_what_the_manifests_need():
    """Every module that is not Odoo's, and every Python package, is in requirements.txt."""
    text = (ROOT / 'requirements.txt').read_text().lower().replace('_', '-')
    names = {match.group(1) for match in re.finditer(r'^([\w.-]+)', text, re.M)}
    oca = {name.removeprefix('odoo-addon-') for name in names if name.startswith('odoo-addon-')}
    installed = environment_addons()
    for addon in base.addons():
        manifest = stamps.manifest(addon)
        for module in set(manifest['depends']) & installed:
            assert module.replace('_', '-') in oca, f'{addon}: {module}'
        for package in manifest.get('external_dependencies', {}).get('python', []):
            assert package.lower().replace('_', '-') in names, f'{addon}: {package}'


def environment_addons():
    """Modules that pip installed beside the tests."""
    import importlib.metadata
    return {
        dist.metadata['Name'].removeprefix('odoo-addon-').replace('-', '_')
        for dist in importlib.metadata.distributions()
        if (dist.metadata['Name'] or '').startswith('odoo-addon-')}


def test_requirements_are_bounded():
    lines = [line for line in (ROOT / 'requirements.txt').read_text().splitlines()
             if line.strip() and not line.startswith('#')]
    assert lines
    for line in lines:
        assert re.search(r'==19\.0\.\*$|,<\d', line), line


def test_lock_holds_every_requirement():
    locked = {line.split('==')[0] for line in environment.LOCK.read_text().splitlines()}
    for line in (ROOT / 'requirements.txt').read_text().splitlines():
        name = re.match(r'[\w.-]+', line)
        if name:
            assert name.group(0).lower() in locked
