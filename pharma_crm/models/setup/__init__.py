from . import pharma_setup
from . import pharma_health_check
from . import pharma_health_work  # the sections of the page in their order
from . import pharma_health_people
from . import pharma_health_rights
from . import pharma_health_data
