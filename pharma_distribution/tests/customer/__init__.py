from . import test_access_rights
from . import test_customer_page
from . import test_merge
