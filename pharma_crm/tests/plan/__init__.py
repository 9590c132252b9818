from . import test_trip
from . import test_week
from . import test_week_plan
