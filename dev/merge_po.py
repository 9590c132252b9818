"""Bring the .pot and .po files of addons up to date with exported terms.

Run by 'make i18n' with the environment's Python (polib):
``merge_po.py LANGUAGE ROOT EXPORTED [--check] ADDON...``
"""

import argparse
import re
import sys
from pathlib import Path

import polib

# Terms that are the same in Chinese: no letter of any language in them, or codes.
NOTHING_TO_TRANSLATE = re.compile(r'^[\W\d_]*$')
# They change with each export and say nothing.
NOISE = ('POT-Creation-Date', 'PO-Revision-Date', 'Last-Translator', 'Language-Team')


def merge(terms, translated):
    """Carry translations over to a fresh export.

    :param terms: POFile of the export
    :param translated: POFile with the translations so far, or None
    :return: POFile with the terms of the first and the translations of the second
    """
    known = {entry.msgid: entry for entry in translated or [] if entry.msgstr}
    result = polib.POFile(wrapwidth=78)
    result.metadata = dict(terms.metadata)
    result.header = terms.header
    for term in terms:
        old = known.get(term.msgid)
        result.append(polib.POEntry(
            msgid=term.msgid, msgstr=old.msgstr if old else '', comment=term.comment,
            tcomment=old.tcomment if old else '', occurrences=term.occurrences,
            flags=[flag for flag in term.flags if flag != 'fuzzy'],
        ))
    return result


def text_of(catalogue, language=None):
    """A catalogue as text, without what changes at each export.

    :param language: code set in the header of a translation
    """
    catalogue.metadata = {
        key: value for key, value in catalogue.metadata.items() if key not in NOISE}
    if language:
        catalogue.metadata['Language'] = language
    catalogue.sort(key=lambda entry: (entry.msgid, entry.comment))
    return str(catalogue).rstrip('\n') + '\n'


def missing(catalogue):
    """Terms without a translation.

    :return: list of texts
    """
    return [entry.msgid for entry in catalogue
            if not entry.msgstr and not NOTHING_TO_TRANSLATE.match(entry.msgid)]


def update(addon, language, exported, check):
    """Update one addon's files, or only look.

    :param addon: folder of the addon
    :param exported: folder with <addon>.pot
    :return: list of complaints
    """
    folder = addon / 'i18n'
    po_path = folder / f'{language}.po'
    pot_path = folder / f'{addon.name}.pot'
    terms = polib.pofile(str(exported / f'{addon.name}.pot'), wrapwidth=78)
    translated = polib.pofile(str(po_path), wrapwidth=78) if po_path.is_file() else None
    merged = merge(terms, translated)
    found = []
    for path, text in ((pot_path, text_of(terms)), (po_path, text_of(merged, language))):
        if path.is_file() and path.read_text(encoding='utf-8') == text:
            continue
        if check:
            found.append(f'{path}: not up to date, run: make i18n')
        else:
            folder.mkdir(exist_ok=True)
            path.write_text(text, encoding='utf-8')
            print(f'  {path} written ({len(terms)} terms)')
    found += [f'{po_path}: no translation of: {text[:150]!r}' for text in missing(merged)]
    return found


def main(words):
    """Run over addons.

    :return: exit code
    """
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('language')
    parser.add_argument('root', type=Path)
    parser.add_argument('exported', type=Path)
    parser.add_argument('--check', action='store_true')
    parser.add_argument('addons', nargs='*')
    options = parser.parse_intermixed_args(words)
    found = []
    for addon in options.addons:
        found += update(options.root / addon, options.language, options.exported, options.check)
    for line in found:
        print(line)
    print(f'i18n: {len(found)} complaints' if found else 'i18n: complete')
    return 1 if found else 0


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
