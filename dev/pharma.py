#!/usr/bin/env python3
"""The developer's tool of the suite: everything that the Makefile offers.

Needs nothing but the Python (3.10 to 3.13) that starts it; see 'python3 dev/pharma.py --help'.
This file must stay readable for any older Python, so that a wrong one is told plainly.
"""
import os
import shutil
import sys

OLDEST, NEWEST = (3, 10), (3, 13)


def use_fitting_python():
    """Go on with another installed Python when the one that runs this is too old or too new."""
    if OLDEST <= sys.version_info[:2] <= NEWEST:
        return
    for minor in (12, 13, 11, 10):
        other = shutil.which("python3.%d" % minor)  # noqa: UP031 - also read by old Pythons
        if other and not os.environ.get("PHARMA_PYTHON_TRIED"):
            os.environ["PHARMA_PYTHON_TRIED"] = "1"
            os.execv(other, [other, *sys.argv])
    sys.exit(
        "error: this is Python %d.%d, Odoo 19 and its packages need 3.10 to 3.13. "  # noqa: UP031
        "Install one (python3.11 is Debian 12's own) or name it: make ... PYTHON=python3.12"
        % sys.version_info[:2]
    )


if __name__ == "__main__":
    use_fitting_python()
    from steps.commands import main

    sys.exit(main(sys.argv[1:]))
