from . import pharma_figures_mixin  # before the models that inherit from it
from . import base
from . import pharma_access_figures
from . import figures_sale
from . import figures_fields
from . import ir_rule
from . import ir_ui_menu
from . import pharma_filing
from . import pharma_score
from . import pharma_score_criterion
from . import res_company
from . import res_config_settings
from . import res_partner_figures
from . import pharma_work_report
from . import pharma_export_log
from . import pharma_personal_mixin
from . import pharma_personal_data
from . import pharma_personal_export  # extends the one before
from . import pharma_personal_erase  # likewise
from . import pharma_data_request
