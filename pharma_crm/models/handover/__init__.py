from . import pharma_handover
from . import pharma_handover_kinds  # extends the one before
from . import pharma_handover_allocation  # likewise
from . import pharma_handover_plan  # likewise
from . import pharma_handover_refuse  # likewise
from . import pharma_handover_move  # likewise
from . import pharma_handover_apply  # likewise
from . import pharma_handover_agent  # likewise
from . import pharma_handover_tell  # likewise
from . import pharma_handover_kind
from . import pharma_handover_line
from . import pharma_health_check
from . import pharma_territory
from . import res_users
