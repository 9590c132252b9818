from . import pharma_flow_check
from . import pharma_flow_department
from . import pharma_flow_file
from . import pharma_flow_archive
from . import pharma_flow_history
from . import pharma_flow_history_name
from . import pharma_flow_layout
from . import pharma_flow_advice  # after the line that it extends
from . import pharma_flow_message
from . import pharma_flow_post
from . import pharma_flow_progress
from . import pharma_flow_question
from . import pharma_flow_read
from . import pharma_flow_history_file  # after the reading that it extends
from . import pharma_flow_stage
from . import pharma_flow_unit
