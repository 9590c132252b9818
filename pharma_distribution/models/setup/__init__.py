from . import pharma_health_check
from . import pharma_work_report
from . import res_company
from . import res_config_settings
from . import pharma_score_criterion
