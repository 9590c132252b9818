from . import pharma_visit_week  # extends pharma_visit
from . import pharma_week
from . import pharma_week_day
from . import pharma_week_propose  # extends pharma_week
from . import pharma_trip
from . import pharma_trip_problem
