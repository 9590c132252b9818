"""Odoo 19 Community: from ODOO_HOME, or unpacked from Debian's packages without installing them."""

import hashlib
import os
import re
import shutil
from pathlib import Path

from .base import Failure, need_space, run, say, step

ODOO_VERSION = '19.0.0+dfsg-1'
ODOO_SHA256 = '9d2f598b0555db17e291d48ed24df184c70823c053c4c5ed53c467ca7f629bbf'
ODOO_DEB = f'odoo-19_{ODOO_VERSION}_all.deb'
# What Odoo's package links to instead of holding it; the last two are not built for sid as needed.
BESIDE = {
    'libjs-jquery': 'sid', 'libjs-jquery-form': 'sid', 'libjs-underscore': 'sid',
    'fonts-glyphicons-halflings': 'sid', 'fonts-montserrat': 'sid', 'fonts-ocr-b': 'sid',
    'fonts-roboto-unhinted': 'sid', 'fonts-font-awesome': 'bookworm',
    'fonts-inconsolata': 'bookworm',
}
PACKAGES = 'usr/lib/python3/dist-packages'
OWN_ODOO = "use an Odoo 19 of your own instead: make ... ODOO_HOME=<folder that holds 'odoo/'>"
# Removed by Debian; without an answer at this address every browser test reports an error.
MISSING_SCRIPT = 'odoo/addons/mail/static/lib/selfie_segmentation/selfie_segmentation.js'


def odoo_root(home):
    """Folder to put on Python's path so that ``import odoo`` works; fetches it if it must.

    :return: Path
    :raise Failure: when there is no Odoo 19 to be had
    """
    own = os.environ.get('ODOO_HOME')
    if own:
        return checked_own(Path(own).expanduser().resolve())
    root = home.odoo / PACKAGES
    stamp = home.odoo / '.complete'
    if stamp.is_file() and stamp.read_text() == ODOO_SHA256:
        return root
    need_space(home.path, 4)
    debs = fetch_debs(home)
    with step('unpacking Odoo 19'):
        unpack(debs, home.odoo)
    stamp.write_text(ODOO_SHA256)
    return root


def checked_own(folder):
    """The folder of ODOO_HOME, once it is seen to hold Odoo 19.0."""
    release = folder / 'odoo' / 'release.py'
    if not release.is_file():
        raise Failure(f'ODOO_HOME={folder}: no odoo/release.py there, so no Odoo')
    found = re.search(r'version_info\s*=\s*\((\d+)\s*,\s*(\d+)', release.read_text())
    version = '.'.join(found.groups()) if found else 'unknown'
    if version != '19.0':
        raise Failure(f'ODOO_HOME={folder}: this is Odoo {version}, the suite is for 19.0')
    return folder


def debian_mirror():
    """The Debian archive that this machine's own apt uses."""
    places = [Path('/etc/apt/sources.list')]
    folder = Path('/etc/apt/sources.list.d')
    if folder.is_dir():
        places += sorted(folder.glob('*.sources')) + sorted(folder.glob('*.list'))
    for place in places:
        if not place.is_file():
            continue
        for line in place.read_text(errors='replace').splitlines():
            if re.match(r'\s*(URIs:|deb\s)', line):
                found = re.search(r'(?:https?|file)://\S+/debian/?(?=\s|$)', line)
                if found:
                    return found.group(0)
    raise Failure(f"no Debian archive in this machine's apt sources; {OWN_ODOO}")


def apt_command(work, mirror):
    """apt-get that works in a folder of its own, for anybody, and changes nothing elsewhere."""
    for folder in ('lists/partial', 'cache/archives/partial'):
        (work / folder).mkdir(parents=True, exist_ok=True)
    key = '/usr/share/keyrings/debian-archive-keyring.gpg'
    (work / 'sources.list').write_text(''.join(
        f'deb [signed-by={key}] {mirror} {suite} main\n' for suite in ('sid', 'bookworm')))
    return [
        'apt-get', '-qq',
        '-o', f'Dir::Etc::sourcelist={work}/sources.list', '-o', 'Dir::Etc::sourceparts=/dev/null',
        '-o', 'Dir::Etc::preferencesparts=/dev/null', '-o', 'Dir::Etc::preferences=/dev/null',
        '-o', f'Dir::State::Lists={work}/lists', '-o', f'Dir::Cache={work}/cache',
        '-o', 'Dir::State::status=/var/lib/dpkg/status', '-o', 'Acquire::Languages=none',
        '-o', 'APT::Sandbox::User=', '-o', 'APT::Update::Post-Invoke-Success::=',
        '-o', 'APT::Update::Error-Mode=any', '-o', 'Acquire::Retries=2',
        '-o', 'Debug::NoLocking=1',
    ]


