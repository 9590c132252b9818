from . import pharma_visit_element
from . import pharma_visit_quality
from . import pharma_visit_flag
from . import pharma_visit_flags
from . import pharma_visit_review
from . import pharma_visit_example
from . import pharma_coaching
