from . import res_partner_duplicate_facts
from . import res_partner_duplicate
from . import pharma_duplicate
from . import pharma_duplicate_search
from . import pharma_lead_conflict
from . import pharma_merge_duplicate
from . import crm_lead_conflict
