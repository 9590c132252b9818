from . import test_alignment_plan
from . import test_realignment
from . import test_realignment_concurrency
from . import test_territory_screens
from . import test_territory_ui
