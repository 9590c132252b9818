from . import test_filing
from . import test_gift
from . import test_visit
from . import test_visit_page
from . import test_visit_ui
