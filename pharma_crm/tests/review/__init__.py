from . import test_call_patterns
from . import test_call_quality
from . import test_coaching
from . import test_visit_example
from . import test_visit_flags
from . import test_visit_quality
from . import test_visit_review
from . import test_visit_review_ui
