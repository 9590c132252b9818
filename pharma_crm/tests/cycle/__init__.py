from . import test_contact_report
from . import test_coverage
from . import test_cycle
from . import test_cycle_rights