def cached(folder, name):
    """The package's file in the cache, or None."""
    found = sorted(folder.glob(f'{name}_*.deb'))
    return found[-1] if found else None


def fetch_debs(home):
    """Have all packages in the cache.

    :return: their files
    :raise Failure: no network, or no longer offered, or not the file that was proved
    """
    folder = home.cache / 'debs'
    folder.mkdir(parents=True, exist_ok=True)
    odoo = folder / ODOO_DEB
    if odoo.is_file():
        check_sum(odoo)
    wanted = [] if odoo.is_file() else [f'odoo-19={ODOO_VERSION}']
    wanted += [f'{name}/{suite}' for name, suite in BESIDE.items() if not cached(folder, name)]
    if wanted:
        if not shutil.which('apt-get'):
            raise Failure(f"this machine has no apt-get, so no Debian packages; {OWN_ODOO}")
        apt = apt_command(home.cache / 'apt', debian_mirror())
        with step('asking the Debian archive'):
            explain(run([*apt, 'update'], check=False))
        with step(f'fetching {len(wanted)} Debian packages'):
            for name in wanted:  # one by one, so that the message can say which is gone
                result = run([*apt, 'download', name], cwd=folder, check=False)
                explain(result, name, offered(apt, name) if result.returncode else '')
        check_sum(odoo)
        shutil.rmtree(home.cache / 'apt')
    return [odoo, *(cached(folder, name) for name in BESIDE)]


def offered(apt, wanted):
    """The version of a package that the archive has now ('' if none)."""
    name = re.split('[=/]', wanted)[0]
    shown = run(['apt-cache', *apt[2:], 'policy', name], check=False).stdout or ''
    found = re.search(r'Candidate:\s*(\S+)', shown)
    return found.group(1) if found and found.group(1) != '(none)' else ''


def explain(result, package=None, candidate=''):
    """Turn an error of apt into a plain one."""
    if not result.returncode:
        return
    text = result.stdout or ''
    if 'No space left' in text:
        raise Failure('no space left on the disk while fetching packages')
    if re.search(r'Could not (resolve|connect)|Temporary failure|Connection (failed|timed out)|'
                 r'Network is unreachable|Unable to connect', text):
        raise Failure(f'no network, or the Debian archive does not answer: try again, or '
                      f'{OWN_ODOO}')
    if package and re.search('was not found|Unable to locate|Unable to find|no installation cand',
                             text):
        now = f' (it has {candidate} now)' if candidate else ''
        raise Failure(
            f'the Debian archive no longer offers {package}{now}, the version that this suite was '
            f'proved with. Put {ODOO_DEB if package.startswith("odoo") else "its .deb"} into the '
            f'cache (PHARMA_CACHE, folder debs) if you have it, or {OWN_ODOO}')
    raise Failure(f"apt-get failed{' on ' + package if package else ''}:\n{text.strip()[-1500:]}")


def check_sum(deb):
    """Refuse a file that is not the one this suite was proved with."""
    value = hashlib.sha256()
    with open(deb, 'rb') as handle:
        while block := handle.read(1 << 20):
            value.update(block)
    if value.hexdigest() != ODOO_SHA256:
        deb.unlink()
        raise Failure(
            f'{deb.name} is not the file this suite was proved with (SHA256 '
            f'{value.hexdigest()[:16]}..., expected {ODOO_SHA256[:16]}...): broken on the way, or '
            f'replaced. It was removed; run again, or {OWN_ODOO}')


def unpack(debs, root):
    """Unpack packages into a fresh folder."""
    if root.exists():
        shutil.rmtree(root)
    root.mkdir(parents=True)
    for deb in debs:
        run(['dpkg', '-x', deb, root])
    packages = root / PACKAGES
    script = packages / MISSING_SCRIPT
    script.parent.mkdir(parents=True, exist_ok=True)
    script.write_text('// not part of this distribution\n')
    dead = [path for path in root.rglob('*') if path.is_symlink() and not path.exists()]
    if dead:
        say(f'  note: {len(dead)} links of the packages lead nowhere, first {dead[0]}')
