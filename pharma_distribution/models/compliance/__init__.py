from . import figures_flow
from . import ir_actions_report
from . import pharma_access
from . import pharma_flow_line
from . import pharma_work_report
