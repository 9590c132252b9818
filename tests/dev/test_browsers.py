"""Browsers that several tests use, one after another."""

from contextlib import nullcontext
from pathlib import Path
from types import SimpleNamespace

import pytest
import pytest_browser


@pytest.fixture
def running():
    return {}


@pytest.fixture
def kept(running, monkeypatch, tmp_path):
    """A class of browsers that only notes what it is asked for."""
    class Browser:
        started, ended, opened, asked = [], [], [], []
        broken = False
        test_case = SimpleNamespace(base_url=lambda: 'http://127.0.0.1:8069')

        def __init__(self):
            self.user_data_dir = str(tmp_path / str(len(self.opened)))

        def _spawn_chrome(self, cmd):
            self.started.append(cmd)
            return SimpleNamespace(
                pid=len(self.started), poll=lambda: None, wait=lambda seconds: None,
                terminate=lambda: self.ended.append(cmd)), 9000

        def _websocket_request(self, method, **options):
            self.asked.append(method)

    def open_page(request, timeout):
        if Browser.broken and not Browser.ended:
            raise OSError("no answer")
        Browser.opened.append((request.get_method(), request.full_url))
        return nullcontext()

    monkeypatch.setattr(pytest_browser.urllib.request, 'urlopen', open_page)
    monkeypatch.setattr(
        pytest_browser.tempfile, 'mkdtemp', lambda suffix: str(tmp_path / 'unused'))
    return pytest_browser.keep(Browser, running)


def start(kept, *switches):
    return kept()._spawn_chrome(['chromium', '--user-data-dir=x', *switches, 'about:blank'])


def test_a_browser_is_used_again_with_a_page_of_its_own(kept):
    first, second = start(kept), start(kept)
    assert (first[0].pid, first[1]) == (second[0].pid, second[1])
    assert kept.started == [['chromium', '--user-data-dir=x', 'data:,']]
    assert kept.opened == [('PUT', 'http://127.0.0.1:9000/json/new?about:blank')] * 2


def test_other_switches_are_another_browser(kept):
    assert start(kept)[0].pid != start(kept, '--touch-events')[0].pid


def test_a_browser_that_does_not_answer_is_replaced(kept, running):
    start(kept)
    [(_process, _port, folder)] = running.values()
    Path(folder).mkdir()
    kept.__base__.broken = True
    assert start(kept)[0].pid == 2
    assert kept.ended == kept.started[:1]
    assert not Path(folder).exists()


def test_the_end_of_a_test_closes_its_page_and_forgets_what_it_stored(kept):
    browser = kept()
    process, _port = browser._spawn_chrome(['chromium', 'about:blank'])
    browser._websocket_request('Page.stopLoading')
    browser._websocket_request('Browser.close')
    process.terminate()
    process.wait(5)
    assert browser.asked == [
        'Page.stopLoading', 'Page.navigate', 'Storage.clearDataForOrigin',
        'Network.clearBrowserCookies', 'Page.close']


def test_what_else_a_test_leaves_running_is_seen(kept, running):
    start(kept)
    children = pytest_browser.without(
        running, lambda process: [SimpleNamespace(pid=1), SimpleNamespace(pid=77)])
    assert [child.pid for child in children(None)] == [77]
