"""The tools are imported as they run: from dev/, without a package around."""

import sys
from pathlib import Path

DEV = Path(__file__).resolve().parents[2] / 'dev'
if str(DEV) not in sys.path:
    sys.path.insert(0, str(DEV))
