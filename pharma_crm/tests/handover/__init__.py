from . import test_handover
from . import test_handover_agent
from . import test_handover_archive
from . import test_handover_concurrency
from . import test_handover_kinds
from . import test_handover_speed
from . import test_handover_ui
