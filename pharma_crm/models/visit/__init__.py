from . import pharma_filing
from . import pharma_gift_item
from . import pharma_visit
from . import pharma_visit_product
from . import pharma_visit_gift  # extends the call
from . import pharma_visit_next  # likewise
from . import pharma_visit_purpose
from . import pharma_visit_reach  # likewise
from . import pharma_visit_record  # likewise
from . import pharma_visit_filing  # extends the one before
from . import pharma_visit_result
