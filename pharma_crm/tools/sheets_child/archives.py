"""Files packed together, within bounds. See the package's docstring."""

import io
import zipfile
import zlib

from cells import Refused, clean
from workbooks import is_workbook

MAX_MEMBERS = 500
# Bytes of one file and of all files after unpacking.
MAX_MEMBER = 100 * 1024 * 1024
MAX_TOTAL = 400 * 1024 * 1024
# A file that grows more than this is a bomb: lists in text shrink to a fortieth at most.
MAX_RATIO = 300
_SMALL = 4 * 1024 * 1024
# What systems put beside the files.
_CLUTTER = ('__macosx/', '.ds_store', 'thumbs.db', 'desktop.ini')


def member_name(info):
    """Name of a packed file as people know it: Chinese systems write it in GBK.

    :param zipfile.ZipInfo info: the entry
    """
    if info.flag_bits & 0x800:
        return clean(info.filename)
    raw = info.filename.encode('cp437', 'replace')
    for encoding in ('utf-8', 'gb18030'):
        try:
            return clean(raw.decode(encoding))
        except UnicodeDecodeError:
            continue
    return clean(info.filename)


def unpack(data, writer):
    """Send the files of a ZIP archive; one that cannot be unpacked is sent with the reason."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
        infos = [info for info in archive.infolist() if not info.is_dir()]
    except (zipfile.BadZipFile, zlib.error, ValueError, EOFError, NotImplementedError) as error:
        raise Refused('damaged', str(error))
    if is_workbook({info.filename.lower() for info in infos}):
        raise Refused('unknown_format', "a workbook, not an archive")
    infos = [(member_name(info).replace('\\', '/'), info) for info in infos]
    infos = [(name, info) for name, info in infos
             if not any(part in name.lower() for part in _CLUTTER)
             and not name.rpartition('/')[2].startswith('~$')]
    if not infos:
        raise Refused('empty', "an archive without files")
    if len(infos) > MAX_MEMBERS:
        raise Refused('too_large', f"{len(infos)} files")
    left = MAX_TOTAL
    for name, info in infos:
        content, reason = _read_member(archive, info, left)
        left -= len(content)
        writer.send('member', name, len(content), reason)
        writer.out.write(content)


def _read_member(archive, info, left):
    """:return: tuple (bytes, reason why there are none or '')"""
    if info.flag_bits & 0x1:
        return b'', 'protected'
    limit = min(MAX_MEMBER, left, max(_SMALL, info.compress_size * MAX_RATIO))
    try:
        with archive.open(info) as part:
            content = part.read(limit + 1)
    except (zipfile.BadZipFile, zlib.error, ValueError, EOFError, OSError) as error:
        return b'', 'protected' if 'password' in str(error) else 'damaged'
    except (NotImplementedError, RuntimeError):  # a method of packing that Python does not know
        return b'', 'unknown_format'
    if len(content) > limit:
        return b'', 'too_large'
    return content, '' if content else 'empty'
