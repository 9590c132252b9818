from . import test_allocation
from . import test_allocation_answer
from . import test_allocation_concurrency
from . import test_allocation_engine
from . import test_lead_pool
from . import test_lead_pool_ui
