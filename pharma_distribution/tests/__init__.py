from . import test_access_rights
from . import test_flow_import
from . import test_flow_names
from . import test_flow_reader
from . import test_ui
