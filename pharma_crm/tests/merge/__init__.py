from . import test_merge
from . import test_merge_concurrency
from . import test_merge_ui
from . import test_merge_undo
