"""Stamps, logs, stale locks."""

import os
from types import SimpleNamespace

import pytest
from steps import base, cluster, environment, logs, serve, stamps


@pytest.fixture
def addon(tmp_path):
    """A small addon; returns its folder."""
    folder = tmp_path / 'pharma_crm'
    for name in ('__manifest__.py', 'models/thing.py', 'views/thing.xml', 'i18n/zh_CN.po',
                 'demo/names.csv', 'tests/test_thing.py', 'static/src/thing.js', 'README.md'):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)
    return folder


@pytest.mark.parametrize('name', [
    '__manifest__.py', 'models/thing.py', 'views/thing.xml', 'i18n/zh_CN.po', 'demo/names.csv'])
def test_what_a_database_holds_changes_its_hash(addon, name):
    before = stamps.hash_addon(addon.name, addon.parent)
    (addon / name).write_text('changed')
    assert stamps.hash_addon(addon.name, addon.parent) != before


@pytest.mark.parametrize('name', ['tests/test_thing.py', 'static/src/thing.js', 'README.md'])
def test_what_is_read_at_each_start_does_not(addon, name):
    before = stamps.hash_addon(addon.name, addon.parent)
    (addon / name).write_text('changed')
    assert stamps.hash_addon(addon.name, addon.parent) == before


def test_new_and_removed_files_change_the_hash(addon):
    before = stamps.hash_addon(addon.name, addon.parent)
    (addon / 'models/other.py').write_text('')
    between = stamps.hash_addon(addon.name, addon.parent)
    (addon / 'models/other.py').unlink()
    assert between != before == stamps.hash_addon(addon.name, addon.parent)


def test_bundles_depend_on_the_times_of_static_files(addon, monkeypatch):
    monkeypatch.setattr(stamps, 'addons', lambda: [addon.name])
    before = stamps.hash_static(addon.parent)
    (addon / 'models/thing.py').write_text('changed')
    assert stamps.hash_static(addon.parent) == before
    os.utime(addon / 'static/src/thing.js', (0, 0))
    assert stamps.hash_static(addon.parent) != before


def test_unreadable_manifest_is_named(addon):
    (addon / '__manifest__.py').write_text('{')
    with pytest.raises(base.Failure, match='__manifest__.py'):
        stamps.manifest(addon.name, addon.parent)


LOG = """\
2026-11-22 00:33:47,445 10 INFO ? odoo.modules: fine
2026-11-22 00:33:47,445 10 WARNING db odoo.addons.pharma_crm.models.x: deprecated
2026-11-22 00:33:47,446 10 WARNING ? odoo: Running as user 'root' is a security risk.
<string>:38: (ERROR/3) Unexpected indentation.
2026-11-22 00:33:48,446 10 ERROR db odoo.sql_db: bad query
Traceback (most recent call last):
"""


def test_warnings_and_errors_are_found_harmless_ones_are_not():
    found = logs.complaints(LOG)
    assert len(found) == 2
    assert 'deprecated' in found[0] and 'bad query' in found[1]


def test_a_warning_fails_a_test_but_only_shows_in_a_run(tmp_path, capsys):
    path = tmp_path / 'x.log'
    path.write_text(LOG)
    with pytest.raises(base.Failure, match='installing: 2 warnings or errors'):
        logs.check(path, 'installing')
    logs.check(path, 'installing', strict=False)
    assert 'bad query' in capsys.readouterr().out


def test_every_harmless_line_has_its_reason():
    assert all(pattern and reason for pattern, reason in logs.HARMLESS)


@pytest.fixture
def server(tmp_path, monkeypatch):
    monkeypatch.delenv('PGHOST', raising=False)
    home = base.Home({'PHARMA_HOME': str(tmp_path)}).make()
    monkeypatch.setattr(cluster.Cluster, '_reachable', lambda *_path: True)
    fake = environment.Environment(home, tmp_path)
    return cluster.Cluster(fake, 'test', durable=False)


def test_lock_of_a_dead_server_is_removed(server, capsys):
    server.data.mkdir(parents=True)
    # the number lives on, but belongs to another program
    (server.data / 'postmaster.pid').write_text(f'{os.getpid()}\n')
    assert server.pid() is None
    assert not (server.data / 'postmaster.pid').exists()
    assert 'stale lock' in capsys.readouterr().out


def test_data_of_another_postgresql_are_left_alone(server, monkeypatch):
    server.data.mkdir(parents=True)
    (server.data / 'PG_VERSION').write_text('15\n')
    monkeypatch.setattr(server, '_server_run', lambda *_words: SimpleNamespace(
        stdout='postgres (PostgreSQL) 18.6\n'))
    with pytest.raises(base.Failure, match='made by PostgreSQL 15, installed is 18'):
        server._check_version()
    assert (server.data / 'PG_VERSION').exists()


@pytest.mark.parametrize('ctype', ['C.UTF-8', 'zh_CN.utf8', 'en_US.UTF-8', 'C.UTF8'])
def test_locales_that_know_chinese_letters(ctype):
    cluster.check_ctype(ctype)


@pytest.mark.parametrize('ctype', ['C', 'POSIX', 'en_US.ISO-8859-1'])
def test_locales_that_do_not_are_refused(ctype):
    with pytest.raises(base.Failure, match='Chinese characters are no letters'):
        cluster.check_ctype(ctype)


def test_pid_file_of_another_program_is_no_running_server(tmp_path):
    home = base.Home({'PHARMA_HOME': str(tmp_path)}).make()
    assert serve.running(home) is None
    (tmp_path / 'run').mkdir()
    (tmp_path / 'run' / 'odoo.pid').write_text(str(os.getpid()))
    assert serve.running(home) is None


def test_test_server_never_is_the_one_of_pghost(server, monkeypatch):
    monkeypatch.setenv('PGHOST', 'db.example.cn')
    assert not cluster.cluster(server.environment, 'test').external
    assert cluster.cluster(server.environment, 'run').external


def test_environment_of_another_python_is_found_again(tmp_path):
    """'make stop' works with any Python, also before an environment is made."""
    home = base.Home({'PHARMA_HOME': str(tmp_path)}).make()
    assert environment.Environment(home, tmp_path).site.name == 'site-packages'
    made = tmp_path / 'venv' / 'lib' / 'python3.99' / 'site-packages'
    made.mkdir(parents=True)
    assert environment.Environment(home, tmp_path).site == made
