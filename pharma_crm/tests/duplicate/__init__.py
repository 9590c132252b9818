from . import test_duplicate_concurrency
from . import test_duplicate_pairs
from . import test_duplicate_typing
from . import test_duplicate_ui
from . import test_duplicates
from . import test_lead_conflict
