from . import tier_definition
from . import tier_review
from . import pharma_change_request
from . import pharma_change_request_line
from . import pharma_change_request_values  # extends the first of these
from . import pharma_change_request_ask  # likewise
from . import pharma_change_request_decide  # likewise
from . import pharma_change_request_tier  # likewise, after what it calls
from . import pharma_change_request_apply  # likewise
from . import pharma_affiliation
from . import res_partner_verified
from . import res_partner_change
from . import res_company_change
from . import res_config_settings_change
from . import pharma_home_change
from . import pharma_reminder_change
