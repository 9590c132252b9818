from . import test_names
from . import test_search_name
