from . import test_sheets
from . import test_access_rights
from . import test_res_partner
from . import test_hospital_import
from . import test_hospital_list
from . import test_ui
from . import test_demo
