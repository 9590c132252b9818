from . import pharma_cycle
from . import pharma_cycle_goal
from . import pharma_cycle_sql  # extends the first of these
from . import pharma_cycle_target
from . import pharma_visit_cycle  # extends the one before
from . import pharma_cycle_target_plan  # extends pharma_cycle_target
