from . import test_agent
from . import test_intelligence
from . import test_market_fact
from . import test_market_ui
from . import test_product_file
