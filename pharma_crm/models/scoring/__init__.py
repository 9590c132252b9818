from . import pharma_score_model
from . import pharma_score_criterion
from . import pharma_score_metric  # extends the one before
from . import pharma_score_metric_visit  # likewise
from . import pharma_score_line
from . import pharma_score
from . import res_partner_score
