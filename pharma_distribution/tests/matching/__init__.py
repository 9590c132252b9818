from . import test_flow_matcher
from . import test_flow_names
from . import test_matching
from . import test_matching_products
from . import test_matching_twins
