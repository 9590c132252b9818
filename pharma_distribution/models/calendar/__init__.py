from . import pharma_flow_duty
from . import pharma_flow_schedule
