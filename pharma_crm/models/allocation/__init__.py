from . import pharma_allocation_rule
from . import pharma_allocation_member
from . import pharma_allocation
from . import pharma_allocation_run  # extends the one before
from . import pharma_allocation_choose  # likewise
from . import pharma_allocation_reason  # likewise
from . import crm_lead
from . import crm_lead_answer  # extends the one before
from . import pharma_lead_pool
from . import pharma_reminder
