from . import pharma_stakeholder_role
from . import pharma_influence_kind
from . import pharma_stakeholder
from . import pharma_influence
from . import pharma_purchase_step
from . import crm_lead
from . import res_partner
