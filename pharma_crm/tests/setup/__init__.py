from . import test_health
from . import test_rights_self_test
from . import test_setup
