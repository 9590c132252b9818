"""Odoo's configuration on a developer's machine: odoo.conf of the checkout with a few overrides."""

import base64
import configparser
import socket

from .base import REPOSITORY, Failure, addons

PORTS = 40  # how many to try after the wished one
# Keeps no secret: everybody can read it here.
DEVELOPMENT_KEY = base64.b64encode(b'development key, worth nothing!!').decode()


def read(path=REPOSITORY / 'odoo.conf'):
    parser = configparser.RawConfigParser(interpolation=None, inline_comment_prefixes=None)
    parser.read(path, encoding='utf-8')
    return parser


def write(path, environment, cluster, data_dir, database=None, **more):
    """Derive a configuration.

    :param path: the file to write
    :param database: the only database served, or None
    :param more: further options; None takes one out
    """
    parser = read()
    options = parser['options']
    changed = {
        'addons_path': addons_path(environment),
        'data_dir': str(data_dir),
        'db_host': cluster.host, 'db_port': cluster.port, 'db_user': cluster.user,
        'db_name': database, 'dbfilter': database and f'^{database}$',
        # One process with threads: the browser's websocket works on the same port.
        'workers': '0', 'proxy_mode': 'False',
        # The limits of a worker would end the one process that there is.
        'limit_time_cpu': '0', 'limit_time_real': '0', 'limit_memory_hard': '0',
        'limit_memory_soft': '0',
        **more,
    }
    for key, value in changed.items():
        if value in (None, ''):
            options.pop(key, None)
        else:
            options[key] = str(value)
    # A key of the developer's own in odoo.conf stays
    parser['pharma_crm'].setdefault('encryption_keys', DEVELOPMENT_KEY)
    if 'http_port' in more:
        parser['queue_job']['host'] = '127.0.0.1'
        parser['queue_job']['port'] = str(more['http_port'])
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path, 'w', encoding='utf-8') as handle:
        parser.write(handle)
    return path


def addons_path(environment):
    """The checkout, and the addons folder of an ODOO_HOME that is a source checkout."""
    beside = environment.root / 'addons'
    folders = [REPOSITORY] if addons() else []
    if (beside / 'sale' / '__manifest__.py').is_file():
        folders.append(beside)
    return ','.join(map(str, folders))


def free_port(wished, interface='127.0.0.1'):
    """The wished port, or the next one that nobody uses.

    :raise Failure: when all of the next ones are taken
    """
    for port in range(wished, wished + PORTS):
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((interface, port))
            except OSError:
                continue
            return port
    raise Failure(f'the ports {wished} to {wished + PORTS - 1} are taken: make run PORT=<other>')
