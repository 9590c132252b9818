"""'make shots': pictures of the main screens in Chinese, as a desktop and as a phone show them."""

import json
import os
import re
import shutil

from . import environment as environments
from . import suite
from .base import DEV, REPOSITORY, Failure, run, say, step
from .serve import served

FOLDER = REPOSITORY / 'shots'
PORT = 8790


def take(home):
    """Take all screenshots that dev/shots/*.json list.

    ``make shots`` makes them on a copy of the test database with demo data; with ADDRESS=<url> on
    a server that runs (its demo users must exist).

    :return: exit code
    """
    lists = sorted((DEV / 'shots').glob('*.json'))
    screens = [screen for path in lists for screen in json.loads(path.read_text('utf-8'))]
    only = os.environ.get('ONLY')
    screens = [screen for screen in screens if not only or re.search(only, screen['name'])]
    if not screens:
        raise Failure('no screens to take: dev/shots/*.json lists them' + (
            f', none matches ONLY={only}' if only else ''))
    environment = environments.prepare(home)
    environments.need_browser()
    node = environments.need_node(home)
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir()
    address = os.environ.get('ADDRESS')
    if address:
        return photograph(environment, node, address, screens, {})
    databases = suite.open_databases(environment)
    with databases.cluster.use(), \
            databases.scratch(suite.template(databases, assets=True), 'shots') as name:
        log = home.log('shots')
        with step('loading demo data'):
            text = databases.shell(
                name, 'load_demo.py', log, PHARMA_DATA=os.environ.get('DATA', ''))
        logins = json.loads(re.search(r'^LOGINS (.*)$', text, re.M).group(1))
        passwords = {login['login']: login['password'] for login in logins}
        with served(databases, name, PORT, log) as (address, _process):
            return photograph(environment, node, address, screens, passwords)


def photograph(environment, node, address, screens, passwords):
    """Drive Chromium through the screens.

    :param passwords: by login; a login that is missing has itself as password
    :return: exit code
    """
    order = {
        'address': address, 'folder': str(FOLDER), 'passwords': passwords, 'screens': screens,
        'chromium': shutil.which('chromium') or 'chromium',
    }
    file = environment.home.path / 'shots' / 'order.json'
    file.write_text(json.dumps(order, ensure_ascii=False), encoding='utf-8')
    with step(f'taking {len(screens)} screens'):
        result = run(['node', DEV / 'shots.mjs', file, node], env=environment.variables(),
                     check=False)
    say(result.stdout.rstrip())
    say(f'{len(list(FOLDER.glob("*.png")))} pictures in {FOLDER}')
    return result.returncode
