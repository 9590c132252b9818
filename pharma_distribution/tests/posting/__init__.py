from . import test_flow_claim
from . import test_flow_correction
from . import test_flow_doubles
from . import test_flow_identity
from . import test_flow_period
from . import test_flow_report
from . import test_flow_summary
from . import test_flow_summary_walk
