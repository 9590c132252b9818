"""Hashes that tell what changed since a database was made."""

import ast
import hashlib
import json
from pathlib import Path

from .base import ADDONS, DEV, REPOSITORY, Failure, addons, digest

# Not part of what a database holds: read anew at each start, or not at all.
SKIPPED_FOLDERS = {'tests', 'static', '__pycache__', 'i18n_extra'}
SKIPPED_SUFFIXES = {'.pyc', '.md', '.rst', '.pot'}


def manifest(addon, root=REPOSITORY):
    """An addon's manifest.

    :return: dict
    """
    path = Path(root) / addon / '__manifest__.py'
    try:
        return ast.literal_eval(path.read_text(encoding='utf-8'))
    except (SyntaxError, ValueError) as error:
        raise Failure(f'{path}: {error}') from None


def addon_files(addon, root=REPOSITORY):
    """The files of an addon that a database depends on, in a fixed order."""
    base = Path(root) / addon
    return sorted(
        path for path in base.rglob('*')
        if path.is_file() and path.suffix not in SKIPPED_SUFFIXES
        and not SKIPPED_FOLDERS & set(path.relative_to(base).parts[:-1])
    )


def hash_addon(addon, root=REPOSITORY, only=lambda path: True):
    """Hash over names and contents of an addon's files.

    :param only: function telling whether a path counts
    """
    value = hashlib.sha256()
    for path in addon_files(addon, root):
        if only(path):
            value.update(str(path.relative_to(root)).encode() + b'\0' + path.read_bytes() + b'\0')
    return value.hexdigest()[:12]


def hash_demo(root=REPOSITORY):
    """Hash over what the demo loader reads: folders and files named after it."""
    return digest(*(
        hash_addon(name, root, lambda path: 'demo' in str(path.relative_to(root)))
        for name in addons()))


def hash_static(root=REPOSITORY):
    """What compiled bundles depend on beside the rest: Odoo compiles one anew, in each test that
    asks for it, when the time of a file in it differs.
    """
    return digest(*(
        (str(path.relative_to(root)), path.stat().st_mtime_ns)
        for name in addons() for path in sorted((Path(root) / name / 'static').rglob('*'))
        if path.is_file()))


def foreign_modules():
    """Modules of others that our addons need, as their manifests name them."""
    names = {name for addon in addons() for name in manifest(addon).get('depends', ())}
    return sorted(names - set(ADDONS))


def hash_foreign(environment):
    """What the database with only foreign modules depends on."""
    return digest(
        (DEV / 'lock' / 'lock.txt').read_text(), environment.root,
        (environment.root / 'odoo' / 'release.py').read_text(), foreign_modules(),
        (DEV / 'shell' / 'setup_database.py').read_text())


def hash_suite(environment):
    """What the database with the suite depends on."""
    return digest(hash_foreign(environment), *(hash_addon(name) for name in addons()))


# === STAMPS IN THE DATABASE === #

def read(cluster, database):
    """The stamps of a database; they are kept in its comment, and so go away with it.

    :return: dict, empty for a database that was not made by this program; None where there is none
    """
    rows = cluster.psql(
        "select coalesce(shobj_description(oid, 'pg_database'), '') from pg_database "
        f"where datname = '{database}'")
    if not rows:
        return None
    text = rows[0][0]
    return json.loads(text) if text.startswith('{') else {}


def write(cluster, database, stamps):
    """Keep stamps (a dict) with a database."""
    text = json.dumps(stamps, ensure_ascii=True).replace("'", "''")
    cluster.psql(f'comment on database "{database}" is \'{text}\'')
