from . import test_flow_calendar
