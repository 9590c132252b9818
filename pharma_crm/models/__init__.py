from . import pharma_alias
from . import pharma_alias_search
from . import pharma_demo
from . import pharma_division
from . import pharma_sheet_mixin  # before the models that inherit from it
from . import pharma_hospital_import
from . import pharma_hospital_import_line
from . import pharma_hospital_import_progress
from . import pharma_hospital_import_read
from . import pharma_hospital_import_undo
from . import pharma_person_profile
from . import pharma_person_profile_numbers  # extends the one before
from . import pharma_profile_log
from . import pharma_search_mixin
from . import pharma_search_name
from . import pharma_specialty
from . import product_search
from . import product_template
from . import res_company
from . import res_config_settings
from . import res_country_state
from . import res_partner
from . import res_partner_profile
from . import res_partner_search
