from . import test_results_engine
from . import test_tender
from . import test_bid
from . import test_official_results
from . import test_import
from . import test_access_rights
from . import test_demo
from . import test_ui
