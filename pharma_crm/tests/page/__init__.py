from . import test_customer_page
from . import test_customer_timeline
