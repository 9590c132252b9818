"""What may stand in a log of Odoo, and what must not."""

import re
from pathlib import Path

from .base import Failure, say

LINE = re.compile(
    r'^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d+ \d+ (?P<level>WARNING|ERROR|CRITICAL) \S+ '
    r'(?P<logger>\S+): (?P<text>.*)')
# (pattern over "logger: text", why it is no fault of the suite)
HARMLESS = (
    (r"^odoo: Running as user 'root' is a security risk", "a developer's container or CI"),
    (r'^odoo\.addons\.iap\.|^odoo\.addons\.partner_autocomplete', 'services of Odoo, offline'),
    (r'Wkhtmltopdf|wkhtmltopdf', 'printing is optional; the unpatched build says so at each start'),
)


def complaints(text):
    """The warnings and errors in a log that are not known to be harmless.

    :return: list of lines; an error is followed by its traceback's last line
    """
    found = []
    for line in text.splitlines():
        match = LINE.match(line)
        if match:
            message = f"{match['logger']}: {match['text']}"
            if not any(re.search(pattern, message) for pattern, _reason in HARMLESS):
                found.append(line)
    return found


def check(path, what, strict=True):
    """Look for complaints in a log.

    :param what: what was done, for the message
    :param strict: fail on them; else only show them
    """
    found = complaints(Path(path).read_text(errors='replace'))
    if found:
        shown = '\n'.join(line[:400] for line in found[:20])
        message = f'{what}: {len(found)} warnings or errors in {path}:\n{shown}'
        if strict:
            raise Failure(message)
        say(f'\n  {message}')
