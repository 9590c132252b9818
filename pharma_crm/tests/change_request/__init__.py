from . import test_change_concurrency
from . import test_change_levels
from . import test_change_new
from . import test_change_request
from . import test_change_rights
from . import test_change_ui
