from . import test_sheets
from . import test_access_rights
from . import test_res_partner
