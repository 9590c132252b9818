"""The addons' engines without Odoo: ``from engines import sheets, flow_reader``.

The packages of the addons begin with their models; here they are bare folders, so that benchmarks,
fuzz runs and golden lists work on the engines alone, in a plain Python.
"""

import importlib
import sys
import types
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def load(addon, name):
    """Import ``addon/tools/name.py``, whether or not Odoo has loaded the addon."""
    package = f'pharma_engines_{addon}'
    if package not in sys.modules:
        module = sys.modules[package] = types.ModuleType(package)
        module.__path__ = [str(ROOT / addon)]
    return importlib.import_module(f'{package}.tools.{name}')


sheets = load('pharma_crm', 'sheets')
flow_changes = load('pharma_distribution', 'flow_changes')
flow_identity = load('pharma_distribution', 'flow_identity')
flow_layout = load('pharma_distribution', 'flow_layout')
flow_reader = load('pharma_distribution', 'flow_reader')
flow_values = load('pharma_distribution', 'flow_values')
