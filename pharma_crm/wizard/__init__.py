from . import base_partner_merge
from . import change_request
from . import pharma_access_question
from . import pharma_affiliation_change
from . import pharma_decision
from . import pharma_merge_wizard
from . import pharma_visit_plan
