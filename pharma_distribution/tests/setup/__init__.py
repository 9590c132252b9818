from . import test_health
from . import test_score_figures
from . import test_work_report
