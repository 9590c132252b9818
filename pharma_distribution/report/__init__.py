from . import pharma_flow_report
from . import pharma_flow_report_page
from . import pharma_flow_report_plan
from . import pharma_flow_report_rows
