from . import test_message_gateway
from . import test_reminder
from . import test_support_request
from . import test_work_report
