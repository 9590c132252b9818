from . import pharma_merge
from . import pharma_merge_line
from . import pharma_merge_link
from . import pharma_merge_move  # extends the first
from . import pharma_merge_change  # likewise
from . import pharma_merge_value  # likewise
from . import pharma_merge_undo  # likewise
from . import res_company
from . import res_config_settings
from . import res_partner
