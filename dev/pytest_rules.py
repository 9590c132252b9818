"""Plugin of pytest for this project: a skipped test fails the run unless it is declared.

Declared skips stand in tests/declared_skips.txt, one 'node id  # reason' a line. Screenshots of
failed browser tours are listed before pytest's own summary. Where tests are spread over several
processes, each has its own stored files beside its own database.
"""

import gc
import os
import shutil
from pathlib import Path
from unittest import mock

import pytest

DECLARED = Path(__file__).resolve().parents[1] / 'tests' / 'declared_skips.txt'


def declared(text):
    """Node ids of the declared skips.

    :param text: contents of declared_skips.txt
    :return: set of node ids
    :raise ValueError: for one without a reason
    """
    found = set()
    for line in text.splitlines():
        node, mark, reason = line.partition('#')
        if node.strip():
            if not (mark and reason.strip()):
                raise ValueError(f'declared_skips.txt: "{node.strip()}" has no reason')
            found.add(node.strip())
    return found


class Rules:
    """Collects skipped tests of one run."""

    def __init__(self, allowed):
        self.allowed = allowed
        self.undeclared = []

    @pytest.hookimpl
    def pytest_runtest_logreport(self, report):
        if report.skipped and not hasattr(report, 'wasxfail') and report.nodeid not in self.allowed:
            self.undeclared.append(report.nodeid)

    @pytest.hookimpl
    def pytest_collectreport(self, report):
        if report.skipped and report.nodeid not in self.allowed:
            self.undeclared.append(report.nodeid)

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session):
        if self.undeclared and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    @pytest.hookimpl
    def pytest_terminal_summary(self, terminalreporter):
        if self.undeclared:
            terminalreporter.section('undeclared skips: each of them fails the run')
            for node in self.undeclared:
                terminalreporter.line(node)
        folder = os.environ.get('PHARMA_SCREENSHOTS', '')
        pictures = sorted(Path(folder).rglob('*.png')) if folder else []
        if pictures:
            terminalreporter.section('pictures of failed tours')
            for picture in pictures:
                terminalreporter.line(str(picture))


@pytest.fixture(scope='session', autouse=True)
def own_files(request):
    """pytest-odoo shares the stored files among processes: whenever a class of tests ends in one,
    Odoo would clean away what a class in another still needs.
    """
    worker = os.environ.get('PYTEST_XDIST_WORKER')
    if not worker or not request.config.pluginmanager.has_plugin('odoo'):
        yield
        return
    request.getfixturevalue('load_registry')
    from odoo.tools import config
    shared = config.filestore(config['db_name'])
    own = f'{shared}-{worker}'
    shutil.rmtree(own, ignore_errors=True)
    # Stored files are never changed, only added and removed: links are enough
    shutil.copytree(shared, own, copy_function=os.link)
    with mock.patch.object(config, 'filestore', return_value=own):
        yield
    shutil.rmtree(own, ignore_errors=True)


@pytest.fixture(scope='session', autouse=True)
def lasting_objects(request):
    """The classes of Odoo's models stay to the end: looking through them for garbage again and
    again takes every twentieth second.
    """
    if request.config.pluginmanager.has_plugin('odoo'):
        request.getfixturevalue('load_registry')
        gc.collect()
        gc.freeze()
        gc.set_threshold(50_000, 20, 50)
    yield
    gc.unfreeze()


def pytest_configure(config):
    text = DECLARED.read_text(encoding='utf-8') if DECLARED.exists() else ''
    config.pluginmanager.register(Rules(declared(text)), 'pharma-rules')
