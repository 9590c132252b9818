from . import pharma_agent_opening
from . import pharma_contact_report
from . import pharma_coverage_report
from . import pharma_cycle_report
from . import pharma_source_report
from . import pharma_score_curve
from . import pharma_review_report
from . import pharma_team_member
from . import pharma_team_member_page  # extends the one before
from . import pharma_team_member_handover  # likewise
from . import pharma_work_day
from . import pharma_orphan
from . import pharma_allocation_report
