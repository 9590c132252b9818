from . import pharma_alias
from . import pharma_division
from . import pharma_search_name
from . import pharma_specialty
from . import product_template
from . import res_config_settings
from . import res_country_state
from . import res_partner
