from . import pharma_demo
from . import pharma_demo_territory  # extends the one before
from . import pharma_demo_customers  # extends the one before
from . import pharma_demo_contacts  # likewise
from . import pharma_demo_calls  # likewise
from . import pharma_demo_cycle  # likewise, after calls
from . import pharma_demo_plan  # likewise, after calls and cycles
from . import pharma_demo_review  # likewise, after calls
from . import pharma_demo_market  # likewise, after customers and products
from . import pharma_demo_compliance  # likewise, after people
from . import pharma_demo_report  # likewise, after all that reports tell of
from . import pharma_demo_handover  # likewise, after all that moves
from . import pharma_demo_decision  # likewise, after contacts and opportunities
from . import pharma_demo_allocation  # likewise
from . import pharma_demo_merge  # likewise
from . import pharma_demo_duplicate  # likewise
from . import pharma_demo_change  # likewise, after people and doubles
