"""Engines of the addons without Odoo: for benchmarks that are run by themselves."""

import sys
import types
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]


def make_importable():
    """Let ``odoo.addons.pharma_*.tools`` be imported where Odoo itself was not."""
    if 'odoo' in sys.modules:
        return
    for name, path in (
            ('odoo', None), ('odoo.addons', None),
            *((f'odoo.addons.{addon}', REPOSITORY / addon)
              for addon in ('pharma_crm', 'pharma_distribution'))):
        package = types.ModuleType(name)
        package.__path__ = [str(path)] if path else []
        sys.modules[name] = package
