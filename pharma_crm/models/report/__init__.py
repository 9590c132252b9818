from . import pharma_message_provider
from . import pharma_message
from . import pharma_reminder
from . import pharma_reminder_tell  # extends the one before
from . import pharma_reminder_told
from . import pharma_support_request
from . import pharma_work_report
from . import pharma_work_report_facts  # extends the one before
from . import pharma_work_report_sales  # likewise
from . import pharma_work_report_more  # likewise
from . import pharma_work_report_section
from . import res_users_reminder
