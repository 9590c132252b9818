from . import pharma_access_mixin  # before the models that inherit from it
from . import pharma_customer_mixin  # likewise
from . import pharma_period_mixin  # likewise
from . import pharma_team_mixin  # before the models that inherit from it
from . import pharma_team_mixin_lead  # extends the one before
from . import pharma_closed_mixin  # before the models that inherit from it
from . import pharma_sheet_mixin  # before the models that inherit from it
from . import pharma_search_mixin
from . import pharma_approval_mixin
from . import pharma_preview_mixin
