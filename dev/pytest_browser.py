"""Plugin of pytest for this project: the browser tests of one process share a browser.

Odoo starts one for each tour, which costs more than many a tour. Each still has a page of its own,
without what earlier ones left behind: cookies, stored data, workers. What is compiled of the web
client's scripts stays.
"""

import shutil
import subprocess
import tempfile
import urllib.request
from unittest import mock

import pytest


class Lasting:
    """A browser's process that outlives the test that asks to end it."""

    def __init__(self, process):
        self.pid = process.pid
        self.poll = process.poll

    def terminate(self):
        """Nothing: the page was closed."""

    def wait(self, timeout=None):
        """Nothing to wait for."""


def end(process, _port, folder):
    """End a browser and remove its folder."""
    process.terminate()
    try:
        process.wait(5)
    except subprocess.TimeoutExpired:
        process.kill()
    shutil.rmtree(folder, ignore_errors=True)


def keep(browser_class, running):
    """Odoo's class of browsers, with processes that are used again.

    :param browser_class: ``odoo.tests.common.ChromeBrowser``
    :param dict running: tuple of switches -> (process, port of its developer's tools, folder); the
        caller ends them
    :return: a subclass
    """
    class KeptBrowser(browser_class):

        def _spawn_chrome(self, cmd):
            switches = tuple(
                word for word in cmd[:-1] if not word.startswith('--user-data-dir='))
            if switches in running:
                try:
                    return self._open_page(*running[switches])
                except OSError:  # it died, or hangs
                    end(*running.pop(switches))
            # A page that nobody uses: without any the browser would end
            started = super()._spawn_chrome([*cmd[:-1], 'data:,'])
            running[switches] = (*started, self.user_data_dir)
            self.user_data_dir = tempfile.mkdtemp(suffix='_chrome_odoo')
            return self._open_page(*running[switches])

        def _open_page(self, process, port, _folder):
            request = urllib.request.Request(
                f'http://127.0.0.1:{port}/json/new?about:blank', method='PUT')
            with urllib.request.urlopen(request, timeout=10):
                return Lasting(process), port

        def _websocket_request(self, method, **options):
            if method == 'Browser.close':
                ask = super()._websocket_request
                ask('Page.navigate', params={'url': 'about:blank'})
                ask('Storage.clearDataForOrigin', params={
                    'origin': self.test_case.base_url(), 'storageTypes': 'all'})
                ask('Network.clearBrowserCookies')
                method = 'Page.close'
            return super()._websocket_request(method, **options)

    return KeptBrowser


def without(running, children):
    """Odoo ends what a class of tests leaves running: all but these browsers.

    :param children: ``psutil.Process.children``
    :return: the same, as if they were not there
    """
    def others(process, *args, **options):
        kept = {browser.pid for browser, _port, _folder in running.values()}
        return [child for child in children(process, *args, **options) if child.pid not in kept]

    return others


@pytest.fixture(scope='session', autouse=True)
def kept_browsers(request):
    """Browsers that live as long as the tests of this process."""
    if not request.config.pluginmanager.has_plugin('odoo'):
        yield
        return
    from odoo.tests import common
    running = {}
    try:
        process_class = common.psutil.Process
        with mock.patch.object(common, 'ChromeBrowser', keep(common.ChromeBrowser, running)), \
                mock.patch.object(
                    process_class, 'children', without(running, process_class.children)):
            yield
    finally:
        for browser in running.values():
            end(*browser)
