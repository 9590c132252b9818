from . import test_data_request
from . import test_data_request_concurrency
from . import test_export_log
from . import test_figures_view
