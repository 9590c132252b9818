from . import pharma_flow_claim
from . import pharma_flow_correction
from . import pharma_flow_double
from . import pharma_flow_line
from . import pharma_flow_line_decision
from . import pharma_flow_period
from . import pharma_flow_summary
from . import ir_filters
